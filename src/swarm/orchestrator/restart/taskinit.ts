import { compareTaskStates } from '../../../api';
import { parseTimestamp } from '../../../sim';
import type { ControlContext } from '../../control-loop';
import type { StoredService, StoredTask } from '../../objects';
import { slotKey } from '../../store';
import { groupTasks, statusTime } from '../slot';
import { restartPolicyOf } from './policy';
import type { RestartSupervisor } from './supervisor';

/**
 * What a new leader does about the tasks that it finds (ORCH-59), for the services that `isMine` picks: tasks of
 * deleted services are deleted, restart history is rebuilt, and parked tasks get the rest of their delay.
 * Returns the orchestrator's tasks, for it to examine.
 */
export function checkTasks(
  { store, sim }: ControlContext,
  restarts: RestartSupervisor,
  isMine: (service: StoredService) => boolean,
  byNode: boolean,
): StoredTask[] {
  const mine: StoredTask[] = [];
  const abandoned: string[] = [];
  for (const task of store.all('task')) {
    if (!task.ServiceID) continue;
    const service = store.get('service', task.ServiceID);
    if (!service) abandoned.push(task.ID);
    else if (isMine(service)) mine.push(task);
  }
  const startNow: string[] = [];
  for (const task of mine) {
    if (task.DesiredState !== 'ready' || compareTaskStates(task.Status.State, 'complete') > 0) continue;
    const { delay } = restartPolicyOf(task.Spec);
    const rest = Math.min(delay, parseTimestamp(statusTime(task)) + delay - sim.now);
    if (rest > 0) restarts.delayStart(task.ID, rest);
    else startNow.push(task.ID);
  }
  if (abandoned.length + startNow.length > 0) {
    store.update((tx) => {
      for (const id of abandoned) tx.remove('task', id);
      for (const id of startNow) restarts.startNow(tx, id);
    });
  }
  rebuildHistory(restarts, mine, byNode);
  return mine;
}

/** All but the oldest task of the newest spec version count as a restart (ORCH-59). */
function rebuildHistory(restarts: RestartSupervisor, tasks: readonly StoredTask[], byNode: boolean): void {
  const limited = tasks.filter((task) => restartPolicyOf(task.Spec).maxAttempts > 0);
  const instances = groupTasks(limited, (task) =>
    slotKey(task.ServiceID as string, task.Slot, byNode ? task.NodeID : undefined),
  );
  for (const instance of instances.values()) {
    const newest = Math.max(...instance.map((task) => task.SpecVersion?.Index ?? 0));
    const current = instance
      .filter((task) => (task.SpecVersion?.Index ?? 0) === newest)
      .sort((a, b) => (a.CreatedAt < b.CreatedAt ? -1 : a.CreatedAt > b.CreatedAt ? 1 : 0));
    for (const task of current.slice(1)) restarts.history.record(byNode ? task : withoutNode(task));
  }
}

/** Replicated instances are known by their slot alone, also slot 0 of jobs. */
function withoutNode(task: StoredTask): StoredTask {
  const { NodeID, ...rest } = task;
  return rest;
}
