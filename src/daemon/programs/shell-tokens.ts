import type { List, Word, WordPart } from './shell-syntax';
import { ShellSyntaxError } from './shell-syntax';

/** An operator, or a word; `plain` is its text when nothing in it is quoted or to be filled in. */
export type Token = { readonly op: string } | { readonly word: Word; readonly plain: string | undefined };

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

/** Cuts a script into tokens; `parse` reads what is inside `$(...)`. Throws ShellSyntaxError. */
export function tokenize(text: string, parse: (text: string) => List): Token[] {
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
    const read = readWord(text, index, parse);
    tokens.push({ word: read.parts, plain: read.plain });
    index = read.end;
  }
  return tokens;
}

function readWord(
  text: string,
  start: number,
  parse: (text: string) => List,
): { parts: WordPart[]; plain: string | undefined; end: number } {
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
      parts.push({ kind: 'substitution', list: parse(inner), quoted });
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
      parts.push({ kind: 'substitution', list: parse(text.slice(index + 1, close)), quoted: false });
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
