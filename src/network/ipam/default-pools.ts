import type { Prefix } from './prefix';
import { covers, parsePrefix, prefixAround, width } from './prefix';

/** A block of addresses that is cut into subnets of one size. */
export interface DefaultPool {
  /** CIDR. */
  readonly base: string;
  /** Prefix length of the subnets. */
  readonly size: number;
}

/** What dockerd cuts its local networks from: sixteen-bit subnets of 172.17 to 172.31, then 192.168 in twenties. */
export const localDefaultPools: readonly DefaultPool[] = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
];

interface Block {
  readonly base: Prefix;
  readonly size: number;
  readonly count: number;
}

/** Chooses the next free subnet of the default pools (ALLOC-13, ALLOC-14). `blocked` names what overlaps a candidate. */
export class DefaultPools {
  readonly #blocks: readonly Block[];
  /** Next-fit: which subnet, counted through all blocks, is tried first. */
  #cursor = 0;

  /** A pool that lies in an earlier one is dropped (ALLOC-14). Throws an Error for a base that is no CIDR. */
  constructor(
    pools: readonly DefaultPool[],
    readonly choice: 'lowest' | 'next-fit',
  ) {
    const blocks: Block[] = [];
    for (const pool of pools) {
      const base = parsePrefix(pool.base);
      if (!base || pool.size < base.length) throw new Error(`invalid default address pool ${pool.base}/${pool.size}`);
      if (blocks.some((block) => covers(block.base, base))) continue;
      blocks.push({ base, size: pool.size, count: 2 ** (pool.size - base.length) });
    }
    this.#blocks = blocks;
  }

  /** Undefined when every subnet overlaps something. */
  next(blocked: (candidate: Prefix) => Prefix | undefined): Prefix | undefined {
    return this.choice === 'lowest' ? this.#lowest(blocked) : this.#nextFit(blocked);
  }

  #lowest(blocked: (candidate: Prefix) => Prefix | undefined): Prefix | undefined {
    for (const block of this.#blocks) {
      for (let index = 0; index < block.count; ) {
        const candidate = subnet(block, index);
        const taken = blocked(candidate);
        if (!taken) return candidate;
        // A foreign allocation may be wider than one subnet: go on behind its end.
        const behind = Number((taken.last - block.base.first) >> hostBits(block)) + 1;
        index = Math.max(index + 1, behind);
      }
    }
    return undefined;
  }

  #nextFit(blocked: (candidate: Prefix) => Prefix | undefined): Prefix | undefined {
    const total = this.#blocks.reduce((sum, block) => sum + block.count, 0);
    for (let step = 0; step < total; step++) {
      const index = (this.#cursor + step) % total;
      const candidate = this.#nth(index);
      if (blocked(candidate)) continue;
      this.#cursor = (index + 1) % total;
      return candidate;
    }
    return undefined;
  }

  #nth(index: number): Prefix {
    let rest = index;
    for (const block of this.#blocks) {
      if (rest < block.count) return subnet(block, rest);
      rest -= block.count;
    }
    throw new Error('no such subnet');
  }
}

function hostBits(block: Block): bigint {
  return BigInt(width(block.base.family) - block.size);
}

function subnet(block: Block, index: number): Prefix {
  const value = block.base.first + (BigInt(index) << hostBits(block));
  return prefixAround({ family: block.base.family, value }, block.size);
}
