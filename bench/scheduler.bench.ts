// The scheduler at SwarmKit's own benchmark shapes: one pending task per service, the store's writes included.
import { execFileSync } from 'node:child_process';
import type { PerformanceEntry } from 'node:perf_hooks';
import { PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { profiles } from '../src/api';
import { Simulation } from '../src/sim';
import type { StoredNetwork } from '../src/swarm/objects';
import { Scheduler } from '../src/swarm/scheduler';
import { Store } from '../src/swarm/store';
import type { Result } from './result';

const driver = 'network';

/** A cluster with pending tasks, each of a service of its own; with a plugin, one node in three has it. */
function build(
  nodes: number,
  tasks: number,
  plugin: boolean,
  historyLimit?: number,
): { sim: Simulation; store: Store; scheduler: Scheduler } {
  const sim = new Simulation({ seed: 1, start: 0 });
  const store = new Store(sim);
  const context = { sim, store, random: sim.random.stream('scheduler'), profile: profiles['28'] };
  const scheduler = new Scheduler(context, historyLimit === undefined ? {} : { historyLimit });
  const now = sim.timestamp;
  const network: StoredNetwork = {
    ID: 'network',
    Version: { Index: 1 },
    CreatedAt: now,
    UpdatedAt: now,
    Spec: { Name: 'network' },
    DriverState: { Name: driver },
  };
  store.update((tx) => {
    for (let index = 0; index < nodes; index++) {
      tx.create('node', {
        ID: `node${index}`,
        Role: 'worker',
        Spec: { Role: 'worker', Availability: 'active', Labels: {} },
        Description: { Engine: { Plugins: plugin && index % 3 === 0 ? [{ Type: 'Network', Name: driver }] : [] } },
        Status: { State: 'ready' },
      });
    }
  });
  scheduler.start();
  sim.runUntilQuiet();
  store.update((tx) => {
    for (let index = 0; index < tasks; index++) {
      tx.create('task', {
        ID: `task${index}`,
        ServiceID: `service${index}`,
        SpecVersion: { Index: 1 },
        Slot: 1,
        Spec: {},
        ServiceAnnotations: { Name: `service${index}`, Labels: {} },
        Status: { State: 'pending', Timestamp: now, Message: 'pending task scheduling' },
        DesiredState: 'running',
        ...(plugin ? { NetworksAttachments: [{ Network: network }] } : {}),
      });
    }
  });
  return { sim, store, scheduler };
}

interface Measure {
  /** Wall time until every task is assigned. */
  readonly seconds: number;
  /** Part of it in which the collector of garbage held the program up. */
  readonly gc: number;
}

let collections: PerformanceEntry[] = [];
new PerformanceObserver((list) => {
  collections.push(...list.getEntries());
}).observe({ entryTypes: ['gc'] });

/** What the observer saw comes with the next turn of the event loop. */
const collected = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

type Built = ReturnType<typeof build>;

async function assignAll({ sim, store, scheduler }: Built): Promise<Measure> {
  await collected();
  collections = [];
  const started = performance.now();
  sim.runUntilQuiet();
  const ended = performance.now();
  await collected();
  for (const task of store.all('task')) {
    if (task.Status.State !== 'assigned') throw new Error(`${task.ID} was not assigned`);
  }
  scheduler.stop();
  // Of a collection that began before or ended after, only what lies between counts.
  const within = ({ startTime, duration }: PerformanceEntry): number =>
    Math.max(0, Math.min(startTime + duration, ended) - Math.max(startTime, started));
  const gc = collections.reduce((sum, entry) => sum + within(entry), 0);
  return { seconds: (ended - started) / 1000, gc: gc / 1000 };
}

/** The fastest of some runs after two to warm up. The cluster before is alive until the next is there, as one always is. */
async function warm(nodes: number, tasks: number, plugin: boolean, runs: number): Promise<Measure> {
  let best: Measure = { seconds: Number.POSITIVE_INFINITY, gc: 0 };
  let built = build(nodes, tasks, plugin);
  await assignAll(built);
  for (let run = 0; run <= runs; run++) {
    built = build(nodes, tasks, plugin);
    const measured = await assignAll(built);
    if (run > 0 && measured.seconds < best.seconds) best = measured;
  }
  return best;
}

/** One run in a process of its own, in which nothing is compiled yet. */
function cold(nodes: number, tasks: number, plugin: boolean): number {
  const argument = JSON.stringify({ nodes, tasks, plugin });
  return Number(execFileSync(process.execPath, [__filename, coldRun, argument], { encoding: 'utf8' }));
}

/** Bytes that are in use once all garbage is gone. */
function used(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What `make` leaves in memory. */
function weigh(make: () => Built): number {
  const before = used();
  const built = make();
  built.sim.runUntilQuiet();
  const after = used();
  // Alive until here.
  built.scheduler.stop();
  return after - before;
}

/**
 * Memory per task: all that store and scheduler keep of it, and the part that is there for explanations only, the
 * steps by which the nodes are taken back to the moment of a decision.
 */
function memory(tasks: number): Result[] {
  weigh(() => build(1_000, tasks, false)); // What is compiled on the way stays.
  const empty = weigh(() => build(1_000, 0, false));
  const all = weigh(() => build(1_000, tasks, false)) - empty;
  const unexplained = weigh(() => build(1_000, tasks, false, 2)) - empty;
  const name = `scheduler: memory per task, ${tasks} tasks on 1000 nodes`;
  return [
    { name, value: all / tasks, unit: 'B' },
    { name: `${name}, of it for its explanation`, value: (all - unexplained) / tasks, unit: 'B' },
  ];
}

const coldRun = '--cold-run';

if (process.argv[2] === coldRun) {
  const { nodes, tasks, plugin } = JSON.parse(process.argv[3]!) as { nodes: number; tasks: number; plugin: boolean };
  void assignAll(build(nodes, tasks, plugin)).then(({ seconds }) => process.stdout.write(String(seconds)));
}

const anchor = "SwarmKit's own benchmark, its best run";

export default async function benchmark(): Promise<Result[]> {
  const results: Result[] = [];
  const shapes = [
    { nodes: 1_000, tasks: 10_000, plugin: false, anchorValue: 1.0 },
    { nodes: 1_000, tasks: 100_000, plugin: false, anchorValue: 55 },
    { nodes: 5_000, tasks: 100_000, plugin: true, anchorValue: 133 },
  ];
  for (const { nodes, tasks, plugin, anchorValue } of shapes) {
    const shape = `scheduler: ${tasks} tasks on ${nodes} nodes${plugin ? ' with a network plugin' : ''}`;
    const best = await warm(nodes, tasks, plugin, tasks > 50_000 ? 3 : 20);
    const seconds = { warm: best.seconds, cold: cold(nodes, tasks, plugin) };
    for (const [state, value] of Object.entries(seconds)) {
      results.push({ name: `${shape}, ${state}`, value, unit: 's', anchor, anchorValue, ratio: value / anchorValue });
    }
  }
  for (const tasks of [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000]) {
    const { seconds, gc } = await warm(1_000, tasks, false, tasks > 20_000 ? 3 : 12);
    const name = `scheduler: time per task, ${tasks} tasks on 1000 nodes, warm`;
    results.push({ name, value: (seconds / tasks) * 1e6, unit: 'µs' });
    results.push({ name: `${name}, of it garbage collection`, value: (gc / tasks) * 1e6, unit: 'µs' });
  }
  for (const tasks of [10_000, 100_000]) results.push(...memory(tasks));
  return results;
}
