import type { Micros, Random } from '../../sim';
import { millisecond, second } from '../../sim';

/** The period that agents are told if the cluster does not say otherwise (ORCH-101). */
export const defaultPeriod = 5 * second;
/** The told period differs by up to this, so that nodes do not beat all at once. */
const epsilon = 500 * millisecond;
/** A node is given up after so many periods without a beat. */
const grace = 3;

/** How long a node may stay away after a change of leader: twice the grace of the plain period (ORCH-104). */
export function unknownGrace(period: Micros): Micros {
  return 2 * grace * period;
}

/**
 * The regular beat of one node. While it gets through nothing has to happen, so there are no events for it:
 * the times of the beats follow from its phase (ORCH-101).
 */
export class Heartbeat {
  readonly #start: Micros;
  readonly #period: Micros;

  constructor(start: Micros, period: Micros, random: Random) {
    this.#start = start;
    this.#period = Math.max(1, period + random.integer(-epsilon, epsilon));
  }

  /** When the node is given up if no beat after `now` gets through. */
  expiry(now: Micros): Micros {
    const beats = Math.floor((now - this.#start) / this.#period);
    return this.#start + (beats + grace) * this.#period;
  }

  /** The first beat at or after `now`. */
  next(now: Micros): Micros {
    return this.#start + Math.ceil((now - this.#start) / this.#period) * this.#period;
  }
}
