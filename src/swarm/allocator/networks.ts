import type { IPAMConfig, SwarmNetwork } from '../../api';
import type { AddressPools } from './address-pools';
import { SerialIDs } from './serial-ids';

/** The driver option that holds a network's VXLAN ids (ALLOC-17). */
export const vxlanIDList = 'com.docker.network.driver.overlay.vxlanid_list';

/** What the allocator writes into a network. */
export type NetworkAllocation = Required<Pick<SwarmNetwork, 'IPAMOptions' | 'DriverState'>>;

/** An address that is held: needed to give it back. */
export interface HeldAddress {
  readonly networkID: string;
  readonly poolID: string;
  /** CIDR. */
  readonly address: string;
}

interface Held {
  readonly nodeLocal: boolean;
  readonly poolIDs: readonly string[];
  readonly vxlanIDs: readonly number[];
}

/** The driver of a network; overlay when none is named. */
export function driverOf(network: SwarmNetwork): string {
  return network.Spec.DriverConfiguration?.Name || 'overlay';
}

/** Networks of other drivers get their addresses from each node's own engine (ALLOC-12). */
export function isNodeLocal(network: SwarmNetwork): boolean {
  return driverOf(network) !== 'overlay';
}

/** Subnets, gateways, VXLAN ids and addresses of the swarm's networks. In memory only (ALLOC-1, ALLOC-5). */
export class NetworkAllocations {
  readonly #pools: AddressPools;
  readonly #vxlanIDs = new SerialIDs(4096, 2 ** 24 - 1);
  readonly #held = new Map<string, Held>();
  /** Networks in which the last request found no address, until one is given back. */
  readonly #full = new Set<string>();

  constructor(pools: AddressPools) {
    this.#pools = pools;
  }

  has(networkID: string): boolean {
    return this.#held.has(networkID);
  }

  /**
   * Claims what the network has already (ALLOC-5), else what its spec asks for, else a default subnet; then its
   * gateways (ALLOC-16) and VXLAN ids (ALLOC-17). Throws an Error and claims nothing when a part is not to be had.
   */
  allocate(network: SwarmNetwork): NetworkAllocation {
    if (isNodeLocal(network)) {
      this.#held.set(network.ID, { nodeLocal: true, poolIDs: [], vxlanIDs: [] });
      return { IPAMOptions: { Driver: {} }, DriverState: { Name: driverOf(network) } };
    }
    const known = network.IPAMOptions?.Configs;
    const asked = network.Spec.IPAMOptions?.Configs;
    const configs = known?.length ? known : asked?.length ? asked : [{}];
    const poolIDs: string[] = [];
    try {
      const given = configs.map((config) => this.#claimSubnet(config, poolIDs));
      const options = network.DriverState?.Options ?? network.Spec.DriverConfiguration?.Options ?? {};
      const vxlanIDs = this.#claimVxlanIDs(options, given);
      this.#held.set(network.ID, { nodeLocal: false, poolIDs, vxlanIDs });
      return {
        IPAMOptions: { Driver: { Name: network.Spec.IPAMOptions?.Driver?.Name || 'default' }, Configs: given },
        DriverState: { Name: driverOf(network), Options: { ...options, [vxlanIDList]: vxlanIDs.join(',') } },
      };
    } catch (error) {
      for (const id of poolIDs) this.#pools.releasePool(id);
      throw error;
    }
  }

  /** Gives everything of a network back, its addresses with the subnets. */
  release(networkID: string): void {
    const held = this.#held.get(networkID);
    if (!held) return;
    this.#held.delete(networkID);
    this.#full.delete(networkID);
    for (const id of held.poolIDs) this.#pools.releasePool(id);
    for (const id of held.vxlanIDs) this.#vxlanIDs.release(id);
  }

  /**
   * An address on an allocated network, from the first subnet with room (ALLOC-15), or `wanted` itself; undefined on
   * node-local networks (ALLOC-31). Throws an Error when there is none (ALLOC-24, ALLOC-25).
   */
  takeAddress(networkID: string, wanted?: string): HeldAddress | undefined {
    const held = this.#held.get(networkID);
    if (!held) throw new Error(`network ${networkID} is not allocated yet`);
    if (held.nodeLocal) return undefined;
    for (const poolID of held.poolIDs) {
      try {
        return { networkID, poolID, address: this.#pools.requestAddress(poolID, wanted, { serial: true }) };
      } catch (error) {
        const { reason } = error as { reason?: string };
        if (reason !== 'exhausted' && reason !== 'invalid') throw error;
        if (reason === 'invalid' && held.poolIDs.length === 1) throw error;
      }
    }
    if (wanted === undefined) this.#full.add(networkID);
    throw new Error('could not find an available IP');
  }

  /** Whether a network is known to have no address left, without looking. */
  isFull(networkID: string): boolean {
    return this.#full.has(networkID);
  }

  /** Gives an address back; nothing is left to give when its network is gone. */
  giveAddress({ networkID, poolID, address }: HeldAddress): void {
    if (!this.#held.has(networkID)) return;
    this.#pools.releaseAddress(poolID, address);
    this.#full.delete(networkID);
  }

  #claimSubnet(config: IPAMConfig, poolIDs: string[]): IPAMConfig {
    const range = config.Range ? { range: config.Range } : {};
    const { id, subnet } = this.#pools.requestPool({ ...(config.Subnet ? { subnet: config.Subnet } : {}), ...range });
    poolIDs.push(id);
    const gateway = this.#pools.requestAddress(id, config.Gateway || undefined, { serial: true });
    return {
      // The subnet stays as it was written, host bits and all.
      Subnet: config.Subnet || subnet,
      ...(config.Range ? { Range: config.Range } : {}),
      Gateway: gateway.split('/')[0]!,
    };
  }

  #claimVxlanIDs(options: Readonly<Record<string, string>>, subnets: readonly IPAMConfig[]): number[] {
    const wanted = options[vxlanIDList]?.split(',').map((text) => vxlanID(text)) ?? [];
    const claimed: number[] = [];
    for (const [index, { Subnet }] of subnets.entries()) {
      const id = wanted[index];
      const got = id === undefined ? this.#vxlanIDs.next() : this.#vxlanIDs.claim(id) || id < 4096 ? id : undefined;
      if (got === undefined) {
        for (const one of claimed) this.#vxlanIDs.release(one);
        throw new Error(`could not obtain vxlan id for pool ${Subnet}: requested bit is already allocated`);
      }
      claimed.push(got);
    }
    return claimed;
  }
}

function vxlanID(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`invalid vxlan id value "${text}" passed`);
  return Number(text);
}
