import type { ContainerConfig, HostConfig } from '../../api';
import { DaemonError } from '../errors';
import type { ImageDefinition } from '../images/definition';
import type { Volume, VolumeStore } from '../volumes/volume-store';
import { anonymousLabel } from '../volumes/volume-store';
import type { MountPoint } from './container';
import type { FileSystem, MountedFiles } from './file-system';
import { normalizePath } from './file-system';

function invalid(text: string): DaemonError {
  return new DaemonError('invalid', text);
}

function bindMount(text: string, volumes: VolumeStore, host: FileSystem): MountPoint {
  const parts = text.split(':');
  const [source = '', target, mode = ''] = parts.length === 1 ? ['', parts[0]] : parts;
  if (parts.length > 3 || !target) throw invalid(`invalid volume specification: '${text}'`);
  if (!target.startsWith('/')) {
    const why = `invalid mount config for type "volume": invalid mount path: '${target}' mount path must be absolute`;
    throw invalid(`invalid volume specification: '${text}'${parts.length === 1 ? '' : `: ${why}`}`);
  }
  if (mode !== '' && !mode.split(',').every((word) => bindModes.has(word))) throw invalid(`invalid mode: ${mode}`);
  const readOnly = mode.split(',').includes('ro');
  if (source.startsWith('/')) {
    const path = normalizePath(source);
    if (!host.exists(path)) host.makeFolder(path);
    return { type: 'bind', source: path, target: normalizePath(target), readOnly, makesSource: true };
  }
  const volume = volumes.create(source === '' ? {} : { name: source });
  return { type: 'volume', source: volume.name, target: normalizePath(target), readOnly, volume };
}

const bindModes = new Set(
  'ro rw z Z nocopy consistent cached delegated private rprivate shared rshared slave rslave'.split(' '),
);
const noMounts: readonly MountPoint[] = [];

/**
 * The mounts of a new container: `Binds`, `Mounts`, and anonymous volumes of the image and the configuration. Volumes
 * are made. Throws before anything is made when a mount is not valid (ORCH-115).
 */
export function planMounts(
  config: ContainerConfig,
  hostConfig: HostConfig,
  definition: ImageDefinition,
  volumes: VolumeStore,
  host: FileSystem,
): readonly MountPoint[] {
  if (!hostConfig.Mounts?.length && !hostConfig.Binds?.length && !definition.volumes?.length && !config.Volumes)
    return noMounts;
  const targets = new Set<string>();
  for (const mount of hostConfig.Mounts ?? []) {
    const target = mount.Target ?? '';
    if (!target.startsWith('/'))
      throw invalid(
        `invalid mount config for type "${mount.Type}": invalid mount path: '${target}' mount path must be absolute`,
      );
    if (targets.has(target)) throw invalid(`Duplicate mount point: ${target}`);
    targets.add(target);
    if (mount.Type === 'bind') {
      if (!mount.Source) throw invalid('invalid mount config for type "bind": field Source must not be empty');
      if (!mount.BindOptions?.CreateMountpoint && !host.exists(normalizePath(mount.Source))) {
        throw invalid(`invalid mount config for type "bind": bind source path does not exist: ${mount.Source}`);
      }
    } else if (mount.Type !== 'volume' && mount.Type !== 'tmpfs') {
      throw invalid(`invalid mount config for type "${mount.Type}": mount type unknown`);
    }
  }
  const points: MountPoint[] = (hostConfig.Binds ?? []).map((text) => bindMount(text, volumes, host));
  for (const mount of hostConfig.Mounts ?? []) {
    const target = normalizePath(mount.Target ?? '');
    const readOnly = mount.ReadOnly ?? false;
    if (mount.Type === 'volume') {
      const volume = volumes.create({
        ...(mount.Source ? { name: mount.Source } : {}),
        ...(mount.VolumeOptions?.DriverConfig?.Name ? { driver: mount.VolumeOptions.DriverConfig.Name } : {}),
        options: mount.VolumeOptions?.DriverConfig?.Options ?? null,
        labels: mount.VolumeOptions?.Labels ?? null,
      });
      points.push({ type: 'volume', source: volume.name, target, readOnly, volume });
    } else if (mount.Type === 'bind') {
      const source = normalizePath(mount.Source ?? '');
      if (!host.exists(source)) host.makeFolder(source);
      points.push({ type: 'bind', source, target, readOnly });
    } else points.push({ type: 'tmpfs', source: '', target, readOnly });
  }
  const taken = new Set(points.map((point) => point.target));
  for (const target of [...(definition.volumes ?? []), ...Object.keys(config.Volumes ?? {})]) {
    if (taken.has(target)) continue;
    taken.add(target);
    const volume = volumes.create({});
    points.push({ type: 'volume', source: volume.name, target: normalizePath(target), readOnly: false, volume });
  }
  return points;
}

/** Whether a volume was made without a name. */
export function isAnonymous(volume: Volume): boolean {
  return volume.labels[anonymousLabel] !== undefined;
}

/** The mounts as a container's file system shows them. */
export function mountedFiles(points: readonly MountPoint[], host: FileSystem, tmpfs: () => FileSystem): MountedFiles[] {
  return points
    .map(
      (point): MountedFiles => ({
        target: point.target,
        files: point.type === 'bind' ? host : (point.volume?.files ?? tmpfs()),
        source: point.type === 'bind' ? (point.source === '/' ? '' : point.source) : '',
        readOnly: point.readOnly,
      }),
    )
    .sort((a, b) => b.target.length - a.target.length);
}
