import type { DnsHop, DnsReply, LabContainer } from '../../../api';
import { moment } from '../../model/age';
import type { Translate } from '../../model/l10n';
import type { NodeAnswer } from '../protocol';
import { outcomeOf } from './distribution';

/**
 * Who asks on each node in place of a container: itself on its own node, elsewhere the one that shares the most networks
 * with it, first by name. Nodes on which nobody shares any are left out.
 */
export function askersByNode(asker: LabContainer, containers: readonly LabContainer[]): Map<string, LabContainer> {
  const shared = (other: LabContainer) => other.networks.filter((network) => asker.networks.includes(network)).length;
  const best = new Map<string, LabContainer>();
  for (const container of containers) {
    if (container.state !== 'running' || shared(container) === 0) continue;
    const known = best.get(container.node);
    const better =
      !known ||
      shared(container) > shared(known) ||
      (shared(container) === shared(known) && container.name < known.name);
    if (better) best.set(container.node, container);
  }
  return best.set(asker.node, asker);
}

/** The answer as one text that does not depend on the order in which addresses came. */
export function answerText(reply: Pick<DnsReply, 'silent' | 'rcode' | 'answers'>): string {
  const data = reply.silent ? [] : reply.answers.map((answer) => answer.data).sort(byOctets);
  return data.length > 0 ? data.join(', ') : outcomeOf(reply as DnsReply);
}

const collator = new Intl.Collator('en', { numeric: true });
const byOctets = (a: string, b: string): number => collator.compare(a, b);

/** From whom and when a node learned what it answered with. */
export function learnedText(hops: readonly DnsHop[], t: Translate): string {
  const records = hops.flatMap((hop) => (hop.hop === 'record' ? hop.records : []));
  return records
    .map(({ address, learnedFrom, since }) =>
      t('{0}, learned from {1} at {2}', address, learnedFrom, moment(since).slice(11)),
    )
    .join('; ');
}

/** Marks the answers that differ from what most nodes say. */
export function markDifferences(answers: readonly Omit<NodeAnswer, 'differs'>[]): NodeAnswer[] {
  const counts = new Map<string, number>();
  for (const { answer } of answers) if (answer) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const [usual] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  return answers.map((one) => ({ ...one, differs: one.answer !== '' && one.answer !== usual }));
}
