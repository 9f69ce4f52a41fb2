import { normalizePath } from '../containers/file-system';
import { humanSize, kilobytes } from './human';
import { readOptions, usage } from './options';
import type { Program } from './process';

/** `du [-sahcm] [-d N] [FILE...]` of BusyBox. */
export const du: Program = (process) => {
  const options = readOptions(process.argv.slice(1), {
    flags: 'aHLdclsxhmk',
    values: 'd',
    long: { 'max-depth': 'd' },
  });
  if (options.wrong !== undefined) return usage(process, 'du [-aHLdclsxhmk] [FILE]...', options.wrong);
  const { fs, cwd } = process;
  const deepest = options.has('s') ? 0 : Number(options.value('d') ?? Number.POSITIVE_INFINITY);
  const shown = (blocks: number): string => {
    if (options.has('h')) return humanSize(blocks * 1_024);
    return String(options.has('m') ? Math.ceil(blocks / 1_024) : blocks);
  };
  const visit = (name: string, path: string, depth: number): number => {
    const stat = fs.stat(path, true);
    const folder = stat?.kind === 'folder';
    let blocks = stat === undefined || stat.kind === 'link' ? 0 : kilobytes(stat.size);
    if (folder) {
      for (const inside of fs.list(path))
        blocks += visit(name === '/' ? `/${inside}` : `${name}/${inside}`, normalizePath(inside, path), depth + 1);
    }
    if (depth === 0 || (depth <= deepest && (folder || options.has('a'))))
      process.stdout(`${shown(blocks)}\t${name}\n`);
    return blocks;
  };
  let status = 0;
  let total = 0;
  for (const name of options.operands.length > 0 ? options.operands : ['.']) {
    const path = normalizePath(name, cwd);
    if (fs.exists(path)) total += visit(name, path, 0);
    else {
      process.stderr(`du: ${name}: No such file or directory\n`);
      status = 1;
    }
  }
  if (options.has('c')) process.stdout(`${shown(total)}\ttotal\n`);
  return status;
};
