/** Sets of node indexes as bits: small, ordered by index, and quick to intersect. */
export type Bits = Uint32Array;

export function hasBit(bits: Bits, index: number): boolean {
  return ((bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
}

export function setBit(bits: Bits, index: number): void {
  bits[index >>> 5]! |= 1 << (index & 31);
}

export function clearBit(bits: Bits, index: number): void {
  bits[index >>> 5]! &= ~(1 << (index & 31));
}

/** The position of the lowest bit of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** The same bits in at least `words` words. */
export function withWords(bits: Bits, words: number): Bits {
  if (bits.length >= words) return bits;
  const larger = new Uint32Array(words);
  larger.set(bits);
  return larger;
}
