import type { Config, NodeDescription, Secret, TaskStatus } from '../../api';
import type { StoredNode, StoredTask } from '../objects';

/** What the dispatcher sends to a node's agent: at first the complete set, then changes (ORCH-106, ORCH-124). */
export interface Assignments {
  readonly type: 'complete' | 'incremental';
  readonly update: readonly StoredTask[];
  /** IDs of tasks that are gone from the store: the agent removes their containers (ORCH-122). */
  readonly remove: readonly string[];
  /** The secrets and configs that the tasks of `update` refer to. */
  readonly secrets: readonly Secret[];
  readonly configs: readonly Config[];
}

/** The side of a node that the dispatcher calls. Implemented by the daemon. */
export interface Agent {
  assign(assignments: Assignments): void;
  /** The node object changed: role, load balancer addresses (ALLOC-44), labels. */
  nodeChanged(node: StoredNode): void;
  /** The session is over, by the manager's doing (node down, removed, leader changed): register again after a back-off. */
  sessionEnded(reason: string): void;
}

export interface TaskStatusReport {
  readonly taskID: string;
  readonly status: TaskStatus;
}

/** An agent's open line to the dispatcher. */
export interface Session {
  readonly nodeID: string;
  /** Hands in statuses; they are committed in batches of 100 ms (ORCH-124). Lower states than stored are dropped (ORCH-12). */
  report(reports: readonly TaskStatusReport[]): void;
  /** The engine stops in an orderly way: the node turns DISCONNECTED or, leaving the swarm, DOWN (ORCH-105). */
  close(): void;
}

/** The side of the managers that agents call. Implemented by the dispatcher. */
export interface DispatcherPort {
  /**
   * A node begins a session: it turns READY, its description and address are refreshed (ORCH-105).
   * Throws StatusError (`node not registered`, rate limit ORCH-108, no leader).
   */
  register(nodeID: string, description: NodeDescription, addr: string, agent: Agent): Session;
  /** Refreshes the description of a node with a session, as every 20 s when it changed. */
  describe(nodeID: string, description: NodeDescription): void;
  /** Heartbeats of this node stop or go on getting through: cut cable, partition, power cut (ORCH-101). No timer runs while all is well. */
  setReachable(nodeID: string, reachable: boolean): void;
}
