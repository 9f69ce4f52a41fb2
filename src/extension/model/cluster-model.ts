import type { EventMessage, LabClock } from '../../api';
import type { EngineClient } from '../../client/engine-client';
import { EngineApiError } from '../../client/transport';
import { parseTimestamp } from '../../sim';
import type { Change } from './cluster-state';
import { ClusterState, isEmpty, noChange } from './cluster-state';
import { isSettling } from './settling';

/** How often things are looked at, in wall milliseconds. */
const pace = {
  /** Events that come together are answered by one refresh. */
  debounce: 40,
  /** While something converges: first look, then slower as long as nothing changes. */
  fastest: 250,
  slowest: 8_000,
  /** A settled real swarm: task failures there have no events. */
  idle: 15_000,
  /** After the event stream broke. */
  reconnect: 1_000,
};

type Dirty = { nodes: boolean; services: Set<string> | 'all'; networks: boolean; tasks: Set<string> | 'all' };

export type ModelState = 'stopped' | 'starting' | 'running' | 'failed';

/**
 * A live picture of the cluster for the faces. It listens to the engine's events and lists again only what they name;
 * while services converge it looks at their tasks, ever slower while nothing changes; and when nothing is to be expected
 * it does nothing. Not here: anything about how it is shown.
 */
export class ClusterModel {
  readonly objects = new ClusterState();
  readonly #client: EngineClient;
  readonly #listeners = new Set<(change: Change) => void>();
  #state: ModelState = 'stopped';
  #failure = '';
  #swarm = 'inactive';
  #name = '';
  #clock: LabClock | undefined;
  #clockReadAt = 0;
  #dirty: Dirty = clean();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #wait = pace.fastest;
  #refreshing: Promise<void> | undefined;
  #abort: AbortController | undefined;
  #requests = 0;

  constructor(client: EngineClient) {
    this.#client = client;
  }

  get state(): ModelState {
    return this.#state;
  }

  /** Why the model could not start. */
  get failure(): string {
    return this.#failure;
  }

  /** `LocalNodeState` of the node at the other end (API-80), `worker`, or `off` when all simulated machines are. */
  get swarm(): string {
    return this.#swarm;
  }

  /** Name of the node at the other end. */
  get nodeName(): string {
    return this.#name;
  }

  /** Whether the other end is a simulation. */
  get simulated(): boolean {
    return this.#clock !== undefined;
  }

  get clock(): LabClock | undefined {
    return this.#clock;
  }

  /** Number of refreshes so far: a measure of work done. */
  get refreshes(): number {
    return this.#requests;
  }

  /** Whether the model waits for an event and has no look planned. */
  get isResting(): boolean {
    return this.#state === 'running' && !this.#refreshing && this.#timerDue === Number.POSITIVE_INFINITY;
  }

