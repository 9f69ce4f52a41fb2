import type { Micros } from '../../sim';
import type { Resolvers } from '../dns/resolvers';
import type { Pacer } from '../pacer';

/** What a reset leaves: no swarm, one of the first node alone, one of all with one manager, or one of managers only. */
export type ResetKind = 'none' | 'swarm1' | 'swarm3' | 'managers3';

/** Who keeps a living cluster: its time and its journal. The `/lab` routes reach it through the cluster. */
export interface Keeper {
  readonly pacer: Pacer;
  readonly journal: readonly string[];
  /** Resolvers that are open to programs of the host. */
  readonly resolvers: Resolvers;
  setClock(change: { readonly speed?: number; readonly paused?: boolean }): Promise<void>;
  reset(kind: ResetKind): Promise<void>;
  load(lines: readonly string[]): Promise<void>;
  rewind(to: Micros): Promise<void>;
}
