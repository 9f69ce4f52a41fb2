import type { Profile } from '../../api';
import { NetworkError } from '../libnetwork';
import type { DefaultPool } from './default-pools';
import { DefaultPools } from './default-pools';
import { Pool } from './pool';
import type { Prefix } from './prefix';
import { covers, formatPrefix, parseAddress, parsePrefix } from './prefix';
import { PrefixList } from './prefix-list';

export interface IpamOptions {
  /** What subnets are cut from when none is asked for; empty leaves that impossible. */
  readonly defaults: readonly DefaultPool[];
  readonly profile: Pick<Profile, 'subnetChoice' | 'poolsExhausted' | 'usesSmallSubnets'>;
  /** CIDRs that are in use outside, such as the host's own network: never chosen, but may be asked for (ALLOC-14). */
  readonly reserved?: readonly string[];
}

/** A subnet that a network got. */
export interface AssignedPool {
  /** Names the pool in further calls. */
  readonly id: string;
  /** CIDR with cleared host bits. */
  readonly subnet: string;
}

interface Claim {
  readonly pool: Pool;
  readonly range: Prefix;
  readonly rangeKey: string;
}

/**
 * One address space of the default IPAM driver: the swarm's, or a node's own. It keeps subnets from overlapping and
 * hands out the addresses in them. All refusals are NetworkErrors with libnetwork's texts.
 */
export class Ipam {
  readonly #options: IpamOptions;
  readonly #defaults: DefaultPools;
  readonly #assigned: Readonly<Record<4 | 6, PrefixList>> = { 4: new PrefixList(), 6: new PrefixList() };
  readonly #reserved: readonly Prefix[];
  readonly #pools = new Map<string, Pool>();
  readonly #claims = new Map<string, Claim>();

  constructor(options: IpamOptions) {
    this.#options = options;
    this.#defaults = new DefaultPools(options.defaults, options.profile.subnetChoice);
    this.#reserved = (options.reserved ?? []).flatMap((text) => parsePrefix(text) ?? []);
  }

  /**
   * Claims `subnet`, or the next default one (ALLOC-13). With `range`, addresses come from there; networks with
   * different ranges may share a subnet. Throws for an overlap (ALLOC-15), used-up defaults (ALLOC-14), bad CIDRs.
   */
  requestPool(request: { readonly subnet?: string; readonly range?: string } = {}): AssignedPool {
    const prefix = request.subnet ? parsePrefix(request.subnet) : this.#nextDefault();
    if (!prefix) throw new NetworkError('invalid', `invalid CIDR address: ${request.subnet}`);
    const range = request.range ? parsePrefix(request.range) : prefix;
    if (!range) throw new NetworkError('invalid', `invalid CIDR address: ${request.range}`);
    if (!covers(prefix, range)) throw new NetworkError('invalid', 'invalid subpool: not in its pool');
    const subnet = formatPrefix(prefix);
    const rangeKey = request.range ? formatPrefix(range) : '';
    const id = `${subnet} ${rangeKey}`;
    const pool = this.#poolFor(prefix, subnet, rangeKey);
    pool.ranges.add(rangeKey);
    this.#claims.set(id, { pool, range, rangeKey });
    return { id, subnet };
  }

  /** Gives a subnet back with all its addresses; harmless when it is not claimed. */
  releasePool(id: string): void {
    const claim = this.#claims.get(id);
    if (!claim) return;
    this.#claims.delete(id);
    claim.pool.ranges.delete(claim.rangeKey);
    if (claim.pool.ranges.size > 0) return;
    const { prefix } = claim.pool;
    this.#assigned[prefix.family].remove(prefix);
    this.#pools.delete(formatPrefix(prefix));
  }

  /**
   * An address of the pool as CIDR. `wanted` asks for that one, with or without prefix length (ALLOC-25); else
   * `serial` goes on after the last one given (ALLOC-22), and without it the lowest free one is taken.
   * The error's reason is `exhausted` when none is left, `invalid` when it is outside, `forbidden` when it is in use.
   */
  requestAddress(poolID: string, wanted?: string, options: { readonly serial?: boolean } = {}): string {
    const claim = this.#claims.get(poolID);
    if (!claim) throw new NetworkError('not found', `cannot find address pool for poolID:${poolID.trim()}`);
    const text = wanted?.split('/')[0];
    const address = text ? parseAddress(text) : undefined;
    if (text && !address) throw new NetworkError('invalid', `invalid address ${wanted}`);
    return `${claim.pool.take(claim.range, address, options.serial ?? false)}/${claim.pool.prefix.length}`;
  }

  /** Gives an address back, with or without prefix length; harmless when it was not given. */
  releaseAddress(poolID: string, address: string): void {
    const parsed = parseAddress(address.split('/')[0]!);
    if (parsed) this.#claims.get(poolID)?.pool.give(parsed);
  }

  #poolFor(prefix: Prefix, subnet: string, rangeKey: string): Pool {
    const existing = this.#pools.get(subnet);
    if (existing) {
      // The whole subnet, or the same range of it, twice is an overlap.
      if (rangeKey === '' || existing.ranges.has('') || existing.ranges.has(rangeKey)) throw overlap();
      return existing;
    }
    if (this.#assigned[prefix.family].overlapping(prefix)) throw overlap();
    const pool = new Pool(prefix, !this.#options.profile.usesSmallSubnets);
    this.#pools.set(subnet, pool);
    this.#assigned[prefix.family].add(prefix);
    return pool;
  }

  #nextDefault(): Prefix {
    const prefix = this.#defaults.next(
      (candidate) =>
        this.#assigned[candidate.family].overlapping(candidate) ??
        this.#reserved.find(
          (one) => one.family === candidate.family && one.first <= candidate.last && candidate.first <= one.last,
        ),
    );
    if (!prefix) throw new NetworkError('exhausted', this.#options.profile.poolsExhausted);
    return prefix;
  }
}

/** Whether two CIDRs have addresses in common. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [parsePrefix(one), parsePrefix(other)];
  return a !== undefined && b !== undefined && a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** The refusal of a subnet that is taken, or partly taken (ALLOC-15). */
export function overlap(): NetworkError {
  return new NetworkError('forbidden', 'Pool overlaps with other one on this address space');
}
