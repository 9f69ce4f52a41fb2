import { describe, expect, it } from 'vitest';
import type { RestartPolicy, ServiceMode, UpdateConfig } from '../../../api';
import { millisecond, minute, second } from '../../../sim';
import { FakeSwarm, images } from '../testing/fake-swarm';

interface World {
  readonly swarm: FakeSwarm;
  readonly id: string;
}

function world(
  Mode: ServiceMode,
  options: { image?: string; RestartPolicy?: RestartPolicy; nodes?: number; UpdateConfig?: UpdateConfig } = {},
): World {
  const swarm = new FakeSwarm();
  swarm.addNodes(options.nodes ?? 3);
  const id = swarm.createService({
    Mode,
    template: {
      ContainerSpec: { Image: options.image ?? images.finishing },
      ...(options.RestartPolicy && { RestartPolicy: options.RestartPolicy }),
    },
    ...(options.UpdateConfig && { UpdateConfig: options.UpdateConfig }),
  });
  swarm.run(millisecond);
  return { swarm, id };
}

function count({ swarm, id }: World, state: string): number {
  return swarm.tasks(id).filter((task) => task.Status.State === state).length;
}

/** How many tasks of a job were under way at once at most, over a while. */
function mostAtOnce(w: World, steps: number): number {
  let most = 0;
  for (let step = 0; step < steps; step++) {
    most = Math.max(most, w.swarm.tasks(w.id).filter((task) => task.Status.State !== 'complete').length);
    w.swarm.run(100 * millisecond);
  }
  return most;
}

