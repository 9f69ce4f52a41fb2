import type { Profile } from '../api';
import type { Random, Simulation } from '../sim';
import { Controller } from './controller/controller';
import type { FabricNode, Surroundings } from './controller/surroundings';
import { DataPlane } from './data-plane';
import type { Era } from './eras/era';
import { OldDiscovery } from './eras/old-discovery';
import { hashText } from './gossip/chance';
import type { Links } from './gossip/links';
import type { LossRates } from './gossip/loss';
import { Membership } from './gossip/membership';
import type { NetworkDbEntry } from './gossip/networkdb';
import { NetworkDb } from './gossip/networkdb';
import type { NetworkController, SandboxEndpoint } from './libnetwork';
import type { HostResolvConf } from './resolver/resolv-conf';
import { Upstream } from './resolver/upstream';

/**
 * What a fault touches: the gossip between nodes (port 7946), the packets between containers (VXLAN on port 4789), those
 * of encrypted networks alone (ESP), or all of them.
 */
export type Plane = 'gossip' | 'data' | 'esp' | 'both';

/** An entry of NetworkDB as one node has it, with names in place of numbers. */
export type NetworkDbRow = Omit<NetworkDbEntry, 'owner'> & { readonly owner: string };

/** What all nodes' libnetworks share, with the faults that can be put between them. Nodes go by their names. */
export class NetworkFabric {
  readonly upstream: Upstream;
  /** What machines of an era before swarm mode share. */
  readonly old: OldDiscovery | undefined;
  readonly #sim: Simulation;
  readonly #random: Random;
  readonly #nodes: FabricNode[] = [];
  readonly #byName = new Map<string, { readonly node: FabricNode; readonly controller: Controller }>();
  readonly #membership: Membership;
  readonly #db: NetworkDb;
  readonly #dataPlane = new DataPlane();
  readonly #surroundings: Surroundings;
  /** When links or lives changed, if that is not worked out yet. */
  #changedAt: number | undefined;

