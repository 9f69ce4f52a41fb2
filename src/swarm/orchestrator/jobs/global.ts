import { nodeMatches } from '../../constraint';
import type { ControlContext } from '../../control-loop';
import type { StoredNode, StoredService, StoredTask } from '../../objects';
import type { Transaction } from '../../store';
import { setDesired } from '../desired';
import { newTask } from '../new-task';
import { constraintsOf, isInvalidNode } from '../node-validity';
import type { RestartSupervisor } from '../restart/supervisor';
import { groupTasks, isLiveInJob, isPast, newestTask } from '../slot';

/** Active and READY: only such nodes get tasks of global jobs (ORCH-43). */
function takesJobs(node: StoredNode): boolean {
  return node.Spec.Availability === 'active' && node.Status.State === 'ready';
}

/**
 * One task of the present iteration on every node that takes jobs and meets the constraints (ORCH-43); tasks of other
 * iterations are removed (ORCH-44).
 */
export function reconcileGlobalJob(context: ControlContext, restarts: RestartSupervisor, service: StoredService): void {
  const { store } = context;
  store.update((tx) => {
    const byNode = groupTasks(store.tasksOfService(service.ID).values(), (task) => task.NodeID ?? '');
    for (const node of store.all('node')) {
      reconcileOnNode(context, restarts, tx, service, node, byNode.get(node.ID) ?? []);
      byNode.delete(node.ID);
    }
    for (const tasks of byNode.values()) reconcileOnNode(context, restarts, tx, service, undefined, tasks);
  });
}

/** The same for one node that changed, so that a node costs its own tasks only. */
export function reconcileGlobalJobOnNode(
  context: ControlContext,
  restarts: RestartSupervisor,
  service: StoredService,
  node: StoredNode,
): void {
  const tasks = [...context.store.tasksInSlot(service.ID, 0, node.ID).values()];
  context.store.update((tx) => reconcileOnNode(context, restarts, tx, service, node, tasks));
}

function reconcileOnNode(
  context: ControlContext,
  restarts: RestartSupervisor,
  tx: Transaction,
  service: StoredService,
  node: StoredNode | undefined,
  tasks: readonly StoredTask[],
): void {
  const { store } = context;
  const iteration = service.JobStatus?.JobIteration.Index ?? 0;
  const current: StoredTask[] = [];
  for (const task of tasks) {
    if ((task.JobIteration?.Index ?? 0) === iteration) current.push(task);
    else setDesired(store, tx, task.ID, 'remove');
  }
  const live = current.filter(isLiveInJob);
  const constraints = constraintsOf(service.Spec.TaskTemplate.Placement?.Constraints);
  const matches = !node || nodeMatches(constraints, node);
  if (!node || (matches && isInvalidNode(node))) {
    for (const task of live) if (!isPast(task, 'running')) setDesired(store, tx, task.ID, 'shutdown');
    return;
  }
  for (const task of live) if (isPast(task, 'complete')) restarts.restart(tx, service, task);
  if (!matches || !takesJobs(node) || live.length > 0) return;
  // A task that ended for good holds the node, as a finished task holds its slot in services.
  const newest = newestTask(current.filter((task) => task.DesiredState !== 'remove'));
  if (newest && !restarts.shouldRestart(newest, service)) return;
  tx.create('task', { ...newTask(context, service, 0, node.ID), DesiredState: 'complete' });
}
