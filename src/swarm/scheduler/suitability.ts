import type { Bits } from './bits';
import { clearBit, setBit, withWords } from './bits';
import { fixedFilters } from './filters';
import type { NodeInfo } from './node-info';
import type { Requirements } from './requirements';

/** More different wishes than this are not remembered at once. */
const remembered = 512;

interface Remembered {
  bits: Bits;
  /** How many of the node changes are taken into account. */
  seen: number;
}

/**
 * Which nodes pass the filters that look at the node object only, remembered for tasks with the same wishes.
 * A node that changed is looked at again when it is next asked for.
 */
export class Suitability {
  readonly #nodes: readonly NodeInfo[];
  readonly #known = new Map<string, Remembered>();
  /** Indexes of the nodes that changed, in order. */
  #changed: number[] = [];

  constructor(nodes: readonly NodeInfo[]) {
    this.#nodes = nodes;
  }

  nodeChanged(index: number): void {
    this.#changed.push(index);
    if (this.#changed.length <= 1024 + 4 * this.#nodes.length) return;
    this.#changed = [];
    this.#known.clear();
  }

  /** The nodes that suit, as bits; to be read only, and only until the next node change. */
  of(task: Requirements): Bits {
    let known = this.#known.get(task.fixedKey);
    if (!known) {
      known = { bits: new Uint32Array((this.#nodes.length >>> 5) + 1), seen: this.#changed.length };
      if (this.#known.size >= remembered) this.#known.delete(this.#known.keys().next().value!);
      this.#known.set(task.fixedKey, known);
      for (let index = 0; index < this.#nodes.length; index++) this.#look(task, known, index);
    }
    for (; known.seen < this.#changed.length; known.seen++) this.#look(task, known, this.#changed[known.seen]!);
    return known.bits;
  }

  #look(task: Requirements, known: Remembered, index: number): void {
    const info = this.#nodes[index]!;
    known.bits = withWords(known.bits, (index >>> 5) + 1);
    const suits = !info.removed && fixedFilters.every((filter) => !filter.enabled(task) || filter.check(task, info, 0));
    if (suits) setBit(known.bits, index);
    else clearBit(known.bits, index);
  }
}
