import type { Labels, Meta, Timestamp } from './common';

/** Parts of the world that a node, or a volume, is in: `{zone: 'a'}`. */
export interface Topology {
  readonly Segments?: Labels;
}

/** What `POST /volumes/create` says of a cluster volume (API 1.42 and later). */
export interface ClusterVolumeSpec {
  /** Volumes of a group are interchangeable: a mount may name `group:<Group>`. */
  readonly Group?: string;
  readonly AccessMode?: {
    readonly Scope?: 'single' | 'multi';
    readonly Sharing?: 'none' | 'readonly' | 'onewriter' | 'all';
    readonly MountVolume?: { readonly FsType?: string; readonly MountFlags?: readonly string[] };
    readonly BlockVolume?: Readonly<Record<string, never>>;
  };
  readonly AccessibilityRequirements?: {
    readonly Requisite?: readonly Topology[];
    readonly Preferred?: readonly Topology[];
  };
  readonly CapacityRange?: { readonly RequiredBytes?: number; readonly LimitBytes?: number };
  readonly Secrets?: readonly { readonly Key: string; readonly Secret: string }[];
  readonly Availability?: 'active' | 'pause' | 'drain';
}

export type PublishState = 'pending-publish' | 'published' | 'pending-node-unpublish' | 'pending-controller-unpublish';

/** What became of a cluster volume on one node. */
export interface PublishStatus {
  readonly NodeID: string;
  readonly State: PublishState;
  readonly PublishContext?: Labels;
}

/** What the driver told of a volume that it made. */
export interface ClusterVolumeInfo {
  readonly CapacityBytes?: number;
  readonly VolumeContext?: Labels;
  readonly VolumeID?: string;
  readonly AccessibleTopology?: readonly Topology[];
}

/** The swarm's side of a volume, as the Engine API shows it. */
export interface ClusterVolume extends Meta {
  readonly Spec: ClusterVolumeSpec;
  readonly PublishStatus?: readonly PublishStatus[];
  readonly Info?: ClusterVolumeInfo;
}

/** A volume of the swarm in `GET /volumes`. */
export interface SwarmVolume {
  readonly ClusterVolume: ClusterVolume;
  readonly CreatedAt: Timestamp | string;
  readonly Driver: string;
  readonly Labels: Labels | null;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Options: Labels | null;
  readonly Scope: 'global';
}

/** A volume that a task got for one of its mounts. */
export interface VolumeAttachment {
  readonly ID: string;
  readonly Source: string;
  readonly Target: string;
}
