/** A small cluster for the tests of this folder. */
import type { NodeAvailability, PortConfig, TaskSpec, TaskState } from '../../api';
import { profiles } from '../../api';
import { millisecond, Simulation } from '../../sim';
import type { StoredNode, StoredService, StoredTask } from '../objects';
import { Store } from '../store';
import { Scheduler } from './scheduler';

export const GiB = 2 ** 30;

export class Cluster {
  readonly sim = new Simulation({ seed: 7, start: 0 });
  readonly store = new Store(this.sim, { freeze: true });
  readonly scheduler: Scheduler;
  #tasks = 0;

  constructor(options: { readonly historyLimit?: number } = {}) {
    const context = { sim: this.sim, store: this.store, random: this.sim.random, profile: profiles['28'] };
    this.scheduler = new Scheduler(context, options);
  }

  /** Nodes with these names, ready and active unless told otherwise. */
  node(name: string, over: Partial<Omit<StoredNode, 'ID'>> = {}): void {
    this.store.update((tx) =>
      tx.create('node', {
        ID: name,
        Role: 'worker',
        Spec: { Role: 'worker', Availability: 'active' },
        Status: { State: 'ready', Addr: '10.0.0.1' },
        ...over,
        Description: {
          Hostname: name,
          Platform: { OS: 'linux', Architecture: 'x86_64' },
          Resources: { NanoCPUs: 2e9, MemoryBytes: 2 * GiB },
          Engine: { Plugins: [{ Type: 'Network', Name: 'overlay' }] },
          ...over.Description,
        },
      }),
    );
  }

  nodes(...names: string[]): void {
    for (const name of names) this.node(name);
  }

  changeNode(id: string, change: (node: StoredNode) => Partial<StoredNode>): void {
    const node = this.store.get('node', id)!;
    this.store.update((tx) => tx.update('node', { ...node, ...change(node) }));
  }

  availability(id: string, Availability: NodeAvailability): void {
    this.changeNode(id, ({ Spec }) => ({ Spec: { ...Spec, Availability } }));
  }

  labels(id: string, Labels: Record<string, string>): void {
    this.changeNode(id, ({ Spec }) => ({ Spec: { ...Spec, Labels } }));
  }

  service(id: string, version = 1): void {
    const Spec = { Name: id, TaskTemplate: {} };
    const SpecVersion = { Index: version };
    const service: StoredService | undefined = this.store.get('service', id);
    this.store.update((tx) => {
      if (service) tx.update('service', { ...service, SpecVersion });
      else tx.create('service', { ID: id, Spec, Endpoint: {}, SpecVersion });
    });
  }

  /** Creates `count` tasks of the service (and the service, if need be) in one commit; returns their IDs. */
  tasks(
    serviceID: string,
    count: number,
    Spec: TaskSpec = {},
    over: Partial<StoredTask> & { readonly hostPorts?: readonly PortConfig[] } = {},
  ): string[] {
    if (!this.store.get('service', serviceID)) this.service(serviceID);
    const { hostPorts, ...rest } = over;
    return this.store.update((tx) =>
      Array.from({ length: count }, () => {
        const ID = `task${++this.#tasks}`;
        tx.create('task', {
          ID,
          ServiceID: serviceID,
          SpecVersion: { Index: 1 },
          Slot: this.#tasks,
          Spec,
          ServiceAnnotations: { Name: serviceID, Labels: {} },
          Status: { State: 'pending', Timestamp: this.sim.timestamp, Message: 'pending task scheduling' },
          DesiredState: 'running',
          ...(hostPorts ? { Endpoint: { Ports: hostPorts } } : {}),
          ...rest,
        });
        return ID;
      }),
    );
  }

  task(id: string): StoredTask {
    return this.store.get('task', id)!;
  }

  change(id: string, change: Partial<StoredTask>): void {
    const task = this.task(id);
    this.store.update((tx) => tx.update('task', { ...task, ...change }));
  }

  state(id: string, State: TaskState): void {
    this.change(id, { Status: { ...this.task(id).Status, State } });
  }

  /** Lets time pass until the scheduler had its turn. */
  settle(): void {
    this.sim.runFor(200 * millisecond);
  }

  start(): void {
    this.scheduler.start();
    this.settle();
  }

  nodeOf(id: string): string | undefined {
    return this.task(id).NodeID;
  }

  /** How many of the tasks are on each node. */
  spread(ids: readonly string[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const id of ids) {
      const node = this.nodeOf(id) ?? 'none';
      counts[node] = (counts[node] ?? 0) + 1;
    }
    return counts;
  }
}

/** A cluster of these nodes, with its scheduler at work. */
export function started(...nodes: string[]): Cluster {
  const cluster = new Cluster();
  cluster.nodes(...nodes);
  cluster.start();
  return cluster;
}

/** A task spec's part that reserves CPUs and bytes of memory. */
export function reserve(
  cpus: number,
  memory = 0,
): { Resources: { Reservations: { NanoCPUs: number; MemoryBytes: number } } } {
  return { Resources: { Reservations: { NanoCPUs: cpus * 1e9, MemoryBytes: memory } } };
}

export const port80: PortConfig[] = [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 80, PublishMode: 'host' }];

/** What a task says of its placement after the scheduler had its turn. */
export function errOf(cluster: Cluster, id: string): string | undefined {
  cluster.settle();
  return cluster.task(id).Status.Err;
}
