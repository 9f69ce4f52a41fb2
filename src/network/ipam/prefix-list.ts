import type { Prefix } from './prefix';
import { overlaps } from './prefix';

/** Prefixes of one family that do not overlap, in order, with a fast search for what overlaps another. */
export class PrefixList {
  readonly #prefixes: Prefix[] = [];

  add(prefix: Prefix): void {
    this.#prefixes.splice(this.#firstEndingAtOrAfter(prefix.first), 0, prefix);
  }

  remove(prefix: Prefix): void {
    const index = this.#firstEndingAtOrAfter(prefix.first);
    if (this.#prefixes[index]?.first === prefix.first) this.#prefixes.splice(index, 1);
  }

  /** The lowest listed prefix that overlaps `prefix`. */
  overlapping(prefix: Prefix): Prefix | undefined {
    const candidate = this.#prefixes[this.#firstEndingAtOrAfter(prefix.first)];
    return candidate && overlaps(candidate, prefix) ? candidate : undefined;
  }

  #firstEndingAtOrAfter(address: bigint): number {
    let low = 0;
    let high = this.#prefixes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#prefixes[middle]!.last < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
