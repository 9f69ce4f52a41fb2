import { taskStateOrder } from '../../../api';
import type { StoredService, StoredTask } from '../../objects';
import { restartPolicyOf } from '../restart/policy';
import { isLive, isPast, statusTime } from '../slot';

/** What to delete of one slot. */
export interface HistoryVerdict {
  /** IDs of tasks to delete. */
  readonly surplus: readonly string[];
  /** More than one task may still run here: look again later (ORCH-71). */
  readonly lookAgain: boolean;
}

/** How many tasks a slot of this service keeps, the live one included; negative: all (ORCH-70). */
export function historyLimit(service: StoredService, clusterLimit: number): number {
  const { maxAttempts } = restartPolicyOf(service.Spec.TaskTemplate);
  return maxAttempts > 0 ? maxAttempts + 1 : clusterLimit;
}

/** Whether a task has ended, or will never be assigned: only such tasks may be deleted (ORCH-71). */
function isDeletable(task: StoredTask): boolean {
  return isPast(task, 'running') || (taskStateOrder[task.Status.State] < taskStateOrder.assigned && !isLive(task));
}

/** Picks the oldest deletable tasks of a slot beyond its limit (ORCH-70, ORCH-71). */
export function surplusOf(slot: readonly StoredTask[], limit: number): HistoryVerdict {
  if (limit < 0 || slot.length <= limit) return { surplus: [], lookAgain: false };
  const oldestFirst = [...slot].sort((a, b) => {
    const [left, right] = [statusTime(a), statusTime(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  const surplus: string[] = [];
  let others = 0;
  for (const task of oldestFirst) {
    if (!isDeletable(task)) {
      others++;
      continue;
    }
    surplus.push(task.ID);
    if (slot.length - surplus.length <= limit) break;
  }
  return { surplus, lookAgain: others > 1 };
}
