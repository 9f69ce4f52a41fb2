import type { Micros } from '../../sim';
import { second } from '../../sim';
import type { FileStat } from '../containers/file-facts';
import { normalizePath } from '../containers/file-system';
import { groupName, modeText, userName } from './accounts';
import { dateText } from './date';
import { humanSize, kilobytes } from './human';
import type { Options } from './options';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

const halfYear = 15_811_200 * second;
const noStat: FileStat = { kind: 'folder', size: 4_096, mode: 0o755, uid: 0, gid: 0, modified: 0 };

/** `Nov 24 20:53`; of what is older than half a year the year. */
function whenText(modified: Micros, now: Micros): string {
  const text = dateText(modified, '');
  const clock = Math.abs(now - modified) < halfYear ? text.slice(10, 16) : `  ${text.slice(-4)}`.slice(-6);
  return text.slice(4, 10) + clock;
}

function links({ fs }: Process, { path, stat }: Entry): number {
  if (stat.kind !== 'folder') return 1;
  return 2 + fs.list(path).filter((name) => fs.isFolder(normalizePath(name, path))).length;
}

function decorated(entry: Entry, options: Options): string {
  if (!options.has('F') && !(options.has('p') && entry.stat.kind === 'folder')) return entry.name;
  const { kind, mode } = entry.stat;
  if (kind === 'folder') return `${entry.name}/`;
  return entry.name + (kind === 'link' ? '@' : mode & 0o111 ? '*' : '');
}

function longLine(process: Process, entry: Entry, options: Options): string {
  const { stat } = entry;
  const numeric = options.has('n');
  const owner = numeric ? String(stat.uid) : userName(process.fs, stat.uid);
  const group = numeric ? String(stat.gid) : groupName(process.fs, stat.gid);
  const size = options.has('h') ? humanSize(stat.size).padStart(7) : String(stat.size).padStart(9);
  const target = stat.target === undefined ? '' : ` -> ${stat.target}`;
  return `${modeText(stat.kind, stat.mode)} ${String(links(process, entry)).padStart(4)} ${owner.slice(0, 8).padEnd(8)} ${group.slice(0, 8).padEnd(8)} ${size} ${whenText(stat.modified, process.sim.now)} ${decorated(entry, options)}${target}\n`;
}

/** Names in columns, down first (`-C`) or across (`-x`), on 80 characters. */
function columns(names: readonly string[], across: boolean): string {
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const perLine = Math.max(1, Math.floor(80 / width));
  const lines = Math.ceil(names.length / perLine);
  let text = '';
  for (let line = 0; line < lines; line++) {
    const shown = across
      ? names.slice(line * perLine, (line + 1) * perLine)
      : names.filter((_, index) => index % lines === line);
    text += `${shown
      .map((name) => name.padEnd(width))
      .join('')
      .trimEnd()}\n`;
  }
  return text;
}

function show(process: Process, given: readonly Entry[], options: Options): void {
  const entries = [...given];
  if (options.has('S')) entries.sort((a, b) => b.stat.size - a.stat.size);
  if (options.has('t')) entries.sort((a, b) => b.stat.modified - a.stat.modified);
  if (options.has('r')) entries.reverse();
  if (entries.length === 0) return;
  if (options.has('l') || options.has('n')) {
    process.stdout(entries.map((entry) => longLine(process, entry, options)).join(''));
    return;
  }
  const names = entries.map(
    (entry) =>
      (options.has('s') ? `${String(kilobytes(entry.stat.size)).padStart(6)} ` : '') + decorated(entry, options),
  );
  const inColumns = options.has('C') || options.has('x') || (process.tty && !options.has('1'));
  process.stdout(inColumns ? columns(names, options.has('x')) : names.map((name) => `${name}\n`).join(''));
}

function folderEntries({ fs }: Process, path: string, options: Options): Entry[] {
  const entries = fs.list(path).map((name) => {
    const inside = normalizePath(name, path);
    return { name, path: inside, stat: fs.stat(inside, true) ?? noStat };
  });
  const shown = options.has('a') || options.has('A') ? entries : entries.filter(({ name }) => !name.startsWith('.'));
  if (!options.has('a')) return shown;
  const dots = ['.', '..'].map((name) => {
    const inside = normalizePath(name, path);
    return { name, path: inside, stat: fs.stat(inside) ?? noStat };
  });
  return [...dots, ...shown];
}

/** `ls` of BusyBox. In columns on a terminal. */
export const ls: Program = (process) => {
  const options = readOptions(process.argv.slice(1), {
    flags: '1AaCxdLHRFplinshrSXvctuk',
    values: 'w',
    long: { color: 'k', 'group-directories-first': 'k', 'full-time': 'l' },
  });
  if (options.wrong !== undefined)
    return usage(process, 'ls [-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...', options.wrong);
  const { fs, cwd } = process;
  const given = options.operands.length > 0 ? options.operands : ['.'];
  const files: Entry[] = [];
  const folders: { readonly name: string; readonly path: string }[] = [];
  let status = 0;
  for (const name of given) {
    const path = normalizePath(name, cwd);
    const long = options.has('l') && !name.endsWith('/');
    const stat = fs.stat(path, long || options.has('d'));
    const isFolder = stat?.kind === 'folder' || (stat === undefined && fs.isFolder(path));
    if (!stat && !isFolder) {
      process.stderr(`ls: ${name}: No such file or directory\n`);
      status = 1;
    } else if (isFolder && !options.has('d')) folders.push({ name, path });
    else files.push({ name, path, stat: stat ?? noStat });
  }
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  show(process, files.sort(byName), options);
  const titled = given.length > 1 || options.has('R');
  let first = files.length === 0;
  const visit = (name: string, path: string): void => {
    const entries = folderEntries(process, path, options);
    if (titled) process.stdout(`${first ? '' : '\n'}${name}:\n`);
    first = false;
    if (options.has('l') || options.has('s') || options.has('n')) {
      const total = entries.reduce((sum, { stat }) => sum + (stat.kind === 'link' ? 0 : kilobytes(stat.size)), 0);
      process.stdout(`total ${total}\n`);
    }
    show(process, entries, options);
    if (!options.has('R')) return;
    for (const entry of entries) {
      if (entry.stat.kind !== 'folder' || entry.name === '.' || entry.name === '..') continue;
      visit(name.endsWith('/') ? name + entry.name : `${name}/${entry.name}`, entry.path);
    }
  };
  for (const { name, path } of folders.sort(byName)) visit(name, path);
  return status;
};
