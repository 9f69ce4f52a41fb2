/** What is wrong with a template, in the words of Go's text/template. */
export class TemplateError extends Error {}

/** One word of a template. `at` is its offset in the text. */
export interface Token {
  readonly kind:
    | 'text'
    | 'open'
    | 'close'
    | 'field'
    | 'variable'
    | 'identifier'
    | 'dot'
    | 'number'
    | 'string'
    | 'char'
    | 'pipe'
    | 'paren'
    | 'declare'
    | 'assign'
    | 'comma'
    | 'space'
    | 'eof';
  readonly text: string;
  readonly at: number;
}

const words: readonly (readonly [Token['kind'], RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['number', /[+-]?(?:0[xX][0-9a-fA-F_]+|\.?\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?)(?![\p{L}_])/uy],
  ['identifier', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\.)+'/y],
  ['declare', /:=/y],
  ['assign', /=/y],
  ['pipe', /\|/y],
  ['comma', /,/y],
  ['paren', /[()]/y],
  ['dot', /\./y],
];

/** The line of an offset, from 1, and its column in bytes of UTF-8, from 0, as Go counts them. */
export function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: new TextEncoder().encode(before.slice(start)).length };
}

/** Takes a template apart. Blanks inside of actions are words, since `.A .B` and `.A.B` differ. */
export function tokenize(name: string, text: string): Token[] {
  const tokens: Token[] = [];
  const fail = (at: number, why: string): never => {
    throw new TemplateError(`template: ${name}:${placeOf(text, at).line}: ${why}`);
  };
  let at = 0;
  let trim = false;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    const end = open < 0 ? text.length : open;
    let literal = text.slice(at, end);
    if (trim) literal = literal.replace(/^[ \t\r\n]+/, '');
    const trimsLeft = open >= 0 && /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4));
    if (trimsLeft) literal = literal.replace(/[ \t\r\n]+$/, '');
    if (literal !== '') tokens.push({ kind: 'text', text: literal, at });
    if (open < 0) break;
    let inside = open + (trimsLeft ? 3 : 2);
    const comment = /[ \t\r\n]*\/\*/y;
    comment.lastIndex = inside;
    if (comment.test(text)) {
      const over = text.indexOf('*/', inside);
      if (over < 0) fail(open, 'unclosed comment');
      const close = /\*\/([ \t\r\n]+-)?\}\}/y;
      close.lastIndex = over;
      const closed = close.exec(text);
      if (!closed) return fail(open, 'comment ends before closing delimiter');
      trim = closed[1] !== undefined;
      at = over + closed[0].length;
      continue;
    }
    tokens.push({ kind: 'open', text: '{{', at: open });
    let depth = 0;
    for (;;) {
      const close = /([ \t\r\n]+-)?\}\}/y;
      close.lastIndex = inside;
      const closed = close.exec(text);
      if (closed) {
        if (depth > 0) fail(inside, 'unclosed left paren');
        tokens.push({ kind: 'close', text: '}}', at: inside });
        trim = closed[1] !== undefined;
        at = inside + closed[0].length;
        break;
      }
      if (inside >= text.length) fail(open, 'unclosed action');
      const word = nextWord(text, inside);
      if (!word) return fail(inside, badCharacter(text, inside));
      if (word.text === '(') depth++;
      if (word.text === ')' && --depth < 0) fail(inside, 'unexpected right paren');
      tokens.push(word);
      inside += word.text.length;
    }
  }
  tokens.push({ kind: 'eof', text: '', at: text.length });
  return tokens;
}

function nextWord(text: string, at: number): Token | undefined {
  for (const [kind, pattern] of words) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return { kind, text: found[0], at };
  }
  return undefined;
}

function badCharacter(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at)!);
  if (character === '"') return 'unterminated quoted string';
  if (character === '`') return 'unterminated raw quoted string';
  if (character === "'") return 'unterminated character constant';
  if (/[+\-0-9]/.test(character))
    return `bad number syntax: ${JSON.stringify(/^[+\-\p{L}\p{N}_.]+/u.exec(text.slice(at))?.[0] ?? character)}`;
  return `unexpected ${JSON.stringify(character)} in command`;
}
