import { describe, expect, it } from 'vitest';
import type { PortConfig, TaskExplanation } from '../../api';
import { millisecond, minute, second } from '../../sim';
import { StatusError } from '../status-error';
import { Cluster, GiB } from './fixture';

function started(...nodes: string[]): Cluster {
  const cluster = new Cluster();
  cluster.nodes(...nodes);
  cluster.start();
  return cluster;
}

function reserve(cpus: number, memory = 0): { Resources: { Reservations: { NanoCPUs: number; MemoryBytes: number } } } {
  return { Resources: { Reservations: { NanoCPUs: cpus * 1e9, MemoryBytes: memory } } };
}

function network(driver: string): { readonly NetworksAttachments: never } {
  const Network = { ID: 'net', Spec: { Name: 'net' }, DriverState: { Name: driver } };
  return { NetworksAttachments: [{ Network }] as never };
}

const port80: PortConfig[] = [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 80, PublishMode: 'host' }];

function errOf(cluster: Cluster, id: string): string | undefined {
  cluster.settle();
  return cluster.task(id).Status.Err;
}

describe('what is scheduled and when', () => {
  it('SCHED-1: only PENDING tasks are given a node; NEW ones wait', () => {
    const cluster = started('a');
    const [fresh] = cluster.tasks('s', 1, {}, { Status: { State: 'new', Timestamp: '', Message: 'created' } });
    const [pending] = cluster.tasks('s', 1);
    cluster.settle();
    expect(cluster.nodeOf(fresh!)).toBeUndefined();
    expect(cluster.nodeOf(pending!)).toBe('a');
    cluster.state(fresh!, 'pending');
    cluster.settle();
    expect(cluster.nodeOf(fresh!)).toBe('a');
  });

  it('SCHED-1: PENDING tasks that are to be shut down are skipped at the start', () => {
    const cluster = new Cluster();
    cluster.nodes('a');
    const [gone] = cluster.tasks('s', 1, {}, { DesiredState: 'shutdown' });
    const [live] = cluster.tasks('s', 1);
    cluster.start();
    expect(cluster.nodeOf(gone!)).toBeUndefined();
    expect(cluster.nodeOf(live!)).toBe('a');
  });

  it('SCHED-2: a run comes 50 ms after the last commit, and at most 1 s after the first', () => {
    const cluster = started('a');
    const [id] = cluster.tasks('s', 1);
    cluster.sim.runFor(49 * millisecond);
    expect(cluster.nodeOf(id!)).toBeUndefined();
    cluster.sim.runFor(1 * millisecond);
    expect(cluster.nodeOf(id!)).toBe('a');
    cluster.settle();

    const begun = cluster.sim.now;
    const [late] = cluster.tasks('s', 1);
    while (!cluster.nodeOf(late!)) {
      cluster.service('other', cluster.store.index);
      cluster.sim.runFor(20 * millisecond);
    }
    expect(cluster.sim.now - begun).toBeGreaterThanOrEqual(second);
    expect(cluster.sim.now - begun).toBeLessThanOrEqual(second + 20 * millisecond);
  });

  it('SCHED-2: nothing is left to do when nothing changes', () => {
    const cluster = started('a');
    cluster.tasks('s', 3);
    cluster.tasks('full', 3, reserve(4));
    cluster.settle();
    expect(cluster.sim.next).toBeUndefined();
  });

  it('SCHED-3: a service and spec version is placed as a whole', () => {
    const cluster = started('a', 'b');
    const ids = cluster.tasks('s', 4);
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 2, b: 2 });
  });

  it('SCHED-4: status of an assigned and of a confirmed task', () => {
    const cluster = started('a');
    const [id] = cluster.tasks('s', 1, {}, { Status: { State: 'pending', Timestamp: '', Message: 'x', Err: 'old' } });
    const [global] = cluster.tasks('g', 1, {}, { NodeID: 'a', Slot: 0 });
    cluster.settle();
    expect(cluster.task(id!).Status).toEqual({
      State: 'assigned',
      Timestamp: expect.any(String),
      Message: 'scheduler assigned task to node',
    });
    expect(cluster.task(global!).Status).toMatchObject({
      State: 'assigned',
      Message: 'scheduler confirmed task can run on preassigned node',
    });
  });

  it('SCHED-5: a node that changed in the same instant is looked at anew', () => {
    const cluster = started('a', 'b');
    // The node changes at the very moment of the run, just before it: the change is not reported to anyone yet.
    cluster.sim.at(cluster.sim.now + 50 * millisecond, () => cluster.availability('a', 'drain'));
    const [id] = cluster.tasks('s', 1);
    cluster.sim.runFor(50 * millisecond);
    expect(cluster.nodeOf(id!)).toBe('b');
  });

  it('SCHED-5: a status that says the same is not written again', () => {
    const cluster = started('a');
    const [id] = cluster.tasks('s', 1, reserve(4));
    cluster.settle();
    const before = cluster.task(id!);
    cluster.labels('a', { x: 'y' });
    cluster.settle();
    expect(cluster.task(id!)).toBe(before);
  });

  it('SCHED-5: when the managers refuse the write, the decision is taken back', () => {
    const cluster = started('a', 'b');
    const ids = cluster.tasks('s', 300, reserve(0.001));
    cluster.store.guard = () => {
      throw new StatusError('Unknown', 'no quorum');
    };
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ none: 300 });
    cluster.store.guard = () => {};
    cluster.service('other');
    cluster.settle();
    cluster.tasks('s', 1, reserve(0.001));
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 150, b: 150 });
  });

  it('SCHED-6: parked tasks are placed like others', () => {
    const cluster = started('a');
    const [id] = cluster.tasks('s', 1, {}, { DesiredState: 'ready' });
    cluster.settle();
    expect(cluster.nodeOf(id!)).toBe('a');
  });
});

