// A cluster in which nothing happens costs nothing, however large it is and whatever runs on it.
import { describe, expect, it } from 'vitest';
import { Cluster } from '../src/engine/cluster';
import { defaultConfig } from '../src/engine/config';
import { hour, minute } from '../src/sim';

/** Events of a virtual hour, after a replicated service with a port and a global one came to run. */
function idleEvents(nodes: number, replicas: number): number {
  const node = { cpus: 64, memoryBytes: 64 * 1024 ** 3 };
  const cluster = new Cluster({ ...defaultConfig, nodes: Array.from({ length: nodes }, () => node) });
  const { control, store } = cluster.engines[0]!.membership!.swarm;
  const { ID } = control.createNetwork({ Name: 'net', DriverConfiguration: { Name: 'overlay' } });
  control.createService({
    Name: 'web',
    TaskTemplate: { ContainerSpec: { Image: 'nginx:latest' }, Networks: [{ Target: ID }] },
    Mode: { Replicated: { Replicas: replicas } },
    EndpointSpec: { Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080 }] },
  });
  control.createService({
    Name: 'everywhere',
    TaskTemplate: { ContainerSpec: { Image: 'redis:latest' }, Networks: [{ Target: ID }] },
    Mode: { Global: {} },
  });
  cluster.sim.runFor(2 * hour);
  const tasks = [...store.all('task')];
  expect(tasks.map((task) => task.Status.State)).toEqual(tasks.map(() => 'running'));
  expect(tasks).toHaveLength(replicas + nodes);
  const before = cluster.sim.executed;
  cluster.sim.runFor(10 * hour + minute);
  return (cluster.sim.executed - before) / 10;
}

describe('an idle cluster', () => {
  it('runs no more events in an hour on 40 nodes with 200 tasks than on 3 with 6, and hardly any', () => {
    const small = idleEvents(3, 3);
    const large = idleEvents(40, 160);
    expect(large).toBeLessThanOrEqual(2);
    expect(large).toBe(small);
  });
});