  constructor(options: FabricOptions) {
    const { sim, random, profile } = options;
    this.#sim = sim;
    this.#random = random;
    this.upstream = options.upstream ?? new Upstream();
    const { era = '1.12' } = options;
    this.old = era === '1.12' ? undefined : new OldDiscovery(era, sim, profile);
    const seed = hashText(random.stream('gossip').hexId(16));
    this.#membership = new Membership(seed);
    this.#db = new NetworkDb(
      seed,
      this.#membership,
      () => sim.now,
      () => this.#applyFaults(),
    );
    this.#surroundings = {
      sim,
      profile,
      db: this.#db,
      membership: this.#membership,
      dataPlane: this.#dataPlane,
      upstream: this.upstream,
      old: this.old,
      hostResolvConf: options.hostResolvConf ?? { nameservers: this.upstream.servers, search: [], options: [] },
      dnsRandom: random.stream('dns'),
      node: (number) => this.#nodes[number]!,
      locate: (networkID, address) => this.#locate(networkID, address),
    };
  }

  /** A new machine. Its name is its identity for all faults; throws an Error when there is one of that name. */
  addNode(name: string, address: string): NetworkController {
    if (this.#byName.has(name)) throw new Error(`there is a node ${name} already`);
    this.#beforeChange();
    const random = this.#random.stream(`network of ${name}`);
    const node: FabricNode = { number: this.#membership.add(), name, address, gossipName: random.hexId(12) };
    this.#nodes.push(node);
    const controller = new Controller(this.#surroundings, node, random);
    this.#byName.set(name, { node, controller });
    if (!this.#membership.whole || !this.#membership.links.whole) this.#partsChanged();
    return controller;
  }

  controller(name: string): NetworkController {
    return this.#known(name).controller;
  }

  /** The machine is gone for good; the others drop what it wrote (DISC-90). */
  removeNode(name: string): void {
    const { node, controller } = this.#known(name);
    this.#applyFaults();
    controller.powerOff();
    this.#db.evict(node.number);
    this.#byName.delete(name);
    this.#membership.setAlive(node.number, false);
    this.#membership.retire(node.number);
    this.#membership.forget(node.number);
  }

  /** Power cut: its sandboxes and overlays are gone at once; the others find out by and by (DISC-100 … DISC-103). */
  kill(name: string): void {
    const { node, controller } = this.#known(name);
    if (!this.#membership.isAlive(node.number)) return;
    this.#beforeChange();
    controller.powerOff();
    this.#membership.setAlive(node.number, false);
    this.#partsChanged();
  }

  /** The machine is back, with nothing but its local networks; its old entries are void (DISC-88). */
  revive(name: string): void {
    const { node } = this.#known(name);
    if (this.#membership.isAlive(node.number)) return;
    this.#beforeChange();
    this.#db.evict(node.number);
    this.#membership.forget(node.number);
    this.#membership.setAlive(node.number, true);
    this.#partsChanged();
    this.#applyFaults();
  }

  /** Breaks or mends what two nodes say to each other directly. */
  setReachable(a: string, b: string, reachable: boolean, plane: Plane = 'both'): void {
    this.#fault(plane, (links) => links.setReachable(this.#number(a), this.#number(b), reachable));
  }

  /** Cuts a node off from all others. */
  cut(name: string, plane: Plane = 'both'): void {
    this.#fault(plane, (links) => links.setCut(this.#number(name), true));
  }

  /** Takes one cut back; partitions stay. */
  mend(name: string, plane: Plane = 'both'): void {
    this.#fault(plane, (links) => links.setCut(this.#number(name), false));
  }

  /** Splits the cluster; nodes in no group stay together. */
  partition(groups: readonly (readonly string[])[], plane: Plane = 'both'): void {
    const numbers = groups.map((group) => group.map((name) => this.#number(name)));
    this.#fault(plane, (links) => links.partition(numbers));
  }

  /** Takes every cut, partition and broken link back; dead machines stay dead. */
  heal(plane: Plane = 'both'): void {
    this.#fault(plane, (links) => links.heal());
    if (plane === 'both') this.#dataPlane.esp.heal();
  }

  /** From now on a share of the packets gets lost: of the gossip, or of what containers send. Shares from 0 to 1. */
  lose(plane: 'gossip' | 'data', everywhere: number, nodes: ReadonlyMap<string, number> = new Map()): void {
    const rates: LossRates = {
      everywhere,
      nodes: new Map([...nodes].map(([name, share]) => [this.#number(name), share])),
    };
    const loss = plane === 'gossip' ? this.#membership.loss : this.#dataPlane.loss;
    if (loss.never && everywhere === 0 && nodes.size === 0) return;
    loss.set(this.#sim.now, rates);
  }

  /** Starts or stops the key-value store of an era before swarm mode; the nodes of `cut` have no way to it. */
  setStore(running: boolean, cut: readonly string[]): void {
    this.old?.store.change(running, new Set(cut.map((name) => this.#number(name))));
  }

  /** Whether packets between containers get from one node to another, on an encrypted network or on another. */
  reaches(a: string, b: string, encrypted = false): boolean {
    return this.#dataPlane.reaches(this.#number(a), this.#number(b), encrypted);
  }

  /** The share of packets between containers that gets lost on the way from one node to another. */
  lost(a: string, b: string): number {
    return a === b ? 0 : this.#dataPlane.loss.between(this.#number(a), this.#number(b), this.#sim.now);
  }

  /** Everything that a node's NetworkDB holds now (TALK-12). */
  networkdb(name: string): readonly NetworkDbRow[] {
    return this.#db.dump(this.#number(name)).map((entry) => ({ ...entry, owner: this.#nodes[entry.owner]!.name }));
  }

  /** Nodes that a node takes for dead, with the time since when. */
  failed(name: string): readonly { readonly node: string; readonly since: number }[] {
    this.#applyFaults();
    const observer = this.#number(name);
    return [...this.#byName.values()].flatMap(({ node }) => {
      const since = this.#membership.deadSince(observer, node.number, this.#sim.now);
      return since === undefined ? [] : [{ node: node.name, since }];
    });
  }

  /** /etc/resolv.conf of all nodes. */
  get hostResolvConf(): HostResolvConf {
    return this.#surroundings.hostResolvConf;
  }

  set hostResolvConf(conf: HostResolvConf) {
    this.#surroundings.hostResolvConf = conf;
  }

  #fault(plane: Plane, change: (links: Links) => void): void {
    if (plane === 'data' || plane === 'both') change(this.#dataPlane.vxlan);
    if (plane === 'esp') change(this.#dataPlane.esp);
    if (plane === 'data' || plane === 'esp') return;
    this.#beforeChange();
    change(this.#membership.links);
    this.#partsChanged();
  }

  /** Changes of one moment count as one: what is healed and cut again at once was never mended. */
  #beforeChange(): void {
    if (this.#changedAt !== undefined && this.#changedAt < this.#sim.now) this.#applyFaults();
  }

  #partsChanged(): void {
    this.#changedAt = this.#sim.now;
  }

  #applyFaults(): void {
    const at = this.#changedAt;
    if (at === undefined) return;
    this.#changedAt = undefined;
    this.#db.partsWillChange(at);
    this.#membership.change(at);
    this.#db.partsChanged(at);
  }

  #locate(networkID: string, address: string): { node: number; endpoint: SandboxEndpoint } | undefined {
    for (const { node, controller } of this.#byName.values()) {
      const endpoint = controller.endpointAt(networkID, address);
      if (endpoint) return { node: node.number, endpoint };
    }
    return undefined;
  }

  #number(name: string): number {
    return this.#known(name).node.number;
  }

  #known(name: string): { readonly node: FabricNode; readonly controller: Controller } {
    const known = this.#byName.get(name);
    if (!known) throw new Error(`there is no node ${name}`);
    return known;
  }
}

export interface FabricOptions {
  readonly sim: Simulation;
  /** Streams are taken from it; it is not drawn from. */
  readonly random: Random;
  readonly profile: Profile;
  readonly upstream?: Upstream;
  readonly hostResolvConf?: HostResolvConf;
  /** Swarm mode (1.12) when absent. */
  readonly era?: Era;
}

export function createNetworkFabric(options: FabricOptions): NetworkFabric {
  return new NetworkFabric(options);
}
