import { DaemonError } from '../errors';
import type { Container } from './container';
import type { FileSystem } from './file-system';

/** Throws the runtime's refusal of a user or group that the container's own files do not know. Numbers are always known. */
export function checkUser(user: string, container: Container, files: FileSystem): void {
  const [name = '', group = ''] = user.split(':');
  if (name !== '' && name !== 'root' && !/^\d+$/.test(name) && name !== container.image.definition.user) {
    if (!hasEntry(files.read('/etc/passwd'), name))
      throw new DaemonError('system', `unable to find user ${name}: no matching entries in passwd file`);
  }
  if (group !== '' && group !== 'root' && !/^\d+$/.test(group)) {
    if (!hasEntry(files.read('/etc/group'), group))
      throw new DaemonError('system', `unable to find group ${group}: no matching entries in group file`);
  }
}

function hasEntry(file: string | undefined, name: string): boolean {
  return (file ?? '').split('\n').some((line) => line.startsWith(`${name}:`));
}

function entry(files: FileSystem, file: string, name: string): string[] | undefined {
  const index = /^\d+$/.test(name) ? 2 : 0;
  for (const line of (files.read(file) ?? '').split('\n')) {
    const fields = line.split(':');
    if (fields[index] === name) return fields;
  }
  return undefined;
}

/** Number of a user; of one that only the image's makers know, the first usual one. */
export function userID(files: FileSystem, name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  return Number(entry(files, '/etc/passwd', name)?.[2] ?? 1_000);
}

/** Number of a user's group: the one that was named, else the user's own, else root's. */
export function groupID(files: FileSystem, user: string, group: string | undefined): number {
  if (group && /^\d+$/.test(group)) return Number(group);
  if (group) return Number(entry(files, '/etc/group', group)?.[2] ?? (group === 'root' ? 0 : 1_000));
  return Number(entry(files, '/etc/passwd', user)?.[3] ?? (/^\d+$/.test(user) ? 0 : 1_000));
}
