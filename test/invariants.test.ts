// What must hold on a whole cluster, whatever is asked of it and whatever breaks: random histories through the door.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RestartPolicy, ServiceSpec, TaskSpec, TaskState, UpdateConfig } from '../src/api';
import { compareTaskStates, isTerminal } from '../src/api';
import { Cluster } from '../src/engine/cluster';
import type { ClusterConfig } from '../src/engine/config';
import { defaultConfig } from '../src/engine/config';
import { Door } from '../src/engine/door';
import type { EngineResponse } from '../src/engine/http';
import { nodeTimers } from '../src/engine/listeners/host-timers';
import { LiveCluster } from '../src/engine/live-cluster';
import { allRoutes } from '../src/engine/routes';
import type { Micros } from '../src/sim';
import { minute, second } from '../src/sim';
import type { StoredService, StoredTask } from '../src/swarm/objects';
import type { Store } from '../src/swarm/store';

const cpus = 4;
const limit = 3;

/** One thing that somebody does, or that happens. Numbers pick among what is there. */
type Step =
  | { readonly do: 'create'; readonly kind: Kind; readonly replicas: number; readonly reserve: number }
  | { readonly do: 'scale'; readonly which: number; readonly replicas: number }
  | { readonly do: 'command'; readonly which: number; readonly command: Command }
  | { readonly do: 'config'; readonly which: number; readonly config: UpdateConfig }
  | { readonly do: 'rollback'; readonly which: number }
  | { readonly do: 'remove'; readonly which: number }
  | { readonly do: 'kill'; readonly which: number }
  | { readonly do: 'availability'; readonly node: number; readonly to: 'active' | 'pause' | 'drain' }
  | { readonly do: 'power'; readonly node: number }
  | { readonly do: 'cut'; readonly node: number }
  | { readonly do: 'leader' }
  | { readonly do: 'registry' }
  | { readonly do: 'heal' }
  | { readonly do: 'wait'; readonly time: Micros };
type Kind = 'vip' | 'dnsrr' | 'global' | 'published' | 'host port' | 'spread';
type Command = 'serve' | 'crash' | 'finish' | 'other image';

/** What is asked of an engine, or time that passes. */
type Action =
  | { readonly node: string; readonly method: string; readonly path: string; readonly body?: unknown }
  | { readonly pass: Micros };

const pick = fc.nat(50);
const which = { which: pick };
const node = { node: fc.nat(4) };
const is = <T extends string>(value: T) => fc.constant(value);

const requests: fc.Arbitrary<Step>[] = [
  fc.record({
    do: is('create'),
    kind: fc.constantFrom<Kind>('vip', 'dnsrr', 'global', 'published', 'host port', 'spread'),
    replicas: fc.nat(6),
    reserve: fc.nat(2),
  }),
  fc.record({ do: is('scale'), ...which, replicas: fc.nat(8) }),
  fc.record({
    do: is('command'),
    ...which,
    command: fc.constantFrom<Command>('serve', 'crash', 'finish', 'other image'),
  }),
  fc.record({
    do: is('config'),
    ...which,
    config: fc.record({
      Parallelism: fc.nat(2),
      Delay: fc.constantFrom(0, 2e9),
      Monitor: fc.constant(3e9),
      FailureAction: fc.constantFrom('pause' as const, 'continue' as const, 'rollback' as const),
    }),
  }),
  fc.record({ do: is('rollback'), ...which }),
  fc.record({ do: is('remove'), ...which }),
  fc.record({ do: is('kill'), ...which }),
  fc.record({
    do: is('availability'),
    ...node,
    to: fc.constantFrom('active' as const, 'pause' as const, 'drain' as const),
  }),
];
const faults: fc.Arbitrary<Step>[] = [
  fc.record({ do: is('power'), ...node }),
  fc.record({ do: is('cut'), ...node }),
  fc.record({ do: is('leader') }),
  fc.record({ do: is('registry') }),
  fc.record({ do: is('heal') }),
];
const waits: fc.Arbitrary<Step>[] = [
  fc.record({ do: is('wait'), time: fc.integer({ min: 0, max: 40 * second }) }),
  fc.record({ do: is('wait'), time: fc.integer({ min: 0, max: 3 * second }) }),
];

