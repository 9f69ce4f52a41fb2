import type { Micros } from '../../../sim';
import type { ControlContext } from '../../control-loop';
import type { StoredService, StoredTask } from '../../objects';
import type { Change, Transaction } from '../../store';
import { setDesired } from '../desired';
import { newTask } from '../new-task';
import { isGlobal, isJob, modeOf } from '../service-mode';
import type { Slot } from '../slot';
import { isLive, isLiveInJob, newestTask } from '../slot';
import { DelayedStarts } from './delayed-starts';
import { RestartHistory } from './history';
import { restartPolicyOf } from './policy';

/**
 * Replaces tasks that ended or lost their node, as their restart policy says (ORCH-50 to ORCH-58). Each orchestrator
 * has one of its own. All it knows is in memory.
 */
export class RestartSupervisor {
  readonly #context: ControlContext;
  readonly #starts: DelayedStarts;
  /** Tasks that failed before their own delayed start and are restarted when it is over (ORCH-58). */
  readonly #waiting = new Set<string>();
  /** Callbacks of an earlier life do nothing after `clear()`. */
  #life = 0;
  readonly history = new RestartHistory();

  constructor(context: ControlContext) {
    this.#context = context;
    this.#starts = new DelayedStarts(context.store, (taskID) =>
      context.store.update((tx) => this.startNow(tx, taskID)),
    );
  }

  /** Number of starts that are pending. */
  get pending(): number {
    return this.#starts.size;
  }

  /**
   * Within a transaction: shuts `task` down and, when its policy allows, creates its replacement, parked at READY,
   * with a delayed start (ORCH-51). While the task's own start is still pending, that is waited for first (ORCH-58).
   */
  restart(tx: Transaction, service: StoredService, task: StoredTask): void {
    if (this.#starts.has(task.ID)) {
      this.#restartLater(task.ID);
      return;
    }
    if (!isLiveInJob(task)) return;
    const { store } = this.#context;
    const old = setDesired(store, tx, task.ID, 'shutdown') as StoredTask;
    if (!this.shouldRestart(old, service)) return;

    const byNode = modeOf(service.Spec) === 'global' || modeOf(service.Spec) === 'global-job';
    const draft = byNode
      ? newTask(this.#context, service, 0, old.NodeID)
      : newTask(this.#context, service, old.Slot ?? 0);
    const replacement = tx.create('task', { ...draft, DesiredState: 'ready' });
    this.history.record(replacement);

    const node = old.NodeID ? store.get('node', old.NodeID) : undefined;
    const delay = node?.Spec.Availability === 'drain' ? 0 : restartPolicyOf(old.Spec).delay;
    this.delayStart(replacement.ID, delay, old);
  }

  /**
   * Releases a parked task after `delay` and, when given, after `oldTask` stopped or its node failed (ORCH-56).
   * `whenOver` is called after the release, or when the start was taken back.
   */
  delayStart(taskID: string, delay: Micros, oldTask?: StoredTask, whenOver?: () => void): void {
    const { store } = this.#context;
    const node = oldTask?.NodeID ? store.get('node', oldTask.NodeID) : undefined;
    const lost = oldTask?.NodeID && (!node || node.Status.State === 'down');
    this.#starts.add(taskID, delay, lost ? undefined : oldTask, whenOver);
  }

  /** Within a transaction: moves a parked task on to RUNNING, or COMPLETE for jobs (ORCH-56). */
  startNow(tx: Transaction, taskID: string): void {
    const task = this.#context.store.get('task', taskID);
    if (task) setDesired(this.#context.store, tx, taskID, task.JobIteration ? 'complete' : 'running');
  }

  /** What the task's own restart policy says about replacing it (ORCH-52, ORCH-53; for jobs ORCH-42). */
  shouldRestart(task: StoredTask, service: StoredService): boolean {
    const { condition } = restartPolicyOf(task.Spec);
    if (condition === 'none') return false;
    const completed = task.Status.State === 'complete';
    if (completed && (condition === 'on-failure' || isJob(service))) return false;
    return this.history.allows(task, isGlobal(service) ? task.NodeID : undefined);
  }

  /**
   * The tasks that make a slot live (ORCH-21): those that are meant to run, or else the newest if it must not be
   * restarted. Empty: the slot is dead. Tasks on their way out (REMOVE) never hold a slot.
   */
  updatableTasks(slot: Slot, service: StoredService): Slot {
    const live = slot.filter(isLive);
    if (live.length > 0) return live;
    if (service.UpdateStatus?.State === 'rollback_started') return [];
    const newest = newestTask(slot.filter((task) => task.DesiredState !== 'remove'));
    return newest && !this.shouldRestart(newest, service) ? [newest] : [];
  }

  /** Looks at a committed change of a task or node. */
  observe(change: Change): void {
    this.#starts.observe(change);
  }

  /** Forgets everything and cancels all timers (ORCH-59). */
  clear(): void {
    this.#life++;
    this.#starts.clear();
    this.#waiting.clear();
    this.history.clear();
  }

  #restartLater(taskID: string): void {
    if (this.#waiting.has(taskID)) return;
    this.#waiting.add(taskID);
    const life = this.#life;
    this.#starts.whenOver(taskID, () => {
      if (life !== this.#life) return;
      this.#waiting.delete(taskID);
      const { store } = this.#context;
      const task = store.get('task', taskID);
      const service = task?.ServiceID ? store.get('service', task.ServiceID) : undefined;
      if (task && service && isLive(task)) store.update((tx) => this.restart(tx, service, task));
    });
  }
}
