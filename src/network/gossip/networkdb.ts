import type { Micros } from '../../sim';
import type { EndpointRecord, Seen, Sight, TableEntry, Version } from '../records/endpoint-record';
import { EndpointTable } from '../records/endpoint-table';
import { fractionOf, hashText } from './chance';
import { settledBy, spreadArrival } from './epidemic';
import type { Membership } from './membership';
import { bulkSyncTime, reapEntryInterval, reconnectInterval } from './parameters';

/** A node's membership in a network. */
interface Member {
  readonly node: number;
  readonly joinedAt: Micros;
  readonly era: number;
  /** When its bulk sync with those it could reach at joining was through. */
  readonly syncedAt: Micros;
  /** When it had what was there before the cluster fell into parts; infinite while it cannot reach anybody who has it. */
  fullAt: Micros;
  /** Entries that it owns and has not deleted. */
  live: number;
}

interface Pending {
  readonly entry: TableEntry;
  readonly version: Version;
}

interface Part {
  readonly members: Member[];
  readonly before: number;
  merged: boolean;
}

/** One network's table, its members, and the writes that not all of them may have yet. */
interface NetworkState {
  readonly id: string;
  readonly salt: number;
  readonly table: EndpointTable;
  readonly members: Map<number, Member>;
  /** In the order of writing; `settled` have been worked off. */
  recent: Pending[];
  settled: number;
  readonly tombstones: Pending[];
  reaped: number;
  /** Lamport time that every member has seen by now. */
  witnessed: number;
}

/** One entry of the table as a node has it, for `/lab/nodes/{id}/networkdb`. */
export interface NetworkDbEntry {
  readonly network: string;
  readonly key: string;
  readonly owner: number;
  readonly lamport: number;
  readonly since: Micros;
  readonly record: EndpointRecord | undefined;
  /** For a tombstone: when it is reaped (DISC-86). */
  readonly reapAt?: Micros;
}

/**
 * NetworkDB: a table per network, written by the owners of its entries and spread among the nodes that joined the
 * network (DISC-80 … DISC-91). One log per network stands for all nodes; when a write reaches a node is a function of
 * the seed, the writing round and the node, worked out when somebody asks. So nothing is scheduled, an idle cluster
 * costs nothing, and a write costs the same on three nodes as on a thousand.
 */
export class NetworkDb {
  readonly #seed: number;
  readonly #membership: Membership;
  readonly #now: () => Micros;
  readonly #networks = new Map<string, NetworkState>();
  readonly #lamport: number[] = [];

