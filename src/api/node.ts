import type { Labels, Meta, ResourceObject } from './common';
import type { Platform } from './task';
import type { Topology } from './volume';

export type NodeRole = 'worker' | 'manager';
export type NodeAvailability = 'active' | 'pause' | 'drain';
export type NodeState = 'unknown' | 'down' | 'ready' | 'disconnected';
export type Reachability = 'unknown' | 'unreachable' | 'reachable';

export interface NodeSpec {
  readonly Name?: string;
  readonly Labels?: Labels;
  /** The desired role (ORCH-2). */
  readonly Role: NodeRole;
  readonly Availability: NodeAvailability;
}

export interface EnginePlugin {
  readonly Type: string;
  readonly Name: string;
}

export interface NodeDescription {
  readonly Hostname?: string;
  readonly Platform?: Platform;
  readonly Resources?: ResourceObject;
  readonly Engine?: {
    readonly EngineVersion?: string;
    readonly Labels?: Labels;
    readonly Plugins?: readonly EnginePlugin[];
  };
  readonly TLSInfo?: {
    readonly TrustRoot?: string;
    readonly CertIssuerSubject?: string;
    readonly CertIssuerPublicKey?: string;
  };
  readonly CSIInfo?: readonly NodeCSIInfo[];
}

/** A driver of cluster volumes on a node. */
export interface NodeCSIInfo {
  readonly PluginName: string;
  readonly NodeID: string;
  readonly MaxVolumesPerNode?: number;
  readonly AccessibleTopology?: Topology;
}

export interface NodeStatus {
  readonly State: NodeState;
  readonly Message?: string;
  readonly Addr?: string;
}

export interface ManagerStatus {
  readonly Leader?: boolean;
  readonly Reachability?: Reachability;
  readonly Addr?: string;
}

/** A node as the Engine API shows it (ORCH-2). */
export interface Node extends Meta {
  readonly Spec: NodeSpec;
  readonly Description: NodeDescription;
  readonly Status: NodeStatus;
  readonly ManagerStatus?: ManagerStatus;
}
