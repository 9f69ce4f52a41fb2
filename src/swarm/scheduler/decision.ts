import type { Micros } from '../../sim';
import type { NodeSet } from './node-set';
import type { Requirements } from './requirements';

/** One run of the scheduler: what all its decisions have in common. */
export interface Run {
  readonly at: Micros;
  /** The bookkeeping in which it decided; another one after each change of leader. */
  readonly set: NodeSet;
}

/** What was ruled about one task or several in a run. */
export interface Ruling {
  readonly run: Run;
  readonly outcome: 'assigned' | 'confirmed' | 'pending';
  readonly message: string;
}

/** What was decided about a task, and the moment in the bookkeeping from which the reasons can be told again. */
export interface Decision {
  readonly ruling: Ruling;
  readonly requirements: Requirements;
  readonly position: number;
  /** Index of the chosen node, or of the one that a preassigned task must run on; -1 when there is none. */
  readonly node: number;
}
