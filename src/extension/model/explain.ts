import type { TaskExplanation } from '../../api';
import { moment } from './age';
import { t } from './l10n';
import { cell, escapeMarkdown } from './markdown';

/** Why a task is where it is, or nowhere, as a Markdown page: the verdict, every node against every filter, remedies. */
export function explanationPage(name: string, explanation: TaskExplanation): string {
  const chosen = explanation.nodes.find((node) => node.nodeID === explanation.chosen?.nodeID);
  return [
    `# ${escapeMarkdown(explanation.outcome === 'pending' ? t('Why {0} is pending', name) : t('Why {0} is here', name))}`,
    verdict(explanation, chosen?.hostname),
    explanation.message && `> ${escapeMarkdown(explanation.message)}`,
    remedies(explanation),
    explanation.nodes.length > 0 && `## ${t('Nodes and filters')}\n\n${filterTable(explanation)}`,
    rankTable(explanation),
    `*${escapeMarkdown(t('As of {0} (cluster time).', moment(explanation.at)))}*`,
  ]
    .filter((part) => part)
    .join('\n\n')
    .concat('\n');
}

function verdict({ outcome, chosen }: TaskExplanation, hostname = ''): string {
  const bold = `**${escapeMarkdown(hostname)}**`;
  if (outcome === 'pending')
    return t('No node passes all filters. The task waits, and is looked at again when something changes.');
  if (outcome === 'not scheduled') return t('The scheduler has not decided about this task.');
  if (outcome === 'confirmed' || chosen?.by === 'preassigned') {
    return t('The task belongs to {0} from the start (global service): the scheduler only checked that it fits.', bold);
  }
  switch (chosen?.by) {
    case 'only node':
      return t('{0} was the only node that passes all filters.', bold);
    case 'recent failures':
      return t('{0} was chosen: the others had recent failures of this service.', bold);
    case 'service tasks':
      return t('{0} was chosen: it ran the fewest tasks of this service.', bold);
    case 'total tasks':
      return t('{0} was chosen: equal in tasks of this service, it ran the fewest tasks in all.', bold);
    case 'spread preference':
      return t('{0} was chosen: its branch of the spread preference had the fewest tasks.', bold);
    default:
      return t('{0} was chosen: several nodes were equally good, and this one came first.', bold);
  }
}

function remedies({ remedies: list }: TaskExplanation): string {
  if (list.length === 0) return '';
  return `## ${t('What would help')}\n\n${list.map((remedy) => `- ${escapeMarkdown(remedy)}`).join('\n')}`;
}

/** Filters that were switched on for some node, as columns. */
function filterTable({ nodes }: TaskExplanation): string {
  const filters = [...new Set(nodes.flatMap((node) => node.verdicts.filter((v) => v.enabled).map((v) => v.filter)))];
  const header = [t('Node'), ...filters];
  const rows = nodes.map((node) => [
    node.eligible ? `**${cell(node.hostname)}**` : cell(node.hostname),
    ...filters.map((filter) => {
      const found = node.verdicts.find((candidate) => candidate.filter === filter);
      if (!found?.enabled) return '–';
      return [found.passed ? '✓' : '✗', found.value && cell(found.value)].filter((part) => part).join(' ');
    }),
  ]);
  return table(header, rows);
}

function rankTable({ nodes, chosen }: TaskExplanation): string {
  const ranked = nodes.filter((node) => node.rank);
  if (ranked.length === 0) return '';
  const rows = ranked.map((node) => [
    node.nodeID === chosen?.nodeID ? `**${cell(node.hostname)}** ←` : cell(node.hostname),
    String(node.rank?.recentFailures),
    String(node.rank?.serviceTasks),
    String(node.rank?.totalTasks),
  ]);
  const header = [t('Node'), t('Recent failures'), t('Tasks of this service'), t('Tasks in all')];
  return `## ${t('Ranking')}\n\n${t('Compared from left to right; the smaller number wins.')}\n\n${table(header, rows)}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
