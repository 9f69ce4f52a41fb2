import type { Endpoint, NetworkAttachment, TaskStatus } from '../../api';
import { compareTaskStates, isTerminal } from '../../api';
import type { Micros } from '../../sim';
import { minute } from '../../sim';
import type { ControlContext, ControlLoop } from '../control-loop';
import type { NodeLoadBalancer, StoredNetwork, StoredService, StoredTask } from '../objects';
import type { Change, Transaction, Watch } from '../store';
import type { AddressPoolsFactory } from './address-pools';
import { attachmentsOf, BlockedError, TaskAllocations } from './attachments';
import { Backlog } from './backlog';
import { EndpointAllocations, needsNothing } from './endpoints';
import { LoadBalancerAllocations } from './load-balancers';
import type { NetworkAllocation } from './networks';
import { NetworkAllocations } from './networks';

/** Default pool and subnet size of swarm networks (ALLOC-10). */
export const defaultAddressPool: readonly string[] = ['10.0.0.0/8'];
export const defaultSubnetSize = 24;

const retryInterval: Micros = 5 * minute;

/** What a task will be once the transaction of this reaction is written. */
interface TaskAllocation {
  readonly attachments: readonly NetworkAttachment[];
  readonly endpoint: Endpoint | undefined;
}

/** Everything that the allocator keeps in memory; it is lost with the leader. */
class Memory {
  readonly networks: NetworkAllocations;
  readonly endpoints: EndpointAllocations;
  readonly tasks: TaskAllocations;
  readonly loadBalancers: LoadBalancerAllocations;
  /** Networks and services that could not be allocated, with the reason. */
  readonly unallocated = new Map<string, string>();
  /** Tasks that could not be allocated. */
  readonly backlog = new Backlog();
  readonly newTasks = new Set<string>();
  ingressID: string | undefined;
  somethingWasDeallocated = false;

  constructor(
    networks: NetworkAllocations,
    public lastRetry: Micros,
  ) {
    this.networks = networks;
    this.endpoints = new EndpointAllocations(networks);
    this.tasks = new TaskAllocations(networks);
    this.loadBalancers = new LoadBalancerAllocations(networks);
  }
}

/** Results that a reaction collects, written together at its end. */
class Results {
  readonly networks = new Map<string, NetworkAllocation | string>();
  readonly endpoints = new Map<string, Endpoint>();
  readonly touchedNodes = new Set<string>();
  readonly nodes = new Map<string, readonly NodeLoadBalancer[]>();
  readonly tasks = new Map<string, TaskAllocation>();
}

/**
 * The leader's allocator: subnets, addresses, virtual IPs, ports (ALLOC-1). What it cannot allocate waits without an
 * error to anybody (ALLOC-2), and is tried again when something was given back.
 */
export class Allocator implements ControlLoop {
  readonly #context: ControlContext;
  readonly #makePools: AddressPoolsFactory;
  #memory: Memory | undefined;
  #watch: Watch | undefined;

  constructor(context: ControlContext, makePools: AddressPoolsFactory) {
    this.#context = context;
    this.#makePools = makePools;
  }

