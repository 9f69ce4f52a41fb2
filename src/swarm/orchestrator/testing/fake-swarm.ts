import type { ServiceSpec, TaskSpec, TaskState } from '../../../api';
import { compareTaskStates, profiles } from '../../../api';
import type { Micros, Random } from '../../../sim';
import { millisecond, Simulation, second } from '../../../sim';
import type { ControlContext, ControlLoop } from '../../control-loop';
import type { StoredNode, StoredService, StoredTask } from '../../objects';
import type { Change } from '../../store';
import { Store } from '../../store';
import { createOrchestrators } from '..';
import { isInvalidNode, meetsConstraints } from '../node-validity';

/** How the containers of an image behave in tests; the image's name says it. */
export const images = {
  /** Runs until it is told to stop. */
  good: 'good',
  /** Comes up and exits with an error at once. */
  crashing: 'crashing',
  /** Cannot even be prepared. */
  missing: 'missing',
  /** Comes up, and exits with 0 after a second. */
  finishing: 'finishing',
} as const;

export interface FakeSwarmOptions {
  readonly seed?: number;
  /** How long a container takes from ASSIGNED to READY, to start, and to stop. */
  readonly prepareTime?: Micros;
  readonly startTime?: Micros;
  readonly stopTime?: Micros;
  readonly profile?: '20.10' | '28';
  /** Checks that nothing changes a stored object; off for large tests. */
  readonly freeze?: boolean;
  /** Replaces all orchestrators, to test one of them alone. */
  readonly loops?: (context: ControlContext) => ControlLoop[];
}

/** Start of virtual time in tests. */
export const start: Micros = 1_700_000_000 * second;

/**
 * Store, orchestrators, and the least that stands in for allocator, scheduler and nodes: tasks are allocated and
 * placed on the node with the fewest tasks of their service, and then live as their image's name says.
 */
export class FakeSwarm {
  readonly sim: Simulation;
  readonly store: Store;
  readonly context: ControlContext;
  readonly #options: Required<Omit<FakeSwarmOptions, 'loops'>>;
  readonly #ids: Random;
  #loops: ControlLoop[] = [];
  /** Nodes whose engine does not act, as if the power were off. */
  readonly #silent = new Set<string>();
  readonly #serviceTasksOnNode = new Map<string, Map<string, number>>();
  /** All states that tasks went through, `task: state/desired`, for comparisons. */
  readonly log: string[] = [];

