import { contentsOf } from '../images/contents';
import type { Container } from './container';
import type { ContainerContext } from './context';
import { FileSystem } from './file-system';
import { madeFiles } from './made-files';
import { mountedFiles } from './mounts';

/** The files that a container sees. */
export function filesOf(container: Container, context: ContainerContext): FileSystem {
  const now = () => context.sim.now;
  const files = new FileSystem({
    base: contentsOf(container.image.definition).files,
    made: madeFiles(container, context),
    mounts: mountedFiles(container.mounts, context.hostFiles, () => new FileSystem({ now, born: context.sim.now })),
    now,
    born: container.created,
    readOnly: container.hostConfig.ReadonlyRootfs === true,
  });
  for (const [path, { content, facts }] of container.task?.files ?? []) files.give(path, content, facts);
  files.onChange = () => container.health?.wake();
  return files;
}
