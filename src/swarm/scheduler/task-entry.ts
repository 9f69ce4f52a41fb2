import type { StoredTask } from '../objects';
import type { Decision, Ruling } from './decision';
import type { NodeInfo } from './node-info';
import type { Holding } from './node-set';
import type { Footprint, Requirements } from './requirements';
import { noFootprint, noRequirements } from './requirements';
import type { WaitingGroup } from './task-queue';

/**
 * All that the scheduler knows of one task: where it waits, what it holds, and what was decided about it last.
 * One object rather than a table for each: there are as many of them as tasks.
 */
export class TaskEntry implements Holding {
  readonly id: string;
  readonly serviceID: string;
  /** The stored task as it was last taken into account. */
  seen: StoredTask | undefined = undefined;
  /** The group in which it waits for a node. */
  group: WaitingGroup | undefined = undefined;

  info: NodeInfo | undefined = undefined;
  footprint: Footprint = noFootprint;
  named: readonly string[] | undefined = undefined;
  active = false;

  #ruling: Ruling | undefined = undefined;
  #requirements: Requirements = noRequirements;
  #position = 0;
  #node = -1;

  constructor(task: StoredTask) {
    this.id = task.ID;
    this.serviceID = task.ServiceID ?? '';
  }

  decide(ruling: Ruling, requirements: Requirements, position: number, node: number): void {
    this.#ruling = ruling;
    this.#requirements = requirements;
    this.#position = position;
    this.#node = node;
  }

  /** What was decided last; undefined when nothing was yet. */
  get decision(): Decision | undefined {
    if (!this.#ruling) return undefined;
    return {
      ruling: this.#ruling,
      requirements: this.#requirements,
      position: this.#position,
      node: this.#node,
    };
  }

  /** Forgets all but the decision: the bookkeeping begins anew. */
  reset(): void {
    this.seen = undefined;
    this.group = undefined;
    this.info = undefined;
    this.footprint = noFootprint;
    this.named = undefined;
    this.active = false;
  }
}
