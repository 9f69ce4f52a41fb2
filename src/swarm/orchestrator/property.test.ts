import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskState } from '../../api';
import { compareTaskStates } from '../../api';
import type { Micros } from '../../sim';
import { minute, second } from '../../sim';
import { isInvalidNode } from './node-validity';
import { FakeSwarm, images } from './testing/fake-swarm';

/** One thing that somebody does, or that happens. Numbers pick among what is there. */
type Step =
  | { readonly do: 'create'; readonly global: boolean; readonly replicas: number }
  | { readonly do: 'scale'; readonly which: number; readonly replicas: number }
  | { readonly do: 'image'; readonly which: number; readonly image: string }
  | { readonly do: 'order'; readonly which: number; readonly startFirst: boolean; readonly parallelism: number }
  | { readonly do: 'remove'; readonly which: number }
  | { readonly do: 'fail'; readonly which: number }
  | { readonly do: 'availability'; readonly node: number; readonly to: 'active' | 'pause' | 'drain' }
  | { readonly do: 'power'; readonly node: number; readonly on: boolean }
  | { readonly do: 'label'; readonly node: number; readonly zone: string }
  | { readonly do: 'history'; readonly limit: number }
  | { readonly do: 'leader'; readonly pause: Micros }
  | { readonly do: 'wait'; readonly time: Micros };

const nodes = ['n1', 'n2', 'n3', 'n4'];
const pick = fc.nat(50);
const time = fc.integer({ min: 0, max: 20_000_000 });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('create' as const), global: fc.boolean(), replicas: fc.nat(8) }),
  fc.record({ do: fc.constant('scale' as const), which: pick, replicas: fc.nat(10) }),
  fc.record({
    do: fc.constant('image' as const),
    which: pick,
    image: fc.constantFrom('good', 'good:2', images.crashing, images.missing, images.finishing),
  }),
  fc.record({ do: fc.constant('order' as const), which: pick, startFirst: fc.boolean(), parallelism: fc.nat(3) }),
  fc.record({ do: fc.constant('remove' as const), which: pick }),
  fc.record({ do: fc.constant('fail' as const), which: pick }),
  fc.record({
    do: fc.constant('availability' as const),
    node: fc.nat(nodes.length - 1),
    to: fc.constantFrom('active' as const, 'pause' as const, 'drain' as const),
  }),
  fc.record({ do: fc.constant('power' as const), node: fc.nat(nodes.length - 1), on: fc.boolean() }),
  fc.record({ do: fc.constant('label' as const), node: fc.nat(nodes.length - 1), zone: fc.constantFrom('a', 'b') }),
  fc.record({ do: fc.constant('history' as const), limit: fc.nat(4) }),
  fc.record({ do: fc.constant('leader' as const), pause: time }),
  fc.record({ do: fc.constant('wait' as const), time }),
  fc.record({ do: fc.constant('wait' as const), time }),
);

/** Two services, and then up to as many steps. */
function history(maxLength: number): fc.Arbitrary<Step[]> {
  const begin: Step[] = [
    { do: 'create', global: false, replicas: 5 },
    { do: 'create', global: true, replicas: 0 },
    { do: 'wait', time: 3 * second },
  ];
  return fc.array(step, { maxLength, size: 'max' }).map((steps) => [...begin, ...steps]);
}

function nth<T>(items: readonly T[], index: number): T | undefined {
  return items.length > 0 ? items[index % items.length] : undefined;
}

function apply(swarm: FakeSwarm, step: Step): void {
  const services = [...swarm.store.all('service')].map((service) => service.ID);
  const service = 'which' in step ? nth(services, step.which) : undefined;
  const node = 'node' in step ? nodes[step.node]! : '';
  switch (step.do) {
    case 'create':
      swarm.createService({
        Mode: step.global ? { Global: {} } : { Replicated: { Replicas: step.replicas } },
        template: {
          ContainerSpec: { Image: images.good },
          ...(step.replicas % 3 === 1 && { Placement: { Constraints: ['node.labels.zone!=b'] } }),
        },
      });
      break;
    case 'scale':
      if (service && swarm.service(service).Spec.Mode?.Replicated) swarm.scale(service, step.replicas);
      break;
    case 'image':
      if (service) swarm.setImage(service, step.image);
      break;
    case 'order': {
      const UpdateConfig = {
        Parallelism: step.parallelism,
        Order: step.startFirst ? ('start-first' as const) : ('stop-first' as const),
        FailureAction: step.parallelism > 1 ? ('rollback' as const) : ('pause' as const),
      };
      if (service) swarm.updateService(service, (spec) => ({ ...spec, UpdateConfig }));
      break;
    }
    case 'remove':
      if (service) swarm.removeService(service);
      break;
    case 'fail': {
      const running = [...swarm.store.all('task')].filter((task) => task.Status.State === 'running');
      const task = nth(running, step.which);
      if (task) swarm.fail(task.ID);
      break;
    }
    case 'availability':
      swarm.setAvailability(node, step.to);
      break;
    case 'power':
      if (step.on !== (swarm.node(node).Status.State === 'ready')) {
        if (step.on) swarm.powerOn(node);
        else swarm.powerOff(node);
      }
      break;
    case 'label':
      swarm.setLabels(node, { zone: step.zone });
      break;
    case 'history':
      swarm.setHistoryLimit(step.limit);
      break;
    case 'leader':
      swarm.changeLeader(step.pause);
      break;
    case 'wait':
      swarm.run(step.time);
      break;
  }
}

