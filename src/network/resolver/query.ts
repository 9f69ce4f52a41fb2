import type { DnsHop, DnsRcode, DnsRecord, Profile, Timestamp } from '../../api';
import type { Micros } from '../../sim';
import type { ServiceRecords } from '../records/service-records';
import type { Outstanding } from './outstanding';
import type { ResolvConf } from './resolv-conf';
import type { Upstream } from './upstream';

/** One network of a sandbox, as its resolver uses it. The list it is in has the order of DISC-38. */
export interface ResolverNetwork {
  readonly name: string;
  readonly ipv6: boolean;
  /** Local alias -> real name (DISC-36). */
  readonly links: Readonly<Record<string, string>>;
  /** Why it has its place among the others (DISC-38). */
  readonly place: string;
  /** As the node sees them now. Undefined where the network answers no names: ingress (DISC-39). */
  readonly records: ServiceRecords | undefined;
}

/** What a sandbox's resolver knows about its surroundings. */
export interface ResolverContext {
  readonly profile: Profile;
  readonly container: string;
  readonly node: string;
  readonly sandboxID: string;
  /** False on the default bridge, host and none: the node's servers are asked straight away (DISC-1). */
  readonly embedded: boolean;
  /** Real sockets of the embedded resolver, `127.0.0.11:48120`. */
  readonly socket: { readonly udp: number; readonly tcp: number };
  readonly networks: readonly ResolverNetwork[];
  readonly conf: ResolvConf;
  /** Only internal networks: no way out (DISC-29). */
  readonly internalOnly: boolean;
  readonly upstream: Upstream;
  readonly now: () => Micros;
  /** Forwarded questions that wait for their answers (DISC-26). */
  readonly outstanding: Outstanding;
  readonly nodeName: (node: number) => string;
  readonly timestamp: (time: Micros) => Timestamp;
  /** Draws that nothing else uses. */
  readonly shuffle: <T>(items: readonly T[]) => T[];
  readonly freshId: () => number;
}

/** One question on its way through the links. */
export interface Query {
  /** As asked, with its final dot. */
  readonly question: string;
  /** Without the final dot (DISC-35). */
  readonly name: string;
  readonly type: string;
  readonly edns: boolean;
  readonly transport: 'udp' | 'tcp';
  readonly context: ResolverContext;
  /** Undefined when nobody wants to know. */
  readonly trace: DnsHop[] | undefined;
}

/** The end of a question. */
export interface Outcome {
  readonly rcode: DnsRcode | 'silence';
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  /** Answered by an upstream, not by this node. */
  readonly forwarded: boolean;
  /** An upstream's AA flag. */
  readonly authoritative?: boolean;
  /** Virtual time that the client waits for it. */
  readonly took: Micros;
}

/** A link of the chain: an outcome, or undefined to let the next one try. */
export type Link = (query: Query) => Outcome | undefined;

/** TTL of local answers (DISC-11). */
export const localTtl = 600;

export function local(answers: readonly DnsRecord[]): Outcome {
  return { rcode: 'NOERROR', answers, authority: [], forwarded: false, took: 0 };
}

/** The resolver's own failure, or that it says nothing at all. */
export function failure(rcode: DnsRcode | 'silence', took: Micros = 0): Outcome {
  return { rcode, answers: [], authority: [], forwarded: false, took };
}
