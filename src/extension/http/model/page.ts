import type { LabHttpRequest, LabHttpResponse } from '../../../api';
import { traceText } from '../../dns/model/trace-text';
import { moment } from '../../model/age';
import { t } from '../../model/l10n';
import { code, escapeMarkdown } from '../../model/markdown';

const longestBody = 4_000;

/** An HTTP request through the cluster as Markdown: the way hop by hop, how the name was looked up, and the answer. */
export function httpPage(request: LabHttpRequest, from: string, response: LabHttpResponse, now: string): string {
  return [
    `# ${escapeMarkdown(t('HTTP request to {0}', request.url))}`,
    escapeMarkdown(from === '' ? t('from outside of the cluster') : t('from {0}', from)),
    `**${response.outcome === 'answer' ? '✓' : '✗'} ${escapeMarkdown(outcomeText(response))}**`,
    `## ${t('The way of the request')}\n\n${numbered(response.hops.map(escapeMarkdown))}`,
    response.dns?.length &&
      `## ${t('How the name was looked up')}\n\n${numbered(
        traceText(response.dns, t).map(({ title, detail }) => `**${escapeMarkdown(title)}** ${escapeMarkdown(detail)}`),
      )}`,
    answerText(response),
    `*${escapeMarkdown(t('As of {0} (cluster time).', moment(now)))}*`,
  ]
    .filter((part) => part)
    .join('\n\n')
    .concat('\n');
}

function outcomeText({ outcome, status }: LabHttpResponse): string {
  switch (outcome) {
    case 'answer':
      return t('status {0}', status ?? 0);
    case 'refused':
      return t('nobody listens there: the connection was refused');
    case 'unreachable':
      return t('no answer: packets do not get there');
    case 'unresolved':
      return t('the name has no address');
  }
}

function answerText({ outcome, headers, body = '' }: LabHttpResponse): string {
  if (outcome !== 'answer') return '';
  const heads = Object.entries(headers ?? {}).map(([name, value]) => `- ${code(`${name}: ${value}`)}`);
  // Four blanks make a block of code whatever the text contains.
  const text = body
    .slice(0, longestBody)
    .split(/\r?\n/)
    .map((line) => `    ${line}`)
    .join('\n');
  return `## ${t('Answer')}\n\n${heads.join('\n')}\n\n${text}`;
}

const numbered = (lines: readonly string[]): string => lines.map((line, index) => `${index + 1}. ${line}`).join('\n');
