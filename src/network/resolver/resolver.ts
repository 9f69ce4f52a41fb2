import type { DnsHop, DnsRecord, DnsReply } from '../../api';
import type { QueryOptions } from '../libnetwork';
import { forward, forwarders } from './forward';
import { names } from './names';
import { policy } from './policy';
import type { Link, Outcome, Query, ResolverContext } from './query';
import { embeddedServer } from './resolv-conf';
import { reverse } from './reverse';
import { compressedSize, questionSize, recordSize } from './wire-size';

/** The order in which a question is tried; the first link with an outcome ends it (DISC-10). */
const links: readonly Link[] = [names, reverse, policy, forward];

/** Without the embedded resolver the question goes straight to the node's servers. */
const withoutEmbedded: readonly Link[] = [forward];

const smallestUdp = 512;
const largestTcp = 65_535;

/** Finds the outcome of one question without telling how. */
export function lookup(context: ResolverContext, question: string, type: string, options: QueryOptions = {}): Outcome {
  const { transport = 'udp', ednsSize } = options;
  const name = question.slice(0, -1);
  return outcomeOf({ question, name, type, transport, edns: ednsSize !== undefined, context, trace: undefined });
}

function outcomeOf(query: Query): Outcome {
  for (const link of query.context.embedded ? links : withoutEmbedded) {
    const outcome = link(query);
    if (outcome) return outcome;
  }
  throw new Error('the last link gives an outcome');
}

/** Answers one question of a container, with the hops it took (TALK-8). Nothing is changed by asking. */
export function resolve(
  context: ResolverContext,
  asked: string,
  type: string,
  options: QueryOptions = {},
): { readonly reply: DnsReply; readonly trace: readonly DnsHop[] } {
  const question = asked.endsWith('.') ? asked : `${asked}.`;
  const trace: DnsHop[] = [{ hop: 'ask', container: context.container, node: context.node, name: asked, type }];
  const query: Query = {
    question,
    name: question.slice(0, -1),
    type,
    transport: options.transport ?? 'udp',
    edns: options.ednsSize !== undefined,
    context,
    trace,
  };
  traceWay(query, trace);
  const outcome = outcomeOf(query);
  const reply = replyTo(query, outcome, options);
  trace.push({
    hop: 'answer',
    rcode: outcome.rcode,
    addresses: reply.answers.map((record) => record.data),
  });
  return { reply, trace };
}

/** From the container's file to the resolver that sees the question (TALK-8). */
function traceWay({ context, transport }: Query, trace: DnsHop[]): void {
  const { nameservers, search, options } = context.conf;
  trace.push({ hop: 'resolv.conf', nameservers, search, options });
  if (!context.embedded) return;
  const to = `${embeddedServer}:${context.socket[transport]}`;
  trace.push({ hop: 'socket', address: `${embeddedServer}:53`, sandbox: context.sandboxID });
  trace.push({ hop: 'redirect', from: `${embeddedServer}:53`, to, how: 'iptables' });
  trace.push({
    hop: 'resolver',
    node: context.node,
    networks: context.networks.map((network) => network.name),
    places: context.networks.map((network) => network.place),
    forwarders: forwarders(context).map((server) => server.address),
  });
}

function replyTo(query: Query, outcome: Outcome, options: QueryOptions): DnsReply {
  const { context, question } = query;
  const silent = outcome.rcode === 'silence';
  const limit = options.transport === 'tcp' ? largestTcp : Math.max(smallestUdp, options.ednsSize ?? 0);
  const fitted = outcome.forwarded ? forwardedPart(query, outcome, limit) : localPart(query, outcome.answers, limit);
  return {
    id: options.id ?? context.freshId(),
    silent,
    rcode: outcome.rcode === 'silence' ? 'NOERROR' : outcome.rcode,
    flags: {
      qr: true,
      aa: outcome.authoritative ?? false,
      tc: fitted.truncated,
      rd: options.recursionDesired ?? true,
      ra: !isOwnFailure(outcome),
    },
    question: { name: question, type: query.type },
    answers: silent ? [] : fitted.answers,
    authority: silent ? [] : outcome.authority,
    size: silent ? 0 : fitted.size,
    server: context.embedded ? embeddedServer : (context.conf.nameservers[0] ?? ''),
    ...(outcome.forwarded && query.edns && { edns: { udpSize: upstreamUdpSize } }),
  };
}

/** The resolver says itself that it failed: it builds such replies without its own flags. */
function isOwnFailure({ forwarded, rcode }: Outcome): boolean {
  return !forwarded && rcode !== 'NOERROR' && rcode !== 'silence';
}

const upstreamUdpSize = 8_192;

interface Fitted {
  readonly answers: readonly DnsRecord[];
  readonly size: number;
  readonly truncated: boolean;
}

/** As many whole records as fit; by TCP, where asking again would not help, the rest is left out without a word (DISC-18). */
function localPart({ question, transport }: Query, answers: readonly DnsRecord[], limit: number): Fitted {
  let size = questionSize(question);
  const kept: DnsRecord[] = [];
  for (const record of answers) {
    if (size + recordSize(record) > limit) return { answers: kept, size, truncated: transport === 'udp' };
    size += recordSize(record);
    kept.push(record);
  }
  return { answers: kept, size, truncated: false };
}

/** An upstream that cannot fit its answer says so and sends none (DISC-28). */
function forwardedPart(query: Query, outcome: Outcome, limit: number): Fitted {
  const whole = compressedSize(query.question, [...outcome.answers, ...outcome.authority], query.edns);
  if (whole <= limit) return { answers: outcome.answers, size: whole, truncated: false };
  return { answers: [], size: compressedSize(query.question, [], query.edns), truncated: true };
}
