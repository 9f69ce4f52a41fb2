import type { InitRequest, ManagerStatus, NodeAvailability, TaskExplanation } from '../api';
import type { NetworkAttacher } from '../daemon';
import { Ipam } from '../network/ipam';
import type { Random } from '../sim';
import { Allocator } from '../swarm/allocator';
import { createCluster, joinNode } from '../swarm/ca';
import type { ControlContext, ControlLoop } from '../swarm/control-loop';
import { ControlAPI } from '../swarm/controlapi';
import { Dispatcher } from '../swarm/dispatcher';
import type { StoredTask } from '../swarm/objects';
import { createOrchestrators } from '../swarm/orchestrator';
import { leaveRefusal, Raft, RoleManager } from '../swarm/raft';
import { Scheduler } from '../swarm/scheduler';
import type { StatusError } from '../swarm/status-error';
import { Store } from '../swarm/store';
import { VolumeManager } from '../swarm/volumes';
import { attacher } from './attacher';
import type { Cluster } from './cluster';
import { completeClusterSpec } from './convert/cluster';
import { SwarmEvents } from './events/swarm-events';
import { EngineError } from './http';
import type { NodeEngine } from './node-engine';

/** Where a swarm's managers are reached (CTRL-43). */
export const managerPort = 2377;

/** Streams of chance are named by how many swarms there were. */
const swarmNumber = new WeakMap<Cluster, number>();

/**
 * One swarm, put together: the managers' store, who leads, and the leader's loops. They meet in the store only.
 * The nodes' daemons know its dispatcher, the routes its control API.
 */
export class Swarm {
  readonly random: Random;
  readonly store: Store;
  readonly raft: Raft;
  readonly dispatcher: Dispatcher;
  readonly control: ControlAPI;
  readonly events: SwarmEvents;
  readonly #cluster: Cluster;
  readonly #orchestration: ControlContext;
  readonly #allocator: Allocator;
  readonly #scheduler: Scheduler;
  readonly #roles: RoleManager;
  readonly #volumes: VolumeManager;
  #orchestrators: ControlLoop[] = [];
  #hadLeader = false;

