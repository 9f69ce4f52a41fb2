import type { DnsHop, DnsRecord, DnsReply } from '../../api';
import { timestamp } from '../../sim';
import type { LocalNetwork } from '../libnetwork';
import type { NeighbourLine } from './hosts-lines';
import { lineWith } from './hosts-lines';
import type { OldDiscovery } from './old-discovery';

/** A container's hosts file, and which of its lines are about others. */
export interface HostsView {
  readonly text: string;
  readonly neighbours: readonly NeighbourLine[];
}

/** What a question needs to know of its surroundings in an era before swarm mode. */
export interface OldSurroundings {
  readonly old: OldDiscovery;
  readonly file: HostsView;
  /** Multi-host networks of the container. */
  readonly networks: readonly LocalNetwork[];
  readonly container: string;
  /** Number of the node that asks. */
  readonly node: number;
  readonly nodeName: (node: number) => string;
}

type Told = { readonly reply: DnsReply; readonly trace: readonly DnsHop[] };

/** The record that /etc/hosts gives for a name: the address of the first line that has it, for questions of its family. */
export function hostsRecord(file: HostsView, name: string, type: string): DnsRecord | undefined {
  const line = lineWith(file.text, name);
  const data = line?.text.split(/\s+/)[0] ?? '';
  if (!line || type !== (data.includes(':') ? 'AAAA' : 'A')) return undefined;
  return { name: name.endsWith('.') ? name : `${name}.`, type, ttl: 0, data };
}

/**
 * A question as a program's C library asks it: the hosts file first, then, by `usual`, whoever /etc/resolv.conf names.
 * The trace tells which line answered and whether it is stale (TALK-3), and what the key-value store has to do with the
 * answer (TALK-4).
 */
export function ask(from: OldSurroundings, name: string, type: string, usual: () => Told): Told {
  const node = from.nodeName(from.node);
  const record = hostsRecord(from.file, name, type);
  const hosts = hostsHop(from, name, record !== undefined);
  if (record) {
    const network = neighbour(from.file, name)?.network;
    const networks = from.networks.filter((one) => one === network);
    const trace: DnsHop[] = [
      { hop: 'ask', container: from.container, node, name, type },
      hosts,
      ...networks.map((one) => storeHop(from, node, one, name)),
      { hop: 'answer', rcode: 'NOERROR', addresses: [record.data] },
    ];
    return { reply: fileReply(record), trace };
  }
  const { reply, trace } = usual();
  const [asked, ...others] = trace;
  // In 1.9 no hop speaks of networks, so the store is told of at once; later where its network is looked in.
  const first = from.old.era === '1.9' ? from.networks.map((one) => storeHop(from, node, one, name)) : [];
  return { reply, trace: [asked!, hosts, ...first, ...others.flatMap((hop) => withStore(from, node, hop))] };
}

function withStore(from: OldSurroundings, node: string, hop: DnsHop): DnsHop[] {
  const network = hop.hop === 'network' ? from.networks.find((one) => one.name === hop.network) : undefined;
  return network && hop.hop === 'network' ? [hop, storeHop(from, node, network, hop.name)] : [hop];
}

/** What a hosts file gives is no message; it has the form of one so that all answers look alike. */
function fileReply(record: DnsRecord): DnsReply {
  return {
    id: 0,
    silent: false,
    rcode: 'NOERROR',
    flags: { qr: true, aa: false, tc: false, rd: true, ra: false },
    question: { name: record.name, type: record.type },
    answers: [record],
    authority: [],
    size: 0,
    server: '/etc/hosts',
  };
}

function neighbour(file: HostsView, name: string): NeighbourLine | undefined {
  const line = lineWith(file.text, name);
  return line && file.neighbours.find(({ text }) => text === line.text);
}

function hostsHop(from: OldSurroundings, name: string, hit: boolean): DnsHop {
  const { old, file, nodeName } = from;
  const line = lineWith(file.text, name);
  const base = { hop: 'hosts-file', name, hit, stale: false } as const;
  if (!line) {
    const why =
      old.era === '1.9'
        ? 'no line has the name: the engine writes one for each container on the networks of this one, and there is no embedded DNS to ask instead'
        : 'no line has the name: since 1.10 the file holds only own names and links of the default bridge';
    return { ...base, why };
  }
  const shown = { ...base, line: line.text, lineNumber: line.number };
  if (!hit) return { ...shown, why: 'the line has an address of the other family' };
  const about = neighbour(file, name);
  if (!about) return { ...shown, why: 'a line of the container itself: its own name, a link, or --add-host' };
  const learnedFrom = nodeName(about.entry.owner);
  const since = timestamp(about.entry.head.at);
  const stale = old.stale(about.entry.key);
  if (!stale) {
    const why = `written when ${nameOf(about)} joined ${about.network.name} on ${learnedFrom}`;
    return { ...shown, since, learnedFrom, why };
  }
  return {
    ...shown,
    since,
    learnedFrom,
    stale: true,
    why: `stale: the engine of ${learnedFrom} ended at ${timestamp(stale.since)} without taking ${stale.containerName} out of ${stale.network.name}, and nobody else does; cleaned when the container starts again, or by docker network disconnect -f ${stale.network.name} ${stale.containerName}`,
  };
}

/** The name that a line about another has been written for. */
function nameOf({ entry }: NeighbourLine): string {
  return entry.head.record?.name ?? '';
}

function storeHop(from: OldSurroundings, node: string, network: LocalNetwork, name: string): DnsHop {
  const { store } = from.old;
  const host = nameIn(network, name);
  const status = store.status(network.id, host);
  const reachable = store.connected(from.node);
  const { running } = store;
  const since = timestamp(store.since);
  const waiting =
    status.found || !status.waiting
      ? undefined
      : { node: from.nodeName(status.waiting.node), since: timestamp(status.waiting.since) };
  const base = {
    hop: 'key-value store',
    store: store.url,
    network: network.name,
    name: host,
    running,
    since,
    reachable,
    stored: status.found,
  } as const;
  return { ...base, ...(waiting && { waiting }), why: whyStored(base, waiting, node) };
}

function whyStored(
  hop: { readonly running: boolean; readonly since: string; readonly reachable: boolean; readonly stored: boolean },
  waiting: { readonly node: string; readonly since: string } | undefined,
  node: string,
): string {
  const down = hop.running
    ? hop.reachable
      ? ''
      : `; ${node} does not reach it, and knows what it read before`
    : `; it is stopped since ${hop.since}, and nodes know what they read before`;
  if (hop.stored) return `the name is in the store${down}`;
  if (!waiting) return `the name is not in the store${down}`;
  const { since } = waiting;
  if (waiting.node === node) return `${node} has the name since ${since} and could not write it into the store${down}`;
  return `${waiting.node} has the name since ${since}, but could not write it into the store, so ${node} was never told${down}`;
}

/** `web.net` is `web` on the network `net`. */
function nameIn(network: LocalNetwork, name: string): string {
  const plain = name.replace(/\.$/, '');
  const suffix = `.${network.name}`;
  return plain.endsWith(suffix) ? plain.slice(0, -suffix.length) : plain;
}
