import type { Micros } from '../../sim';

/** Shares of packets that get lost, from 0 to 1: everywhere, and on the way to and from single nodes. */
export interface LossRates {
  readonly everywhere: number;
  readonly nodes: ReadonlyMap<number, number>;
}

interface Change extends LossRates {
  readonly at: Micros;
  /** The largest share on any way. */
  readonly worst: number;
}

const none: Change = { at: Number.NEGATIVE_INFINITY, everywhere: 0, nodes: new Map(), worst: 0 };

/** How many packets were lost between nodes, and when: what was sent at a time fared as the ways were then. */
export class Loss {
  #changes: Change[] = [none];

  /** Whether nothing was ever lost: the common case. */
  get never(): boolean {
    return this.#changes.length === 1;
  }

  /** From `at` on. */
  set(at: Micros, rates: LossRates): void {
    const worst = 1 - (1 - rates.everywhere) * (1 - Math.max(0, ...rates.nodes.values())) ** 2;
    while (this.#changes.length > 1 && this.#changes.at(-1)!.at >= at) this.#changes.pop();
    this.#changes.push({ at, ...rates, worst });
  }

  /** The share of packets lost between two nodes; of one node: on its way to any other that loses none. */
  between(a: number, b: number, at: Micros): number {
    if (this.never) return 0;
    const { everywhere, nodes } = this.#at(at);
    return 1 - (1 - everywhere) * (1 - (nodes.get(a) ?? 0)) * (a === b ? 1 : 1 - (nodes.get(b) ?? 0));
  }

  /** The largest share lost between any two nodes. */
  worst(at: Micros): number {
    return this.never ? 0 : this.#at(at).worst;
  }

  #at(at: Micros): Change {
    for (let index = this.#changes.length - 1; index > 0; index--)
      if (this.#changes[index]!.at <= at) return this.#changes[index]!;
    return none;
  }
}
