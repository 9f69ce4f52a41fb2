import { isTerminal } from '../../../api';
import type { Micros, Timer } from '../../../sim';
import { second } from '../../../sim';
import type { ControlContext } from '../../control-loop';
import type { StoredNode, StoredService, StoredTask } from '../../objects';
import { DirtyCheck } from '../dirty';
import type { RestartSupervisor } from '../restart/supervisor';
import type { Slot } from '../slot';
import type { EffectiveUpdateConfig } from './config';
import { updateConfigOf } from './config';
import { UpdateFailures } from './failures';
import type { UpdateTools } from './slot-update';
import { SlotUpdate } from './slot-update';
import { completeUpdate, pauseUpdate, rollbackUpdate, startUpdate } from './status';

/**
 * `feeding`: slots are handed to workers. `draining`: none is left (or no more are to be started), workers finish.
 * `monitoring`: all are done, new tasks are watched for a while. `over`: nothing happens any more.
 */
type Phase = 'feeding' | 'draining' | 'monitoring' | 'over';

/** One rolling update of one service to one version of its spec (ORCH-84 to ORCH-93). */
export class Updater {
  readonly #context: ControlContext;
  readonly #restarts: RestartSupervisor;
  readonly #ended: () => void;
  readonly service: StoredService;
  readonly #config: EffectiveUpdateConfig;
  #tools: UpdateTools | undefined;
  #phase: Phase = 'feeding';
  /** A failure paused or rolled back the update: it is not to be completed. */
  #stopped = false;
  #slots: readonly Slot[] = [];
  #next = 0;
  #workers = 0;
  #monitor: Micros;
  #monitorTimer: Timer | undefined;
  readonly #delays = new Set<Timer>();
  /** Slots being worked on: by the task created there, and those that only keep a task. */
  readonly #byTask = new Map<string, SlotUpdate>();
  readonly #active = new Set<SlotUpdate>();
  /** Failures seen while workers finish; they are judged when monitoring begins. */
  #unjudged: string[] = [];

  /** `ended` is called when the update is through or stopped, not when it is cancelled. */
  constructor(context: ControlContext, restarts: RestartSupervisor, service: StoredService, ended: () => void) {
    this.#context = context;
    this.#restarts = restarts;
    this.service = service;
    this.#ended = ended;
    this.#config = updateConfigOf(service);
    this.#monitor = this.#config.monitor;
  }