describe('replicated jobs', () => {
  it('ORCH-40: runs until all completions are there, no more than MaxConcurrent at once, in slots from 0', () => {
    const w = world({ ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 5 } });
    expect(w.swarm.tasks(w.id).map((task) => task.DesiredState)).toEqual(['complete', 'complete']);
    expect(mostAtOnce(w, 100)).toBe(2);
    expect(count(w, 'complete')).toBe(5);
    expect(w.swarm.tasks(w.id).map((task) => task.Slot ?? 0)).toEqual([0, 1, 2, 3, 4]);
    expect(w.swarm.sim.next).toBeUndefined();
  });

  it('ORCH-40: one at a time by default, and as many completions as MaxConcurrent', () => {
    const one = world({ ReplicatedJob: {} });
    one.swarm.run(10 * second);
    expect(one.swarm.tasks(one.id)).toHaveLength(1);
    const three = world({ ReplicatedJob: { MaxConcurrent: 3 } });
    expect(three.swarm.tasks(three.id)).toHaveLength(3);
    three.swarm.run(10 * second);
    expect(count(three, 'complete')).toBe(3);
    const serial = world({ ReplicatedJob: { TotalCompletions: 3 } });
    expect(mostAtOnce(serial, 80)).toBe(1);
    expect(count(serial, 'complete')).toBe(3);
  });

  it('ORCH-41: when more is running than the job allows, nothing is created', () => {
    const w = world({ ReplicatedJob: { MaxConcurrent: 4, TotalCompletions: 4 } }, { image: images.good });
    w.swarm.run(2 * second);
    const service = w.swarm.service(w.id);
    const Mode = { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 2 } };
    w.swarm.store.update((tx) => tx.update('service', { ...service, Spec: { ...service.Spec, Mode } }));
    w.swarm.run(10 * second);
    expect(w.swarm.states(w.id)).toEqual([
      '1 running/complete',
      '2 running/complete',
      '3 running/complete',
      `${w.swarm.tasks(w.id)[0]!.NodeID} running/complete`,
    ]);
  });

  it('ORCH-42: a failed task is replaced in its slot after the delay, and is to COMPLETE', () => {
    const w = world({ ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 2 } }, { image: images.good });
    w.swarm.run(2 * second);
    const failed = w.swarm.tasks(w.id)[1]!;
    w.swarm.fail(failed.ID);
    w.swarm.run(4 * second);
    const [, , replacement] = w.swarm.tasks(w.id);
    expect(replacement).toMatchObject({ Slot: failed.Slot, DesiredState: 'ready', JobIteration: { Index: 0 } });
    w.swarm.run(2 * second);
    expect(w.swarm.task(replacement!.ID)).toMatchObject({ DesiredState: 'complete', Status: { State: 'running' } });
    expect(w.swarm.tasks(w.id)).toHaveLength(3);
  });

  it('ORCH-42: condition any does not restart what completed; none restarts nothing; attempts are limited', () => {
    const any = world({ ReplicatedJob: {} }, { RestartPolicy: { Condition: 'any', Delay: 0 } });
    any.swarm.run(minute);
    expect(any.swarm.states(any.id)).toEqual([`${any.swarm.tasks(any.id)[0]!.NodeID} complete/complete`]);

    const limited = world(
      { ReplicatedJob: { MaxConcurrent: 2 } },
      { image: images.crashing, RestartPolicy: { Condition: 'on-failure', Delay: 0, MaxAttempts: 2 } },
    );
    limited.swarm.run(millisecond);
    const of = (slot: number) => limited.swarm.tasks(limited.id).filter((task) => (task.Slot ?? 0) === slot);
    limited.swarm.run(second);
    expect(of(0).length).toBeGreaterThan(1);
    expect(of(1).length).toBe(of(0).length);
  });

  it('ORCH-42: a job task that fails while its own start is delayed is replaced when that is over', () => {
    const w = world({ ReplicatedJob: {} }, { image: images.missing, RestartPolicy: { Condition: 'any' } });
    w.swarm.run(2 * second);
    expect(w.swarm.tasks(w.id).map((task) => `${task.Status.State}/${task.DesiredState}`)).toEqual([
      'rejected/shutdown',
      'rejected/ready',
    ]);
    w.swarm.run(5 * second);
    expect(w.swarm.tasks(w.id)).toHaveLength(3);
  });

  it('ORCH-44: a new iteration removes running tasks of the others, and keeps finished ones', () => {
    const w = world({ ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 2 } });
    w.swarm.run(2 * second);
    expect(count(w, 'complete')).toBe(1);
    const old = w.swarm.tasks(w.id).find((task) => task.Status.State !== 'complete')!;
    w.swarm.updateTemplate(w.id, (template) => ({ ...template, ForceUpdate: 1 }));
    w.swarm.run(millisecond);
    expect(w.swarm.task(old.ID).DesiredState).toBe('remove');
    w.swarm.run(minute);
    const iterations = w.swarm.tasks(w.id).map((task) => `${task.JobIteration!.Index} ${task.Status.State}`);
    expect(iterations).toEqual(['0 complete', '1 complete', '1 complete']);
  });

  it('ORCH-45: the updater never touches jobs', () => {
    const w = world({ ReplicatedJob: {} }, { UpdateConfig: { Parallelism: 1 } });
    w.swarm.run(5 * second);
    w.swarm.setImage(w.id, 'finishing:2');
    w.swarm.run(minute);
    expect(w.swarm.service(w.id).UpdateStatus).toBeUndefined();
  });

  it('ORCH-27: deleting a job removes its tasks', () => {
    const w = world({ ReplicatedJob: { MaxConcurrent: 2 } }, { image: images.good });
    w.swarm.run(2 * second);
    w.swarm.removeService(w.id);
    w.swarm.run(5 * second);
    expect(w.swarm.tasks(w.id)).toEqual([]);
  });

  it('ORCH-59: a new leader goes on with a job, and starts what was parked', () => {
    const w = world({ ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 6 } });
    w.swarm.run(second);
    w.swarm.fail(w.swarm.tasks(w.id)[1]!.ID);
    w.swarm.run(second);
    w.swarm.changeLeader(10 * second);
    w.swarm.run(minute);
    expect(count(w, 'complete')).toBe(6);
    expect(count(w, 'failed')).toBe(1);
  });
});

