import { timestamp } from '../../../sim';
import { moment } from '../../model/age';
import { t } from '../../model/l10n';
import { cell, escapeMarkdown } from '../../model/markdown';
import type { ComparedEntry, ComparedNetwork, KnownEntry, NodeKnowledge } from './read';
import { compare } from './read';

/** Marks a row in which nodes differ. */
const DIFFERENT = '≠';

const time = (micros: number): string => moment(timestamp(Math.floor(micros))).slice(11);

export interface PageOptions {
  readonly title: string;
  /** The cluster's time. */
  readonly now: string;
  readonly networkName: (id: string) => string;
}

/** Who knows what and since when, as Markdown: a table a network, entries as rows, nodes as columns. */
export function networkDbPage(nodes: readonly NodeKnowledge[], options: PageOptions): string {
  const networks = compare(nodes);
  const differing = networks.flatMap(({ entries }) => entries).filter(({ differs }) => differs).length;
  return [
    `# ${escapeMarkdown(options.title)}`,
    t('Each node learns by gossip who has which name. Times are of the cluster: when the node learned the entry.'),
    nodes.length > 1 && networks.length > 0 && verdict(differing),
    deadText(nodes),
    networks.length === 0 && t('No node has joined an overlay network that has entries: run a service on one.'),
    ...networks
      .map((network) => ({ network, name: options.networkName(network.id) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ network, name }) => networkTable(name, network, nodes)),
    `*${escapeMarkdown(t('As of {0} (cluster time).', moment(options.now)))}*`,
  ]
    .filter((part) => part)
    .join('\n\n')
    .concat('\n');
}

function verdict(differing: number): string {
  if (differing === 0) return `✓ ${t('All nodes agree.')}`;
  return `**${DIFFERENT} ${t('{0} entries differ between nodes; they are marked with {1}.', differing, DIFFERENT)}**`;
}

function deadText(nodes: readonly NodeKnowledge[]): string {
  const lines = nodes.flatMap(({ node, failed }) =>
    failed.map(
      (dead) => `- ${escapeMarkdown(t('{0} takes {1} for dead since {2}', node, dead.node, time(dead.since)))}`,
    ),
  );
  return lines.join('\n');
}

function networkTable(name: string, { entries, members }: ComparedNetwork, nodes: readonly NodeKnowledge[]): string {
  const many = nodes.length > 1;
  const head = [t('Name'), t('Address'), t('Owner'), ...nodes.map(({ node }) => (many ? node : t('State')))];
  const lines = entries.map((entry) => {
    const cells = entry.known.map((known, index) => {
      if (nodes[index]?.off) return t('switched off');
      const text = knownText(known, members[index] ?? false);
      // What differs is told by its words and its weight, not by colour.
      return entry.differs ? `**${cell(text)}**` : cell(text);
    });
    return [nameOf(entry, many), cell(entry.address), cell(entry.owner), ...cells];
  });
  const table = [head.map(cell), head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`);
  return `## ${escapeMarkdown(t('Network {0}', name))}\n\n${table.join('\n')}`;
}

function nameOf(entry: ComparedEntry, many: boolean): string {
  const mark = many && entry.differs ? `**${DIFFERENT}** ` : '';
  // A task's name ends in its ID, which says nothing to people.
  const name = entry.name.replace(/\.[0-9a-z]{25}$/, '') || entry.key.slice(0, 12);
  return mark + cell(entry.service && !name.startsWith(`${entry.service}.`) ? `${name} (${entry.service})` : name);
}

function knownText(known: KnownEntry | undefined, member: boolean): string {
  if (!known) return member ? t('does not know it') : t('not on this network');
  if (!known.record) {
    return known.reapAt === undefined
      ? t('deleted at {0}', time(known.since))
      : t('deleted at {0}, forgotten at {1}', time(known.since), time(known.reapAt));
  }
  const since = t('since {0}, version {1}', time(known.since), known.lamport);
  return known.record.serviceDisabled ? `${since}, ${t('shutting down')}` : since;
}