  /** Starts with the slots that are dirty, in the order given or, if it means nothing, in random order (ORCH-86). */
  run(slots: readonly Slot[], order: 'given' | 'random'): void {
    const { service } = this;
    const state = service.UpdateStatus?.State;
    if (state === 'paused' || state === 'rollback_paused') {
      this.#end();
      return;
    }
    const dirty = new DirtyCheck(service);
    const nodeOf = (task: StoredTask): StoredNode | undefined =>
      task.NodeID ? this.#context.store.get('node', task.NodeID) : undefined;
    const found = slots.filter((slot) => dirty.isSlotDirty(slot, nodeOf));
    if (found.length === 0) {
      if (state === 'updating' || state === 'rollback_started') completeUpdate(this.#context, service.ID);
      this.#end();
      return;
    }
    if (state === undefined) startUpdate(this.#context, service.ID);
    this.#slots = order === 'random' ? this.#context.random.shuffle(found) : found;
    this.#tools = {
      context: this.#context,
      service,
      restarts: this.#restarts,
      dirty,
      failures: new UpdateFailures(found.length, this.#config.maxFailureRatio),
      order: this.#config.order,
    };
    this.#workers = Math.min(this.#config.parallelism || found.length, found.length);
    for (let worker = 0; worker < this.#workers; worker++) this.#later(0, () => this.#take());
  }

  /** Ends at once: slots that were begun go on by themselves, no more are started (ORCH-83). */
  cancel(): void {
    this.#phase = 'over';
    for (const timer of this.#delays) timer.cancel();
    this.#delays.clear();
    this.#monitorTimer?.cancel();
    for (const update of this.#active) update.cancel();
    this.#active.clear();
    this.#byTask.clear();
  }

  /** Looks at a change of one of the service's tasks. */
  observe(task: StoredTask): void {
    if (this.#phase === 'over') return;
    const failed = isTerminal(task.Status.State) && this.#config.failureAction !== 'continue';
    const update = this.#byTask.get(task.ID);
    if (failed && this.#phase === 'feeding' && this.#judge(task.ID)) this.#phase = 'draining';
    else if (failed && this.#phase === 'draining' && !this.#stopped) this.#unjudged.push(task.ID);
    else if (failed && this.#phase === 'monitoring' && this.#judge(task.ID)) {
      this.#finishMonitoring();
      return;
    }
    update?.observe(task);
  }

  /** One of the service's tasks is gone from the store. */
  taskRemoved(taskID: string): void {
    this.#byTask.get(taskID)?.taskRemoved();
  }

  #later(delay: Micros, run: () => void): void {
    const timer = this.#context.store.after(delay, () => {
      this.#delays.delete(timer);
      run();
    });
    this.#delays.add(timer);
  }

  /** A worker takes the next slot, or ends when there is none for it. */
  #take(): void {
    const slot = this.#phase === 'feeding' ? this.#slots[this.#next] : undefined;
    if (!slot) {
      this.#workers--;
      if (this.#workers === 0) this.#drained();
      return;
    }
    this.#next++;
    if (this.#next === this.#slots.length) this.#phase = 'draining';
    let update: SlotUpdate | undefined;
    let ended = false;
    update = new SlotUpdate(this.#tools as UpdateTools, slot, () => {
      ended = true;
      if (update) this.#forget(update);
      // Each worker rests after each of its slots, the last one included (ORCH-86).
      this.#later(this.#config.delay, () => this.#take());
    });
    if (ended) return;
    this.#active.add(update);
    if (update.taskID) this.#byTask.set(update.taskID, update);
  }

  #forget(update: SlotUpdate): void {
    this.#active.delete(update);
    if (update.taskID) this.#byTask.delete(update.taskID);
  }

  /** All workers are through: go on watching the new tasks for a while (ORCH-93). */
  #drained(): void {
    if (this.#stopped) {
      this.#end();
      return;
    }
    this.#phase = 'monitoring';
    if (this.#config.delay >= this.#monitor) this.#monitor = this.#config.delay + second;
    const unjudged = this.#unjudged;
    this.#unjudged = [];
    for (const taskID of unjudged) {
      if (this.#judge(taskID)) {
        this.#finishMonitoring();
        return;
      }
    }
    this.#monitorTimer = this.#context.store.after(this.#monitor, () => this.#finishMonitoring());
  }

  #finishMonitoring(): void {
    if (!this.#stopped) completeUpdate(this.#context, this.service.ID);
    this.#end();
  }

  /** Whether this failure is one too many; if so, what the config wants is done (ORCH-91). */
  #judge(taskID: string): boolean {
    const { sim } = this.#context;
    if (!this.#tools?.failures.exceededBy(taskID, sim.now, this.#monitor)) return false;
    const { ID, UpdateStatus } = this.service;
    if (this.#config.failureAction === 'pause') {
      this.#stopped = true;
      pauseUpdate(this.#context, ID, `update paused due to failure or early termination of task ${taskID}`);
    } else if (UpdateStatus?.State === 'rollback_started') {
      // As the engine does: the updater is not marked stopped, and completes later (ORCH-92).
      pauseUpdate(this.#context, ID, `rollback paused due to failure or early termination of task ${taskID}`);
    } else {
      this.#stopped = true;
      rollbackUpdate(this.#context, ID, `update rolled back due to failure or early termination of task ${taskID}`);
    }
    return true;
  }

  #end(): void {
    this.cancel();
    this.#ended();
  }
}
