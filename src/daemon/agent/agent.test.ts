import { describe, expect, it } from 'vitest';
import { millisecond, second } from '../../sim';
import type { StoredTask } from '../../swarm/objects';
import type { DaemonOptions } from '../daemon';
import { Registry } from '../images/registry';
import { FakeDispatcher, makeTask, nodeOnFront, nodeWith } from '../testing/fake-dispatcher';
import { actions, exec, testNode } from '../testing/node';

function joined(options: Partial<DaemonOptions> = {}) {
  const node = testNode(options);
  const managers = new FakeDispatcher();
  node.daemon.joinSwarm(managers, 'node1');
  return { ...node, managers, containerOf: (taskID: string) => node.daemon.agent.tasks.get(taskID)!.container! };
}

const desired = (task: StoredTask, DesiredState: StoredTask['DesiredState']): StoredTask => ({ ...task, DesiredState });

describe('the agent', () => {
  it('ORCH-110, ORCH-124: a task goes all the way in one to two seconds, with the messages of ORCH-14', () => {
    const { sim, managers, containerOf } = joined();
    managers.give([makeTask('t1')]);
    sim.runFor(2 * second);
    const told = managers.heard
      .filter(({ taskID }) => taskID === 't1')
      .map(({ status }) => [status.State, status.Message]);
    expect(told).toEqual([
      ['accepted', 'accepted'],
      ['preparing', 'preparing'],
      ['ready', 'prepared'],
      ['starting', 'starting'],
      ['running', 'started'],
    ]);
    const { ContainerStatus, PortStatus } = managers.last('t1')!;
    expect(ContainerStatus).toEqual({ ContainerID: containerOf('t1').id, PID: containerOf('t1').pid, ExitCode: 0 });
    expect(PortStatus).toEqual({});
  });

  it.each([
    [
      { Type: 'volume', Source: '/abs', Target: '/x' },
      'invalid volume mount source, must not be an absolute path: /abs',
    ],
    [{ Type: 'bind', Source: 'rel', Target: '/x' }, 'invalid bind mount source, must be an absolute path: rel'],
    [{ Type: 'tmpfs', Source: 'x', Target: '/x' }, 'invalid tmpfs source, source must be empty'],
    [{ Type: 'volume', Source: 'a', Target: 'rel' }, 'invalid mount target, must be an absolute path: rel'],
  ] as const)('ORCH-115: a task with the mount %j is rejected', (mount, text) => {
    const { sim, managers } = joined();
    managers.give([makeTask('t1', { Spec: { ContainerSpec: { Image: 'nginx', Mounts: [mount] } } })]);
    sim.runFor(2 * second);
    expect(managers.last('t1')).toMatchObject({ State: 'rejected', Err: text });
  });

  it('ORCH-110: desired READY parks at READY until it is released', () => {
    const { sim, managers } = joined();
    const parked = makeTask('t1', { DesiredState: 'ready' });
    managers.give([parked]);
    sim.runFor(20 * second);
    expect(managers.last('t1')?.State).toBe('ready');
    managers.give([desired(parked, 'running')]);
    sim.runFor(second);
    expect(managers.last('t1')?.State).toBe('running');
  });

  it('ORCH-121: labels, name, hostname and templates', () => {
    const { daemon, sim, managers, containerOf } = joined();
    const spec = {
      Hostname: '{{.Service.Name}}-{{.Task.Slot}}.{{.Node.Hostname}}',
      Env: [
        'L={{.Service.Labels.tier}}',
        'I={{.Task.ID}}',
        'P={{.Node.Platform.OS}}',
        'N={{.Task.Name}}',
        'X={{index .Service.Labels "tier"}}',
      ],
      Labels: { mine: '1', 'com.docker.swarm.task.id': 'lie' },
    };
    managers.give([makeTask('t1', {}, spec), makeTask('t2', { Slot: 2 })]);
    sim.runFor(2 * second);
    const container = containerOf('t1');
    expect(container.name).toBe('web.1.t1');
    expect(container.hostname).toBe('web-1.node-1');
    expect(containerOf('t2').hostname).toBe(containerOf('t2').id.slice(0, 12));
    expect(container.config.Labels).toEqual({
      mine: '1',
      'com.docker.swarm.node.id': 'node1',
      'com.docker.swarm.service.id': 'svc1',
      'com.docker.swarm.service.name': 'web',
      'com.docker.swarm.task': '',
      'com.docker.swarm.task.id': 't1',
      'com.docker.swarm.task.name': 'web.1.t1',
    });
    expect(exec(daemon, container, ['sh', '-c', 'echo $L $I $P $N $X']).out).toBe('gold t1 linux web.1.t1 gold\n');
  });

  it('ORCH-121: a template that cannot be filled rejects the task', () => {
    const { sim, managers } = joined();
    managers.give([makeTask('t1', {}, { Hostname: '{{.Nope}}' })]);
    sim.runFor(2 * second);
    expect(managers.last('t1')).toMatchObject({
      State: 'rejected',
      Message: 'preparing',
      Err: expect.stringContaining("can't evaluate field Nope"),
    });
  });

  it('ORCH-112, ORCH-113: exits and errors end in the right state', () => {
    const { sim, managers } = joined({ registry: new Registry({ mode: 'strict' }) });
    managers.give([
      makeTask('ok', {}, { Image: 'alpine', Command: ['true'] }),
      makeTask('bad', {}, { Image: 'alpine', Command: ['sh', '-c', 'exit 3'] }),
      makeTask('nosuch', {}, { Image: 'nosuch/image:1' }),
      makeTask('nocommand', {}, { Image: 'alpine', Command: ['nosuch'] }),
      makeTask('bind', {}, { Mounts: [{ Type: 'bind', Source: '/nosuch', Target: '/x' }] }),
    ]);
    sim.runFor(5 * second);
    expect(managers.states('ok').slice(-2)).toEqual(['running', 'complete']);
    expect(managers.last('ok')).toMatchObject({ Message: 'finished' });
    expect(managers.last('bad')).toMatchObject({
      State: 'failed',
      Err: 'task: non-zero exit (3)',
      ContainerStatus: { ExitCode: 3 },
    });
    expect(managers.last('nosuch')).toMatchObject({ State: 'rejected', Err: 'No such image: nosuch/image:1' });
    expect(managers.last('nocommand')).toMatchObject({
      State: 'failed',
      Err: expect.stringMatching(
        /^starting container failed: .*exec: "nosuch": executable file not found in \$PATH: unknown$/,
      ),
    });
    expect(managers.last('bind')).toMatchObject({
      State: 'rejected',
      Err: 'invalid mount config for type "bind": bind source path does not exist: /nosuch',
    });
  });

  it('ORCH-114: a pull that fails does not matter when the image is there', () => {
    const registry = new Registry();
    registry.down = 'no such host';
    const { sim, managers } = joined({ registry });
    managers.give([makeTask('here'), makeTask('absent', {}, { Image: 'mongo' })]);
    sim.runFor(3 * second);
    expect(managers.last('here')?.State).toBe('running');
    expect(managers.last('absent')).toMatchObject({ State: 'rejected', Err: 'No such image: mongo:latest' });
  });

  it('ORCH-114: an image that is not there is pulled first', () => {
    const { sim, managers, daemon } = joined();
    managers.give([makeTask('t1', {}, { Image: 'mongo' })]);
    sim.runFor(3 * second);
    expect(managers.last('t1')?.State).toBe('preparing');
    sim.runFor(40 * second);
    expect(managers.last('t1')?.State).toBe('running');
    expect(actions(daemon, 'image')).toEqual(['pull']);
  });

  it('ALLOC-44, ORCH-114: without the load balancer address it waits, and is rejected after 30 s', () => {
    const { sim, managers, networks } = joined();
    managers.give([makeTask('t1', {}, {}, true), makeTask('t2', { Slot: 2 }, {}, true)]);
    sim.runFor(10 * second);
    expect(managers.last('t1')?.State).toBe('preparing');
    managers.agent!.nodeChanged(nodeOnFront);
    sim.runFor(2 * second);
    expect(managers.last('t1')?.State).toBe('running');
    // Once for both of them.
    expect(networks.log.filter((line) => line.startsWith('join'))).toEqual(['join front 10.0.1.5/24']);
    const { sim: other, managers: patient } = joined();
    patient.give([makeTask('t1', {}, {}, true)]);
    other.runFor(31 * second);
    expect(patient.last('t1')).toMatchObject({
      State: 'rejected',
      Err: 'node is missing network attachments, ip addresses may be exhausted',
    });
  });

  it('ORCH-120, DISC-60, DISC-61: activated at running; deactivated two seconds before it is stopped', () => {
    const { sim, managers, networks, containerOf } = joined();
    managers.agent!.nodeChanged(nodeOnFront);
    const task = makeTask('t1', {}, {}, true);
    managers.give([task]);
    sim.runFor(2 * second);
    expect(networks.log.at(-1)).toBe('activate web.1.t1');
    expect(containerOf('t1').sandbox?.endpoints[0]).toMatchObject({ networkID: 'net1', address: '10.0.1.3/24' });
    managers.give([desired(task, 'shutdown')]);
    expect(networks.log.at(-1)).toBe('deactivate web.1.t1');
    sim.runFor(1_900 * millisecond);
    expect(containerOf('t1').status).toBe('running');
    sim.runFor(second);
    expect(containerOf('t1').status).toBe('exited');
    expect(networks.log.at(-1)).toBe('close web.1.t1');
    expect(managers.last('t1')).toMatchObject({ State: 'shutdown', Message: 'shutdown' });
  });

  it('ORCH-120: on the default bridge alone there is no pause', () => {
    const { sim, managers } = joined();
    const task = makeTask('t1');
    managers.give([task]);
    sim.runFor(2 * second);
    managers.give([desired(task, 'shutdown')]);
    sim.runFor(0.5 * second);
    expect(managers.last('t1')?.State).toBe('shutdown');
  });

  it('ORCH-111: a failed task stays failed when it is to be shut down', () => {
    const { sim, managers } = joined();
    const task = makeTask('t1', {}, { Image: 'alpine', Command: ['false'] });
    managers.give([task]);
    sim.runFor(2 * second);
    managers.give([desired(task, 'shutdown')]);
    sim.runFor(5 * second);
    expect(managers.last('t1')).toMatchObject({ State: 'failed', Err: 'task: non-zero exit (1)' });
  });

  it('ORCH-111: a task is shut down while its image is pulled', () => {
    const { sim, managers, daemon } = joined();
    const task = makeTask('t1', {}, { Image: 'mongo' });
    managers.give([task]);
    sim.runFor(second);
    managers.give([desired(task, 'shutdown')]);
    expect(managers.last('t1')?.State).toBe('shutdown');
    sim.runFor(60 * second);
    expect(managers.last('t1')?.State).toBe('shutdown');
    expect(daemon.containers.size).toBe(0);
  });

  it('ORCH-117: with a health check it stays STARTING until healthy, then it is activated', () => {
    const { sim, managers, networks, daemon, containerOf } = joined();
    managers.agent!.nodeChanged(nodeOnFront);
    const Healthcheck = { Test: ['CMD', 'test', '-f', '/tmp/ok'], Interval: 1e9, Retries: 30 };
    managers.give([makeTask('t1', {}, { Healthcheck }, true)]);
    sim.runFor(5 * second);
    expect(managers.last('t1')?.State).toBe('starting');
    expect(networks.log.some((line) => line.startsWith('activate'))).toBe(false);
    exec(daemon, containerOf('t1'), ['touch', '/tmp/ok']);
    sim.runFor(1.5 * second);
    expect(managers.last('t1')?.State).toBe('running');
    expect(networks.log.at(-1)).toBe('activate web.1.t1');
  });

  it('ORCH-117, ORCH-118: unhealthy leads to a stop, and the exit code decides', () => {
    const { sim, managers, daemon, containerOf } = joined();
    const sick = { Test: ['CMD-SHELL', 'exit 1'], Interval: 1e9, Retries: 1 };
    const fades = { Test: ['CMD-SHELL', 'test ! -f /tmp/bad'], Interval: 1e9, Retries: 1 };
    managers.give([
      makeTask('sick', {}, { Image: 'alpine', Command: ['sleep', '1000'], Healthcheck: sick, StopGracePeriod: 1e9 }),
      makeTask('mild', {}, { Healthcheck: sick }),
      makeTask('fades', {}, { Image: 'alpine', Command: ['sleep', '1000'], Healthcheck: fades, StopGracePeriod: 1e9 }),
    ]);
    sim.runFor(6 * second);
    expect(managers.last('sick')).toMatchObject({
      State: 'failed',
      Err: 'task: non-zero exit (137): dockerexec: unhealthy container',
    });
    expect(managers.states('sick')).not.toContain('running');
    expect(managers.states('mild').slice(-2)).toEqual(['running', 'complete']);
    expect(managers.last('fades')?.State).toBe('running');
    exec(daemon, containerOf('fades'), ['touch', '/tmp/bad']);
    sim.runFor(5 * second);
    expect(managers.last('fades')).toMatchObject({
      State: 'failed',
      Err: 'task: non-zero exit (137): dockerexec: unhealthy container',
    });
  });

  it('ORCH-122, ALLOC-46: removal takes the container and its volumes, and the last task takes the network', () => {
    const { sim, managers, networks, daemon } = joined();
    managers.agent!.nodeChanged(nodeOnFront);
    managers.give([makeTask('t1', {}, { Image: 'redis' }, true)]);
    sim.runFor(2 * second);
    expect(daemon.volumes.list()).toHaveLength(1);
    managers.give([], { remove: ['t1'] });
    sim.runFor(5 * second);
    expect([daemon.containers.size, daemon.volumes.list().length, daemon.agent.tasks.size]).toEqual([0, 0, 0]);
    expect(networks.log.at(-1)).toBe('leave front');
    expect(actions(daemon)).toEqual(['create', 'start', 'kill', 'die', 'stop', 'destroy']);
    expect(actions(daemon, 'network')).toEqual(['create', 'connect', 'disconnect', 'destroy']);
  });

  it('ORCH-123: a container that a person kills or removes fails its task', () => {
    const { sim, managers, daemon, containerOf } = joined();
    managers.give(
      [makeTask('t1'), makeTask('t2'), makeTask('t3')].map((task, index) => ({ ...task, Slot: index + 1 })),
    );
    sim.runFor(2 * second);
    daemon.containers.kill(containerOf('t1'), 'SIGKILL');
    daemon.containers.remove(containerOf('t2'), { force: true, volumes: false }, () => {});
    daemon.containers.stop(containerOf('t3'), undefined, () => {});
    sim.runFor(second);
    expect(managers.last('t1')).toMatchObject({ State: 'failed', Err: 'task: non-zero exit (137)' });
    expect(managers.last('t2')?.State).toBe('failed');
    expect(managers.last('t3')?.State).toBe('complete');
  });

  it('ORCH-106: tasks that are not in a complete set go; without a session statuses wait; CTRL-32: it registers again', () => {
    const { sim, managers, daemon } = joined();
    managers.give([makeTask('t1')]);
    sim.runFor(2 * second);
    managers.refuse = true;
    managers.agent!.sessionEnded('node down');
    const before = managers.heard.length;
    managers.agent!.assign({
      type: 'incremental',
      update: [makeTask('t2', { Slot: 2 })],
      remove: [],
      secrets: [],
      configs: [],
    });
    sim.runFor(30 * second);
    expect(managers.heard.length).toBe(before);
    expect(managers.registrations).toBeGreaterThan(5);
    managers.refuse = false;
    sim.runFor(9 * second);
    expect(managers.heard.slice(before).map(({ taskID, status }) => [taskID, status.State])).toEqual([
      ['t2', 'running'],
      ['t1', 'running'],
    ]);
    managers.agent!.assign({ type: 'complete', update: [], remove: [], secrets: [], configs: [] });
    sim.runFor(5 * second);
    expect([daemon.agent.tasks.size, daemon.containers.size]).toEqual([0, 0]);
  });

  it('a power cut fails the running tasks with 255 once the machine is back', () => {
    const { sim, managers, daemon } = joined();
    managers.give([makeTask('t1'), makeTask('parked', { DesiredState: 'ready', Slot: 2 })]);
    sim.runFor(2 * second);
    const before = managers.heard.length;
    daemon.powerOff();
    sim.runFor(60 * second);
    expect(managers.heard.length).toBe(before);
    daemon.powerOn();
    sim.runFor(5 * second);
    expect(managers.last('t1')).toMatchObject({ State: 'failed', Err: 'task: non-zero exit (255)' });
    expect(managers.last('parked')?.State).toBe('ready');
  });

  it('ORCH-7: secrets and configs are files inside that cannot be written', () => {
    const { sim, managers, daemon, containerOf } = joined();
    const meta = { Version: { Index: 1 }, CreatedAt: '', UpdatedAt: '' };
    const file = (Name: string) => ({ Name, UID: '0', GID: '0', Mode: 0o444 });
    const spec = {
      Secrets: [{ File: file('pw'), SecretID: 's', SecretName: 'pw' }],
      Configs: [{ File: file('/etc/app.conf'), ConfigID: 'c', ConfigName: 'app' }],
    };
    managers.give([makeTask('t1', {}, spec)], {
      secrets: [{ ...meta, ID: 's', Spec: { Name: 'pw', Data: btoa('geheim') } }],
      configs: [
        {
          ...meta,
          ID: 'c',
          Spec: { Name: 'app', Data: btoa('name={{.Service.Name}}'), Templating: { Name: 'golang' } },
        },
      ],
    });
    sim.runFor(2 * second);
    expect(exec(daemon, containerOf('t1'), ['sh', '-c', 'cat /run/secrets/pw /etc/app.conf']).out).toBe(
      'geheimname=web',
    );
    expect(exec(daemon, containerOf('t1'), ['sh', '-c', 'echo x > /run/secrets/pw']).code).not.toBe(0);
  });

  it('ALLOC-51: host-mode ports are told twice in the port status', () => {
    const { sim, managers } = joined();
    const Ports = [{ Protocol: 'tcp' as const, TargetPort: 80, PublishedPort: 0, PublishMode: 'host' as const }];
    managers.give([makeTask('t1', { Endpoint: { Ports } })]);
    sim.runFor(2 * second);
    const port = { Protocol: 'tcp', TargetPort: 80, PublishedPort: 32_768, PublishMode: 'host' };
    expect(managers.last('t1')?.PortStatus).toEqual({ Ports: [port, port] });
  });

  it('CTRL-24: leaving the swarm removes its containers and networks', () => {
    const { sim, managers, daemon, networks } = joined();
    managers.agent!.nodeChanged(nodeOnFront);
    managers.give([makeTask('t1', {}, {}, true)]);
    sim.runFor(2 * second);
    daemon.leaveSwarm();
    sim.runFor(second);
    expect(daemon.containers.size).toBe(0);
    expect(networks.find('net1')).toBeUndefined();
    managers.agent!.nodeChanged(nodeWith());
  });

  it('ALLOC-45: an attachment task runs without a container and gives its address to the one that waits', () => {
    const { sim, managers, daemon, networks } = joined();
    const taken: string[] = [];
    daemon.attacher = {
      attach: ({ target, containerID }) => {
        const task = makeTask(
          'att',
          { Spec: { NetworkAttachmentSpec: { ContainerID: containerID } }, Slot: 0 },
          {},
          true,
        );
        expect(target).toBe('front');
        sim.after(100 * millisecond, () => {
          managers.agent!.nodeChanged(nodeOnFront);
          managers.give([task]);
        });
        return { taskID: 'att', networkID: 'net1' };
      },
      detach: (taskID) => taken.push(taskID),
    };
    const container = daemon.containers.create({
      name: 'solo',
      config: { Image: 'nginx' },
      hostConfig: { NetworkMode: 'front' },
    });
    let outcome: unknown = 'waits';
    daemon.containers.start(container, (error) => {
      outcome = error;
    });
    sim.runFor(2 * second);
    expect(outcome).toBeUndefined();
    expect(container.sandbox?.endpoints[0]).toMatchObject({ networkID: 'net1', address: '10.0.1.3/24' });
    expect(networks.log.at(-1)).toBe('activate solo');
    daemon.containers.stop(container, undefined, () => {});
    sim.runFor(second);
    expect(taken).toEqual(['att']);
  });
});
