import type { StoredTask } from '../objects';
import type { Requirements } from './requirements';
import { requirementsOf } from './requirements';

/** Tasks of one service and spec version that wait for a node (SCHED-3). */
export interface TaskGroup {
  readonly key: string;
  readonly requirements: Requirements;
  /** IDs in the order in which they came. */
  readonly tasks: Set<string>;
  /** The state of the bookkeeping in which no node was found, when that happened. */
  failedAt: number;
}

/** The key of a task's group; a task without spec version is a group of its own. */
export function groupKeyOf(task: StoredTask): string {
  return task.SpecVersion ? `${task.ServiceID}@${task.SpecVersion.Index}` : task.ID;
}

/** Unassigned tasks by group. */
export class TaskQueue {
  readonly #groups = new Map<string, TaskGroup>();
  readonly #groupOf = new Map<string, TaskGroup>();

  get size(): number {
    return this.#groupOf.size;
  }

  has(taskID: string): boolean {
    return this.#groupOf.has(taskID);
  }

  add(task: StoredTask): void {
    const key = groupKeyOf(task);
    const before = this.#groupOf.get(task.ID);
    if (before?.key === key) return;
    if (before) this.remove(task.ID);
    let group = this.#groups.get(key);
    if (!group) {
      group = { key, requirements: requirementsOf(task), tasks: new Set(), failedAt: -1 };
      this.#groups.set(key, group);
    }
    group.failedAt = -1;
    group.tasks.add(task.ID);
    this.#groupOf.set(task.ID, group);
  }

  /** False when the task was not queued. */
  remove(taskID: string): boolean {
    const group = this.#groupOf.get(taskID);
    if (!group) return false;
    this.#groupOf.delete(taskID);
    group.tasks.delete(taskID);
    if (group.tasks.size === 0) this.#groups.delete(group.key);
    return true;
  }

  groups(): IterableIterator<TaskGroup> {
    return this.#groups.values();
  }
}
