import { describe, expect, it } from 'vitest';
import { millisecond, minute, second } from '../../../sim';
import { FakeSwarm, images } from '../testing/fake-swarm';
import { slotsByKeepOrder } from './scale-down';

function swarmWith(replicas: number, nodes = 3): { swarm: FakeSwarm; id: string } {
  const swarm = new FakeSwarm();
  swarm.addNodes(nodes);
  const id = swarm.createService({ Mode: { Replicated: { Replicas: replicas } } });
  swarm.run(2 * second);
  return { swarm, id };
}

function slotsOf(swarm: FakeSwarm, id: string): number[] {
  return swarm
    .live(id)
    .map((task) => task.Slot ?? 0)
    .sort((a, b) => a - b);
}

describe('replicated services', () => {
  it('ORCH-20: slots are numbered from 1', () => {
    const { swarm, id } = swarmWith(3);
    expect(slotsOf(swarm, id)).toEqual([1, 2, 3]);
    expect(swarm.running(id)).toHaveLength(3);
  });

  it('ORCH-4: a service without a number of replicas has one, and an explicit 0 has none', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(1);
    const one = swarm.createService({ Mode: { Replicated: {} } });
    const none = swarm.createService({ Mode: { Replicated: { Replicas: 0 } } });
    swarm.run(second);
    expect(swarm.running(one)).toHaveLength(1);
    expect(swarm.tasks(none)).toHaveLength(0);
  });

  it('ORCH-21: a finished on-failure task keeps its slot and is not created again by reconciling', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(1);
    const id = swarm.createService({
      template: { ContainerSpec: { Image: images.finishing }, RestartPolicy: { Condition: 'on-failure' } },
      Mode: { Replicated: { Replicas: 2 } },
    });
    swarm.run(10 * second);
    expect(swarm.states(id)).toEqual(['1 complete/shutdown', '2 complete/shutdown']);
    swarm.updateService(id, (spec) => ({ ...spec, Labels: { touched: 'yes' } }));
    swarm.run(20 * second);
    expect(swarm.states(id)).toEqual(['1 complete/shutdown', '2 complete/shutdown']);
    swarm.scale(id, 3);
    swarm.run(20 * second);
    expect(swarm.states(id)).toEqual(['1 complete/shutdown', '2 complete/shutdown', '3 complete/shutdown']);
  });

  it('ORCH-21: in a rollback a slot whose task ended is dead, so that the rollback fills it again', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(1);
    const id = swarm.createService({
      template: { ContainerSpec: { Image: images.finishing }, RestartPolicy: { Condition: 'none' } },
    });
    swarm.run(5 * second);
    expect(swarm.states(id)).toEqual(['1 complete/shutdown']);
    const service = swarm.service(id);
    swarm.store.update((tx) =>
      tx.update('service', { ...service, UpdateStatus: { State: 'rollback_started', Message: 'by hand' } }),
    );
    swarm.run(millisecond);
    expect(swarm.live(id)).toHaveLength(1);
  });

  it('ORCH-22: a deleted task that was meant to run is replaced, one that was shut down is not', () => {
    const { swarm, id } = swarmWith(2);
    swarm.store.update((tx) => tx.remove('task', swarm.live(id)[0]!.ID));
    swarm.run(2 * second);
    expect(slotsOf(swarm, id)).toEqual([1, 2]);
    swarm.fail(swarm.live(id)[0]!.ID);
    swarm.run(10 * second);
    const before = swarm.tasks(id).length;
    swarm.store.update((tx) => tx.remove('task', swarm.tasks(id).find((t) => t.DesiredState === 'shutdown')!.ID));
    swarm.run(10 * second);
    expect(swarm.tasks(id)).toHaveLength(before - 1);
  });

  it('ORCH-23: scaling up fills the lowest free slots and leaves the live ones alone', () => {
    const { swarm, id } = swarmWith(4);
    const kept = swarm.live(id).map((task) => task.ID);
    swarm.scale(id, 2);
    swarm.run(3 * second);
    expect(slotsOf(swarm, id)).toEqual([1, 2]);
    swarm.scale(id, 5);
    swarm.run(3 * second);
    expect(slotsOf(swarm, id)).toEqual([1, 2, 3, 4, 5]);
    expect(swarm.live(id).filter((task) => kept.includes(task.ID))).toHaveLength(2);
    expect(swarm.service(id).UpdateStatus).toBeUndefined();
  });

  it('ORCH-23: a dead slot that is used again keeps its history, the tasks of other dead slots are deleted at once', () => {
    const { swarm, id } = swarmWith(4);
    // Without the reaper's help: history in slots 3 and 4.
    for (const task of swarm.live(id).filter((t) => (t.Slot ?? 0) >= 3)) swarm.fail(task.ID);
    swarm.run(10 * second);
    swarm.scale(id, 2);
    swarm.run(3 * second);
    expect(swarm.states(id).filter((state) => state.startsWith('3') || state.startsWith('4'))).toEqual([
      '3 failed/shutdown',
      '4 failed/shutdown',
    ]);
    swarm.scale(id, 3);
    swarm.run(millisecond);
    expect(swarm.tasks(id).filter((task) => task.Slot === 3)).toHaveLength(2);
    expect(swarm.tasks(id).filter((task) => task.Slot === 4)).toHaveLength(0);
  });

  it('ORCH-24: the surplus on the most loaded nodes goes first, high numbers before low ones', () => {
    const { swarm, id } = swarmWith(6, 1);
    swarm.addNode('n2');
    swarm.scale(id, 8);
    swarm.run(2 * second);
    // n1 has 1..6, n2 has 7 and 8.
    swarm.scale(id, 4);
    swarm.run(2 * second);
    expect(slotsOf(swarm, id)).toEqual([1, 2, 7, 8]);
  });

  it('ORCH-24: tasks that do not run, or have no node, go before those that run', () => {
    const { swarm, id } = swarmWith(2, 2);
    swarm.setAvailability('n1', 'pause');
    swarm.setAvailability('n2', 'pause');
    swarm.scale(id, 4);
    swarm.run(2 * second);
    expect(swarm.states(id)).toContain('3 pending/running');
    swarm.fail(swarm.live(id).find((task) => task.Slot === 1)!.ID);
    swarm.run(6 * second);
    // Slot 1 waits for a node now, as 3 and 4 do.
    swarm.scale(id, 1);
    swarm.run(second);
    expect(slotsOf(swarm, id)).toEqual([2]);
  });

  it('ORCH-25: ties keep running before not running, and lower slot numbers', () => {
    const { swarm, id } = swarmWith(30, 30);
    const slots = swarm
      .live(id)
      .map((task) => [task])
      .reverse();
    const order = slotsByKeepOrder(slots).map(([task]) => task?.Slot);
    expect(order).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    const third = swarm.task(swarm.live(id).find((task) => task.Slot === 3)!.ID);
    const starting = { ...third, Status: { ...third.Status, State: 'starting' as const } };
    const mixed = slots.map(([task]) => [task!.ID === third.ID ? starting : task!]);
    expect(slotsByKeepOrder(mixed).at(-1)?.[0]?.Slot).toBe(3);
  });

  it('ORCH-26: tasks scaled away are stopped and then disappear, without becoming history', () => {
    const { swarm, id } = swarmWith(3);
    swarm.scale(id, 1);
    swarm.run(millisecond);
    expect(swarm.states(id)).toEqual(['1 running/running', '2 running/remove', '3 running/remove']);
    swarm.run(2 * second);
    expect(swarm.states(id)).toEqual(['1 running/running']);
  });

  it('ORCH-27: deleting a service removes all its tasks, the ended ones too, and frees its name', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(1);
    const id = swarm.createService({ Name: 'web', Mode: { Replicated: { Replicas: 2 } } });
    swarm.run(2 * second);
    swarm.fail(swarm.live(id)[0]!.ID);
    swarm.run(second);
    swarm.removeService(id);
    const again = swarm.createService({ Name: 'web' });
    swarm.run(millisecond);
    expect(new Set(swarm.tasks(id).map((task) => task.DesiredState))).toEqual(new Set(['remove']));
    swarm.run(10 * second);
    expect(swarm.tasks(id)).toEqual([]);
    expect(swarm.running(again)).toHaveLength(1);
  });

  it('ORCH-28: tasks on a node that is down, drained or gone are replaced elsewhere', () => {
    for (const lose of [
      (swarm: FakeSwarm) => swarm.powerOff('n1'),
      (swarm: FakeSwarm) => swarm.setAvailability('n1', 'drain'),
      (swarm: FakeSwarm) => swarm.removeNode('n1'),
    ]) {
      const { swarm, id } = swarmWith(4, 2);
      expect(swarm.live(id).filter((task) => task.NodeID === 'n1')).toHaveLength(2);
      lose(swarm);
      swarm.run(10 * second);
      expect(swarm.running(id).map((task) => task.NodeID)).toEqual(['n2', 'n2', 'n2', 'n2']);
      expect(slotsOf(swarm, id)).toEqual([1, 2, 3, 4]);
    }
  });

  it('ORCH-28: UNKNOWN and DISCONNECTED nodes keep their tasks, and so do paused ones', () => {
    const { swarm, id } = swarmWith(3);
    const before = swarm.live(id).map((task) => task.ID);
    swarm.changeNode('n1', () => ({ Status: { State: 'unknown' } }));
    swarm.changeNode('n2', () => ({ Status: { State: 'disconnected' } }));
    swarm.setAvailability('n3', 'pause');
    swarm.run(minute);
    expect(swarm.live(id).map((task) => task.ID)).toEqual(before);
  });

  it('ORCH-28: a task that is placed on a node which turned invalid meanwhile is replaced', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(2);
    const id = swarm.createService({});
    swarm.run(millisecond);
    const task = swarm.live(id)[0]!;
    expect(task.Status.State).toBe('assigned');
    swarm.setAvailability(task.NodeID!, 'drain');
    swarm.run(5 * second);
    expect(swarm.running(id)).toHaveLength(1);
    expect(swarm.running(id)[0]!.NodeID).not.toBe(task.NodeID);
  });

  it('ORCH-29: nothing moves back when a node returns or is added', () => {
    const { swarm, id } = swarmWith(4, 2);
    swarm.powerOff('n1');
    swarm.run(10 * second);
    const before = swarm.live(id).map((task) => task.ID);
    swarm.powerOn('n1');
    swarm.addNode('n3');
    swarm.run(minute);
    expect(swarm.live(id).map((task) => task.ID)).toEqual(before);
    expect(new Set(swarm.live(id).map((task) => task.NodeID))).toEqual(new Set(['n2']));
  });

  it('ORCH-22: one failure in a large service writes only the tasks of its slot', () => {
    const { swarm, id } = swarmWith(200, 10);
    let writes = 0;
    swarm.store.observe(['task'], (changes) => {
      writes += changes.length;
    });
    swarm.fail(swarm.live(id)[100]!.ID);
    swarm.run(20 * second);
    expect(swarm.running(id)).toHaveLength(200);
    expect(writes).toBeLessThan(12);
  });
});
