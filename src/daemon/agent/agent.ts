import type { Config, NodeDescription, Secret, SwarmNetwork, TaskStatus } from '../../api';
import type { NetworkController } from '../../network/libnetwork';
import type { Micros, Random, Simulation } from '../../sim';
import { millisecond, second } from '../../sim';
import type { Agent, Assignments, DispatcherPort, Session } from '../../swarm/dispatcher/ports';
import type { NodeLoadBalancer, StoredNode, StoredTask } from '../../swarm/objects';
import type { Container } from '../containers/container';
import type { Containers } from '../containers/containers';
import type { EventLog } from '../events/event-log';
import type { ImageStore } from '../images/image-store';
import type { AgentContext } from './context';
import { TaskController } from './task-controller';
import { containerRequest, toLocalNetwork } from './task-plan';

const firstBackOff = 100 * millisecond;
const longestBackOff = 8 * second;

const noAttachments: readonly NodeLoadBalancer[] = [];

/** How many addresses at the start of two lists are the same. */
function commonStart(a: readonly NodeLoadBalancer[], b: readonly NodeLoadBalancer[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[count]!.NetworkID === b[count]!.NetworkID && a[count]!.Address === b[count]!.Address)
    count++;
  return count;
}

/** What the agent needs of its daemon. */
export interface AgentHost {
  readonly sim: Simulation;
  readonly random: Random;
  readonly containers: Containers;
  readonly images: ImageStore;
  readonly networks: NetworkController;
  readonly events: EventLog;
  readonly address: string;
  describe(): NodeDescription;
  after(delay: Micros, run: () => void): { cancel(): void };
  /** As `after`, for work: a slow machine takes longer. */
  work(delay: Micros, run: () => void): { cancel(): void };
}

export interface JoinOptions {
  readonly dispatcher: DispatcherPort;
  readonly nodeID: string;
  /** Looks a swarm network up, for those that come to a node before any task does (ingress). */
  readonly network?: (networkID: string) => SwarmNetwork | undefined;
}

/**
 * A node's side of the swarm: takes assignments, runs their tasks, reports what became of them (ORCH-106, ORCH-124).
 * While there is no session it goes on with what it has, and tells it later.
 */
export class TaskAgent implements Agent, AgentContext {
  readonly #host: AgentHost;
  readonly random: Random;
  #join: JoinOptions | undefined;
  #session: Session | undefined;
  #tasks = new Map<string, TaskController>();
  /** Latest status of each task that the managers have not heard. */
  readonly #unsaid = new Map<string, TaskStatus>();
  #loadBalancers = new Map<string, string>();
  /** The list of addresses that `#loadBalancers` was made of. */
  #attached: readonly NodeLoadBalancer[] = [];
  readonly #addressListeners = new Set<() => void>();
  /** Networks that are on this node, with the number of tasks that use them. */
  readonly #uses = new Map<string, number>();
  /** What was last brought of them, with the load balancer's address: bringing the same again is nothing. */
  readonly #brought = new Map<string, { readonly network: SwarmNetwork; readonly loadBalancer: string }>();
  readonly #secrets = new Map<string, Secret>();
  readonly #configs = new Map<string, Config>();
  #backOff = firstBackOff;
  #cut = false;
  readonly #attachments = new Map<string, (task: StoredTask) => void>();

  constructor(host: AgentHost) {
    this.#host = host;
    this.random = host.random;
  }

  get containers(): Containers {
    return this.#host.containers;
  }

  get images(): ImageStore {
    return this.#host.images;
  }

  get timestamp(): string {
    return this.#host.sim.timestamp;
  }

  /** Whether the managers hear this node now. */
  get connected(): boolean {
    return this.#session !== undefined;
  }

  get nodeID(): string | undefined {
    return this.#join?.nodeID;
  }

  /** The controllers by task ID. */
  get tasks(): ReadonlyMap<string, TaskController> {
    return this.#tasks;
  }

  after(delay: Micros, run: () => void): { cancel(): void } {
    return this.#host.after(delay, run);
  }

  work(delay: Micros, run: () => void): { cancel(): void } {
    return this.#host.work(delay, run);
  }

