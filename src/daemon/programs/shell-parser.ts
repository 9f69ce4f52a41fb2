/** A word of a command line before expansion. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback?: string; readonly quoted: boolean }
  | { readonly kind: 'substitution'; readonly list: List; readonly quoted: boolean };

export type Word = readonly WordPart[];

export interface Redirect {
  readonly from: 0 | 1 | 2;
  readonly how: '<' | '>' | '>>' | 'dup';
  /** Target of `dup`: 1 or 2. */
  readonly to?: 1 | 2;
  readonly word?: Word;
}

export type Command =
  | {
      readonly kind: 'simple';
      readonly assignments: readonly { readonly name: string; readonly value: Word }[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | { readonly kind: 'group'; readonly body: List; readonly redirects: readonly Redirect[] }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: List; readonly body: List }[];
      readonly otherwise?: List;
    }
  | { readonly kind: 'while'; readonly until: boolean; readonly condition: List; readonly body: List }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[]; readonly body: List };

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

/** Pipelines with what follows each of them. */
export type List = readonly { readonly pipeline: Pipeline; readonly next: ';' | '&&' | '||' | '&' }[];

/** A line that is no shell; the text is the shell's. */
export class ShellSyntaxError extends Error {}

type Token = { readonly op: string } | { readonly word: Word; readonly plain: string | undefined };

const operators = ['&&', '||', '>>', ';;', '2>&1', '1>&2', '>&2', '2>', '1>', ';', '&', '|', '(', ')', '<', '>', '\n'];

function readSubstitution(text: string, start: number): { inner: string; end: number } {
  let depth = 1;
  let index = start;
  while (index < text.length) {
    const character = text[index]!;
    if (character === "'") {
      const close = text.indexOf("'", index + 1);
      if (close < 0) break;
      index = close;
    } else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return { inner: text.slice(start, index), end: index + 1 };
    index++;
  }
  throw new ShellSyntaxError('syntax error: unterminated command substitution');
}

