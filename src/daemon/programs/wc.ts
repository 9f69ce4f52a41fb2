import { byteLength } from '../containers/file-facts';
import { normalizePath } from '../containers/file-system';
import { readAll } from './input';
import { readOptions, usage } from './options';
import type { Program } from './process';

/** `wc [-clwmL] [FILE...]` of BusyBox: one number of standard input stands alone, others in columns. */
export const wc: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), {
    flags: 'clwmL',
    long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm' },
  });
  if (options.wrong !== undefined) return usage(process, 'wc [-cmlwL] [FILE]...', options.wrong);
  const chosen = ['l', 'w', 'm', 'c', 'L'].filter((name) => options.has(name));
  const shown = chosen.length > 0 ? chosen : ['l', 'w', 'c'];
  const totals = new Map<string, number>();
  const files = options.operands.length > 0 ? options.operands : ['-'];
  const single = shown.length === 1 && files.length === 1;
  const line = (counts: ReadonlyMap<string, number>, name: string | undefined): void => {
    const numbers = shown.map((key) => String(counts.get(key) ?? 0).padStart(single ? 0 : 9)).join(single ? '' : ' ');
    process.stdout(`${numbers}${name === undefined ? '' : ` ${name}`}\n`);
  };
  let status = 0;
  for (const file of files) {
    const path = normalizePath(file, process.cwd);
    const content = file === '-' ? yield* readAll(process) : path === '/dev/null' ? '' : process.fs.read(path);
    if (content === undefined) {
      const why = process.fs.isFolder(path) ? 'Is a directory' : 'No such file or directory';
      process.stderr(`wc: ${file}: ${why}\n`);
      status = 1;
      continue;
    }
    const lines = content.split('\n');
    const counts = new Map<string, number>([
      ['l', lines.length - 1],
      ['w', content.split(/\s+/).filter((word) => word !== '').length],
      ['m', [...content].length],
      ['c', byteLength(content)],
      ['L', Math.max(...lines.map((one) => one.length))],
    ]);
    for (const [key, value] of counts)
      totals.set(key, key === 'L' ? Math.max(totals.get(key) ?? 0, value) : (totals.get(key) ?? 0) + value);
    line(counts, file === '-' && options.operands.length === 0 ? undefined : file);
  }
  if (files.length > 1) line(totals, 'total');
  return status;
};
