import Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostTimers } from '../../engine/pacer';
import type { OpenSimulation } from '../simulation';
import { openSimulation } from '../simulation';
import { modemOn } from './transport-modem';

const host: HostTimers = {
  now: () => Math.floor(performance.now() * 1_000),
  schedule(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  drain: () => new Promise((resolve) => setImmediate(resolve)),
};

let simulation: OpenSimulation;
let docker: Docker;
beforeEach(async () => {
  simulation = await openSimulation({ host, speed: 100 });
  const modem = modemOn(simulation.transportFor('swarm-1'));
  docker = new Docker({ modem } as Docker.DockerOptions);
});
afterEach(() => simulation.close());

const spec = (name: string, replicas = 1) => ({
  Name: name,
  TaskTemplate: { ContainerSpec: { Image: 'nginx' } },
  Mode: { Replicated: { Replicas: replicas } },
});

async function until<T>(probe: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 10));
  }
}

const running = (name: string) =>
  until(async () => {
    const [task] = await docker.listTasks({ filters: { service: [name], node: ['swarm-1'] } });
    return task?.Status?.State === 'running' && (task.Status.ContainerStatus?.ContainerID as string);
  });

/** A service whose one task is on swarm-1, where the client is. */
async function containerHere(name: string): Promise<Docker.Container> {
  const whole = spec(name);
  const Placement = { Constraints: ['node.hostname==swarm-1'] };
  await docker.createService({ ...whole, TaskTemplate: { ...whole.TaskTemplate, Placement } });
  return docker.getContainer(await running(name));
}

describe('dockerode on the in-process door', () => {
  it('creates, lists, changes and removes services', async () => {
    const created = await docker.createService(spec('web', 2));
    const services = await docker.listServices({ filters: { name: ['web'] } });
    expect(services.map((service) => service.ID)).toEqual([created.id]);
    const service = docker.getService(created.id);
    const { Version, Spec } = await service.inspect();
    await service.update({ ...Spec, version: Version.Index, Mode: { Replicated: { Replicas: 3 } } });
    await until(async () => (await docker.listTasks({ filters: { service: ['web'] } })).length === 3);
    expect((await docker.listNodes()).map((node) => node.Description?.Hostname).sort()).toEqual([
      'swarm-1',
      'swarm-2',
      'swarm-3',
    ]);
    await service.remove();
    expect(await docker.listServices()).toEqual([]);
  });

  it('gets refusals with the status and the words of the engine', async () => {
    await expect(docker.getService('nosuch').inspect()).rejects.toMatchObject({
      statusCode: 404,
      json: { message: 'service nosuch not found' },
    });
    await docker.createService(spec('web'));
    await expect(docker.createService(spec('web'))).rejects.toThrow('name conflicts with an existing object');
  });

  it('follows events', async () => {
    const events = (await docker.getEvents({ filters: { type: ['service'] } })) as NodeJS.ReadableStream;
    const seen = new Promise<string>((resolve) => events.once('data', (chunk) => resolve(String(chunk))));
    const { id } = await docker.createService(spec('web'));
    expect(JSON.parse(await seen)).toMatchObject({ Type: 'service', Action: 'create', Actor: { ID: id } });
    (events as NodeJS.ReadableStream & { destroy(): void }).destroy();
  });

  it('API-60: runs a command in a container, with its output apart and its exit status', async () => {
    const container = await containerHere('web');
    const exec = await container.exec({ Cmd: ['hostname'], AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({ hijack: true, stdin: false });
    const out: string[] = [];
    docker.modem.demuxStream(
      stream,
      { write: (chunk: Buffer) => out.push(String(chunk)) } as unknown as NodeJS.WritableStream,
      { write: () => {} } as unknown as NodeJS.WritableStream,
    );
    await new Promise((done) => stream.on('end', done));
    const { Config } = await container.inspect();
    expect(out.join('').trim()).toBe(Config.Hostname);
    expect((await exec.inspect()).ExitCode).toBe(0);
  });

  it('API-60: types into a shell on a TTY', async () => {
    const container = await containerHere('web');
    const exec = await container.exec({ Cmd: ['sh'], Tty: true, AttachStdin: true, AttachStdout: true });
    const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
    let shown = '';
    stream.on('data', (chunk: Buffer) => {
      shown += String(chunk);
    });
    stream.write('echo said\n');
    await until(async () => /^said\r$/m.test(shown));
    stream.end();
  });
});
