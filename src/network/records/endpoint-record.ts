import type { PortConfig } from '../../api';
import type { Micros } from '../../sim';

/** A value of NetworkDB's `endpoint_table`, keyed by endpoint ID (DISC-60). */
export interface EndpointRecord {
  /** Container name; its own in reverse records (DISC-56). */
  readonly name: string;
  readonly containerID: string;
  /** Empty for containers that are no service's. */
  readonly serviceName: string;
  readonly serviceID: string;
  /** Empty in dnsrr mode. */
  readonly virtualIP: string;
  readonly endpointIP: string;
  /** Service aliases (DISC-52). */
  readonly aliases: readonly string[];
  /** The container's other names: network aliases, short ID, hostname (DISC-50). */
  readonly taskAliases: readonly string[];
  /** Only on the ingress network. */
  readonly ingressPorts: readonly PortConfig[];
  /** Shutting down: no names, weight 0 (DISC-61). */
  readonly serviceDisabled: boolean;
}

/** One write of an entry by its owner. `record` is absent in a tombstone. */
export interface Version {
  readonly record: EndpointRecord | undefined;
  readonly at: Micros;
  readonly lamport: number;
  /** Position in the table's log of writes. */
  readonly sequence: number;
  /** The earlier version, as long as some node may still have that one. */
  previous: Version | undefined;
  /** Members of the network when it was written; era of the cluster (src/network/gossip). */
  readonly members: number;
  readonly era: number;
  /** Every member has it: nodes that join later get it with their bulk sync. */
  settled: boolean;
  /** Where else it began to spread after the connected parts changed. */
  spreads: { readonly era: number; readonly component: number; readonly at: Micros }[] | undefined;
}

/** An entry with its owner: only the owner writes it (DISC-85). */
export interface TableEntry {
  readonly key: string;
  readonly owner: number;
  head: Version;
  /** The records under whose names it stands in the index; undefined before it was looked at. */
  indexed: EndpointRecord[] | undefined;
}

/** What one node has of an entry. */
export interface Seen {
  readonly entry: TableEntry;
  readonly record: EndpointRecord;
  readonly lamport: number;
  readonly since: Micros;
}

/** How one node sees a table now. */
export interface Sight {
  /** Undefined for entries that the node does not have. */
  see(entry: TableEntry): Seen | undefined;
  /** When the node came to the network. */
  readonly joinedAt: Micros;
}

/**
 * The time from a service's first backend on a network to its last one gone, over all nodes. The first backend's
 * aliases are those that lead to the VIP all that time (DISC-54).
 */
export interface Binding {
  readonly serviceID: string;
  readonly openedAt: Micros;
  readonly first: EndpointRecord;
  backends: number;
  /** Infinite while it is open. */
  closedAt: Micros;
}
