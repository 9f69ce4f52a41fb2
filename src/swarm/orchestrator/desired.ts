import type { TaskState } from '../../api';
import { compareTaskStates } from '../../api';
import type { StoredTask } from '../objects';
import type { Store, Transaction } from '../store';

/**
 * Moves a task's desired state forward to `desired`; what is already there or further stays (ORCH-13).
 * Returns the task as it is now, undefined when it is gone.
 */
export function setDesired(store: Store, tx: Transaction, taskID: string, desired: TaskState): StoredTask | undefined {
  const task = store.get('task', taskID);
  if (!task || compareTaskStates(task.DesiredState, desired) >= 0) return task;
  return tx.update('task', { ...task, DesiredState: desired });
}

/** After a service is gone: all its tasks are to be removed (ORCH-27). */
export function removeTasksOfService(store: Store, serviceID: string): void {
  const tasks = [...store.tasksOfService(serviceID).keys()];
  if (tasks.length === 0) return;
  store.update((tx) => {
    for (const id of tasks) setDesired(store, tx, id, 'remove');
  });
}
