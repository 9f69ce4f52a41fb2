// The scheduler at SwarmKit's own benchmark shapes: one pending task per service, the store's writes included.
import { profiles } from '../src/api';
import { Simulation } from '../src/sim';
import type { StoredNetwork } from '../src/swarm/objects';
import { Scheduler } from '../src/swarm/scheduler';
import { Store } from '../src/swarm/store';
import type { Result } from './result';

const driver = 'network';

/** A cluster with pending tasks, each of a service of its own; with a plugin, one node in three has it. */
function build(nodes: number, tasks: number, plugin: boolean): { sim: Simulation; store: Store; scheduler: Scheduler } {
  const sim = new Simulation({ seed: 1, start: 0 });
  const store = new Store(sim);
  const scheduler = new Scheduler({ sim, store, random: sim.random.stream('scheduler'), profile: profiles['28'] });
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

/** Seconds of wall time until every task is assigned: the fastest of some runs, after one to warm up. */
function measure(nodes: number, tasks: number, plugin: boolean, runs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run <= runs; run++) {
    const { sim, store, scheduler } = build(nodes, tasks, plugin);
    const started = performance.now();
    sim.runUntilQuiet();
    const seconds = (performance.now() - started) / 1000;
    for (const task of store.all('task')) {
      if (task.Status.State !== 'assigned') throw new Error(`${task.ID} was not assigned`);
    }
    scheduler.stop();
    if (run > 0) best = Math.min(best, seconds);
  }
  return best;
}

export default async function benchmark(): Promise<Result[]> {
  const results: Result[] = [];
  const shapes = [
    { nodes: 1_000, tasks: 10_000, plugin: false, anchorValue: 1.0 },
    { nodes: 1_000, tasks: 100_000, plugin: false, anchorValue: 55 },
    { nodes: 5_000, tasks: 100_000, plugin: true, anchorValue: 133 },
  ];
  for (const { nodes, tasks, plugin, anchorValue } of shapes) {
    const value = measure(nodes, tasks, plugin, tasks > 50_000 ? 3 : 12);
    results.push({
      name: `scheduler: ${tasks} tasks on ${nodes} nodes${plugin ? ' with a network plugin' : ''}`,
      value,
      unit: 's',
      anchor: "SwarmKit's own benchmark, its best run",
      anchorValue,
      ratio: value / anchorValue,
    });
  }
  for (const tasks of [1_000, 3_000, 10_000, 30_000, 100_000]) {
    const value = (measure(1_000, tasks, false, tasks > 50_000 ? 3 : 12) / tasks) * 1e6;
    results.push({ name: `scheduler: time per task, ${tasks} tasks on 1000 nodes`, value, unit: 'µs' });
  }
  return results;
}
