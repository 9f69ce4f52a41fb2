import type { Micros, Simulation } from '../sim';
import { millisecond, second } from '../sim';

/** What the pacer needs of the machine that it runs on. Wall time in microseconds; any origin will do. */
export interface HostTimers {
  now(): Micros;
  /** Calls `run` once after so many milliseconds; returns what takes the call back. */
  schedule(milliseconds: number, run: () => void): () => void;
  /** Resolves when every promise that could go on has gone on: a turn of the host's event loop. */
  drain(): Promise<void>;
}

/** Longest stretch of simulation without giving the host its turn; the goal is half of a frame. */
const sliceTarget = 8 * millisecond;
/** How far virtual time may lag behind before it is taken as lost, as after the machine slept. */
const mostLag = 2 * second;
/** The host's longest timer is about 24 days. */
const longestWait = 2 ** 31 - 1;

/**
 * Maps wall time to virtual time, and is the only one who moves the clock of a living cluster. It sleeps until the
 * next event is due and schedules nothing when nothing is. Everything from outside goes through `enter`, one after
 * the other, each at the present virtual time with all that was due before it done: so the same requests at the same
 * virtual times give the same cluster again.
 */
export class Pacer {
  readonly #sim: Simulation;
  readonly #host: HostTimers;
  #speed: number;
  #paused: boolean;
  /** Wall and virtual time that belong together. */
  #wallAnchor: Micros;
  #virtualAnchor: Micros;
  #cancelTimer: (() => void) | undefined;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed = false;
  /** Requests that wait for something in the simulation before they go on; while there are any, each event drains. */
  inFlight = 0;

  /** `speed`: virtual seconds a wall second; 0 stands for "as fast as it can". */
  constructor(sim: Simulation, host: HostTimers, options: { readonly speed?: number; readonly paused?: boolean } = {}) {
    this.#sim = sim;
    this.#host = host;
    this.#speed = options.speed ?? 1;
    this.#paused = options.paused ?? false;
    this.#wallAnchor = host.now();
    this.#virtualAnchor = sim.now;
  }

  get speed(): number {
    return this.#speed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Begins to let time pass. */
  start(): void {
    this.#anchor();
    this.#plan();
  }

  /** Changes speed or pause from now on. */
  set(change: { readonly speed?: number; readonly paused?: boolean }): void {
    this.#anchor();
    if (change.speed !== undefined) this.#speed = change.speed;
    if (change.paused !== undefined) this.#paused = change.paused;
    this.#anchor();
    this.#plan();
  }

  /** No time passes any more; what waits to enter is still let in. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Lets `act` in at the present virtual time, after those who came before. Its result is not waited for. */
  enter<T>(act: () => T): Promise<T> {
    return this.#inTurn(async () => {
      await this.#advance(this.#present());
      const result = act();
      if (this.inFlight > 0) await this.#host.drain();
      return result;
    });
  }

  /**
   * Brings the clock to the present without a turn of its own, where nothing is due and nobody waits for a turn. False
   * otherwise: then `enter` is the way.
   */
  catchUp(): boolean {
    if (this.#waiting > 0) return false;
    const present = this.#present();
    const next = this.#sim.next;
    if (next !== undefined && next <= present) return false;
    this.#sim.runUntil(present);
    return true;
  }

  /** Moves the clock to a virtual time that is not past, whatever speed and pause say. */
  advanceTo(time: Micros): Promise<void> {
    return this.#inTurn(async () => {
      await this.#advance(time);
      this.#anchor();
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const result = this.#queue.then(act).finally(() => {
      this.#waiting--;
      this.#plan();
    });
    this.#queue = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  /** The virtual time that belongs to the present wall time. */
  #present(): Micros {
    if (this.#paused || this.#closed || this.#speed === 0) return this.#sim.now;
    const wall = this.#host.now();
    const virtual = this.#virtualAnchor + Math.floor((wall - this.#wallAnchor) * this.#speed);
    // What lags too far behind is lost: the machine slept, or cannot simulate so fast.
    const lag = virtual - this.#sim.now;
    const next = this.#sim.next;
    if (next !== undefined && next < virtual && lag > mostLag * Math.max(1, this.#speed)) {
      this.#wallAnchor = wall;
      this.#virtualAnchor = Math.max(next, this.#sim.now);
      return this.#virtualAnchor;
    }
    return Math.max(virtual, this.#sim.now);
  }

  #anchor(): void {
    this.#wallAnchor = this.#host.now();
    this.#virtualAnchor = this.#sim.now;
  }

  /** Runs what is due by `until`, in slices; ends with all of it done and the clock there. */
  async #advance(until: Micros): Promise<void> {
    let began = this.#host.now();
    const mayGoOn = () => this.#host.now() - began < sliceTarget;
    for (;;) {
      if (this.inFlight > 0) {
        if (!this.#sim.step(until)) break;
        await this.#host.drain();
      } else if (this.#sim.runSlice(until, mayGoOn)) break;
      if (mayGoOn()) continue;
      await this.#rest();
      began = this.#host.now();
    }
    this.#sim.runUntil(until);
  }

  /** Gives the host its turn. */
  #rest(): Promise<void> {
    return new Promise((resolve) => {
      this.#host.schedule(0, resolve);
    });
  }

  /** Sets the timer for the next event, if time passes and there is one. */
  #plan(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const next = this.#sim.next;
    if (this.#closed || this.#paused || next === undefined || this.#waiting > 0) return;
    const wait =
      this.#speed === 0
        ? 0
        : (this.#wallAnchor + (next - this.#virtualAnchor) / this.#speed - this.#host.now()) / millisecond;
    this.#cancelTimer = this.#host.schedule(Math.min(Math.max(0, Math.ceil(wait)), longestWait), () => {
      this.#cancelTimer = undefined;
      void this.#inTurn(() => this.#wake());
    });
  }

  async #wake(): Promise<void> {
    if (this.#closed || this.#paused) return;
    if (this.#speed > 0) return this.#advance(this.#present());
    // As fast as it can: one slice of whole moments, then the others' turn.
    const began = this.#host.now();
    while (this.#host.now() - began < sliceTarget) {
      const next = this.#sim.next;
      if (next === undefined) break;
      await this.#advance(next);
    }
  }
}
