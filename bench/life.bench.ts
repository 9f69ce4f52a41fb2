/**
 * The whole life of services: from the request to create them to every task RUNNING, with addresses, virtual IPs and
 * names, on a cluster whose parts are all at work. Goals: 100,000 tasks on 1,000 nodes in 30 s of wall time and 1.5 GB;
 * 10,000 on 1,000 in 3 s.
 */
import { Cluster } from '../src/engine/cluster';
import { defaultConfig } from '../src/engine/config';
import { minute, second } from '../src/sim';
import type { Result } from './result';

const replicas = 250;

function life(nodes: number, tasks: number): { seconds: number; forming: number; megabytes: number; virtual: number } {
  const began = performance.now();
  const node = { cpus: 64, memoryBytes: 256 * 1024 ** 3 };
  const cluster = new Cluster({ ...defaultConfig, nodes: Array.from({ length: nodes }, () => node) });
  const formed = performance.now();
  const { store, control } = cluster.engines[0]!.membership!.swarm;
  const start = cluster.sim.now;
  // A /16 for each network: 250 replicas, their virtual IP and an address for each node's load balancer.
  for (let index = 0; index < Math.ceil(tasks / replicas); index++) {
    const network = control.createNetwork({
      Name: `net-${index}`,
      DriverConfiguration: { Name: 'overlay' },
      IPAMOptions: { Configs: [{ Subnet: `${20 + (index >> 8)}.${index & 255}.0.0/16` }] },
    });
    control.createService({
      Name: `service-${index}`,
      TaskTemplate: { ContainerSpec: { Image: 'nginx:latest' }, Networks: [{ Target: network.ID }] },
      Mode: { Replicated: { Replicas: Math.min(replicas, tasks - index * replicas) } },
    });
  }
  const running = (): number => {
    let count = 0;
    for (const task of store.all('task')) if (task.Status.State === 'running') count++;
    return count;
  };
  while (running() < tasks) {
    cluster.sim.runFor(second);
    if (cluster.sim.now - start > 30 * minute)
      throw new Error(`only ${running()} of ${tasks} tasks run after 30 minutes`);
  }
  const ended = performance.now();
  return {
    seconds: (ended - formed) / 1_000,
    forming: (formed - began) / 1_000,
    megabytes: process.memoryUsage().rss / 2 ** 20,
    virtual: (cluster.sim.now - start) / second,
  };
}

export default async function bench(): Promise<Result[]> {
  const results: Result[] = [];
  const shapes = [
    { nodes: 1_000, tasks: 1_000, goal: undefined },
    { nodes: 1_000, tasks: 10_000, goal: 3 },
    { nodes: 1_000, tasks: 100_000, goal: 30 },
  ];
  for (const { nodes, tasks, goal } of shapes) {
    const { seconds, forming, megabytes, virtual } = life(nodes, tasks);
    const name = `life/${nodes}-nodes-${tasks}-tasks`;
    results.push({
      name,
      value: seconds,
      unit: 's',
      ...(goal === undefined ? {} : { anchor: 'goal', anchorValue: goal, ratio: goal / seconds }),
    });
    results.push({ name: `${name}/per-task`, value: (1e6 * seconds) / tasks, unit: 'µs' });
    results.push({ name: `${name}/forming`, value: forming, unit: 's' });
    results.push({ name: `${name}/memory`, value: megabytes, unit: 'MB' });
    results.push({ name: `${name}/virtual-time`, value: virtual, unit: 's' });
  }
  return results;
}