  constructor(options: FakeSwarmOptions = {}) {
    this.#options = {
      seed: 1,
      prepareTime: 100 * millisecond,
      startTime: 200 * millisecond,
      stopTime: 300 * millisecond,
      profile: '28',
      freeze: true,
      ...options,
    };
    this.sim = new Simulation({ seed: this.#options.seed, start });
    this.store = new Store(this.sim, { freeze: this.#options.freeze });
    this.#ids = this.sim.random.stream('ids of tests');
    this.context = {
      sim: this.sim,
      store: this.store,
      random: this.sim.random.stream('orchestrators'),
      profile: profiles[this.#options.profile],
    };
    this.store.update((tx) =>
      tx.create('cluster', {
        ID: this.#ids.objectId(),
        Spec: { Name: 'default', Labels: {}, Orchestration: { TaskHistoryRetentionLimit: 5 } },
        TLSInfo: {},
        RootRotationInProgress: false,
        DefaultAddrPool: [],
        SubnetSize: 24,
        DataPathPort: 4789,
        JoinTokens: { Worker: '', Manager: '' },
      }),
    );
    this.store.watch(['task', 'node'], (changes) => this.#live(changes));
    if (this.#options.freeze) this.store.observe(['task'], (changes) => this.#note(changes));
    this.startLoops(options.loops);
  }

  /** The leader is gone: what the loops had in memory is lost. */
  stopLoops(): void {
    for (const loop of this.#loops) loop.stop();
    this.#loops = [];
  }

  /** A new leader starts with what is in the store. */
  startLoops(make: (context: ControlContext) => ControlLoop[] = createOrchestrators): void {
    this.#loops = make(this.context);
    for (const loop of this.#loops) loop.start();
  }

  /** Another manager becomes the leader, after a while without one. */
  changeLeader(pause: Micros = 0): void {
    this.stopLoops();
    this.run(pause);
    this.startLoops();
  }

  /** Lets time pass; a swarm that does not come to rest at a moment fails the test instead of hanging it. */
  run(duration: Micros): void {
    const until = this.sim.now + duration;
    const most = this.sim.executed + 1_000_000;
    while (this.sim.step(until)) if (this.sim.executed > most) throw new Error('events without end');
    this.sim.runUntil(until);
  }

  setHistoryLimit(limit: number): void {
    const cluster = this.store.cluster!;
    const Orchestration = { TaskHistoryRetentionLimit: limit };
    this.store.update((tx) => tx.update('cluster', { ...cluster, Spec: { ...cluster.Spec, Orchestration } }));
  }

  addNode(name: string, change: Partial<StoredNode> = {}): string {
    this.store.update((tx) =>
      tx.create('node', {
        ID: name,
        Spec: { Role: 'worker', Availability: 'active', Labels: {} },
        Role: 'worker',
        Description: { Hostname: name, Resources: { NanoCPUs: 4e9, MemoryBytes: 8e9 } },
        Status: { State: 'ready', Addr: '10.0.0.1' },
        ...change,
      }),
    );
    return name;
  }

  addNodes(count: number): string[] {
    return Array.from({ length: count }, (_, index) => this.addNode(`n${index + 1}`));
  }

  node(id: string): StoredNode {
    return this.store.get('node', id)!;
  }

  changeNode(id: string, change: (node: StoredNode) => Partial<StoredNode>): void {
    const node = this.node(id);
    this.store.update((tx) => tx.update('node', { ...node, ...change(node) }));
  }

  setAvailability(id: string, Availability: 'active' | 'pause' | 'drain'): void {
    this.changeNode(id, ({ Spec }) => ({ Spec: { ...Spec, Availability } }));
  }

  setLabels(id: string, Labels: Record<string, string>): void {
    this.changeNode(id, ({ Spec }) => ({ Spec: { ...Spec, Labels } }));
  }

  /** Power off: the node is DOWN and its engine does nothing any more. */
  powerOff(id: string): void {
    this.#silent.add(id);
    this.changeNode(id, ({ Status }) => ({ Status: { ...Status, State: 'down', Message: 'heartbeat failure' } }));
  }

  /** The node is READY again; its containers went on running, and those that must stop, stop now. */
  powerOn(id: string): void {
    this.#silent.delete(id);
    this.changeNode(id, ({ Status }) => ({ Status: { State: 'ready', Addr: Status.Addr ?? '' } }));
    for (const task of this.store.tasksOnNode(id).values()) this.#consider(task.ID);
  }

  /** As `docker node rm --force`: the node's tasks are orphaned (ORCH-107). */
  removeNode(id: string): void {
    this.store.update((tx) => {
      for (const task of [...this.store.tasksOnNode(id).values()]) {
        if (compareTaskStates(task.Status.State, 'complete') >= 0) continue;
        const Message = 'Task belonged to a node that has been deleted';
        tx.update('task', { ...task, Status: { ...task.Status, State: 'orphaned', Message } });
      }
      tx.remove('node', id);
    });
  }

  createService(spec: Omit<Partial<ServiceSpec>, 'TaskTemplate'> & { readonly template?: TaskSpec } = {}): string {
    const { template, ...rest } = spec;
    const ID = this.#ids.objectId();
    const Spec: ServiceSpec = {
      Name: rest.Name ?? `s${ID}`,
      TaskTemplate: template ?? { ContainerSpec: { Image: images.good } },
      Mode: { Replicated: { Replicas: 1 } },
      ...rest,
    };
    const job = Spec.Mode?.ReplicatedJob ?? Spec.Mode?.GlobalJob;
    this.store.update((tx) =>
      tx.create('service', {
        ID,
        Spec,
        Endpoint: {},
        SpecVersion: { Index: 0 },
        ...(job && { JobStatus: { JobIteration: { Index: 0 }, LastExecution: this.sim.timestamp } }),
      }),
    );
    return ID;
  }

  service(id: string): StoredService {
    return this.store.get('service', id)!;
  }

  /** An ordinary service update as the control API does it (ORCH-44, ORCH-94). */
  updateService(id: string, change: (spec: ServiceSpec) => ServiceSpec): void {
    const { UpdateStatus, ...service } = this.service(id);
    const JobStatus = service.JobStatus && {
      JobIteration: { Index: service.JobStatus.JobIteration.Index + 1 },
      LastExecution: this.sim.timestamp,
    };
    this.store.update((tx) =>
      tx.update('service', {
        ...service,
        Spec: change(service.Spec),
        SpecVersion: service.Version,
        PreviousSpec: service.Spec,
        PreviousSpecVersion: service.SpecVersion,
        ...(JobStatus && { JobStatus }),
      }),
    );
  }

  updateTemplate(id: string, change: (template: TaskSpec) => TaskSpec): void {
    this.updateService(id, (spec) => ({ ...spec, TaskTemplate: change(spec.TaskTemplate) }));
  }

  setImage(id: string, Image: string): void {
    this.updateTemplate(id, (template) => ({ ...template, ContainerSpec: { ...template.ContainerSpec, Image } }));
  }

  scale(id: string, Replicas: number): void {
    this.updateService(id, (spec) => ({ ...spec, Mode: { Replicated: { Replicas } } }));
  }

  removeService(id: string): void {
    this.store.update((tx) => tx.remove('service', id));
  }

  tasks(serviceID: string): StoredTask[] {
    return [...this.store.tasksOfService(serviceID).values()];
  }

  /** Tasks that are meant to run: desired at most RUNNING. */
  live(serviceID: string): StoredTask[] {
    return this.tasks(serviceID).filter((task) => compareTaskStates(task.DesiredState, 'running') <= 0);
  }

  running(serviceID: string): StoredTask[] {
    return this.live(serviceID).filter((task) => task.Status.State === 'running');
  }

  /** A service's tasks as `slot observed/desired`, sorted, with the node in place of slot 0. */
  states(serviceID: string): string[] {
    return this.tasks(serviceID)
      .map((task) => `${task.Slot ?? task.NodeID ?? 0} ${task.Status.State}/${task.DesiredState}`)
      .sort();
  }

  task(id: string): StoredTask {
    return this.store.get('task', id)!;
  }

  /** The node reports a state, unless the task is past it already (ORCH-12). */
  report(taskID: string, State: TaskState, Err?: string): void {
    const task = this.store.get('task', taskID);
    if (!task || compareTaskStates(task.Status.State, State) > 0) return;
    const { Err: _, ...status } = task.Status;
    const now = this.sim.timestamp;
    const Status = { ...status, State, Message: State, Timestamp: now, AppliedAt: now, ...(Err && { Err }) };
    this.store.update((tx) => tx.update('task', { ...task, Status }));
  }

  /** The container of a task dies. */
  fail(taskID: string): void {
    this.report(taskID, 'failed', 'task: non-zero exit (1)');
  }

  #note(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind !== 'task') continue;
      const { ID, Status, DesiredState } = change.object;
      this.log.push(`${this.sim.now} ${change.action} ${ID}: ${Status.State}/${DesiredState} ${change.object.NodeID}`);
    }
  }

  #live(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'node') {
        for (const task of change.action === 'remove' ? [] : [...this.#unplaced]) this.#consider(task);
      } else if (change.kind === 'task') {
        this.#count(change);
        if (change.action !== 'remove') this.#consider(change.object.ID);
      }
    }
  }

  /** PENDING tasks that fitted nowhere when they were last looked at. */
  readonly #unplaced = new Set<string>();

  /** Does for one task what is to be done next, if its node can. */
  #consider(taskID: string): void {
    const task = this.store.get('task', taskID);
    this.#unplaced.delete(taskID);
    if (!task) return;
    const { State } = task.Status;
    if (State === 'new') this.report(taskID, 'pending');
    else if (State === 'pending') this.#place(task);
    else if (!task.NodeID || this.#silent.has(task.NodeID) || compareTaskStates(State, 'running') > 0) return;
    else if (compareTaskStates(task.DesiredState, 'shutdown') >= 0) {
      this.#later(this.#options.stopTime, taskID, State, 'shutdown');
    } else this.#advance(task);
  }

  #advance({ ID, Status, DesiredState, Spec }: StoredTask): void {
    const image = Spec.ContainerSpec?.Image ?? images.good;
    const { prepareTime, startTime } = this.#options;
    if (Status.State === 'assigned') {
      this.#later(prepareTime, ID, 'assigned', image.startsWith(images.missing) ? 'rejected' : 'ready');
    } else if (Status.State === 'ready' && DesiredState !== 'ready') {
      this.#later(startTime, ID, 'ready', image.startsWith(images.crashing) ? 'failed' : 'running');
    } else if (Status.State === 'running' && image.startsWith(images.finishing)) {
      this.#later(second, ID, 'running', 'complete');
    }
  }

  /** Reports a state after a while, if the task is still where it was and its node can. */
  #later(delay: Micros, taskID: string, from: TaskState, to: TaskState): void {
    this.sim.after(delay, () => {
      const task = this.store.get('task', taskID);
      if (!task || task.Status.State !== from || (task.NodeID && this.#silent.has(task.NodeID))) return;
      const stops = compareTaskStates(task.DesiredState, 'shutdown') >= 0;
      if (stops === (to === 'shutdown')) this.report(taskID, to);
    });
  }

  #place(task: StoredTask): void {
    const service = task.ServiceID ? this.store.get('service', task.ServiceID) : undefined;
    if (!service || compareTaskStates(task.DesiredState, 'complete') > 0) return;
    const fits = (node: StoredNode): boolean =>
      !isInvalidNode(node) &&
      node.Status.State === 'ready' &&
      node.Spec.Availability === 'active' &&
      meetsConstraints(service.Spec, node);
    let best: StoredNode | undefined;
    for (const node of task.NodeID ? [this.store.get('node', task.NodeID)] : this.store.all('node')) {
      if (node && fits(node) && (!best || this.#copies(node.ID, service.ID) < this.#copies(best.ID, service.ID))) {
        best = node;
      }
    }
    if (!best) {
      this.#unplaced.add(task.ID);
      return;
    }
    const Status = { ...task.Status, State: 'assigned' as const, Timestamp: this.sim.timestamp };
    const NodeID = best.ID;
    this.store.update((tx) => tx.update('task', { ...task, NodeID, Status }));
    // Counted at once, since the change comes back only later.
    this.#add(NodeID, service.ID, 1);
    this.#counted.set(task.ID, NodeID);
  }

  readonly #counted = new Map<string, string>();

  #copies(nodeID: string, serviceID: string): number {
    return this.#serviceTasksOnNode.get(serviceID)?.get(nodeID) ?? 0;
  }

  #add(nodeID: string, serviceID: string, count: number): void {
    let nodes = this.#serviceTasksOnNode.get(serviceID);
    if (!nodes) {
      nodes = new Map();
      this.#serviceTasksOnNode.set(serviceID, nodes);
    }
    nodes.set(nodeID, (nodes.get(nodeID) ?? 0) + count);
  }

  /** Takes a task off its node's count when it is not meant to run any more. */
  #count({ object, action }: Change & { readonly kind: 'task' }): void {
    const nodeID = this.#counted.get(object.ID);
    if (!nodeID || !object.ServiceID) return;
    if (action !== 'remove' && compareTaskStates(object.DesiredState, 'complete') <= 0) return;
    this.#counted.delete(object.ID);
    this.#add(nodeID, object.ServiceID, -1);
  }
}
