import type { DnsHop } from '../../../api';
import type { Translate } from '../../model/l10n';
import type { TraceLine } from '../protocol';

export type { Translate };

function list(values: readonly string[], none: string): string {
  return values.length > 0 ? values.join(', ') : none;
}

/** The hops of a lookup as lines for people (TALK-8). */
export function traceText(hops: readonly DnsHop[], t: Translate): TraceLine[] {
  const [ask] = hops;
  const container = ask?.hop === 'ask' ? ask.container.replace(/(\.[0-9a-z]{25})+$/, '') : '';
  const node = ask?.hop === 'ask' ? ask.node : '';
  return hops.map((hop) => ({ ...lineOf(hop, t), place: placeOf(hop, container, node, t) }));
}

/** Where a hop happens: the way goes from the container to its node's engine, perhaps outside, and back. */
function placeOf(hop: DnsHop, container: string, node: string, t: Translate): string {
  switch (hop.hop) {
    case 'ask':
    case 'resolv.conf':
    case 'socket':
    case 'redirect':
    case 'hosts-file':
    case 'answer':
      return t('Container {0}', container);
    case 'forward':
      return t('Outside of the swarm');
    default:
      return t('Engine of {0}', node);
  }
}

function lineOf(hop: DnsHop, t: Translate): TraceLine {
  switch (hop.hop) {
    case 'ask':
      return {
        outcome: 'step',
        title: t('The container asks'),
        detail: t('{0} on {1} asks for {2}, type {3}', hop.container, hop.node, hop.name, hop.type),
      };
    case 'resolv.conf':
      return {
        outcome: 'step',
        title: '/etc/resolv.conf',
        detail: [
          `nameserver ${list(hop.nameservers, '-')}`,
          ...(hop.search.length ? [`search ${hop.search.join(' ')}`] : []),
          ...(hop.options.length ? [`options ${hop.options.join(' ')}`] : []),
        ].join('; '),
      };
    case 'socket':
      return {
        outcome: 'step',
        title: t('Socket in the container'),
        detail: t('{0} in the network namespace {1}', hop.address, hop.sandbox.slice(0, 12)),
      };
    case 'redirect':
      return {
        outcome: 'step',
        title: t('Redirected by iptables'),
        detail: t('from {0} to {1}, where the engine listens inside the namespace', hop.from, hop.to),
      };
    case 'resolver':
      return {
        outcome: 'step',
        title: t('Embedded DNS of {0}', hop.node),
        detail: [
          t('it looks in the networks of the container, in this order: {0}', list(hop.networks, t('none'))),
          ...(hop.networks.length > 1 ? (hop.places ?? []) : []),
        ].join('; '),
      };
    case 'candidate':
      return {
        outcome: 'step',
        title: t('Read the name'),
        detail:
          hop.network === undefined
            ? t('{0} in any of the networks', hop.host)
            : t('{0} in the network {1}', hop.host, hop.network),
      };
    case 'network':
      return {
        outcome: hop.hit ? 'hit' : 'miss',
        title: t('Network {0}', hop.network),
        detail:
          (hop.hit ? t('knows {0}', hop.name) : t('does not know {0}', hop.name)) + (hop.why ? `: ${hop.why}` : ''),
      };
    case 'record':
      return {
        outcome: 'hit',
        title: kindText(hop.kind, t),
        detail: hop.records
          .map((record) =>
            t('{0}, learned from {1} at {2}', record.address, record.learnedFrom, record.since.slice(11, 19)),
          )
          .join('; '),
      };
    case 'order':
      return {
        outcome: 'step',
        title: t('Order of the answer'),
        detail:
          hop.how === 'shuffled'
            ? t('shuffled anew for each question: {0}', hop.addresses.join(', '))
            : t('only one: {0}', hop.addresses.join(', ')),
      };
    case 'forward':
      return {
        outcome: hop.outcome === 'NOERROR' ? 'hit' : 'miss',
        title: t('Forwarded'),
        detail: [
          t('to {0}: {1}', list(hop.servers, t('no server')), hop.outcome) + (hop.why ? ` (${hop.why})` : ''),
          ...(hop.attempts ?? []).map(
            ({ server, outcome, why, tookMilliseconds }) =>
              `${server}: ${outcome}${why ? ` (${why})` : ''}, ${Math.round(tookMilliseconds)} ms`,
          ),
        ].join('; '),
      };
    case 'hosts-file':
      return {
        outcome: hop.hit && !hop.stale ? 'hit' : 'miss',
        title: '/etc/hosts',
        detail: (hop.line === undefined ? '' : `${hop.lineNumber}: ${hop.line.replace('\t', ' ')}; `) + hop.why,
      };
    case 'key-value store':
      return { outcome: hop.stored ? 'hit' : 'miss', title: hop.store, detail: hop.why };
    case 'answer':
      return {
        outcome: hop.rcode === 'NOERROR' ? 'hit' : 'miss',
        title: t('Answer'),
        detail:
          hop.rcode === 'silence'
            ? t('none: the client waits until its time-out')
            : `${hop.rcode} ${hop.addresses.join(', ')}`.trim(),
      };
  }
}

function kindText(kind: Extract<DnsHop, { hop: 'record' }>['kind'], t: Translate): string {
  switch (kind) {
    case 'service VIP':
      return t('The service’s virtual IP, not a container’s address');
    case 'service tasks':
      return t('The addresses of the service’s tasks');
    case 'container':
      return t('The container’s own address');
    case 'alias':
      return t('Found by an alias');
    case 'link':
      return t('Found by a link of this container');
    case 'pointer':
      return t('The name behind the address');
  }
}
