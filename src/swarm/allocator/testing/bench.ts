import type { NetworkSpec, ServiceSpec, TaskState } from '../../../api';
import { profiles } from '../../../api';
import { Random, Simulation } from '../../../sim';
import { createCluster } from '../../ca';
import type { StoredNetwork, StoredNode, StoredService, StoredTask } from '../../objects';
import { Store } from '../../store';
import { Allocator } from '../allocator';
import { plainPools } from './plain-pools';

/** A swarm of one node with a running allocator, and short ways to make objects. */
export class Bench {
  readonly sim = new Simulation({ seed: 7, start: Date.UTC(2026, 0, 1) * 1_000 });
  readonly store = new Store(this.sim, { freeze: true });
  readonly random = new Random(3);
  readonly allocator = new Allocator({ ...this, profile: profiles['28'] }, plainPools);
  readonly node: StoredNode;

  constructor(options: { readonly pool?: string; readonly size?: number } = {}) {
    const { node } = createCluster(
      this,
      { DefaultAddrPool: options.pool ? [options.pool] : null, ...(options.size ? { SubnetSize: options.size } : {}) },
      { addr: '192.168.99.101' },
    );
    this.node = node;
    this.allocator.start();
    this.settle();
  }

  settle(): void {
    this.sim.runUntilQuiet();
  }

  network(name: string, spec: Partial<NetworkSpec> = {}): StoredNetwork {
    const { ID } = this.store.update((tx) =>
      tx.create('network', { ID: this.random.objectId(), Spec: { Name: name, ...spec } }),
    );
    this.settle();
    return this.store.get('network', ID)!;
  }

  service(name: string, networks: readonly string[], spec: Partial<ServiceSpec> = {}): StoredService {
    const { ID } = this.store.update((tx) =>
      tx.create('service', {
        ID: this.random.objectId(),
        Spec: { Name: name, TaskTemplate: { Networks: networks.map((Target) => ({ Target })) }, ...spec },
        SpecVersion: { Index: 0 },
        Endpoint: {},
      }),
    );
    this.settle();
    return this.store.get('service', ID)!;
  }

  change(service: StoredService, spec: Partial<ServiceSpec>): StoredService {
    const now = this.store.get('service', service.ID)!;
    this.store.update((tx) => tx.update('service', { ...now, Spec: { ...now.Spec, ...spec } }));
    this.settle();
    return this.store.get('service', service.ID)!;
  }

  /** New tasks of a service, as its orchestrator makes them. */
  tasks(service: StoredService, count: number, extra: Partial<StoredTask> = {}): StoredTask[] {
    const made = this.store.update((tx) =>
      Array.from({ length: count }, (_, index) =>
        tx.create('task', {
          ID: this.random.objectId(),
          ServiceID: service.ID,
          ServiceAnnotations: { Name: service.Spec.Name, Labels: {} },
          Slot: index + 1,
          Spec: service.Spec.TaskTemplate,
          Status: { Timestamp: this.sim.timestamp, State: 'new' },
          DesiredState: 'running',
          ...extra,
        }),
      ),
    );
    this.settle();
    return made.map((task) => this.task(task));
  }

  task({ ID }: StoredTask): StoredTask {
    return this.store.get('task', ID)!;
  }

  set(task: StoredTask, State: TaskState, extra: Partial<StoredTask> = {}): StoredTask {
    const now = this.task(task);
    this.store.update((tx) => tx.update('task', { ...now, ...extra, Status: { ...now.Status, State } }));
    this.settle();
    return this.task(task);
  }

  remove(kind: 'task' | 'service' | 'network' | 'node', { ID }: { readonly ID: string }): void {
    this.store.update((tx) => tx.remove(kind, ID));
    this.settle();
  }

  get ingress(): StoredNetwork {
    return this.store.named('network', 'ingress')!;
  }

  /** Every address that stored objects have, as `network address`. */
  addresses(): string[] {
    const all: string[] = [];
    for (const node of this.store.all('node')) {
      for (const { NetworkID, Address } of node.Attachments ?? []) all.push(`${NetworkID} ${Address}`);
    }
    for (const { Endpoint } of this.store.all('service')) {
      for (const { NetworkID, Addr } of Endpoint.VirtualIPs ?? []) if (Addr) all.push(`${NetworkID} ${Addr}`);
    }
    for (const task of this.store.all('task')) {
      if (['complete', 'failed', 'shutdown', 'rejected', 'orphaned'].includes(task.Status.State)) continue;
      for (const { Network, Addresses } of task.NetworksAttachments ?? []) {
        for (const address of Addresses ?? []) all.push(`${Network.ID} ${address}`);
      }
    }
    return all;
  }
}