describe('filters', () => {
  it('SCHED-11: a node must be ready and active', () => {
    const cluster = new Cluster();
    cluster.node('down', { Status: { State: 'down' } });
    cluster.node('unknown', { Status: { State: 'unknown' } });
    cluster.node('drained', { Spec: { Role: 'worker', Availability: 'drain' } });
    cluster.node('paused', { Spec: { Role: 'worker', Availability: 'pause' } });
    cluster.start();
    const [id] = cluster.tasks('s', 1);
    expect(errOf(cluster, id!)).toBe('no suitable node (4 nodes not available for new tasks)');
    cluster.availability('paused', 'active');
    cluster.settle();
    expect(cluster.nodeOf(id!)).toBe('paused');
  });

  it('SCHED-12: reservations count, limits do not', () => {
    const cluster = started('a');
    const [big] = cluster.tasks('big', 1, { Resources: { Limits: { NanoCPUs: 64e9, MemoryBytes: 64 * GiB } } });
    const [memory] = cluster.tasks('memory', 1, reserve(0, 3 * GiB));
    const [fits] = cluster.tasks('fits', 1, reserve(2, 2 * GiB));
    const [cpu] = cluster.tasks('cpu', 1, reserve(0.5));
    expect(errOf(cluster, memory!)).toBe('no suitable node (insufficient resources on 1 node)');
    expect(cluster.nodeOf(big!)).toBe('a');
    expect(cluster.nodeOf(fits!)).toBe('a');
    expect(errOf(cluster, cpu!)).toBe('no suitable node (insufficient resources on 1 node)');
  });

  it('SCHED-12: generic resources are claimed, named ones by name', () => {
    const cluster = new Cluster();
    const GenericResources = [
      { NamedResourceSpec: { Kind: 'GPU', Value: 'g1' } },
      { NamedResourceSpec: { Kind: 'GPU', Value: 'g2' } },
      { DiscreteResourceSpec: { Kind: 'SSD', Value: 3 } },
    ];
    cluster.node('a', { Description: { Resources: { GenericResources } } });
    cluster.start();
    const need = (Kind: string, Value: number) => ({
      Resources: { Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind, Value } }] } },
    });
    const gpus = cluster.tasks('gpu', 3, need('GPU', 1));
    const ssds = cluster.tasks('ssd', 2, need('SSD', 2));
    cluster.settle();
    expect(gpus.map((id) => cluster.task(id).GenericResources)).toEqual([
      [{ NamedResourceSpec: { Kind: 'GPU', Value: 'g1' } }],
      [{ NamedResourceSpec: { Kind: 'GPU', Value: 'g2' } }],
      undefined,
    ]);
    expect(cluster.task(ssds[0]!).GenericResources).toEqual([{ DiscreteResourceSpec: { Kind: 'SSD', Value: 2 } }]);
    expect(cluster.task(ssds[1]!).Status.Err).toBe('no suitable node (insufficient resources on 1 node)');
    cluster.state(gpus[0]!, 'complete');
    cluster.settle();
    expect(cluster.task(gpus[2]!).GenericResources).toEqual([{ NamedResourceSpec: { Kind: 'GPU', Value: 'g1' } }]);
  });

  it('SCHED-13: network, volume and log drivers must be there', () => {
    const cluster = new Cluster();
    const Plugins = [
      { Type: 'Network', Name: 'weave:latest' },
      { Type: 'Volume', Name: 'rexray' },
    ];
    cluster.node('a', { Description: { Engine: { Plugins } } });
    cluster.start();
    const volume = (Name: string) => ({
      ContainerSpec: { Mounts: [{ Type: 'volume' as const, VolumeOptions: { DriverConfig: { Name } } }] },
    });
    const at = (ids: string[]) => {
      cluster.settle();
      return cluster.nodeOf(ids[0]!) ?? cluster.task(ids[0]!).Status.Err;
    };
    const missing = 'no suitable node (missing plugin on 1 node)';
    expect(at(cluster.tasks('n1', 1, {}, network('weave')))).toBe('a');
    expect(at(cluster.tasks('n2', 1, {}, network('overlay')))).toBe(missing);
    expect(at(cluster.tasks('v1', 1, volume('rexray')))).toBe('a');
    expect(at(cluster.tasks('v2', 1, volume('nfs')))).toBe(missing);
    // No log plugins are listed at all, so log drivers are not asked for.
    expect(at(cluster.tasks('l1', 1, { LogDriver: { Name: 'splunk' } }))).toBe('a');
    cluster.changeNode('a', ({ Description }) => ({
      Description: { ...Description, Engine: { Plugins: [...Plugins, { Type: 'Log', Name: 'json-file' }] } },
    }));
    expect(at(cluster.tasks('l2', 1, { LogDriver: { Name: 'splunk' } }))).toBe(missing);
    expect(at(cluster.tasks('l3', 1, { LogDriver: { Name: 'json-file' } }))).toBe('a');
    expect(at(cluster.tasks('l4', 1, { LogDriver: { Name: 'none' } }))).toBe('a');
    cluster.changeNode('a', () => ({ Description: { Hostname: 'a' } }));
    expect(at(cluster.tasks('n3', 1, {}, network('overlay')))).toBe('a');
  });

  it('SCHED-14: constraints; unreadable ones accept every node', () => {
    const cluster = started('a', 'b');
    const [id] = cluster.tasks('s', 1, { Placement: { Constraints: ['node.hostname==b'] } });
    const [none] = cluster.tasks('t', 1, { Placement: { Constraints: ['node.labels.zone==x'] } });
    const [odd] = cluster.tasks('u', 1, { Placement: { Constraints: ['nonsense'] } });
    expect(errOf(cluster, none!)).toBe('no suitable node (scheduling constraints not satisfied on 2 nodes)');
    expect(cluster.nodeOf(id!)).toBe('b');
    expect(cluster.nodeOf(odd!)).toBe('a');
    cluster.labels('b', { zone: 'X' });
    cluster.settle();
    expect(cluster.nodeOf(none!)).toBe('b');
  });

  it('SCHED-15: platforms, with names of architectures that mean the same and wildcards', () => {
    const cluster = new Cluster();
    cluster.node('x', { Description: { Platform: { OS: 'linux', Architecture: 'x86_64' } } });
    cluster.node('arm', { Description: { Platform: { OS: 'linux', Architecture: 'aarch64' } } });
    cluster.start();
    const at = (OS: string, Architecture: string) => {
      const [id] = cluster.tasks(`${OS}-${Architecture}`, 1, { Placement: { Platforms: [{ OS, Architecture }] } });
      cluster.settle();
      return cluster.nodeOf(id!) ?? cluster.task(id!).Status.Err;
    };
    expect(at('linux', 'arm64')).toBe('arm');
    expect(at('linux', 'amd64')).toBe('x');
    expect(at('', 'arm64')).toBe('arm');
    expect(at('windows', 'amd64')).toBe('no suitable node (unsupported platform on 2 nodes)');
    expect(at('linux', '')).toBe('x');
  });

  it('SCHED-16: a host port is used once a node; ingress ports and unpublished ones do not matter', () => {
    const cluster = started('a', 'b');
    const ids = cluster.tasks('s', 3, {}, { hostPorts: port80 });
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 1, b: 1, none: 1 });
    expect(cluster.task(ids[2]!).Status.Err).toBe('no suitable node (host-mode port already in use on 2 nodes)');
    const udp = cluster.tasks('udp', 1, {}, { hostPorts: [{ ...port80[0]!, Protocol: 'udp' }] });
    const ingress = cluster.tasks('ing', 1, {}, { hostPorts: [{ ...port80[0]!, PublishMode: 'ingress' }] });
    const any = cluster.tasks('any', 1, {}, { hostPorts: [{ ...port80[0]!, PublishedPort: 0 }] });
    cluster.settle();
    for (const [id] of [udp, ingress, any]) expect(cluster.nodeOf(id!)).toBeDefined();
  });

  it('SCHED-17: at most so many replicas per node', () => {
    const cluster = started('a', 'b');
    const ids = cluster.tasks('s', 5, { Placement: { MaxReplicas: 2 } });
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 2, b: 2, none: 1 });
    expect(cluster.task(ids[4]!).Status.Err).toBe('no suitable node (max replicas per node limit exceed)');
  });

  it('SCHED-18: resources and ports are held until the task really ended, activity ends with the desired state', () => {
    const cluster = started('a');
    const [old] = cluster.tasks('s', 1, { ...reserve(2), Placement: { MaxReplicas: 1 } }, { hostPorts: port80 });
    cluster.settle();
    cluster.state(old!, 'running');
    cluster.change(old!, { DesiredState: 'shutdown' });
    cluster.settle();
    const [next] = cluster.tasks('s', 1, { ...reserve(1), Placement: { MaxReplicas: 1 } });
    const [port] = cluster.tasks('p', 1, {}, { hostPorts: port80 });
    expect(errOf(cluster, next!)).toBe('no suitable node (insufficient resources on 1 node)');
    expect(errOf(cluster, port!)).toBe('no suitable node (host-mode port already in use on 1 node)');
    cluster.state(old!, 'shutdown');
    cluster.settle();
    expect(cluster.nodeOf(next!)).toBe('a');
    expect(cluster.nodeOf(port!)).toBe('a');
  });

  it('SCHED-19: what is free follows the description, may be negative, and is zero without one', () => {
    const cluster = started('a');
    const [first] = cluster.tasks('s', 1, reserve(2));
    cluster.settle();
    expect(cluster.nodeOf(first!)).toBe('a');
    cluster.changeNode('a', ({ Description }) => ({ Description: { ...Description, Resources: { NanoCPUs: 1e9 } } }));
    const [second] = cluster.tasks('t', 1, reserve(0.5));
    expect(errOf(cluster, second!)).toContain('insufficient resources');
    expect(cluster.scheduler.explain(second!)!.nodes[0]!.verdicts[1]).toEqual({
      filter: 'Resource',
      enabled: true,
      passed: false,
      value: '-1 of 1 CPUs free',
    });
    cluster.changeNode('a', ({ Description }) => ({ Description: { ...Description, Resources: { NanoCPUs: 4e9 } } }));
    cluster.settle();
    expect(cluster.nodeOf(second!)).toBe('a');
    cluster.changeNode('a', () => ({ Description: {} }));
    const [third] = cluster.tasks('u', 1, reserve(0.1));
    expect(errOf(cluster, third!)).toContain('insufficient resources');
  });

  it('SCHED-20: tasks on a node that is down keep what they hold', () => {
    const cluster = started('a');
    const [id] = cluster.tasks('s', 1, reserve(2));
    cluster.settle();
    cluster.state(id!, 'running');
    cluster.changeNode('a', () => ({ Status: { State: 'down' } }));
    cluster.settle();
    cluster.changeNode('a', () => ({ Status: { State: 'ready' } }));
    const [other] = cluster.tasks('t', 1, reserve(1));
    expect(errOf(cluster, other!)).toContain('insufficient resources');
  });
});

