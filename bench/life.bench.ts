/**
 * The whole life of services: from the request to create them to every task RUNNING, with addresses, virtual IPs and
 * names, on a cluster whose parts are all at work. Goals: 100,000 tasks on 1,000 nodes in 30 s of wall time and 1.5 GB;
 * 10,000 on 1,000 in 3 s. Each run has a process of its own, so nothing is compiled yet and memory is its own. Wall time
 * is what a person waits for; processor time counts all threads, those that collect garbage too, and says more on a
 * machine that does other work.
 */
import { execFileSync } from 'node:child_process';
import type { PerformanceEntry } from 'node:perf_hooks';
import { PerformanceObserver } from 'node:perf_hooks';
import type { ServiceSpec } from '../src/api';
import { Cluster } from '../src/engine/cluster';
import { defaultConfig } from '../src/engine/config';
import { hour, minute, second } from '../src/sim';
import type { Result } from './result';

type Kind = 'usual' | 'one overlay' | 'ports' | 'global' | 'update' | 'leak';

interface Shape {
  readonly kind: Kind;
  readonly nodes: number;
  readonly tasks: number;
}

/** Seconds, but for what says otherwise. */
interface Measure {
  readonly forming: number;
  readonly wall: number;
  readonly cpu: number;
  readonly gc: number;
  /** Most memory that the process had, in MB. */
  readonly memory: number;
  readonly virtual: number;
  readonly events: number;
  /** Of a virtual hour after it. */
  readonly idleEvents: number;
  readonly idleCpu: number;
  /** MB of the heap in use: after forming, with all tasks, and an hour after each removal of all of them. */
  readonly heaps: readonly number[];
}

const image = 'nginx:latest';

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const heap = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

/** A cluster of equal nodes, and what can be done with it. */
class Bed {
  readonly cluster: Cluster;

  constructor(nodes: number) {
    const node = { cpus: 64, memoryBytes: 256 * 1024 ** 3 };
    this.cluster = new Cluster({ ...defaultConfig, nodes: Array.from({ length: nodes }, () => node) });
  }

  get swarm() {
    return this.cluster.engines[0]!.membership!.swarm;
  }

  network(name: string, subnet: string, ingress = false): string {
    return this.swarm.control.createNetwork({
      Name: name,
      Ingress: ingress,
      DriverConfiguration: { Name: 'overlay' },
      IPAMOptions: { Configs: [{ Subnet: subnet }] },
    }).ID;
  }

  service(name: string, networks: readonly string[], spec: Partial<ServiceSpec>): void {
    const Networks = networks.map((Target) => ({ Target }));
    this.swarm.control.createService({
      Name: name,
      TaskTemplate: { ContainerSpec: { Image: image }, Networks },
      ...spec,
    });
  }

  /** Runs until as many tasks as wanted run, all of them with the image. */
  await(tasks: number, wanted = image): void {
    const { sim } = this.cluster;
    const { store } = this.swarm;
    const start = sim.now;
    const running = (): number => {
      let count = 0;
      for (const { Status, Spec } of store.all('task')) {
        if (Status.State === 'running' && Spec.ContainerSpec?.Image?.startsWith(wanted)) count++;
      }
      return count;
    };
    while (running() !== tasks) {
      sim.runFor(second);
      if (sim.now - start > 12 * hour) throw new Error(`only ${running()} of ${tasks} tasks run after 12 hours`);
    }
  }

  /** Services of 250 replicas, each on a network of its own: a /16, as every node's load balancer has an address there. */
  usual(tasks: number): void {
    const replicas = 250;
    for (let index = 0; index < Math.ceil(tasks / replicas); index++) {
      const network = this.network(`net-${index}`, `${20 + (index >> 8)}.${index & 255}.0.0/16`);
      this.service(`service-${index}`, [network], {
        Mode: { Replicated: { Replicas: Math.min(replicas, tasks - index * replicas) } },
        UpdateConfig: { Parallelism: 10 },
      });
    }
  }

