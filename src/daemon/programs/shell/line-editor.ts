import type { Source } from '../pipe';
import type { Run } from '../run-command';
import type { Terminal } from '../terminal';

/** What was typed at a prompt: a line with its end, the end of the input, or Ctrl-C. */
export type Typed = { readonly line: string } | 'end' | 'interrupted';

/** What an editor may complete a word with. */
export type Completion = (before: string) => { readonly word: string; readonly candidates: readonly string[] };

const longest = 4_096;
const remembered = 256;

/** Edits one line after the other on a terminal, with a history, as BusyBox does. */
export class LineEditor {
  readonly #history: string[] = [];
  #text = '';
  #at = 0;
  #prompt = '';
  /** Lines that arrow keys lead to; what was typed there stays until the line is done. */
  #lines: string[] = [];
  #turn = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly source: Source,
    private readonly complete: Completion,
  ) {}

  /** The lines of before, the oldest first. */
  get history(): readonly string[] {
    return this.#history;
  }

  /** Shows the prompt and waits for a line. */
  *line(prompt: string): Run<Typed> {
    this.terminal.raw = true;
    this.#prompt = prompt;
    this.#text = '';
    this.#at = 0;
    this.#lines = [...this.#history, ''];
    this.#turn = this.#lines.length - 1;
    this.#show(prompt);
    try {
      return yield* this.#typed();
    } finally {
      this.terminal.raw = false;
    }
  }

  *#typed(): Run<Typed> {
    for (;;) {
      const key = yield* this.#key();
      switch (key) {
        case undefined:
          return 'end';
        case '\n':
          this.#show(`${this.#text.slice(this.#at)}\n`);
          this.#remember();
          return { line: `${this.#text}\n` };
        case '\x03':
          this.#show('^C\n');
          return 'interrupted';
        case '\x04':
          if (this.#text === '') {
            this.#show('\n');
            return 'end';
          }
          this.#cut(this.#at, this.#at + 1);
          break;
        case '\b':
        case '\x7f':
          if (this.#at > 0) this.#cut(this.#at - 1, this.#at);
          break;
        case '\x15':
          this.#cut(0, this.#at);
          break;
        case '\x0b':
          this.#cut(this.#at, this.#text.length);
          break;
        case '\x17':
          this.#cut(this.#text.slice(0, this.#at).replace(/\S*\s*$/, '').length, this.#at);
          break;
        case '\x0c':
          this.#show('\x1b[H\x1b[J');
          this.#redraw();
          break;
        case '\t':
          this.#completed();
          break;
        case '\x1b[A':
        case '\x10':
          this.#recall(this.#turn - 1);
          break;
        case '\x1b[B':
        case '\x0e':
          this.#recall(this.#turn + 1);
          break;
        case '\x1b[C':
        case '\x06':
          this.#move(this.#at + 1);
          break;
        case '\x1b[D':
        case '\x02':
          this.#move(this.#at - 1);
          break;
        case '\x1b[H':
        case '\x1b[1~':
        case '\x1b[7~':
        case '\x01':
          this.#move(0);
          break;
        case '\x1b[F':
        case '\x1b[4~':
        case '\x1b[8~':
        case '\x05':
          this.#move(this.#text.length);
          break;
        case '\x1b[3~':
          this.#cut(this.#at, this.#at + 1);
          break;
        default:
          if (key >= ' ' && this.#text.length < longest) this.#insert(key);
      }
    }
  }

  /** The next key, a sequence of an arrow key and its like as one; undefined at the end. */
  *#key(): Run<string | undefined> {
    const first = yield* this.#character();
    if (first !== '\x1b') return first;
    const second = yield* this.#character();
    if (second !== '[' && second !== 'O') return '';
    let sequence = '';
    for (;;) {
      const next = yield* this.#character();
      if (next === undefined) return undefined;
      sequence += next;
      if (/[@-~]/.test(next) || sequence.length > 16) return `\x1b[${sequence}`;
    }
  }

  *#character(): Run<string | undefined> {
    for (;;) {
      const text = this.source.take();
      if (text !== '') {
        const character = String.fromCodePoint(text.codePointAt(0)!);
        if (text.length > character.length) this.source.putBack(text.slice(character.length));
        return character;
      }
      if (this.source.ended) return undefined;
      yield this.source.more();
    }
  }

  #show(text: string): void {
    if (text !== '') this.terminal.write(text);
  }

  #redraw(): void {
    const back = this.#text.length - this.#at;
    const lastLine = this.#prompt.slice(this.#prompt.lastIndexOf('\n') + 1);
    this.#show(`\r${lastLine}${this.#text}\x1b[J${'\b'.repeat(back)}`);
  }

  #insert(text: string): void {
    const rest = this.#text.slice(this.#at);
    this.#text = this.#text.slice(0, this.#at) + text + rest;
    this.#at += text.length;
    this.#show(text + rest + '\b'.repeat(rest.length));
  }

  #cut(from: number, to: number): void {
    const rest = this.#text.slice(to);
    const back = '\b'.repeat(Math.max(0, this.#at - from));
    this.#text = this.#text.slice(0, from) + rest;
    this.#at = from;
    this.#show(`${back}\x1b[J${rest}${'\b'.repeat(rest.length)}`);
  }

  #move(to: number): void {
    if (to < 0 || to > this.#text.length) return;
    if (to < this.#at) this.#show('\b'.repeat(this.#at - to));
    else this.#show(this.#text.slice(this.#at, to));
    this.#at = to;
  }

  #recall(turn: number): void {
    if (this.#lines[turn] === undefined) {
      this.#show('\x07');
      return;
    }
    this.#lines[this.#turn] = this.#text;
    this.#turn = turn;
    this.#text = this.#lines[turn]!;
    this.#at = this.#text.length;
    this.#redraw();
  }

  #remember(): void {
    if (this.#text.trim() === '' || this.#text === this.#history.at(-1)) return;
    this.#history.push(this.#text);
    if (this.#history.length > remembered) this.#history.shift();
  }

  #completed(): void {
    const { word, candidates } = this.complete(this.#text.slice(0, this.#at));
    const [first] = candidates;
    if (first === undefined) {
      this.#show('\x07');
      return;
    }
    let common = first;
    for (const one of candidates) while (!one.startsWith(common)) common = common.slice(0, -1);
    if (candidates.length === 1) this.#insert(first.slice(word.length) + (first.endsWith('/') ? '' : ' '));
    else if (common.length > word.length) this.#insert(common.slice(word.length));
    else {
      this.#show(`\n${candidates.map((one) => one.replace(/^.*\/(?=.)/, '')).join('  ')}\n`);
      this.#redraw();
    }
  }
}