describe('global jobs', () => {
  function nodesOf({ swarm, id }: World): (string | undefined)[] {
    return swarm
      .tasks(id)
      .map((task) => task.NodeID)
      .sort();
  }

  it('ORCH-43: once on each node that is active and READY and matches, and on those that come later', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(5);
    swarm.setAvailability('n2', 'pause');
    swarm.changeNode('n3', () => ({ Status: { State: 'unknown' } }));
    swarm.setLabels('n4', { skip: 'yes' });
    const id = swarm.createService({
      Mode: { GlobalJob: {} },
      template: {
        ContainerSpec: { Image: images.finishing },
        Placement: { Constraints: ['node.labels.skip!=yes'] },
      },
    });
    const w = { swarm, id };
    swarm.run(5 * second);
    expect(nodesOf(w)).toEqual(['n1', 'n5']);
    expect(count(w, 'complete')).toBe(2);
    swarm.addNode('n6');
    swarm.changeNode('n3', () => ({ Status: { State: 'ready' } }));
    swarm.run(5 * second);
    expect(nodesOf(w)).toEqual(['n1', 'n3', 'n5', 'n6']);
    // A node that has had its run does not get another.
    swarm.setLabels('n1', { any: 'thing' });
    swarm.setAvailability('n1', 'drain');
    swarm.setAvailability('n1', 'active');
    swarm.run(minute);
    expect(nodesOf(w)).toEqual(['n1', 'n3', 'n5', 'n6']);
  });

  it('ORCH-43: tasks on nodes that turn invalid are shut down, finished ones are left alone', () => {
    const w = world({ GlobalJob: {} }, { image: images.good });
    w.swarm.run(2 * second);
    w.swarm.setAvailability('n1', 'drain');
    w.swarm.powerOff('n2');
    w.swarm.run(2 * second);
    expect(w.swarm.states(w.id)).toEqual(['n1 shutdown/shutdown', 'n2 running/shutdown', 'n3 running/complete']);
    w.swarm.setAvailability('n1', 'active');
    w.swarm.run(2 * second);
    expect(w.swarm.states(w.id)).toContain('n1 running/complete');

    const done = world({ GlobalJob: {} });
    done.swarm.run(5 * second);
    done.swarm.setAvailability('n1', 'drain');
    done.swarm.run(second);
    expect(done.swarm.states(done.id)).toEqual(Array.from({ length: 3 }, (_, n) => `n${n + 1} complete/complete`));
  });

  it('ORCH-43: a failed task is replaced on its node, and MaxAttempts has no effect', () => {
    const w = world(
      { GlobalJob: {} },
      { image: images.crashing, nodes: 1, RestartPolicy: { Condition: 'on-failure', Delay: 0, MaxAttempts: 1 } },
    );
    w.swarm.run(10 * second);
    expect(w.swarm.tasks(w.id).length).toBeGreaterThan(5);
    expect(new Set(nodesOf(w))).toEqual(new Set(['n1']));
  });

  it('ORCH-43: with restart policy none a failed task keeps its node', () => {
    const w = world({ GlobalJob: {} }, { image: images.crashing, nodes: 1, RestartPolicy: { Condition: 'none' } });
    w.swarm.run(5 * second);
    w.swarm.setLabels('n1', { a: 'b' });
    w.swarm.run(5 * second);
    expect(w.swarm.states(w.id)).toEqual(['n1 failed/shutdown']);
  });

  it('ORCH-44: a new iteration removes all tasks of the others', () => {
    const w = world({ GlobalJob: {} });
    w.swarm.run(5 * second);
    w.swarm.updateTemplate(w.id, (template) => ({ ...template, ForceUpdate: 1 }));
    w.swarm.run(millisecond);
    const old = w.swarm.tasks(w.id).filter((task) => task.JobIteration!.Index === 0);
    expect(old.map((task) => task.DesiredState)).toEqual(Array(3).fill('remove'));
    w.swarm.run(10 * second);
    expect(w.swarm.tasks(w.id).map((task) => `${task.JobIteration!.Index} ${task.Status.State}`)).toEqual(
      Array(3).fill('1 complete'),
    );
  });

  it('ORCH-59: a new leader shuts down what is on nodes that went down meanwhile', () => {
    const w = world({ GlobalJob: {} }, { image: images.good });
    w.swarm.run(2 * second);
    w.swarm.stopLoops();
    w.swarm.powerOff('n1');
    w.swarm.removeNode('n2');
    w.swarm.run(second);
    w.swarm.startLoops();
    w.swarm.run(second);
    expect(w.swarm.states(w.id)).toEqual(['n1 running/shutdown', 'n2 orphaned/shutdown', 'n3 running/complete']);
  });
});