  /** Creates the services of a shape. */
  create(kind: Kind, nodes: number, tasks: number): void {
    if (kind === 'one overlay') {
      const network = this.network('net', '20.0.0.0/8');
      for (let index = 0; index < tasks / 25; index++) {
        this.service(`service-${index}`, [network], { Mode: { Replicated: { Replicas: 25 } } });
      }
    } else if (kind === 'ports') {
      // The usual ingress network has no room for so many nodes.
      const { control, store } = this.swarm;
      control.removeNetwork(store.named('network', 'ingress')!.ID);
      this.cluster.sim.runFor(minute);
      this.network('ingress', '20.0.0.0/8', true);
      for (let index = 0; index < tasks / 250; index++) {
        const Ports = [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8_000 + index }] as const;
        this.service(`service-${index}`, [], { Mode: { Replicated: { Replicas: 250 } }, EndpointSpec: { Ports } });
      }
    } else if (kind === 'global') {
      const network = this.network('net', '20.0.0.0/8');
      for (let index = 0; index < tasks / nodes; index++)
        this.service(`service-${index}`, [network], { Mode: { Global: {} } });
    } else this.usual(tasks);
  }

  update(): void {
    const { control, store } = this.swarm;
    for (const { ID, Version, Spec } of [...store.all('service')]) {
      const ContainerSpec = { ...Spec.TaskTemplate.ContainerSpec, Image: 'redis:latest' };
      control.updateService(ID, Version.Index, { ...Spec, TaskTemplate: { ...Spec.TaskTemplate, ContainerSpec } });
    }
  }

  remove(): void {
    const { control, store } = this.swarm;
    for (const { ID } of [...store.all('service')]) control.removeService(ID);
    this.cluster.sim.runFor(2 * minute);
    for (const { ID, Spec } of [...store.all('network')]) if (Spec.Name.startsWith('net-')) control.removeNetwork(ID);
    this.cluster.sim.runFor(hour);
  }
}

async function run({ kind, nodes, tasks }: Shape): Promise<Measure> {
  const began = performance.now();
  const bed = new Bed(nodes);
  const { sim } = bed.cluster;
  const forming = (performance.now() - began) / 1_000;
  const heaps = kind === 'leak' ? [heap()] : [];
  if (kind === 'update') {
    bed.create(kind, nodes, tasks);
    bed.await(tasks);
  }
  const collections: PerformanceEntry[] = [];
  new PerformanceObserver((list) => collections.push(...list.getEntries())).observe({ entryTypes: ['gc'] });
  const start = { wall: performance.now(), cpu: cpuSeconds(), now: sim.now, events: sim.executed };
  if (kind === 'update') bed.update();
  else bed.create(kind, nodes, tasks);
  bed.await(tasks, kind === 'update' ? 'redis' : image);
  const ended = performance.now();
  const cpu = cpuSeconds() - start.cpu;
  const events = sim.executed - start.events;
  const virtual = (sim.now - start.now) / second;
  const memory = process.resourceUsage().maxRSS / 1_024;
  // What the observer saw comes with the next turn of the event loop.
  await new Promise((resolve) => setTimeout(resolve, 10));
  const gc = collections
    .filter(({ startTime }) => startTime >= start.wall && startTime < ended)
    .reduce((sum, { duration }) => sum + duration, 0);
  if (kind === 'leak') {
    heaps.push(heap());
    bed.remove();
    heaps.push(heap());
    bed.create(kind, nodes, tasks);
    bed.await(tasks);
    bed.remove();
    heaps.push(heap());
  }
  sim.runFor(10 * minute);
  const idle = { events: sim.executed, cpu: cpuSeconds() };
  sim.runFor(hour);
  return {
    forming,
    wall: (ended - start.wall) / 1_000,
    cpu,
    gc: gc / 1_000,
    memory,
    virtual,
    events,
    idleEvents: sim.executed - idle.events,
    idleCpu: cpuSeconds() - idle.cpu,
    heaps,
  };
}

