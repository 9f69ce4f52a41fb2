import type { Micros } from '../../sim';

/** Forwarded questions of one resolver that are under way at once, at most (DISC-26, since 19.03). */
export const maxOutstanding = 1_024;

/** The forwarded questions of one resolver that wait for their answers: when each will be through, in order of time. */
export class Outstanding {
  #ends: Micros[] = [];
  /** Those before it are through. */
  #first = 0;

  /** How many are under way at a time that is not before those of earlier calls. */
  count(now: Micros): number {
    while (this.#first < this.#ends.length && this.#ends[this.#first]! <= now) this.#first++;
    if (this.#first > maxOutstanding) {
      this.#ends = this.#ends.slice(this.#first);
      this.#first = 0;
    }
    return this.#ends.length - this.#first;
  }

  /** When there is room for one more: now, or when the first of them is through. */
  roomAt(now: Micros): Micros {
    const waiting = this.count(now);
    return waiting < maxOutstanding ? now : this.#ends[this.#first + waiting - maxOutstanding]!;
  }

  /** One more, through at `end`. */
  add(end: Micros): void {
    let at = this.#ends.length;
    while (at > this.#first && this.#ends[at - 1]! > end) at--;
    this.#ends.splice(at, 0, end);
  }
}
