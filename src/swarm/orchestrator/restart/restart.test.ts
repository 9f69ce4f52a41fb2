import { describe, expect, it } from 'vitest';
import type { RestartPolicy } from '../../../api';
import type { Micros } from '../../../sim';
import { millisecond, minute, second } from '../../../sim';
import type { StoredTask } from '../../objects';
import type { FakeSwarmOptions } from '../testing/fake-swarm';
import { FakeSwarm, images } from '../testing/fake-swarm';
import { restartPolicyOf } from './policy';

const seconds = (count: number): number => count * 1e9;

interface World {
  readonly swarm: FakeSwarm;
  readonly id: string;
}

function world(RestartPolicy?: RestartPolicy, image: string = images.good, options: FakeSwarmOptions = {}): World {
  const swarm = new FakeSwarm(options);
  swarm.addNodes(2);
  const id = swarm.createService({
    template: { ContainerSpec: { Image: image }, ...(RestartPolicy && { RestartPolicy }) },
  });
  swarm.run(2 * second);
  return { swarm, id };
}

/** The only task that is meant to run. */
function theTask({ swarm, id }: World): StoredTask {
  const live = swarm.live(id);
  expect(live).toHaveLength(1);
  return live[0]!;
}

/** How long after now the replacement is released. */
function released({ swarm, id }: World, atMost: Micros): Micros {
  const from = swarm.sim.now;
  while (swarm.live(id)[0]?.DesiredState !== 'running' && swarm.sim.now - from <= atMost) swarm.run(millisecond);
  return swarm.sim.now - from;
}

