import type { Micros } from '../../../sim';

/** Counts the failures among the tasks that one update created (ORCH-90). */
export class UpdateFailures {
  /** By task created in this update: when it came up, undefined while it did not yet. */
  readonly #created = new Map<string, Micros | undefined>();
  readonly #failed = new Set<string>();
  readonly #slots: number;
  readonly #maxRatio: number;

  constructor(dirtySlots: number, maxFailureRatio: number) {
    this.#slots = dirtySlots;
    this.#maxRatio = Math.fround(maxFailureRatio);
  }

  created(taskID: string): void {
    this.#created.set(taskID, undefined);
  }

  cameUp(taskID: string, now: Micros): void {
    this.#created.set(taskID, now);
  }

  /** Notes that a task went past RUNNING; true when this is one failure too many. */
  exceededBy(taskID: string, now: Micros, monitor: Micros): boolean {
    if (this.#failed.has(taskID) || !this.#created.has(taskID)) return false;
    const since = this.#created.get(taskID);
    if (since !== undefined && now - since > monitor) return false;
    this.#failed.add(taskID);
    // The engine counts in 32-bit floats: 1 of 10 is exactly the ratio 0.1 only there.
    return Math.fround(this.#failed.size / this.#slots) > this.#maxRatio;
  }
}
