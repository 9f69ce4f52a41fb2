import type { Micros } from '../../sim';
import { millisecond } from '../../sim';
import type { HostTimers, Pacer } from '../pacer';
import type { ContainerWire, DnsTransport } from './container-wire';

/** Messages that wait to be looked at; more are dropped, as a full socket buffer drops them. */
const mostWaiting = 1_024;
/** Replies that take virtual time, at most. */
const mostLate = 4_096;
/** Longest stretch of answering without giving the host its turn. */
const sliceTarget = 4 * millisecond;
/** How often somebody whose reply takes time looks whether a stopped clock goes on, in milliseconds. */
const stoppedWait = 100;

type Reply = (message: Uint8Array | undefined) => void;

interface Waiting {
  readonly message: Uint8Array;
  readonly transport: DnsTransport;
  readonly reply: Reply;
}

/** What paces the answers: the cluster's clock, and the host's. */
export interface Pace {
  readonly pacer: Pacer;
  readonly host: HostTimers;
  now(): Micros;
}

/**
 * The messages that come to one open resolver. Those that can be answered at once are; others wait for their turn at
 * the cluster's present, and are worked off in slices, so that a flood of them costs the host no more than that.
 */
export class Questions {
  readonly #wire: ContainerWire;
  readonly #pace: Pace;
  #waiting: Waiting[] = [];
  #draining = false;
  readonly #late = new Set<{ cancel: () => void }>();
  #closed = false;

  constructor(wire: ContainerWire, pace: Pace) {
    this.#wire = wire;
    this.#pace = pace;
  }

  /** The reply to a UDP message, where it takes no more than a look; else undefined, and `ask` is the way. */
  quick(message: Uint8Array): Uint8Array | undefined {
    return this.#wire.quick(message);
  }

  /** Answers a message by and by: `reply` is called once, with undefined for silence. */
  ask(message: Uint8Array, transport: DnsTransport, reply: Reply): void {
    if (this.#closed || this.#waiting.length >= mostWaiting) {
      reply(undefined);
      return;
    }
    this.#waiting.push({ message, transport, reply });
    if (this.#draining) return;
    this.#draining = true;
    void this.#drain();
  }

  /** Nothing is answered any more. */
  close(): void {
    this.#closed = true;
    for (const late of this.#late) late.cancel();
    this.#late.clear();
    this.#waiting = [];
  }

  async #drain(): Promise<void> {
    const { host } = this.#pace;
    while (this.#waiting.length > 0) {
      await this.#pace.pacer.enter(() => this.#slice());
      if (this.#waiting.length > 0) await new Promise<void>((resolve) => void host.schedule(0, resolve));
    }
    this.#draining = false;
  }

  #slice(): void {
    const { host } = this.#pace;
    const began = host.now();
    let done = 0;
    const waiting = this.#waiting;
    while (done < waiting.length && host.now() - began < sliceTarget) this.#answer(waiting[done++]!);
    if (waiting === this.#waiting) this.#waiting = waiting.slice(done);
  }

  #answer({ message, transport, reply }: Waiting): void {
    const { message: bytes, took } = this.#wire.answer(message, transport);
    if (took === 0 || this.#pace.pacer.speed === 0) reply(bytes);
    else if (this.#late.size < mostLate) this.#wait(this.#pace.now() + took, () => reply(bytes));
    else reply(undefined);
  }

  /** Calls `run` when virtual time has come that far, whatever becomes of its speed meanwhile. */
  #wait(due: Micros, run: () => void): void {
    const late = { cancel: () => {} };
    this.#late.add(late);
    const look = (): void => {
      const { pacer, host } = this.#pace;
      pacer.catchUp();
      const left = due - this.#pace.now();
      if (left <= 0 || pacer.speed === 0) {
        this.#late.delete(late);
        run();
        return;
      }
      const wait = pacer.paused ? stoppedWait : Math.max(1, Math.ceil(left / pacer.speed / millisecond));
      late.cancel = host.schedule(wait, look);
    };
    look();
  }
}
