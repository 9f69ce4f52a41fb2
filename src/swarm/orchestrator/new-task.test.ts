import { describe, expect, it } from 'vitest';
import { Random, second } from '../../sim';
import { createOrchestrators } from './index';
import { newTask } from './new-task';
import { FakeSwarm, images } from './testing/fake-swarm';

describe('new tasks', () => {
  it('ORCH-16: copies of spec, spec version, annotations and endpoint spec, NEW and to be RUNNING', () => {
    const swarm = new FakeSwarm();
    const id = swarm.createService({
      Name: 'web',
      Labels: { a: '1' },
      EndpointSpec: { Mode: 'dnsrr' },
      template: { ContainerSpec: { Image: images.good }, LogDriver: { Name: 'none' } },
    });
    const service = swarm.service(id);
    const task = newTask(swarm.context, service, 7);
    expect(task).toMatchObject({
      ServiceID: id,
      Slot: 7,
      ServiceAnnotations: { Name: 'web', Labels: { a: '1' } },
      Spec: service.Spec.TaskTemplate,
      SpecVersion: service.SpecVersion,
      Endpoint: { Spec: { Mode: 'dnsrr' } },
      Status: { State: 'new', Message: 'created', Timestamp: swarm.sim.timestamp },
      DesiredState: 'running',
      LogDriver: { Name: 'none' },
    });
    expect(task.ID).toMatch(/^[0-9a-z]{25}$/);
    expect(task).not.toHaveProperty('NodeID');
    expect(task).not.toHaveProperty('JobIteration');
  });

  it("ORCH-16: the cluster's log driver is used where the service names none, and does not make tasks dirty", () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(1);
    const cluster = swarm.store.cluster!;
    const TaskDefaults = { LogDriver: { Name: 'syslog' } };
    swarm.store.update((tx) => tx.update('cluster', { ...cluster, Spec: { ...cluster.Spec, TaskDefaults } }));
    const id = swarm.createService();
    swarm.run(second);
    const [task] = swarm.live(id);
    expect(task!.LogDriver).toEqual({ Name: 'syslog' });
    swarm.scale(id, 2);
    swarm.run(second);
    expect(swarm.live(id)[0]!.ID).toBe(task!.ID);
    expect(swarm.service(id).UpdateStatus).toBeUndefined();
  });

  it("ORCH-16: a later change of the service's labels leaves the copies of its tasks alone", () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(1);
    const id = swarm.createService({ Labels: { v: '1' } });
    swarm.run(second);
    swarm.updateService(id, (spec) => ({ ...spec, Labels: { v: '2' } }));
    swarm.run(10 * second);
    expect(swarm.live(id)[0]!.ServiceAnnotations.Labels).toEqual({ v: '1' });
  });

  it('ORCH-16: tasks of a node carry its ID and no slot, tasks of a job its iteration', () => {
    const swarm = new FakeSwarm();
    const id = swarm.createService({ Mode: { GlobalJob: {} } });
    const task = newTask(swarm.context, swarm.service(id), 0, 'n1');
    expect(task).toMatchObject({ NodeID: 'n1', JobIteration: { Index: 0 } });
    expect(task).not.toHaveProperty('Slot');
  });

  it('ORCH-1, ORCH-59: leaders that are given the same chance draw no ID twice', () => {
    const swarm = new FakeSwarm();
    swarm.addNodes(2);
    const drawn: string[] = [];
    swarm.store.observe(['task'], (changes) => {
      for (const { action, object } of changes) if (action === 'create') drawn.push(object.ID);
    });
    for (let leader = 0; leader < 4; leader++) {
      // As a swarm does that makes the context anew for each leader, the stream begins at its beginning.
      swarm.stopLoops();
      swarm.startLoops((context) => createOrchestrators({ ...context, random: new Random(1).stream('orchestrators') }));
      swarm.createService({ Name: `s${leader}`, Mode: { Replicated: { Replicas: 5 } } });
      swarm.run(5 * second);
    }
    expect(drawn).toHaveLength(20);
    expect(new Set(drawn).size).toBe(20);
  });
});
