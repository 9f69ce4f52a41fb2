import { describe, expect, it } from 'vitest';
import type { GenericResource, ResourceObject, TaskSpec } from '../../../api';
import { millisecond, minute, second } from '../../../sim';
import { FakeSwarm, images } from '../testing/fake-swarm';
import { ConstraintEnforcer } from './constraint-enforcer';

function constrained(...Constraints: string[]): TaskSpec {
  return { ContainerSpec: { Image: images.good }, Placement: { Constraints } };
}

function reserving(Reservations: ResourceObject): TaskSpec {
  return { ContainerSpec: { Image: images.good }, Resources: { Reservations } };
}

function setResources(swarm: FakeSwarm, id: string, Resources: ResourceObject): void {
  swarm.changeNode(id, ({ Description }) => ({ Description: { ...Description, Resources } }));
}

const gpu = (Value: number): GenericResource => ({ DiscreteResourceSpec: { Kind: 'gpu', Value } });
const named = (Value: string): GenericResource => ({ NamedResourceSpec: { Kind: 'fpga', Value } });

/** Without the others, so that rejected tasks stay to be seen. */
function enforcerAlone(profile: '20.10' | '28' = '28'): FakeSwarm {
  return new FakeSwarm({ profile, loops: (context) => [new ConstraintEnforcer(context)] });
}

/** A task of its own on node n1, RUNNING and to be so. */
function place(swarm: FakeSwarm, id: string, Spec: TaskSpec, generic: readonly GenericResource[] = []): void {
  swarm.store.update((tx) =>
    tx.create('task', {
      ID: id,
      Spec,
      ServiceAnnotations: { Name: '', Labels: {} },
      NodeID: 'n1',
      Status: { State: 'running', Timestamp: swarm.sim.timestamp },
      DesiredState: 'running',
      ...(generic.length > 0 && { GenericResources: generic }),
    }),
  );
}

function rejected(swarm: FakeSwarm): string[] {
  return [...swarm.store.all('task')].filter((task) => task.Status.State === 'rejected').map((task) => task.ID);
}

