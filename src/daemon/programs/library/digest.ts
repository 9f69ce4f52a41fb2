const sha256Start = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const sha1Start = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

/** Fractions of the cube roots of the first primes (FIPS 180-4). */
const sha256Constants = (() => {
  const constants: number[] = [];
  for (let candidate = 2; constants.length < 64; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (prime) constants.push(Math.floor((Math.cbrt(candidate) % 1) * 2 ** 32));
  }
  return constants;
})();

const right = (value: number, bits: number) => (value >>> bits) | (value << (32 - bits));
const left = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));

function blocks(data: Uint8Array): DataView {
  const length = Math.ceil((data.length + 9) / 64) * 64;
  const padded = new Uint8Array(length);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 8, Math.floor((data.length * 8) / 2 ** 32));
  view.setUint32(length - 4, (data.length * 8) >>> 0);
  return view;
}

function bytes(words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word >>> 0);
  return new Uint8Array(view.buffer);
}

function sha256(data: Uint8Array): Uint8Array {
  const view = blocks(data);
  const hash = [...sha256Start];
  const w: number[] = [];
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    for (let t = 0; t < 64; t++) {
      if (t < 16) w[t] = view.getUint32(offset + t * 4);
      else {
        const a = w[t - 15]!;
        const b = w[t - 2]!;
        const s0 = right(a, 7) ^ right(a, 18) ^ (a >>> 3);
        const s1 = right(b, 17) ^ right(b, 19) ^ (b >>> 10);
        w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0;
      }
    }
    let [a, b, c, d, e, f, g, h] = hash as [number, number, number, number, number, number, number, number];
    for (let t = 0; t < 64; t++) {
      const s1 = right(e, 6) ^ right(e, 11) ^ right(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + sha256Constants[t]! + w[t]!) | 0;
      const s0 = right(a, 2) ^ right(a, 13) ^ right(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) hash[index] = (hash[index]! + value) | 0;
  }
  return bytes(hash);
}

function sha1(data: Uint8Array): Uint8Array {
  const view = blocks(data);
  const hash = [...sha1Start];
  const w: number[] = [];
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    for (let t = 0; t < 80; t++) {
      w[t] = t < 16 ? view.getUint32(offset + t * 4) : left(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1);
    }
    let [a, b, c, d, e] = hash as [number, number, number, number, number];
    for (let t = 0; t < 80; t++) {
      const [mix, constant] =
        t < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : t < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : t < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const next = (left(a, 5) + mix + e + constant + w[t]!) | 0;
      [e, d, c, b, a] = [d, c, left(b, 30), a, next];
    }
    for (const [index, value] of [a, b, c, d, e].entries()) hash[index] = (hash[index]! + value) | 0;
  }
  return bytes(hash);
}

/** The digest of the named algorithm (`SHA-1`, `SHA-256`); undefined for others. */
export function digest(algorithm: string, data: Uint8Array): Uint8Array | undefined {
  if (algorithm === 'SHA-256') return sha256(data);
  if (algorithm === 'SHA-1') return sha1(data);
  return undefined;
}
