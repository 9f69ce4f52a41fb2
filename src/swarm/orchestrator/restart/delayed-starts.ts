import { isTerminal } from '../../../api';
import type { Micros, Timer } from '../../../sim';
import { minute } from '../../../sim';
import type { StoredTask } from '../../objects';
import type { Change, Store } from '../../store';

/** How long a replacement waits at most for the task before it to stop (ORCH-56). */
export const oldTaskTimeout: Micros = minute;

interface DelayedStart {
  readonly taskID: string;
  readonly timers: Timer[];
  delayPassed: boolean;
  /** Nothing to wait for any more but the delay. */
  oldTaskGone: boolean;
  readonly oldTaskID: string | undefined;
  readonly oldNodeID: string | undefined;
  readonly whenOver: (() => void)[];
}

/**
 * Tasks parked at desired READY that are to be released later: after a delay, and once the task before them has
 * stopped (ORCH-56). In memory only.
 */
export class DelayedStarts {
  readonly #store: Store;
  readonly #release: (taskID: string) => void;
  readonly #starts = new Map<string, DelayedStart>();
  readonly #byOldTask = new Map<string, Set<DelayedStart>>();
  readonly #byOldNode = new Map<string, Set<DelayedStart>>();

  /** `release` moves a parked task on; it is called outside of transactions. */
  constructor(store: Store, release: (taskID: string) => void) {
    this.#store = store;
    this.#release = release;
  }

  get size(): number {
    return this.#starts.size;
  }

  /**
   * Releases `taskID` after `delay` and, with `oldTask`, when that task went past RUNNING, its node went DOWN or was
   * deleted, or a minute from now passed. An earlier start of the same task is taken back. `whenOver` is called when
   * the start happened or was cancelled.
   */
  add(taskID: string, delay: Micros, oldTask?: StoredTask, whenOver?: () => void): void {
    this.cancel(taskID);
    const waits = oldTask !== undefined && !isTerminal(oldTask.Status.State);
    const start: DelayedStart = {
      taskID,
      timers: [],
      delayPassed: false,
      oldTaskGone: !waits,
      oldTaskID: waits ? oldTask.ID : undefined,
      oldNodeID: waits ? oldTask.NodeID : undefined,
      whenOver: whenOver ? [whenOver] : [],
    };
    this.#starts.set(taskID, start);
    if (start.oldTaskID) link(this.#byOldTask, start.oldTaskID, start);
    if (start.oldNodeID) link(this.#byOldNode, start.oldNodeID, start);
    if (waits) start.timers.push(this.#store.after(oldTaskTimeout, () => this.#oldTaskGone(start)));
    start.timers.push(
      this.#store.after(delay, () => {
        start.delayPassed = true;
        this.#check(start);
      }),
    );
  }

  /** Whether a start of this task is pending. */
  has(taskID: string): boolean {
    return this.#starts.has(taskID);
  }

  /** Calls `run` when the pending start of this task is over. */
  whenOver(taskID: string, run: () => void): void {
    this.#starts.get(taskID)?.whenOver.push(run);
  }

  /** Takes a pending start back: the task stays as it is. */
  cancel(taskID: string): void {
    const start = this.#starts.get(taskID);
    if (start) this.#end(start);
  }

  /** Forgets all of them without a word: the leader is gone. */
  clear(): void {
    for (const start of this.#starts.values()) for (const timer of start.timers) timer.cancel();
    this.#starts.clear();
    this.#byOldTask.clear();
    this.#byOldNode.clear();
  }

  /** Looks at a committed change of a task or node. */
  observe(change: Change): void {
    if (change.kind === 'task') {
      if (change.action === 'remove') this.cancel(change.object.ID);
      else if (isTerminal(change.object.Status.State)) this.#allGone(this.#byOldTask.get(change.object.ID));
    } else if (change.kind === 'node') {
      if (change.action === 'remove' || change.object.Status.State === 'down') {
        this.#allGone(this.#byOldNode.get(change.object.ID));
      }
    }
  }

  #allGone(starts: ReadonlySet<DelayedStart> | undefined): void {
    if (starts) for (const start of [...starts]) this.#oldTaskGone(start);
  }

  #oldTaskGone(start: DelayedStart): void {
    start.oldTaskGone = true;
    this.#check(start);
  }

  #check(start: DelayedStart): void {
    if (!start.delayPassed || !start.oldTaskGone || this.#starts.get(start.taskID) !== start) return;
    this.#end(start);
    if (this.#store.get('task', start.taskID)) this.#release(start.taskID);
  }

  #end(start: DelayedStart): void {
    for (const timer of start.timers) timer.cancel();
    this.#starts.delete(start.taskID);
    if (start.oldTaskID) unlink(this.#byOldTask, start.oldTaskID, start);
    if (start.oldNodeID) unlink(this.#byOldNode, start.oldNodeID, start);
    // Later, since a start may be taken back from inside a transaction.
    for (const run of start.whenOver) this.#store.after(0, run);
  }
}

function link(index: Map<string, Set<DelayedStart>>, key: string, start: DelayedStart): void {
  const starts = index.get(key);
  if (starts) starts.add(start);
  else index.set(key, new Set([start]));
}

function unlink(index: Map<string, Set<DelayedStart>>, key: string, start: DelayedStart): void {
  const starts = index.get(key);
  if (!starts) return;
  starts.delete(start);
  if (starts.size === 0) index.delete(key);
}
