import { describe, expect, it } from 'vitest';
import type { RestartPolicy } from '../../../api';
import { hour, millisecond, minute, second } from '../../../sim';
import type { StoredTask } from '../../objects';
import { FakeSwarm, images } from '../testing/fake-swarm';
import { historyLimit, surplusOf } from './history';
import { TaskReaper } from './task-reaper';

interface World {
  readonly swarm: FakeSwarm;
  readonly id: string;
}

/** A service that fails again and again. */
function failing(limit: number, RestartPolicy: RestartPolicy = {}): World {
  const swarm = new FakeSwarm();
  swarm.addNodes(1);
  swarm.setHistoryLimit(limit);
  const id = swarm.createService({
    template: { ContainerSpec: { Image: images.crashing }, RestartPolicy: { Delay: 1e9, ...RestartPolicy } },
  });
  return { swarm, id };
}

/** A task as the reaper sees it. */
function task(id: string, state: StoredTask['Status']['State'], desired: StoredTask['DesiredState']): StoredTask {
  return {
    ID: id,
    Version: { Index: 1 },
    CreatedAt: '',
    UpdatedAt: '',
    Spec: {},
    ServiceAnnotations: { Name: 's', Labels: {} },
    Status: { State: state, Timestamp: id },
    DesiredState: desired,
  };
}