/** Two services, and then up to as many steps; time passes after every third or so. */
function history(maxLength: number, steps: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> {
  const begin: Step[] = [
    { do: 'create', kind: 'vip', replicas: 4, reserve: 1 },
    { do: 'create', kind: 'global', replicas: 0, reserve: 0 },
    { do: 'wait', time: 5 * second },
  ];
  const any = fc.oneof(...steps, ...waits, ...waits);
  return fc.array(any, { maxLength, size: 'max' }).map((rest) => [...begin, ...rest]);
}

const config: fc.Arbitrary<ClusterConfig> = fc
  .record({ seed: fc.nat(1_000_000), nodes: fc.integer({ min: 3, max: 5 }), managers: fc.constantFrom(1, 3) })
  .map(({ nodes, ...rest }) => ({
    ...defaultConfig,
    ...rest,
    nodes: Array.from({ length: nodes }, () => ({ cpus, memoryBytes: 8 * 2 ** 30 })),
  }));

function nth<T>(items: readonly T[], index: number): T | undefined {
  return items.length > 0 ? items[index % items.length] : undefined;
}

/** A cluster and who asks it. */
class World {
  #services = 0;

  constructor(readonly cluster: Cluster) {}

  get store(): Store {
    return this.cluster.engines[0]!.membership!.swarm.store;
  }

  get services(): StoredService[] {
    return [...this.store.all('service')];
  }

  /** The requests that a step comes to now. */
  *actions(step: Step): Generator<Action> {
    const service = 'which' in step ? nth(this.services, step.which) : undefined;
    const machine = 'node' in step ? nth(this.cluster.engines, step.node)! : undefined;
    switch (step.do) {
      case 'create':
        yield* this.#create(step);
        break;
      case 'scale':
        if (service?.Spec.Mode?.Replicated) {
          yield this.update(service, { Mode: { Replicated: { Replicas: step.replicas } } });
        }
        break;
      case 'command':
        if (service) yield this.update(service, { TaskTemplate: withCommand(service.Spec.TaskTemplate, step.command) });
        break;
      case 'config':
        if (service) yield this.update(service, { UpdateConfig: step.config });
        break;
      case 'rollback':
        if (service) yield this.update(service, {}, '&rollback=previous');
        break;
      case 'remove':
        if (service) yield this.ask('DELETE', `/services/${service.ID}`);
        break;
      case 'kill': {
        const running = [...this.store.all('task')].filter((task) => task.Status.State === 'running');
        const task = nth(running, step.which);
        const home = this.cluster.engines.find(({ membership }) => membership?.nodeID === task?.NodeID);
        const id = task?.Status.ContainerStatus?.ContainerID;
        if (home?.power === 'on' && id) yield { node: home.name, method: 'POST', path: `/containers/${id}/kill` };
        break;
      }
      case 'availability':
        yield* this.availability(machine!.membership!.nodeID, step.to);
        break;
      case 'power':
        yield* this.powerOff(machine!.name);
        break;
      case 'cut':
        yield this.ask('POST', '/lab/faults', { kind: 'cut', node: machine!.name });
        break;
      case 'leader': {
        const { raft } = this.cluster.engines[0]!.membership!.swarm;
        const leader = this.cluster.engines.find(({ membership }) => membership!.nodeID === raft.leader);
        if (leader) yield* this.powerOff(leader.name);
        break;
      }
      case 'registry':
        yield this.ask('POST', '/lab/faults', { kind: 'registry down' });
        break;
      case 'heal':
        for (const { id } of this.cluster.faults.list()) yield this.ask('DELETE', `/lab/faults/${id}`);
        break;
      case 'wait':
        yield { pass: step.time };
        break;
    }
  }

  /** Ends all trouble: everything is up and active, every service is asked for something that works, and time passes. */
  *settle(round: number): Generator<Action> {
    yield* this.actions({ do: 'heal' });
    yield { pass: minute };
    for (const { ID } of [...this.store.all('node')]) yield* this.availability(ID, 'active');
    for (const service of this.services) {
      yield this.update(service, {
        UpdateConfig: { Parallelism: 0, Monitor: 1e9, FailureAction: 'continue' },
        TaskTemplate: { ...withCommand(service.Spec.TaskTemplate, 'serve'), ForceUpdate: round },
      });
    }
    yield { pass: 4 * minute };
  }

  /** The last machine stays on: there must be somebody to ask for the others. */
  *powerOff(node: string): Generator<Action> {
    const others = this.cluster.engines.filter(({ name, power }) => name !== node && power === 'on');
    if (others.length > 0) yield this.ask('POST', '/lab/faults', { kind: 'node down', node });
  }

  *availability(id: string, Availability: 'active' | 'pause' | 'drain'): Generator<Action> {
    const stored = this.store.get('node', id);
    if (!stored) return;
    const { Index } = stored.Version;
    yield this.ask('POST', `/nodes/${id}/update?version=${Index}`, { ...stored.Spec, Availability });
  }

  update({ ID, Version, Spec }: StoredService, change: Partial<ServiceSpec>, options = ''): Action {
    return this.ask('POST', `/services/${ID}/update?version=${Version.Index}${options}`, { ...Spec, ...change });
  }

  /** Asks the first manager that is there. */
  ask(method: string, path: string, body?: unknown): Action {
    const manager = this.cluster.engines.find((engine) => engine.power === 'on' && engine.isManager);
    const asked = manager ?? this.cluster.engines.find((engine) => engine.power === 'on');
    return { node: asked?.name ?? this.cluster.engines[0]!.name, method, path, body };
  }

  *#create({ kind, replicas, reserve }: Extract<Step, { do: 'create' }>): Generator<Action> {
    const number = ++this.#services;
    const Name = `s${number}`;
    const network = `net${number % 3}`;
    yield this.ask('POST', '/networks/create', { Name: network, Driver: 'overlay', CheckDuplicate: true });
    const RestartPolicy: RestartPolicy = { Condition: 'any', Delay: 1e9 };
    yield this.ask('POST', '/services/create', {
      Name,
      TaskTemplate: {
        ContainerSpec: { Image: 'nginx:1', StopGracePeriod: 3e9 },
        RestartPolicy,
        Networks: [{ Target: network }],
        Resources: { Reservations: { NanoCPUs: reserve * 1e9 } },
        ...(kind === 'spread' && {
          Placement: { MaxReplicas: 2, Preferences: [{ Spread: { SpreadDescriptor: 'node.hostname' } }] },
        }),
      },
      Mode: kind === 'global' ? { Global: {} } : { Replicated: { Replicas: replicas } },
      EndpointSpec: {
        Mode: kind === 'dnsrr' ? 'dnsrr' : 'vip',
        ...(kind === 'published' && { Ports: [{ TargetPort: 80 }] }),
        ...(kind === 'host port' && { Ports: [{ TargetPort: 80, PublishedPort: 8_080, PublishMode: 'host' }] }),
      },
    });
  }
}