describe('restart supervisor', () => {
  it('ORCH-50: defaults: any, 5 s, no limit, no window; an empty condition is any; 0 is a delay', () => {
    const defaults = { condition: 'any', delay: 5 * second, maxAttempts: 0, window: 0 };
    expect(restartPolicyOf({})).toEqual(defaults);
    expect(restartPolicyOf({ RestartPolicy: { Condition: '' } })).toEqual(defaults);
    expect(restartPolicyOf({ RestartPolicy: { Delay: 0 } }).delay).toBe(0);
    expect(restartPolicyOf({ RestartPolicy: { Delay: seconds(2), Window: seconds(3), MaxAttempts: 4 } })).toEqual({
      ...defaults,
      delay: 2 * second,
      window: 3 * second,
      maxAttempts: 4,
    });
  });

  it('ORCH-51: one transaction shuts the old task down and parks its replacement in the same slot', () => {
    const w = world();
    const old = theTask(w);
    const commits: string[][] = [];
    w.swarm.store.observe(['task'], (changes) =>
      commits.push(changes.map(({ action, object }) => `${action} ${(object as StoredTask).DesiredState}`)),
    );
    w.swarm.fail(old.ID);
    w.swarm.run(millisecond);
    expect(commits[1]).toEqual(['update shutdown', 'create ready']);
    expect(w.swarm.states(w.id)).toEqual(['1 assigned/ready', '1 failed/shutdown']);
  });

  it('ORCH-51: a global task is replaced on its node', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(3);
    const id = swarm.createService({ Mode: { Global: {} } });
    swarm.run(second);
    const task = swarm.live(id)[1]!;
    swarm.fail(task.ID);
    swarm.run(10 * second);
    expect(
      swarm
        .running(id)
        .map((each) => each.NodeID)
        .sort(),
    ).toEqual(['n1', 'n2', 'n3']);
    expect(swarm.tasks(id).filter((each) => each.NodeID === task.NodeID)).toHaveLength(2);
  });

  it('ORCH-52: none never restarts, on-failure not after success, any always', () => {
    const outcomes = (['none', 'on-failure', 'any'] as const).flatMap((Condition) =>
      [images.finishing, images.crashing].map((image) => {
        const w = world({ Condition, Delay: seconds(1) }, image);
        w.swarm.run(5 * second);
        return `${Condition} ${image}: ${w.swarm.tasks(w.id).length > 1}`;
      }),
    );
    expect(outcomes).toEqual([
      'none finishing: false',
      'none crashing: false',
      'on-failure finishing: false',
      'on-failure crashing: true',
      'any finishing: true',
      'any crashing: true',
    ]);
  });

  it('ORCH-52: under on-failure a task lost with its node is restarted, under none it keeps its slot', () => {
    const lossy = (Condition: 'on-failure' | 'none'): World => {
      const w = world({ Condition });
      w.swarm.powerOff(theTask(w).NodeID!);
      w.swarm.run(10 * second);
      return w;
    };
    expect(lossy('on-failure').swarm.running(lossy('on-failure').id)).toHaveLength(1);
    const { swarm, id } = lossy('none');
    expect(swarm.states(id)).toEqual(['1 running/shutdown']);
    swarm.updateService(id, (spec) => ({ ...spec, Labels: { a: 'b' } }));
    swarm.run(10 * second);
    expect(swarm.states(id)).toEqual(['1 running/shutdown']);
  });

  it("ORCH-52: the task's own policy decides, not the service's new one", () => {
    const w = world({ Condition: 'none' });
    const task = theTask(w);
    w.swarm.updateService(w.id, (spec) => ({ ...spec, UpdateConfig: { Parallelism: 1, Order: 'start-first' } }));
    const service = w.swarm.service(w.id);
    // Stored, but the updater sleeps: it was told that the update is paused.
    w.swarm.store.update((tx) =>
      tx.update('service', {
        ...service,
        UpdateStatus: { State: 'paused', Message: 'for the test' },
        Spec: { ...service.Spec, TaskTemplate: { ...service.Spec.TaskTemplate, RestartPolicy: { Condition: 'any' } } },
      }),
    );
    w.swarm.fail(task.ID);
    w.swarm.run(20 * second);
    expect(w.swarm.states(w.id)).toEqual(['1 failed/shutdown']);
  });

  it('ORCH-53: MaxAttempts counts restarts of a slot; a new spec version starts at zero', () => {
    const w = world({ MaxAttempts: 2, Delay: seconds(1) }, images.crashing);
    w.swarm.run(minute);
    expect(w.swarm.states(w.id)).toEqual(Array(3).fill('1 failed/shutdown'));
    w.swarm.updateTemplate(w.id, (template) => ({ ...template, ForceUpdate: 1 }));
    w.swarm.run(minute);
    const service = w.swarm.service(w.id);
    const ofThisVersion = w.swarm.tasks(w.id).filter((t) => t.SpecVersion!.Index === service.SpecVersion.Index);
    expect(ofThisVersion).toHaveLength(3);
  });

  it('ORCH-53: restarts because of drained nodes count as well', () => {
    const w = world({ MaxAttempts: 1, Delay: 0 });
    const [first, second_] = theTask(w).NodeID === 'n1' ? ['n1', 'n2'] : ['n2', 'n1'];
    w.swarm.setAvailability(first, 'drain');
    w.swarm.run(5 * second);
    expect(theTask(w).NodeID).toBe(second_);
    w.swarm.setAvailability(first, 'active');
    w.swarm.setAvailability(second_, 'drain');
    w.swarm.run(5 * second);
    expect(w.swarm.live(w.id)).toHaveLength(0);
  });

  it('ORCH-53: attempts are counted for each slot by itself', () => {
    const w = world({ MaxAttempts: 1, Delay: 0 });
    w.swarm.scale(w.id, 2);
    w.swarm.run(3 * second);
    const fail = (slot: number): void => {
      w.swarm.fail(w.swarm.live(w.id).find((task) => task.Slot === slot)!.ID);
      w.swarm.run(3 * second);
    };
    fail(1);
    fail(2);
    expect(w.swarm.running(w.id)).toHaveLength(2);
    fail(1);
    expect(w.swarm.running(w.id).map((task) => task.Slot)).toEqual([2]);
  });

  it('ORCH-54: with a window only restarts within it count', () => {
    const w = world({ MaxAttempts: 2, Window: seconds(20), Delay: seconds(1) });
    const fail = (): void => {
      w.swarm.fail(theTask(w).ID);
      w.swarm.run(3 * second);
    };
    fail();
    fail();
    expect(w.swarm.running(w.id)).toHaveLength(1);
    w.swarm.run(21 * second);
    fail();
    fail();
    expect(w.swarm.running(w.id)).toHaveLength(1);
    fail();
    expect(w.swarm.live(w.id)).toHaveLength(0);
  });

  it('ORCH-55: the delay of the policy applies, but not when the node is drained', () => {
    const failed = world({ Delay: seconds(7) });
    failed.swarm.fail(theTask(failed).ID);
    failed.swarm.run(millisecond);
    const waited = released(failed, minute);
    expect(waited).toBeGreaterThanOrEqual(7 * second - 2 * millisecond);
    expect(waited).toBeLessThan(7 * second + 2 * millisecond);

    const drained = world({ Delay: seconds(7) });
    drained.swarm.setAvailability(theTask(drained).NodeID!, 'drain');
    drained.swarm.run(millisecond);
    // Only the old task's stop is waited for.
    expect(released(drained, minute)).toBeLessThan(second);
  });

  it('ORCH-56: a replacement waits for the old task to stop, at most a minute from the start', () => {
    const w = world({ Delay: seconds(2) }, images.good, { stopTime: 10 * second });
    const old = theTask(w);
    w.swarm.setAvailability(old.NodeID!, 'drain');
    w.swarm.run(millisecond);
    expect(released(w, minute)).toBeGreaterThan(9 * second);
    expect(w.swarm.task(old.ID).Status.State).toBe('shutdown');

    const stuck = world({ Delay: seconds(2) }, images.good, { stopTime: 90 * second });
    stuck.swarm.setAvailability(theTask(stuck).NodeID!, 'drain');
    stuck.swarm.run(millisecond);
    const waited = released(stuck, 2 * minute);
    expect(waited).toBeGreaterThan(minute - 5 * millisecond);
    expect(waited).toBeLessThan(minute + 5 * millisecond);
  });

  it('ORCH-56: the node of the old task going DOWN, or away, ends the wait', () => {
    for (const lose of ['powerOff', 'removeNode'] as const) {
      const w = world({ Delay: seconds(2) }, images.good, { stopTime: 50 * second });
      const node = theTask(w).NodeID!;
      w.swarm.setAvailability(node, 'drain');
      w.swarm.run(4 * second);
      expect(w.swarm.live(w.id)[0]!.DesiredState).toBe('ready');
      w.swarm[lose](node);
      w.swarm.run(millisecond);
      expect(w.swarm.live(w.id)[0]!.DesiredState).toBe('running');
    }
  });

  it('ORCH-56: of a node that is down the old task is not waited for, but the delay applies', () => {
    const w = world();
    const old = theTask(w);
    w.swarm.powerOff(old.NodeID!);
    w.swarm.run(millisecond);
    const waited = released(w, minute);
    expect(waited).toBeGreaterThanOrEqual(5 * second - 2 * millisecond);
    expect(waited).toBeLessThan(5 * second + 2 * millisecond);
    expect(w.swarm.task(old.ID).Status.State).toBe('running');
  });

  it('ORCH-57: while it waits, the replacement is placed and prepared, and parks at READY', () => {
    const w = world();
    w.swarm.fail(theTask(w).ID);
    w.swarm.run(3 * second);
    expect(w.swarm.states(w.id)).toEqual(['1 failed/shutdown', '1 ready/ready']);
    w.swarm.run(3 * second);
    expect(w.swarm.states(w.id)).toEqual(['1 failed/shutdown', '1 running/running']);
  });

  it('ORCH-58: a task that fails before its delay is over is replaced only then', () => {
    const w = world();
    w.swarm.setImage(w.id, images.missing);
    w.swarm.run(2 * second);
    // The update's task was rejected; its replacement is rejected while it is parked.
    expect(w.swarm.states(w.id)).toContain('1 rejected/ready');
    expect(w.swarm.live(w.id)).toHaveLength(1);
    const count = w.swarm.tasks(w.id).length;
    w.swarm.run(2 * second);
    expect(w.swarm.tasks(w.id)).toHaveLength(count);
    w.swarm.run(3 * second);
    expect(w.swarm.tasks(w.id)).toHaveLength(count + 1);
    expect(w.swarm.live(w.id)).toHaveLength(1);
  });

  it('ORCH-59: a new leader gives parked tasks the rest of their delay', () => {
    const w = world();
    w.swarm.fail(theTask(w).ID);
    w.swarm.run(3 * second);
    w.swarm.changeLeader();
    expect(theTask(w).DesiredState).toBe('ready');
    const waited = released(w, minute);
    // From the last status (READY, after 0.1 s) on, not from the leader's start.
    expect(waited).toBeGreaterThan(2 * second);
    expect(waited).toBeLessThan(2.2 * second);

    w.swarm.fail(theTask(w).ID);
    w.swarm.run(second);
    w.swarm.changeLeader(20 * second);
    expect(theTask(w).DesiredState).toBe('running');
  });

  it('ORCH-59: a new leader deletes tasks of deleted services and re-examines the others', () => {
    const w = world();
    const gone = w.swarm.createService({});
    w.swarm.run(2 * second);
    const [failing] = w.swarm.live(w.id);
    w.swarm.stopLoops();
    w.swarm.removeService(gone);
    w.swarm.fail(failing!.ID);
    w.swarm.run(minute);
    expect(w.swarm.tasks(gone)).toHaveLength(1);
    expect(w.swarm.task(failing!.ID).DesiredState).toBe('running');
    w.swarm.startLoops();
    expect(w.swarm.tasks(gone)).toHaveLength(0);
    expect(w.swarm.task(failing!.ID).DesiredState).toBe('shutdown');
    w.swarm.run(10 * second);
    expect(w.swarm.running(w.id)).toHaveLength(1);
  });

  it('ORCH-59: a new leader counts the retained tasks of the newest spec version as restarts', () => {
    const w = world({ MaxAttempts: 3, Delay: seconds(1) });
    for (let count = 0; count < 2; count++) {
      w.swarm.fail(theTask(w).ID);
      w.swarm.run(3 * second);
    }
    w.swarm.changeLeader();
    w.swarm.fail(theTask(w).ID);
    w.swarm.run(3 * second);
    expect(w.swarm.running(w.id)).toHaveLength(1);
    w.swarm.fail(theTask(w).ID);
    w.swarm.run(10 * second);
    expect(w.swarm.live(w.id)).toHaveLength(0);
    expect(w.swarm.tasks(w.id)).toHaveLength(4);
  });

  it('ORCH-59: what the old leader had begun ends with it', () => {
    const w = world();
    w.swarm.fail(theTask(w).ID);
    w.swarm.run(second);
    w.swarm.stopLoops();
    w.swarm.run(minute);
    expect(theTask(w).DesiredState).toBe('ready');
    expect(w.swarm.sim.next).toBeUndefined();
  });
});
