import { second } from '../../sim';
import { normalizePath } from '../containers/file-system';
import { messageOf } from '../errors';
import { dateText } from './date';
import { readAll } from './input';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';
import { forever, sleep } from './process';
import type { Run } from './run-command';
import { call, derive } from './run-command';

/** The text of the first file given, or of the input; undefined after it was told that there is none. */
function* given(process: Process, name: string | undefined): Run<string | undefined> {
  if (name === undefined || name === '-') return yield* readAll(process);
  const content = process.fs.read(normalizePath(name, process.cwd));
  if (content === undefined) process.stderr(`${process.argv[0]}: ${name}: No such file or directory\n`);
  return content;
}

function bytesOf(text: string): number[] {
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

const hex = (value: number, width: number) => value.toString(16).padStart(width, '0');
const printable = (byte: number) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.');

/** `hexdump -C FILE`, and words of two bytes without `-C`. */
const hexdump: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: 'Cvbcdox', values: 'ns' });
  if (options.wrong !== undefined)
    return usage(process, 'hexdump [-bcdoxCv] [-n LENGTH] [-s OFFSET] [FILE]...', options.wrong);
  const text = yield* given(process, options.operands[0]);
  if (text === undefined) return 1;
  const start = Number(options.value('s') ?? 0);
  const bytes = bytesOf(text).slice(
    start,
    options.value('n') === undefined ? undefined : start + Number(options.value('n')),
  );
  const width = options.has('C') ? 8 : 7;
  for (let at = 0; at < bytes.length; at += 16) {
    const line = bytes.slice(at, at + 16);
    if (options.has('C')) {
      const cells = Array.from({ length: 16 }, (_, index) =>
        index < line.length ? `${hex(line[index]!, 2)} ` : '   ',
      );
      process.stdout(
        `${hex(start + at, 8)}  ${cells.slice(0, 8).join('')} ${cells.slice(8).join('')} |${line.map(printable).join('')}|\n`,
      );
    } else {
      const words = Array.from({ length: Math.ceil(line.length / 2) }, (_, index) =>
        hex(line[2 * index]! | ((line[2 * index + 1] ?? 0) << 8), 4),
      );
      process.stdout(`${hex(start + at, 7)} ${words.join(' ')}\n`);
    }
  }
  if (bytes.length > 0) process.stdout(`${hex(start + bytes.length, width)}\n`);
  return 0;
};

const xxd: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: 'ipru', values: 'cgls' });
  const text = yield* given(process, options.operands[0]);
  if (text === undefined) return 1;
  const bytes = bytesOf(text).slice(0, options.value('l') === undefined ? undefined : Number(options.value('l')));
  if (options.has('p')) {
    for (let at = 0; at < bytes.length; at += 30)
      process.stdout(
        `${bytes
          .slice(at, at + 30)
          .map((byte) => hex(byte, 2))
          .join('')}\n`,
      );
    return 0;
  }
  for (let at = 0; at < bytes.length; at += 16) {
    const line = bytes.slice(at, at + 16);
    let cells = '';
    for (let index = 0; index < 16; index++)
      cells += (index < line.length ? hex(line[index]!, 2) : '  ') + (index % 2 ? ' ' : '');
    process.stdout(`${hex(at, 8)}: ${cells} ${line.map(printable).join('')}\n`);
  }
  return 0;
};

/** CRC of POSIX `cksum`. */
const cksum: Program = function* (process) {
  const [name] = process.argv.slice(1);
  const text = yield* given(process, name);
  if (text === undefined) return 1;
  const bytes = bytesOf(text);
  const lengths: number[] = [];
  for (let left = bytes.length; left > 0; left = Math.floor(left / 256)) lengths.push(left % 256);
  let crc = 0;
  for (const byte of [...bytes, ...lengths]) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  process.stdout(`${~crc >>> 0} ${bytes.length}${name === undefined ? '' : ` ${name}`}\n`);
  return 0;
};

