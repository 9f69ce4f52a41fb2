import type { DnsRcode } from '../../api';
import type { Link, Outcome } from './query';
import { failure } from './query';
import type { UpstreamAnswer } from './upstream';

/** Servers that are tried for one question (DISC-25). */
const maxServers = 3;

/** Asks the external servers in order (DISC-20, DISC-25 … DISC-30). */
export const forward: Link = (query) => {
  const { context } = query;
  const servers = context.conf.servers.slice(0, maxServers);
  let last: UpstreamAnswer | undefined;
  const tried: string[] = [];
  for (const server of servers) {
    // Servers on the host's loopback are out of reach for a sandbox with internal networks only (DISC-29).
    if (context.internalOnly && server.hostLoopback) continue;
    tried.push(server.address);
    // Internal networks have no gateway, so nothing beyond them answers.
    if (context.internalOnly) continue;
    const answer = context.upstream.ask(context.node, server.address, query.question, query.type);
    if (!answer) continue;
    last = answer;
    if (isFinal(answer.rcode, context.profile.nextServerOnNxdomain)) break;
  }
  // 20.10 passes on the last failure it got; later engines count it as no answer (DISC-20, DISC-27).
  if (last && !context.profile.nextServerOnNxdomain && !isFinal(last.rcode, false)) last = undefined;
  const outcome: Outcome = last
    ? { ...last, forwarded: true }
    : failure(unanswered(context.embedded, context.profile.noUpstreamAnswer));
  query.trace.push({
    hop: 'forward',
    servers: tried,
    outcome: last ? last.rcode : 'silence',
    ...(!last && { why: context.internalOnly ? 'the container has internal networks only' : 'no server answered' }),
  });
  return outcome;
};

/** Codes after which no other server is asked (DISC-27). */
function isFinal(rcode: DnsRcode, nextOnNxdomain: boolean): boolean {
  if (rcode === 'NOERROR') return true;
  return rcode === 'NXDOMAIN' && !nextOnNxdomain;
}

/** Without the embedded resolver there is nobody to say SERVFAIL. */
function unanswered(embedded: boolean, code: 'silence' | 'SERVFAIL'): 'silence' | 'SERVFAIL' {
  return embedded ? code : 'silence';
}
