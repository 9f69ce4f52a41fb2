import type { Mount, Topology, VolumeAttachment } from '../../api';
import type { StoredNode, StoredTask, StoredVolume } from '../objects';

/** A mount of type `cluster`: a volume of the swarm, by name or as `group:<name>`. */
export interface ClusterMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** The mounts of a task that name cluster volumes. */
export function clusterMounts(mounts: readonly Mount[] | undefined): readonly ClusterMount[] {
  return (mounts ?? [])
    .filter(({ Type }) => Type === 'cluster')
    .map(({ Source = '', Target = '', ReadOnly = false }) => ({ source: Source, target: Target, readOnly: ReadOnly }));
}

interface Use {
  readonly nodeID: string;
  readonly readOnly: boolean;
}

/**
 * The cluster volumes that drivers have made, and which tasks have them: what the Volumes filter looks at (SCHED-10,
 * SCHED-26, ORCH-130). Volumes without an ID of their driver do not exist yet.
 */
export class VolumeSet {
  readonly #volumes = new Map<string, StoredVolume>();
  readonly #uses = new Map<string, Map<string, Use>>();

  put(volume: StoredVolume): void {
    if (volume.Info?.VolumeID) this.#volumes.set(volume.ID, volume);
    else this.#volumes.delete(volume.ID);
  }

  remove(id: string): void {
    this.#volumes.delete(id);
  }

  /** A task has these volumes on its node from now on. */
  reserve(task: StoredTask): void {
    const mounts = clusterMounts(task.Spec.ContainerSpec?.Mounts);
    for (const { ID, Target } of task.Volumes ?? []) {
      let uses = this.#uses.get(ID);
      if (!uses) {
        uses = new Map();
        this.#uses.set(ID, uses);
      }
      const readOnly = mounts.find(({ target }) => target === Target)?.readOnly ?? false;
      uses.set(task.ID, { nodeID: task.NodeID ?? '', readOnly });
    }
  }

  release(task: StoredTask): void {
    for (const { ID } of task.Volumes ?? []) this.#uses.get(ID)?.delete(task.ID);
  }

  /** A volume for each mount, on this node; undefined when one has none. */
  choose(mounts: readonly ClusterMount[], node: StoredNode): readonly VolumeAttachment[] | undefined {
    const chosen: VolumeAttachment[] = [];
    for (const mount of mounts) {
      const volume = this.#candidates(mount.source).find((one) => this.unfit(one, mount, node) === undefined);
      if (!volume) return undefined;
      chosen.push({ ID: volume.ID, Source: mount.source, Target: mount.target });
    }
    return chosen;
  }

  /** Why no volume fits, for the first mount that has none; undefined when all have one. */
  why(mounts: readonly ClusterMount[], node: StoredNode): string | undefined {
    for (const mount of mounts) {
      const candidates = this.#candidates(mount.source);
      if (candidates.length === 0) return `there is no volume ${mount.source}`;
      const reasons = candidates.map((one) => this.unfit(one, mount, node));
      if (reasons.every((reason) => reason !== undefined)) return reasons[0];
    }
    return undefined;
  }

  #candidates(source: string): readonly StoredVolume[] {
    const group = source.startsWith('group:') ? source.slice('group:'.length) : undefined;
    return [...this.#volumes.values()].filter(({ Spec }) =>
      group === undefined ? Spec.Name === source : Spec.Group === group,
    );
  }

  /** What keeps a volume from a node: availability, topology, access mode; undefined when nothing does. */
  unfit(volume: StoredVolume, mount: ClusterMount, node: StoredNode): string | undefined {
    const { Name, Availability = 'active', AccessMode, Driver } = volume.Spec;
    if (volume.PendingDelete) return `${Name} is being deleted`;
    if (Availability !== 'active') return `${Name} has availability ${Availability}`;
    const csi = node.Description?.CSIInfo?.find(({ PluginName }) => PluginName === Driver.Name);
    const places = volume.Info?.AccessibleTopology ?? [];
    if (places.length > 0 && !places.some((place) => isWithin(csi?.AccessibleTopology, place))) {
      return csi ? `${Name} cannot be reached from here` : `no CSI plugin ${Driver.Name}`;
    }
    const uses = [...(this.#uses.get(volume.ID)?.values() ?? [])];
    if ((AccessMode?.Scope ?? 'single') === 'single' && uses.some(({ nodeID }) => nodeID !== node.ID)) {
      return `${Name} is used on another node`;
    }
    switch (AccessMode?.Sharing ?? 'none') {
      case 'none':
        return uses.length > 0 ? `${Name} is used by another task` : undefined;
      case 'readonly':
        return mount.readOnly ? undefined : `${Name} can be read only`;
      case 'onewriter':
        return !mount.readOnly && uses.some(({ readOnly }) => !readOnly) ? `${Name} has a writer already` : undefined;
      default:
        return undefined;
    }
  }
}

/** Whether a node's place has all segments of a volume's. */
function isWithin(own: Topology | undefined, place: Topology): boolean {
  return (
    own !== undefined && Object.entries(place.Segments ?? {}).every(([key, value]) => own.Segments?.[key] === value)
  );
}