/** Plays a history and watches that no state ever goes back. */
function play(seed: number, steps: readonly Step[]): FakeSwarm {
  const swarm = new FakeSwarm({ seed });
  for (const name of nodes) swarm.addNode(name);
  swarm.store.observe(['task'], (changes) => {
    for (const change of changes) {
      if (change.kind !== 'task' || change.action !== 'update') continue;
      const { object, previous } = change;
      const forward = (from: TaskState, to: TaskState): boolean => compareTaskStates(from, to) <= 0;
      if (!forward(previous.Status.State, object.Status.State))
        throw new Error(`observed state of ${object.ID} went back`);
      if (!forward(previous.DesiredState, object.DesiredState))
        throw new Error(`desired state of ${object.ID} went back`);
    }
  });
  for (const each of steps) apply(swarm, each);
  return swarm;
}

/** Ends all trouble: every node is up and active, every image works, and there is time enough. */
function settle(swarm: FakeSwarm): void {
  for (const [index, name] of nodes.entries()) {
    apply(swarm, { do: 'power', node: index, on: true });
    swarm.setAvailability(name, 'active');
    swarm.setLabels(name, {});
  }
  for (const { ID } of [...swarm.store.all('service')]) {
    swarm.updateService(ID, (spec) => ({
      ...spec,
      UpdateConfig: { Parallelism: 1 },
      TaskTemplate: { ContainerSpec: { Image: 'good:9' } },
    }));
  }
  swarm.run(20 * minute);
}

const runs = { numRuns: 60 };

describe('orchestrators over random histories', () => {
  it('ORCH-12, ORCH-13, ORCH-22, ORCH-30: states only go forward, and services converge when they can', () => {
    fc.assert(
      fc.property(fc.integer(), history(40), (seed, steps) => {
        const swarm = play(seed, steps);
        settle(swarm);
        for (const service of swarm.store.all('service')) {
          const running = swarm.running(service.ID);
          const wanted = service.Spec.Mode?.Global ? nodes.length : (service.Spec.Mode?.Replicated?.Replicas ?? 1);
          expect(running).toHaveLength(wanted);
          expect(swarm.live(service.ID)).toHaveLength(wanted);
          expect(running.every((task) => task.Spec.ContainerSpec?.Image === 'good:9')).toBe(true);
          // One task for each slot or node.
          expect(new Set(running.map((task) => task.Slot ?? task.NodeID)).size).toBe(wanted);
          expect(service.UpdateStatus?.State ?? 'completed').toBe('completed');
        }
        expect(swarm.sim.next).toBeUndefined();
      }),
      runs,
    );
  });

  it('ORCH-27, ORCH-73: when all services are deleted, no task is left', () => {
    fc.assert(
      fc.property(fc.integer(), history(30), (seed, steps) => {
        const swarm = play(seed, steps);
        for (const { ID } of [...swarm.store.all('service')]) swarm.removeService(ID);
        for (const index of nodes.keys()) apply(swarm, { do: 'power', node: index, on: true });
        swarm.run(minute);
        expect(swarm.store.count('task')).toBe(0);
      }),
      runs,
    );
  });

  it('ORCH-70, ORCH-71: a slot that was renewed holds no more than its history, plus what is not over', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 4 }), history(30), (seed, limit, steps) => {
        const swarm = play(seed, steps);
        settle(swarm);
        swarm.setHistoryLimit(limit);
        for (const { ID } of [...swarm.store.all('service')]) {
          swarm.updateTemplate(ID, (template) => ({ ...template, ForceUpdate: 1 }));
        }
        swarm.run(20 * minute);
        for (const task of swarm.store.all('task')) {
          if (!task.ServiceID || task.Spec.ForceUpdate !== 1) continue;
          const slot = swarm.store.tasksInSlot(task.ServiceID, task.Slot, task.NodeID);
          // The task before the last is still stopping when the reaper looks: one more may stay until the next time.
          expect(slot.size).toBeLessThanOrEqual(limit + 1);
        }
      }),
      runs,
    );
  });

  it('ORCH-28, ORCH-33: no task is meant to run on a node that is down or drained', () => {
    fc.assert(
      fc.property(fc.integer(), history(40), (seed, steps) => {
        const swarm = play(seed, steps);
        swarm.run(1);
        for (const task of swarm.store.all('task')) {
          if (!task.NodeID || compareTaskStates(task.DesiredState, 'running') > 0) continue;
          const parked = task.DesiredState === 'ready';
          expect(parked || !isInvalidNode(swarm.store.get('node', task.NodeID))).toBe(true);
        }
      }),
      runs,
    );
  });

  it('the same seed and history give the same bytes', () => {
    fc.assert(
      fc.property(fc.integer(), history(30), (seed, steps) => {
        const [one, other] = [play(seed, steps), play(seed, steps)];
        for (const swarm of [one, other]) swarm.run(30 * second);
        expect(one.log).toEqual(other.log);
        expect(JSON.stringify([...one.store.all('task')])).toBe(JSON.stringify([...other.store.all('task')]));
        expect(one.store.index).toBe(other.store.index);
      }),
      { numRuns: 30 },
    );
  });
});
