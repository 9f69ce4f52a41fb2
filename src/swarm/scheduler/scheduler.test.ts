import { describe, expect, it } from 'vitest';
import { millisecond, second } from '../../sim';
import { StatusError } from '../status-error';
import { Cluster, errOf, reserve, started } from './fixture';

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

  it('SCHED-5: while the managers cannot write nothing is decided, and afterwards by what is there then', () => {
    const cluster = started('a', 'b', 'c');
    const ids = cluster.tasks('s', 300, reserve(0.001));
    cluster.sim.runFor(10 * millisecond);
    cluster.store.guard = () => {
      throw new StatusError('Unknown', 'no quorum');
    };
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ none: 300 });
    cluster.store.guard = () => {};
    cluster.availability('c', 'drain');
    cluster.store.resume();
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
