import { contentsOf } from '../images/contents';
import type { Container } from './container';
import { FileSystem } from './file-system';
import { mountedFiles } from './mounts';

/** The files that a container sees. `hostFiles` are those of its machine. */
export function filesOf(container: Container, hostFiles: FileSystem): FileSystem {
  const files = new FileSystem({
    base: contentsOf(container.image.definition).files,
    dynamic: (path) => {
      if (path === '/etc/hostname') return `${container.hostname}\n`;
      if (path === '/etc/hosts') return container.sandbox?.hosts();
      if (path === '/etc/resolv.conf') return container.sandbox?.resolvConf();
      return undefined;
    },
    mounts: mountedFiles(container.mounts, hostFiles, () => new FileSystem()),
  });
  for (const [path, content] of container.task?.files ?? []) files.give(path, content);
  files.onChange = () => container.health?.wake();
  return files;
}
