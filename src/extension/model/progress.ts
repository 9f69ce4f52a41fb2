import type { Node, Service, Task } from '../../api';
import { compareTaskStates } from '../../api';
import { isGlobal } from './spec';

/** How far a service is, as `docker service create` counts it (API-111). */
export interface Progress {
  readonly running: number;
  readonly desired: number;
  /** Why the first task that waits does not run, as the engine says it. */
  readonly error?: string;
}

/**
 * Counts the slots (or nodes) whose newest up-to-date task runs. `tasks` are the up-to-date tasks; tasks on nodes that are
 * down do not count.
 */
export function progressOf(service: Service, tasks: readonly Task[], nodes: readonly Node[]): Progress {
  const down = new Set(nodes.filter((node) => node.Status.State === 'down').map((node) => node.ID));
  const chosen = new Map<string, Task>();
  const iteration = service.JobStatus?.JobIteration.Index;
  const global = isGlobal(service.Spec);
  for (const task of tasks) {
    if (task.NodeID && down.has(task.NodeID)) continue;
    if (iteration !== undefined && task.JobIteration?.Index !== iteration) continue;
    const slot = global ? (task.NodeID ?? '') : String(task.Slot ?? 0);
    const other = chosen.get(slot);
    if (!other || isBetter(task, other)) chosen.set(slot, task);
  }
  const job = service.Spec.Mode?.ReplicatedJob ?? service.Spec.Mode?.GlobalJob;
  const slots = [...chosen].sort(([a], [b]) => Number(a) - Number(b)).map(([, task]) => task);
  const live = slots.filter((task) => compareTaskStates(task.DesiredState, job ? 'complete' : 'running') <= 0);
  const running = live.filter((task) => task.Status.State === (job ? 'complete' : 'running')).length;
  const waiting = live.find((task) => task.Status.State !== 'running' && task.Status.Err);
  return {
    running,
    desired: desiredOf(service, live.length),
    ...(waiting?.Status.Err && { error: waiting.Status.Err }),
  };
}

/** Of two tasks of one slot the one that is to run, and of those the one that is further. */
function isBetter(a: Task, b: Task): boolean {
  const order = compareTaskStates(b.DesiredState, a.DesiredState);
  return order > 0 || (order === 0 && compareTaskStates(a.Status.State, b.Status.State) > 0);
}

function desiredOf(service: Service, live: number): number {
  const mode = service.Spec.Mode;
  if (mode?.ReplicatedJob) return mode.ReplicatedJob.TotalCompletions ?? mode.ReplicatedJob.MaxConcurrent ?? 1;
  if (mode?.Global) return Math.max(live, service.ServiceStatus?.DesiredTasks ?? 0);
  if (mode?.GlobalJob) return live;
  return mode?.Replicated?.Replicas ?? 1;
}

/** What to tell, and whether it is over. Texts are the command line's (API-110). */
export interface Report {
  readonly text: string;
  /** From 0 to 1. */
  readonly fraction: number;
  readonly outcome?: 'converged' | 'paused' | 'removed';
}

const nanosecond = 1e9;

/**
 * Follows one service from change to rest: counts, the wait that verifies it, a relapse, a paused update. Times are
 * milliseconds of the cluster's clock, given with each look.
 */
export class Convergence {
  #stableSince: number | undefined;
  #relapsed = false;

  look(service: Service, progress: Progress, now: number): Report {
    const update = service.UpdateStatus;
    const rolling = update?.State.startsWith('rollback') === true;
    const fraction = progress.desired === 0 ? 1 : progress.running / progress.desired;
    if (update?.State === 'paused' || update?.State === 'rollback_paused') {
      const what = rolling ? 'service rollback paused' : 'service update paused';
      return { text: `${what}: ${update.Message}`, fraction, outcome: 'paused' };
    }
    const counts =
      `${rolling ? 'rolling back update' : 'overall progress'}: ` +
      `${progress.running} out of ${progress.desired} tasks`;
    if (progress.running !== progress.desired) {
      this.#relapsed ||= this.#stableSince !== undefined;
      this.#stableSince = undefined;
      const detail = progress.error ?? (this.#relapsed ? 'verify: Detected task failure' : undefined);
      return { text: detail ? `${counts} (${detail})` : counts, fraction };
    }
    if (service.Spec.Mode?.ReplicatedJob || service.Spec.Mode?.GlobalJob) {
      return { text: 'job complete', fraction: 1, outcome: 'converged' };
    }
    this.#stableSince ??= now;
    const monitor = (service.Spec.UpdateConfig?.Monitor || 5 * nanosecond) / 1e6;
    const left = monitor - (now - this.#stableSince);
    const done = { text: `verify: Service ${service.ID} converged`, fraction: 1, outcome: 'converged' } as const;
    if (left <= 0) return done;
    return {
      text: `${counts} · verify: Waiting ${Math.ceil(left / 1e3)} seconds to verify that tasks are stable...`,
      fraction: 1,
    };
  }
}
