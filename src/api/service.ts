import type { Labels, Meta, Nanoseconds, Timestamp } from './common';
import type { NetworkAttachmentConfig, TaskSpec } from './task';

export type UpdateFailureAction = 'pause' | 'continue' | 'rollback';
export type UpdateOrder = 'stop-first' | 'start-first';

/** Of rolling updates and rollbacks (ORCH-85). */
export interface UpdateConfig {
  /** 0: all at once. */
  readonly Parallelism: number;
  readonly Delay?: Nanoseconds;
  readonly FailureAction?: UpdateFailureAction;
  readonly Monitor?: Nanoseconds;
  readonly MaxFailureRatio?: number;
  readonly Order?: UpdateOrder;
}

/** Exactly one member is set; none means replicated (ORCH-4). */
export interface ServiceMode {
  readonly Replicated?: { readonly Replicas?: number };
  readonly Global?: Readonly<Record<string, never>>;
  readonly ReplicatedJob?: { readonly MaxConcurrent?: number; readonly TotalCompletions?: number };
  readonly GlobalJob?: Readonly<Record<string, never>>;
}

export interface PortConfig {
  readonly Name?: string;
  readonly Protocol?: 'tcp' | 'udp' | 'sctp';
  readonly TargetPort?: number;
  readonly PublishedPort?: number;
  readonly PublishMode?: 'ingress' | 'host';
}

export type EndpointMode = 'vip' | 'dnsrr';

export interface EndpointSpec {
  readonly Mode?: EndpointMode;
  readonly Ports?: readonly PortConfig[];
}

export interface ServiceSpec {
  readonly Name: string;
  readonly Labels?: Labels;
  readonly TaskTemplate: TaskSpec;
  readonly Mode?: ServiceMode;
  readonly UpdateConfig?: UpdateConfig;
  readonly RollbackConfig?: UpdateConfig;
  /** Deprecated place of TaskTemplate.Networks. */
  readonly Networks?: readonly NetworkAttachmentConfig[];
  readonly EndpointSpec?: EndpointSpec;
}

export interface EndpointVirtualIP {
  readonly NetworkID: string;
  /** CIDR; absent on node-local networks (ALLOC-31). */
  readonly Addr?: string;
}

export interface Endpoint {
  readonly Spec?: EndpointSpec;
  readonly Ports?: readonly PortConfig[];
  readonly VirtualIPs?: readonly EndpointVirtualIP[];
}

export type UpdateState =
  | 'updating'
  | 'paused'
  | 'completed'
  | 'rollback_started'
  | 'rollback_paused'
  | 'rollback_completed';

export interface UpdateStatus {
  readonly State: UpdateState;
  readonly StartedAt?: Timestamp;
  readonly CompletedAt?: Timestamp;
  readonly Message: string;
}

export interface ServiceStatus {
  readonly RunningTasks: number;
  readonly DesiredTasks: number;
  readonly CompletedTasks: number;
}

export interface JobStatus {
  readonly JobIteration: { readonly Index: number };
  readonly LastExecution?: Timestamp;
}

/** A service as the Engine API shows it (ORCH-3). */
export interface Service extends Meta {
  readonly Spec: ServiceSpec;
  readonly PreviousSpec?: ServiceSpec;
  readonly Endpoint: Endpoint;
  readonly UpdateStatus?: UpdateStatus;
  readonly ServiceStatus?: ServiceStatus;
  readonly JobStatus?: JobStatus;
}
