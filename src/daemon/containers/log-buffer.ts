import type { Micros } from '../../sim';

export type LogStream = 'stdout' | 'stderr';

export interface LogLine {
  readonly time: Micros;
  readonly stream: LogStream;
  /** Without the line's end. */
  readonly text: string;
  /** The line goes on in what is written next, if anything is. */
  readonly partial?: true;
}

export interface LogQuery {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Lines at or after. */
  readonly since?: Micros;
  /** Lines at or before. */
  readonly until?: Micros;
  /** Only the last so many lines; undefined: all. */
  readonly tail?: number;
}

interface Chunk {
  readonly time: Micros;
  readonly stream: LogStream;
  readonly text: string;
}

/** How many writes a container's log keeps. */
const kept = 2_000;

/** What a container wrote, with times. A write is kept whole: its lines share one text and one time. */
export class LogBuffer {
  #chunks: Chunk[] = [];
  #listeners: Set<(lines: readonly LogLine[]) => void> | undefined;

  write(time: Micros, stream: LogStream, text: string): void {
    if (text === '') return;
    const chunk = { time, stream, text };
    // Most write once: a list of one has no room to spare.
    if (this.#chunks.length === 0) this.#chunks = [chunk];
    else this.#chunks.push(chunk);
    if (this.#chunks.length > kept + kept / 4) this.#chunks = this.#chunks.slice(-kept);
    if (!this.#listeners) return;
    const lines = linesOf(chunk);
    for (const listener of [...this.#listeners]) listener(lines);
  }

  /** The lines asked for, oldest first. */
  read(query: LogQuery): LogLine[] {
    const lines: LogLine[] = [];
    for (const chunk of this.#chunks) {
      if (!wants(query, chunk)) continue;
      for (const line of linesOf(chunk)) {
        const before = lines.at(-1);
        if (before?.partial && before.stream === line.stream)
          lines[lines.length - 1] = { ...line, text: before.text + line.text };
        else lines.push(line);
      }
    }
    return query.tail === undefined ? lines : query.tail === 0 ? [] : lines.slice(-query.tail);
  }

  /** Hears what is written from now on; the result ends it. */
  follow(listener: (lines: readonly LogLine[]) => void): () => void {
    this.#listeners ??= new Set();
    const listeners = this.#listeners;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  get size(): number {
    return this.#chunks.length;
  }
}

/** Whether a line or chunk is asked for by stream and time. */
export function wants(query: LogQuery, line: { readonly time: Micros; readonly stream: LogStream }): boolean {
  if (line.stream === 'stdout' ? !query.stdout : !query.stderr) return false;
  if (query.since !== undefined && line.time < query.since) return false;
  return query.until === undefined || line.time <= query.until;
}

function linesOf({ time, stream, text }: Chunk): LogLine[] {
  const parts = text.split('\n');
  const whole = parts.at(-1) === '';
  if (whole) parts.pop();
  const lines: LogLine[] = parts.map((part) => ({ time, stream, text: part }));
  if (!whole) lines[lines.length - 1] = { ...lines.at(-1)!, partial: true };
  return lines;
}
