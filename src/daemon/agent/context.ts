import type { SwarmNetwork, TaskStatus, Timestamp } from '../../api';
import type { Micros, Random } from '../../sim';
import type { StoredTask } from '../../swarm/objects';
import type { Container } from '../containers/container';
import type { Containers } from '../containers/containers';
import type { ImageStore } from '../images/image-store';
import type { TaskController } from './task-controller';

/** What a task's controller needs of its node. */
export interface AgentContext {
  readonly timestamp: Timestamp;
  readonly random: Random;
  readonly containers: Containers;
  readonly images: ImageStore;
  after(delay: Micros, run: () => void): { cancel(): void };
  /** As `after`, for work: a slow machine takes longer. */
  work(delay: Micros, run: () => void): { cancel(): void };
  /** The node's load balancer address on a network, CIDR; undefined while it has none (ALLOC-42). */
  loadBalancer(networkID: string): string | undefined;
  /** Hears that addresses changed; the result ends it. */
  onAddresses(listener: () => void): () => void;
  /** Brings a network to the node, or keeps it there for one task more (ALLOC-46). */
  useNetwork(network: SwarmNetwork): void;
  releaseNetwork(networkID: string): void;
  createContainer(task: StoredTask): Container;
  /** A network attachment for a plain container is there (ALLOC-45). */
  attachmentReady(task: StoredTask): void;
  report(taskID: string, status: TaskStatus): void;
  removed(controller: TaskController): void;
}