function readVariable(text: string, start: number, quoted: boolean): { part: WordPart; end: number } | undefined {
  if (text[start] === '{') {
    const close = text.indexOf('}', start);
    if (close < 0) throw new ShellSyntaxError('syntax error: missing }');
    const match = /^(\w+|[?#$@*])(?::?-(.*))?$/s.exec(text.slice(start + 1, close));
    if (!match) throw new ShellSyntaxError('syntax error: bad substitution');
    const part = { kind: 'variable' as const, name: match[1]!, quoted };
    return { part: match[2] === undefined ? part : { ...part, fallback: match[2] }, end: close + 1 };
  }
  const match = /^(?:[A-Za-z_]\w*|[0-9?#$@*])/.exec(text.slice(start, start + 200));
  if (!match) return undefined;
  return { part: { kind: 'variable', name: match[0], quoted }, end: start + match[0].length };
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    const character = text[index]!;
    if (character === ' ' || character === '\t') {
      index++;
      continue;
    }
    if (character === '\\' && text[index + 1] === '\n') {
      index += 2;
      continue;
    }
    if (character === '#') {
      while (index < text.length && text[index] !== '\n') index++;
      continue;
    }
    const operator = operators.find((candidate) => text.startsWith(candidate, index));
    if (operator !== undefined) {
      tokens.push({ op: operator });
      index += operator.length;
      continue;
    }
    const read = readWord(text, index);
    tokens.push({ word: read.parts, plain: read.plain });
    index = read.end;
  }
  return tokens;
}

function readWord(text: string, start: number): { parts: WordPart[]; plain: string | undefined; end: number } {
  const parts: WordPart[] = [];
  let index = start;
  let bare = '';
  let special = false;
  const flush = () => {
    if (bare !== '') parts.push({ kind: 'text', text: bare, quoted: false });
    bare = '';
  };
  const dollar = (quoted: boolean): boolean => {
    if (text[index + 1] === '(') {
      const { inner, end } = readSubstitution(text, index + 2);
      parts.push({ kind: 'substitution', list: parseShell(inner), quoted });
      index = end;
      return true;
    }
    const variable = readVariable(text, index + 1, quoted);
    if (!variable) return false;
    parts.push(variable.part);
    index = variable.end;
    return true;
  };
  while (index < text.length) {
    const character = text[index]!;
    if (' \t\n;&|()<>'.includes(character)) break;
    if (character === "'") {
      const close = text.indexOf("'", index + 1);
      if (close < 0) throw new ShellSyntaxError('syntax error: unterminated quoted string');
      flush();
      special = true;
      parts.push({ kind: 'text', text: text.slice(index + 1, close), quoted: true });
      index = close + 1;
    } else if (character === '"') {
      flush();
      special = true;
      index++;
      let inside = '';
      let any = false;
      const flushInside = () => {
        if (inside !== '') parts.push({ kind: 'text', text: inside, quoted: true });
        any ||= inside !== '';
        inside = '';
      };
      for (;;) {
        if (index >= text.length) throw new ShellSyntaxError('syntax error: unterminated quoted string');
        const inner = text[index]!;
        if (inner === '"') break;
        if (inner === '\\' && '"\\$`\n'.includes(text[index + 1] ?? ' ')) {
          if (text[index + 1] !== '\n') inside += text[index + 1];
          index += 2;
        } else if (inner === '$') {
          flushInside();
          any = true;
          if (!dollar(true)) {
            inside += '$';
            index++;
          }
        } else {
          inside += inner;
          index++;
        }
      }
      flushInside();
      if (!any) parts.push({ kind: 'text', text: '', quoted: true });
      index++;
    } else if (character === '`') {
      const close = text.indexOf('`', index + 1);
      if (close < 0) throw new ShellSyntaxError('syntax error: unterminated quoted string');
      flush();
      special = true;
      parts.push({ kind: 'substitution', list: parseShell(text.slice(index + 1, close)), quoted: false });
      index = close + 1;
    } else if (character === '\\') {
      special = true;
      bare += text[index + 1] ?? '';
      index += 2;
    } else if (character === '$') {
      flush();
      special = true;
      if (!dollar(false)) {
        bare += '$';
        index++;
      }
    } else {
      bare += character;
      index++;
    }
  }
  const plain = special ? undefined : bare;
  flush();
  return { parts, plain, end: index };
}

class Parser {
  #index = 0;
  constructor(readonly tokens: readonly Token[]) {}

  whole(): List {
    const list = this.#list([]);
    if (this.#index < this.tokens.length) throw this.#unexpected();
    return list;
  }

  #peek(): Token | undefined {
    return this.tokens[this.#index];
  }

  #op(): string | undefined {
    const token = this.#peek();
    return token && 'op' in token ? token.op : undefined;
  }

  #keyword(): string | undefined {
    const token = this.#peek();
    return token && 'word' in token ? token.plain : undefined;
  }

  #unexpected(): ShellSyntaxError {
    const token = this.#peek();
    const what = !token
      ? 'end of file'
      : 'op' in token
        ? token.op === '\n'
          ? 'newline'
          : `"${token.op}"`
        : `"${token.plain ?? 'word'}"`;
    return new ShellSyntaxError(`syntax error: unexpected ${what}`);
  }

  #skipLines(): void {
    while (this.#op() === '\n') this.#index++;
  }

  #expect(keyword: string): void {
    this.#skipLines();
    if (this.#keyword() !== keyword) throw this.#unexpected();
    this.#index++;
  }

  #list(ends: readonly string[]): List {
    const list: { pipeline: Pipeline; next: ';' | '&&' | '||' | '&' }[] = [];
    for (;;) {
      this.#skipLines();
      if (!this.#peek() || this.#op() === ')' || ends.includes(this.#keyword() ?? '\n')) return list;
      const pipeline = this.#pipeline();
      const op = this.#op();
      if (op === '&&' || op === '||' || op === ';' || op === '&' || op === '\n') {
        this.#index++;
        list.push({ pipeline, next: op === '\n' ? ';' : op });
        if (op === '&&' || op === '||') {
          this.#skipLines();
          if (!this.#peek()) throw this.#unexpected();
        }
      } else {
        list.push({ pipeline, next: ';' });
        return list;
      }
    }
  }

  #pipeline(): Pipeline {
    let negated = false;
    if (this.#keyword() === '!') {
      negated = true;
      this.#index++;
    }
    const commands = [this.#command()];
    while (this.#op() === '|') {
      this.#index++;
      this.#skipLines();
      commands.push(this.#command());
    }
    return { negated, commands };
  }

  #command(): Command {
    if (this.#op() === '(') {
      this.#index++;
      const body = this.#list([]);
      if (this.#op() !== ')') throw this.#unexpected();
      this.#index++;
      return { kind: 'group', body, redirects: this.#redirects() };
    }
    switch (this.#keyword()) {
      case '{': {
        this.#index++;
        const body = this.#list(['}']);
        this.#expect('}');
        return { kind: 'group', body, redirects: this.#redirects() };
      }
      case 'if': {
        this.#index++;
        const branches = [];
        let otherwise: List | undefined;
        for (;;) {
          const condition = this.#list(['then']);
          this.#expect('then');
          branches.push({ condition, body: this.#list(['elif', 'else', 'fi']) });
          if (this.#keyword() === 'elif') {
            this.#index++;
            continue;
          }
          if (this.#keyword() === 'else') {
            this.#index++;
            otherwise = this.#list(['fi']);
          }
          this.#expect('fi');
          return { kind: 'if', branches, ...(otherwise ? { otherwise } : {}) };
        }
      }
      case 'while':
      case 'until': {
        const until = this.#keyword() === 'until';
        this.#index++;
        const condition = this.#list(['do']);
        this.#expect('do');
        const body = this.#list(['done']);
        this.#expect('done');
        return { kind: 'while', until, condition, body };
      }
      case 'for': {
        this.#index++;
        const name = this.#keyword();
        if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) throw this.#unexpected();
        this.#index++;
        const words: Word[] = [];
        if (this.#keyword() === 'in') {
          this.#index++;
          for (let token = this.#peek(); token && 'word' in token; token = this.#peek()) {
            words.push(token.word);
            this.#index++;
          }
        }
        if (this.#op() === ';' || this.#op() === '\n') this.#index++;
        this.#expect('do');
        const body = this.#list(['done']);
        this.#expect('done');
        return { kind: 'for', name, words, body };
      }
      default:
        return this.#simple();
    }
  }

  #redirects(): Redirect[] {
    const redirects: Redirect[] = [];
    for (let redirect = this.#redirect(); redirect; redirect = this.#redirect()) redirects.push(redirect);
    return redirects;
  }

  #redirect(): Redirect | undefined {
    const op = this.#op();
    if (op === '2>&1') {
      this.#index++;
      return { from: 2, how: 'dup', to: 1 };
    }
    if (op === '>&2' || op === '1>&2') {
      this.#index++;
      return { from: 1, how: 'dup', to: 2 };
    }
    if (op !== '<' && op !== '>' && op !== '>>' && op !== '2>' && op !== '1>') return undefined;
    this.#index++;
    let how: '<' | '>' | '>>' = op === '<' ? '<' : op === '>>' ? '>>' : '>';
    if (how === '>' && this.#op() === '>') {
      how = '>>';
      this.#index++;
    }
    const token = this.#peek();
    if (!token || !('word' in token)) throw this.#unexpected();
    this.#index++;
    return { from: op === '2>' ? 2 : op === '<' ? 0 : 1, how, word: token.word };
  }

  #simple(): Command {
    const assignments: { name: string; value: Word }[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      const redirect = this.#redirect();
      if (redirect) {
        redirects.push(redirect);
        continue;
      }
      const token = this.#peek();
      if (!token || !('word' in token)) break;
      const first = token.word[0];
      const match =
        words.length === 0 && first?.kind === 'text' && !first.quoted
          ? /^([A-Za-z_]\w*)=(.*)$/s.exec(first.text)
          : null;
      if (match) {
        const rest: WordPart[] = match[2] === '' ? [] : [{ kind: 'text', text: match[2]!, quoted: false }];
        assignments.push({ name: match[1]!, value: [...rest, ...token.word.slice(1)] });
      } else words.push(token.word);
      this.#index++;
    }
    if (assignments.length + words.length + redirects.length === 0) throw this.#unexpected();
    return { kind: 'simple', assignments, words, redirects };
  }
}

/** Reads a line or script of shell. Throws ShellSyntaxError. */
export function parseShell(text: string): List {
  return new Parser(tokenize(text)).whole();
}