const cmp: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: 'ls' });
  const [first, second] = options.operands;
  if (first === undefined) return usage(process, 'cmp [-ls] [-n NUM] FILE1 [FILE2]');
  const [a, b] = [yield* given(process, first), yield* given(process, second)];
  if (a === undefined || b === undefined) return 2;
  if (a === b) return 0;
  const quiet = options.has('s');
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  if (at === a.length || at === b.length) {
    if (!quiet) process.stderr(`cmp: EOF on ${at === a.length ? first : (second ?? '-')}\n`);
  } else if (!quiet)
    process.stdout(`${first} ${second ?? '-'} differ: char ${at + 1}, line ${a.slice(0, at).split('\n').length}\n`);
  return 1;
};

/** Changes something about files, and tells of each that cannot be changed. */
function onFiles(process: Process, names: readonly string[], change: (path: string) => void): number {
  let status = 0;
  for (const name of names) {
    try {
      change(normalizePath(name, process.cwd));
    } catch (error) {
      process.stderr(`${process.argv[0]}: ${name}: ${messageOf(error)}\n`);
      status = 1;
    }
  }
  return status;
}

function missing(): never {
  throw new Error('No such file or directory');
}

const truncate: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'c', values: 's', long: { size: 's' } });
  const size = /^(\d+)([kKmM]?)$/.exec(options.value('s') ?? '');
  if (!size || options.operands.length === 0) return usage(process, 'truncate [-c] -s SIZE FILE...', options.wrong);
  const bytes = Number(size[1]) * (/k/i.test(size[2]!) ? 1_024 : /m/i.test(size[2]!) ? 1_024 ** 2 : 1);
  return onFiles(process, options.operands, (path) => {
    const content = process.fs.read(path);
    if (content === undefined && options.has('c')) return;
    if (bytes > 4 * 1_024 ** 2) throw new Error('No space left on device');
    process.fs.write(path, (content ?? '').slice(0, bytes).padEnd(bytes, '\0'));
  });
};

const unlink: Program = (process) =>
  onFiles(process, process.argv.slice(1), (path) => {
    if (process.fs.read(path) !== undefined || process.fs.readLink(path) !== undefined) process.fs.remove(path);
    else if (process.fs.isFolder(path)) throw new Error('Is a directory');
    else missing();
  });

function idOf({ fs }: Process, file: string, name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  const line = (fs.read(file) ?? '').split('\n').find((one) => one.split(':')[0] === name);
  return line === undefined ? (name === 'root' ? 0 : undefined) : Number(line.split(':')[2]);
}

const chown: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'RhLHPcvf' });
  const [owner = '', ...files] = options.operands;
  if (files.length === 0)
    return usage(process, `${process.argv[0]} [-RhLHPcvf]... USER[:[GRP]] FILE...`, options.wrong);
  const onlyGroup = process.argv[0] === 'chgrp';
  const [user = '', group = ''] = onlyGroup ? ['', owner] : owner.split(':');
  const uid = user === '' ? undefined : idOf(process, '/etc/passwd', user);
  const gid = group === '' ? undefined : idOf(process, '/etc/group', group);
  if ((user !== '' && uid === undefined) || (group !== '' && gid === undefined)) {
    process.stderr(
      `${process.argv[0]}: unknown ${user !== '' && uid === undefined ? `user ${user}` : `group ${group}`}\n`,
    );
    return 1;
  }
  const change = (path: string): void => {
    if (!process.fs.exists(path)) missing();
    process.fs.change(path, { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) });
    if (options.has('R') && process.fs.isFolder(path))
      for (const name of process.fs.list(path)) change(normalizePath(name, path));
  };
  return onFiles(process, files, change);
};

const mktemp: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'dqtu', values: 'p' });
  const template = options.operands[0] ?? '/tmp/tmp.XXXXXX';
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  if (!template.endsWith('XXXXXX')) return usage(process, 'mktemp [-dt] [-p DIR] [TEMPLATE]');
  const folder = options.value('p') ?? (options.has('t') ? '/tmp' : undefined);
  // Names follow from the time and the process, so that a replay makes the same ones.
  let seed = (Math.floor(process.sim.now / 1_000) % 1_000_003) * 31 + process.pid * 7;
  for (;;) {
    let end = '';
    for (let index = 0; index < 6; index++) {
      seed = (seed * 48_271 + 11) % 2_147_483_647;
      end += letters[seed % letters.length];
    }
    const name = `${folder === undefined ? '' : `${folder}/`}${template.slice(0, -6)}${end}`;
    const path = normalizePath(name, process.cwd);
    if (process.fs.exists(path)) continue;
    if (!options.has('u')) {
      if (options.has('d')) process.fs.makeFolder(path);
      else process.fs.write(path, '');
      process.fs.change(path, { mode: options.has('d') ? 0o700 : 0o600 });
    }
    process.stdout(`${name}\n`);
    return 0;
  }
};

