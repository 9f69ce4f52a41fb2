import type { Profile } from '../../api';
import type { Micros, Simulation } from '../../sim';
import { hostOf } from '../address';
import { Ipam } from '../ipam';
import type { LocalNetwork } from '../libnetwork';
import { NetworkError } from '../libnetwork';
import type { EndpointRecord } from '../records/endpoint-record';
import { EndpointTable } from '../records/endpoint-table';

/** An endpoint as the store has it. */
interface Stored {
  readonly owner: number;
  readonly record: EndpointRecord;
}

/** What one node's engine knows of a network's endpoints: its own, and those that the store told it of. */
interface View {
  readonly table: EndpointTable;
  /** It has read the store since the engine started. */
  loaded: boolean;
}

interface GlobalNetwork {
  readonly network: LocalNetwork;
  readonly pools: readonly string[];
  readonly stored: Map<string, Stored>;
  readonly views: Map<number, View>;
}

/** Where a name of a multi-host network stands. */
export type StoreStatus =
  | { readonly found: true }
  /** A node has it, and could not write it down. */
  | { readonly found: false; readonly waiting?: { readonly node: number; readonly since: Micros } };

const overlayPools = [{ base: '10.0.0.0/8', size: 24 }];
const spread = { lamport: 0, members: 1, era: 0 };

/**
 * The key-value store of an era before swarm mode, as data: a consul beside the machines. It holds the multi-host
 * networks and their endpoints. Each engine watches it and keeps what it read; what an engine cannot write down while the
 * store is away is written when it is back (TALK-4).
 */
export class KeyValueStore {
  /** As engines are told where it is (`--cluster-store`). */
  readonly url: string;
  readonly #address: string;
  readonly #sim: Simulation;
  readonly #ipam: Ipam;
  readonly #networks = new Map<string, GlobalNetwork>();
  #running = true;
  #cut: ReadonlySet<number> = new Set();
  /** When it was last started or stopped. */
  #since: Micros;

  constructor(sim: Simulation, profile: Profile, address: string) {
    this.#sim = sim;
    this.#address = address;
    this.url = `consul://${address}`;
    this.#since = sim.now;
    this.#ipam = new Ipam({ defaults: overlayPools, profile });
  }

  get running(): boolean {
    return this.#running;
  }

  get since(): Micros {
    return this.#since;
  }

  /** Whether a node's engine can read and write it. */
  connected(node: number): boolean {
    return this.#running && !this.#cut.has(node);
  }