describe('constraint enforcer', () => {
  it('ORCH-75, ORCH-77: a task whose node no longer meets the constraints is rejected and moves', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(2);
    for (const node of ['n1', 'n2']) swarm.setLabels(node, { zone: 'a' });
    const id = swarm.createService({ template: constrained('node.labels.zone==a') });
    swarm.run(2 * second);
    const [task] = swarm.live(id);
    swarm.setLabels(task!.NodeID!, { zone: 'b' });
    swarm.run(millisecond);
    expect(swarm.task(task!.ID).Status).toMatchObject({
      State: 'rejected',
      Message: 'task rejected by constraint enforcer',
      Err: 'assigned node no longer meets constraints',
    });
    // The restart delay applies.
    expect(swarm.live(id)[0]!.DesiredState).toBe('ready');
    swarm.run(6 * second);
    expect(swarm.running(id)).toHaveLength(1);
    expect(swarm.running(id)[0]!.NodeID).not.toBe(task!.NodeID);
  });

  it("ORCH-75: the present service's constraints count, not those that the task was made with", () => {
    const swarm = new FakeSwarm();
    swarm.addNode('n1');
    swarm.setLabels('n1', { zone: 'a' });
    const id = swarm.createService({});
    swarm.run(2 * second);
    const [task] = swarm.live(id);
    swarm.updateTemplate(id, (template) => ({ ...template, Placement: { Constraints: ['node.labels.zone==a'] } }));
    swarm.run(2 * second);
    expect(swarm.live(id).map((live) => live.ID)).toEqual([task!.ID]);
    swarm.setLabels('n1', {});
    swarm.run(millisecond);
    expect(swarm.task(task!.ID).Status.State).toBe('rejected');
  });

  it('ORCH-75: a task without a service is held to its own constraints', () => {
    const swarm = enforcerAlone();
    swarm.addNode('n1');
    swarm.setLabels('n1', { zone: 'a' });
    place(swarm, 'a', constrained('node.labels.zone==a'));
    place(swarm, 'b', constrained());
    swarm.setLabels('n1', {});
    swarm.run(millisecond);
    expect(rejected(swarm)).toEqual(['a']);
  });

  it('ORCH-75: nodes that are drained or paused are not looked at, nor tasks that are shut down', () => {
    const swarm = enforcerAlone();
    swarm.addNode('n1');
    place(swarm, 'a', constrained('node.labels.zone==a'));
    for (const availability of ['pause', 'drain'] as const) {
      swarm.setAvailability('n1', availability);
      swarm.run(millisecond);
      expect(rejected(swarm)).toEqual([]);
    }
    swarm.store.update((tx) => tx.update('task', { ...swarm.task('a'), DesiredState: 'shutdown' }));
    swarm.setAvailability('n1', 'active');
    swarm.run(millisecond);
    expect(rejected(swarm)).toEqual([]);
  });

  it('ORCH-75: all nodes are looked at when a leader starts, but not when a node is created', () => {
    const swarm = enforcerAlone();
    swarm.addNode('n1');
    place(swarm, 'a', constrained('node.labels.zone==a'));
    swarm.run(minute);
    expect(rejected(swarm)).toEqual([]);
    swarm.stopLoops();
    swarm.startLoops((context) => [new ConstraintEnforcer(context)]);
    expect(rejected(swarm)).toEqual(['a']);
  });

  it('ORCH-75: finished job tasks still eat the sum of reservations, unless the profile skips them', () => {
    const rejectedWhen = (skips: boolean): string[] => {
      const swarm = new FakeSwarm({
        loops: (context) => [
          new ConstraintEnforcer({ ...context, profile: { ...context.profile, enforcerSkipsFinished: skips } }),
        ],
      });
      swarm.addNode('n1');
      place(swarm, 'job', reserving({ MemoryBytes: 600 }));
      place(swarm, 'web', reserving({ MemoryBytes: 600 }));
      swarm.store.update((tx) => tx.update('task', { ...swarm.task('job'), DesiredState: 'complete' }));
      swarm.report('job', 'complete');
      setResources(swarm, 'n1', { MemoryBytes: 1000 });
      swarm.run(millisecond);
      return rejected(swarm);
    };
    expect(rejectedWhen(false)).toEqual(['web']);
    expect(rejectedWhen(true)).toEqual([]);
  });

  it('ORCH-76: reservations are taken off one after another; what does not fit any more is rejected', () => {
    const swarm = enforcerAlone();
    swarm.addNode('n1');
    place(swarm, 'a', reserving({ MemoryBytes: 4e9 }));
    place(swarm, 'b', reserving({ MemoryBytes: 4e9 }));
    place(swarm, 'c', reserving({ NanoCPUs: 3e9 }));
    place(swarm, 'd', reserving({ NanoCPUs: 1e9 }));
    setResources(swarm, 'n1', { MemoryBytes: 8e9, NanoCPUs: 4e9 });
    swarm.run(millisecond);
    expect(rejected(swarm)).toEqual([]);
    setResources(swarm, 'n1', { MemoryBytes: 7e9, NanoCPUs: 3e9 });
    swarm.run(millisecond);
    expect(rejected(swarm)).toEqual(['b', 'd']);
  });

  it('ORCH-76: a missing generic resource: rejected, and no task after that is looked at', () => {
    const swarm = enforcerAlone();
    swarm.addNode('n1');
    const resources = { MemoryBytes: 8e9, NanoCPUs: 4e9 };
    place(swarm, 'a', {}, [gpu(2)]);
    place(swarm, 'b', {}, [named('x')]);
    place(swarm, 'c', {}, [gpu(2)]);
    place(swarm, 'd', constrained('node.labels.zone==a'));
    setResources(swarm, 'n1', { ...resources, GenericResources: [gpu(3), named('x'), named('y')] });
    swarm.run(millisecond);
    expect(rejected(swarm)).toEqual(['c']);
    setResources(swarm, 'n1', { ...resources, GenericResources: [gpu(9), named('y')] });
    swarm.run(millisecond);
    expect(rejected(swarm)).toEqual(['b', 'c']);
  });

  it('ORCH-76: 20.10 takes a generic resource that is there for a missing one', () => {
    const swarm = enforcerAlone('20.10');
    swarm.addNode('n1');
    place(swarm, 'a', {}, [gpu(2)]);
    setResources(swarm, 'n1', {});
    swarm.run(millisecond);
    expect(rejected(swarm)).toEqual([]);
    setResources(swarm, 'n1', { GenericResources: [gpu(2)] });
    swarm.run(millisecond);
    expect(rejected(swarm)).toEqual(['a']);
  });
});