function withCommand(template: TaskSpec, command: Command): TaskSpec {
  const { Command: _, ...rest } = template.ContainerSpec!;
  const Image = command === 'other image' ? 'nginx:2' : rest.Image!;
  const given = command === 'crash' ? ['false'] : command === 'finish' ? ['sleep', '4'] : undefined;
  return { ...template, ContainerSpec: { ...rest, Image, ...(given && { Command: given }) } };
}

/** Watches each commit of a cluster's managers for what must never be. */
function watch({ cluster, store }: World, calm: boolean): void {
  const forward = (from: TaskState, to: TaskState) => compareTaskStates(from, to) <= 0;
  /** When the specs of services changed. */
  const changedAt = new Map<string, Micros>();
  const quietSince = (task: StoredTask) => cluster.sim.now - (changedAt.get(task.ServiceID ?? '') ?? 0) > 6 * second;
  store.observe(['task', 'service', 'node', 'network'], (changes) => {
    for (const change of changes) {
      if (change.kind === 'service' && change.object.Spec !== change.previous?.Spec) {
        changedAt.set(change.object.ID, cluster.sim.now);
      }
      if (change.kind !== 'task' || change.action === 'remove') continue;
      const { object: task, previous } = change;
      if (previous && !forward(previous.Status.State, task.Status.State)) throw new Error(`${task.ID} went back`);
      if (previous && !forward(previous.DesiredState, task.DesiredState)) throw new Error(`${task.ID} is wanted back`);
      checkSlot(store, task, calm && quietSince(task));
      if (task.NodeID && previous?.NodeID !== task.NodeID) checkNode(store, task.NodeID);
    }
  });
}

