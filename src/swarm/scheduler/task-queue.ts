import { compareTaskStates } from '../../api';
import type { StoredTask } from '../objects';
import type { Group } from './group-scheduler';
import type { Requirements } from './requirements';
import { requirementsOf } from './requirements';
import type { TaskEntry } from './task-entry';

/** The key of a task's group; a task without spec version is a group of its own. */
export function groupKeyOf(task: StoredTask): string {
  return task.SpecVersion ? `${task.ServiceID}@${task.SpecVersion.Index}` : task.ID;
}

/** Tasks of one service and spec version that wait for a node (SCHED-3). */
export class WaitingGroup implements Group {
  readonly serviceID: string;
  /** Undefined for a task without one, which is alone. */
  readonly specIndex: number | undefined;
  readonly requirements: Requirements;
  /** The state of the bookkeeping in which no node was found, when that happened. */
  failedAt = -1;
  /** Neighbours in the queue, and the next group of the same service. */
  before: WaitingGroup | undefined = undefined;
  after: WaitingGroup | undefined = undefined;
  sibling: WaitingGroup | undefined = undefined;
  /** Most groups have one task only: the others take no table unless there are any. */
  #first: TaskEntry | undefined;
  #others: Set<TaskEntry> | undefined = undefined;

  constructor(entry: TaskEntry, task: StoredTask) {
    this.serviceID = entry.serviceID;
    this.specIndex = task.SpecVersion?.Index;
    this.requirements = requirementsOf(task);
    this.#first = entry;
  }

  get key(): string {
    return this.specIndex === undefined ? this.#first!.id : `${this.serviceID}@${this.specIndex}`;
  }

  get isEmpty(): boolean {
    return !this.#first && !this.#others;
  }

  /** In the order in which they came. */
  entries(): TaskEntry[] {
    const first = this.#first ? [this.#first] : [];
    return this.#others ? [...first, ...this.#others] : first;
  }

  add(entry: TaskEntry): void {
    this.#others ??= new Set();
    this.#others.add(entry);
  }

  remove(entry: TaskEntry): void {
    if (this.#first === entry) this.#first = undefined;
    else if (this.#others?.delete(entry) && this.#others.size === 0) this.#others = undefined;
  }
}

/** Unassigned tasks by group, in the order in which the groups came. */
export class TaskQueue {
  #first: WaitingGroup | undefined;
  #last: WaitingGroup | undefined;
  /** The first group of each service. */
  readonly #byService = new Map<string, WaitingGroup>();

  /** The first group; `after` leads from one to the next. */
  get first(): WaitingGroup | undefined {
    return this.#first;
  }

  add(entry: TaskEntry, task: StoredTask): void {
    if (entry.group) {
      // What is not wanted any more is looked at again, though no node changed: it ends there (SCHED-28).
      if (compareTaskStates(task.DesiredState, 'complete') > 0) entry.group.failedAt = -1;
      return;
    }
    const head = task.SpecVersion ? this.#byService.get(entry.serviceID) : undefined;
    let group = head;
    while (group && group.specIndex !== task.SpecVersion!.Index) group = group.sibling;
    if (group) {
      group.add(entry);
      group.failedAt = -1;
    } else {
      group = new WaitingGroup(entry, task);
      this.#append(group, head);
    }
    entry.group = group;
  }

  /** False when the task was not queued. */
  remove(entry: TaskEntry): boolean {
    const { group } = entry;
    if (!group) return false;
    entry.group = undefined;
    group.remove(entry);
    if (group.isEmpty) this.#unlink(group);
    return true;
  }

  #append(group: WaitingGroup, head: WaitingGroup | undefined): void {
    group.before = this.#last;
    if (this.#last) this.#last.after = group;
    else this.#first = group;
    this.#last = group;
    if (group.specIndex === undefined) return;
    if (head) {
      group.sibling = head.sibling;
      head.sibling = group;
    } else {
      this.#byService.set(group.serviceID, group);
    }
  }

  #unlink(group: WaitingGroup): void {
    const { before, after } = group;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    if (group.specIndex === undefined) return;
    let other = this.#byService.get(group.serviceID)!;
    if (other === group) {
      if (group.sibling) this.#byService.set(group.serviceID, group.sibling);
      else this.#byService.delete(group.serviceID);
      return;
    }
    while (other.sibling !== group) other = other.sibling!;
    other.sibling = group.sibling;
  }
}
