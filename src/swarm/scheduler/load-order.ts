import type { Bits } from './bits';
import { clearBit, setBit, withWords } from './bits';

/** The nodes that have the same number of active tasks. */
export interface Level {
  readonly count: number;
  bits: Bits;
  size: number;
}

/**
 * All nodes ordered by their number of active tasks and then by when they joined (their index).
 * Moving a node and finding the next one cost nothing that grows with the number of tasks.
 */
export class LoadOrder {
  readonly #levels = new Map<number, Level>();
  /** The counts of the levels that hold a node, ascending. */
  readonly #counts: number[] = [];
  #words = 4;

  add(index: number, count: number): void {
    const words = (index >>> 5) + 1;
    if (words > this.#words) this.#words = Math.max(words, this.#words * 2);
    let level = this.#levels.get(count);
    if (!level) {
      level = { count, bits: new Uint32Array(this.#words), size: 0 };
      this.#levels.set(count, level);
    }
    level.bits = withWords(level.bits, this.#words);
    setBit(level.bits, index);
    if (level.size++ === 0) this.#counts.splice(this.#position(count), 0, count);
  }

  remove(index: number, count: number): void {
    const level = this.#levels.get(count);
    if (!level) return;
    clearBit(level.bits, index);
    if (--level.size > 0) return;
    this.#counts.splice(this.#position(count), 1);
    // Empty levels are kept for the next node that comes by, unless there are many of them.
    if (this.#levels.size > 64 + 2 * this.#counts.length) {
      for (const [key, other] of this.#levels) if (other.size === 0) this.#levels.delete(key);
    }
  }

  /** The first level with at least `count` active tasks that holds a node. */
  from(count: number): Level | undefined {
    const found = this.#counts[this.#position(count)];
    return found === undefined ? undefined : this.#levels.get(found);
  }

  /** Where `count` is, or would be, among the counts. */
  #position(count: number): number {
    let low = 0;
    let high = this.#counts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#counts[middle]! < count) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