describe('texts', () => {
  it('SCHED-10, SCHED-26: each node counts at its first failing filter; most first, ties in the order of filters', () => {
    const cluster = started('small', 'b', 'c');
    cluster.node('d', { Status: { State: 'down' } });
    const Placement = { Constraints: ['node.labels.zone==x'] };
    cluster.node('tiny', { Description: { Resources: { NanoCPUs: 1e8 } } });
    const [id] = cluster.tasks('s', 1, { ...reserve(1), Placement });
    expect(errOf(cluster, id!)).toBe(
      'no suitable node (scheduling constraints not satisfied on 3 nodes; 1 node not available for new tasks; ' +
        'insufficient resources on 1 node)',
    );
  });

  it('SCHED-25: without nodes there are no parts; the message stays', () => {
    const cluster = started();
    const [id] = cluster.tasks('s', 1);
    expect(errOf(cluster, id!)).toBe('no suitable node');
    expect(cluster.task(id!).Status).toMatchObject({ State: 'pending', Message: 'pending task scheduling' });
    expect(cluster.task(id!).Status.Timestamp).toBe(cluster.task(id!).UpdatedAt);
  });

  it('SCHED-25: a preassigned task has the parts alone', () => {
    const cluster = started('a', 'b');
    cluster.availability('a', 'pause');
    const [id] = cluster.tasks('g', 1, {}, { NodeID: 'a', Slot: 0 });
    expect(errOf(cluster, id!)).toBe('1 node not available for new tasks');
  });

  it('SCHED-27: after a part of a group was placed, the text tells of all nodes', () => {
    const cluster = started('a', 'b');
    const ids = cluster.tasks('s', 5, reserve(1));
    cluster.settle();
    expect(cluster.task(ids[4]!).Status.Err).toBe('no suitable node (insufficient resources on 2 nodes)');
  });

  it('SCHED-28: tasks of an older spec version are not tried again; abandoned ones are shut down', () => {
    const cluster = started('a');
    const [kept, abandoned] = cluster.tasks('s', 2, reserve(8));
    cluster.settle();
    cluster.change(abandoned!, { DesiredState: 'shutdown' });
    cluster.service('s', 99);
    cluster.changeNode('a', () => ({ Role: 'manager' }));
    cluster.settle();
    expect(cluster.task(abandoned!).Status).toMatchObject({ State: 'shutdown', Err: '' });
    expect(cluster.task(kept!).Status).toMatchObject({ State: 'pending' });
    cluster.changeNode('a', ({ Description }) => ({ Description: { ...Description, Resources: { NanoCPUs: 9e9 } } }));
    cluster.settle();
    expect(cluster.nodeOf(kept!)).toBeUndefined();
  });

  it('SCHED-28: a task whose service is gone is dropped silently', () => {
    const cluster = started('a');
    const [id] = cluster.tasks('s', 1, reserve(8));
    cluster.store.update((tx) => tx.remove('service', 's'));
    cluster.settle();
    expect(cluster.task(id!).Status.Err).toBeUndefined();
  });

  it('SCHED-29: a preassigned task waits for its node, and for no other', () => {
    const cluster = started('a', 'b');
    const [holder] = cluster.tasks('s', 1, { ...reserve(2), Placement: { Constraints: ['node.hostname==a'] } });
    cluster.settle();
    const [id] = cluster.tasks('g', 1, reserve(1), { NodeID: 'a', Slot: 0 });
    expect(errOf(cluster, id!)).toBe('insufficient resources on 1 node');
    cluster.state(holder!, 'complete');
    cluster.settle();
    expect(cluster.task(id!)).toMatchObject({ NodeID: 'a', Status: { State: 'assigned' } });
  });
});

