import { moreInput } from './input';
import type { Input } from './process';

/** Characters that a person types to steer. */
export const keys = {
  interrupt: '\x03',
  end: '\x04',
  backspace: '\b',
  erase: '\x7f',
  killLine: '\x15',
  killWord: '\x17',
  quit: '\x1c',
} as const;

/** How a control character is shown: `^C`. */
function shown(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n' || character === '\t' || code >= 0x20) return character === keys.erase ? '^?' : character;
  return `^${String.fromCharCode(code + 64)}`;
}

/**
 * A terminal, as the kernel keeps one between a person and the processes: it shows what is typed, gives it on by lines,
 * and makes signals of some keys. A program that edits lines itself takes the keys as they come.
 */
export class Terminal implements Input {
  #line = '';
  #ready = '';
  #listeners: (() => void)[] = [];
  #raw = false;
  #endTyped = false;
  #closed = false;
  /** Ctrl-C (2) or Ctrl-\ (3) was typed. */
  onSignal: (number: number) => void = () => {};

  /** `output` takes what the screen shows. `keepOpen`: the end of the typing is no end of the terminal. */
  constructor(
    typed: Input,
    private readonly output: (text: string) => void,
    keepOpen = false,
  ) {
    const pump = (): void => {
      const text = typed.take();
      if (text !== '') this.#type(text);
      if (!typed.ended) moreInput(typed)(pump);
      else if (!keepOpen) this.#close();
    };
    pump();
  }

  /** Shows text: the end of a line goes back to its start, too. */
  write(text: string): void {
    this.output(text.replace(/\n/g, '\r\n'));
  }

  /** `true`: keys are given as they are typed, unseen; `false`: by lines. */
  set raw(raw: boolean) {
    if (raw) {
      this.#endTyped = false;
      this.#ready += this.#line;
      this.#line = '';
    }
    this.#raw = raw;
  }

  take(): string {
    const text = this.#ready;
    this.#ready = '';
    return text;
  }

  get ended(): boolean {
    return this.#ready === '' && (this.#closed || this.#endTyped);
  }

  onMore(listener: () => void): void {
    if (this.#ready !== '' || this.ended) listener();
    else this.#listeners.push(listener);
  }

  #type(text: string): void {
    // A signal may change who reads: one key after the other.
    for (const character of text.replace(/\r/g, '\n')) {
      if (this.#raw) this.#give(character);
      else this.#cooked(character);
    }
  }

  #cooked(character: string): void {
    switch (character) {
      case keys.interrupt:
      case keys.quit:
        this.#line = '';
        this.#ready = '';
        this.write(shown(character));
        this.onSignal(character === keys.interrupt ? 2 : 3);
        return;
      case keys.end:
        if (this.#line === '' && this.#ready === '') {
          this.#endTyped = true;
          this.#tell();
        } else this.#give('');
        return;
      case keys.backspace:
      case keys.erase:
        this.#erase(1);
        return;
      case keys.killLine:
        this.#erase(this.#line.length);
        return;
      case keys.killWord:
        this.#erase(this.#line.length - this.#line.replace(/[^\s]*\s*$/, '').length || this.#line.length);
        return;
    }
    this.#endTyped = false;
    this.write(shown(character));
    if (character === '\n') this.#give('\n');
    else if (this.#line.length < 4_095) this.#line += character;
  }

  #erase(count: number): void {
    for (let index = 0; index < count && this.#line !== ''; index++) {
      const last = this.#line.at(-1)!;
      this.#line = this.#line.slice(0, -1);
      this.write('\b \b'.repeat(shown(last).length));
    }
  }

  #give(end: string): void {
    this.#ready += this.#line + end;
    this.#line = '';
    this.#tell();
  }

  #close(): void {
    this.#closed = true;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
