import type { Input, Wait } from './process';

/** Thrown by a write into a pipe that nobody reads any more. */
export class BrokenPipe extends Error {}

/** What a pipe holds at most before its writer is ended: nobody reads it. */
const capacity = 4 * 1024 ** 2;

/** What joins two processes. */
export class Pipe implements Input {
  ended = false;
  #text = '';
  #listeners: (() => void)[] = [];
  #unread = false;

  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  onMore(listener: () => void): void {
    if (this.#text !== '' || this.ended) listener();
    else this.#listeners.push(listener);
  }

  /** Throws `BrokenPipe` once its reader is gone. */
  write(text: string): void {
    if (this.#unread || this.#text.length > capacity) throw new BrokenPipe();
    this.#text += text;
    this.#tell();
  }

  /** Its writer is gone. */
  end(): void {
    this.ended = true;
    this.#tell();
  }

  /** Its reader is gone. */
  close(): void {
    this.#unread = true;
    this.#text = '';
  }

  #tell(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

/** An input that can be read by lines: what one reader leaves, the next one gets. */
export class Source implements Input {
  #rest = '';

  constructor(private readonly input: Input) {}

  take(): string {
    const text = this.#rest + this.input.take();
    this.#rest = '';
    return text;
  }

  get ended(): boolean {
    return this.input.ended;
  }

  onMore(listener: () => void): void {
    if (this.#rest !== '') listener();
    else this.input.onMore(listener);
  }

  /** Gives text back to the one who reads next. */
  putBack(text: string): void {
    this.#rest = text + this.#rest;
  }

  /** The next line with its end, the rest without one when the input is over, or undefined while neither is there. */
  line(end = '\n'): string | undefined {
    this.#rest += this.input.take();
    const at = this.#rest.indexOf(end);
    if (at < 0 && !this.input.ended) return undefined;
    const line = at < 0 ? this.#rest : this.#rest.slice(0, at + 1);
    this.#rest = this.#rest.slice(line.length);
    return line;
  }

  /** Waits until more came than there was. */
  more(): Wait {
    return (resume) => {
      let live = true;
      this.input.onMore(() => {
        if (live) resume();
      });
      return () => {
        live = false;
      };
    };
  }
}

/** What an open file of a process does. */
export interface Descriptor {
  readonly source?: Source;
  readonly write?: (text: string) => void;
}
