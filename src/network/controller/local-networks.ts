import type { Profile } from '../../api';
import type { Micros } from '../../sim';
import { hostOf } from '../address';
import { Ipam, localDefaultPools } from '../ipam';
import type { LocalNetwork, LocalSubnet, WantedSubnet } from '../libnetwork';
import { NetworkError } from '../libnetwork';
import type { EndpointRecord, Sight } from '../records/endpoint-record';
import { EndpointTable } from '../records/endpoint-table';

interface Local {
  network: LocalNetwork;
  /** One for each subnet. */
  readonly pools: readonly string[];
  readonly table: EndpointTable;
}

/** The networks of one node alone, with their addresses and their names. */
export class LocalNetworks {
  readonly #ipam: Ipam;
  readonly #networks = new Map<string, Local>();

  constructor(profile: Profile) {
    this.#ipam = new Ipam({ defaults: localDefaultPools, profile });
  }

  get(id: string): LocalNetwork | undefined {
    return this.#networks.get(id)?.network;
  }

  all(): Iterable<LocalNetwork> {
    return [...this.#networks.values()].map((local) => local.network);
  }

  /** Adds a network, its subnets and gateways chosen where they are not given. Throws NetworkError; nothing is kept then. */
  add(network: LocalNetwork, subnets: readonly WantedSubnet[]): LocalNetwork {
    if (network.configOnly) {
      // What is only kept for others claims nothing.
      const kept = subnets.flatMap((wanted) =>
        wanted.subnet ? [{ ...wanted, subnet: wanted.subnet, gateway: wanted.gateway ?? '' }] : [],
      );
      const complete: LocalNetwork = { ...network, subnets: kept };
      this.#networks.set(network.id, { network: complete, pools: [], table: new EndpointTable() });
      return complete;
    }
    const pools: string[] = [];
    const chosen: LocalSubnet[] = [];
    try {
      for (const wanted of subnets) {
        const pool = this.#ipam.requestPool({
          ...(wanted.subnet && { subnet: wanted.subnet }),
          ...(wanted.range && { range: wanted.range }),
        });
        pools.push(pool.id);
        const gateway = hostOf(this.#ipam.requestAddress(pool.id, wanted.gateway));
        this.#reserve(pool.id, wanted.subnet ?? pool.subnet, wanted.auxiliary ?? {});
        chosen.push({
          ...wanted,
          subnet: wanted.subnet ?? pool.subnet,
          gateway,
          ...(wanted.subnet && !wanted.gateway && { gatewayChosen: true }),
        });
      }
    } catch (error) {
      for (const pool of pools) this.#ipam.releasePool(pool);
      throw error;
    }
    const complete: LocalNetwork = { ...network, subnets: chosen };
    this.#networks.set(network.id, { network: complete, pools, table: new EndpointTable() });
    return complete;
  }

  /** Keeps addresses from being given. */
  #reserve(pool: string, subnet: string, addresses: Readonly<Record<string, string>>): void {
    for (const [name, address] of Object.entries(addresses)) {
      try {
        this.#ipam.requestAddress(pool, address);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        const which = `(${name}:${address})`;
        if (error.reason === 'forbidden') {
          throw new NetworkError('system', `failed to allocate secondary ip address ${which}: ${error.message}`);
        }
        throw new NetworkError('forbidden', `auxiliary address: ${which} must belong to the master pool: ${subnet}`);
      }
    }
  }

  remove(id: string): void {
    for (const pool of this.#networks.get(id)?.pools ?? []) this.#ipam.releasePool(pool);
    this.#networks.delete(id);
  }

  /** An address of the network as CIDR: the wanted one, or the lowest free. Empty where the network has no subnets. */
  takeAddress(id: string, wanted: string | undefined): string {
    const pools = this.#networks.get(id)!.pools;
    if (pools.length === 0) return '';
    if (wanted) return this.#takeWanted(pools, wanted);
    return this.#ipam.requestAddress(pools[0]!);
  }

  giveAddress(id: string, address: string): void {
    for (const pool of this.#networks.get(id)?.pools ?? []) this.#ipam.releaseAddress(pool, address);
  }

  /** Writes or (without a record) deletes an entry; known on this node at once. */
  write(id: string, key: string, owner: number, record: EndpointRecord | undefined, now: Micros): void {
    const table = this.#networks.get(id)?.table;
    if (!table || (!record && !table.entries.has(key))) return;
    const entry = table.write(key, owner, record, now, { lamport: 0, members: 1, era: 0 });
    entry.head.previous = undefined;
    if (record) return;
    table.unindex(entry);
    table.drop(entry);
  }

  table(id: string): EndpointTable | undefined {
    return this.#networks.get(id)?.table;
  }

  /** The pool that the address belongs to decides; the last refusal counts when none does. */
  #takeWanted(pools: readonly string[], wanted: string): string {
    let refusal: unknown;
    for (const pool of pools) {
      try {
        return this.#ipam.requestAddress(pool, wanted);
      } catch (error) {
        if (!(error instanceof NetworkError) || error.reason !== 'invalid') throw error;
        refusal = error;
      }
    }
    throw refusal;
  }
}

/** On a node's own networks everything is known as soon as it is written. */
export const localSight: Sight = {
  joinedAt: Number.NEGATIVE_INFINITY,
  see: (entry) => {
    const { record, lamport, at } = entry.head;
    return record && { entry, record, lamport, since: at };
  },
};