const childRun = '--life';

if (process.argv[2] === childRun) {
  void run(JSON.parse(process.argv[3]!) as Shape).then((measure) => process.stdout.write(JSON.stringify(measure)));
}

/** A run in a process of its own. */
function apart(shape: Shape): Measure {
  const flags = ['--max-old-space-size=4096', '--expose-gc'];
  const text = execFileSync(process.execPath, [...flags, __filename, childRun, JSON.stringify(shape)], {
    encoding: 'utf8',
  });
  return JSON.parse(text) as Measure;
}

const goals: Readonly<Record<number, number>> = { 10000: 3, 100000: 30 };

/** Cost per task from 1,000 to 100,000 on 1,000 nodes, and what the cluster costs once all of them run. */
function curve(): Result[] {
  const nodes = 1_000;
  return [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000].flatMap((tasks): Result[] => {
    const measure = apart({ kind: 'usual', nodes, tasks });
    const name = `life: ${tasks} tasks on ${nodes} nodes`;
    const goal = goals[tasks];
    const against = (anchorValue: number) => ({ anchor: 'goal', anchorValue });
    return [
      { name, value: measure.wall, unit: 's', ...(goal === undefined ? {} : against(goal)) },
      { name: `${name}, processor time`, value: measure.cpu, unit: 's' },
      { name: `${name}, processor time per task`, value: (1e6 * measure.cpu) / tasks, unit: 'µs' },
      { name: `${name}, wall time in garbage collection`, value: (100 * measure.gc) / measure.wall, unit: '%' },
      { name: `${name}, events per task`, value: measure.events / tasks, unit: 'events' },
      {
        name: `${name}, most memory`,
        value: measure.memory,
        unit: 'MB',
        ...(goal === undefined ? {} : against(1_536)),
      },
      { name: `${name}, virtual time`, value: measure.virtual, unit: 's' },
      { name: `${name}, forming the cluster before`, value: measure.forming, unit: 's' },
      { name: `${name}, events of an idle hour after`, value: measure.idleEvents, unit: 'events' },
      { name: `${name}, processor time of an idle hour after`, value: 1_000 * measure.idleCpu, unit: 'ms' },
    ];
  });
}

/** 10,000 tasks in other shapes. An update replaces all of them, ten at a time in each of 40 services. */
function shapes(): Result[] {
  const [nodes, tasks] = [1_000, 10_000];
  return (['one overlay', 'ports', 'global', 'update'] as const).flatMap((kind): Result[] => {
    const { wall, cpu, memory } = apart({ kind, nodes, tasks });
    const name = `life (${kind}): ${tasks} tasks on ${nodes} nodes`;
    return [
      { name, value: wall, unit: 's' },
      { name: `${name}, processor time per task`, value: (1e6 * cpu) / tasks, unit: 'µs' },
      { name: `${name}, most memory`, value: memory, unit: 'MB' },
    ];
  });
}

/**
 * What is left of tasks that are gone. After the first removal that is what engines keep to tell: the last 256 events of
 * each. The second time should add nothing.
 */
function leak(): Result[] {
  const [nodes, tasks] = [100, 10_000];
  const [formed = 0, full = 0, once = 0, twice = 0] = apart({ kind: 'leak', nodes, tasks }).heaps;
  const name = `life: heap, ${tasks} tasks on ${nodes} nodes`;
  return [
    { name: `${name}, before`, value: formed, unit: 'MB' },
    { name: `${name}, all running`, value: full, unit: 'MB' },
    { name: `${name}, an hour after all were removed`, value: once, unit: 'MB' },
    { name: `${name}, the same a second time`, value: twice, unit: 'MB' },
    { name: `${name}, kept of each task of the second time`, value: ((twice - once) * 2 ** 20) / tasks, unit: 'B' },
  ];
}

export const benchmarks = [leak, shapes, curve];