describe('ranking', () => {
  it('SCHED-40: fewer tasks of the service, then fewer tasks, then who joined first', () => {
    const cluster = started('a', 'b', 'c');
    const s = cluster.tasks('s', 2);
    cluster.settle();
    expect(cluster.spread(s)).toEqual({ a: 1, b: 1 });
    const t = cluster.tasks('t', 1);
    cluster.settle();
    expect(cluster.nodeOf(t[0]!)).toBe('c');
    const more = cluster.tasks('s', 1);
    cluster.settle();
    // c has a task too, but none of the service.
    expect(cluster.nodeOf(more[0]!)).toBe('c');
  });

  it('SCHED-40, SCHED-41: five failures within five minutes put a node behind others, for this version only', () => {
    const cluster = started('a', 'b');
    const fail = (count: number) => {
      for (let failure = 0; failure < count; failure++) {
        const [id] = cluster.tasks('s', 1, {}, { NodeID: 'a', Status: { State: 'running', Timestamp: '' } });
        cluster.settle();
        cluster.state(id!, 'failed');
        cluster.settle();
      }
    };
    const next = (over = {}) => {
      const [id] = cluster.tasks('s', 1, {}, over);
      cluster.settle();
      const node = cluster.nodeOf(id!);
      const by = cluster.scheduler.explain(id!)!.chosen!.by;
      cluster.state(id!, 'complete');
      cluster.settle();
      return [node, by];
    };
    fail(4);
    expect(next()).toEqual(['a', 'tie']);
    fail(1);
    expect(next()).toEqual(['b', 'recent failures']);
    expect(next({ SpecVersion: { Index: 2 } })).toEqual(['a', 'tie']);
    cluster.availability('b', 'drain');
    expect(next()).toEqual(['a', 'only node']);
    cluster.availability('b', 'active');
    cluster.sim.runFor(5 * minute);
    expect(next()).toEqual(['a', 'tie']);
  });

  it('SCHED-41: finished and shut down tasks are no failures; memory ends with the leader', () => {
    const cluster = started('a', 'b');
    const end = (State: 'complete' | 'shutdown' | 'failed' | 'rejected') => {
      const [id] = cluster.tasks('s', 1, {}, { NodeID: 'a', Status: { State: 'running', Timestamp: '' } });
      cluster.settle();
      cluster.state(id!, State);
      cluster.settle();
    };
    const next = () => {
      const [id] = cluster.tasks('s', 1);
      cluster.settle();
      const node = cluster.nodeOf(id!);
      cluster.state(id!, 'complete');
      cluster.settle();
      return node;
    };
    for (let count = 0; count < 6; count++) end('complete');
    for (let count = 0; count < 6; count++) end('shutdown');
    expect(next()).toBe('a');
    for (let count = 0; count < 5; count++) end('rejected');
    expect(next()).toBe('b');
    cluster.scheduler.stop();
    cluster.start();
    expect(next()).toBe('a');
  });

  it('SCHED-42: how much is free does not matter', () => {
    const cluster = new Cluster();
    cluster.node('small', { Description: { Resources: { NanoCPUs: 1e9 } } });
    cluster.node('huge', { Description: { Resources: { NanoCPUs: 64e9 } } });
    cluster.start();
    const ids = cluster.tasks('s', 2, reserve(0.1));
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ small: 1, huge: 1 });
  });

  it('SCHED-43, SCHED-44: emptier nodes are filled first, then all in turn', () => {
    const cluster = started('a', 'b', 'c');
    cluster.availability('c', 'drain');
    cluster.tasks('s', 4);
    cluster.settle();
    cluster.availability('c', 'active');
    const more = cluster.tasks('s', 5);
    cluster.settle();
    expect(cluster.spread(more)).toEqual({ c: 3, a: 1, b: 1 });
  });

  it('SCHED-43: a node that is full is passed over', () => {
    const cluster = new Cluster();
    cluster.node('a', { Description: { Resources: { NanoCPUs: 1e9 } } });
    cluster.node('b', { Description: { Resources: { NanoCPUs: 5e9 } } });
    cluster.start();
    const ids = cluster.tasks('s', 7, reserve(1));
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 1, b: 5, none: 1 });
  });

  it('SCHED-44: identical tasks on equal nodes differ by at most one', () => {
    const cluster = started('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const ids = cluster.tasks('s', 40);
    cluster.settle();
    const counts = Object.values(cluster.spread(ids));
    expect(Math.max(...counts) - Math.min(...counts)).toBe(1);
  });
});

