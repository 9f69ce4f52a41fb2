import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Character codes of the digits. */
const base36 = Array.from('0123456789abcdefghijklmnopqrstuvwxyz', (digit) => digit.charCodeAt(0));
const base16 = base36.slice(0, 16);

/** A 32-bit hash of a text (FNV-1a), to give streams seeds of their own. */
function hash(text: string, seed: number): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}

/**
 * A stream of seeded random numbers. Each part of the simulation takes a stream of its own with `stream(name)`,
 * so that more use of chance in one part does not change what happens in another.
 */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed | 0;
    this.#generator = xoroshiro128plus(this.#seed);
  }

  /** A stream that depends on the seed and the name only, not on what was drawn before. */
  stream(name: string): Random {
    return new Random(hash(name, this.#seed));
  }

  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return uniformInt(this.#generator, low, high);
  }

  /** A number from 0 (included) to 1 (excluded) with 30 random bits. */
  fraction(): number {
    return this.integer(0, 2 ** 30 - 1) / 2 ** 30;
  }

  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)] as T;
  }

  /** A new list of the same items in random order, each order equally likely. */
  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let index = result.length - 1; index > 0; index--) {
      const other = this.integer(0, index);
      [result[index], result[other]] = [result[other] as T, result[index] as T];
    }
    return result;
  }

  /** A swarm object's ID: 25 characters of base 36 for 128 random bits (ORCH-1); the first never exceeds `f`. */
  objectId(): string {
    return this.#digits(base36, 25, 15);
  }

  /** A container's, exec's, local network's or endpoint's ID: 64 hexadecimal digits. */
  hexId(length = 64): string {
    const codes = scratch(length);
    const generator = this.#generator;
    codes[0] = base16[generator.next() & 15]!;
    // As `#digits` draws them: of 2^20 values none is drawn again, so the lowest 20 bits are the draw.
    for (let at = 1; at < length; ) {
      let draw = generator.next() & 0xfffff;
      for (const end = Math.min(length, at + 5); at < end; at++) {
        codes[at] = base16[draw & 15]!;
        draw >>>= 4;
      }
    }
    return String.fromCharCode.apply(null, codes);
  }

  /** `count` base-36 digits, as in join tokens (CTRL-40). */
  base36(count: number): string {
    return this.#digits(base36, count, 35);
  }

  #digits(alphabet: readonly number[], count: number, firstAtMost: number): string {
    const base = alphabet.length;
    const codes = scratch(count);
    codes[0] = alphabet[this.integer(0, firstAtMost)]!;
    for (let at = 1; at < count; ) {
      // One draw gives five digits of either alphabet: 36^5 and 16^5 are far below 2^31.
      let draw = this.integer(0, base ** 5 - 1);
      for (const end = Math.min(count, at + 5); at < end; at++) {
        const digit = draw % base;
        codes[at] = alphabet[digit]!;
        draw = (draw - digit) / base;
      }
    }
    return String.fromCharCode.apply(null, codes);
  }
}

const scratches = new Map<number, number[]>();

/** A list of this length to write into: IDs are made by the hundred thousand, and in a few lengths only. */
function scratch(length: number): number[] {
  let codes = scratches.get(length);
  if (!codes) {
    codes = new Array<number>(length).fill(0);
    scratches.set(length, codes);
  }
  return codes;
}