  /** It is started or stopped, and these nodes have no way to it. Those who have one again bring it up to date. */
  change(running: boolean, cut: ReadonlySet<number>): void {
    const missed = new Set<number>();
    for (const { views } of this.#networks.values()) {
      for (const node of views.keys()) if (!this.connected(node)) missed.add(node);
    }
    if (running !== this.#running) this.#since = this.#sim.now;
    this.#running = running;
    this.#cut = cut;
    for (const global of this.#networks.values()) {
      for (const node of missed) if (this.connected(node)) this.#catchUp(global, node);
    }
  }

  /** The networks that the nodes know: also those read before the store was stopped. */
  *networks(): Iterable<LocalNetwork> {
    for (const { network } of this.#networks.values()) yield network;
  }

  network(id: string): LocalNetwork | undefined {
    return this.#networks.get(id)?.network;
  }

  /** Writes down a network that `node` makes; its subnets are chosen where none are given. Throws NetworkError. */
  create(
    node: number,
    network: LocalNetwork,
    subnets: readonly { readonly subnet?: string; readonly gateway?: string; readonly range?: string }[],
  ): LocalNetwork {
    this.#mustReach(node, 'error getting pools config from store: could not get pools config from store: Get', 'ipam');
    const pools: string[] = [];
    const chosen: { subnet: string; gateway: string; range?: string }[] = [];
    try {
      for (const { subnet, gateway, range } of subnets) {
        const pool = this.#ipam.requestPool({ ...(subnet && { subnet }), ...(range && { range }) });
        pools.push(pool.id);
        const first = hostOf(this.#ipam.requestAddress(pool.id, gateway));
        chosen.push({ subnet: subnet ?? pool.subnet, gateway: first, ...(range && { range }) });
      }
    } catch (error) {
      for (const pool of pools) this.#ipam.releasePool(pool);
      throw error;
    }
    const complete: LocalNetwork = { ...network, subnets: chosen, scope: 'global' };
    this.#networks.set(network.id, { network: complete, pools, stored: new Map(), views: new Map() });
    return complete;
  }

  /** Throws NetworkError: it cannot be reached, or somebody is on the network. */
  remove(node: number, id: string): void {
    const { network, stored, views, pools } = this.#known(id);
    this.#mustReach(node, 'failed to get network from store: Get', `network/${id}`);
    if (stored.size > 0 || [...views.values()].some(({ table }) => table.entries.size > 0)) {
      throw new NetworkError('forbidden', `network ${network.name} has active endpoints`);
    }
    for (const pool of pools) this.#ipam.releasePool(pool);
    this.#networks.delete(id);
  }

  takeAddress(id: string, wanted: string | undefined): string {
    return this.#ipam.requestAddress(this.#known(id).pools[0]!, wanted);
  }

  giveAddress(id: string, address: string): void {
    for (const pool of this.#networks.get(id)?.pools ?? []) this.#ipam.releaseAddress(pool, address);
  }

  /** A node's engine writes one of its endpoints, or without a record deletes it. The others hear of it by the store. */
  write(id: string, key: string, node: number, record: EndpointRecord | undefined): void {
    const global = this.#networks.get(id);
    if (!global) return;
    this.#put(this.#view(global, node), key, node, record);
    if (this.connected(node)) this.#store(global, key, node, record);
  }

  /** A node's engine deletes what another left behind; false when the store cannot be reached. */
  erase(id: string, key: string, node: number): boolean {
    const global = this.#networks.get(id);
    if (!global || !this.connected(node)) return false;
    this.#put(this.#view(global, node), key, node, undefined);
    this.#store(global, key, node, undefined);
    return true;
  }

  /** What a node's engine knows of a network; undefined where it is none of the store's. */
  table(id: string, node: number): EndpointTable | undefined {
    const global = this.#networks.get(id);
    return global && this.#view(global, node).table;
  }

  /** A node's engine is gone with what it knew; what it wrote down stays. */
  forgetNode(node: number): void {
    for (const { views } of this.#networks.values()) views.delete(node);
  }

  /** Whether a name is written down, and if not, who would have. */
  status(id: string, name: string): StoreStatus {
    const { stored, views } = this.#known(id);
    for (const { record } of stored.values()) if (isNamed(record, name)) return { found: true };
    for (const [node, { table }] of views) {
      for (const { owner, head } of table.entries.values()) {
        if (owner === node && head.record && isNamed(head.record, name)) {
          return { found: false, waiting: { node, since: head.at } };
        }
      }
    }
    return { found: false };
  }

  #known(id: string): GlobalNetwork {
    const global = this.#networks.get(id);
    if (!global) throw new NetworkError('not found', `network ${id} not found`);
    return global;
  }

  #mustReach(node: number, doing: string, what: string): void {
    if (this.connected(node)) return;
    const key = what === 'ipam' ? 'ipam/default/config/GlobalDefault/' : what;
    const why = this.#running ? 'no route to host' : 'connection refused';
    throw new NetworkError(
      'system',
      `${doing} http://${this.#address}/v1/kv/docker/network/v1.0/${key}: dial tcp ${this.#address}: ${why}`,
    );
  }

  #view(global: GlobalNetwork, node: number): View {
    let view = global.views.get(node);
    if (!view) {
      view = { table: new EndpointTable(), loaded: false };
      global.views.set(node, view);
      if (this.connected(node)) this.#load(global, view);
    }
    return view;
  }

  #load(global: GlobalNetwork, view: View): void {
    view.loaded = true;
    for (const [key, { owner, record }] of global.stored) this.#put(view, key, owner, record);
  }

  /** Changes the store, and tells those who watch it. */
  #store(global: GlobalNetwork, key: string, owner: number, record: EndpointRecord | undefined): void {
    if (record) global.stored.set(key, { owner, record });
    else global.stored.delete(key);
    for (const [node, view] of global.views) {
      if (node !== owner && this.connected(node)) this.#put(view, key, owner, record);
    }
  }

  /** A node reaches the store again: it writes down what is new, takes back what is gone, and reads the rest. */
  #catchUp(global: GlobalNetwork, node: number): void {
    const view = this.#view(global, node);
    const { entries } = view.table;
    for (const [key, entry] of [...entries]) {
      if (entry.owner === node) this.#store(global, key, node, entry.head.record);
      else if (!global.stored.has(key)) this.#put(view, key, entry.owner, undefined);
    }
    if (view.loaded) {
      for (const [key, { owner }] of [...global.stored]) {
        if (owner === node && !entries.has(key)) this.#store(global, key, node, undefined);
      }
    }
    this.#load(global, view);
  }

  #put({ table }: View, key: string, owner: number, record: EndpointRecord | undefined): void {
    const known = table.entries.get(key);
    if (record ? known?.head.record === record : !known) return;
    const entry = table.write(key, owner, record, this.#sim.now, spread);
    entry.head.previous = undefined;
    if (record) return;
    table.unindex(entry);
    table.drop(entry);
  }
}

function isNamed(record: EndpointRecord, name: string): boolean {
  const wanted = name.toLowerCase();
  return record.name.toLowerCase() === wanted || record.taskAliases.some((alias) => alias.toLowerCase() === wanted);
}
