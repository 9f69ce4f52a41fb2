import { taskStateOrder } from '../../../api';
import type { Micros, Timer } from '../../../sim';
import { millisecond } from '../../../sim';
import type { ControlContext, ControlLoop } from '../../control-loop';
import type { StoredTask } from '../../objects';
import type { Change, Watch } from '../../store';
import { slotKey } from '../../store';
import { modeOf } from '../service-mode';
import { historyLimit, surplusOf } from './history';

/** How long marks are collected before the reaper looks at them (ORCH-72). */
const batchingInterval: Micros = 250 * millisecond;

/** With more marks than this the reaper does not wait (ORCH-72). */
const maxMarks = 1000;

/** Tasks that a slot keeps when the cluster does not say (ORCH-70). */
const defaultHistoryLimit = 5;

interface SlotMark {
  readonly serviceID: string;
  readonly slot: number | undefined;
  readonly nodeID: string | undefined;
}

/** Whether nothing of a task that is to be removed is left on a node (ORCH-73). */
function mayGo(task: StoredTask): boolean {
  const state = taskStateOrder[task.Status.State];
  if (!task.ServiceID && state >= taskStateOrder.orphaned) return true;
  return task.DesiredState === 'remove' && (state < taskStateOrder.assigned || state >= taskStateOrder.complete);
}

/** Deletes tasks: those that are to be removed, and history beyond its limit (ORCH-70 to ORCH-74). */
export class TaskReaper implements ControlLoop {
  readonly #context: ControlContext;
  #watch: Watch | undefined;
  #timer: Timer | undefined;
  /** Slots to look at: a task was created there, or something changed in one that was kept. */
  readonly #dirty = new Map<string, SlotMark>();
  /**
   * Slots that stay marked because more than one task may still run there. They come to the same until one of their
   * tasks changes, so that a change never costs a look at all of them.
   */
  readonly #kept = new Map<string, SlotMark>();
  /** IDs of tasks to delete. */
  readonly #cleanup = new Set<string>();

  constructor(context: ControlContext) {
    this.#context = context;
  }

  start(): void {
    const { store } = this.#context;
    this.#watch = store.watch(['task', 'cluster'], (changes) => this.#react(changes));
    for (const task of store.all('task')) if (mayGo(task)) this.#cleanup.add(task.ID);
    if (this.#cleanup.size > 0) this.#reap();
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dirty.clear();
    this.#kept.clear();
    this.#cleanup.clear();
  }

  #react(changes: readonly Change[]): void {
    let marked = false;
    for (const change of changes) {
      if (change.kind === 'task') this.#touch(change.object);
      if (change.action === 'remove') continue;
      marked = true;
      if (change.kind === 'task') this.#mark(change.object, change.action === 'create');
      else this.#lookAtAll();
    }
    if (!marked) return;
    if (this.#dirty.size + this.#kept.size + this.#cleanup.size > maxMarks) this.#reap();
    else this.#timer ??= this.#context.store.after(batchingInterval, () => this.#reap());
  }

  /** Slots that were kept are looked at again: another limit may hold now. */
  #lookAtAll(): void {
    for (const [key, mark] of this.#kept) this.#dirty.set(key, mark);
    this.#kept.clear();
  }

  /** Something changed in the task's slot. */
  #touch(task: StoredTask): void {
    if (this.#kept.size === 0 || !task.ServiceID) return;
    const key = slotKey(task.ServiceID, task.Slot, task.NodeID);
    const mark = this.#kept.get(key);
    if (!mark) return;
    this.#kept.delete(key);
    this.#dirty.set(key, mark);
  }

  #mark(task: StoredTask, created: boolean): void {
    if (created) {
      if (!task.ServiceID) return;
      const { ServiceID: serviceID, Slot: slot, NodeID: nodeID } = task;
      this.#dirty.set(slotKey(serviceID, slot, nodeID), { serviceID, slot, nodeID });
    } else if (mayGo(task)) {
      this.#cleanup.add(task.ID);
    }
  }

  #reap(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { store } = this.#context;
    const doomed = new Set(this.#cleanup);
    this.#cleanup.clear();
    for (const [key, mark] of this.#dirty) {
      if (this.#examine(mark, doomed)) this.#kept.set(key, mark);
    }
    this.#dirty.clear();
    const present = [...doomed].filter((id) => store.get('task', id));
    if (present.length === 0) return;
    store.update((tx) => {
      for (const id of present) tx.remove('task', id);
    });
  }

  /** Adds a slot's surplus to `doomed`; true when the slot is to be looked at again. */
  #examine({ serviceID, slot, nodeID }: SlotMark, doomed: Set<string>): boolean {
    const { store } = this.#context;
    const service = store.get('service', serviceID);
    if (!service) return false;
    const mode = modeOf(service.Spec);
    // Jobs keep all their tasks (ORCH-74).
    if (mode !== 'replicated' && mode !== 'global') return false;
    const clusterLimit = store.cluster?.Spec.Orchestration?.TaskHistoryRetentionLimit ?? defaultHistoryLimit;
    const tasks = [...store.tasksInSlot(serviceID, slot, nodeID).values()];
    const { surplus, lookAgain } = surplusOf(tasks, historyLimit(service, clusterLimit));
    for (const id of surplus) doomed.add(id);
    return lookAgain;
  }
}