/**
 * Updates here stop first: a slot never has two tasks that are to run, nor, while nothing breaks, two that do. Not
 * waited for are: on a node that changed, old tasks of a global service (ORCH-35); what scaling removes; and what the
 * update before the last is still stopping, which is why the last change of the service must be a while ago.
 */
function checkSlot(store: Store, { ServiceID, Slot, NodeID }: StoredTask, calm: boolean): void {
  if (!ServiceID) return;
  const tasks = [...store.tasksInSlot(ServiceID, Slot, NodeID).values()];
  const meant = tasks.filter((task) => task.DesiredState === 'running');
  if (meant.length > 1) throw new Error(`${meant.length} tasks are to run in slot ${Slot ?? NodeID} of ${ServiceID}`);
  const running = tasks.filter((task) => task.Status.State === 'running' && task.DesiredState !== 'remove');
  if (calm && Slot && running.length > 1) throw new Error(`${running.length} tasks run in slot ${Slot ?? NodeID}`);
}

/** No node over its resources, no host port twice. */
function checkNode(store: Store, nodeID: string): void {
  let reserved = 0;
  const ports = new Set<number>();
  for (const task of store.tasksOnNode(nodeID).values()) {
    if (compareTaskStates(task.Status.State, 'assigned') < 0 || isTerminal(task.Status.State)) continue;
    reserved += task.Spec.Resources?.Reservations?.NanoCPUs ?? 0;
    for (const { PublishMode, PublishedPort } of task.Endpoint?.Ports ?? []) {
      if (PublishMode !== 'host' || !PublishedPort) continue;
      if (ports.has(PublishedPort)) throw new Error(`port ${PublishedPort} is taken twice on ${nodeID}`);
      ports.add(PublishedPort);
    }
  }
  if (reserved > cpus * 1e9) throw new Error(`${reserved / 1e9} CPUs are reserved on ${nodeID}`);
}

/** Addresses of tasks that may run, virtual IPs, and load balancers: each once in its network; ports of the mesh too. */
function checkAddresses(store: Store): void {
  const held = new Map<string, string>();
  const hold = (what: string, holder: string) => {
    const other = held.get(what);
    if (other !== undefined) throw new Error(`${what} belongs to ${other} and ${holder}`);
    held.set(what, holder);
  };
  for (const service of store.all('service')) {
    for (const { NetworkID, Addr } of service.Endpoint.VirtualIPs ?? []) {
      if (Addr) hold(`${NetworkID} ${Addr}`, service.Spec.Name);
    }
    for (const port of service.Endpoint.Ports ?? []) {
      if (port.PublishMode !== 'host') hold(`${port.Protocol} ${port.PublishedPort}`, service.Spec.Name);
    }
  }
  for (const { ID, Attachments } of store.all('node')) {
    for (const { NetworkID, Address } of Attachments ?? []) hold(`${NetworkID} ${Address}`, ID);
  }
  for (const task of store.all('task')) {
    if (isTerminal(task.Status.State)) continue;
    for (const { Network, Addresses } of task.NetworksAttachments ?? []) {
      for (const address of Addresses ?? []) hold(`${Network.ID} ${address}`, task.ID);
    }
  }
}