describe('task reaper', () => {
  it('ORCH-70: a slot keeps as many tasks as the limit says, the live one included', () => {
    for (const limit of [5, 2, 1]) {
      const w = failing(limit);
      w.swarm.run(minute);
      // After a task was created its slot is looked at 250 ms later.
      w.swarm.run(300 * millisecond);
      expect(w.swarm.tasks(w.id).length).toBeLessThanOrEqual(limit + 1);
      expect(w.swarm.tasks(w.id).length).toBeGreaterThanOrEqual(limit);
      expect(w.swarm.live(w.id)).toHaveLength(1);
    }
  });

  it('ORCH-70: negative keeps all, 0 keeps no ended tasks, MaxAttempts sets its own limit', () => {
    const all = failing(-1);
    all.swarm.run(minute);
    expect(all.swarm.tasks(all.id).length).toBeGreaterThan(30);

    const none = failing(0);
    none.swarm.run(20 * second + 600 * millisecond);
    expect(none.swarm.tasks(none.id).length).toBeLessThanOrEqual(2);

    const attempts = failing(2, { MaxAttempts: 6 });
    attempts.swarm.run(minute);
    expect(attempts.swarm.tasks(attempts.id)).toHaveLength(7);
    expect(historyLimit(attempts.swarm.service(attempts.id), 2)).toBe(7);
  });

  it('ORCH-70: also for each node of a global service', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(2);
    swarm.setHistoryLimit(3);
    const id = swarm.createService({
      Mode: { Global: {} },
      template: { ContainerSpec: { Image: images.crashing }, RestartPolicy: { Delay: 1e9 } },
    });
    swarm.run(minute);
    for (const node of ['n1', 'n2']) {
      const tasks = swarm.tasks(id).filter((each) => each.NodeID === node);
      expect(tasks.length).toBeGreaterThanOrEqual(3);
      expect(tasks.length).toBeLessThanOrEqual(4);
    }
  });

  it('ORCH-71: a slot is looked at only when a task is created in it', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(1);
    swarm.setHistoryLimit(-1);
    const id = swarm.createService({
      template: { ContainerSpec: { Image: images.good }, RestartPolicy: { Delay: 0 } },
    });
    for (let count = 0; count < 4; count++) {
      swarm.run(2 * second);
      swarm.fail(swarm.live(id)[0]!.ID);
    }
    swarm.run(minute);
    swarm.setHistoryLimit(2);
    swarm.run(hour);
    expect(swarm.tasks(id)).toHaveLength(5);
    swarm.fail(swarm.live(id)[0]!.ID);
    swarm.run(second);
    expect(swarm.tasks(id)).toHaveLength(2);
  });

  it('ORCH-71: the oldest that ended, or never will be assigned, go; the others only count', () => {
    const slot = [
      task('5', 'running', 'running'),
      task('2', 'running', 'shutdown'),
      task('3', 'failed', 'shutdown'),
      task('4', 'pending', 'shutdown'),
      task('1', 'complete', 'shutdown'),
    ];
    expect(surplusOf(slot, 5)).toEqual({ surplus: [], lookAgain: false });
    expect(surplusOf(slot, 4)).toEqual({ surplus: ['1'], lookAgain: false });
    expect(surplusOf(slot, 3)).toEqual({ surplus: ['1', '3'], lookAgain: false });
    expect(surplusOf(slot, 1)).toEqual({ surplus: ['1', '3', '4'], lookAgain: true });
    expect(surplusOf(slot, -1)).toEqual({ surplus: [], lookAgain: false });
    expect(surplusOf([task('1', 'pending', 'running'), task('2', 'ready', 'running')], 0).surplus).toEqual([]);
  });

  it('ORCH-71: a slot with a task that still stops is looked at again when something else happens', () => {
    const swarm = new FakeSwarm({ stopTime: 5 * second });
    swarm.addNodes(1);
    swarm.setHistoryLimit(1);
    const id = swarm.createService({ UpdateConfig: { Parallelism: 1, Order: 'start-first' } });
    swarm.run(2 * second);
    swarm.setImage(id, 'good:2');
    swarm.run(3 * second);
    expect(swarm.tasks(id)).toHaveLength(2);
    swarm.run(5 * second);
    expect(swarm.states(id)).toEqual(['1 running/running']);
  });

  it('ORCH-72: marks are collected for 250 ms', () => {
    const w = failing(0);
    let removed = 0;
    w.swarm.store.observe(['task'], (changes) => {
      if (changes.some((change) => change.action === 'remove')) removed = w.swarm.sim.now;
    });
    w.swarm.run(millisecond);
    const id = w.swarm.createService({});
    w.swarm.run(3 * second);
    removed = 0;
    w.swarm.scale(id, 0);
    const [last] = w.swarm.tasks(id);
    while (w.swarm.task(last!.ID).Status.State !== 'shutdown') w.swarm.run(millisecond);
    const marked = w.swarm.sim.now;
    while (w.swarm.store.get('task', last!.ID)) w.swarm.run(millisecond);
    expect(removed - marked).toBeLessThanOrEqual(250 * millisecond);
    expect(removed - marked).toBeGreaterThan(0);
  });

  it('ORCH-72: the first mark starts the 250 ms; with more than 1000 marks there is no waiting', () => {
    const reaped = (count: number): number => {
      const swarm = new FakeSwarm({ loops: (context) => [new TaskReaper(context)] });
      const from = swarm.sim.now;
      swarm.store.update((tx) => {
        for (let index = 0; index < count; index++) {
          tx.create('task', { ...task(`t${index}`, 'shutdown', 'shutdown'), ServiceID: 'none', Slot: index + 1 });
        }
      });
      swarm.store.update((tx) => {
        for (let index = 0; index < count; index++) {
          tx.update('task', { ...swarm.task(`t${index}`), DesiredState: 'remove' });
        }
      });
      while (swarm.store.get('task', 't0')) swarm.run(millisecond);
      return swarm.sim.now - from;
    };
    expect(reaped(100)).toBe(250 * millisecond);
    expect(reaped(1001)).toBe(millisecond);
  });

  it('ORCH-72: with more than 1000 slots that still stop, a change costs a look at its own slot only', () => {
    const swarm = new FakeSwarm({ loops: (context) => [new TaskReaper(context)] });
    const slots = 1200;
    swarm.setHistoryLimit(1);
    const id = swarm.createService({});
    const make = (name: string): void =>
      swarm.store.update((tx) => {
        for (let slot = 1; slot <= slots; slot++) {
          tx.create('task', { ...task(`${name}${slot}`, 'running', 'running'), ServiceID: id, Slot: slot });
        }
      });
    make('a');
    make('b');
    swarm.run(second);
    expect(swarm.tasks(id)).toHaveLength(2 * slots);

    let looks = 0;
    const tasksInSlot = swarm.store.tasksInSlot.bind(swarm.store);
    swarm.store.tasksInSlot = (...slot) => {
      looks++;
      return tasksInSlot(...slot);
    };
    for (let slot = 1; slot <= 50; slot++) {
      const old = swarm.task(`a${slot}`);
      const Status = { ...old.Status, State: 'shutdown' as const };
      swarm.store.update((tx) => tx.update('task', { ...old, Status }));
      swarm.run(millisecond);
      expect(swarm.store.get('task', old.ID)).toBeUndefined();
    }
    expect(looks).toBeLessThanOrEqual(150);
    // A slot that was kept is looked at when something changes in it.
    const last = swarm.task('b1200');
    swarm.store.update((tx) => tx.update('task', { ...last, Status: { ...last.Status, State: 'failed' } }));
    swarm.run(second);
    expect(swarm.store.get('task', last.ID)).toBeUndefined();
    expect(swarm.store.get('task', 'a1200')).toBeDefined();
  });

  it('ORCH-73: tasks to be removed go once they are stopped, or if they never were assigned', () => {
    const swarm = new FakeSwarm({ stopTime: 3 * second });
    swarm.addNodes(1);
    swarm.setLabels('n1', { a: 'b' });
    const id = swarm.createService({ Mode: { Replicated: { Replicas: 2 } } });
    const nowhere = swarm.createService({ template: { Placement: { Constraints: ['node.labels.a==c'] } } });
    swarm.run(2 * second);
    swarm.removeService(id);
    swarm.removeService(nowhere);
    swarm.run(second);
    expect(swarm.tasks(nowhere)).toHaveLength(0);
    expect(swarm.states(id)).toEqual(['1 running/remove', '2 running/remove']);
    swarm.run(3 * second);
    expect(swarm.tasks(id)).toHaveLength(0);
  });

  it('ORCH-73: tasks without a service are deleted when they are ORPHANED', () => {
    const swarm = new FakeSwarm({ loops: (context) => [new TaskReaper(context)] });
    swarm.store.update((tx) => tx.create('task', task('attachment', 'running', 'running')));
    swarm.store.update((tx) => tx.create('task', { ...task('old', 'orphaned', 'running'), ServiceID: 's' }));
    swarm.run(minute);
    expect(swarm.store.count('task')).toBe(2);
    const attachment = swarm.task('attachment');
    const Status = { ...attachment.Status, State: 'orphaned' as const };
    swarm.store.update((tx) => tx.update('task', { ...attachment, Status }));
    swarm.run(second);
    expect([...swarm.store.all('task')].map((each) => each.ID)).toEqual(['old']);
  });

  it('ORCH-73: what was to be deleted under an earlier leader is deleted at the start', () => {
    const swarm = new FakeSwarm({ loops: () => [] });
    swarm.store.update((tx) => {
      tx.create('task', task('attachment', 'orphaned', 'running'));
      tx.create('task', { ...task('stopped', 'shutdown', 'remove'), ServiceID: 's' });
      tx.create('task', { ...task('stopping', 'running', 'remove'), ServiceID: 's' });
    });
    swarm.startLoops((context) => [new TaskReaper(context)]);
    expect([...swarm.store.all('task')].map((each) => each.ID)).toEqual(['stopping']);
  });

  it('ORCH-74: jobs keep all their tasks', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(1);
    swarm.setHistoryLimit(1);
    const id = swarm.createService({
      Mode: { ReplicatedJob: {} },
      template: { ContainerSpec: { Image: images.crashing }, RestartPolicy: { Delay: 1e9 } },
    });
    swarm.run(minute);
    expect(swarm.tasks(id).length).toBeGreaterThan(20);
  });
});
