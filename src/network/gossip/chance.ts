/**
 * Chance that does not depend on when it is asked for: a draw is a function of the seed and of what it is about.
 * So a question about what a node knows cannot change what happens later.
 */

function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A 32-bit hash of integers. */
export function hashOf(seed: number, a: number, b: number, c = 0): number {
  return mix(mix(mix(mix(seed) + a) + Math.imul(b, 0x9e3779b1)) ^ Math.imul(c + 1, 0x7feb352d));
}

/** A number from 0 (included) to 1 (excluded). */
export function fractionOf(seed: number, a: number, b: number, c = 0): number {
  return hashOf(seed, a, b, c) / 2 ** 32;
}

/** A 32-bit hash of a text (FNV-1a). */
export function hashText(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
