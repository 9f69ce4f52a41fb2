import { describe, expect, it } from 'vitest';
import { minute } from '../../sim';
import { Cluster, reserve, started } from './fixture';

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