  /** Becomes a node of a swarm: begins a session. */
  join(options: JoinOptions): void {
    this.#join = options;
    this.#backOff = firstBackOff;
    this.#register();
  }

  /** Leaves the swarm: its containers and networks go (CTRL-24). */
  leave(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#join = undefined;
    for (const controller of [...this.#tasks.values()]) controller.drop();
    this.#tasks.clear();
    this.#unsaid.clear();
    this.#loadBalancers.clear();
    this.#attached = [];
    const networkIDs = [...this.#uses.keys()];
    this.#uses.clear();
    this.#brought.clear();
    // The killed containers are off their networks in a moment.
    this.after(10 * millisecond, () => {
      for (const networkID of networkIDs) if (!this.#uses.has(networkID)) this.#leave(networkID);
    });
    this.#secrets.clear();
    this.#configs.clear();
    session?.close();
  }

  /** The engine stops in an orderly way: the session ends, tasks go on when it is back. */
  disconnect(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.close();
  }

  /** Packets to the managers do or do not get through; statuses wait (ORCH-106). */
  cutOff(cut: boolean): void {
    this.#cut = cut;
    if (!cut) this.#flush();
  }

  /** Without power the session is gone, and nothing is said. */
  powerCut(): void {
    this.#session = undefined;
    this.#brought.clear();
    for (const controller of this.#tasks.values()) controller.forgetOperations();
  }

  /** After the containers are back: tells what became of the tasks, registers again. */
  powerBack(): void {
    for (const controller of [...this.#tasks.values()]) controller.resume();
    this.#backOff = firstBackOff;
    if (this.#join) this.after(this.random.integer(1_000, 3_000) * millisecond, () => this.#register());
  }

  #register(): void {
    const join = this.#join;
    if (!join || this.#session) return;
    try {
      this.#session = join.dispatcher.register(join.nodeID, this.#host.describe(), this.#host.address, this);
    } catch {
      // No leader, rate limit, not reachable: all are tried again (CTRL-32).
      this.#again();
      return;
    }
    this.#backOff = firstBackOff;
    // All that is known is told again: the managers may have missed some of it.
    for (const controller of this.#tasks.values()) this.#unsaid.set(controller.task.ID, controller.status);
    this.#flush();
  }

  #again(): void {
    const most = this.#backOff;
    this.#backOff = Math.min(longestBackOff, most * 2);
    this.after(this.random.integer(Math.floor(most / 2), most), () => this.#register());
  }

  sessionEnded(_reason: string): void {
    if (!this.#session) return;
    this.#session = undefined;
    this.#again();
  }

  nodeChanged(node: StoredNode): void {
    const attached = node.Attachments ?? noAttachments;
    const known = this.#attached;
    this.#attached = attached;
    const first = commonStart(known, attached);
    let changed = false;
    // Mostly one came to those that are known: a node may be on many networks.
    const before = this.#loadBalancers;
    if (first < known.length)
      this.#loadBalancers = new Map(known.slice(0, first).map((one) => [one.NetworkID, one.Address]));
    for (const { NetworkID, Address } of attached.slice(first)) {
      const same = before.get(NetworkID) === Address;
      this.#loadBalancers.set(NetworkID, Address);
      if (same) continue;
      changed = true;
      const network = this.#join?.network?.(NetworkID);
      if (network?.Spec.Ingress) this.#bring(network);
    }
    if (before !== this.#loadBalancers) {
      for (const networkID of before.keys()) {
        if (!this.#loadBalancers.has(networkID) && this.#uses.get(networkID) === 0) this.#leave(networkID);
      }
    }
    if (changed) for (const listener of [...this.#addressListeners]) listener();
  }

  assign({ type, update, remove, secrets, configs }: Assignments): void {
    if (type === 'complete') {
      this.#secrets.clear();
      this.#configs.clear();
    }
    for (const secret of secrets) this.#secrets.set(secret.ID, secret);
    for (const config of configs) this.#configs.set(config.ID, config);
    if (type === 'complete') {
      const given = new Set(update.map((task) => task.ID));
      for (const [taskID, controller] of [...this.#tasks]) if (!given.has(taskID)) controller.remove();
    }
    for (const task of update) {
      let controller = this.#tasks.get(task.ID);
      if (!controller) {
        controller = new TaskController(this, task);
        this.#tasks.set(task.ID, controller);
      }
      controller.update(task);
    }
    for (const taskID of remove) this.#tasks.get(taskID)?.remove();
  }

  loadBalancer(networkID: string): string | undefined {
    return this.#loadBalancers.get(networkID);
  }

  onAddresses(listener: () => void): () => void {
    this.#addressListeners.add(listener);
    return () => this.#addressListeners.delete(listener);
  }

  useNetwork(network: SwarmNetwork): void {
    this.#bring(network);
    this.#uses.set(network.ID, (this.#uses.get(network.ID) ?? 0) + 1);
  }

  #bring(network: SwarmNetwork): void {
    const loadBalancer = this.#loadBalancers.get(network.ID) ?? '';
    const before = this.#brought.get(network.ID);
    if (before?.network === network && before.loadBalancer === loadBalancer) return;
    const local = toLocalNetwork(network);
    const present = before !== undefined || this.#host.networks.find(network.ID) !== undefined;
    this.#host.networks.joinOverlay(local, loadBalancer);
    this.#brought.set(network.ID, { network, loadBalancer });
    if (!this.#uses.has(network.ID)) this.#uses.set(network.ID, 0);
    if (!present) this.#host.events.emit('network', 'create', network.ID, { name: local.name, type: local.driver });
  }

  releaseNetwork(networkID: string): void {
    const uses = (this.#uses.get(networkID) ?? 0) - 1;
    if (uses < 0) return;
    this.#uses.set(networkID, uses);
    if (uses === 0 && !this.#loadBalancers.has(networkID)) this.#leave(networkID);
  }

  #leave(networkID: string): void {
    this.#uses.delete(networkID);
    this.#brought.delete(networkID);
    const local = this.#host.networks.find(networkID);
    if (!local) return;
    this.#host.networks.leaveOverlay(networkID);
    if (!this.#host.networks.find(networkID)) {
      this.#host.events.emit('network', 'destroy', networkID, { name: local.name, type: local.driver });
    }
  }

  createContainer(task: StoredTask): Container {
    const context = { task, nodeID: this.nodeID ?? '', description: this.#host.describe() };
    return this.containers.create(containerRequest(context, this.#host.networks, this.#secrets, this.#configs));
  }

  /** Hears that the network attachment of a task is there. */
  awaitAttachment(taskID: string, listener: (task: StoredTask) => void): () => void {
    const controller = this.#tasks.get(taskID);
    if (controller?.status.State === 'running') listener(controller.task);
    else this.#attachments.set(taskID, listener);
    return () => this.#attachments.delete(taskID);
  }

  attachmentReady(task: StoredTask): void {
    const listener = this.#attachments.get(task.ID);
    this.#attachments.delete(task.ID);
    listener?.(task);
  }

  report(taskID: string, status: TaskStatus): void {
    if (this.#session && !this.#cut) this.#session.report([{ taskID, status }]);
    else this.#unsaid.set(taskID, status);
  }

  #flush(): void {
    if (!this.#session || this.#cut || this.#unsaid.size === 0) return;
    const reports = [...this.#unsaid].map(([taskID, status]) => ({ taskID, status }));
    this.#unsaid.clear();
    this.#session.report(reports);
  }

  removed(controller: TaskController): void {
    const { ID, NetworksAttachments = [] } = controller.task;
    if (this.#tasks.get(ID) === controller) this.#tasks.delete(ID);
    this.#unsaid.delete(ID);
    for (const { Network } of NetworksAttachments) {
      if (this.#uses.get(Network.ID) === 0 && !Network.Spec.Ingress) this.#leave(Network.ID);
    }
  }

  taskExited(container: Container): void {
    const controller = container.task && this.#tasks.get(container.task.taskID);
    if (controller?.container === container) controller.exited(container.exitCode);
  }

  healthChanged(container: Container, status: 'starting' | 'healthy' | 'unhealthy'): void {
    if (container.task) this.#tasks.get(container.task.taskID)?.healthChanged(status);
  }
}