const door = new Door(allRoutes());

/** Does a whole history at once, and watches. */
function play(config: ClusterConfig, steps: readonly Step[], calm = false): World {
  const world = new World(new Cluster(config));
  watch(world, calm);
  act(world, [setHistoryLimit(world)]);
  for (const step of steps) {
    act(world, world.actions(step));
    checkAddresses(world.store);
  }
  return world;
}

function setHistoryLimit(world: World): Action {
  const { Spec, Version } = world.store.cluster!;
  return world.ask('POST', `/swarm/update?version=${Version.Index}`, {
    ...Spec,
    Orchestration: { TaskHistoryRetentionLimit: limit },
  });
}

function act(world: World, actions: Iterable<Action>): void {
  const { cluster } = world;
  for (const action of actions) {
    if ('pass' in action) {
      const most = cluster.sim.executed + 300_000;
      const until = cluster.sim.now + action.pass;
      while (cluster.sim.step(until)) if (cluster.sim.executed > most) throw new Error('events without end');
      cluster.sim.runUntil(until);
      continue;
    }
    const engine = cluster.machine(action.node);
    if (engine.power === 'off') continue;
    const { method, path, body } = action;
    const request = { method, path, body, headers: { 'content-type': 'application/json' } };
    const answer = door.open(engine, request).begin(request);
    // Those that take time are not waited for; the others must not fail in a way that nobody foresaw.
    if (!(answer instanceof Promise)) checkAnswer(answer);
  }
}

function checkAnswer({ status, json }: EngineResponse): void {
  const message = String((json as { message?: unknown } | undefined)?.message ?? '');
  if (status >= 500 && !/rpc error|not a swarm manager/.test(message)) throw new Error(`${status} ${message}`);
}

/** Everything that the managers and the engines show, as text. */
function dump(cluster: Cluster): string {
  const { store } = cluster.engines[0]!.membership!.swarm;
  const tables = (['cluster', 'node', 'service', 'task', 'network'] as const).map((kind) => [...store.all(kind)]);
  const containers = cluster.engines.map(({ name, power, daemon }) => [
    name,
    power,
    daemon.containers.list().map(({ id, name: called, status, exitCode }) => [id, called, status, exitCode]),
  ]);
  return JSON.stringify({ now: cluster.sim.now, index: store.index, tables, containers });
}

function liveTasks(store: Store, serviceID: string): StoredTask[] {
  return [...store.tasksOfService(serviceID).values()].filter((task) => task.DesiredState === 'running');
}

/** A service has what it asks for; what it lacks waits for room that is nowhere. */
function checkConverged(world: World): void {
  const { store, cluster } = world;
  for (const service of store.all('service')) {
    const wanted = service.Spec.Mode?.Global ? cluster.engines.length : service.Spec.Mode!.Replicated!.Replicas!;
    const live = liveTasks(store, service.ID);
    expect(live.length, `${service.Spec.Name}: ${JSON.stringify(service.UpdateStatus)}`).toBe(wanted);
    expect(new Set(live.map((task) => task.Slot ?? task.NodeID)).size).toBe(wanted);
    for (const task of live) {
      if (task.Status.State === 'running') continue;
      expect([task.Status.State, task.Status.Err]).toEqual([
        'pending',
        expect.stringMatching(/insufficient|host-mode|max replicas/),
      ]);
      expect(cluster.engines.filter((engine) => hasRoom(store, engine.membership!.nodeID, task))).toEqual([]);
    }
  }
}

