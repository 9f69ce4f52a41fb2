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