  constructor(cluster: Cluster) {
    const { sim, profile } = cluster;
    this.#cluster = cluster;
    const number = (swarmNumber.get(cluster) ?? 0) + 1;
    swarmNumber.set(cluster, number);
    this.random = sim.random.stream(`swarm ${number}`);
    this.store = new Store(sim);
    const random = this.random;
    const context = (name: string): ControlContext => ({
      sim,
      store: this.store,
      random: random.stream(name),
      profile,
    });
    this.#orchestration = context('orchestrators');
    this.dispatcher = new Dispatcher(context('dispatcher'));
    this.#allocator = new Allocator(context('allocator'), (pools, size) => {
      return new Ipam({ defaults: pools.map((base) => ({ base, size })), profile });
    });
    this.#scheduler = new Scheduler(context('scheduler'));
    this.raft = new Raft(context('raft'));
    this.#roles = new RoleManager(context('roles'), this.raft);
    this.#volumes = new VolumeManager(context('volumes'));
    this.raft.leadership = { becomeLeader: () => this.#lead(), loseLeadership: () => this.#follow() };
    this.control = new ControlAPI({ ...context('control'), membership: this.raft });
    this.events = new SwarmEvents(sim, this.store);
  }

  /** `swarm init` on a machine; gives its node's ID. */
  begin(request: InitRequest, engine: NodeEngine): string {
    const entering = {
      addr: engine.address,
      ...(request.Availability ? { availability: request.Availability } : {}),
    };
    const { node } = createCluster(
      { store: this.store, random: this.random },
      { ...request, Spec: completeClusterSpec(request.Spec) },
      entering,
    );
    this.raft.bootstrap(node.ID, `${engine.address}:${managerPort}`);
    return node.ID;
  }

  /** `swarm join` with a token; gives the new node's ID. Throws as CTRL-41 says. */
  admit(token: string, engine: NodeEngine, availability: NodeAvailability): string {
    this.raft.check();
    const node = joinNode({ store: this.store, random: this.random }, token, { addr: engine.address, availability });
    if (node.Role === 'manager') this.raft.addMember(node.ID, `${engine.address}:${managerPort}`);
    return node.ID;
  }

  /** What a daemon needs to attach plain containers to the swarm's networks (ALLOC-45). */
  attacherFor(nodeID: string): NetworkAttacher {
    return attacher(this, nodeID);
  }

  isManager(nodeID: string): boolean {
    return this.raft.isMember(nodeID);
  }

  /** Why a manager's requests wait or fail now, if they do: no leader in its reach (CTRL-5). */
  leaderless(nodeID: string): StatusError | undefined {
    return this.raft.errorFor(nodeID);
  }

  /** What raft knows of a node (CTRL-31). */
  managerStatus(nodeID: string): ManagerStatus | undefined {
    return this.raft.status(nodeID);
  }

  /** Managers as the nodes know them. */
  remoteManagers(): readonly { readonly NodeID: string; readonly Addr: string }[] {
    return this.raft.members.map((NodeID) => ({ NodeID, Addr: this.raft.status(NodeID)?.Addr ?? '' }));
  }

  /** Why a manager may not simply leave (CTRL-24). */
  leaveRefusal(nodeID: string): string {
    return leaveRefusal(this.raft, nodeID) ?? '';
  }

  /** A manager's process stopped: with its machine, or because it left by force. The last one takes the swarm along. */
  managerDown(nodeID: string): void {
    this.raft.setReachable(nodeID, false);
  }

  managerBack(nodeID: string): void {
    this.raft.setReachable(nodeID, true);
  }

  /** Whether a manager that starts again is sealed (CTRL-50). */
  locksManager(nodeID: string): boolean {
    return this.isManager(nodeID) && this.store.cluster?.Spec.EncryptionConfig?.AutoLockManagers === true;
  }

  /** One manager goes on alone with all objects; the others are managers no more (CTRL-9). */
  forceNewCluster(nodeID: string): void {
    this.raft.forceNewCluster(nodeID);
  }

  /** Cables and power changed: heartbeats get through, or not (ORCH-101), and so do the managers' votes. */
  reachabilityChanged(): void {
    const members = this.#cluster.engines.filter(({ membership }) => membership?.swarm === this);
    const managers = members.filter(({ membership }) => this.isManager(membership!.nodeID));
    const majority = this.#largestPart(managers.filter((engine) => engine.power === 'on' && !engine.locked));
    for (const engine of managers) this.raft.setReachable(engine.membership!.nodeID, majority.has(engine));
    const leader = managers.find((engine) => engine.membership!.nodeID === this.raft.leader);
    for (const engine of members) {
      const cable = leader === undefined || this.#cluster.faults.reaches(leader.name, engine.name, 'control');
      const through = engine.power === 'on' && cable;
      this.dispatcher.setReachable(engine.membership!.nodeID, through);
      engine.daemon.agent.cutOff(!through);
    }
  }

  /** The managers that reach one another, on the side where most of them are; the leader's where it is even. */
  #largestPart(managers: readonly NodeEngine[]): ReadonlySet<NodeEngine> {
    const partOf = (engine: NodeEngine) =>
      managers.filter((other) => this.#cluster.faults.reaches(engine.name, other.name, 'control'));
    let largest: readonly NodeEngine[] = [];
    for (const engine of managers) {
      const part = partOf(engine);
      const leads = engine.membership!.nodeID === this.raft.leader;
      if (part.length > largest.length || (leads && part.length === largest.length)) largest = part;
    }
    return new Set(largest);
  }

  /** Why a task is where it is, or what holds it. */
  explain(task: StoredTask): TaskExplanation {
    const explanation = this.#scheduler.explain(task.ID);
    const waits = task.Status.State === 'new' ? this.#allocator.explainNew(task.ID) : undefined;
    if (!explanation) throw new EngineError(404, `task ${task.ID} not found`);
    return waits === undefined ? explanation : { ...explanation, message: waits };
  }

  /** A leader begins: its loops start afresh from the store (CTRL-8). */
  #lead(): void {
    this.#completePools();
    this.#orchestrators = createOrchestrators(this.#orchestration);
    for (const loop of this.#loops) loop.start();
  }

  /** A swarm that began without pools of its own shows the default one from its second leader on. */
  #completePools(): void {
    const { cluster } = this.store;
    if (this.#hadLeader && cluster && cluster.DefaultAddrPool.length === 0) {
      this.store.update((tx) => tx.update('cluster', { ...cluster, DefaultAddrPool: ['10.0.0.0/8'] }));
    }
    this.#hadLeader = true;
  }

  #follow(): void {
    for (const loop of this.#loops) loop.stop();
  }

  /** The leader's loops, in the order in which a new leader starts them. */
  get #loops(): readonly ControlLoop[] {
    return [this.dispatcher, this.#roles, this.#allocator, this.#scheduler, this.#volumes, ...this.#orchestrators];
  }
}
