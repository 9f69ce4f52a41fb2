import type { AddressRecord } from '../records/service-records';
import { ofFamily } from '../records/service-records';
import type { Link, Outcome, Query, ResolverNetwork } from './query';
import { local, localTtl } from './query';

interface Candidate {
  readonly host: string;
  /** Name of the one network to look in; undefined for all. */
  readonly network: string | undefined;
}

/** What the search for one candidate came to. */
type Found = { readonly addresses: readonly AddressRecord[] } | 'other family' | 'nothing';

/** `a.b.c`: itself in any network, `a.b` in network `c`, `a` in network `b.c` (DISC-35). */
export function candidatesOf(name: string): Candidate[] {
  const labels = name.split('.');
  const candidates: Candidate[] = [{ host: name, network: undefined }];
  for (let cut = labels.length - 1; cut > 0; cut--) {
    candidates.push({ host: labels.slice(0, cut).join('.'), network: labels.slice(cut).join('.') });
  }
  return candidates;
}

/** First the names that only this container knows, then the networks' names (DISC-36). */
const passes = [aliasPass, namePass];

/** A, AAAA and MX of names that the container's networks know (DISC-12 … DISC-14, DISC-35 … DISC-40). */
export const names: Link = (query) => {
  if (query.type !== 'A' && query.type !== 'AAAA' && query.type !== 'MX') return undefined;
  for (const candidate of candidatesOf(query.name)) {
    const networks = query.context.networks.filter(
      (network) => candidate.network === undefined || network.name === candidate.network,
    );
    if (networks.length === 0) continue;
    query.trace?.push({
      hop: 'candidate',
      host: candidate.host,
      ...(candidate.network !== undefined && { network: candidate.network }),
    });
    for (const pass of passes) {
      const found = pass(query, candidate.host, networks);
      if (found === 'nothing') continue;
      if (found === 'other family') return local([]);
      return answer(query, found.addresses);
    }
  }
  return undefined;
};

function aliasPass(query: Query, host: string, networks: readonly ResolverNetwork[]): Found {
  const linked = networks.filter((network) => Object.hasOwn(network.links, host));
  return search(query, linked, (network) => network.links[host]!, true);
}

function namePass(query: Query, host: string, networks: readonly ResolverNetwork[]): Found {
  const others = networks.filter((network) => !Object.hasOwn(network.links, host));
  return search(query, others, () => host, false);
}

/** The first network with an address of the family wins; results are never merged (DISC-37, DISC-40). */
function search(
  query: Query,
  networks: readonly ResolverNetwork[],
  nameIn: (network: ResolverNetwork) => string,
  linked: boolean,
): Found {
  let missed = false;
  for (const network of networks) {
    const name = nameIn(network).toLowerCase();
    if (!network.records) {
      query.trace?.push({ hop: 'network', network: network.name, name, hit: false, why: 'ingress answers no names' });
      continue;
    }
    const all = network.records.lookup(name);
    const wanted = query.type === 'MX' ? all : ofFamily(all, query.type === 'A' ? 'A' : 'AAAA');
    if (wanted.length > 0) {
      query.trace?.push({ hop: 'network', network: network.name, name, hit: true });
      traceRecords(query, network.name, name, wanted, linked);
      return { addresses: wanted };
    }
    const empty = all.length > 0 && isAnsweredEmpty(query, network);
    missed ||= empty;
    query.trace?.push({ hop: 'network', network: network.name, name, hit: false, why: whyMissed(all.length, empty) });
  }
  return missed ? 'other family' : 'nothing';
}

function whyMissed(known: number, empty: boolean): string {
  if (known === 0) return 'no such name';
  return empty ? 'the name has no address of this family' : 'no address of this family: forwarded on an IPv6 network';
}

/** Whether a name that exists in the other family only ends the search (DISC-13). */
function isAnsweredEmpty(query: Query, network: ResolverNetwork): boolean {
  if (query.context.profile.emptyForMissingFamily === 'always') return true;
  return query.type === 'AAAA' && !network.ipv6;
}

function traceRecords(
  query: Query,
  network: string,
  name: string,
  found: readonly AddressRecord[],
  linked: boolean,
): void {
  if (!query.trace) return;
  const kinds = new Set(found.map((record) => record.kind));
  for (const kind of kinds) {
    query.trace?.push({
      hop: 'record',
      network,
      name,
      kind: linked ? 'link' : kind,
      records: found
        .filter((record) => record.kind === kind)
        .map((record) => ({
          address: record.address,
          owner: record.owner,
          learnedFrom: query.context.nodeName(record.learnedFrom),
          since: query.context.timestamp(record.since),
        })),
    });
  }
}

function answer(query: Query, found: readonly AddressRecord[]): Outcome {
  if (query.type === 'MX') return local([]);
  const addresses = found.map((record) => record.address);
  const ordered = addresses.length > 1 ? query.context.shuffle(addresses) : addresses;
  query.trace?.push({
    hop: 'order',
    how: addresses.length > 1 ? 'shuffled' : 'single',
    addresses: ordered,
    why: addresses.length > 1 ? 'the resolver shuffles them anew for every answer' : 'there is one address',
  });
  return local(ordered.map((data) => ({ name: query.question, type: query.type, ttl: localTtl, data })));
}
