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
      readonly strings: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'busy'; readonly done: number; readonly of: number }
  | { readonly kind: 'failed'; readonly message: string }
  /** Fill the form, and ask at once if wanted. */
  | { readonly kind: 'fill'; readonly from?: string; readonly name?: string; readonly type?: string };

export type FromPage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'select'; readonly from: string }
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'clear' };

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

/** Reads a message of the page; undefined for anything that is not one. */
export function readFromPage(message: unknown): FromPage | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { kind, from, question } = message as Record<string, unknown>;
  if (kind === 'ready' || kind === 'cancel' || kind === 'clear') return { kind };
  if (kind === 'select' && isText(from, 200)) return { kind, from };
  if (kind === 'ask') {
    const read = readQuestion(question);
    return read && { kind, question: read };
  }
  return undefined;
}

/** Reads a question from a page, a command's argument or stored history; undefined when it is none. */
export function readQuestion(value: unknown): Question | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { from, name, type = 'A', times = 1 } = value as Record<string, unknown>;
  if (!isText(from, 200) || !isText(name, 300) || !isText(type, 20)) return undefined;
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > mostAsks) return undefined;
  return { from, name: name.trim(), type: type.trim().toUpperCase(), times };
}
