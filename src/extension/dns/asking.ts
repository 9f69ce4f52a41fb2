import type { DnsReply } from '../../api';
import { digText } from '../../cli/dig';
import type { EngineClient } from '../../client/engine-client';
import { parseTimestamp } from '../../sim';
import { distribute, outcomeOf } from './model/distribution';
import { digArguments, questionName } from './model/names';
import type { Translate } from './model/trace-text';
import { traceText } from './model/trace-text';
import type { Answer, Question } from './protocol';

export interface AskOptions {
  readonly asker: string;
  readonly t: Translate;
  readonly progress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Asks through the door as often as the question says; stops early, with what is known, when aborted. */
export async function askDns(
  client: EngineClient,
  question: Question,
  options: AskOptions,
): Promise<Answer & { readonly replies: readonly DnsReply[] }> {
  const request = { from: question.from, name: questionName(question.name, question.type), type: question.type };
  const first = await client.lab.dns(request);
  const replies = [first.reply];
  while (replies.length < question.times && !options.signal?.aborted) {
    replies.push((await client.lab.dns(request)).reply);
    // The clock's other work and the person's clicks come between two bundles of questions.
    if (replies.length % 20 === 0) {
      options.progress?.(replies.length);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  const { now } = await client.lab.clock();
  return {
    question,
    asker: options.asker,
    text: digText(first.reply, parseTimestamp(now), { args: digArguments(question) }).trim(),
    trace: traceText(first.trace, options.t),
    outcome: outcomeOf(first.reply),
    distribution: question.times > 1 ? distribute(replies) : undefined,
    replies,
  };
}
