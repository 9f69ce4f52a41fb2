import { describe, expect, it } from 'vitest';
import { profiles } from '../../api';
import { second } from '../../sim';
import { httpRequest } from '../programs';
import { actions, exec, run, testNode } from '../testing/node';
import type { Container } from './container';
import { statusText } from './views';

describe('containers', () => {
  it('API-72: a container tells its life in events, with image, name and labels', () => {
    const { daemon, sim } = testNode();
    const container = run(daemon, 'nginx', [], { Labels: { a: 'b' } }, {}, 'web');
    daemon.containers.stop(container, undefined, () => {});
    sim.runFor(second);
    daemon.containers.remove(container, { force: false, volumes: false }, () => {});
    expect(actions(daemon)).toEqual(['create', 'start', 'kill', 'die', 'stop', 'destroy']);
    const die = daemon.events.list().find((event) => event.Action === 'die')!;
    expect(die.Actor.Attributes).toEqual({ a: 'b', exitCode: '0', image: 'nginx', name: 'web' });
    expect(die).toMatchObject({ status: 'die', id: container.id, from: 'nginx', scope: 'local' });
    expect(actions(daemon, 'network')).toEqual(['connect', 'disconnect']);
  });

  it('ORCH-120: a first process that ignores TERM is killed after the grace period with 137', () => {
    const { daemon, sim } = testNode();
    const container = run(daemon, 'alpine', ['sleep', '1000']);
    let stopped = false;
    daemon.containers.stop(container, undefined, () => {
      stopped = true;
    });
    sim.runFor(9 * second);
    expect(container.status).toBe('running');
    sim.runFor(2 * second);
    expect([container.status, container.exitCode, stopped]).toEqual(['exited', 137, true]);
  });

  it('API-42: a signal that is none, and a working folder that is a file, are refused', () => {
    const make = (name: '20.10' | '28', config: object) => () => {
      testNode({ profile: profiles[name] }).daemon.containers.create({ config: { Image: 'alpine', ...config } });
    };
    expect(make('20.10', { StopSignal: 'BOGUS' })).toThrow('Invalid signal: BOGUS');
    expect(make('28', { StopSignal: 'BOGUS' })).toThrow('invalid signal: BOGUS');
    expect(make('28', { StopSignal: 'SIGQUIT' })).not.toThrow();
    expect(make('28', { WorkingDir: '/etc/passwd' })).toThrow('Cannot mkdir: /etc/passwd is not a directory');
    expect(make('28', { WorkingDir: '/new/folder' })).not.toThrow();
  });

  it('API-40: what cannot start and is to be removed when it ends is removed', () => {
    const { daemon, sim } = testNode();
    const container = daemon.containers.create({
      config: { Image: 'alpine', Cmd: ['nosuch'] },
      hostConfig: { AutoRemove: true },
    });
    let error: string | undefined;
    let removed = false;
    container.onceRemoved(() => {
      removed = true;
    });
    daemon.containers.start(container, (thrown) => {
      error = thrown?.message;
    });
    sim.runFor(second);
    expect(error).toContain('executable file not found');
    expect([removed, daemon.containers.list()]).toEqual([true, []]);
  });

  it("ORCH-120: a shell may start the image's server; in the shell's place it hears TERM, below it does not", () => {
    const { daemon, sim } = testNode();
    const server = "nginx -g 'daemon off;'";
    const inPlace = run(daemon, 'nginx', ['sh', '-c', `[ a != b ] || exit 1; exec ${server}`]);
    const below = run(daemon, 'nginx', ['sh', '-c', `${server}; echo over`]);
    const beside = run(daemon, 'nginx', ['sleep', '1000']);
    sim.runFor(second);
    expect([inPlace.status, below.status]).toEqual(['running', 'running']);
    const ask = (container: Container) => daemon.containers.http(container, 'localhost', 80, httpRequest('/')).kind;
    expect([ask(inPlace), ask(below), ask(beside)]).toEqual(['answer', 'answer', 'refused']);
    daemon.containers.stop(inPlace, undefined, () => {});
    daemon.containers.stop(below, undefined, () => {});
    sim.runFor(5 * second);
    expect([inPlace.status, inPlace.exitCode, below.status]).toEqual(['exited', 0, 'running']);
    sim.runFor(6 * second);
    expect(below.exitCode).toBe(137);
  });

  it('ORCH-120: an init hears TERM and passes it on: 143', () => {
    const { daemon, sim } = testNode();
    const container = run(daemon, 'alpine', ['sleep', '1000'], {}, { Init: true });
    daemon.containers.stop(container, undefined, () => {});
    sim.runFor(second);
    expect(container.exitCode).toBe(143);
  });

  it('ORCH-113: processes end by themselves with their own exit codes', () => {
    const { daemon, sim } = testNode();
    const cases: [string[], number][] = [
      [['true'], 0],
      [['false'], 1],
      [['sh', '-c', 'exit 3'], 3],
      [['sh', '-c', 'false || exit 4'], 4],
      [['sh', '-c', 'true && sleep 2; nosuch'], 127],
    ];
    const containers = cases.map(([cmd]) => run(daemon, 'alpine', cmd));
    sim.runFor(second);
    expect(containers.at(-1)?.status).toBe('running');
    sim.runFor(2 * second);
    expect(containers.map(({ exitCode, status }) => [status, exitCode])).toEqual(
      cases.map(([, code]) => ['exited', code]),
    );
  });

  it('a command that the image does not have does not start: 127 and the text of the runtime', () => {
    const { daemon } = testNode();
    const container = daemon.containers.create({ config: { Image: 'alpine', Cmd: ['drill'] } });
    expect(() => daemon.containers.startNow(container)).toThrow(
      'exec: "drill": executable file not found in $PATH: unknown',
    );
    expect([container.status, container.exitCode]).toEqual(['created', 127]);
    expect(daemon.networks.list()).toHaveLength(3);
  });

  it("API-41: errors have the engine's texts", () => {
    const { daemon } = testNode();
    run(daemon, 'nginx', [], {}, {}, 'web');
    expect(() => daemon.containers.get('nosuch')).toThrow('No such container: nosuch');
    expect(() => daemon.containers.create({ config: { Image: 'nosuch' } })).toThrow('No such image: nosuch:latest');
    expect(() => daemon.containers.create({ name: 'x', config: { Image: 'nginx' } })).toThrow(
      'Invalid container name (x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed',
    );
    expect(() => daemon.containers.create({ name: 'web', config: { Image: 'nginx' } })).toThrow(
      /^Conflict\. The container name "\/web" is already in use/,
    );
    expect(() =>
      daemon.containers.create({
        config: { Image: 'nginx' },
        hostConfig: { Mounts: [{ Type: 'bind', Source: '/nosuch', Target: '/x' }] },
      }),
    ).toThrow('invalid mount config for type "bind": bind source path does not exist: /nosuch');
  });

  it('a memory limit below the need ends a server as out of memory', () => {
    const { daemon, sim } = testNode();
    daemon.images.preload('mongo');
    const container = run(daemon, 'mongo', [], {}, { Memory: 7_000_000 });
    sim.runFor(second);
    expect([container.exitCode, container.oomKilled]).toEqual([137, true]);
    expect(actions(daemon)).toContain('oom');
  });

  it('restart policies: on-failure counts, always goes on, a stopped one stays', () => {
    const { daemon, sim } = testNode();
    const failing = run(
      daemon,
      'alpine',
      ['false'],
      {},
      { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } },
    );
    const done = run(daemon, 'alpine', ['true'], {}, { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } });
    const always = run(daemon, 'nginx', [], {}, { RestartPolicy: { Name: 'always' } });
    sim.runFor(10 * second);
    expect([failing.restartCount, failing.status, done.restartCount]).toEqual([2, 'exited', 0]);
    daemon.crash(always.id, 1);
    sim.runFor(second);
    expect([always.status, always.restartCount]).toEqual(['running', 1]);
    daemon.containers.stop(always, undefined, () => {});
    sim.runFor(20 * second);
    expect(always.status).toBe('exited');
  });

  it('API-40: status words', () => {
    const { daemon, sim } = testNode();
    const container = run(daemon, 'nginx');
    sim.runFor(5 * second);
    expect(statusText(container, sim.now)).toBe('Up 5 seconds');
    daemon.containers.pause(container);
    expect(statusText(container, sim.now)).toBe('Up 5 seconds (Paused)');
    daemon.containers.unpause(container);
    daemon.containers.kill(container, 'KILL');
    sim.runFor(180 * second);
    expect(statusText(container, sim.now)).toBe('Exited (137) 2 minutes ago');
  });

  it('a power cut ends everything with 255, and nothing of before happens afterwards', () => {
    const { daemon, sim } = testNode();
    const container = run(daemon, 'alpine', ['sleep', '5']);
    const policy = run(daemon, 'nginx', [], {}, { RestartPolicy: { Name: 'always' } });
    daemon.powerOff();
    sim.runFor(60 * second);
    expect(container.status).toBe('running');
    daemon.powerOn();
    expect([container.status, container.exitCode]).toEqual(['exited', 255]);
    sim.runFor(second);
    expect(policy.status).toBe('running');
  });

  it('ALLOC-51: host ports are taken once, and ephemeral ones start at 32768', () => {
    const { daemon } = testNode();
    const bound = (port: string) => ({ PortBindings: { '80/tcp': [{ HostPort: port }] } });
    const first = run(daemon, 'nginx', [], {}, bound('8080'));
    expect(() => run(daemon, 'nginx', [], {}, bound('8080'))).toThrow(
      'Bind for 0.0.0.0:8080 failed: port is already allocated',
    );
    const free = run(daemon, 'nginx', [], {}, bound(''));
    expect([first.ports?.[0]?.published, free.ports?.[0]?.published]).toEqual([8080, 32_768]);
    expect(daemon.published('tcp', 8080)?.container).toBe(first);
  });

  it('TALK-20: image volumes are anonymous, named ones stay when the container goes', () => {
    const { daemon } = testNode();
    const anonymous = run(daemon, 'redis');
    const named = run(daemon, 'redis', [], {}, { Binds: ['data:/data'] });
    expect(daemon.volumes.list()).toHaveLength(2);
    expect(exec(daemon, named, ['sh', '-c', 'echo hi > /data/x']).code).toBe(0);
    for (const one of [anonymous, named]) daemon.containers.remove(one, { force: true, volumes: true }, () => {});
    daemon.sim.runFor(second);
    expect(daemon.volumes.list().map(({ name }) => name)).toEqual(['data']);
    const again = run(
      daemon,
      'alpine',
      ['cat', '/d/x'],
      {},
      { Mounts: [{ Type: 'volume', Source: 'data', Target: '/d' }] },
    );
    expect(again.logs.read({ stdout: true, stderr: true }).map(({ text }) => text)).toEqual(['hi']);
  });

  it('is deterministic: the same seed gives the same life', () => {
    const life = () => {
      const { daemon, sim } = testNode();
      const container = daemon.containers.create({ config: { Image: 'nginx' } });
      daemon.containers.start(container, () => {});
      sim.runFor(2 * second);
      return JSON.stringify(daemon.events.list());
    };
    expect(life()).toBe(life());
  });
});
