import type { DnsReply } from '../../../api';
import type { Micros } from '../../../sim';
import { second } from '../../../sim';

/**
 * What a client does with an answer before it asks again: C libraries keep nothing (glibc only with nscd, musl never), a
 * JVM keeps it for 30 seconds or, with a security manager, for ever; a caching resolver as long as the TTL says.
 */
export const clientCaches = ['none', 'glibc', 'musl', 'jvm', 'jvm-forever', 'ttl'] as const;
export type ClientCache = (typeof clientCaches)[number];

/** The JVM's `networkaddress.cache.ttl` and `networkaddress.cache.negative.ttl`, in seconds. */
const jvm = { positive: 30, negative: 10 } as const;

/** For how many seconds a client keeps a reply; 0: not at all. */
export function keptFor(cache: ClientCache, reply: DnsReply): number {
  const found = !reply.silent && reply.rcode === 'NOERROR' && reply.answers.length > 0;
  switch (cache) {
    case 'jvm':
      return found ? jvm.positive : jvm.negative;
    case 'jvm-forever':
      return found ? Number.POSITIVE_INFINITY : jvm.negative;
    case 'ttl':
      return found ? Math.min(...reply.answers.map(({ ttl }) => ttl)) : 0;
    default:
      return 0;
  }
}

export interface KeptReply {
  readonly reply: DnsReply;
  readonly at: Micros;
  /** Infinite: for ever. */
  readonly until: number;
}

/** What clients keep, in the cluster's time. An entry is of one kind of client in one container. */
export class ClientCaches {
  readonly #kept = new Map<string, KeptReply>();

  /** What the client still has; undefined when it has to ask. A clock that was set back makes it ask, too. */
  get(key: string, now: Micros): KeptReply | undefined {
    const kept = this.#kept.get(key);
    if (kept && kept.at <= now && now < kept.until) return kept;
    this.#kept.delete(key);
    return undefined;
  }

  put(key: string, cache: ClientCache, reply: DnsReply, now: Micros): void {
    const seconds = keptFor(cache, reply);
    if (seconds > 0) this.#kept.set(key, { reply, at: now, until: now + seconds * second });
  }

  clear(): void {
    this.#kept.clear();
  }
}

export function cacheKey(
  cache: ClientCache,
  { from, name, type }: { from: string; name: string; type: string },
): string {
  return JSON.stringify([cache, from, name.toLowerCase().replace(/\.$/, ''), type]);
}
