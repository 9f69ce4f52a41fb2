import { second } from '../../../sim';
import type { Source } from '../pipe';
import { formatted } from '../printf';
import type { Run } from '../run-command';
import type { Shell } from './shell';
import { pendingTraps } from './traps';

/** A line, waiting for it at most until a time; undefined when none came in time. */
export function* nextLine(source: Source, shell: Shell, until: number, end = '\n'): Run<string | undefined> {
  const { sim } = shell.process;
  for (;;) {
    const line = source.line(end);
    if (line !== undefined) return line;
    if (sim.now >= until) return undefined;
    yield (resume) => {
      const stop = source.more()(resume);
      shell.wake = resume;
      const timer = until === Number.POSITIVE_INFINITY ? undefined : sim.after(until - sim.now, resume);
      return () => {
        stop();
        timer?.cancel();
      };
    };
    shell.wake = undefined;
    if (shell.interrupted) return undefined;
    yield* pendingTraps(shell);
  }
}

/** Takes a line apart for the names of `read`: the last one gets the rest. */
function split(line: string, count: number, separators: string): string[] {
  const blanks = [...separators].filter((one) => /[ \t\n]/.test(one));
  const isBlank = (one: string | undefined) => one !== undefined && blanks.includes(one);
  const result: string[] = [];
  let rest = line;
  while (isBlank(rest[0])) rest = rest.slice(1);
  while (result.length < count - 1 && rest !== '') {
    let end = 0;
    while (end < rest.length && !separators.includes(rest[end]!)) end++;
    result.push(rest.slice(0, end));
    rest = rest.slice(end);
    while (isBlank(rest[0])) rest = rest.slice(1);
    if (rest !== '' && separators.includes(rest[0]!) && !isBlank(rest[0])) rest = rest.slice(1);
    while (isBlank(rest[0])) rest = rest.slice(1);
  }
  while (isBlank(rest.at(-1))) rest = rest.slice(0, -1);
  result.push(rest);
  return result;
}

function* read(words: readonly string[], shell: Shell): Run {
  const rest = [...words];
  let [raw, prompt, until, array, end] = [false, '', Number.POSITIVE_INFINITY, '', '\n'];
  let descriptor = 0;
  let characters: number | undefined;
  while (rest[0] !== undefined && /^-./.test(rest[0])) {
    const word = rest.shift()!;
    if (word === '--') break;
    for (let index = 1; index < word.length; index++) {
      const letter = word[index]!;
      if (letter === 'r') raw = true;
      if (!'ptnuad'.includes(letter)) continue;
      const value = word.slice(index + 1) || (rest.shift() ?? '');
      if (letter === 'p') prompt = value;
      else if (letter === 't') until = shell.process.sim.now + Number(value) * second;
      else if (letter === 'n') characters = Number(value);
      else if (letter === 'u') descriptor = Number(value);
      else if (letter === 'a') array = value;
      else end = value[0] ?? '\0';
      break;
    }
  }
  const source = shell.fds.get(descriptor)?.source;
  if (!source) return 1;
  if (prompt !== '' && shell.process.tty) shell.err(prompt);
  let text = '';
  let complete = false;
  for (;;) {
    const line = yield* nextLine(source, shell, until, end);
    if (line === undefined) return 142;
    text += line;
    complete = line.endsWith(end) && line !== '';
    if (complete) text = text.slice(0, -1);
    if (raw || !complete || !/(?:^|[^\\])(?:\\\\)*\\$/.test(text)) break;
    text = text.slice(0, -1);
  }
  if (characters !== undefined && text.length > characters) {
    source.putBack(text.slice(characters) + (complete ? end : ''));
    text = text.slice(0, characters);
    complete = true;
  }
  if (!raw) text = text.replace(/\\([\s\S])/g, '$1');
  const separators = shell.variables.text('IFS') ?? ' \t\n';
  if (array !== '') {
    const all = split(text, Number.POSITIVE_INFINITY, separators).filter((one) => one !== '');
    shell.variables.set(array, new Map(all.map((one, index) => [String(index), one])));
  } else {
    const names = rest.length > 0 ? rest : ['REPLY'];
    const values = rest.length > 0 ? split(text, names.length, separators) : [text];
    for (const [index, name] of names.entries()) {
      if (!/^[A-Za-z_]\w*$/.test(name)) shell.fail(`read: '${name}': bad variable name`);
      shell.variables.set(name, values[index] ?? '');
    }
  }
  return complete ? 0 : 1;
}

function* mapfile(words: readonly string[], shell: Shell): Run {
  const source = shell.fds.get(0)?.source;
  const lines = new Map<string, string>();
  while (source) {
    const line = yield* nextLine(source, shell, Number.POSITIVE_INFINITY);
    if (line === undefined || line === '') break;
    lines.set(String(lines.size), words.includes('-t') ? line.replace(/\n$/, '') : line);
  }
  shell.variables.set(words.filter((word) => !word.startsWith('-')).at(-1) ?? 'MAPFILE', lines);
  return 0;
}

function* getopts([options = '', name = '', ...given]: readonly string[], shell: Shell): Run {
  const words = given.length > 0 ? given : shell.parameters;
  let index = Number(shell.variables.text('OPTIND') ?? 1);
  let offset = Number(shell.variables.text('_OPTOFFSET') ?? 1);
  const finish = (letter: string, code: number): number => {
    shell.variables.set(name, letter);
    shell.variables.set('OPTIND', String(index));
    shell.variables.set('_OPTOFFSET', String(offset));
    return code;
  };
  const word = words[index - 1];
  if (word === '--') {
    index++;
    return finish('?', 1);
  }
  if (word === undefined || !/^-./.test(word)) return finish('?', 1);
  const letter = word[offset++]!;
  const more = offset < word.length;
  const at = options.replace(/^:/, '').indexOf(letter);
  const known = at >= 0 && letter !== ':';
  const wants = known && options.replace(/^:/, '')[at + 1] === ':';
  const next = (): void => {
    index++;
    offset = 1;
  };
  if (!known) {
    if (options.startsWith(':')) shell.variables.set('OPTARG', letter);
    else shell.err(`${shell.name}: illegal option -${letter}\n`);
    if (!more) next();
    return finish('?', 0);
  }
  if (!wants) {
    if (!more) next();
    return finish(letter, 0);
  }
  const value = more ? word.slice(offset) : words[index];
  if (!more) index++;
  next();
  if (value === undefined) {
    if (!options.startsWith(':')) shell.err(`${shell.name}: no arg for -${letter} option\n`);
    shell.variables.set('OPTARG', letter);
    return finish(options.startsWith(':') ? ':' : '?', 0);
  }
  shell.variables.set('OPTARG', value);
  return finish(letter, 0);
}

function printf(words: readonly string[], shell: Shell): number {
  const into = words[0] === '-v' ? words[1] : undefined;
  const [format, ...values] = into === undefined ? (words[0] === '--' ? words.slice(1) : words) : words.slice(2);
  if (format === undefined) {
    shell.err('BusyBox multi-call binary.\n\nUsage: printf FORMAT [ARG]...\n');
    return 1;
  }
  const { text, bad } = formatted(format, values);
  for (const word of bad) shell.err(`${shell.name}: invalid number '${word}'\n`);
  if (into === undefined) shell.out(text);
  else shell.variables.set(into, text);
  return bad.length > 0 ? 1 : 0;
}

/** The shell's commands that read words and lines, and `printf`. */
export const readBuiltins: Readonly<Record<string, (words: readonly string[], shell: Shell) => Run | number>> = {
  read,
  mapfile,
  readarray: mapfile,
  getopts,
  printf,
};
