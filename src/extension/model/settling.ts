import type { Node, Service, Task } from '../../api';
import { compareTaskStates, isTerminal } from '../../api';

/**
 * Whether a service may still change by itself: a task on its way, an update in progress, or fewer tasks than wanted.
 * Task changes have no events (API-71), so such a service is looked at again.
 */
export function isSettling(service: Service, tasks: readonly Task[], node: (id: string) => Node | undefined): boolean {
  const update = service.UpdateStatus?.State;
  if (update === 'updating' || update === 'rollback_started') return true;
  const status = service.ServiceStatus;
  if (status && status.RunningTasks !== status.DesiredTasks) return true;
  return tasks.some((task) => isMoving(task, node));
}

/** Whether a task is not where it should be; on a node that is down nothing moves until the node does. */
export function isMoving(task: Task, node: (id: string) => Node | undefined): boolean {
  const state = task.Status.State;
  if (isTerminal(state)) return task.DesiredState === 'remove';
  const at = task.NodeID ? node(task.NodeID) : undefined;
  if (at?.Status.State === 'down') return false;
  return compareTaskStates(state, task.DesiredState) !== 0;
}
