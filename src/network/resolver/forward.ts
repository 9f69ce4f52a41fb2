import type { DnsForwardAttempt } from '../../api';
import type { Micros } from '../../sim';
import { millisecond, second } from '../../sim';
import { maxOutstanding } from './outstanding';
import type { Link, Outcome, Query, ResolverContext } from './query';
import { failure } from './query';
import type { ExternalServer } from './resolv-conf';
import type { UpstreamAnswer } from './upstream';

/** Servers that are tried for one question (DISC-25). */
const maxServers = 3;
/** How long one server is waited for, and a place among the outstanding questions (DISC-25, DISC-26). */
export const exchangeTimeout: Micros = 4 * second;

/** Asks the external servers in order (DISC-20, DISC-25 … DISC-30). */
export const forward: Link = (query) => {
  const { context } = query;
  const begun = context.now();
  const room = roomFor(query, begun);
  if (room === undefined) {
    query.trace?.push({
      hop: 'forward',
      servers: [],
      outcome: 'REFUSED',
      why: `${maxOutstanding} questions are under way, and none of them got through in 4 s`,
    });
    return failure('REFUSED', exchangeTimeout);
  }
  const course = askServers(query, room);
  const took = course.at - begun;
  if (took > 0) context.outstanding.add(course.at);
  const outcome: Outcome = course.last
    ? { ...course.last, forwarded: true, took }
    : failure(unanswered(context.embedded, context.profile.noUpstreamAnswer), took);
  query.trace?.push({
    hop: 'forward',
    servers: course.attempts.filter((attempt) => attempt.outcome !== 'skipped').map((attempt) => attempt.server),
    outcome: course.last ? course.last.rcode : 'silence',
    ...(!course.last && {
      why: context.internalOnly ? 'the container has internal networks only' : 'no server answered',
    }),
    attempts: course.attempts,
    tookMilliseconds: took / millisecond,
  });
  return outcome;
};

/** The servers that a question may be forwarded to, in order (DISC-25, DISC-29). */
export function forwarders({ conf, internalOnly, profile }: ResolverContext): readonly ExternalServer[] {
  if (internalOnly && !profile.internalOnlyForwards) return [];
  return conf.servers.slice(0, maxServers).filter((server) => !internalOnly || !server.hostLoopback);
}

/** When the question may go out: later engines wait for a place, undefined when there is none in time (DISC-26). */
function roomFor({ context }: Query, now: Micros): Micros | undefined {
  if (context.profile.overflow === 'next server') return now;
  const room = context.outstanding.roomAt(now);
  return room - now <= exchangeTimeout ? room : undefined;
}

interface Course {
  /** When it was over. */
  readonly at: Micros;
  readonly last: UpstreamAnswer | undefined;
  readonly attempts: readonly DnsForwardAttempt[];
}

function askServers(query: Query, from: Micros): Course {
  const { context } = query;
  const attempts: DnsForwardAttempt[] = [];
  const tell = (server: ExternalServer, outcome: DnsForwardAttempt['outcome'], took: Micros, why?: string) => {
    const asked = server.hostLoopback ? 'host' : 'container';
    const attempt = { server: server.address, from: asked, outcome, tookMilliseconds: took / millisecond } as const;
    if (query.trace) attempts.push(why === undefined ? attempt : { ...attempt, why });
  };
  let at = from;
  let last: UpstreamAnswer | undefined;
  for (const server of context.conf.servers.slice(0, maxServers)) {
    // Servers on the host's loopback are out of reach for a sandbox with internal networks only (DISC-29).
    if (context.internalOnly && server.hostLoopback) {
      tell(server, 'skipped', 0, 'the container has internal networks only');
      continue;
    }
    if (context.outstanding.count(at) >= maxOutstanding && context.profile.overflow === 'next server') {
      tell(server, 'skipped', 0, `${maxOutstanding} questions are under way`);
      continue;
    }
    // Internal networks have no gateway, so nothing beyond them answers: the kernel says so at once.
    if (context.internalOnly) {
      tell(server, 'unreachable', 0, 'no route');
      continue;
    }
    const { answer, took } = context.upstream.ask(context.node, server.address, query.question, query.type);
    const waited = Math.min(took, exchangeTimeout);
    at += waited;
    if (!answer || took > exchangeTimeout) {
      tell(server, waited === 0 ? 'unreachable' : 'silent', waited);
      continue;
    }
    tell(server, answer.rcode, waited);
    last = answer;
    if (isFinal(answer, context.profile.nextServerOnNxdomain)) break;
  }
  // 20.10 passes on the last failure it got; later engines count it as no answer (DISC-20, DISC-27).
  if (last && !context.profile.nextServerOnNxdomain && !isFinal(last, false)) last = undefined;
  return { at, last, attempts };
}

/** Codes after which no other server is asked (DISC-27). */
function isFinal({ rcode, authoritative }: UpstreamAnswer, nextOnNxdomain: boolean): boolean {
  if (nextOnNxdomain) return rcode === 'NOERROR' || (rcode === 'NXDOMAIN' && authoritative);
  return rcode !== 'SERVFAIL' && rcode !== 'REFUSED';
}

/** Without the embedded resolver there is nobody to say SERVFAIL. */
function unanswered(embedded: boolean, code: 'silence' | 'SERVFAIL'): 'silence' | 'SERVFAIL' {
  return embedded ? code : 'silence';
}
