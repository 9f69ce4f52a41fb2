import type { Run } from '../run-command';
import type { Shell } from './shell';

const flags: Readonly<Record<string, string>> = {
  e: 'errexit',
  u: 'nounset',
  x: 'xtrace',
  f: 'noglob',
  C: 'noclobber',
  a: 'allexport',
  n: 'noexec',
  v: 'verbose',
  m: 'monitor',
  b: 'notify',
  h: 'hashall',
};
const longOptions = new Set([...Object.values(flags), 'pipefail', 'vi', 'emacs', 'ignoreeof', 'nolog', 'debug']);

/** Sets options from words such as `-eu` and `-o pipefail`; gives the words that are left, or undefined when one is wrong. */
export function setOptions(words: readonly string[], shell: Shell): readonly string[] | undefined {
  const rest = [...words];
  while (rest[0] !== undefined && /^[-+]./.test(rest[0])) {
    const word = rest.shift()!;
    if (word === '--') break;
    const change = (name: string) => (word.startsWith('-') ? shell.options.add(name) : shell.options.delete(name));
    for (const letter of word.slice(1)) {
      if (letter === 'o') {
        const name = rest.shift();
        if (name === undefined) {
          for (const one of [...longOptions].sort())
            shell.out(`${one.padEnd(16)}${shell.options.has(one) ? 'on' : 'off'}\n`);
          continue;
        }
        if (!longOptions.has(name)) return undefined;
        change(name);
      } else if (flags[letter] !== undefined) change(flags[letter]);
      else if (!'cilspBEHPTk'.includes(letter)) return undefined;
    }
  }
  return rest;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function set(words: readonly string[], shell: Shell): number {
  if (words.length === 0) {
    for (const name of shell.variables.names()) {
      const value = shell.variables.text(name);
      if (value !== undefined) shell.out(`${name}=${quoted(value)}\n`);
    }
    return 0;
  }
  const rest = setOptions(words, shell);
  if (!rest) shell.fail(`set: illegal option ${words.join(' ')}`);
  else if (rest.length > 0 || words.includes('--')) shell.parameters = rest;
  return 0;
}

interface Declaration {
  readonly exported?: boolean;
  readonly readonly?: boolean;
  readonly table?: boolean;
  readonly list?: boolean;
}

function declare(word: string, kind: Declaration, shell: Shell): void {
  const match = /^([A-Za-z_]\w*)(\+?=([\s\S]*))?$/.exec(word);
  if (!match) shell.fail(`${word}: bad variable name`);
  const [, name = '', assignment, value = ''] = match!;
  const { list, ...changes } = kind;
  if (kind.table || list) {
    if (typeof shell.variables.get(name)?.value !== 'object')
      shell.variables.declare(name, { ...changes, value: listOf(value, kind.table ?? false) });
    return;
  }
  if (assignment !== undefined)
    shell.variables.set(name, assignment.startsWith('+') ? (shell.variables.text(name) ?? '') + value : value);
  if (Object.keys(changes).length > 0 && (assignment !== undefined || shell.variables.get(name)))
    shell.variables.declare(name, changes);
}

/** `([a]=1 [b]=2)` or `(1 2)`, as words after `declare` give it. */
function listOf(text: string, table: boolean): Map<string, string> {
  const result = new Map<string, string>();
  const inner = /^\(([\s\S]*)\)$/.exec(text.trim())?.[1] ?? text;
  const item = /(?:\[("[^"]*"|'[^']*'|[^\]]*)\]=)?("[^"]*"|'[^']*'|\S+)/g;
  let next = 0;
  for (const [, key, value = ''] of inner.matchAll(item)) {
    const bare = (one: string) => one.replace(/^(["'])([\s\S]*)\1$/, '$2');
    result.set(key === undefined || (!table && !/^\d+$/.test(key)) ? String(next++) : bare(key), bare(value));
  }
  return result;
}

function* exported(words: readonly string[], shell: Shell): Run {
  const names = words.filter((word) => !/^-[np]+$/.test(word));
  if (words.includes('-n')) {
    for (const name of names) if (shell.variables.get(name)) shell.variables.declare(name, { exported: false });
    return 0;
  }
  if (names.length === 0) {
    for (const [name, value] of [...shell.variables.environment()].sort(([a], [b]) => (a < b ? -1 : 1)))
      shell.out(`export ${name}=${quoted(value)}\n`);
    return 0;
  }
  for (const word of names) {
    declare(word, { exported: true }, shell);
    if (!word.includes('=')) shell.variables.declare(word, { exported: true });
  }
  return 0;
}

function* local(words: readonly string[], shell: Shell): Run {
  if (shell.inFunction === 0) shell.fail('local: not in a function');
  return yield* declared(words, shell);
}

function* declared(words: readonly string[], shell: Shell): Run {
  const letters = words
    .filter((word) => /^[-+][a-zA-Z]+$/.test(word))
    .map((word) => word.slice(1))
    .join('');
  for (const word of words) {
    if (/^[-+][a-zA-Z]+$/.test(word) || word === '-') continue;
    if (!letters.includes('g')) {
      const name = /^\w+/.exec(word)?.[0] ?? '';
      const fresh = shell.variables.local(name);
      if (fresh && !word.includes('=')) shell.variables.declare(name, { value: '' });
    }
    declare(
      word,
      {
        ...(letters.includes('x') ? { exported: true } : {}),
        ...(letters.includes('r') ? { readonly: true } : {}),
        ...(letters.includes('A') ? { table: true } : {}),
        ...(letters.includes('a') ? { list: true } : {}),
      },
      shell,
    );
    if (letters.includes('i')) {
      const name = /^\w+/.exec(word)?.[0] ?? '';
      shell.variables.set(name, String(yield* shell.calculator.text(shell.variables.text(name) ?? '')));
    }
  }
  return 0;
}

/** The shell's commands for its variables, parameters and options. */
export const variableBuiltins: Readonly<Record<string, (words: readonly string[], shell: Shell) => Run | number>> = {
  set,
  export: exported,
  local,
  declare: declared,
  typeset: declared,
  readonly(words, shell) {
    for (const word of words) if (word !== '-p') declare(word, { readonly: true }, shell);
    return 0;
  },
  *unset(words, shell) {
    const functions = words.includes('-f');
    for (const word of words) {
      if (/^-[fv]$/.test(word)) continue;
      const element = /^(\w+)\[([\s\S]*)\]$/.exec(word);
      if (functions) shell.functions.delete(word);
      else if (element) {
        const value = shell.variables.get(element[1]!)?.value;
        if (typeof value === 'object') value.delete(yield* shell.subscript(element[1]!, element[2]!));
      } else if (shell.variables.get(word)) shell.variables.unset(word);
      else shell.functions.delete(word);
    }
    return 0;
  },
  shift([word = '1'], shell) {
    const count = Number(word);
    if (!Number.isInteger(count) || count < 0) shell.fail(`shift: Illegal number: ${word}`);
    if (count > shell.parameters.length) return 1;
    shell.parameters = shell.parameters.slice(count);
    return 0;
  },
  *let(words, shell) {
    let value = 0n;
    for (const word of words) value = yield* shell.calculator.text(word);
    return value === 0n ? 1 : 0;
  },
  shopt() {
    return 0;
  },
  alias(words, shell) {
    if (words.length === 0) for (const [name, text] of shell.aliases) shell.out(`${name}=${quoted(text)}\n`);
    let status = 0;
    for (const word of words) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word : word.slice(0, equals);
      const known = shell.aliases.get(name);
      if (equals >= 0) shell.aliases.set(name, word.slice(equals + 1));
      else if (known !== undefined) shell.out(`${name}=${quoted(known)}\n`);
      else {
        shell.err(`${shell.name}: alias: ${name} not found\n`);
        status = 1;
      }
    }
    return status;
  },
  unalias(words, shell) {
    for (const word of words) {
      if (word === '-a') shell.aliases.clear();
      else shell.aliases.delete(word);
    }
    return 0;
  },
};
