import { describe, expect, it } from 'vitest';
import type { RestartPolicy } from '../../../api';
import { millisecond, minute, second } from '../../../sim';
import { FakeSwarm, images } from '../testing/fake-swarm';

interface World {
  readonly swarm: FakeSwarm;
  readonly id: string;
}

function world(options: { Constraints?: string[]; RestartPolicy?: RestartPolicy; nodes?: number } = {}): World {
  const swarm = new FakeSwarm();
  swarm.addNodes(options.nodes ?? 3);
  const id = swarm.createService({
    Mode: { Global: {} },
    template: {
      ContainerSpec: { Image: images.good },
      ...(options.Constraints && { Placement: { Constraints: options.Constraints } }),
      ...(options.RestartPolicy && { RestartPolicy: options.RestartPolicy }),
    },
  });
  swarm.run(2 * second);
  return { swarm, id };
}

function nodesOf({ swarm, id }: World): (string | undefined)[] {
  return swarm
    .running(id)
    .map((task) => task.NodeID)
    .sort();
}

describe('global services', () => {
  it('ORCH-30: one task on each node, with the node set and no slot', () => {
    const w = world();
    expect(nodesOf(w)).toEqual(['n1', 'n2', 'n3']);
    expect(w.swarm.tasks(w.id).every((task) => task.Slot === undefined)).toBe(true);
    w.swarm.addNode('n4');
    w.swarm.run(2 * second);
    expect(nodesOf(w)).toEqual(['n1', 'n2', 'n3', 'n4']);
  });

  it('ORCH-30: not on nodes that are drained, DOWN, paused or do not match', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(5);
    swarm.setAvailability('n1', 'drain');
    swarm.powerOff('n2');
    swarm.setAvailability('n3', 'pause');
    swarm.setLabels('n4', { skip: 'yes' });
    const id = swarm.createService({
      Mode: { Global: {} },
      template: { Placement: { Constraints: ['node.labels.skip!=yes'] } },
    });
    swarm.run(2 * second);
    expect(swarm.tasks(id).map((task) => task.NodeID)).toEqual(['n5']);
  });

  it('ORCH-31: UNKNOWN and DISCONNECTED nodes get a task, which stays PENDING', () => {
    const swarm = new FakeSwarm();
    swarm.addNode('n1', { Status: { State: 'unknown' } });
    swarm.addNode('n2', { Status: { State: 'disconnected' } });
    const id = swarm.createService({ Mode: { Global: {} } });
    swarm.run(2 * second);
    expect(swarm.states(id)).toEqual(['n1 pending/running', 'n2 pending/running']);
  });

  it('ORCH-32: on a node that is drained or DOWN tasks are shut down; when it returns it gets a new one', () => {
    const w = world();
    w.swarm.setAvailability('n1', 'drain');
    w.swarm.powerOff('n2');
    w.swarm.run(2 * second);
    expect(w.swarm.states(w.id)).toEqual(['n1 shutdown/shutdown', 'n2 running/shutdown', 'n3 running/running']);
    w.swarm.setAvailability('n1', 'active');
    w.swarm.powerOn('n2');
    w.swarm.run(2 * second);
    expect(nodesOf(w)).toEqual(['n1', 'n2', 'n3']);
    expect(w.swarm.tasks(w.id)).toHaveLength(5);
  });

  it('ORCH-32: with restart policy none the dead task occupies the node', () => {
    const w = world({ RestartPolicy: { Condition: 'none' } });
    w.swarm.setAvailability('n1', 'drain');
    w.swarm.run(2 * second);
    w.swarm.setAvailability('n1', 'active');
    w.swarm.run(minute);
    expect(nodesOf(w)).toEqual(['n2', 'n3']);
  });

  it('ORCH-32: the tasks of a deleted node are deleted', () => {
    const w = world();
    w.swarm.removeNode('n2');
    w.swarm.run(millisecond);
    expect(w.swarm.tasks(w.id).map((task) => task.NodeID)).toEqual(['n1', 'n3']);
  });

  it('ORCH-33: a paused node keeps its task, but a failed one is not restarted, nor updated', () => {
    const w = world();
    w.swarm.setAvailability('n1', 'pause');
    w.swarm.setAvailability('n2', 'pause');
    const kept = w.swarm.live(w.id).find((task) => task.NodeID === 'n1')!;
    w.swarm.fail(w.swarm.live(w.id).find((task) => task.NodeID === 'n2')!.ID);
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(minute);
    expect(w.swarm.task(kept.ID)).toMatchObject({ DesiredState: 'running', Status: { State: 'running' } });
    expect(w.swarm.tasks(w.id).filter((task) => task.NodeID === 'n2')).toHaveLength(1);
    expect(w.swarm.states(w.id)).toContain('n2 failed/shutdown');
    expect(w.swarm.live(w.id).find((task) => task.NodeID === 'n3')!.Spec.ContainerSpec!.Image).toBe('good:2');
  });

  it('ORCH-33: on a node that does not match any more a failed task is not restarted', () => {
    const w = world({ Constraints: ['node.labels.skip!=yes'] });
    w.swarm.setLabels('n1', { skip: 'yes' });
    w.swarm.run(minute);
    // The enforcer rejected it.
    expect(w.swarm.states(w.id)).toEqual(['n1 rejected/shutdown', 'n2 running/running', 'n3 running/running']);
    w.swarm.setLabels('n1', {});
    w.swarm.run(2 * second);
    expect(nodesOf(w)).toEqual(['n1', 'n2', 'n3']);
  });

  it('ORCH-34: an update shuts tasks down on nodes that do not match and updates the others', () => {
    const w = world();
    w.swarm.setLabels('n1', { zone: 'a' });
    w.swarm.setLabels('n2', { zone: 'a' });
    const before = w.swarm.live(w.id).map((task) => task.ID);
    w.swarm.updateTemplate(w.id, (template) => ({
      ...template,
      Placement: { Constraints: ['node.labels.zone==a'] },
    }));
    w.swarm.run(2 * second);
    // Those that fit are not even dirty.
    expect(w.swarm.live(w.id).map((task) => task.ID)).toEqual(before.slice(0, 2));
    expect(w.swarm.states(w.id)).toContain('n3 shutdown/shutdown');
    w.swarm.updateTemplate(w.id, (template) => ({ ...template, ForceUpdate: 1 }));
    w.swarm.run(millisecond);
    expect(w.swarm.service(w.id).UpdateStatus?.State).toBe('updating');
    expect(w.swarm.live(w.id).filter((task) => task.Spec.ForceUpdate === 1)).toHaveLength(1);
    w.swarm.run(minute);
    expect(nodesOf(w)).toEqual(['n1', 'n2']);
    expect(w.swarm.running(w.id).every((task) => task.Spec.ForceUpdate === 1)).toBe(true);
    expect(w.swarm.service(w.id).UpdateStatus?.State).toBe('completed');
  });

  it('ORCH-35: a node that comes back gets a clean task at once, whatever the update config says', () => {
    const w = world();
    for (const node of ['n1', 'n2', 'n3']) w.swarm.setAvailability(node, 'pause');
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(second);
    expect(w.swarm.service(w.id).UpdateStatus).toBeUndefined();
    for (const node of ['n1', 'n2', 'n3']) w.swarm.setAvailability(node, 'active');
    w.swarm.run(millisecond);
    expect(w.swarm.live(w.id).map((task) => task.Spec.ContainerSpec!.Image)).toEqual(Array(3).fill('good:2'));
    w.swarm.run(2 * second);
    expect(nodesOf(w)).toEqual(['n1', 'n2', 'n3']);
    expect(w.swarm.service(w.id).UpdateStatus).toBeUndefined();
  });

  it('ORCH-32: an update creates nothing on nodes that were drained before their turn', () => {
    const w = world();
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(millisecond);
    const begun = w.swarm.live(w.id).find((task) => task.Spec.ContainerSpec!.Image === 'good:2')!.NodeID;
    const other = ['n1', 'n2', 'n3'].find((node) => node !== begun)!;
    w.swarm.setAvailability(other, 'drain');
    w.swarm.run(minute);
    expect(w.swarm.tasks(w.id).filter((task) => task.NodeID === other)).toHaveLength(1);
    expect(w.swarm.service(w.id).UpdateStatus?.State).toBe('completed');
  });

  it('ORCH-36: deleting a task object does not bring it back', () => {
    const w = world();
    w.swarm.store.update((tx) => tx.remove('task', w.swarm.live(w.id)[0]!.ID));
    w.swarm.run(minute);
    expect(w.swarm.tasks(w.id)).toHaveLength(2);
  });

  it('ORCH-27: deleting the service removes its tasks', () => {
    const w = world();
    w.swarm.removeService(w.id);
    w.swarm.run(millisecond);
    expect(w.swarm.tasks(w.id).every((task) => task.DesiredState === 'remove')).toBe(true);
    w.swarm.run(5 * second);
    expect(w.swarm.tasks(w.id)).toEqual([]);
  });

  it('ORCH-59: a new leader shuts tasks down whose node went down meanwhile, and restarts failed ones', () => {
    const w = world();
    w.swarm.stopLoops();
    w.swarm.powerOff('n1');
    w.swarm.fail(w.swarm.live(w.id).find((task) => task.NodeID === 'n2')!.ID);
    w.swarm.run(second);
    w.swarm.startLoops();
    w.swarm.run(10 * second);
    expect(w.swarm.states(w.id)).toEqual([
      'n1 running/shutdown',
      'n2 failed/shutdown',
      'n2 running/running',
      'n3 running/running',
    ]);
  });
});