  /** The cluster's present: virtual for a simulation. */
  now(): string {
    const clock = this.#clock;
    if (!clock) return new Date().toISOString();
    if (clock.paused || clock.speed === 0) return clock.now;
    const passed = (Date.now() - this.#clockReadAt) * clock.speed;
    return new Date(parseTimestamp(clock.now) / 1_000 + passed).toISOString();
  }

  /** Calls the listener after each refresh that changed something; returns how to stop that. */
  onDidChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lists everything and begins to follow. Rejects with the engine's refusal; then `state` is `failed`. */
  async start(): Promise<void> {
    this.stop();
    this.#state = 'starting';
    this.#emit({ ...noChange(), clock: true });
    const abort = new AbortController();
    this.#abort = abort;
    try {
      void this.#follow(abort);
      this.#dirty = everything();
      await this.#refresh();
      if (abort.signal.aborted) return;
      this.#state = 'running';
      this.#emit({ ...noChange(), clock: true });
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  /** There is no cluster to follow, and why. */
  fail(error: unknown): void {
    this.stop();
    this.#state = 'failed';
    this.#failure = error instanceof Error ? error.message : String(error);
    this.#emit({ ...noChange(), clock: true });
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    clearTimeout(this.#timer);
    this.#timerDue = Number.POSITIVE_INFINITY;
    this.#state = 'stopped';
    this.#clock = undefined;
    this.#dirty = clean();
    this.objects.clear();
  }

  /** Lists everything again at once; resolves when that is done. */
  async refresh(): Promise<void> {
    if (!this.#abort) return;
    this.#dirty = everything();
    await this.#refresh();
  }

  /** Tasks of a service (or of all) may have changed: the engine's own signal, or the end of a command. */
  touch(serviceID?: string): void {
    if (!this.#abort) return;
    if (serviceID === undefined) Object.assign(this.#dirty, { services: 'all', tasks: 'all' });
    else {
      add(this.#dirty, 'services', serviceID);
      add(this.#dirty, 'tasks', serviceID);
    }
    this.#soon();
  }

  /** Something may have changed that no event tells: soon everything is listed again. */
  touchAll(): void {
    if (!this.#abort) return;
    this.#dirty = everything();
    this.#soon();
  }

  /** The clock was paused, set going, or given another speed. */
  setClock(clock: LabClock): void {
    this.#clock = clock;
    this.#clockReadAt = Date.now();
    this.#emit({ ...noChange(), clock: true });
    this.touch();
  }

  async #follow(abort: AbortController): Promise<void> {
    while (!abort.signal.aborted) {
      try {
        for await (const event of this.#client.system.events({ signal: abort.signal })) {
          if (abort.signal.aborted) return;
          this.#take(event);
        }
      } catch {
        // The stream broke: what was missed is listed again below.
      }
      if (abort.signal.aborted) return;
      do await new Promise((done) => setTimeout(done, pace.reconnect));
      while (this.#swarm === 'off' && !abort.signal.aborted);
      if (abort.signal.aborted || this.#state !== 'running') continue;
      this.#dirty = everything();
      this.#soon();
    }
  }

  /** Marks what an event speaks of (API-71, API-72). */
  #take(event: EventMessage): void {
    const id = event.Actor.ID;
    if (event.Type === 'service') {
      add(this.#dirty, 'services', id);
      add(this.#dirty, 'tasks', id);
    } else if (event.Type === 'node') {
      this.#dirty.nodes = true;
      for (const task of this.objects.tasksOfNode(id)) if (task.ServiceID) add(this.#dirty, 'tasks', task.ServiceID);
      for (const service of this.objects.services.values()) {
        if (service.Spec.Mode?.Global || service.Spec.Mode?.GlobalJob) add(this.#dirty, 'tasks', service.ID);
      }
    } else if (event.Type === 'network') this.#dirty.networks = true;
    else if (event.Type === 'container') {
      const service = event.Actor.Attributes['com.docker.swarm.service.id'];
      if (service && !event.Action.startsWith('exec')) {
        add(this.#dirty, 'services', service);
        add(this.#dirty, 'tasks', service);
      } else if (!service && /^(create|start|die|destroy|rename)/.test(event.Action)) this.#dirty.networks = true;
      else return;
    } else return;
    this.#soon();
  }

  #soon(): void {
    this.#wait = pace.fastest;
    this.#schedule(pace.debounce);
  }

  #schedule(delay: number): void {
    const due = Date.now() + delay;
    if (due >= this.#timerDue || !this.#abort) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    this.#timer = setTimeout(() => {
      this.#timerDue = Number.POSITIVE_INFINITY;
      this.#look();
    }, delay);
  }

  /** A refresh that nobody waits for. A real engine that went away is lost; a refusal may pass, and is tried again. */
  #look(): void {
    this.#refresh().catch((error: unknown) => {
      if (this.#state === 'running' && !this.#clock && !(error instanceof EngineApiError)) this.fail(error);
      else {
        this.#dirty = everything(); // what was to be listed still is
        this.#schedule(pace.reconnect);
      }
    });
  }

  /** One refresh at a time; what became dirty meanwhile is refreshed after it. */
  async #refresh(): Promise<void> {
    while (this.#refreshing) await this.#refreshing.catch(() => {});
    const abort = this.#abort;
    if (!abort) return;
    this.#refreshing = this.#list(abort);
    try {
      await this.#refreshing;
    } finally {
      this.#refreshing = undefined;
    }
  }

  async #list(abort: AbortController): Promise<void> {
    const dirty = this.#dirty;
    this.#dirty = clean();
    this.#requests++;
    const full = dirty.nodes && dirty.services === 'all' && dirty.tasks === 'all';
    if (full) {
      const info = await this.#client.system.info().catch(async (error: unknown) => {
        if (!(await this.#allOff())) throw error;
        return undefined;
      });
      if (!info) return this.#showAllOff(abort);
      this.#swarm = info.Swarm.LocalNodeState;
      this.#name = info.Name;
      if (!info.Swarm.ControlAvailable) this.#swarm = info.Swarm.LocalNodeState === 'active' ? 'worker' : this.#swarm;
    }
    const control = this.#swarm === 'active';
    const { services: dirtyServices, tasks: dirtyTasks } = dirty;
    const some = (set: Set<string> | 'all'): boolean => control && (set === 'all' || set.size > 0);
    const [nodes, services, networks, containers, tasks, clock] = await Promise.all([
      dirty.nodes && control ? this.#client.nodes.list() : undefined,
      some(dirtyServices)
        ? this.#client.services.list({
            status: true,
            ...(dirtyServices !== 'all' && { filters: { id: [...dirtyServices] } }),
          })
        : undefined,
      dirty.networks ? this.#client.networks.list() : undefined,
      dirty.networks ? this.#client.containers.list({ filters: { 'is-task': ['false'] } }) : undefined,
      some(dirtyTasks) ? this.#tasksOf(dirtyTasks) : undefined,
      full || this.#clock ? this.#client.lab.clock().catch(() => undefined) : undefined,
    ]);
    if (abort.signal.aborted) return;
    const change = noChange();
    if (full && !control) this.#forgetSwarm(change);
    if (nodes) for (const { id } of this.objects.nodes.replace(nodes)) change.nodes.add(id);
    if (services) {
      const scope = dirtyServices === 'all' ? undefined : dirtyServices;
      for (const { id, before, after } of this.objects.services.replace(services, scope)) {
        change.services.add(id);
        // A service whose counts changed without an event has tasks that changed.
        if (dirtyTasks !== 'all' && !dirtyTasks.has(id) && after) add(this.#dirty, 'tasks', id);
        for (const vip of [...(before?.Endpoint.VirtualIPs ?? []), ...(after?.Endpoint.VirtualIPs ?? [])]) {
          change.networks.add(vip.NetworkID);
        }
      }
    }
    if (networks) for (const { id } of this.objects.networks.replace(networks)) change.networks.add(id);
    if (containers) {
      for (const { before, after } of this.objects.containers.replace(containers)) {
        for (const container of [before, after]) {
          for (const settings of Object.values(container?.NetworkSettings.Networks ?? {})) {
            if (settings.NetworkID) change.networks.add(settings.NetworkID);
          }
        }
      }
    }
    if (tasks) {
      const byTasks = this.objects.replaceTasks(tasks, dirtyTasks === 'all' ? undefined : dirtyTasks);
      for (const key of ['nodes', 'services', 'networks', 'tasks'] as const) {
        for (const id of byTasks[key]) change[key].add(id);
      }
    }
    if (clock) {
      change.clock = clock.paused !== this.#clock?.paused || clock.speed !== this.#clock?.speed;
      this.#clockReadAt = Date.now();
    }
    if (full || clock) this.#clock = clock;
    if (!isEmpty(change)) this.#emit(change);
    this.#next(!isEmpty(change));
  }

  /** Tasks of services that are gone are asked by listing all: a filter by an unknown service is refused (API-22). */
  async #tasksOf(services: Set<string> | 'all') {
    if (services === 'all') return this.#client.tasks.list();
    try {
      return await this.#client.tasks.list({ service: [...services] });
    } catch {
      return (await this.#client.tasks.list()).filter((task) => services.has(task.ServiceID ?? ''));
    }
  }

  /** Whether no engine can answer because every simulated machine is switched off. */
  async #allOff(): Promise<boolean> {
    const machines = await this.#client.lab.nodes().catch(() => []);
    return machines.length > 0 && machines.every((machine) => machine.power === 'off');
  }

  /** Nothing can be listed, and nothing happens, before a machine is switched on: that is told. */
  async #showAllOff(abort: AbortController): Promise<void> {
    const clock = await this.#client.lab.clock().catch(() => undefined);
    if (abort.signal.aborted) return;
    const change = noChange();
    this.#swarm = 'off';
    this.#clock = clock;
    this.#clockReadAt = Date.now();
    this.#forgetSwarm(change);
    for (const network of this.objects.networks.replace([])) change.networks.add(network.id);
    this.objects.containers.replace([]);
    this.#emit(change);
  }

  #forgetSwarm(change: Change): void {
    for (const node of this.objects.nodes.replace([])) change.nodes.add(node.id);
    for (const service of this.objects.services.replace([])) change.services.add(service.id);
    for (const id of this.objects.replaceTasks([]).tasks) change.tasks.add(id);
    change.clock = true;
  }

  /** Decides whether and when to look again. */
  #next(changed: boolean): void {
    if (this.#dirty.nodes || this.#dirty.networks || size(this.#dirty.services) + size(this.#dirty.tasks) > 0) {
      this.#schedule(pace.debounce);
      return;
    }
    // In a simulation that stands still nothing moves before someone does something, and that is told.
    if (this.#clock?.paused) return;
    const node = (id: string) => this.objects.nodes.get(id);
    const settling = this.objects.services
      .values()
      .filter((service) => isSettling(service, this.objects.tasksOfService(service.ID), node));
    this.#wait = changed ? pace.fastest : Math.min(pace.slowest, this.#wait * 1.6);
    let delay: number;
    if (settling.length > 0) delay = this.#wait;
    else if (!this.#clock) delay = pace.idle;
    else {
      // A simulation says when something will happen next; if nothing will, an event is awaited.
      const until = this.#untilNext();
      if (until === undefined) return;
      delay = Math.max(until, this.#wait);
    }
    this.#later(delay, settling.length > 0 ? settling.map((service) => service.ID) : undefined);
  }

  #untilNext(): number | undefined {
    const clock = this.#clock;
    if (!clock?.next || clock.paused) return undefined;
    const virtual = (parseTimestamp(clock.next) - parseTimestamp(clock.now)) / 1_000;
    return clock.speed === 0 ? pace.fastest : Math.max(0, virtual) / clock.speed;
  }

  #later(delay: number, services: string[] | undefined): void {
    if (!this.#abort || Date.now() + delay >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = Date.now() + delay;
    this.#timer = setTimeout(
      () => {
        this.#timerDue = Number.POSITIVE_INFINITY;
        if (services) {
          for (const id of services) {
            add(this.#dirty, 'services', id);
            add(this.#dirty, 'tasks', id);
          }
        } else {
          this.#dirty.services = 'all'; // the counts; tasks follow where they differ
          this.#dirty.nodes = true;
        }
        this.#look();
      },
      Math.min(delay, 2 ** 31 - 1),
    );
  }

  #emit(change: Change): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function clean(): Dirty {
  return { nodes: false, services: new Set(), networks: false, tasks: new Set() };
}

function everything(): Dirty {
  return { nodes: true, services: 'all', networks: true, tasks: 'all' };
}

function add(dirty: Dirty, kind: 'services' | 'tasks', id: string): void {
  const set = dirty[kind];
  if (set !== 'all') set.add(id);
}

function size(set: Set<string> | 'all'): number {
  return set === 'all' ? 1 : set.size;
}
