/**
 * The objects in the managers' store: the Engine API's shapes plus what SwarmKit keeps and the API does not show.
 * They are immutable: a change is a new object.
 */
import type {
  Annotations,
  ClusterInfo,
  ClusterVolume,
  ClusterVolumeSpec,
  Config,
  Driver,
  Endpoint,
  Node,
  NodeRole,
  Secret,
  Service,
  SwarmNetwork,
  Task,
  TaskStatus,
  Timestamp,
  Version,
} from '../api';

/** One address of a node's load balancer on a network (ALLOC-42). */
export interface NodeLoadBalancer {
  readonly NetworkID: string;
  /** CIDR. */
  readonly Address: string;
}

export interface StoredNode extends Omit<Node, 'ManagerStatus'> {
  /** The actual role, by the node's certificate; `Spec.Role` is the desired one (CTRL-20). */
  readonly Role: NodeRole;
  /** Load balancer addresses, ingress first (ALLOC-42). */
  readonly Attachments?: readonly NodeLoadBalancer[];
}

export interface StoredService extends Omit<Service, 'ServiceStatus'> {
  /** `Version` at the last change of the spec; tasks of another version are candidates for an update (ORCH-80). */
  readonly SpecVersion: Version;
  readonly PreviousSpecVersion?: Version;
  /** What the allocator got for `Endpoint`; false or absent while it could not allocate (ALLOC-2). */
  readonly Allocated?: boolean;
}

export interface StoredTaskStatus extends TaskStatus {
  /** When the manager received the status (ORCH-54). */
  readonly AppliedAt?: Timestamp;
}

export interface StoredTask extends Task {
  readonly Status: StoredTaskStatus;
  /** Copied from the service at creation (ORCH-16); absent for network attachments. */
  readonly SpecVersion?: Version;
  readonly ServiceAnnotations: Annotations;
  /** Copy of the service's endpoint at allocation time (ALLOC-40). */
  readonly Endpoint?: Endpoint;
  /** The log driver that the task gets: its spec's, else the cluster's default (ORCH-16). */
  readonly LogDriver?: Driver;
}

export interface StoredNetwork extends SwarmNetwork {
  /** Node-local network that every swarm has, `bridge` or `host` (ALLOC-12). */
  readonly Predefined?: boolean;
  /** Subnets, gateways and VNIs are allocated; absent while they could not be (ALLOC-15). */
  readonly Allocated?: boolean;
  /** Why the allocation did not work; the engine only logs it. */
  readonly AllocationError?: string;
}

export interface StoredCluster extends ClusterInfo {
  readonly JoinTokens: { readonly Worker: string; readonly Manager: string };
  /** `SWMKEY-1-...` while autolock is on (CTRL-50). */
  readonly UnlockKey?: string;
  /** IDs of removed nodes: their certificates are not accepted any more (CTRL-23). */
  readonly BlacklistedNodes?: readonly string[];
}

/** A cluster volume (CSI): what was asked for, and what its driver and its nodes made of it. */
export interface StoredVolume extends Omit<ClusterVolume, 'Spec'> {
  readonly Spec: ClusterVolumeSpec & Annotations & { readonly Driver: Driver };
  /** It is to be deleted, and no task can have it any more. */
  readonly PendingDelete?: boolean;
}

export interface StoredObjects {
  readonly node: StoredNode;
  readonly service: StoredService;
  readonly task: StoredTask;
  readonly network: StoredNetwork;
  readonly secret: Secret;
  readonly config: Config;
  readonly cluster: StoredCluster;
  readonly volume: StoredVolume;
}

export type ObjectKind = keyof StoredObjects;

/** A task's name: `<service>.<slot>.<taskID>`, with slot 0 the node's ID in the middle (ORCH-15). */
export function taskName(task: Pick<StoredTask, 'ID' | 'Slot' | 'NodeID' | 'ServiceAnnotations'>): string {
  return `${task.ServiceAnnotations.Name}.${task.Slot ? task.Slot : task.NodeID}.${task.ID}`;
}
