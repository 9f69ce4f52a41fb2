import type { DnsRcode, DnsRecord } from '../../api';

export interface UpstreamRecord {
  readonly type: string;
  readonly ttl: number;
  readonly data: string;
}

/** What an upstream says to a name: records, a code of failure, or nothing at all. */
export type UpstreamEntry = readonly UpstreamRecord[] | 'SERVFAIL' | 'REFUSED' | 'silence';

export interface UpstreamAnswer {
  readonly rcode: DnsRcode;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
}

const exampleNames: Readonly<Record<string, UpstreamEntry>> = (() => {
  const site: readonly UpstreamRecord[] = [
    { type: 'A', ttl: 300, data: '203.0.113.10' },
    { type: 'AAAA', ttl: 300, data: '2001:db8::10' },
    { type: 'MX', ttl: 300, data: '10 mail.example.test.' },
    { type: 'TXT', ttl: 300, data: '"hello"' },
  ];
  return {
    'example.test.': site,
    'www.example.test.': site,
    'big.example.test.': Array.from({ length: 60 }, (_, index) => ({
      type: 'A',
      ttl: 300,
      data: `203.0.113.${index + 1}`,
    })),
    'servfail.example.test.': 'SERVFAIL',
    'refused.example.test.': 'REFUSED',
    'slow.example.test.': 'silence',
  };
})();

/**
 * The resolvers outside of the cluster. They know a few names of `example.test` and say NXDOMAIN to all others: nobody
 * else ever does (DISC-21). Nodes may be cut off from them, and they may be switched off altogether.
 */
export class Upstream {
  /** Addresses at which it answers; other servers are not there. */
  servers: readonly string[];
  readonly names = new Map<string, UpstreamEntry>(Object.entries(exampleNames));
  on = true;
  readonly #unreachableFrom = new Set<string>();

  constructor(servers: readonly string[] = ['192.168.99.1']) {
    this.servers = servers;
  }

  setReachable(node: string, reachable: boolean): void {
    if (reachable) this.#unreachableFrom.delete(node);
    else this.#unreachableFrom.add(node);
  }

  /** Answer of one server to a question from a node; undefined when none comes. */
  ask(node: string, server: string, name: string, type: string): UpstreamAnswer | undefined {
    if (!this.on || this.#unreachableFrom.has(node) || !this.servers.includes(server)) return undefined;
    const entry = this.names.get(name.toLowerCase());
    if (entry === 'silence') return undefined;
    if (entry === 'SERVFAIL' || entry === 'REFUSED') return { rcode: entry, answers: [], authority: [] };
    if (!entry) return { rcode: 'NXDOMAIN', answers: [], authority: [rootAuthority] };
    const answers = entry.filter((record) => record.type === type).map((record) => ({ name, ...record }));
    return { rcode: 'NOERROR', answers, authority: [] };
  }
}

const rootAuthority: DnsRecord = {
  name: '.',
  type: 'SOA',
  ttl: 900,
  data: 'a.root. h.root. 1 1800 900 604800 86400',
};
