import type { DnsRcode, DnsRecord } from '../../api';
import type { Micros } from '../../sim';

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
  /** The AA flag: 20.10 believes such an NXDOMAIN (DISC-27). */
  readonly authoritative: boolean;
}

/** What became of a question to one server. */
export interface Exchange {
  /** Undefined when none comes. */
  readonly answer: UpstreamAnswer | undefined;
  /** Until the answer, or until it is known that there will be none; infinite when nothing ever comes. */
  readonly took: Micros;
}

/** Whether servers answer, are not there at all (the client is told at once), or swallow questions. */
export type UpstreamMode = 'on' | 'off' | 'silent';

/** The names that the resolvers of the recorded clusters knew. */
export const exampleNames: Readonly<Record<string, UpstreamEntry>> = (() => {
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

/** Aliases that are followed within the zone, at most. */
const longestChain = 8;

/**
 * The resolvers outside of the cluster. They know the names of one zone and say NXDOMAIN to all others: nobody else
 * ever does (DISC-21). Nodes may be cut off from them, and they may be switched off altogether.
 */
export class Upstream {
  /** Addresses at which it answers; other servers swallow what they are asked. */
  servers: readonly string[];
  /** A fault: nobody can reach any server while it is false. */
  on = true;
  mode: UpstreamMode = 'on';
  /** Time from question to answer. */
  latency: Micros = 0;
  authoritative = false;
  #names = new Map<string, UpstreamEntry>();
  /** Names that exist only because others end in them: NOERROR without records. */
  #parents = new Set<string>();
  readonly #unreachableFrom = new Set<string>();

  constructor(servers: readonly string[] = ['192.168.99.1']) {
    this.servers = servers;
    this.setNames(new Map(Object.entries(exampleNames)));
  }

  /** The zone, by name in lower case with the final dot. */
  get names(): ReadonlyMap<string, UpstreamEntry> {
    return this.#names;
  }

  setNames(names: ReadonlyMap<string, UpstreamEntry>): void {
    this.#names = new Map(names);
    this.#parents = new Set();
    for (const name of names.keys()) {
      for (let dot = name.indexOf('.'); dot >= 0 && dot < name.length - 1; dot = name.indexOf('.', dot + 1)) {
        this.#parents.add(name.slice(dot + 1));
      }
    }
  }

  setReachable(node: string, reachable: boolean): void {
    if (reachable) this.#unreachableFrom.delete(node);
    else this.#unreachableFrom.add(node);
  }

  /** What one server says to a question from a node. */
  ask(node: string, server: string, name: string, type: string): Exchange {
    if (!this.on || this.mode === 'off' || this.#unreachableFrom.has(node)) return { answer: undefined, took: 0 };
    if (this.mode === 'silent' || !this.servers.includes(server)) return lost;
    const answer = this.#answer(name, type);
    return answer ? { answer, took: this.latency } : lost;
  }

  #answer(question: string, type: string): UpstreamAnswer | undefined {
    const { authoritative } = this;
    const answers: DnsRecord[] = [];
    let name = question;
    for (let step = 0; step < longestChain; step++) {
      const entry = this.#names.get(name.toLowerCase());
      if (entry === 'silence') return undefined;
      if (entry === 'SERVFAIL' || entry === 'REFUSED') {
        return { rcode: entry, answers: [], authority: [], authoritative: false };
      }
      if (!entry) {
        if (this.#parents.has(name.toLowerCase())) break;
        return { rcode: 'NXDOMAIN', answers, authority: [rootAuthority], authoritative };
      }
      const found = entry.filter((record) => record.type === type || type === 'ANY');
      answers.push(...found.map((record) => ({ name, ...record })));
      const alias = entry.find((record) => record.type === 'CNAME');
      if (found.length > 0 || !alias) break;
      answers.push({ name, ...alias });
      name = alias.data;
    }
    return { rcode: 'NOERROR', answers, authority: [], authoritative };
  }
}

const lost: Exchange = { answer: undefined, took: Number.POSITIVE_INFINITY };

const rootAuthority: DnsRecord = {
  name: '.',
  type: 'SOA',
  ttl: 900,
  data: 'a.root. h.root. 1 1800 900 604800 86400',
};
