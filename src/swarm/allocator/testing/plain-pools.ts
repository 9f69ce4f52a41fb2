import type { AddressPools, AddressPoolsFactory } from '../address-pools';

class Refusal extends Error {
  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

/** A plain IPv4 address space for tests: the lowest free default subnet, serial addresses, written for clarity. */
class PlainPools implements AddressPools {
  readonly #pools = new Map<string, { first: number; size: number; used: Set<number>; cursor: number }>();

  constructor(
    readonly base: string,
    readonly subnetSize: number,
  ) {}

  requestPool({ subnet }: { readonly subnet?: string }): { id: string; subnet: string } {
    const chosen = subnet ?? this.#next();
    const [first, size] = bounds(chosen);
    if (this.#overlaps(first, size))
      throw new Refusal('forbidden', 'Pool overlaps with other one on this address space');
    const used = new Set(size > 2 ? [0, size - 1] : []);
    this.#pools.set(chosen, { first, size, used, cursor: 0 });
    return { id: chosen, subnet: chosen };
  }

  releasePool(id: string): void {
    this.#pools.delete(id);
  }

  requestAddress(poolID: string, wanted?: string): string {
    const pool = this.#pools.get(poolID)!;
    const length = poolID.split('/')[1];
    if (wanted) {
      const offset = number(wanted.split('/')[0]!) - pool.first;
      if (offset < 0 || offset >= pool.size) throw new Refusal('invalid', 'requested address is out of range');
      if (pool.used.has(offset)) throw new Refusal('forbidden', 'Address already in use');
      pool.used.add(offset);
      return `${text(pool.first + offset)}/${length}`;
    }
    for (let step = 0; step < pool.size; step++) {
      const offset = (pool.cursor + step) % pool.size;
      if (pool.used.has(offset)) continue;
      pool.used.add(offset);
      pool.cursor = offset + 1;
      return `${text(pool.first + offset)}/${length}`;
    }
    throw new Refusal('exhausted', 'no available addresses on this pool');
  }

  releaseAddress(poolID: string, address: string): void {
    const pool = this.#pools.get(poolID);
    pool?.used.delete(number(address.split('/')[0]!) - pool.first);
  }

  #next(): string {
    const [first, size] = bounds(this.base);
    const step = 2 ** (32 - this.subnetSize);
    for (let at = first; at < first + size; at += step) {
      if (!this.#overlaps(at, step)) return `${text(at)}/${this.subnetSize}`;
    }
    throw new Refusal('exhausted', 'all predefined address pools have been fully subnetted');
  }

  #overlaps(first: number, size: number): boolean {
    return [...this.#pools.values()].some((pool) => pool.first < first + size && first < pool.first + pool.size);
  }
}

export const plainPools: AddressPoolsFactory = (defaults, size) => new PlainPools(defaults[0]!, size);

function number(address: string): number {
  return address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
}

function text(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function bounds(subnet: string): [number, number] {
  const [address, length] = subnet.split('/') as [string, string];
  return [number(address), 2 ** (32 - Number(length))];
}
