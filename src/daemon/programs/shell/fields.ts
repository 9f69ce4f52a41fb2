import { escapePattern } from './pattern';

/** One word that an expansion makes: its text, and the same as a pattern, in which what was quoted is escaped. */
export interface Field {
  text: string;
  pattern: string;
  /** It stays, even when it is empty. */
  quoted: boolean;
}

/** Collects the words that a word of a script becomes. */
export class Fields {
  readonly done: Field[] = [];
  #open: Field | undefined;

  constructor(private readonly separators: string) {}

  /** Text that is not split. `quoted`: nor are its special characters special. */
  add(text: string, quoted: boolean): void {
    this.#open ??= { text: '', pattern: '', quoted: false };
    this.#open.text += text;
    this.#open.pattern += quoted ? escapePattern(text) : text;
    if (quoted) this.#open.quoted = true;
  }

  /** Result of an unquoted expansion: split at IFS. */
  split(text: string): void {
    if (text === '') return;
    if (this.separators === '') {
      this.add(text, false);
      return;
    }
    const blanks = [...this.separators].filter((one) => /[ \t\n]/.test(one)).join('');
    let piece = '';
    let index = 0;
    const close = (): void => {
      if (piece !== '') this.add(piece, false);
      piece = '';
      this.end();
    };
    while (index < text.length) {
      const character = text[index]!;
      if (!this.separators.includes(character)) {
        piece += character;
        index++;
        continue;
      }
      let hard = !blanks.includes(character);
      index++;
      while (index < text.length && this.separators.includes(text[index]!)) {
        if (!blanks.includes(text[index]!)) {
          if (hard) break;
          hard = true;
        }
        index++;
      }
      if (hard && piece === '' && !this.#open) this.add('', true);
      close();
    }
    if (piece !== '') this.add(piece, false);
  }

  /** The word is over; what comes next begins another one. */
  end(): void {
    if (this.#open && (this.#open.text !== '' || this.#open.quoted)) this.done.push(this.#open);
    this.#open = undefined;
  }
}
