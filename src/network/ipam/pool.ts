import { NetworkError } from '../libnetwork';
import { Bits } from './bits';
import type { Address, Prefix } from './prefix';
import { formatAddress } from './prefix';

/** Of a wide IPv6 subnet only this many addresses are handed out by themselves. */
const dynamicLimit = 2n ** 32n;

/** The addresses of one subnet: which are given, and where the next serial request goes on (ALLOC-21 … ALLOC-25). */
export class Pool {
  readonly #given = new Bits();
  /** Given addresses of IPv6 subnets beyond the dynamic ones. */
  readonly #far = new Set<bigint>();
  /** One past the last address that was given without being asked for by name. */
  #cursor = 0;
  /** Ranges of the networks that share this subnet, as CIDR. */
  readonly ranges = new Set<string>();

  /**
   * Network and broadcast addresses are never given (ALLOC-21). `reserveSmall` keeps that up in IPv4 subnets of one
   * and two addresses too, as engines up to 20.10 do, which leaves none in them.
   */
  constructor(
    readonly prefix: Prefix,
    reserveSmall: boolean,
  ) {
    const { family, length } = prefix;
    const small = family === 4 && length >= 31;
    if (small && !reserveSmall) return;
    this.#given.add(0);
    if (family === 4) this.#given.add(this.#offset(prefix.last));
  }

  /**
   * Gives an address as text. With `wanted`, exactly that one; else the next free one of `range` after the last one
   * given (`serial`, ALLOC-22) or the lowest free one.
   */
  take(range: Prefix, wanted: Address | undefined, serial: boolean): string {
    if (wanted) return this.#takeExactly(wanted);
    const from = this.#offset(range.first);
    const to = this.#offset(range.last);
    let offset: number | undefined;
    if (serial && this.#cursor > from) offset = this.#given.nextFree(this.#cursor, to);
    offset ??= this.#given.nextFree(from, to);
    if (offset === undefined) throw new NetworkError('exhausted', 'no available addresses on this pool');
    this.#given.add(offset);
    this.#cursor = offset + 1;
    return formatAddress(this.prefix.family, this.prefix.first + BigInt(offset));
  }

  /** Takes an address back; the cursor stays where it is (ALLOC-22). */
  give(address: Address): void {
    if (!this.#contains(address)) return;
    const offset = address.value - this.prefix.first;
    if (offset < dynamicLimit) this.#given.delete(Number(offset));
    else this.#far.delete(offset);
  }

  #takeExactly(wanted: Address): string {
    if (!this.#contains(wanted)) throw new NetworkError('invalid', 'requested address is out of range');
    const offset = wanted.value - this.prefix.first;
    const taken = offset < dynamicLimit ? !this.#given.add(Number(offset)) : this.#far.has(offset);
    if (taken) throw new NetworkError('forbidden', 'Address already in use');
    if (offset >= dynamicLimit) this.#far.add(offset);
    return formatAddress(wanted.family, wanted.value);
  }

  #contains(address: Address): boolean {
    const { family, first, last } = this.prefix;
    return address.family === family && address.value >= first && address.value <= last;
  }

  #offset(value: bigint): number {
    const offset = value - this.prefix.first;
    return Number(offset < dynamicLimit ? offset : dynamicLimit - 1n);
  }
}