const realpath: Program = (process) => {
  const names = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  if (names.length === 0) return usage(process, 'realpath FILE...');
  return onFiles(process, names, (path) => {
    if (!process.fs.isFolder(normalizePath(`${path}/..`))) missing();
    process.stdout(`${process.fs.readLink(path) ?? path}\n`);
  });
};

/** `time COMMAND`. */
const time: Program = function* (process) {
  const words = process.argv.slice(1).filter((word, index) => index > 0 || word !== '-p');
  if (words.length === 0) return usage(process, 'time [-vpa] [-o FILE] PROG ARGS');
  const begun = process.sim.now;
  const code = yield* call(derive(process, { argv: words }), 'time');
  const passed = (process.sim.now - begun) / second;
  const minutes = Math.floor(passed / 60);
  process.stderr(`real\t${minutes}m ${(passed - minutes * 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`);
  return code;
};

const nohup: Program = function* (process) {
  const words = process.argv.slice(1);
  if (words.length === 0) return usage(process, 'nohup PROG ARGS');
  return yield* call(derive(process, { argv: words }), 'nohup');
};

/** `watch [-n SECONDS] [-t] COMMAND`: again and again, each time on a clear screen. */
const watch: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: 'tdex', values: 'n', inOrder: true });
  if (options.wrong !== undefined || options.operands.length === 0)
    return usage(process, 'watch [-n SEC] [-t] PROG ARGS', options.wrong);
  const pause = Math.max(0.1, Number(options.value('n') ?? 2));
  const line = options.operands.join(' ');
  for (;;) {
    const title = `Every ${pause.toFixed(1)}s: ${line}`;
    const when = dateText(process.sim.now, '').slice(0, 24);
    process.stdout(`\x1b[H\x1b[J${options.has('t') ? '' : `${title.padEnd(54)}${when}\n\n`}`);
    yield* call(derive(process, { argv: ['sh', '-c', line] }), 'watch');
    yield sleep(process.sim, pause * second);
  }
};

const usleep: Program = function* ({ argv, sim }) {
  yield sleep(sim, Math.max(0, Number(argv[1] ?? 0) || 0));
  return 0;
};

/** A pager without a keyboard passes everything on. */
const pager: Program = function* (process) {
  const names = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  for (const name of names.length > 0 ? names : ['-']) {
    const text = yield* given(process, name);
    if (text === undefined) return 1;
    process.stdout(text);
  }
  return 0;
};

const tty: Program = (process) => {
  process.stdout(process.tty ? '/dev/pts/0\n' : 'not a tty\n');
  return process.tty ? 0 : 1;
};

/** A web server with no files that anybody in the simulation asks for: it runs until it is told to stop. */
const httpd: Program = function* (process) {
  if (!process.argv.some((word) => /^-[a-z]*f/.test(word))) return 0;
  yield forever;
  return 0;
};

/** Small programs, each of a few lines. */
export const smallPrograms: Readonly<Record<string, Program>> = {
  hexdump,
  xxd,
  cksum,
  cmp,
  truncate,
  unlink,
  chown,
  chgrp: chown,
  mktemp,
  realpath,
  time,
  nohup,
  watch,
  usleep,
  less: pager,
  more: pager,
  tty,
  httpd,
  sync: () => 0,
  who: () => 0,
  clear: ({ stdout }) => {
    stdout('\x1b[H\x1b[J');
    return 0;
  },
  reset: ({ stdout }) => {
    stdout('\x1bc\x1b[m\x1b[J\x1b[?25h');
    return 0;
  },
  resize: ({ stdout }) => {
    stdout('COLUMNS=80;LINES=24;export COLUMNS LINES;\n');
    return 0;
  },
  arch: ({ stdout }) => {
    stdout('x86_64\n');
    return 0;
  },
  dmesg: ({ stderr }) => {
    stderr('dmesg: klogctl: Operation not permitted\n');
    return 1;
  },
};
