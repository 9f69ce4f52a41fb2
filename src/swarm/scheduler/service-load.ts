import type { Bits } from './bits';
import { clearBit, setBit, withWords } from './bits';

/** From this many nodes on, a service's nodes are also kept as bits. */
const many = 16;

/** Where the active tasks of one service are. */
export class ServiceLoad {
  /** Number of active tasks by node index; nodes without any are absent. */
  readonly counts = new Map<number, number>();
  #bits: Bits | undefined;

  get(node: number): number {
    return this.counts.get(node) ?? 0;
  }

  add(node: number, by: 1 | -1): void {
    const before = this.counts.get(node) ?? 0;
    const now = before + by;
    if (now > 0) this.counts.set(node, now);
    else this.counts.delete(node);
    if (before > 0 === now > 0) return;
    if (this.#bits) {
      this.#bits = withWords(this.#bits, (node >>> 5) + 1);
      if (now > 0) setBit(this.#bits, node);
      else clearBit(this.#bits, node);
    } else if (this.counts.size > many) {
      this.#bits = this.#collect(1);
    }
  }

  /** The nodes that have tasks, as bits of at least `words` words, for the caller to change. */
  nodes(words: number): Bits {
    return this.#bits ? withWords(this.#bits.slice(), words) : this.#collect(words);
  }

  #collect(words: number): Bits {
    let bits: Bits = new Uint32Array(words);
    for (const node of this.counts.keys()) {
      bits = withWords(bits, (node >>> 5) + 1);
      setBit(bits, node);
    }
    return bits;
  }
}
