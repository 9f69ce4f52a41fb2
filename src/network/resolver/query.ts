import type { DnsHop, DnsRcode, DnsRecord, Profile, Timestamp } from '../../api';
import type { Micros } from '../../sim';
import type { ServiceRecords } from '../records/service-records';
import type { ResolvConf } from './resolv-conf';
import type { Upstream } from './upstream';

/** One network of a sandbox, as its resolver uses it. The list it is in has the order of DISC-38. */
export interface ResolverNetwork {
  readonly name: string;
  readonly ipv6: boolean;
  /** Local alias -> real name (DISC-36). */
  readonly links: Readonly<Record<string, string>>;
  /** Undefined where the network answers no names: ingress (DISC-39). */
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
  readonly context: ResolverContext;
  readonly trace: DnsHop[];
}

/** The end of a question. */
export interface Outcome {
  readonly rcode: DnsRcode | 'silence';
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  /** Answered by an upstream, not by this node. */
  readonly forwarded: boolean;
}

/** A link of the chain: an outcome, or undefined to let the next one try. */
export type Link = (query: Query) => Outcome | undefined;

/** TTL of local answers (DISC-11). */
export const localTtl = 600;

export function local(answers: readonly DnsRecord[]): Outcome {
  return { rcode: 'NOERROR', answers, authority: [], forwarded: false };
}

export function failure(rcode: DnsRcode | 'silence'): Outcome {
  return { rcode, answers: [], authority: [], forwarded: false };
}
