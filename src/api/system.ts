import type { ClusterInfo } from './cluster';
import type { Labels } from './common';

export type LocalNodeState = 'inactive' | 'pending' | 'active' | 'error' | 'locked';

/** `Swarm` of `GET /info` (API-80). */
export interface SwarmInfo {
  readonly NodeID: string;
  readonly NodeAddr: string;
  readonly LocalNodeState: LocalNodeState;
  readonly ControlAvailable: boolean;
  readonly Error: string;
  readonly RemoteManagers: readonly { readonly NodeID: string; readonly Addr: string }[] | null;
  readonly Nodes?: number;
  readonly Managers?: number;
  readonly Cluster?: Partial<ClusterInfo>;
  readonly Warnings?: readonly string[];
}

/** `GET /info`: the fields that faces read; the engine sends more. */
export interface SystemInfo {
  readonly ID: string;
  readonly Name: string;
  readonly ServerVersion: string;
  readonly Containers: number;
  readonly ContainersRunning: number;
  readonly ContainersPaused: number;
  readonly ContainersStopped: number;
  readonly Images: number;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly OperatingSystem: string;
  readonly OSType: string;
  readonly Architecture: string;
  readonly KernelVersion: string;
  readonly Labels: readonly string[];
  readonly Swarm: SwarmInfo;
  readonly [other: string]: unknown;
}

/** `GET /version` (API-81). */
export interface SystemVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion: string;
  readonly Os: string;
  readonly Arch: string;
  readonly [other: string]: unknown;
}

/** One line of `GET /events` (API-70). */
export interface EventMessage {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Labels };
  readonly scope: 'local' | 'swarm';
  /** Unix seconds. */
  readonly time: number;
  readonly timeNano: number;
  readonly status?: string;
  readonly id?: string;
  readonly from?: string;
}