  /** Claims again what stored objects have, then allocates the rest (ALLOC-5). */
  start(): void {
    this.stop();
    const { store, sim } = this.#context;
    const { DefaultAddrPool, SubnetSize } = store.cluster ?? {};
    const pools = DefaultAddrPool?.length ? DefaultAddrPool : defaultAddressPool;
    const networks = new NetworkAllocations(this.#makePools(pools, SubnetSize || defaultSubnetSize));
    const memory = new Memory(networks, sim.now);
    this.#memory = memory;
    const results = new Results();
    this.#restore(memory);
    this.#allocateRest(memory, results);
    this.#watch = store.watch(['network', 'service', 'node', 'task'], (changes) => this.#react(changes));
    this.#write(memory, results);
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#memory = undefined;
  }

  /** Why a task is still NEW, in words; undefined when the allocator is not what it waits for. */
  explainNew(taskID: string): string | undefined {
    const memory = this.#memory;
    const waiting = memory?.backlog.reason(taskID);
    if (!memory || !waiting) return undefined;
    const why = memory.unallocated.get(waiting.blockedBy);
    return why ? `${waiting.reason}: ${why}` : waiting.reason;
  }

  /** Why a network or service is not allocated; undefined when it is. */
  explainUnallocated(id: string): string | undefined {
    return this.#memory?.unallocated.get(id);
  }

  #restore(memory: Memory): void {
    const { store } = this.#context;
    const networks = [...store.all('network')];
    memory.ingressID = networks.find((network) => network.Spec.Ingress)?.ID;
    for (const network of ingressFirst(networks)) {
      if (!network.Allocated) continue;
      try {
        memory.networks.allocate(network);
      } catch (error) {
        memory.unallocated.set(network.ID, (error as Error).message);
      }
    }
    for (const node of store.all('node')) memory.loadBalancers.restore(node);
    for (const service of store.all('service')) memory.endpoints.restore(service);
    for (const task of store.all('task')) {
      memory.loadBalancers.count(task, undefined);
      if (!isTerminal(task.Status.State) && compareTaskStates(task.Status.State, 'new') > 0) memory.tasks.restore(task);
    }
  }

