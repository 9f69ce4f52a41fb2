import { describe, expect, it } from 'vitest';
import type { ServiceSpec, UpdateConfig } from '../../../api';
import type { Micros } from '../../../sim';
import { millisecond, minute, second } from '../../../sim';
import type { StoredTask } from '../../objects';
import type { FakeSwarmOptions } from '../testing/fake-swarm';
import { FakeSwarm, images } from '../testing/fake-swarm';
import { updateConfigOf } from './config';

const seconds = (count: number): number => count * 1e9;

interface World {
  readonly swarm: FakeSwarm;
  readonly id: string;
}

function world(
  replicas: number,
  UpdateConfig?: UpdateConfig,
  more: Partial<ServiceSpec> & FakeSwarmOptions = {},
): World {
  const swarm = new FakeSwarm(more);
  swarm.addNodes(3);
  const { RollbackConfig } = more;
  const id = swarm.createService({
    template: { ContainerSpec: { Image: images.good } },
    Mode: { Replicated: { Replicas: replicas } },
    ...(UpdateConfig && { UpdateConfig }),
    ...(RollbackConfig && { RollbackConfig }),
  });
  swarm.run(2 * second);
  return { swarm, id };
}

function status({ swarm, id }: World): string | undefined {
  return swarm.service(id).UpdateStatus?.State;
}

function message({ swarm, id }: World): string | undefined {
  return swarm.service(id).UpdateStatus?.Message;
}

/** Live tasks that have the given image. */
function withImage({ swarm, id }: World, image: string): StoredTask[] {
  return swarm.live(id).filter((task) => task.Spec.ContainerSpec?.Image === image);
}

/** Runs until a condition holds and tells how long that took. */
function until({ swarm }: World, holds: () => boolean, atMost: Micros = 2 * minute): Micros {
  const from = swarm.sim.now;
  while (!holds()) {
    if (swarm.sim.now - from > atMost) throw new Error('it did not come to that');
    swarm.run(10 * millisecond);
  }
  return swarm.sim.now - from;
}

/** Whoever creates tasks is noted: slot and time of each. */
function creations({ swarm, id }: World): { slot: number; at: Micros }[] {
  const created: { slot: number; at: Micros }[] = [];
  swarm.store.observe(['task'], (changes) => {
    for (const { kind, action, object } of changes) {
      if (kind === 'task' && action === 'create' && object.ServiceID === id) {
        created.push({ slot: object.Slot ?? 0, at: swarm.sim.now });
      }
    }
  });
  return created;
}

