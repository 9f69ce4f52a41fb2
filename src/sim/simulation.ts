import { EventQueue } from './event-queue';
import { Random } from './random';
import type { Micros } from './time';
import { timestamp } from './time';

/** A scheduled call that can be taken back. */
export interface Timer {
  cancel(): void;
}

/**
 * One virtual clock with its queue of events and its seed. Time moves only in `run...`: from event to event.
 * Events of the same moment run in the order in which they were scheduled. Nothing here knows wall time.
 */
export class Simulation {
  readonly #queue = new EventQueue();
  readonly random: Random;
  #now: Micros;
  #executed = 0;

  constructor(options: { readonly seed: number; readonly start: Micros }) {
    this.random = new Random(options.seed);
    this.#now = options.start;
  }

  get now(): Micros {
    return this.#now;
  }

  /** The present as the API writes it. */
  get timestamp(): string {
    return timestamp(this.#now);
  }

  /** Number of events run so far: the measure of work done. */
  get executed(): number {
    return this.#executed;
  }

  /** When the next event is due; undefined when nothing will happen by itself. */
  get next(): Micros | undefined {
    return this.#queue.peek()?.at;
  }

  /** Calls `run` at a time that is not before now. */
  at(time: Micros, run: () => void): Timer {
    return this.#queue.push(Math.max(time, this.#now), run);
  }

  /** Calls `run` after a delay of microseconds; with 0, after what is already due now. */
  after(delay: Micros, run: () => void): Timer {
    return this.at(this.#now + Math.max(0, Math.floor(delay)), run);
  }

  /** Runs the next event if it is due by `until`; false when there was none. */
  step(until: Micros = Number.POSITIVE_INFINITY): boolean {
    const event = this.#queue.peek();
    if (!event || event.at > until) return false;
    this.#queue.pop();
    this.#now = event.at;
    this.#executed++;
    const run = event.run!;
    event.run = undefined;
    run();
    return true;
  }

  /** Runs everything due by `until` and leaves the clock there. */
  runUntil(until: Micros): void {
    while (this.step(until));
    if (until > this.#now) this.#now = until;
  }

  /** Runs for a duration of virtual time. */
  runFor(duration: Micros): void {
    this.runUntil(this.#now + duration);
  }

  /** Runs until nothing is due any more or `limit` events have run; true when it went quiet. */
  runUntilQuiet(limit = 10_000_000): boolean {
    for (let count = 0; count < limit; count++) {
      if (!this.step()) return true;
    }
    return false;
  }

  /**
   * Runs what is due by `until` while `mayGoOn()` holds, asked every few events; true when all of it ran
   * (the clock then stands at `until`). This is how a host keeps its slices short.
   */
  runSlice(until: Micros, mayGoOn: () => boolean): boolean {
    for (let count = 1; this.step(until); count++) {
      if (count % 16 === 0 && !mayGoOn()) return false;
    }
    if (until > this.#now) this.#now = until;
    return true;
  }
}