describe('spread preferences', () => {
  function zones(layout: Record<string, Record<string, string>>): Cluster {
    const cluster = new Cluster();
    for (const [name, Labels] of Object.entries(layout)) {
      cluster.node(name, { Spec: { Role: 'worker', Availability: 'active', Labels } });
    }
    cluster.start();
    return cluster;
  }
  const prefer = (...descriptors: string[]) => ({
    Placement: { Preferences: descriptors.map((SpreadDescriptor) => ({ Spread: { SpreadDescriptor } })) },
  });

  it('SCHED-50, SCHED-53: branches become even, whatever their number of nodes; a missing label is a branch', () => {
    const cluster = zones({ a: { z: '1' }, b: { z: '2' }, c: { z: '2' }, d: { z: '2' }, e: {} });
    const ids = cluster.tasks('s', 9, prefer('Node.Labels.z'));
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 3, b: 1, c: 1, d: 1, e: 3 });
  });

  it('SCHED-50: other descriptors are ignored; engine labels count', () => {
    const cluster = new Cluster();
    cluster.node('a', { Description: { Engine: { Labels: { rack: '1' } } } });
    cluster.node('b', { Description: { Engine: { Labels: { rack: '2' } } } });
    cluster.node('c', { Description: { Engine: { Labels: { rack: '2' } } } });
    cluster.start();
    const rack = cluster.tasks('r', 4, prefer('engine.labels.rack'));
    const odd = cluster.tasks('o', 3, prefer('node.id', 'node.labels.'));
    cluster.settle();
    expect(cluster.spread(rack)).toEqual({ a: 2, b: 1, c: 1 });
    expect(cluster.spread(odd)).toEqual({ a: 1, b: 1, c: 1 });
  });

  it('SCHED-51: tasks on unusable nodes of a branch count for it', () => {
    const cluster = zones({ a: { z: '1' }, b: { z: '1' }, c: { z: '2' } });
    const first = cluster.tasks('s', 2, prefer('node.labels.z'));
    cluster.settle();
    expect(cluster.spread(first)).toEqual({ a: 1, c: 1 });
    cluster.availability('a', 'pause');
    const more = cluster.tasks('s', 2, prefer('node.labels.z'));
    cluster.settle();
    expect(cluster.spread(more)).toEqual({ b: 1, c: 1 });
  });

  it('SCHED-51, SCHED-53: preferences make a tree in the given order', () => {
    const cluster = zones({
      a: { dc: '1', r: '1' },
      b: { dc: '1', r: '2' },
      c: { dc: '1', r: '2' },
      d: { dc: '2', r: '1' },
    });
    const ids = cluster.tasks('s', 8, prefer('node.labels.dc', 'node.labels.r'));
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 2, b: 1, c: 1, d: 4 });
  });

  it('SCHED-52: a branch without room leaves the rest to the others', () => {
    const cluster = zones({ a: { z: '1' }, b: { z: '2' } });
    cluster.changeNode('a', ({ Description }) => ({ Description: { ...Description, Resources: { NanoCPUs: 2e9 } } }));
    cluster.changeNode('b', ({ Description }) => ({ Description: { ...Description, Resources: { NanoCPUs: 9e9 } } }));
    const ids = cluster.tasks('s', 12, { ...prefer('node.labels.z'), ...reserve(1) });
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 2, b: 9, none: 1 });
  });

  it('SCHED-53: existing tasks are evened out by new ones, not moved', () => {
    const cluster = zones({ a: { z: '1' }, b: { z: '2' } });
    cluster.availability('b', 'drain');
    const old = cluster.tasks('s', 3, prefer('node.labels.z'));
    cluster.settle();
    cluster.availability('b', 'active');
    const more = cluster.tasks('s', 5, prefer('node.labels.z'));
    cluster.settle();
    expect(cluster.spread(old)).toEqual({ a: 3 });
    expect(cluster.spread(more)).toEqual({ a: 1, b: 4 });
  });

  it('SCHED-54: preassigned tasks ignore preferences', () => {
    const cluster = zones({ a: { z: '1' }, b: { z: '2' } });
    const ids = cluster.tasks('g', 2, prefer('node.labels.z'), { NodeID: 'a', Slot: 0 });
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 2 });
  });
});

