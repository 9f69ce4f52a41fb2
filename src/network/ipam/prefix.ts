import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;

/** An address as a number of its family. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A range of addresses that share their first `length` bits. */
export interface Prefix {
  readonly family: Family;
  /** The lowest address. */
  readonly first: bigint;
  /** The highest address. */
  readonly last: bigint;
  readonly length: number;
}

const quad = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/;

/** Bits of an address. */
export function width(family: Family): number {
  return family === 4 ? 32 : 128;
}

/** Reads an address without prefix length; undefined when it is none. IPv4 needs four decimal parts without leading zeros. */
export function parseAddress(text: string): Address | undefined {
  if (quad.test(text)) {
    const bytes = text.split('.').map(Number);
    if (bytes.some((byte) => byte > 255)) return undefined;
    return { family: 4, value: BigInt(bytes.reduce((value, byte) => value * 256 + byte, 0)) };
  }
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const bytes = ipaddr.IPv6.parse(text).toByteArray();
  return { family: 6, value: bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) };
}

/** The address as text, IPv6 in its shortest form. */
export function formatAddress(family: Family, value: bigint): string {
  if (family === 4) {
    const number = Number(value);
    return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
  }
  const bytes = Array.from({ length: 16 }, (_, index) => Number((value >> BigInt(8 * (15 - index))) & 255n));
  return new ipaddr.IPv6(bytes).toString();
}

/** The prefix of that length around an address: its host bits are cleared. */
export function prefixAround(address: Address, length: number): Prefix {
  const hostBits = BigInt(width(address.family) - length);
  const first = (address.value >> hostBits) << hostBits;
  return { family: address.family, first, last: first + (1n << hostBits) - 1n, length };
}

/** Reads a CIDR; host bits may be set, as in `10.58.0.5/24`, and are cleared. Undefined when it is none. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (!address || !/^(?:0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > width(address.family)) return undefined;
  return prefixAround(address, Number(bits));
}

/** The prefix as CIDR. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.family, prefix.first)}/${prefix.length}`;
}

export function overlaps(one: Prefix, other: Prefix): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

/** Whether all of `inner` lies in `outer`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}