  /** `catchUp` works out changes of the connected parts that were not looked at yet; called before every use. */
  constructor(seed: number, membership: Membership, now: () => Micros, catchUp: () => void) {
    this.#seed = seed;
    this.#membership = membership;
    this.#now = () => {
      catchUp();
      return now();
    };
  }

  /** The table of a network, made when first asked for. */
  table(networkID: string): EndpointTable {
    return this.#network(networkID).table;
  }

  isMember(networkID: string, node: number): boolean {
    return this.#networks.get(networkID)?.members.has(node) ?? false;
  }

  joinedAt(networkID: string, node: number): Micros | undefined {
    return this.#networks.get(networkID)?.members.get(node)?.joinedAt;
  }

  /** A node joins a network and syncs with all members that it can reach (DISC-84). */
  join(networkID: string, node: number): void {
    const network = this.#network(networkID);
    if (network.members.has(node)) return;
    const now = this.#now();
    const alone = !this.#hasPeer(network, node);
    const syncedAt = alone ? now : now + bulkSyncTime;
    const source = this.#fullSource(network, node, now);
    const fullAt = source === 'elsewhere' ? Number.POSITIVE_INFINITY : syncedAt;
    network.members.set(node, { node, joinedAt: now, era: this.#membership.era, syncedAt, fullAt, live: 0 });
  }

  /** A node leaves a network: its entries go with it, and it drops what it knew (DISC-80). */
  leave(networkID: string, node: number): void {
    const network = this.#networks.get(networkID);
    const member = network?.members.get(node);
    if (!network || !member) return;
    if (member.live > 0) {
      for (const entry of network.table.entries.values()) {
        if (entry.owner === node && entry.head.record) this.write(networkID, entry.key, node, undefined);
      }
    }
    network.members.delete(node);
    if (network.members.size === 0) this.#networks.delete(networkID);
  }

  /** Writes an entry as its owner; `record` undefined deletes it. Deleting what is not there is ignored (DISC-85). */
  write(networkID: string, key: string, owner: number, record: EndpointRecord | undefined): void {
    const network = this.#network(networkID);
    if (!record && !network.table.entries.get(key)?.head.record) return;
    const now = this.#now();
    this.#settle(network, now);
    const lamport = Math.max(this.#lamport[owner] ?? 0, network.witnessed) + 1;
    this.#lamport[owner] = lamport;
    const entry = network.table.write(key, owner, record, now, {
      lamport,
      members: Math.max(1, network.members.size),
      era: this.#membership.era,
    });
    const member = network.members.get(owner);
    if (member) member.live += (record ? 1 : 0) - (entry.head.previous?.record ? 1 : 0);
    network.recent.push({ entry, version: entry.head });
  }

  /** How a node sees a network's table at present; entries of networks that it did not join stay unseen. */
  sight(networkID: string, node: number): Sight {
    const network = this.#network(networkID);
    const member = network.members.get(node);
    const now = this.#now();
    if (!member) return { joinedAt: Number.POSITIVE_INFINITY, see: () => undefined };
    return { joinedAt: member.joinedAt, see: (entry) => this.#see(network, member, entry, now) };
  }

  /** Until when a node's sight of a network stays as it is, if nothing is written and nothing breaks. */
  steadyUntil(networkID: string, node: number): Micros {
    const now = this.#now();
    const network = this.#networks.get(networkID);
    const member = network?.members.get(node);
    if (!network || !member) return Number.POSITIVE_INFINITY;
    this.#settle(network, now);
    if (network.settled < network.recent.length) return now;
    let until = this.#membership.nextJudgement(node, now);
    for (const at of [member.syncedAt, member.fullAt]) if (at > now) until = Math.min(until, at);
    return until;
  }

  /** The members of a network that a node knows and does not take for dead, by the time of joining (API-36). */
  peers(networkID: string, node: number): number[] {
    const network = this.#network(networkID);
    const own = network.members.get(node);
    if (!own) return [];
    const now = this.#now();
    const nodes = this.#membership.size;
    return [...network.members.values()]
      .filter((member) => {
        if (member.node === node) return true;
        if (this.#membership.deadSince(node, member.node, now) !== undefined) return false;
        if (member.joinedAt <= own.joinedAt) return own.syncedAt <= now;
        return spreadArrival(this.#seed, network.salt ^ 0x4e45, member.node, node, nodes, member.joinedAt) <= now;
      })
      .map((member) => member.node);
  }

  /** Everything that a node has now, tombstones included (TALK-12). */
  dump(node: number): NetworkDbEntry[] {
    const now = this.#now();
    const result: NetworkDbEntry[] = [];
    for (const network of this.#networks.values()) {
      const member = network.members.get(node);
      if (!member) continue;
      this.#settle(network, now);
      for (const entry of network.table.entries.values()) {
        const common = { network: network.id, key: entry.key, owner: entry.owner };
        const seen = this.#see(network, member, entry, now);
        if (seen) {
          result.push({ ...common, lamport: seen.lamport, since: seen.since, record: seen.record });
          continue;
        }
        const { head } = entry;
        const arrival = this.#arrival(network, member, entry, head);
        if (head.record || arrival > now) continue;
        const reapAt = arrival + reapEntryInterval;
        if (reapAt > now) result.push({ ...common, lamport: head.lamport, since: arrival, record: undefined, reapAt });
      }
    }
    return result;
  }

  /** To be called before the connected parts of the cluster change: what everybody has by now is worked off. */
  partsWillChange(now: Micros): void {
    for (const network of this.#networks.values()) this.#settle(network, now);
  }

  /** The parts of the cluster changed: what was on its way reaches those who can hear of it from somebody. */
  partsChanged(now: Micros): void {
    for (const network of this.#networks.values()) {
      this.#syncLateJoiners(network, now);
      const parts = this.#partsOf(network);
      for (let index = network.settled; index < network.recent.length; index++) {
        this.#carryOn(network, network.recent[index]!, parts, now);
      }
    }
  }

  /** Removes what a node left behind when it came back as a new one (DISC-88), or left the cluster. */
  evict(node: number): void {
    for (const network of this.#networks.values()) {
      for (const entry of network.table.entries.values()) {
        if (entry.owner !== node) continue;
        this.#lamport[node] = Math.max(this.#lamport[node] ?? 0, entry.head.lamport);
        network.table.unindex(entry);
        network.table.drop(entry);
        if (entry.head.record) network.table.forget(entry.head.record);
      }
      network.recent = network.recent.slice(network.settled).filter((pending) => pending.entry.owner !== node);
      network.settled = 0;
      network.members.delete(node);
    }
  }

  #network(id: string): NetworkState {
    let network = this.#networks.get(id);
    if (!network) {
      network = {
        id,
        salt: hashText(id),
        table: new EndpointTable(),
        members: new Map(),
        recent: [],
        settled: 0,
        tombstones: [],
        reaped: 0,
        witnessed: 0,
      };
      this.#networks.set(id, network);
    }
    return network;
  }

  #see(network: NetworkState, member: Member, entry: TableEntry, now: Micros): Seen | undefined {
    for (let version: Version | undefined = entry.head; version; version = version.previous) {
      let since = this.#arrival(network, member, entry, version);
      if (since > now) continue;
      if (!version.record) return undefined;
      let record = version.record;
      let bulk = entry.owner !== member.node && version.at <= member.joinedAt;
      if (!this.#membership.undisturbed && entry.owner !== member.node) {
        if (this.#membership.deadSince(member.node, entry.owner, now) !== undefined) return undefined;
        const found = this.#membership.foundAgain(member.node, entry.owner, now);
        if (found !== undefined && found >= since) {
          since = found;
          bulk = true;
        }
      }
      // A disabled entry that comes by bulk sync is taken for a new one, and enabled (DISC-64).
      if (bulk && record.serviceDisabled) record = { ...record, serviceDisabled: false };
      return { entry, record, lamport: version.lamport, since };
    }
    return undefined;
  }

  /** When a version reaches a member; infinite while it cannot. */
  #arrival(network: NetworkState, member: Member, entry: TableEntry, version: Version): Micros {
    const { node } = member;
    if (node === entry.owner) return version.at;
    const bySync = version.at <= member.joinedAt;
    if (this.#membership.undisturbed) {
      return bySync ? member.syncedAt : this.#gossiped(network, entry.owner, node, version.members, version.at);
    }
    return Math.min(this.#firstHand(network, member, entry, version, bySync), this.#relayed(network, member, version));
  }

  /** From the part of the cluster in which it was written, while that part lasted. */
  #firstHand(network: NetworkState, member: Member, entry: TableEntry, version: Version, bySync: boolean): Micros {
    const { node } = member;
    const membership = this.#membership;
    if (bySync && version.era !== member.era) {
      // Older than the parts of its joining: everybody had it, or `#relayed` tells who had.
      return version.settled || version.spreads === undefined ? member.fullAt : Number.POSITIVE_INFINITY;
    }
    if (!membership.connected(node, entry.owner, version.era)) return Number.POSITIVE_INFINITY;
    const at = bySync ? member.syncedAt : this.#gossiped(network, entry.owner, node, version.members, version.at);
    return at < membership.endOf(version.era) || version.spreads === undefined ? at : Number.POSITIVE_INFINITY;
  }

  /** From nodes that had it when the parts of the cluster changed. */
  #relayed(network: NetworkState, member: Member, version: Version): Micros {
    let first = Number.POSITIVE_INFINITY;
    for (const spread of version.spreads ?? []) {
      if (this.#membership.componentOf(member.node, spread.era) !== spread.component) continue;
      if (spread.era < member.era) continue;
      const at =
        spread.at <= member.joinedAt
          ? member.syncedAt
          : this.#gossiped(network, spread.component + 1, member.node, version.members, spread.at, true);
      if (at < first && at < this.#membership.endOf(spread.era)) first = at;
    }
    return first;
  }

  /** `relayed`: it spreads from all who had it in a part of the cluster, and `origin` only tells parts apart. */
  #gossiped(network: NetworkState, origin: number, node: number, members: number, at: Micros, relayed = false): Micros {
    const { loss } = this.#membership;
    const lost = loss.never ? 0 : loss.between(relayed ? node : origin, node, at);
    return spreadArrival(this.#seed, network.salt, origin, node, members, at, lost);
  }

  /** The living members of a network by connected part, and whether a part grew together from several. */
  #partsOf(network: NetworkState): Map<number, Part> {
    const membership = this.#membership;
    const parts = new Map<number, Part>();
    for (const member of network.members.values()) {
      if (!membership.isAlive(member.node)) continue;
      const component = membership.componentOf(member.node, membership.era);
      const before = membership.componentOf(member.node, membership.era - 1);
      const part = parts.get(component);
      if (!part) parts.set(component, { members: [member], before, merged: false });
      else {
        part.members.push(member);
        if (part.before !== before) part.merged = true;
      }
    }
    return parts;
  }

  /** In every part in which somebody has a version it goes on spreading; where parts met, after they found each other. */
  #carryOn(network: NetworkState, { entry, version }: Pending, parts: Map<number, Part>, now: Micros): void {
    const { era } = this.#membership;
    version.spreads ??= [];
    for (const [component, part] of parts) {
      const known = part.members.some((member) => this.#arrival(network, member, entry, version) <= now);
      if (!known) continue;
      const delay = part.merged ? fractionOf(this.#seed, version.at % 1_000_003, component, era) : 0;
      version.spreads.push({ era, component, at: now + Math.floor(delay * reconnectInterval) });
    }
  }

  /** Members that joined where nobody could tell them everything sync as soon as they find somebody who can. */
  #syncLateJoiners(network: NetworkState, now: Micros): void {
    for (const member of network.members.values()) {
      if (member.fullAt !== Number.POSITIVE_INFINITY) continue;
      const source = this.#fullSource(network, member.node, now);
      if (source === 'nowhere') member.fullAt = now;
      else if (source !== 'elsewhere') member.fullAt = this.#membership.reconnectTime(member.node, source.node, now);
    }
  }

  /** A member that `node` can reach and that has everything; or why there is none: all are in other parts, or all are gone. */
  #fullSource(network: NetworkState, node: number, now: Micros): Member | 'elsewhere' | 'nowhere' {
    let any = false;
    for (const member of network.members.values()) {
      if (member.node === node || member.fullAt > now + bulkSyncTime || !this.#membership.isAlive(member.node))
        continue;
      if (this.#membership.connected(member.node, node)) return member;
      any = true;
    }
    return any ? 'elsewhere' : 'nowhere';
  }

  /** Whether there is a live member that `node` can reach. */
  #hasPeer(network: NetworkState, node: number): boolean {
    for (const member of network.members.values()) {
      if (this.#membership.isAlive(member.node) && this.#membership.connected(node, member.node)) return true;
    }
    return false;
  }

  /** Works off writes that everybody has: older versions go, tombstones leave the names and later the table. */
  #settle(network: NetworkState, now: Micros): void {
    if (this.#membership.whole) {
      const eraStart = this.#membership.startOf(this.#membership.era);
      while (network.settled < network.recent.length) {
        const { entry, version } = network.recent[network.settled]!;
        const started = Math.max(version.at, eraStart + reconnectInterval);
        const loss = this.#membership.loss.worst(started);
        if (settledBy(version.members, started, loss) + bulkSyncTime >= now) break;
        version.previous = undefined;
        version.settled = true;
        network.witnessed = Math.max(network.witnessed, version.lamport);
        if (!version.record && entry.head === version) {
          network.table.unindex(entry);
          network.tombstones.push({ entry, version });
        }
        network.settled++;
      }
      if (network.settled > 1_024 && network.settled * 2 > network.recent.length) {
        network.recent = network.recent.slice(network.settled);
        network.settled = 0;
      }
    }
    while (network.reaped < network.tombstones.length) {
      const { entry, version } = network.tombstones[network.reaped]!;
      const loss = this.#membership.loss.worst(version.at);
      if (settledBy(version.members, version.at, loss) + reapEntryInterval >= now) break;
      if (entry.head === version) network.table.drop(entry);
      network.reaped++;
    }
    if (network.reaped > 1_024 && network.reaped * 2 > network.tombstones.length) {
      network.tombstones.splice(0, network.reaped);
      network.reaped = 0;
    }
  }
}
