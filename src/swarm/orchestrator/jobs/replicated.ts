import type { ControlContext } from '../../control-loop';
import type { StoredService } from '../../objects';
import { setDesired } from '../desired';
import { newTask } from '../new-task';
import type { RestartSupervisor } from '../restart/supervisor';
import { isLiveInJob, isPast } from '../slot';

/** How many tasks a replicated job runs at once and in all, with the defaults (ORCH-40). */
export function jobSize(service: StoredService): { readonly maxConcurrent: number; readonly total: number } {
  const job = service.Spec.Mode?.ReplicatedJob;
  const maxConcurrent = job?.MaxConcurrent ?? 1;
  return { maxConcurrent, total: job?.TotalCompletions ?? maxConcurrent };
}

/**
 * Starts as many tasks of the present iteration as may run and are still missing, restarts failed ones, and removes
 * running ones of other iterations (ORCH-40 to ORCH-42, ORCH-44).
 */
export function reconcileReplicatedJob(
  context: ControlContext,
  restarts: RestartSupervisor,
  service: StoredService,
): void {
  const { store } = context;
  const iteration = service.JobStatus?.JobIteration.Index ?? 0;
  const used = new Set<number>();
  const toRestart: string[] = [];
  const toRemove: string[] = [];
  let running = 0;
  let complete = 0;
  for (const task of store.tasksOfService(service.ID).values()) {
    if ((task.JobIteration?.Index ?? 0) !== iteration) {
      if (!isPast(task, 'running') && task.DesiredState !== 'remove') toRemove.push(task.ID);
    } else if (task.Status.State === 'complete') {
      complete++;
      used.add(task.Slot ?? 0);
    } else if (isLiveInJob(task)) {
      // Failed ones count as running until they are restarted.
      running++;
      used.add(task.Slot ?? 0);
      if (isPast(task, 'complete')) toRestart.push(task.ID);
    }
  }
  const { maxConcurrent, total } = jobSize(service);
  // Negative where more runs than the job (now) allows: nothing is created then (ORCH-41).
  const missing = Math.min(maxConcurrent - running, total - complete - running);
  if (missing <= 0 && toRestart.length + toRemove.length === 0) return;
  store.update((tx) => {
    let slot = 0;
    for (let added = 0; added < missing; added++) {
      while (used.has(slot)) slot++;
      used.add(slot);
      tx.create('task', { ...newTask(context, service, slot), DesiredState: 'complete' });
    }
    for (const id of toRestart) {
      const task = store.get('task', id);
      if (task) restarts.restart(tx, service, task);
    }
    for (const id of toRemove) setDesired(store, tx, id, 'remove');
  });
}
