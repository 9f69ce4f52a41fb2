import { compareTaskStates, taskStateOrder } from '../../api';
import type { StoredTask } from '../objects';

/** Tasks that stand for one instance of a service: those of one number, or of one node (ORCH-20). */
export type Slot = readonly StoredTask[];

/** Whether a task is still meant to run, now or later: desired at most RUNNING (ORCH-21). */
export function isLive(task: StoredTask): boolean {
  return taskStateOrder[task.DesiredState] <= taskStateOrder.running;
}

/** Whether a task of a job is still meant to run: desired at most COMPLETE (ORCH-40). */
export function isLiveInJob(task: StoredTask): boolean {
  return taskStateOrder[task.DesiredState] <= taskStateOrder.complete;
}

/** Whether the observed state is after `state` (ORCH-11). */
export function isPast(task: StoredTask, state: keyof typeof taskStateOrder): boolean {
  return compareTaskStates(task.Status.State, state) > 0;
}

/** When the last status was received, or else reported: what "newest" means among tasks (ORCH-21, ORCH-54). */
export function statusTime(task: StoredTask): string {
  return task.Status.AppliedAt ?? task.Status.Timestamp;
}

/** The newest task by `statusTime`, the first of several. */
export function newestTask(slot: Slot): StoredTask | undefined {
  let newest = slot[0];
  for (const task of slot) {
    if (newest && statusTime(newest) < statusTime(task)) newest = task;
  }
  return newest;
}

/** Groups tasks under the keys that `keyOf` gives them, in the order in which the keys first appear. */
export function groupTasks<K>(tasks: Iterable<StoredTask>, keyOf: (task: StoredTask) => K): Map<K, StoredTask[]> {
  const groups = new Map<K, StoredTask[]>();
  for (const task of tasks) {
    const key = keyOf(task);
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  return groups;
}
