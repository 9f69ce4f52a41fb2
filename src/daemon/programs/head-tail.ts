import { second } from '../../sim';
import type { FileSystem } from '../containers/file-system';
import { normalizePath } from '../containers/file-system';
import { moreInput, readAll } from './input';
import type { Options } from './options';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';
import { sleep } from './process';
import type { Run } from './run-command';

const multipliers: Readonly<Record<string, number>> = { b: 512, k: 1_024, m: 1_024 ** 2 };

/** `10`, `4k`; NaN for what is no number. */
function amount(text: string): number {
  const match = /^[-+]?(\d+)([bkm]?)$/.exec(text);
  return match ? Number(match[1]) * (multipliers[match[2]!] ?? 1) : Number.NaN;
}

/** Reads `-5` as `-n 5`. */
function options(process: Process): Options {
  const given = process.argv.slice(1);
  const words = given.flatMap((word, index) =>
    /^-\d+$/.test(word) && !/^-[nc]$/.test(given[index - 1] ?? '') ? ['-n', word.slice(1)] : [word],
  );
  return readOptions(words, {
    flags: 'qvfF',
    values: 'ncs',
    long: { lines: 'n', bytes: 'c', quiet: 'q', follow: 'f' },
  });
}

function contentOf(fs: FileSystem, path: string): string | undefined {
  return path === '/dev/null' ? '' : fs.read(path);
}

/** The first `count` lines or characters of a text; negative: all but the last ones. */
function firstOf(text: string, count: number, bytes: boolean): string {
  if (bytes) return count < 0 ? text.slice(0, text.length + count) : text.slice(0, count);
  const lines = text.split(/(?<=\n)/);
  return lines.slice(0, count < 0 ? lines.length + count : count).join('');
}

/** Passes on as much of the input as is wanted, and ends then: so ends who writes it. */
function* headOfInput(process: Process, count: number, bytes: boolean): Run<void> {
  let left = count;
  while (left > 0) {
    const text = process.stdin.take();
    if (text !== '') {
      const part = firstOf(text, left, bytes);
      process.stdout(part);
      left -= bytes ? part.length : part.split('\n').length - 1;
      if (left <= 0) return;
    }
    if (process.stdin.ended) return;
    yield moreInput(process.stdin);
  }
}

/** Runs something for each file, with titles where there are many. */
function* eachFile(
  process: Process,
  { has, operands }: Options,
  show: (content: string | undefined) => Run<void>,
): Run {
  const files = operands.length > 0 ? operands : ['-'];
  const titled = (files.length > 1 || has('v')) && !has('q');
  let status = 0;
  let first = true;
  for (const file of files) {
    const path = normalizePath(file, process.cwd);
    const content = file === '-' ? undefined : contentOf(process.fs, path);
    if (file !== '-' && content === undefined) {
      const why = process.fs.isFolder(path) ? 'Is a directory' : 'No such file or directory';
      process.stderr(`${process.argv[0]}: ${file}: ${why}\n`);
      status = 1;
      continue;
    }
    if (titled) process.stdout(`${first ? '' : '\n'}==> ${file === '-' ? 'standard input' : file} <==\n`);
    first = false;
    yield* show(content);
  }
  return status;
}

/** `head [-n N] [-c N] [FILE...]`. */
export const head: Program = function* (process) {
  const given = options(process);
  if (given.wrong !== undefined) return usage(process, 'head [OPTIONS] [FILE]...', given.wrong);
  const bytes = given.value('c') !== undefined;
  const text = given.value('c') ?? given.value('n') ?? '10';
  const count = text.startsWith('-') ? -amount(text) : amount(text);
  if (Number.isNaN(count)) {
    process.stderr(`head: invalid number '${text}'\n`);
    return 1;
  }
  return yield* eachFile(process, given, function* (content) {
    if (content !== undefined) process.stdout(firstOf(content, count, bytes));
    else if (count >= 0) yield* headOfInput(process, count, bytes);
    else process.stdout(firstOf(yield* readAll(process), count, bytes));
  });
};

/** The last lines or characters; with `+`, those from a place on. */
function lastOf(text: string, count: number, bytes: boolean, from: boolean): string {
  const parts = bytes ? [...text] : text.split(/(?<=\n)/);
  if (from) return parts.slice(Math.max(0, count - 1)).join('');
  return count === 0 ? '' : parts.slice(-count).join('');
}

/** Writes what is added to a file, for ever. */
function* follow(process: Process, path: string, pause: number): Run<never> {
  let seen = contentOf(process.fs, path)?.length ?? 0;
  for (;;) {
    yield sleep(process.sim, pause);
    const content = contentOf(process.fs, path) ?? '';
    if (content.length < seen) seen = 0;
    if (content.length > seen) process.stdout(content.slice(seen));
    seen = content.length;
  }
}

/** `tail [-n N] [-c N] [-f] [FILE...]`. */
export const tail: Program = function* (process) {
  const given = options(process);
  if (given.wrong !== undefined) return usage(process, 'tail [OPTIONS] [FILE]...', given.wrong);
  const bytes = given.value('c') !== undefined;
  const text = given.value('c') ?? given.value('n') ?? '10';
  const count = amount(text);
  if (Number.isNaN(count)) {
    process.stderr(`tail: invalid number '${text}'\n`);
    return 1;
  }
  const status = yield* eachFile(process, given, function* (content) {
    process.stdout(lastOf(content ?? (yield* readAll(process)), count, bytes, text.startsWith('+')));
  });
  const [file] = given.operands;
  if ((given.has('f') || given.has('F')) && file !== undefined && (status === 0 || given.has('F')))
    yield* follow(process, normalizePath(file, process.cwd), Number(given.value('s') ?? 1) * second);
  return status;
};