describe('explanations', () => {
  function failing(explanation: TaskExplanation): string[] {
    return explanation.nodes.flatMap(({ nodeID, verdicts }) =>
      verdicts.filter(({ passed }) => !passed).map(({ filter, value }) => `${nodeID} ${filter}: ${value}`),
    );
  }

  it('tells every node and filter of a pending task, and what would help', () => {
    const cluster = started('a', 'b');
    cluster.tasks('fill', 2, reserve(0, 1.5 * GiB));
    cluster.availability('b', 'drain');
    cluster.node('c', { Spec: { Role: 'worker', Availability: 'active', Labels: { zone: 'east' } } });
    cluster.settle();
    const [id] = cluster.tasks('s', 1, {
      ...reserve(0, GiB),
      Placement: { Constraints: ['node.labels.zone==west'] },
    });
    cluster.settle();
    const explanation = cluster.scheduler.explain(id!)!;
    expect(explanation).toMatchObject({ outcome: 'pending', message: cluster.task(id!).Status.Err });
    expect(explanation.chosen).toBeUndefined();
    expect(failing(explanation)).toEqual([
      'a Resource: 512 MiB of 2 GiB memory free',
      'a Constraint: node.labels.zone==west: node.labels.zone is ""',
      'b Ready: availability drain',
      'b Constraint: node.labels.zone==west: node.labels.zone is ""',
      'c Resource: 512 MiB of 2 GiB memory free',
      'c Constraint: node.labels.zone==west: node.labels.zone is "east"',
    ]);
    expect(explanation.remedies).toContain('free 512 MiB of memory on a');
    expect(explanation.remedies).toContain('add the label zone=west to a');
    expect(explanation.remedies).toContain('set the availability of b to active: it is drain');
  });

  it('follows its own remedy', () => {
    const cluster = started('a');
    const [id] = cluster.tasks('s', 1, { Placement: { Constraints: ['node.labels.disk==ssd'] } });
    cluster.settle();
    expect(cluster.scheduler.explain(id!)!.remedies).toEqual(['add the label disk=ssd to a']);
    cluster.labels('a', { disk: 'ssd' });
    cluster.settle();
    expect(cluster.nodeOf(id!)).toBe('a');
    expect(cluster.scheduler.explain(id!)).toMatchObject({ outcome: 'assigned', chosen: { by: 'only node' } });
  });

  it('shows the nodes as they were when it was decided, however late it is asked', () => {
    const cluster = started('a', 'b');
    const [first] = cluster.tasks('s', 1, reserve(1), { hostPorts: port80 });
    cluster.settle();
    const [second] = cluster.tasks('s', 1, reserve(1), { hostPorts: port80 });
    cluster.settle();
    const before = [cluster.scheduler.explain(first!), cluster.scheduler.explain(second!)];
    expect(before[0]!.chosen).toEqual({ nodeID: 'a', by: 'tie' });
    expect(before[0]!.nodes.map(({ rank }) => rank!.totalTasks)).toEqual([0, 0]);
    expect(before[1]!.chosen).toEqual({ nodeID: 'b', by: 'only node' });
    expect(failing(before[1]!)).toEqual(['a HostPort: tcp/80 in use']);

    cluster.tasks('t', 20);
    cluster.node('late');
    cluster.availability('a', 'drain');
    cluster.settle();
    cluster.state(first!, 'running');
    cluster.change(first!, { DesiredState: 'shutdown' });
    cluster.settle();
    cluster.store.update((tx) => tx.remove('node', 'b'));
    cluster.settle();
    cluster.scheduler.stop();
    cluster.start();
    expect([cluster.scheduler.explain(first!), cluster.scheduler.explain(second!)]).toEqual(before);
  });

  it('names the key of the ranking that decided', () => {
    const cluster = started('a', 'b', 'c');
    const by = (service: string, spec = {}) => {
      const [id] = cluster.tasks(service, 1, spec);
      cluster.settle();
      return [cluster.nodeOf(id!), cluster.scheduler.explain(id!)!.chosen!.by];
    };
    expect(by('s')).toEqual(['a', 'tie']);
    expect(by('t')).toEqual(['b', 'tie']);
    expect(by('u')).toEqual(['c', 'total tasks']);
    expect(by('s')).toEqual(['b', 'tie']);
    expect(by('s')).toEqual(['c', 'service tasks']);
    const Preferences = [{ Spread: { SpreadDescriptor: 'node.labels.z' } }];
    cluster.labels('c', { z: '2' });
    expect(by('p', { Placement: { Preferences } })[1]).toBe('spread preference');
    const [global] = cluster.tasks('g', 1, {}, { NodeID: 'a', Slot: 0 });
    cluster.settle();
    expect(cluster.scheduler.explain(global!)).toMatchObject({
      outcome: 'confirmed',
      chosen: { nodeID: 'a', by: 'preassigned' },
    });
  });

  it('tells of tasks that the scheduler has not seen, and nothing of those that do not exist', () => {
    const cluster = started('a');
    const [fresh] = cluster.tasks('s', 1, {}, { Status: { State: 'new', Timestamp: '' } });
    expect(cluster.scheduler.explain(fresh!)).toMatchObject({
      outcome: 'not scheduled',
      message: 'waits until its networks and ports are allocated',
    });
    expect(cluster.scheduler.explain('nobody')).toBeUndefined();
  });

  it('keeps a bounded history: what is too long ago is told without the nodes', () => {
    const cluster = new Cluster({ historyLimit: 8 });
    cluster.nodes('a');
    cluster.start();
    const [first] = cluster.tasks('s', 1);
    cluster.settle();
    expect(cluster.scheduler.explain(first!)!.nodes).toHaveLength(1);
    cluster.tasks('t', 20);
    cluster.settle();
    expect(cluster.scheduler.explain(first!)).toMatchObject({ outcome: 'assigned', nodes: [] });
  });
});
