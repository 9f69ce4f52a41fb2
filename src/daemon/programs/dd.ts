import { normalizePath } from '../containers/file-system';
import { readAll } from './input';
import { usage } from './options';
import type { Program } from './process';
import { writeFile } from './tee';

const multipliers: Readonly<Record<string, number>> = {
  c: 1,
  w: 2,
  b: 512,
  k: 1_024,
  K: 1_024,
  M: 1_024 ** 2,
  G: 1_024 ** 3,
};
/** More than this is not worth keeping in a simulated file. */
const most = 4 * 1_024 ** 2;

function number(text: string): number | undefined {
  const match = /^(\d+)([cwbkKMG]?)B?$/.exec(text);
  return match ? Number(match[1]) * (multipliers[match[2] || 'c'] ?? 1) : undefined;
}

/** `dd [if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N]` of BusyBox, up to 4 MiB. */
export const dd: Program = function* (process) {
  const given = new Map<string, string>();
  for (const word of process.argv.slice(1)) {
    const equals = word.indexOf('=');
    if (equals <= 0) return usage(process, 'dd [if=FILE] [of=FILE] [ibs=N obs=N/bs=N] [count=N] [skip=N] [seek=N]');
    given.set(word.slice(0, equals), word.slice(equals + 1));
  }
  const values: Record<string, number> = {};
  for (const [name, usual] of [
    ['bs', '512'],
    ['count', ''],
    ['skip', '0'],
    ['seek', '0'],
  ] as const) {
    const text = given.get(name) ?? usual;
    const value = text === '' ? Number.POSITIVE_INFINITY : number(text);
    if (value === undefined) {
      process.stderr(`dd: invalid number '${text}'\n`);
      return 1;
    }
    values[name] = value;
  }
  const { bs = 512, count = Number.POSITIVE_INFINITY, skip = 0, seek = 0 } = values;
  const from = given.get('if');
  const path = from === undefined ? '' : normalizePath(from, process.cwd);
  let content: string | undefined;
  if (from === undefined || path === '/dev/stdin') content = yield* readAll(process);
  else if (/^\/dev\/(zero|urandom|random)$/.test(path)) {
    if (bs * count > most) {
      process.stderr('dd: writing: No space left on device\n');
      return 1;
    }
    content = '\0'.repeat(bs * count);
  } else content = path === '/dev/null' ? '' : process.fs.read(path);
  if (content === undefined) {
    process.stderr(`dd: can't open '${from}': No such file or directory\n`);
    return 1;
  }
  const taken = content.slice(skip * bs, count === Number.POSITIVE_INFINITY ? undefined : (skip + count) * bs);
  const to = given.get('of');
  if (to === undefined) process.stdout(taken);
  else {
    const before = seek > 0 ? (process.fs.read(normalizePath(to, process.cwd)) ?? '').padEnd(seek * bs, '\0') : '';
    if (!writeFile(process, to, before.slice(0, seek * bs) + taken)) return 1;
  }
  const records = `${Math.floor(taken.length / bs)}+${taken.length % bs === 0 ? 0 : 1}`;
  if (given.get('status') !== 'none') process.stderr(`${records} records in\n${records} records out\n`);
  return 0;
};
