import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClusterModel } from './cluster-model';
import type { Change } from './cluster-state';
import { FakeCluster } from './fake-cluster';

let cluster: FakeCluster;
let model: ClusterModel;
let changes: Change[];

beforeEach(async () => {
  vi.useFakeTimers();
  cluster = new FakeCluster();
  cluster.addNode('swarm-1', 'manager');
  cluster.addNode('swarm-2');
  cluster.addService('web', 2, 2);
  cluster.addService('db', 1, 1);
  cluster.addTask('web', 1, 'swarm-1', 'running');
  cluster.addTask('web', 2, 'swarm-2', 'running');
  cluster.addTask('db', 1, 'swarm-2', 'running');
  cluster.addNetwork('front');
  model = new ClusterModel(cluster.client);
  changes = [];
  await model.start();
  model.onDidChange((change) => changes.push(change));
  cluster.requests.length = 0;
});

afterEach(() => {
  model.stop();
  vi.useRealTimers();
});

describe('the model of the cluster', () => {
  it('lists everything at the start', () => {
    expect(model.state).toBe('running');
    expect(model.simulated).toBe(true);
    expect(model.objects.nodes.size).toBe(2);
    expect(model.objects.tasksOfService('id-web')).toHaveLength(2);
    expect(model.objects.tasksOfNode('id-swarm-2')).toHaveLength(2);
  });

  it('does nothing while nothing changes and nothing is to come', async () => {
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(cluster.requests).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('looks again when the simulation said that something comes next', async () => {
    cluster.clock = { ...cluster.clock!, next: '2026-01-01T00:01:00.000000000Z' };
    await model.refresh();
    cluster.requests.length = 0;
    cluster.clock = { ...cluster.clock, now: '2026-01-01T00:01:00.000000000Z', next: undefined };
    await vi.advanceTimersByTimeAsync(59_000);
    expect(cluster.requests).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(cluster.requests.some((request) => request.startsWith('GET /services'))).toBe(true);
  });

  it('API-71: an event makes it list what the event names, once for many events', async () => {
    cluster.change(cluster.services, 'id-db', { UpdatedAt: 'later' });
    for (let i = 0; i < 5; i++) cluster.event('service', 'update', 'id-db');
    await vi.advanceTimersByTimeAsync(100);
    const lists = cluster.requests.filter((request) => /^GET \/(services|tasks)/.test(request));
    expect(lists).toHaveLength(2);
    expect(lists.every((request) => request.includes('id-db') && !request.includes('id-web'))).toBe(true);
    expect(changes.map((change) => [...change.services])).toEqual([['id-db']]);
  });

  it('forgets a service that was removed, with its tasks', async () => {
    cluster.services.splice(1, 1);
    cluster.tasks.splice(2, 1);
    cluster.event('service', 'remove', 'id-db');
    await vi.advanceTimersByTimeAsync(100);
    expect(model.objects.services.get('id-db')).toBeUndefined();
    expect(model.objects.tasksOfService('id-db')).toEqual([]);
    expect(model.objects.tasksOfNode('id-swarm-2')).toHaveLength(1);
  });

  it('looks at tasks while a service converges, ever slower, and stops when it has', async () => {
    cluster.change(cluster.services, 'id-web', {
      ServiceStatus: { RunningTasks: 2, DesiredTasks: 3, CompletedTasks: 0 },
    });
    cluster.addTask('web', 3, 'swarm-1', 'preparing');
    cluster.event('service', 'update', 'id-web');
    await vi.advanceTimersByTimeAsync(1_000);
    const early = cluster.requests.filter((request) => request.startsWith('GET /tasks')).length;
    expect(early).toBeGreaterThan(1);
    cluster.requests.length = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    const later = cluster.requests.filter((request) => request.startsWith('GET /tasks')).length;
    expect(later).toBeGreaterThan(3);
    expect(later).toBeLessThan(20);
    cluster.change(cluster.tasks, cluster.tasks.at(-1)!.ID, { Status: { State: 'running', Timestamp: 'x' } });
    cluster.change(cluster.services, 'id-web', {
      ServiceStatus: { RunningTasks: 3, DesiredTasks: 3, CompletedTasks: 0 },
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(model.objects.tasksOfService('id-web').every((task) => task.Status.State === 'running')).toBe(true);
    cluster.requests.length = 0;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(cluster.requests).toEqual([]);
  });

  it('waits for an event while a paused cluster has stopped in the middle', async () => {
    cluster.clock = { ...cluster.clock!, paused: true };
    cluster.change(cluster.services, 'id-web', {
      ServiceStatus: { RunningTasks: 1, DesiredTasks: 2, CompletedTasks: 0 },
    });
    cluster.event('service', 'update', 'id-web');
    await vi.advanceTimersByTimeAsync(1_000);
    cluster.requests.length = 0;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(cluster.requests).toEqual([]);
    model.setClock({ ...cluster.clock, paused: false });
    await vi.advanceTimersByTimeAsync(100);
    expect(cluster.requests.length).toBeGreaterThan(0);
  });

  it('lists all anew after the event stream broke', async () => {
    const broken = new FakeCluster();
    broken.addNode('swarm-1', 'manager');
    let streams = 0;
    broken.open = async () => {
      streams++;
      if (streams > 1) await new Promise(() => {});
      return { status: 200, headers: {}, chunks: (async function* () {})() };
    };
    const other = new ClusterModel(broken.client);
    await other.start();
    broken.addNode('swarm-2');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(streams).toBe(2);
    expect(other.objects.nodes.size).toBe(2);
    other.stop();
  });

  it('says why it could not start', async () => {
    const refusing = new FakeCluster();
    refusing.request = async () => ({ status: 500, headers: {}, body: { message: 'out of order' } });
    const other = new ClusterModel(refusing.client);
    await expect(other.start()).rejects.toThrow('out of order');
    expect(other.state).toBe('failed');
    expect(other.failure).toBe('out of order');
  });
});
