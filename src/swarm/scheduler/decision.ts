import type { Micros } from '../../sim';
import type { NodeSet } from './node-set';
import type { Requirements } from './requirements';

/** What was decided about a task, and the moment in the bookkeeping from which the reasons can be told again. */
export interface Decision {
  readonly at: Micros;
  readonly outcome: 'assigned' | 'confirmed' | 'pending';
  readonly message: string;
  readonly requirements: Requirements;
  readonly groupKey: string;
  /** The bookkeeping in which it was made; another one after each change of leader. */
  readonly set: NodeSet;
  readonly position: number;
  /** Index of the chosen node, or of the one that a preassigned task must run on; -1 when there is none. */
  readonly node: number;
}
