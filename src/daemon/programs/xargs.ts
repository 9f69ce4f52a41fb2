import { normalizePath } from '../containers/file-system';
import { readAll } from './input';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';
import { noInput } from './process';
import type { Run } from './run-command';
import { derive } from './run-command';
import { findProgram } from './table';

/** Words of the input: by spaces and line ends, with quotes and backslashes. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^\s"'\\])+/g))
    words.push(match[0].replace(/"([^"]*)"|'([^']*)'|\\([\s\S])/g, (_, a, b, c) => a ?? b ?? c ?? ''));
  return words;
}

function groups(words: readonly string[], size: number): string[][] {
  const all: string[][] = [];
  for (let index = 0; index < words.length; index += size) all.push(words.slice(index, index + size));
  return all;
}

function* runOne(process: Process, argv: readonly string[], trace: boolean): Run<number> {
  if (trace) process.stderr(`${argv.join(' ')}\n`);
  const child = derive(process, { argv, stdin: noInput, takesPlace: false });
  const name = argv[0]!;
  const found = findProgram(child, name.includes('/') ? normalizePath(name, process.cwd) : name);
  if (typeof found === 'string') {
    const why = found === 'denied' ? 'Permission denied' : 'No such file or directory';
    process.stderr(`xargs: ${name}: ${why}\n`);
    return found === 'denied' ? 126 : 127;
  }
  const result = found(child);
  return typeof result === 'number' ? result : yield* result;
}

/** `xargs [-0rt] [-n N] [-L N] [-I TEXT] [-P N] [COMMAND [WORD...]]` of BusyBox; commands run one after the other. */
export const xargs: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), {
    flags: '0rtpxo',
    values: 'nsELIPad',
    long: { null: '0', 'no-run-if-empty': 'r', 'max-args': 'n', 'max-procs': 'P' },
    inOrder: true,
  });
  if (options.wrong !== undefined) return usage(process, 'xargs [OPTIONS] [PROG ARGS]', options.wrong);
  const command = options.operands.length > 0 ? options.operands : ['echo'];
  const text = yield* readAll(process);
  const place = options.value('I');
  const lines = (end: string) => text.split(end).filter((line) => line !== '');
  const words = options.has('0')
    ? lines('\0')
    : place === undefined
      ? wordsOf(text)
      : lines('\n').map((line) => line.trimStart());
  const size = Number(options.value('n') ?? options.value('L') ?? Number.POSITIVE_INFINITY);
  if (!(size >= 1)) {
    process.stderr(`xargs: invalid number '${options.value('n') ?? options.value('L')}'\n`);
    return 1;
  }
  let runs: string[][];
  if (place !== undefined) runs = words.map((word) => command.map((one) => one.replaceAll(place, word)));
  else if (words.length === 0) runs = options.has('r') ? [] : [[...command]];
  else runs = groups(words, Math.min(size, words.length)).map((group) => [...command, ...group]);
  let status = 0;
  for (const argv of runs) {
    const code = yield* runOne(process, argv, options.has('t'));
    if (code === 126 || code === 127) return code;
    if (code === 255) {
      process.stderr(`xargs: ${argv[0]}: exited with status 255; aborting\n`);
      return 124;
    }
    if (code !== 0) status = 123;
  }
  return status;
};