function hasRoom(store: Store, nodeID: string, wanted: StoredTask): boolean {
  if (wanted.NodeID && wanted.NodeID !== nodeID) return false;
  const there = [...store.tasksOnNode(nodeID).values()].filter(
    (task) =>
      task !== wanted && compareTaskStates(task.Status.State, 'assigned') >= 0 && !isTerminal(task.Status.State),
  );
  const cpu = (task: StoredTask) => task.Spec.Resources?.Reservations?.NanoCPUs ?? 0;
  const usesPort = (task: StoredTask) => task.Endpoint?.Ports?.some(({ PublishMode }) => PublishMode === 'host');
  const copies = there.filter((task) => task.ServiceID === wanted.ServiceID).length;
  return (
    there.reduce((sum, task) => sum + cpu(task), cpu(wanted)) <= cpus * 1e9 &&
    !(usesPort(wanted) && there.some(usesPort)) &&
    copies < (wanted.Spec.Placement?.MaxReplicas || Number.POSITIVE_INFINITY)
  );
}

describe('a whole cluster over random histories', () => {
  it('ORCH-12, ORCH-13, ORCH-56, ORCH-87, SCHED-12, SCHED-16, ALLOC-42: nothing twice, nothing over its limit', () => {
    fc.assert(
      fc.property(config, history(25, requests), (given, steps) => {
        play(given, steps, true);
      }),
      { numRuns: 100 },
    );
  });

  it('ORCH-22, ORCH-30, ORCH-71, CTRL-8: after every trouble services converge if they can, with history as limited', () => {
    fc.assert(
      fc.property(config, history(25, [...requests, ...faults]), (given, steps) => {
        const world = play(given, steps);
        act(world, world.settle(1));
        checkConverged(world);
        checkAddresses(world.store);
        act(world, world.settle(2));
        checkConverged(world);
        for (const task of world.store.all('task')) {
          if (!task.ServiceID || task.DesiredState !== 'running' || task.Status.State !== 'running') continue;
          const slot = world.store.tasksInSlot(task.ServiceID, task.Slot, task.NodeID);
          // The task before the last may still be stopping when the reaper looks.
          expect(slot.size).toBeLessThanOrEqual(limit + 1);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('ORCH-27, ORCH-73, ALLOC-33: when all services are deleted, nothing of them is left', () => {
    fc.assert(
      fc.property(config, history(15, [...requests, ...faults]), (given, steps) => {
        const world = play(given, steps);
        act(world, world.actions({ do: 'heal' }));
        act(world, [{ pass: minute }]);
        for (const { ID } of world.services) act(world, [world.ask('DELETE', `/services/${ID}`)]);
        act(world, [{ pass: 2 * minute }]);
        expect([...world.store.all('task')]).toEqual([]);
        for (const { daemon } of world.cluster.engines) {
          expect(daemon.containers.list().filter((container) => container.task)).toEqual([]);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('the same seed and journal give the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(config, history(15, [...requests, ...faults]), async (given, steps) => {
        const live = await LiveCluster.create({ config: given, host: nodeTimers, paused: true });
        const world = new World(live.cluster);
        // The journal leaves out a last bit of time that is shorter than a millisecond.
        for (const step of [...steps, { do: 'wait', time: second } as const]) {
          for (const action of world.actions(step)) {
            if ('pass' in action) await live.pacer.advanceTo(live.cluster.sim.now + action.pass);
            else {
              const { node: asked, ...request } = action;
              // Not waited for: some answers take time, and some machines are off.
              void live.request(asked, request).catch(() => {});
              await live.pacer.advanceTo(live.cluster.sim.now);
            }
          }
        }
        const before = dump(live.cluster);
        const { live: again, damage } = await LiveCluster.restore(live.journal, {
          config: given,
          host: nodeTimers,
          paused: true,
        });
        expect(damage).toBeUndefined();
        expect(dump(again.cluster)).toBe(before);
        await again.close();
        await live.close();
      }),
      { numRuns: 40 },
    );
  });
});