  #allocateRest(memory: Memory, results: Results): void {
    const { store } = this.#context;
    for (const network of ingressFirst([...store.all('network')])) this.#allocateNetwork(memory, results, network.ID);
    for (const node of store.all('node')) this.#allocateNode(memory, results, node.ID);
    for (const service of store.all('service')) this.#allocateService(memory, results, service.ID);
    for (const task of store.all('task')) if (task.Status.State === 'new') memory.newTasks.add(task.ID);
    this.#allocateNewTasks(memory, results);
  }

  #react(changes: readonly Change[]): void {
    const memory = this.#memory;
    if (!memory) return;
    const results = new Results();
    for (const change of changes) {
      if (change.kind === 'network') this.#networkChanged(memory, results, change);
      else if (change.kind === 'service') this.#serviceChanged(memory, results, change);
      else if (change.kind === 'node') this.#nodeChanged(memory, results, change);
      else if (change.kind === 'task') this.#taskChanged(memory, results, change);
    }
    this.#allocateNewTasks(memory, results);
    if (memory.somethingWasDeallocated || this.#context.sim.now - memory.lastRetry > retryInterval) {
      this.#retry(memory, results);
    }
    this.#write(memory, results);
  }

  #networkChanged(memory: Memory, results: Results, { action, object }: Change & { kind: 'network' }): void {
    if (action === 'update') return;
    if (action === 'create') {
      if (object.Spec.Ingress) memory.ingressID ??= object.ID;
      this.#allocateNetwork(memory, results, object.ID);
      return;
    }
    if (memory.ingressID === object.ID) memory.ingressID = undefined;
    memory.networks.release(object.ID);
    for (const nodeID of memory.loadBalancers.forget(object.ID)) this.#allocateNode(memory, results, nodeID);
    memory.unallocated.delete(object.ID);
    results.networks.delete(object.ID);
    memory.somethingWasDeallocated = true;
    for (const taskID of memory.backlog.waitingFor(object.ID)) memory.newTasks.add(taskID);
  }

  #serviceChanged(memory: Memory, results: Results, { action, object }: Change & { kind: 'service' }): void {
    if (action !== 'remove') {
      this.#allocateService(memory, results, object.ID);
      return;
    }
    memory.unallocated.delete(object.ID);
    results.endpoints.delete(object.ID);
    if (memory.endpoints.release(object.ID)) memory.somethingWasDeallocated = true;
  }

  #nodeChanged(memory: Memory, results: Results, { action, object }: Change & { kind: 'node' }): void {
    if (action !== 'remove') {
      this.#allocateNode(memory, results, object.ID);
      return;
    }
    results.touchedNodes.delete(object.ID);
    if (memory.loadBalancers.release(object.ID)) memory.somethingWasDeallocated = true;
  }

  #taskChanged(memory: Memory, results: Results, change: Change & { kind: 'task' }): void {
    const task = change.object;
    const removed = change.action === 'remove';
    const previous = removed ? task : change.previous;
    const usesChanged = memory.loadBalancers.count(removed ? undefined : task, previous);
    const over = removed || isTerminal(task.Status.State);
    if (over && memory.tasks.release(task.ID)) memory.somethingWasDeallocated = true;
    const { NodeID } = task;
    if (NodeID && (usesChanged || memory.loadBalancers.lacks(NodeID))) this.#allocateNode(memory, results, NodeID);
    if (over || task.Status.State !== 'new') {
      memory.newTasks.delete(task.ID);
      memory.backlog.delete(task.ID);
    } else if (!memory.backlog.reason(task.ID)) {
      memory.newTasks.add(task.ID);
    }
  }

  #allocateNetwork(memory: Memory, results: Results, id: string): void {
    const network = this.#context.store.get('network', id);
    if (!network || memory.networks.has(id)) return;
    try {
      results.networks.set(id, memory.networks.allocate(network));
      memory.unallocated.delete(id);
    } catch (error) {
      const { message } = error as Error;
      memory.unallocated.set(id, message);
      if (network.AllocationError !== message) results.networks.set(id, message);
    }
  }

  #allocateService(memory: Memory, results: Results, id: string): void {
    const stored = this.#context.store.get('service', id);
    if (!stored) return;
    const service = { ...stored, Endpoint: results.endpoints.get(id) ?? stored.Endpoint };
    if (memory.endpoints.settled(service, memory.ingressID)) {
      memory.unallocated.delete(id);
      if (!stored.Allocated && !results.endpoints.has(id) && !needsNothing(stored.Spec)) {
        results.endpoints.set(id, service.Endpoint);
      }
      return;
    }
    try {
      results.endpoints.set(id, memory.endpoints.allocate(service, memory.ingressID));
      // A changed service may have given a port or address back; one that waited lets its tasks go on.
      const had = service.Endpoint.Ports?.length || service.Endpoint.VirtualIPs?.length;
      if (memory.unallocated.delete(id) || had) memory.somethingWasDeallocated = true;
    } catch (error) {
      memory.unallocated.set(id, (error as Error).message);
    }
  }

  #allocateNode(memory: Memory, results: Results, id: string): void {
    const node = this.#context.store.get('node', id);
    if (!node) return;
    if (memory.loadBalancers.allocate(node, memory.ingressID)) memory.somethingWasDeallocated = true;
    results.touchedNodes.add(id);
  }

  /** What the nodes whose addresses may have changed have now: worked out once, however often they were touched. */
  #collectNodes(memory: Memory, results: Results): void {
    for (const id of results.touchedNodes) {
      const before = this.#context.store.get('node', id)?.Attachments ?? [];
      const attachments = memory.loadBalancers.attachments(id, memory.ingressID);
      if (!sameAttachments(attachments, before)) results.nodes.set(id, attachments);
    }
  }

  /** The tasks that are new since the last time, in random order (ALLOC-3). */
  #allocateNewTasks(memory: Memory, results: Results): void {
    if (memory.newTasks.size === 0) return;
    const ids = this.#context.random.shuffle([...memory.newTasks]);
    memory.newTasks.clear();
    for (const id of ids) this.#allocateTask(memory, results, id);
  }

  /** Networks, then services, then tasks again (ALLOC-2). Of tasks that wait for one thing, until the first that fails. */
  #retry(memory: Memory, results: Results): void {
    memory.somethingWasDeallocated = false;
    memory.lastRetry = this.#context.sim.now;
    const { store } = this.#context;
    const waiting = [...memory.unallocated.keys()];
    for (const id of waiting) if (store.get('network', id)) this.#allocateNetwork(memory, results, id);
    for (const id of waiting) if (store.get('service', id)) this.#allocateService(memory, results, id);
    for (const blocker of memory.backlog.blockers()) {
      for (const taskID of memory.backlog.waitingFor(blocker)) {
        this.#allocateTask(memory, results, taskID);
        if (memory.backlog.reason(taskID)?.blockedBy === blocker) break;
      }
    }
  }

  #allocateTask(memory: Memory, results: Results, id: string): void {
    const { store } = this.#context;
    const task = store.get('task', id);
    memory.backlog.delete(id);
    if (task?.Status.State !== 'new' || results.tasks.has(id)) return;
    const service = task.ServiceID ? store.get('service', task.ServiceID) : undefined;
    if (task.ServiceID && !service) return;
    if (service && memory.unallocated.has(service.ID)) {
      memory.backlog.add(id, service.ID, `service ${service.Spec.Name} has pending allocations`);
      return;
    }
    const ingress = memory.ingressID === undefined ? undefined : store.get('network', memory.ingressID);
    try {
      const wanted = attachmentsOf(task, service, ingress, store);
      results.tasks.set(id, {
        attachments: memory.tasks.allocate(id, wanted),
        endpoint: service && (results.endpoints.get(service.ID) ?? service.Endpoint),
      });
    } catch (error) {
      if (!(error instanceof BlockedError)) throw error;
      memory.backlog.add(id, error.blockedBy, error.message);
    }
  }

  #write(memory: Memory, results: Results): void {
    this.#collectNodes(memory, results);
    const { networks, endpoints, nodes, tasks } = results;
    if (networks.size + endpoints.size + nodes.size + tasks.size === 0) return;
    this.#context.store.update((tx) => this.#writeAll(tx, results));
  }

  #writeAll(tx: Transaction, results: Results): void {
    const { store, sim } = this.#context;
    const written = new Map<string, StoredNetwork>();
    for (const [id, result] of results.networks) {
      const network = store.get('network', id);
      if (network) written.set(id, tx.update('network', withAllocation(network, result)));
    }
    for (const [id, Endpoint] of results.endpoints) {
      const service = store.get('service', id);
      if (service) tx.update('service', { ...service, Endpoint, Allocated: true } satisfies StoredService);
    }
    for (const [id, Attachments] of results.nodes) {
      const node = store.get('node', id);
      if (node) tx.update('node', { ...node, Attachments });
    }
    for (const [id, { attachments, endpoint }] of results.tasks) {
      const task = store.get('task', id);
      if (!task) continue;
      // Not by spreading: an object that is spread and then grows gets a hidden class of its own each time.
      const allocated: { -readonly [Key in keyof StoredTask]?: StoredTask[Key] } = {};
      if (attachments.length > 0) {
        allocated.NetworksAttachments = written.size > 0 ? attachments.map((one) => fresh(one, written)) : attachments;
      }
      if (endpoint) allocated.Endpoint = endpoint;
      allocated.Status = pendingStatus(task.Status, sim.timestamp);
      tx.update('task', Object.assign({}, task, allocated));
    }
  }
}

