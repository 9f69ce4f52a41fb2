import type { Command, List, Pipeline, Redirect, Word, WordPart } from './shell-syntax';
import { ShellSyntaxError } from './shell-syntax';
import type { Token } from './shell-tokens';
import { tokenize } from './shell-tokens';

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
  return new Parser(tokenize(text, parseShell)).whole();
}
