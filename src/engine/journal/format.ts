import type { Micros } from '../../sim';
import type { ClusterConfig } from '../config';

/** Version of the journal's form; a journal of another version is not read. */
export const journalVersion = 1;

/** First line: what the cluster was made from. */
export interface JournalHeader {
  readonly swarmscope: number;
  readonly config: ClusterConfig;
}

/** A request that could change something, written before it is answered. */
export interface RequestEntry {
  /** Virtual time at which it was handled. */
  readonly t: Micros;
  readonly node: string;
  readonly method: string;
  /** As it was asked for, with version prefix and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as it came: a parsed value, a text, or other bytes in base64. */
  readonly body?: unknown;
  readonly text?: string;
  readonly bytes?: string;
}

/** What the client of request number `of` (from 0) sent later: bytes in base64, the end of its input, its going away. */
export interface InputEntry {
  readonly t: Micros;
  readonly of: number;
  readonly input?: string;
  readonly end?: true;
  readonly gone?: true;
}

/** Virtual time has come this far, though nothing was asked; from here on it ran at this pace, if one is given. */
export interface Checkpoint {
  readonly t: Micros;
  readonly speed?: number;
  readonly paused?: boolean;
}

export type JournalEntry = RequestEntry | InputEntry | Checkpoint;

export function isRequest(entry: JournalEntry): entry is RequestEntry {
  return 'method' in entry;
}

export function isInput(entry: JournalEntry): entry is InputEntry {
  return 'of' in entry;
}

/** Where journal lines go. A promise keeps the answer back until the line is safe. */
export interface JournalSink {
  /** One line without its newline. */
  append(line: string): void | Promise<void>;
  /** Puts these lines in place of all that was written, wholly or not at all. */
  replace(lines: readonly string[]): void | Promise<void>;
  close?(): void | Promise<void>;
}

export interface ReadJournal {
  readonly header?: JournalHeader;
  readonly entries: readonly JournalEntry[];
  /** What is wrong with the text, if anything: `entries` holds what comes before. */
  readonly damage?: string;
}

/** Reads a journal; never throws. A damaged one gives what can be read before the damage, and what the damage is. */
export function readJournal(lines: readonly string[]): ReadJournal {
  const [first, ...rest] = lines;
  if (first === undefined || (first.trim() === '' && rest.every((line) => line.trim() === ''))) {
    return { entries: [], damage: 'the journal is empty' };
  }
  const header = parse(first) as JournalHeader | undefined;
  if (header?.swarmscope === undefined || typeof header.config !== 'object') {
    return { entries: [], damage: 'line 1 is not the head of a journal' };
  }
  if (header.swarmscope !== journalVersion) {
    return { entries: [], damage: `the journal has form ${header.swarmscope}; this program reads ${journalVersion}` };
  }
  const entries: JournalEntry[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, line] of rest.entries()) {
    if (line.trim() === '') continue;
    const entry = parse(line) as JournalEntry | undefined;
    const fault = entryFault(entry, last);
    if (fault) return { header, entries, damage: `line ${index + 2} ${fault}` };
    last = entry!.t;
    entries.push(entry!);
  }
  return { header, entries };
}

function entryFault(entry: JournalEntry | undefined, last: Micros): string | undefined {
  if (entry === undefined || typeof entry !== 'object' || entry === null) return 'is not JSON, or cut off';
  if (!Number.isSafeInteger(entry.t)) return 'has no time';
  if (entry.t < last) return 'goes back in time';
  if (isRequest(entry) && (typeof entry.node !== 'string' || typeof entry.path !== 'string')) {
    return 'is a request without node or path';
  }
  return undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