/** Allocated, without an error that was told before. */
function pendingStatus(status: TaskStatus, Timestamp: string): TaskStatus {
  const pending = { ...status, Timestamp, State: 'pending', Message: 'pending task scheduling' } as const;
  if (pending.Err === undefined) return pending;
  const { Err: _, ...rest } = pending;
  return rest;
}

/** The ingress network has the first subnet and VXLAN id (ALLOC-11). */
function ingressFirst(networks: readonly StoredNetwork[]): StoredNetwork[] {
  return [...networks.filter((one) => one.Spec.Ingress), ...networks.filter((one) => !one.Spec.Ingress)];
}

function withAllocation(network: StoredNetwork, result: NetworkAllocation | string): StoredNetwork {
  if (typeof result === 'string') return { ...network, AllocationError: result };
  const { AllocationError: _, ...rest } = network;
  return { ...rest, ...result, Allocated: true };
}

/** The attachment with its network as it is written in the same transaction. */
function fresh(attachment: NetworkAttachment, written: ReadonlyMap<string, StoredNetwork>): NetworkAttachment {
  const network = written.get(attachment.Network.ID);
  return network ? { ...attachment, Network: network } : attachment;
}

function sameAttachments(one: readonly NodeLoadBalancer[], other: readonly NodeLoadBalancer[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ NetworkID, Address }, index) => {
      return other[index]!.NetworkID === NetworkID && other[index]!.Address === Address;
    })
  );
}
