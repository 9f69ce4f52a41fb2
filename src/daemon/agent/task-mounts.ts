import type { Mount } from '../../api';

/** Refuses mounts of a task that the node's executor cannot make, before the engine sees them (ORCH-115). Throws Error. */
export function checkMounts(mounts: readonly Mount[]): void {
  for (const { Type, Source = '', Target = '' } of mounts) {
    if (!Target.startsWith('/')) throw new Error(`invalid mount target, must be an absolute path: ${Target}`);
    const absolute = Source.startsWith('/');
    if (Type === 'bind' && !absolute) throw new Error(`invalid bind mount source, must be an absolute path: ${Source}`);
    if (Type === 'volume' && absolute) {
      throw new Error(`invalid volume mount source, must not be an absolute path: ${Source}`);
    }
    if (Type === 'tmpfs' && Source !== '') throw new Error('invalid tmpfs source, source must be empty');
  }
}
