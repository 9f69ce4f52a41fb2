import type { StoredTask } from '../objects';
import type { Group } from './group-scheduler';
import type { Requirements } from './requirements';
import { requirementsOf } from './requirements';

/** Tasks of one service and spec version that wait for a node (SCHED-3). */
export interface TaskGroup extends Group {
  /** IDs in the order in which they came. */
  readonly tasks: Set<string>;
  /** The state of the bookkeeping in which no node was found, when that happened. */
  failedAt: number;
}

/** The key of a task's group; a task without spec version is a group of its own. */
export function groupKeyOf(task: StoredTask): string {
  return task.SpecVersion ? `${task.ServiceID}@${task.SpecVersion.Index}` : task.ID;
}

class WaitingGroup implements TaskGroup {
  readonly key: string;
  readonly serviceID: string;
  readonly requirements: Requirements;
  readonly tasks = new Set<string>();
  failedAt = -1;

  constructor(key: string, task: StoredTask) {
    this.key = key;
    this.serviceID = task.ServiceID ?? '';
    this.requirements = requirementsOf(task);
  }
}

/** Unassigned tasks by group. */
export class TaskQueue {
  readonly #groups = new Map<string, WaitingGroup>();

  add(task: StoredTask): void {
    const key = groupKeyOf(task);
    let group = this.#groups.get(key);
    if (!group) {
      group = new WaitingGroup(key, task);
      this.#groups.set(key, group);
    }
    if (group.tasks.has(task.ID)) return;
    group.failedAt = -1;
    group.tasks.add(task.ID);
  }

  /** False when the task was not queued. */
  remove(task: StoredTask): boolean {
    const key = groupKeyOf(task);
    const group = this.#groups.get(key);
    if (!group?.tasks.delete(task.ID)) return false;
    if (group.tasks.size === 0) this.#groups.delete(key);
    return true;
  }

  /** All of the group found a place. */
  removeGroup(group: TaskGroup): void {
    this.#groups.delete(group.key);
  }

  groups(): IterableIterator<TaskGroup> {
    return this.#groups.values();
  }
}
