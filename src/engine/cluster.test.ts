import { describe, expect, it } from 'vitest';
import { second } from '../sim';
import { Cluster } from './cluster';
import { defaultConfig } from './config';

describe('Cluster', () => {
  it('has three nodes up in a swarm, runs a service and answers its name', () => {
    const cluster = new Cluster(defaultConfig);
    const [first] = cluster.engines;
    const swarm = first!.manager();
    expect(
      [...swarm.store.all('node')].map((node) => [node.Description.Hostname, node.Status.State, node.Role]),
    ).toEqual([
      ['swarm-1', 'ready', 'manager'],
      ['swarm-2', 'ready', 'worker'],
      ['swarm-3', 'ready', 'worker'],
    ]);
    const network = swarm.control.createNetwork({
      Name: 'collabnet',
      Labels: {},
      DriverConfiguration: { Name: 'overlay' },
    });
    const service = swarm.control.createService({
      Name: 'web',
      Labels: {},
      TaskTemplate: { ContainerSpec: { Image: 'nginx:latest' }, Networks: [{ Target: network.ID }] },
      Mode: { Replicated: { Replicas: 3 } },
      EndpointSpec: { Mode: 'vip' },
    });
    cluster.sim.runFor(60 * second);
    const tasks = [...swarm.store.tasksOfService(service.ID).values()];
    expect(tasks.map((task) => task.Status.State)).toEqual(['running', 'running', 'running']);
    const vip = swarm.store.get('service', service.ID)!.Endpoint.VirtualIPs![0]!.Addr!.split('/')[0];
    for (const engine of cluster.engines) {
      const container = engine.daemon.containers.list()[0]!;
      const { reply } = container.sandbox!.resolve('web', 'A');
      expect(reply.answers.map((answer) => answer.data)).toEqual([vip]);
    }
  });
});
