import type { Profile } from '../../api';
import type { NetworkController } from '../../network/libnetwork';
import type { Micros, Random, Simulation } from '../../sim';
import type { DaemonError } from '../errors';
import type { EventLog } from '../events/event-log';
import type { ImageStore } from '../images/image-store';
import type { Input } from '../programs';
import type { VolumeStore } from '../volumes/volume-store';
import type { Wire } from '../wire';
import type { Container } from './container';
import type { FileSystem } from './file-system';
import type { HealthStatus } from './health';
import type { Networking } from './networking';

/** What containers need of their node. */
export interface ContainerContext {
  readonly sim: Simulation;
  readonly random: Random;
  readonly profile: Profile;
  readonly hostname: string;
  readonly cpus: number;
  /** Of the machine, in bytes. */
  readonly memory: number;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
  readonly events: EventLog;
  readonly networks: NetworkController;
  readonly networking: Networking;
  readonly wire: Wire;
  /** Files of the machine itself, for bind mounts. */
  readonly hostFiles: FileSystem;
  /** Containers whose probes are made to fail. */
  readonly unhealthy: Set<string>;
  /** A timer that a power cut takes away. */
  after(delay: Micros, run: () => void): { cancel(): void };
  /** As `after`, for work: a slow machine takes longer. */
  work(delay: Micros, run: () => void): { cancel(): void };
  /** Address of the default bridge on the host. */
  hostGateway(): string;
  /** Whether the routing mesh has the port. */
  ingressPort(protocol: 'tcp' | 'udp' | 'sctp', port: number): boolean;
  /** Addresses on the swarm's attachable networks that a plain container wants (ALLOC-45). */
  withAttachments(
    container: Container,
    then: (error: DaemonError | undefined, addresses: ReadonlyMap<string, string>) => void,
  ): void;
  /** The container is removed: its attachments go. */
  detachAll(container: Container): void;
  /** The container of a task has stopped; told before anybody else hears of it. */
  taskExited(container: Container): void;
  healthChanged(container: Container, status: HealthStatus): void;
  endExecs(container: Container): void;
  /** What clients type into a container. */
  inputOf(container: Container): Input;
}
