import type { ControlContext } from '../../control-loop';
import type { StoredService, StoredTask } from '../../objects';
import type { Transaction } from '../../store';
import { setDesired } from '../desired';
import { newTask } from '../new-task';
import type { RestartSupervisor } from '../restart/supervisor';
import { replicasOf } from '../service-mode';
import type { Slot } from '../slot';
import { groupTasks } from '../slot';
import type { UpdateSupervisor } from '../update/supervisor';
import { slotsByKeepOrder } from './scale-down';

export interface Supervisors {
  readonly restarts: RestartSupervisor;
  readonly updates: UpdateSupervisor;
}

/**
 * Compares the live slots of a replicated service with its replicas, and creates or removes what differs; the slots
 * that stay go to the updater (ORCH-22 to ORCH-26). Cost: the tasks of this service.
 */
export function reconcileReplicated(
  context: ControlContext,
  { restarts, updates }: Supervisors,
  service: StoredService,
): void {
  const { store } = context;
  const live = new Map<number, Slot>();
  const dead = new Map<number, Slot>();
  for (const [number, slot] of groupTasks(store.tasksOfService(service.ID).values(), (task) => task.Slot ?? 0)) {
    const updatable = restarts.updatableTasks(slot, service);
    if (updatable.length > 0) live.set(number, updatable);
    else dead.set(number, slot);
  }
  const wanted = replicasOf(service.Spec);

  if (wanted < live.size) {
    const ordered = slotsByKeepOrder([...live.values()]);
    updates.update(service, ordered.slice(0, wanted), 'given');
    store.update((tx) => {
      removeTasks(tx, dead.values());
      for (const slot of ordered.slice(wanted)) for (const task of slot) setDesired(store, tx, task.ID, 'remove');
    });
    return;
  }
  updates.update(service, [...live.values()], 'random');
  if (wanted > live.size || dead.size > 0) {
    store.update((tx) => {
      addTasks(context, tx, service, live, dead, wanted - live.size);
      removeTasks(tx, dead.values());
    });
  }
}

/** Creates tasks in the lowest slots that are not live; dead slots that are used again keep their tasks (ORCH-23). */
function addTasks(
  context: ControlContext,
  tx: Transaction,
  service: StoredService,
  live: ReadonlyMap<number, Slot>,
  dead: Map<number, Slot>,
  count: number,
): void {
  let slot = 0;
  for (let added = 0; added < count; added++) {
    do slot++;
    while (live.has(slot));
    dead.delete(slot);
    tx.create('task', newTask(context, service, slot));
  }
}

function removeTasks(tx: Transaction, slots: Iterable<readonly StoredTask[]>): void {
  for (const slot of slots) for (const task of slot) tx.remove('task', task.ID);
}
