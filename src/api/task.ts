import type { Driver, GenericResource, Labels, Meta, Nanoseconds, ResourceObject, Timestamp } from './common';
import type { ContainerSpec } from './container-spec';
import type { SwarmNetwork } from './network';
import type { PortConfig } from './service';
import type { VolumeAttachment } from './volume';

/** Task states by their number; comparisons of states compare these numbers (ORCH-10, ORCH-11). */
export const taskStateOrder = {
  new: 0,
  pending: 64,
  assigned: 192,
  accepted: 256,
  preparing: 320,
  ready: 384,
  starting: 448,
  running: 512,
  complete: 576,
  shutdown: 640,
  failed: 704,
  rejected: 768,
  remove: 800,
  orphaned: 832,
} as const;

export type TaskState = keyof typeof taskStateOrder;

/** Negative, zero or positive as `a` comes before, with or after `b` in the life of a task (ORCH-10). */
export function compareTaskStates(a: TaskState, b: TaskState): number {
  return taskStateOrder[a] - taskStateOrder[b];
}

/** Whether a task in this state will never run (again): past RUNNING (ORCH-11). */
export function isTerminal(state: TaskState): boolean {
  return taskStateOrder[state] > taskStateOrder.running;
}

export type RestartCondition = '' | 'none' | 'on-failure' | 'any';

export interface RestartPolicy {
  readonly Condition?: RestartCondition;
  readonly Delay?: Nanoseconds;
  readonly MaxAttempts?: number;
  readonly Window?: Nanoseconds;
}

export interface Platform {
  readonly Architecture?: string;
  readonly OS?: string;
}

export interface Placement {
  readonly Constraints?: readonly string[];
  readonly Preferences?: readonly { readonly Spread?: { readonly SpreadDescriptor: string } }[];
  readonly MaxReplicas?: number;
  readonly Platforms?: readonly Platform[];
}

export interface NetworkAttachmentConfig {
  /** Network ID in stored specs; clients may give a name or an ID prefix. */
  readonly Target?: string;
  readonly Aliases?: readonly string[];
  readonly DriverOpts?: Labels;
}

export interface ResourceRequirements {
  readonly Limits?: ResourceObject;
  readonly Reservations?: ResourceObject;
}

/** `Spec.TaskTemplate` of a service, `Spec` of a task (ORCH-5). */
export interface TaskSpec {
  readonly ContainerSpec?: ContainerSpec;
  readonly PluginSpec?: Readonly<Record<string, unknown>>;
  readonly NetworkAttachmentSpec?: { readonly ContainerID: string };
  readonly Resources?: ResourceRequirements;
  readonly RestartPolicy?: RestartPolicy;
  readonly Placement?: Placement;
  readonly Networks?: readonly NetworkAttachmentConfig[];
  readonly LogDriver?: Driver;
  readonly ForceUpdate?: number;
  /** `container` or empty; `plugin` and `attachment` are the engine's others. */
  readonly Runtime?: string;
}

export interface ContainerStatus {
  readonly ContainerID: string;
  readonly PID: number;
  readonly ExitCode: number;
}

export interface TaskStatus {
  readonly Timestamp: Timestamp;
  readonly State: TaskState;
  readonly Message?: string;
  readonly Err?: string;
  readonly ContainerStatus?: ContainerStatus;
  readonly PortStatus?: { readonly Ports?: readonly PortConfig[] };
}

/** One network of a task with the addresses it got there, as CIDR (ALLOC-40). */
export interface NetworkAttachment {
  readonly Network: SwarmNetwork;
  readonly Addresses?: readonly string[];
  readonly Aliases?: readonly string[];
  readonly DriverOpts?: Labels;
}

/** A task as the Engine API shows it (ORCH-6). */
export interface Task extends Meta {
  readonly Labels?: Labels;
  readonly Spec: TaskSpec;
  readonly ServiceID?: string;
  /** From 1 for replicated services; absent (0) for global ones. */
  readonly Slot?: number;
  readonly NodeID?: string;
  readonly Status: TaskStatus;
  readonly DesiredState: TaskState;
  readonly NetworksAttachments?: readonly NetworkAttachment[];
  readonly GenericResources?: readonly GenericResource[];
  readonly JobIteration?: { readonly Index: number };
  /** The cluster volumes behind its mounts. */
  readonly Volumes?: readonly VolumeAttachment[];
}
