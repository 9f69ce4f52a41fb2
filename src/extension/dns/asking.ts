import type { DnsReply, LabContainer } from '../../api';
import { digText } from '../../cli/dig';
import type { EngineClient } from '../../client/engine-client';
import type { Micros } from '../../sim';
import { parseTimestamp, second } from '../../sim';
import { moment } from '../model/age';
import type { ClientCaches, KeptReply } from './model/client-cache';
import { cacheKey } from './model/client-cache';
import { distribute, outcomeOf } from './model/distribution';
import { answerText, askersByNode, learnedText, markDifferences } from './model/everywhere';
import { digArguments, questionName } from './model/names';
import type { Translate } from './model/trace-text';
import { traceText } from './model/trace-text';
import type { Answer, Everywhere, Question } from './protocol';

export interface AskOptions {
  readonly asker: string;
  readonly t: Translate;
  readonly progress?: (done: number) => void;
  readonly signal?: AbortSignal;
  /** What clients keep of earlier answers. */
  readonly caches: ClientCaches;
}

type Asked = Answer & { readonly replies: readonly DnsReply[] };

/** Asks through the door as often as the question says; stops early, with what is known, when aborted. */
export async function askDns(client: EngineClient, question: Question, options: AskOptions): Promise<Asked> {
  const { caches, t } = options;
  const request = { from: question.from, name: questionName(question.name, question.type), type: question.type };
  const key = cacheKey(question.cache, request);
  const before = parseTimestamp((await client.lab.clock()).now);
  const kept = caches.get(key, before);
  if (kept) return fromCache(client, question, kept, before, options);
  const first = await client.lab.dns(request);
  const { now } = await client.lab.clock();
  const replies = [first.reply];
  caches.put(key, question.cache, first.reply, parseTimestamp(now));
  const held = caches.get(key, parseTimestamp(now));
  while (replies.length < question.times && !options.signal?.aborted) {
    replies.push(held ? held.reply : (await client.lab.dns(request)).reply);
    // The clock's other work and the person's clicks come between two bundles of questions.
    if (replies.length % 20 === 0) {
      options.progress?.(replies.length);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  return {
    question,
    asker: options.asker,
    text: digText(first.reply, parseTimestamp(now), { args: digArguments(question) }).trim(),
    trace: traceText(first.trace, t),
    outcome: outcomeOf(first.reply),
    distribution: question.times > 1 ? distribute(replies) : undefined,
    ...(held && { note: t('The client keeps this answer {0}.', keptText(held, held.at, t)) }),
    replies,
  };
}

function keptText({ until }: KeptReply, now: Micros, t: Translate): string {
  return Number.isFinite(until) ? t('for {0} s', Math.ceil((until - now) / second)) : t('for ever');
}

/** The client does not even ask: it has an answer, right or wrong. */
async function fromCache(
  client: EngineClient,
  question: Question,
  kept: KeptReply,
  now: Micros,
  { asker, t }: AskOptions,
): Promise<Asked> {
  const { from, name, type } = question;
  const truth = await client.lab.lookUp({ from, name: questionName(name, type), type });
  const present = answerText({
    silent: truth.rcode === 'silence',
    rcode: truth.rcode === 'silence' ? 'SERVFAIL' : truth.rcode,
    answers: truth.answers,
  });
  const stale = present !== answerText(kept.reply);
  const age = Math.floor((now - kept.at) / second);
  const detail = t('{0} s old, kept {1} more', age, keptText(kept, now, t));
  const place = t('Container {0}', asker.replace(/(\.[0-9a-z]{25})+$/, ''));
  const replies = Array.from({ length: question.times }, () => kept.reply);
  return {
    question,
    asker,
    text: digText(kept.reply, kept.at, { args: digArguments(question) }).trim(),
    trace: [
      { title: t('The client’s own cache answers'), detail, outcome: stale ? 'miss' : 'hit', place },
      {
        title: t('Answer'),
        detail: [outcomeOf(kept.reply), ...kept.reply.answers.map(({ data }) => data)].join(', ').replace(', ', ' '),
        outcome: stale ? 'miss' : 'hit',
        place,
      },
    ],
    outcome: outcomeOf(kept.reply),
    distribution: question.times > 1 ? distribute(replies) : undefined,
    note: stale
      ? t('From the client’s cache ({0}). It is wrong: DNS would now say {1}.', detail, present)
      : t('From the client’s cache ({0}). DNS would say the same.', detail),
    stale,
    replies,
  };
}

/** The same question from every node: side by side who answers what, and since when it is known there. */
export async function askEverywhere(client: EngineClient, question: Question, t: Translate): Promise<Everywhere> {
  const { from, name, type } = question;
  const [containers, machines] = await Promise.all([client.lab.containers(), client.lab.nodes()]);
  const asker = containers.find(({ id }) => id === from) ?? unknown(from);
  const askers = askersByNode(asker, containers);
  const answers = [];
  for (const { Hostname: node, power } of machines) {
    const other = askers.get(node);
    if (!other || power === 'off') {
      const why = power === 'off' ? t('switched off') : t('no container on these networks');
      answers.push({ node, asker: '', answer: '', learned: why });
      continue;
    }
    const { reply, trace } = await client.lab.dns({ from: other.id, name: questionName(name, type), type });
    answers.push({ node, asker: other.name, answer: answerText(reply), learned: learnedText(trace, t) });
  }
  const { now } = await client.lab.clock();
  return { question, at: moment(now).slice(11), answers: markDifferences(answers) };
}

function unknown(from: string): LabContainer {
  throw new Error(`No such container: ${from}`);
}
