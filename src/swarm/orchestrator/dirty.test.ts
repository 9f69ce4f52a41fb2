import { describe, expect, it } from 'vitest';
import type { ServiceSpec, TaskSpec } from '../../api';
import type { StoredService, StoredTask } from '../objects';
import { DirtyCheck, isTaskDirty } from './dirty';
import { sameSpec } from './spec-equality';
import { FakeSwarm } from './testing/fake-swarm';

const template: TaskSpec = {
  ContainerSpec: { Image: 'web:1', Env: ['A=1'] },
  Placement: { Constraints: ['node.labels.zone==a'] },
};

function setUp(): { service: StoredService; task: StoredTask; swarm: FakeSwarm } {
  const swarm = new FakeSwarm();
  swarm.addNode('n1');
  swarm.setLabels('n1', { zone: 'a', disk: 'ssd' });
  const id = swarm.createService({ template, EndpointSpec: { Mode: 'vip', Ports: [{ TargetPort: 80 }] } });
  swarm.run(1_000_000);
  return { swarm, service: swarm.service(id), task: swarm.live(id)[0]! };
}

/** The service after a change, with a newer spec version. */
function changed(service: StoredService, change: Partial<ServiceSpec>): StoredService {
  return { ...service, SpecVersion: { Index: service.SpecVersion.Index + 5 }, Spec: { ...service.Spec, ...change } };
}

function withTemplate(service: StoredService, change: Partial<TaskSpec>): StoredService {
  return changed(service, { TaskTemplate: { ...template, ...change } });
}

describe('dirty tasks', () => {
  it('ORCH-80: a task of the same spec version is clean, whatever it says', () => {
    const { service, task, swarm } = setUp();
    const other = { ...withTemplate(service, { ForceUpdate: 1 }), SpecVersion: task.SpecVersion! };
    expect(isTaskDirty(other, task, swarm.node('n1'))).toBe(false);
  });

  it('ORCH-80: replicas, labels and update configs do not make tasks dirty', () => {
    const { service, task, swarm } = setUp();
    for (const change of [
      { Labels: { a: 'b' } },
      { Mode: { Replicated: { Replicas: 9 } } },
      { UpdateConfig: { Parallelism: 3 } },
      { RollbackConfig: { Parallelism: 3 } },
    ]) {
      expect(isTaskDirty(changed(service, change), task, swarm.node('n1'))).toBe(false);
    }
  });

  it('ORCH-80: what the container gets makes tasks dirty', () => {
    const { service, task, swarm } = setUp();
    for (const change of [
      { RestartPolicy: { Condition: 'none' as const } },
      { ContainerSpec: { Image: 'web:1', Env: ['A=2'] } },
      { ContainerSpec: { Image: 'web:2', Env: ['A=1'] } },
      { Resources: { Limits: { NanoCPUs: 1 } } },
      { Networks: [{ Target: 'net' }] },
      { ForceUpdate: 1 },
    ]) {
      expect(isTaskDirty(withTemplate(service, change), task, swarm.node('n1'))).toBe(true);
    }
    expect(isTaskDirty(changed(service, { EndpointSpec: { Mode: 'dnsrr' } }), task, swarm.node('n1'))).toBe(true);
  });

  it('ORCH-80: a change of placement alone is clean while the node still fits', () => {
    const { service, task, swarm } = setUp();
    const node = swarm.node('n1');
    const place = (...Constraints: string[]) => withTemplate(service, { Placement: { Constraints } });
    expect(isTaskDirty(place('node.labels.disk==ssd'), task, node)).toBe(false);
    expect(isTaskDirty(place('node.labels.disk==hdd'), task, node)).toBe(true);
    expect(isTaskDirty(place('cannot be parsed'), task, node)).toBe(false);
    expect(isTaskDirty(place('node.labels.disk==ssd'), task, undefined)).toBe(true);
    const more = withTemplate(service, { Placement: { Constraints: ['node.labels.disk==ssd'] }, ForceUpdate: 1 });
    expect(isTaskDirty(more, task, node)).toBe(true);
  });

  it('ORCH-81: a slot is dirty if it holds several tasks or one that is dirty', () => {
    const { service, task, swarm } = setUp();
    const check = new DirtyCheck(service);
    const nodeOf = () => swarm.node('n1');
    expect(check.isSlotDirty([task], nodeOf)).toBe(false);
    expect(check.isSlotDirty([task, task], nodeOf)).toBe(true);
    expect(check.isSlotDirty([], nodeOf)).toBe(false);
    expect(new DirtyCheck(withTemplate(service, { ForceUpdate: 1 })).isSlotDirty([task], nodeOf)).toBe(true);
  });

  it('ORCH-80: an unset member equals a zero one, a set flag or delay does not', () => {
    expect(sameSpec({ ForceUpdate: 0, Env: [], Labels: {} }, {})).toBe(true);
    expect(sameSpec({ Condition: '' }, { Condition: 'any' })).toBe(true);
    expect(sameSpec({ Mode: 'vip' }, {})).toBe(true);
    expect(sameSpec({ Init: false }, {})).toBe(false);
    expect(sameSpec({ Init: null }, {})).toBe(true);
    expect(sameSpec({ Delay: 0 }, {})).toBe(false);
    expect(sameSpec({ A: [1, 2] }, { A: [2, 1] })).toBe(false);
    expect(sameSpec({ A: { B: 'x' } }, { A: { B: 'x' } })).toBe(true);
    expect(sameSpec({ A: { B: 'x' } }, { A: {} })).toBe(false);
    expect(sameSpec({}, { A: 'x' })).toBe(false);
    expect(sameSpec([1], undefined)).toBe(false);
    expect(sameSpec({ A: 1 }, [1])).toBe(false);
  });
});
