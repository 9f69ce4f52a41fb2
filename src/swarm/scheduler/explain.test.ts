import { describe, expect, it } from 'vitest';
import type { TaskExplanation } from '../../api';
import { Cluster, GiB, port80, reserve, started } from './fixture';

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
