import type { Micros } from '../../sim';
import { millisecond, minute, second } from '../../sim';
import type { Container } from './container';

/** Whether a container that ended is started again by its own restart policy. */
export function restarts(container: Container): boolean {
  const policy = container.hostConfig.RestartPolicy;
  if (!policy?.Name || policy.Name === 'no' || container.stoppedByHand) return false;
  if (policy.Name !== 'on-failure') return true;
  const most = policy.MaximumRetryCount ?? 0;
  return container.exitCode !== 0 && (most === 0 || container.restartCount < most);
}

/** How long the engine waits before it does: 100 ms, doubled each time up to a minute, unless the last run was long. */
export function restartDelay(container: Container): Micros {
  const ran = container.finishedAt - container.startedAt;
  if (ran > 10 * second) return 100 * millisecond;
  return Math.min(minute, 100 * millisecond * 2 ** Math.min(container.restartCount, 12));
}
