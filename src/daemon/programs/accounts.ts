import type { FileSystem } from '../containers/file-system';

function nameIn(fs: FileSystem, file: string, id: number): string {
  for (const line of (fs.read(file) ?? '').split('\n')) {
    const fields = line.split(':');
    if (fields[2] === String(id) && fields[0]) return fields[0];
  }
  return id === 0 ? 'root' : String(id);
}

/** Name of a user by /etc/passwd, else the number. */
export function userName(fs: FileSystem, uid: number): string {
  return nameIn(fs, '/etc/passwd', uid);
}

/** Name of a group by /etc/group, else the number. */
export function groupName(fs: FileSystem, gid: number): string {
  return nameIn(fs, '/etc/group', gid);
}

/** `drwxr-xr-x`. */
export function modeText(kind: string, mode: number): string {
  const letter = kind === 'folder' ? 'd' : kind === 'link' ? 'l' : kind === 'device' ? 'c' : '-';
  const triple = (bits: number, special: boolean, mark: string) =>
    `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${special ? (bits & 1 ? mark : mark.toUpperCase()) : bits & 1 ? 'x' : '-'}`;
  return (
    letter +
    triple((mode >> 6) & 7, (mode & 0o4000) !== 0, 's') +
    triple((mode >> 3) & 7, (mode & 0o2000) !== 0, 's') +
    triple(mode & 7, (mode & 0o1000) !== 0, 't')
  );
}
