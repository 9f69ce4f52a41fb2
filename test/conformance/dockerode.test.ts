import { PassThrough } from 'node:stream';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Served } from './serve';

/** dockerode, as a program that shows or drives a swarm uses it. A real engine answered the same calls alike. */
for (const profile of ['20.10', '28']) {
  describe(`dockerode with an engine of ${profile}`, () => {
    let served: Served;
    let docker: Docker;

    beforeAll(async () => {
      served = await Served.start('--profile', profile, '--registry', 'offline', '--speed', '4');
      docker = new Docker({ socketPath: served.sockets[0] });
    }, 60_000);
    afterAll(() => served.stop());

    const text = (stream: NodeJS.ReadableStream): Promise<{ out: string; err: string }> => {
      const result = { out: '', err: '' };
      const out = new PassThrough();
      const err = new PassThrough();
      out.on('data', (chunk) => (result.out += chunk));
      err.on('data', (chunk) => (result.err += chunk));
      docker.modem.demuxStream(stream, out, err);
      return new Promise((resolve) => stream.on('end', () => resolve(result)));
    };

    it('reads what a visualizer polls', async () => {
      const service = await docker.createService({
        Name: 'seen',
        TaskTemplate: { ContainerSpec: { Image: 'alpine', Command: ['sleep', '1000'] } },
        Mode: { Replicated: { Replicas: 2 } },
      });
      const tasks = async () => docker.listTasks({ filters: { 'desired-state': ['running'], service: ['seen'] } });
      while ((await tasks()).filter((task) => task.Status.State === 'running').length < 2) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const nodes = await docker.listNodes();
      expect(nodes.map((node) => node.Description.Hostname).sort()).toEqual(['swarm-1', 'swarm-2', 'swarm-3']);
      expect(nodes[0].Description.Resources.MemoryBytes).toBeGreaterThan(0);
      for (const task of await tasks()) {
        expect(nodes.map(({ ID }) => ID)).toContain(task.NodeID);
        expect(task.ServiceID).toBe(service.id);
      }
      expect((await docker.listServices()).map(({ Spec }) => Spec?.Name)).toEqual(['seen']);
      expect((await docker.listNetworks()).map(({ Name }) => Name)).toContain('ingress');
      await docker.getService('seen').remove();
    }, 60_000);

    it('runs a container to its end, with both streams', async () => {
      const container = await docker.createContainer({
        Image: 'alpine',
        Cmd: ['sh', '-c', 'echo out; echo err >&2; exit 5'],
      });
      const stream = await container.attach({ stream: true, stdout: true, stderr: true });
      const written = text(stream);
      await container.start();
      expect(await container.wait()).toMatchObject({ StatusCode: 5 });
      expect(await written).toEqual({ out: 'out\n', err: 'err\n' });
      await container.remove();
    });

    it('types into an exec, with a terminal and without', async () => {
      const container = await docker.createContainer({ Image: 'alpine', Cmd: ['sleep', '1000'] });
      await container.start();
      const plain = await container.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true, AttachStderr: true });
      const stream = await plain.start({ hijack: true, stdin: true });
      const answer = text(stream);
      stream.end('typed\n');
      expect((await answer).out).toBe('typed\n');
      expect((await plain.inspect()).ExitCode).toBe(0);
      const terminal = await container.exec({ Cmd: ['echo', 'shown'], AttachStdout: true, Tty: true });
      const shown = await terminal.start({ Tty: true });
      let raw = '';
      shown.on('data', (chunk) => (raw += chunk));
      await new Promise((resolve) => shown.on('end', resolve));
      expect(raw).toBe('shown\r\n');
      expect((await container.stats({ stream: false })).memory_stats.usage).toBeGreaterThan(0);
      await container.remove({ force: true });
    });

    it('hears events until it goes', async () => {
      const events = await docker.getEvents({ filters: { type: ['volume'] } });
      const heard = new Promise<string>((resolve) => events.once('data', (data) => resolve(String(data))));
      await docker.createVolume({ Name: 'heard' });
      expect(JSON.parse(await heard)).toMatchObject({ Type: 'volume', Action: 'create', Actor: { ID: 'heard' } });
      (events as unknown as { destroy(): void }).destroy();
      await docker.getVolume('heard').remove();
    });

    it('follows a log', async () => {
      const container = await docker.createContainer({ Image: 'alpine', Cmd: ['sh', '-c', 'echo 1; sleep 1; echo 2'] });
      await container.start();
      const log = await container.logs({ follow: true, stdout: true, stderr: true });
      expect((await text(log)).out).toBe('1\n2\n');
      await container.remove();
    });

    it('keeps secrets, configs and networks', async () => {
      const secret = await docker.createSecret({ Name: 'kept', Data: 'aGlkZGVu' });
      expect((await docker.getSecret(secret.id).inspect()).Spec).toMatchObject({ Name: 'kept' });
      await docker.getSecret(secret.id).remove();
      const network = await docker.createNetwork({ Name: 'kept', Driver: 'overlay' });
      expect(await docker.getNetwork(network.id).inspect()).toMatchObject({ Name: 'kept', Scope: 'swarm' });
      await network.remove();
      await expect(docker.getService('nosuch').inspect()).rejects.toMatchObject({ statusCode: 404 });
    });
  });
}
