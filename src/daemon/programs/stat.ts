import { second, timestamp } from '../../sim';
import type { FileStat } from '../containers/file-facts';
import { normalizePath } from '../containers/file-system';
import { groupName, modeText, userName } from './accounts';
import { kilobytes } from './human';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';

/** A number that stands for a file on its disk: the same whenever it is asked. */
function inode(path: string): number {
  let hash = 7;
  for (const letter of path) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 4_194_301;
  return hash + 2;
}

function kindText({ kind, size }: FileStat): string {
  if (kind === 'folder') return 'directory';
  if (kind === 'link') return 'symbolic link';
  if (kind === 'device') return 'character special file';
  return size === 0 ? 'regular empty file' : 'regular file';
}

function timeText(time: number): string {
  return `${timestamp(time).slice(0, 19).replace('T', ' ')}.${String((time % second) * 1_000).padStart(9, '0')} +0000`;
}

function parts({ fs }: Process, name: string, path: string, stat: FileStat): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(stat.modified / second));
  const time = timeText(stat.modified);
  return {
    n: name,
    N: stat.target === undefined ? `'${name}'` : `'${name}' -> '${stat.target}'`,
    s: String(stat.size),
    b: String(kilobytes(stat.kind === 'link' ? 0 : stat.size) * 2),
    B: '512',
    o: '4096',
    a: stat.mode.toString(8),
    A: modeText(stat.kind, stat.mode),
    f: (stat.mode | (stat.kind === 'folder' ? 0o40000 : stat.kind === 'link' ? 0o120000 : 0o100000)).toString(16),
    F: kindText(stat),
    u: String(stat.uid),
    U: userName(fs, stat.uid),
    g: String(stat.gid),
    G: groupName(fs, stat.gid),
    h: stat.kind === 'folder' ? '2' : '1',
    i: String(inode(path)),
    X: seconds,
    Y: seconds,
    Z: seconds,
    x: time,
    y: time,
    z: time,
  };
}

/** `stat [-L] [-c FORMAT] FILE...` of BusyBox. */
export const stat: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'Ltf', values: 'c', long: { format: 'c' } });
  if (options.wrong !== undefined || options.operands.length === 0)
    return usage(process, 'stat [-Ltf] [-c FMT] FILE...', options.wrong);
  let status = 0;
  for (const name of options.operands) {
    const path = normalizePath(name, process.cwd);
    const found = process.fs.stat(path, !options.has('L'));
    if (!found) {
      process.stderr(`stat: can't stat '${name}': No such file or directory\n`);
      status = 1;
      continue;
    }
    const part = parts(process, name, path, found);
    const format = options.value('c');
    if (format !== undefined) {
      process.stdout(
        `${format.replace(/%([a-zA-Z%])/g, (all, key: string) => (key === '%' ? '%' : (part[key] ?? all)))}\n`,
      );
      continue;
    }
    const user = `(${String(found.uid).padStart(5)}/${userName(process.fs, found.uid).padStart(8)})`;
    const group = `(${String(found.gid).padStart(5)}/${groupName(process.fs, found.gid).padStart(8)})`;
    const mode = found.mode.toString(8).padStart(4, '0');
    process.stdout(
      `  File: ${name}${found.target === undefined ? '' : ` -> ${found.target}`}\n` +
        `  Size: ${part.s!.padEnd(10)}\tBlocks: ${part.b!.padEnd(10)} IO Block: 4096   ${part.F}\n` +
        `Device: 36h/54d\tInode: ${part.i!.padEnd(10)}  Links: ${part.h}\n` +
        `Access: (${mode}/${part.A})  Uid: ${user}   Gid: ${group}\n` +
        `Access: ${part.x}\nModify: ${part.y}\nChange: ${part.z}\n`,
    );
  }
  return status;
};
