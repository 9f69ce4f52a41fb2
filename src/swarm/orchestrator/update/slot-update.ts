import type { UpdateOrder } from '../../../api';
import { taskStateOrder } from '../../../api';
import type { ControlContext } from '../../control-loop';
import type { StoredNode, StoredService, StoredTask } from '../../objects';
import type { Transaction } from '../../store';
import { setDesired } from '../desired';
import type { DirtyCheck } from '../dirty';
import { newTask } from '../new-task';
import { isInvalidNode } from '../node-validity';
import type { RestartSupervisor } from '../restart/supervisor';
import { isGlobal } from '../service-mode';
import type { Slot } from '../slot';
import { isLive } from '../slot';
import type { UpdateFailures } from './failures';

/** What the workers of one update share. */
export interface UpdateTools {
  readonly context: ControlContext;
  readonly service: StoredService;
  readonly restarts: RestartSupervisor;
  readonly dirty: DirtyCheck;
  readonly failures: UpdateFailures;
  readonly order: UpdateOrder;
}

/**
 * Brings one slot up to date: keeps a clean task that is there already, or creates one and shuts the others down in
 * the given order (ORCH-87, ORCH-88). It is done when the new task came up or failed, however long that takes
 * (ORCH-89).
 */
export class SlotUpdate {
  readonly #tools: UpdateTools;
  readonly #done: () => void;
  /** The tasks of the slot when this began. */
  readonly #old: Slot;
  #released = false;
  #cameUp = false;
  #ended = false;
  /** The task created here, undefined when an existing one was kept. */
  readonly taskID: string | undefined;

  constructor(tools: UpdateTools, slot: Slot, done: () => void) {
    this.#tools = tools;
    this.#done = done;
    this.#old = this.#present(slot);
    this.taskID = this.#begin();
  }

  /** Looks at a change of the created task. */
  observe(task: StoredTask): void {
    if (this.#ended || this.#cameUp || taskStateOrder[task.Status.State] < taskStateOrder.running) return;
    this.#cameUp = true;
    const { context, failures, order } = this.#tools;
    failures.cameUp(task.ID, context.sim.now);
    if (order === 'start-first' && task.Status.State === 'running') this.#shutDown(this.#old);
    this.#check();
  }

  /** The created task is gone, as when its node was removed: there is nothing to wait for any more. */
  taskRemoved(): void {
    this.#finish();
  }

  /** Nothing more is done here; what was begun goes its way. */
  cancel(): void {
    this.#ended = true;
  }

  /** The slot's live tasks as they are now: while slots wait for their turn, tasks in them fail and are replaced. */
  #present(slot: Slot): Slot {
    const { store } = this.#tools.context;
    const first = slot[0]!;
    const live = [...store.tasksInSlot(first.ServiceID as string, first.Slot, first.NodeID).values()].filter(isLive);
    if (live.length > 0) return live;
    return slot.flatMap((task) => store.get('task', task.ID) ?? []);
  }

  #begin(): string | undefined {
    const { context, service } = this.#tools;
    const [first] = this.#old;
    // A global slot whose node was drained or lost before its turn gets nothing there (ORCH-32).
    const nowhere = first !== undefined && isGlobal(service) && isInvalidNode(this.#nodeOf(first));
    if (!first || nowhere || !context.store.get('service', service.ID)) {
      this.#finish();
      return undefined;
    }
    const clean = this.#old.filter((task) => isLive(task) && !this.#tools.dirty.isTaskDirty(task, this.#nodeOf(task)));
    const kept = clean.find((task) => task.DesiredState === 'running') ?? clean.at(-1);
    if (kept) {
      this.#keep(kept);
      return undefined;
    }
    return this.#create();
  }

  #keep(kept: StoredTask): void {
    const stopped = this.#shutDown(this.#old.filter((task) => task.ID !== kept.ID));
    if (kept.DesiredState === 'running') this.#finish();
    else this.#tools.restarts.delayStart(kept.ID, 0, stopped, () => this.#finish());
  }

  #create(): string {
    const { context, service, restarts, failures, order } = this.#tools;
    const first = this.#old[0]!;
    const draft = newTask(context, service, first.Slot ?? 0, isGlobal(service) ? first.NodeID : undefined);
    failures.created(draft.ID);
    const stopped = context.store.update((tx) => {
      tx.create('task', { ...draft, DesiredState: 'ready' });
      return order === 'stop-first' ? this.#shutDownIn(tx, this.#old) : undefined;
    });
    restarts.delayStart(draft.ID, 0, stopped, () => {
      this.#released = true;
      this.#check();
    });
    return draft.ID;
  }

  #nodeOf(task: StoredTask): StoredNode | undefined {
    return task.NodeID ? this.#tools.context.store.get('node', task.NodeID) : undefined;
  }

  #shutDown(tasks: Slot): StoredTask | undefined {
    return this.#tools.context.store.update((tx) => this.#shutDownIn(tx, tasks));
  }

  /** Shuts live tasks down; returns one of those that it did. */
  #shutDownIn(tx: Transaction, tasks: Slot): StoredTask | undefined {
    const { store } = this.#tools.context;
    let stopped: StoredTask | undefined;
    for (const { ID } of tasks) {
      const task = store.get('task', ID);
      if (task && isLive(task)) stopped = setDesired(store, tx, ID, 'shutdown');
    }
    return stopped;
  }

  #check(): void {
    if (this.#released && this.#cameUp) this.#finish();
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#done();
  }
}
