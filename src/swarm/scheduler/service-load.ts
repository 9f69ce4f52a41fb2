import type { Bits } from './bits';
import { clearBit, setBit, withWords } from './bits';

/** From this many nodes on, a service's nodes are also kept as bits. */
const many = 16;

/** Where the active tasks of one service are. Most services are on one node only: that costs no table. */
export class ServiceLoad {
  #node = -1;
  #tasks = 0;
  /** Number of active tasks by node index, once there was a second node. */
  #counts: Map<number, number> | undefined;
  #bits: Bits | undefined;

  /** Number of nodes with active tasks. */
  get size(): number {
    if (this.#counts) return this.#counts.size;
    return this.#tasks > 0 ? 1 : 0;
  }

  get(node: number): number {
    if (this.#counts) return this.#counts.get(node) ?? 0;
    return node === this.#node ? this.#tasks : 0;
  }

  add(node: number, by: 1 | -1): void {
    if (!this.#counts) {
      if (this.#tasks === 0) this.#node = node;
      if (this.#node === node) {
        this.#tasks += by;
        return;
      }
      this.#counts = new Map([[this.#node, this.#tasks]]);
    }
    const before = this.#counts.get(node) ?? 0;
    const now = before + by;
    if (now > 0) this.#counts.set(node, now);
    else this.#counts.delete(node);
    if (before > 0 === now > 0) return;
    if (this.#bits) {
      this.#bits = withWords(this.#bits, (node >>> 5) + 1);
      if (now > 0) setBit(this.#bits, node);
      else clearBit(this.#bits, node);
    } else if (this.#counts.size > many) {
      this.#bits = this.#collect(1);
    }
  }

  /** The indexes of the nodes that have tasks. */
  indexes(): Iterable<number> {
    if (this.#counts) return this.#counts.keys();
    return this.#tasks > 0 ? [this.#node] : [];
  }

  /** The nodes that have tasks, as bits of at least `words` words, for the caller to change. */
  bits(words: number): Bits {
    return this.#bits ? withWords(this.#bits.slice(), words) : this.#collect(words);
  }

  #collect(words: number): Bits {
    let bits: Bits = new Uint32Array(words);
    for (const node of this.indexes()) {
      bits = withWords(bits, (node >>> 5) + 1);
      setBit(bits, node);
    }
    return bits;
  }
}
