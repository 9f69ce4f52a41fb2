const chunkBits = 16;
const chunkSize = 2 ** chunkBits;
const wordsInChunk = chunkSize / 32;
const full = 0xffffffff;

/** 65,536 numbers; `fullWords` has a bit for every word of `words` that is used up, so that a search skips them. */
interface Chunk {
  readonly words: Uint32Array;
  readonly fullWords: Uint32Array;
  used: number;
}

/** The lowest clear bit of a 32-bit word at or after `from`; 32 when there is none. */
function clearBit(word: number, from: number): number {
  const free = ~word & (full << from);
  return free === 0 ? 32 : 31 - Math.clz32(free & -free);
}

/**
 * A set of numbers from 0 that finds the next free one fast, however many are used: memory grows with the used
 * ranges only, and a search looks at words that have room, not at every number.
 */
export class Bits {
  readonly #chunks = new Map<number, Chunk>();

  has(number: number): boolean {
    const chunk = this.#chunks.get(Math.floor(number / chunkSize));
    if (!chunk) return false;
    const at = number % chunkSize;
    return ((chunk.words[at >>> 5]! >>> (at & 31)) & 1) === 1;
  }

  /** False when it was used already. */
  add(number: number): boolean {
    const key = Math.floor(number / chunkSize);
    let chunk = this.#chunks.get(key);
    if (!chunk) {
      chunk = { words: new Uint32Array(wordsInChunk), fullWords: new Uint32Array(wordsInChunk / 32), used: 0 };
      this.#chunks.set(key, chunk);
    }
    const at = number % chunkSize;
    const word = at >>> 5;
    const before = chunk.words[word]!;
    const after = (before | (1 << (at & 31))) >>> 0;
    if (after === before) return false;
    chunk.words[word] = after;
    chunk.used++;
    if (after === full) chunk.fullWords[word >>> 5]! |= 1 << (word & 31);
    return true;
  }

  /** False when it was not used. */
  delete(number: number): boolean {
    if (!this.has(number)) return false;
    const key = Math.floor(number / chunkSize);
    const chunk = this.#chunks.get(key)!;
    const at = number % chunkSize;
    const word = at >>> 5;
    chunk.words[word]! &= ~(1 << (at & 31));
    chunk.fullWords[word >>> 5]! &= ~(1 << (word & 31));
    chunk.used--;
    if (chunk.used === 0) this.#chunks.delete(key);
    return true;
  }

  /** The lowest free number from `from` to `to`, both included; undefined when all are used. */
  nextFree(from: number, to: number): number | undefined {
    for (let at = from; at <= to; ) {
      const key = Math.floor(at / chunkSize);
      const chunk = this.#chunks.get(key);
      const found = chunk ? freeInChunk(chunk, at % chunkSize) : at % chunkSize;
      if (found !== undefined) {
        const number = key * chunkSize + found;
        return number <= to ? number : undefined;
      }
      at = (key + 1) * chunkSize;
    }
    return undefined;
  }
}

function freeInChunk(chunk: Chunk, from: number): number | undefined {
  if (chunk.used === chunkSize) return undefined;
  const firstWord = from >>> 5;
  const bit = clearBit(chunk.words[firstWord]!, from & 31);
  if (bit < 32) return firstWord * 32 + bit;
  for (let group = (firstWord + 1) >>> 5, start = (firstWord + 1) & 31; group < chunk.fullWords.length; group++) {
    const inGroup = clearBit(chunk.fullWords[group]!, start);
    if (inGroup < 32) {
      const word = group * 32 + inGroup;
      return word * 32 + clearBit(chunk.words[word]!, 0);
    }
    start = 0;
  }
  return undefined;
}
