import type { Bits } from './bits';
import { clearBit, lowestBit, setBit, withWords } from './bits';

/** The nodes that have the same number of active tasks. */
export interface Level {
  count: number;
  bits: Bits;
  size: number;
  /** No word before this one has a bit. */
  first: number;
}

/**
 * All nodes ordered by their number of active tasks and then by when they joined (their index).
 * Moving a node and finding the next one cost nothing that grows with the number of tasks.
 */
export class LoadOrder {
  /** The levels that hold a node, ascending by count. */
  readonly #levels: Level[] = [];
  /** Levels that hold none, for the next one that is needed. */
  readonly #spare: Level[] = [];
  #words = 4;

  add(index: number, count: number): void {
    const word = index >>> 5;
    if (word >= this.#words) this.#words = Math.max(word + 1, this.#words * 2);
    const position = this.#position(count);
    let level = this.#levels[position];
    if (level?.count !== count) {
      level = this.#spare.pop() ?? { count, bits: new Uint32Array(this.#words), size: 0, first: word };
      level.count = count;
      level.first = word;
      this.#levels.splice(position, 0, level);
    }
    if (word >= level.bits.length) level.bits = withWords(level.bits, this.#words);
    setBit(level.bits, index);
    level.size++;
    if (word < level.first) level.first = word;
  }

  remove(index: number, count: number): void {
    const position = this.#position(count);
    const level = this.#levels[position];
    if (level?.count !== count) return;
    clearBit(level.bits, index);
    if (--level.size > 0) {
      while (level.bits[level.first] === 0) level.first++;
      return;
    }
    this.#levels.splice(position, 1);
    this.#spare.push(level);
  }

  /** The node with the fewest active tasks among those in `within`, the first of several; -1 when there is none. */
  lowest(within: Bits): number {
    for (const { bits, first } of this.#levels) {
      const words = Math.min(bits.length, within.length);
      for (let word = first; word < words; word++) {
        const found = bits[word]! & within[word]!;
        if (found !== 0) return word * 32 + lowestBit(found);
      }
    }
    return -1;
  }

  /** The first level with at least `count` active tasks that holds a node. */
  from(count: number): Level | undefined {
    return this.#levels[this.#position(count)];
  }

  /** Where the level of `count` is, or would be. */
  #position(count: number): number {
    const levels = this.#levels;
    let low = 0;
    let high = levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (levels[middle]!.count < count) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
