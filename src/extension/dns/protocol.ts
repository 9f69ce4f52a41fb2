import type { ClientCache } from './model/client-cache';
import { clientCaches } from './model/client-cache';

/** Messages between the DNS panel's page and the extension. Both sides treat what comes as hostile. */

export const recordTypes = ['A', 'AAAA', 'PTR', 'MX', 'SRV', 'TXT', 'ANY'] as const;
export const mostAsks = 1_000;

/** A question as a person puts it. */
export interface Question {
  /** Container ID of who asks. */
  readonly from: string;
  readonly name: string;
  readonly type: string;
  readonly times: number;
  /** What the client that asks does with answers. */
  readonly cache: ClientCache;
}

/** Someone who can ask. */
export interface Asker {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  readonly networks: readonly string[];
}

export interface TraceLine {
  readonly title: string;
  readonly detail: string;
  readonly outcome: 'step' | 'hit' | 'miss';
  /** Where this happens: the container, the engine of its node, outside. A heading stands where it changes. */
  readonly place?: string;
}

/** What one node says to a question that all nodes were asked. */
export interface NodeAnswer {
  readonly node: string;
  /** Name of the container that asked; empty where none could. */
  readonly asker: string;
  readonly answer: string;
  readonly learned: string;
  /** Most nodes say something else. */
  readonly differs: boolean;
}

/** The same question from every node. */
export interface Everywhere {
  readonly question: Question;
  readonly at: string;
  readonly answers: readonly NodeAnswer[];
}

/** A line each time the answer changed. */
export interface WatchLine {
  /** Time of the cluster, hours to seconds. */
  readonly at: string;
  readonly text: string;
  readonly bad: boolean;
}

/** A container's resolver that real programs can ask. */
export interface OpenResolver {
  readonly id: string;
  readonly container: string;
  /** Ready for a terminal. */
  readonly command: string;
}

/** How often each answer came when the same question was asked several times. */
export interface Distribution {
  readonly asked: number;
  /** Per address: how often it came first, and in how many answers it was at all. */
  readonly addresses: readonly { readonly address: string; readonly first: number; readonly present: number }[];
  /** Replies without any address, by what they were: NXDOMAIN, silence, ... */
  readonly others: readonly { readonly outcome: string; readonly count: number }[];
}

/** An answered question, as kept in the history. */
export interface Answer {
  readonly question: Question;
  /** Name of the container that asked. */
  readonly asker: string;
  /** The first reply as dig prints it. */
  readonly text: string;
  readonly trace: readonly TraceLine[];
  readonly outcome: string;
  readonly distribution?: Distribution;
  /** What the client's cache had to do with it. */
  readonly note?: string;
  /** The client goes on with an answer that is no longer right. */
  readonly stale?: boolean;
}

export type ToPage =
  | {
      readonly kind: 'state';
      readonly askers: readonly Asker[];
      readonly selected: string;
      readonly names: readonly string[];
      readonly history: readonly Answer[];
      /** Whether a question is still being asked. */
      readonly busy: boolean;
      readonly everywhere?: Everywhere;
      readonly watch?: { readonly question: Question; readonly lines: readonly WatchLine[] };
      readonly resolvers: readonly OpenResolver[];
      readonly strings: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'busy'; readonly done: number; readonly of: number }
  /** Said aloud and shown beside the buttons. */
  | { readonly kind: 'told'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  /** Fill the form, and ask at once if wanted. */
  | { readonly kind: 'fill'; readonly from?: string; readonly name?: string; readonly type?: string };

const aboutQuestion = ['ask', 'everywhere', 'watch', 'copyDig', 'openResolver'] as const;

export type FromPage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'select'; readonly from: string }
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'watch'; readonly question: Question }
  | { readonly kind: 'everywhere' | 'copyDig' | 'openResolver'; readonly question: Question }
  | { readonly kind: 'unwatch' }
  | { readonly kind: 'closeResolver' | 'copyResolver'; readonly id: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'clear' };

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

/** Reads a message of the page; undefined for anything that is not one. */
export function readFromPage(message: unknown): FromPage | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { kind, from, question, id } = message as Record<string, unknown>;
  if (kind === 'ready' || kind === 'cancel' || kind === 'clear' || kind === 'unwatch') return { kind };
  if (kind === 'select' && isText(from, 200)) return { kind, from };
  if ((kind === 'closeResolver' || kind === 'copyResolver') && isText(id, 200)) return { kind, id };
  const about = aboutQuestion.find((known) => known === kind);
  if (about) {
    const read = readQuestion(question);
    return read && { kind: about, question: read };
  }
  return undefined;
}

/** Reads a question from a page, a command's argument or stored history; undefined when it is none. */
export function readQuestion(value: unknown): Question | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { from, name, type = 'A', times = 1, cache = 'none' } = value as Record<string, unknown>;
  if (!isText(from, 200) || !isText(name, 300) || !isText(type, 20)) return undefined;
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > mostAsks) return undefined;
  const kept = clientCaches.find((known) => known === cache);
  if (!kept) return undefined;
  return { from, cache: kept, name: name.trim(), type: type.trim().toUpperCase(), times };
}
