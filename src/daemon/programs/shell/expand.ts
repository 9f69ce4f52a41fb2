import { normalizePath } from '../../containers/file-system';
import type { Run } from '../run-command';
import { Fields } from './fields';
import { glob } from './glob';
import { parameterValue } from './parameter';

import type { Shell } from './shell';
import type { ScriptNode, WordNode, WordPart } from './syntax';
import { parseShell } from './syntax';

const mostWords = 20_000;

/** Makes words of a script into the words that a command gets. */
export class Expander {
  constructor(private readonly shell: Shell) {}

  /** All words, split and with file names filled in. */
  *words(words: readonly WordNode[]): Run<string[]> {
    const result: string[] = [];
    for (const word of words) {
      for (const plain of braces(word, this.shell.isBash)) {
        const fields = new Fields(this.shell.variables.text('IFS') ?? ' \t\n');
        yield* this.#parts(plain.parts, fields, false);
        fields.end();
        for (const { text, pattern } of fields.done) {
          const names = this.shell.options.has('noglob')
            ? undefined
            : glob(this.shell.process.fs, pattern, this.shell.cwd);
          if (names) result.push(...names);
          else result.push(text);
        }
      }
      if (result.length > mostWords) this.shell.fail('Argument list too long');
    }
    return result;
  }

  /** A word as one text: nothing is split. */
  *text(word: WordNode | null | undefined): Run<string> {
    return word ? (yield* this.#whole(word)).text : '';
  }

  /** A word as a pattern: what is quoted stands for itself. */
  *pattern(word: WordNode | null | undefined): Run<string> {
    return word ? (yield* this.#whole(word)).pattern : '';
  }

  /** Text of a piece of script such as `$(command)`, as if it stood between double quotes. */
  *source(text: string): Run<string> {
    const command = parseShell(`: "${text}"`).statements[0]?.pipelines[0]?.commands[0];
    return command?.type === 'SimpleCommand' ? yield* this.text(command.args[0]) : '';
  }

  *#whole(word: WordNode): Run<{ readonly text: string; readonly pattern: string }> {
    const fields = new Fields('');
    yield* this.#parts(word.parts, fields, false);
    fields.end();
    return {
      text: fields.done.map(({ text }) => text).join(' '),
      pattern: fields.done.map(({ pattern }) => pattern).join(' '),
    };
  }

  *#parts(parts: readonly WordPart[], fields: Fields, quoted: boolean): Run<void> {
    for (const part of parts) {
      switch (part.type) {
        case 'Literal':
          fields.add(part.value, quoted);
          break;
        case 'Glob':
          fields.add(part.pattern, quoted);
          break;
        case 'SingleQuoted':
        case 'Escaped':
          fields.add(part.value, true);
          break;
        case 'DoubleQuoted':
          if (part.parts.length === 0) fields.add('', true);
          yield* this.#parts(part.parts, fields, true);
          break;
        case 'ParameterExpansion': {
          const value = yield* parameterValue(part, this.shell, this, quoted);
          if (Array.isArray(value)) this.#list(value, fields, quoted);
          else if (typeof value === 'string') this.#value(value, fields, quoted);
          else yield* this.#parts(value.parts, fields, quoted);
          break;
        }
        case 'CommandSubstitution':
          this.#value(yield* this.shell.substitute(part.body), fields, quoted);
          break;
        case 'ArithmeticExpansion':
          this.#value(String(yield* this.shell.calculator.value(part.expression)), fields, quoted);
          break;
        case 'ProcessSubstitution':
          fields.add(yield* this.#processFile(part.body, part.direction), true);
          break;
        case 'TildeExpansion':
          if (quoted) fields.add(`~${part.user ?? ''}`, true);
          else fields.add(this.#home(part.user), true);
          break;
        case 'BraceExpansion':
          for (const [index, item] of braces({ type: 'Word', parts: [part] }, this.shell.isBash).entries()) {
            if (index > 0) fields.add(' ', quoted);
            yield* this.#parts(item.parts, fields, quoted);
          }
          break;
      }
    }
  }

  #value(value: string, fields: Fields, quoted: boolean): void {
    if (quoted) fields.add(value, true);
    else fields.split(value);
  }

  #list(values: readonly string[], fields: Fields, quoted: boolean): void {
    for (const [index, value] of values.entries()) {
      if (index > 0) fields.end();
      this.#value(value, fields, quoted);
    }
  }

  #home(user: string | null): string {
    if (user === null) return this.shell.variables.text('HOME') ?? '~';
    if (user === '+') return this.shell.cwd;
    const line = (this.shell.process.fs.read('/etc/passwd') ?? '')
      .split('\n')
      .find((one) => one.startsWith(`${user}:`));
    return line?.split(':')[5] ?? `~${user}`;
  }

  *#processFile(body: ScriptNode, direction: 'input' | 'output'): Run<string> {
    if (direction === 'output') this.shell.fail('syntax error: unexpected "("');
    const text = yield* this.shell.capture(body);
    const path = normalizePath(`/dev/fd/${63 - this.shell.temporary.length}`);
    this.shell.process.fs.write(path, text);
    this.shell.temporary.push(path);
    return path;
  }
}

/** The words that `{a,b}` and `{1..3}` make. */
function braces(word: WordNode, expand: boolean): WordNode[] {
  if (!word.parts.some((part) => part.type === 'BraceExpansion')) return [word];
  if (!expand) return [{ type: 'Word', parts: word.parts.flatMap(asWritten) }];
  let words: WordPart[][] = [[]];
  for (const part of word.parts) {
    const choices: WordPart[][] = part.type === 'BraceExpansion' ? part.items.flatMap(choicesOf) : [[part]];
    if (words.length * choices.length > mostWords) return [word];
    words = words.flatMap((before) => choices.map((choice) => [...before, ...choice]));
  }
  return words.map((parts) => ({ type: 'Word', parts }));
}

/** Braces stand for themselves in shells other than bash. */
function asWritten(part: WordPart): WordPart[] {
  if (part.type !== 'BraceExpansion') return [part];
  const literal = (value: string): WordPart => ({ type: 'Literal', value });
  const items = part.items.flatMap((item, index): WordPart[] => {
    const comma = index > 0 ? [literal(',')] : [];
    if (item.type === 'Word') return [...comma, ...item.word.parts.flatMap(asWritten)];
    const step = item.step === undefined ? '' : `..${item.step}`;
    return [...comma, literal(`${item.startStr ?? item.start}..${item.endStr ?? item.end}${step}`)];
  });
  return [literal('{'), ...items, literal('}')];
}

type BraceItem = Extract<WordPart, { type: 'BraceExpansion' }>['items'][number];

function choicesOf(item: BraceItem): WordPart[][] {
  if (item.type === 'Word') return braces(item.word, true).map(({ parts }) => parts);
  const { start, end } = item;
  const letters = typeof start === 'string';
  const from = letters ? start.charCodeAt(0) : start;
  const to = typeof end === 'string' ? end.charCodeAt(0) : end;
  const step = Math.max(1, Math.abs(item.step ?? 1));
  const width = /^-?0\d/.test(`${item.startStr}`) || /^-?0\d/.test(`${item.endStr}`) ? `${item.startStr}`.length : 0;
  const result: WordPart[][] = [];
  const count = Math.min(mostWords, Math.floor(Math.abs(to - from) / step));
  for (let turn = 0; turn <= count; turn++) {
    const value = from + (to >= from ? 1 : -1) * turn * step;
    result.push([
      { type: 'Literal', value: letters ? String.fromCharCode(value) : String(value).padStart(width, '0') },
    ]);
  }
  return result;
}
