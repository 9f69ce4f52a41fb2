import { describe, expect, it } from 'vitest';
import type { Service } from '../../api';
import { FakeCluster } from './fake-cluster';
import { Convergence, progressOf } from './progress';

function swarm(desired: number): { cluster: FakeCluster; service: Service } {
  const cluster = new FakeCluster();
  cluster.addNode('swarm-1', 'manager');
  return { cluster, service: cluster.addService('web', 0, desired) };
}

describe('progress of a service', () => {
  it('API-111: counts slots whose newest task runs, not tasks', () => {
    const { cluster, service } = swarm(2);
    cluster.addTask('web', 1, 'swarm-1', 'running', { DesiredState: 'shutdown' });
    cluster.addTask('web', 1, 'swarm-1', 'preparing');
    cluster.addTask('web', 2, 'swarm-1', 'running');
    expect(progressOf(service, cluster.tasks, cluster.nodes)).toEqual({ running: 1, desired: 2 });
  });

  it('API-111: tasks on a node that is down do not count', () => {
    const { cluster, service } = swarm(1);
    cluster.addTask('web', 1, 'swarm-1', 'running');
    cluster.change(cluster.nodes, 'id-swarm-1', { Status: { State: 'down' } });
    expect(progressOf(service, cluster.tasks, cluster.nodes).running).toBe(0);
  });

  it('tells why a task waits', () => {
    const { cluster, service } = swarm(1);
    cluster.addTask('web', 1, '', 'pending', { Status: { State: 'pending', Timestamp: '', Err: 'no suitable node' } });
    expect(progressOf(service, cluster.tasks, cluster.nodes).error).toBe('no suitable node');
  });
});

describe('convergence, in the words of the command line', () => {
  const { service } = swarm(3);

  it('API-110: counts, verifies for the monitor time, converges', () => {
    const convergence = new Convergence();
    expect(convergence.look(service, { running: 1, desired: 3 }, 0).text).toBe('overall progress: 1 out of 3 tasks');
    expect(convergence.look(service, { running: 3, desired: 3 }, 1_000).text).toContain(
      'verify: Waiting 5 seconds to verify that tasks are stable...',
    );
    expect(convergence.look(service, { running: 3, desired: 3 }, 5_999).outcome).toBeUndefined();
    expect(convergence.look(service, { running: 3, desired: 3 }, 6_000)).toMatchObject({
      text: `verify: Service ${service.ID} converged`,
      outcome: 'converged',
    });
  });

  it('API-110: a relapse begins the wait anew', () => {
    const convergence = new Convergence();
    convergence.look(service, { running: 3, desired: 3 }, 0);
    expect(convergence.look(service, { running: 2, desired: 3 }, 4_000).text).toContain(
      'verify: Detected task failure',
    );
    convergence.look(service, { running: 3, desired: 3 }, 5_000);
    expect(convergence.look(service, { running: 3, desired: 3 }, 9_000).outcome).toBeUndefined();
  });

  it('API-110: a paused update ends it with the engine’s message', () => {
    const paused = { ...service, UpdateStatus: { State: 'paused', Message: 'update paused due to x' } } as Service;
    expect(new Convergence().look(paused, { running: 1, desired: 3 }, 0)).toMatchObject({
      text: 'service update paused: update paused due to x',
      outcome: 'paused',
    });
  });

  it('API-110: a rollback is counted as one', () => {
    const rolling = { ...service, UpdateStatus: { State: 'rollback_started', Message: '' } } as Service;
    expect(new Convergence().look(rolling, { running: 1, desired: 3 }, 0).text).toBe(
      'rolling back update: 1 out of 3 tasks',
    );
  });
});
