import type { ServiceStatus } from '../../api';
import { compareTaskStates } from '../../api';
import type { StoredService, StoredTask } from '../objects';
import type { Store } from '../store';

/** How many tasks a service has, should have and has completed, as `GET /services?status=true` counts them (API-30). */
export function serviceStatus(store: Store, service: StoredService): ServiceStatus {
  const { Replicated, Global, ReplicatedJob, GlobalJob } = service.Spec.Mode ?? {};
  const job = ReplicatedJob !== undefined || GlobalJob !== undefined;
  const iteration = service.JobStatus?.JobIteration.Index ?? 0;
  let RunningTasks = 0;
  let CompletedTasks = 0;
  let wanted = 0;
  for (const task of store.tasksOfService(service.ID).values()) {
    if (job && (task.JobIteration?.Index ?? 0) !== iteration) continue;
    if (task.Status.State === 'running') RunningTasks++;
    if (job && task.Status.State === 'complete') CompletedTasks++;
    if (Global ? task.DesiredState === 'running' : GlobalJob && willComplete(task)) wanted++;
  }
  const DesiredTasks = ReplicatedJob
    ? (ReplicatedJob.MaxConcurrent ?? 1)
    : Global || GlobalJob
      ? wanted
      : (Replicated?.Replicas ?? 1);
  return { RunningTasks, DesiredTasks, CompletedTasks };
}

function willComplete(task: StoredTask): boolean {
  return task.DesiredState === 'complete' && compareTaskStates(task.Status.State, 'complete') < 0;
}