describe('rolling updates', () => {
  it('ORCH-82: a forced update replaces every task', () => {
    const w = world(2);
    const before = w.swarm.live(w.id).map((task) => task.ID);
    w.swarm.updateTemplate(w.id, (template) => ({ ...template, ForceUpdate: 1 }));
    w.swarm.run(minute);
    expect(w.swarm.running(w.id)).toHaveLength(2);
    expect(w.swarm.running(w.id).some((task) => before.includes(task.ID))).toBe(false);
  });

  it('ORCH-81: a slot with two live tasks is cleaned up, and the clean one stays', () => {
    const w = world(1);
    const [task] = w.swarm.live(w.id);
    const { Version, CreatedAt, UpdatedAt, ...rest } = task!;
    w.swarm.store.update((tx) => tx.create('task', { ...rest, ID: 'twin', DesiredState: 'ready' }));
    w.swarm.updateService(w.id, (spec) => ({ ...spec, Labels: { look: 'again' } }));
    w.swarm.run(10 * second);
    expect(w.swarm.live(w.id).map((live) => live.ID)).toEqual([task!.ID]);
    expect(w.swarm.task('twin').DesiredState).toBe('shutdown');
  });

  it('ORCH-83: an equal spec while an update runs changes nothing, another one cancels it', () => {
    const w = world(3, { Parallelism: 1, Delay: seconds(5) });
    const created = creations(w);
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(3 * second);
    expect(created).toHaveLength(1);
    // The control API clears the status; the spec is the same.
    w.swarm.updateService(w.id, (spec) => ({ ...spec }));
    w.swarm.run(second);
    expect(created).toHaveLength(1);
    w.swarm.setImage(w.id, 'good:3');
    w.swarm.run(minute);
    expect(withImage(w, 'good:3')).toHaveLength(3);
    expect(created).toHaveLength(4);
    expect(status(w)).toBe('completed');
  });

  it('ORCH-84: an update that makes something dirty is noted, one that does not is not', () => {
    const w = world(2);
    w.swarm.updateService(w.id, (spec) => ({ ...spec, Labels: { a: 'b' } }));
    w.swarm.run(second);
    expect(w.swarm.service(w.id).UpdateStatus).toBeUndefined();
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(0);
    expect(w.swarm.service(w.id).UpdateStatus).toEqual({
      State: 'updating',
      StartedAt: w.swarm.sim.timestamp,
      Message: 'update in progress',
    });
  });

  it('ORCH-84: nothing happens while an update is paused; a state left over without dirty slots is completed', () => {
    const w = world(1);
    const set = (State: 'paused' | 'rollback_paused' | 'updating' | 'rollback_started'): void => {
      const service = w.swarm.service(w.id);
      w.swarm.store.update((tx) =>
        tx.update('service', { ...service, UpdateStatus: { State, Message: 'for the test' } }),
      );
      w.swarm.run(10 * second);
    };
    set('updating');
    expect(status(w)).toBe('completed');
    set('rollback_started');
    expect(status(w)).toBe('rollback_completed');
    for (const State of ['paused', 'rollback_paused'] as const) {
      set(State);
      expect(status(w)).toBe(State);
      const service = w.swarm.service(w.id);
      const Spec = { ...service.Spec, TaskTemplate: { ContainerSpec: { Image: 'good:2' } } };
      w.swarm.store.update((tx) => tx.update('service', { ...service, Spec, SpecVersion: service.Version }));
      w.swarm.run(10 * second);
      expect(withImage(w, 'good:2')).toHaveLength(0);
    }
  });

  it('ORCH-85: defaults, and the config of the rollback while one is running', () => {
    const { swarm, id } = world(1);
    const service = swarm.service(id);
    const defaults = {
      parallelism: 1,
      delay: 0,
      monitor: 5 * second,
      maxFailureRatio: 0,
      failureAction: 'pause',
      order: 'stop-first',
    };
    expect(updateConfigOf(service)).toEqual(defaults);
    const Spec = {
      ...service.Spec,
      UpdateConfig: { Parallelism: 0, Order: 'start-first' as const },
      RollbackConfig: { Parallelism: 7, Monitor: seconds(9) },
    };
    expect(updateConfigOf({ ...service, Spec })).toEqual({ ...defaults, parallelism: 0, order: 'start-first' });
    const UpdateStatus = { State: 'rollback_started' as const, Message: '' };
    expect(updateConfigOf({ ...service, Spec, UpdateStatus })).toEqual({
      ...defaults,
      parallelism: 7,
      monitor: 9 * second,
    });
    expect(updateConfigOf({ ...service, UpdateStatus })).toEqual(defaults);
  });

  it('ORCH-85: parallelism 0 takes all slots at once, as does a config without it', () => {
    for (const config of [{ Parallelism: 0 }, { Delay: 0 } as unknown as UpdateConfig]) {
      const w = world(7, config);
      w.swarm.setImage(w.id, 'good:2');
      w.swarm.run(millisecond);
      expect(withImage(w, 'good:2')).toHaveLength(7);
    }
  });

  it('ORCH-86: no more slots than the parallelism are worked on, in random order, with the delay for each worker', () => {
    const w = world(12, { Parallelism: 3, Delay: seconds(4) });
    const created = creations(w);
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(3 * second);
    expect(created).toHaveLength(3);
    const duration = until(w, () => status(w) === 'completed');
    expect(created).toHaveLength(12);
    // Four rounds, each a stop, a start and the delay, the last one too; then the monitoring.
    expect(duration).toBeGreaterThan(4 * 4 * second - 3 * second + 5 * second);
    const order = created.map(({ slot }) => slot);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect(created[3]!.at - created[0]!.at).toBeGreaterThanOrEqual(4 * second);
  });

  it('ORCH-86: after scaling down the slots are taken in their sorted order', () => {
    const w = world(6, { Parallelism: 1 });
    const created = creations(w);
    w.swarm.updateService(w.id, (spec) => ({
      ...spec,
      Mode: { Replicated: { Replicas: 4 } },
      TaskTemplate: { ContainerSpec: { Image: 'good:2' } },
    }));
    w.swarm.run(minute);
    expect(created.map(({ slot }) => slot)).toEqual([1, 2, 3, 4]);
  });

  it('ORCH-87: a slot that was restarted with the new spec before its turn keeps that task', () => {
    const w = world(3, { Parallelism: 1, Delay: seconds(20) });
    const created = creations(w);
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(3 * second);
    const [old] = withImage(w, images.good);
    w.swarm.fail(old!.ID);
    w.swarm.run(8 * second);
    const restarted = withImage(w, 'good:2').find((task) => task.Slot === old!.Slot)!;
    expect(restarted.Status.State).toBe('running');
    until(w, () => status(w) === 'completed');
    expect(w.swarm.task(restarted.ID).DesiredState).toBe('running');
    expect(created).toHaveLength(3);
  });

  it('ORCH-87: a parked clean task is started', () => {
    const w = world(1);
    const [old] = w.swarm.live(w.id);
    w.swarm.stopLoops();
    // An updater got as far as this before its leader was lost.
    const { Version, CreatedAt, UpdatedAt, ...rest } = old!;
    w.swarm.updateTemplate(w.id, (template) => ({ ...template, ForceUpdate: 1 }));
    const service = w.swarm.service(w.id);
    const Spec = { ...service.Spec.TaskTemplate, RestartPolicy: { Delay: seconds(300) } };
    w.swarm.store.update((tx) => {
      tx.update('service', { ...service, Spec: { ...service.Spec, TaskTemplate: Spec } });
      const Status = { State: 'assigned' as const, Timestamp: w.swarm.sim.timestamp };
      const parked = { ...rest, ID: 'parked', Spec, SpecVersion: service.SpecVersion, Status };
      tx.create('task', { ...parked, DesiredState: 'ready' });
    });
    w.swarm.startLoops();
    w.swarm.run(5 * second);
    expect(w.swarm.running(w.id).map((task) => task.ID)).toEqual(['parked']);
    expect(w.swarm.task(old!.ID).DesiredState).toBe('shutdown');
  });

  it('ORCH-88: stop-first shuts the old task down in the same transaction and starts when it has stopped', () => {
    const w = world(1, { Parallelism: 1 }, { stopTime: 4 * second });
    const [old] = w.swarm.live(w.id);
    const commits: string[][] = [];
    w.swarm.store.observe(['task'], (changes) => {
      commits.push(changes.map((change) => `${change.action} ${(change.object as StoredTask).DesiredState}`));
    });
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(3 * second);
    expect(commits[0]).toEqual(['create ready', 'update shutdown']);
    expect(w.swarm.states(w.id)).toEqual(['1 ready/ready', '1 running/shutdown']);
    w.swarm.run(2 * second);
    expect(w.swarm.states(w.id)).toEqual(['1 running/running', '1 shutdown/shutdown']);
    expect(w.swarm.task(old!.ID).DesiredState).toBe('shutdown');
  });

  it('ORCH-88: stop-first does not wait for an old task whose node is down, and a minute at most otherwise', () => {
    const down = world(1, { Parallelism: 1 }, { stopTime: 4 * second });
    // So that the new task goes elsewhere.
    down.swarm.setAvailability(down.swarm.live(down.id)[0]!.NodeID!, 'pause');
    down.swarm.setImage(down.id, 'good:2');
    down.swarm.run(millisecond);
    down.swarm.powerOff(down.swarm.tasks(down.id).find((task) => task.DesiredState === 'shutdown')!.NodeID!);
    down.swarm.run(millisecond);
    expect(withImage(down, 'good:2')[0]!.DesiredState).toBe('running');

    const slow = world(1, { Parallelism: 1 }, { stopTime: 100 * second });
    slow.swarm.setImage(slow.id, 'good:2');
    const waited = until(slow, () => withImage(slow, 'good:2')[0]?.DesiredState === 'running');
    expect(waited).toBeGreaterThan(59 * second);
    expect(waited).toBeLessThan(61 * second);
  });

  it('ORCH-88: start-first stops the old task only when the new one is RUNNING', () => {
    const w = world(1, { Parallelism: 1, Order: 'start-first' }, { startTime: 3 * second });
    w.swarm.run(5 * second);
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(2 * second);
    expect(w.swarm.states(w.id)).toEqual(['1 ready/running', '1 running/running']);
    w.swarm.run(3 * second);
    expect(w.swarm.states(w.id)).toEqual(['1 running/running', '1 shutdown/shutdown']);
  });

  it('ORCH-89: a task that cannot be placed holds its worker for ever', () => {
    const w = world(2, { Parallelism: 1 });
    w.swarm.updateTemplate(w.id, (template) => ({ ...template, Placement: { Constraints: ['node.labels.no==x'] } }));
    w.swarm.run(60 * minute);
    expect(status(w)).toBe('updating');
    expect(w.swarm.running(w.id)).toHaveLength(1);
    w.swarm.setLabels('n1', { no: 'x' });
    w.swarm.run(minute);
    expect(status(w)).toBe('completed');
    expect(w.swarm.running(w.id).map((task) => task.NodeID)).toEqual(['n1', 'n1']);
  });

  it('ORCH-89: with start-first a new task that fails leaves the old one running', () => {
    const w = world(1, { Parallelism: 1, Order: 'start-first', FailureAction: 'pause' });
    const [old] = w.swarm.live(w.id);
    w.swarm.setImage(w.id, images.crashing);
    w.swarm.run(3 * second);
    expect(w.swarm.task(old!.ID).DesiredState).toBe('running');
  });

  it('ORCH-90: a new task that fails within the monitor period counts, later it does not', () => {
    for (const [wait, expected] of [
      [4 * second, 'paused'],
      [6 * second, 'completed'],
    ] as const) {
      const w = world(1, { Parallelism: 1, Monitor: seconds(5), Delay: seconds(4.5) });
      w.swarm.setImage(w.id, 'good:2');
      until(w, () => withImage(w, 'good:2')[0]?.Status.State === 'running');
      w.swarm.run(wait);
      w.swarm.fail(withImage(w, 'good:2')[0]!.ID);
      w.swarm.run(minute);
      expect(status(w)).toBe(expected);
    }
  });

  it('ORCH-90: a new task that completes counts as a failure, one that was not created here does not', () => {
    const done = world(1, { Parallelism: 1 });
    done.swarm.setImage(done.id, images.finishing);
    done.swarm.run(10 * second);
    expect(status(done)).toBe('paused');

    const other = world(2, { Parallelism: 1, Delay: seconds(3) });
    other.swarm.setImage(other.id, 'good:2');
    other.swarm.run(second);
    other.swarm.fail(withImage(other, images.good)[0]!.ID);
    other.swarm.run(minute);
    expect(status(other)).toBe('completed');
  });

  it('ORCH-90: the action is taken when the ratio is exceeded, not when it is reached', () => {
    const failing = (count: number): string | undefined => {
      const w = world(10, { Parallelism: 10, MaxFailureRatio: 0.2 });
      w.swarm.setImage(w.id, 'good:2');
      until(w, () => withImage(w, 'good:2').filter((task) => task.Status.State === 'running').length === 10);
      for (const task of withImage(w, 'good:2').slice(0, count)) w.swarm.fail(task.ID);
      w.swarm.run(minute);
      return status(w);
    };
    expect(failing(2)).toBe('completed');
    expect(failing(3)).toBe('paused');
  });

  it('ORCH-90: with failure action continue failures are not watched at all', () => {
    const w = world(3, { Parallelism: 1, FailureAction: 'continue' });
    w.swarm.setImage(w.id, images.crashing);
    w.swarm.run(minute);
    expect(status(w)).toBe('completed');
    expect(withImage(w, images.crashing)).toHaveLength(3);
  });

  it('ORCH-91, ORCH-94: pause: no more slots are started, the message names the task, and any update resumes', () => {
    const w = world(4, { Parallelism: 1 });
    const created = creations(w);
    w.swarm.setImage(w.id, images.missing);
    w.swarm.run(4 * second);
    expect(status(w)).toBe('paused');
    const rejected = w.swarm.tasks(w.id).find((task) => task.Status.State === 'rejected')!;
    expect(message(w)).toBe(`update paused due to failure or early termination of task ${rejected.ID}`);
    expect(new Set(created.map(({ slot }) => slot))).toEqual(new Set([rejected.Slot]));
    w.swarm.run(minute);
    expect(withImage(w, images.good)).toHaveLength(3);
    // Any further update goes on (ORCH-94).
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(minute);
    expect(withImage(w, 'good:2')).toHaveLength(4);
    expect(status(w)).toBe('completed');
  });

  it('ORCH-91: pause within a rollback: rollback_paused with the same text', () => {
    const w = world(2, { Parallelism: 1, FailureAction: 'rollback' }, { RollbackConfig: { Parallelism: 1 } });
    w.swarm.setImage(w.id, images.crashing);
    w.swarm.run(3 * second);
    until(w, () => status(w) === 'rollback_started');
    until(w, () => withImage(w, images.good).some((task) => isNew(w, task)));
    w.swarm.fail(withImage(w, images.good).find((task) => isNew(w, task))!.ID);
    w.swarm.run(second);
    expect(status(w)).toBe('rollback_paused');
    expect(message(w)).toMatch(/^update paused due to failure or early termination of task [0-9a-z]{25}$/);
  });

  it('ORCH-91: rollback: the previous spec is back and its version too, and there is no previous one then', () => {
    const w = world(3, { Parallelism: 1, FailureAction: 'rollback' });
    const before = w.swarm.service(w.id);
    w.swarm.setImage(w.id, images.crashing);
    until(w, () => status(w) === 'rollback_started');
    const service = w.swarm.service(w.id);
    expect(message(w)).toMatch(/^update rolled back due to failure or early termination of task [0-9a-z]{25}$/);
    expect(service.Spec).toEqual(before.Spec);
    expect(service.SpecVersion).toEqual(before.SpecVersion);
    expect(service).not.toHaveProperty('PreviousSpec');
    expect(service).not.toHaveProperty('PreviousSpecVersion');
    w.swarm.run(minute);
    expect(w.swarm.running(w.id).map((task) => task.Spec.ContainerSpec!.Image)).toEqual(Array(3).fill(images.good));
    expect(w.swarm.service(w.id).UpdateStatus).toMatchObject({
      State: 'rollback_completed',
      Message: 'rollback completed',
    });
    expect(w.swarm.service(w.id).UpdateStatus!.CompletedAt).toBeDefined();
  });

  it('ORCH-91: the task that failed an update is replaced with the failing spec first, and then rolled back', () => {
    const w = world(2, { Parallelism: 1, FailureAction: 'rollback' });
    w.swarm.setImage(w.id, images.crashing);
    w.swarm.run(minute);
    const failed = w.swarm.tasks(w.id).find((task) => task.Status.State === 'failed')!;
    const slot = w.swarm.tasks(w.id).filter((task) => task.Slot === failed.Slot);
    expect(slot.map((task) => `${task.Spec.ContainerSpec!.Image} ${task.Status.State}`)).toEqual([
      'good shutdown',
      'crashing failed',
      'crashing shutdown',
      'good running',
    ]);
  });

  it('ORCH-91: rollback without a previous spec stores nothing, and the update just stops', () => {
    const w = world(3, { Parallelism: 1, FailureAction: 'rollback' });
    w.swarm.stopLoops();
    w.swarm.setImage(w.id, images.crashing);
    const { PreviousSpec, PreviousSpecVersion, ...service } = w.swarm.service(w.id);
    w.swarm.store.update((tx) => tx.update('service', service));
    w.swarm.startLoops();
    w.swarm.run(3 * minute);
    expect(status(w)).toBe('updating');
    expect(withImage(w, images.good)).toHaveLength(2);
  });

  it('ORCH-92: failure action rollback within a rollback pauses it, and completes it after all', () => {
    const w = world(
      2,
      { Parallelism: 2, FailureAction: 'rollback' },
      { RollbackConfig: { Parallelism: 1, FailureAction: 'rollback' } },
    );
    w.swarm.setImage(w.id, images.crashing);
    until(w, () => status(w) === 'rollback_started');
    until(w, () => withImage(w, images.good).length === 1);
    const [task] = withImage(w, images.good);
    w.swarm.fail(task!.ID);
    w.swarm.run(millisecond);
    expect(status(w)).toBe('rollback_paused');
    expect(message(w)).toBe(`rollback paused due to failure or early termination of task ${task!.ID}`);
    w.swarm.run(4 * second);
    expect(status(w)).toBe('rollback_paused');
    w.swarm.run(10 * second);
    expect(w.swarm.service(w.id).UpdateStatus).toMatchObject({ State: 'completed', Message: 'update completed' });
  });

  it('ORCH-93: it is complete when the monitor period after the last slot is over', () => {
    const duration = (config: UpdateConfig): Micros => {
      const w = world(1, config);
      w.swarm.setImage(w.id, 'good:2');
      until(w, () => withImage(w, 'good:2')[0]?.Status.State === 'running');
      const waited = until(w, () => status(w) === 'completed');
      expect(w.swarm.service(w.id).UpdateStatus).toMatchObject({ Message: 'update completed' });
      return Math.round(waited / second);
    };
    expect(duration({ Parallelism: 1 })).toBe(5);
    expect(duration({ Parallelism: 1, Monitor: seconds(8) })).toBe(8);
    expect(duration({ Parallelism: 1, Delay: seconds(2) })).toBe(7);
    // The delay, and as the delay is not shorter than the monitor period, the delay and a second more.
    expect(duration({ Parallelism: 1, Delay: seconds(6) })).toBe(13);
  });

  it('ORCH-95: a rollback that was asked for by hand is carried out', () => {
    const w = world(2);
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(minute);
    const service = w.swarm.service(w.id);
    w.swarm.store.update((tx) =>
      tx.update('service', {
        ...service,
        Spec: service.PreviousSpec!,
        SpecVersion: service.PreviousSpecVersion!,
        PreviousSpec: service.Spec,
        PreviousSpecVersion: service.SpecVersion,
        UpdateStatus: {
          State: 'rollback_started',
          StartedAt: w.swarm.sim.timestamp,
          Message: 'manually requested rollback',
        },
      }),
    );
    w.swarm.run(minute);
    expect(withImage(w, images.good)).toHaveLength(2);
    expect(status(w)).toBe('rollback_completed');
  });

  it('ORCH-96: scaling during an update starts it anew, and the other dirty slots follow', () => {
    const w = world(4, { Parallelism: 1, Delay: seconds(2) });
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(3 * second);
    w.swarm.scale(w.id, 6);
    w.swarm.run(millisecond);
    expect(status(w)).toBe('updating');
    w.swarm.run(minute);
    expect(withImage(w, 'good:2')).toHaveLength(6);
    expect(w.swarm.running(w.id)).toHaveLength(6);
    expect(status(w)).toBe('completed');
  });

  it('ORCH-27: deleting the service ends its update', () => {
    const w = world(4, { Parallelism: 1, Delay: seconds(2) });
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(3 * second);
    w.swarm.removeService(w.id);
    w.swarm.run(10 * second);
    expect(w.swarm.tasks(w.id)).toEqual([]);
    expect(w.swarm.sim.next).toBeUndefined();
  });

  it('ORCH-59: a new leader goes on with an update', () => {
    const w = world(4, { Parallelism: 1, Delay: seconds(2) });
    w.swarm.setImage(w.id, 'good:2');
    w.swarm.run(4 * second);
    w.swarm.changeLeader(5 * second);
    w.swarm.run(minute);
    expect(withImage(w, 'good:2')).toHaveLength(4);
    expect(status(w)).toBe('completed');
  });
});

/** Whether a task was created after the service was last changed by hand: by an update that went wrong, or its rollback. */
function isNew({ swarm }: World, task: StoredTask): boolean {
  const first = [...swarm.store.all('task')][0]!;
  return task.CreatedAt > first.CreatedAt;
}
