import type { Constraint } from '../../constraint';
import { nodeMatches } from '../../constraint';
import type { ControlContext } from '../../control-loop';
import type { StoredNode, StoredService, StoredTask } from '../../objects';
import type { Transaction } from '../../store';
import { setDesired } from '../desired';
import { DirtyCheck } from '../dirty';
import { newTask } from '../new-task';
import { constraintsOf, isInvalidNode } from '../node-validity';
import type { RestartSupervisor } from '../restart/supervisor';
import type { Slot } from '../slot';
import { groupTasks } from '../slot';

/** What the reconciler decided for a whole service: the slots that the updater gets (ORCH-34). */
export interface GlobalPlan {
  readonly slots: readonly Slot[];
}

function constraintsFor(service: StoredService): Constraint[] {
  return constraintsOf(service.Spec.TaskTemplate.Placement?.Constraints);
}

function shutDown(context: ControlContext, tx: Transaction, tasks: Iterable<StoredTask>): void {
  for (const task of tasks) setDesired(context.store, tx, task.ID, 'shutdown');
}

/**
 * One task on every node that takes part (ORCH-30, ORCH-31); tasks on nodes that are gone, drained, DOWN or that do
 * not meet the constraints are shut down; paused nodes are left alone (ORCH-33, ORCH-34).
 */
export function reconcileGlobal(
  context: ControlContext,
  restarts: RestartSupervisor,
  service: StoredService,
): GlobalPlan {
  const { store } = context;
  const byNode = new Map<string, Slot>();
  for (const [nodeID, tasks] of groupTasks(store.tasksOfService(service.ID).values(), (task) => task.NodeID ?? '')) {
    const updatable = restarts.updatableTasks(tasks, service);
    if (updatable.length > 0) byNode.set(nodeID, updatable);
  }
  const constraints = constraintsFor(service);
  const slots: Slot[] = [];
  store.update((tx) => {
    for (const node of store.all('node')) {
      if (isInvalidNode(node)) continue;
      const slot = byNode.get(node.ID) ?? [];
      byNode.delete(node.ID);
      if (!nodeMatches(constraints, node)) shutDown(context, tx, slot);
      else if (node.Spec.Availability === 'pause') continue;
      else if (slot.length > 0) slots.push(slot);
      else tx.create('task', newTask(context, service, 0, node.ID));
    }
    // What is left belongs to nodes that are gone, drained or DOWN.
    for (const slot of byNode.values()) shutDown(context, tx, slot);
  });
  return { slots };
}

/**
 * One node changed and takes part: every service gets one clean task there at once, and its dirty ones are shut down,
 * without the updater's parallelism and delay (ORCH-35).
 */
export function reconcileNode(
  context: ControlContext,
  restarts: RestartSupervisor,
  services: Iterable<StoredService>,
  node: StoredNode,
): void {
  const { store } = context;
  store.update((tx) => {
    for (const service of services) {
      if (!nodeMatches(constraintsFor(service), node)) continue;
      const present = [...store.tasksInSlot(service.ID, 0, node.ID).values()];
      const dirty = new DirtyCheck(service);
      const superfluous: StoredTask[] = [];
      let clean: StoredTask | undefined;
      for (const task of restarts.updatableTasks(present, service)) {
        if (clean || dirty.isTaskDirty(task, node)) superfluous.push(task);
        else clean = task;
      }
      if (!clean) tx.create('task', newTask(context, service, 0, node.ID));
      shutDown(context, tx, superfluous);
    }
  });
}
