import { describe, expect, it } from 'vitest';
import { testNode } from '../../daemon/testing/node';
import { second } from '../../sim';
import type { EngineRequest, EngineResponse, StreamSink } from '../http';
import { refusal } from '../router/errors';
import { Router } from '../router/router';
import { containerRoutes } from './containers';
import { execRoutes } from './exec';
import { imageRoutes } from './images';
import { volumeRoutes } from './volumes';

const decoder = new TextDecoder();

/** A client that calls routes of one node and lets its time pass until they answer. */
function client(options: Parameters<typeof testNode>[0] = {}, version: [number, number] = [1, 50]) {
  const { daemon, sim, networks } = testNode(options);
  const router = new Router([...containerRoutes, ...execRoutes, ...imageRoutes, ...volumeRoutes]);

  async function settle<T>(value: T | Promise<T>): Promise<T> {
    let result: { value: T } | { error: unknown } | undefined;
    void Promise.resolve(value).then(
      (one) => {
        result = { value: one };
      },
      (error) => {
        result = { error };
      },
    );
    for (let turn = 0; turn < 10_000 && !result; turn++) {
      for (let tick = 0; tick < 5; tick++) await Promise.resolve();
      if (!result) sim.step();
    }
    if (!result) throw new Error('no answer');
    if ('error' in result) throw result.error;
    return result.value;
  }

  async function call(method: string, path: string, body?: unknown, more: Partial<EngineRequest> = {}) {
    const [bare = '', query = ''] = path.split('?');
    const match = router.match(method, bare);
    if (!match) return { status: 404, json: undefined as never, text: 'page not found', chunks: [] };
    let response: EngineResponse;
    try {
      response = await settle(
        match.route.handle({
          engine: { daemon, era: '1.12' },
          request: { method, path, ...more },
          params: match.params,
          query: new URLSearchParams(query),
          apiVersion: version,
          json: <T>() => (body ?? {}) as T,
        }),
      );
    } catch (error) {
      const { status, message } = refusal(error);
      return { status, json: { message } as never, text: '', chunks: [] };
    }
    const chunks: (string | Uint8Array)[] = [];
    let ended = false;
    const closers: (() => void)[] = [];
    const sink: StreamSink = {
      write: (chunk) => chunks.push(chunk),
      end: () => {
        ended = true;
        for (const closer of closers.splice(0)) closer();
      },
      onClose: (closer) => closers.push(closer),
    };
    response.stream?.(sink);
    const text = () => chunks.map((chunk) => (typeof chunk === 'string' ? chunk : decoder.decode(chunk))).join('');
    return {
      status: response.status,
      // biome-ignore lint/suspicious/noExplicitAny: the tests look at many shapes
      json: response.json as any,
      headers: response.headers,
      chunks,
      get text() {
        return text();
      },
      get ended() {
        return ended;
      },
      close: () => {
        for (const closer of closers.splice(0)) closer();
      },
    };
  }
  return { daemon, sim, networks, call };
}

async function started(call: ReturnType<typeof client>['call'], name: string, body: object): Promise<string> {
  const made = await call('POST', `/containers/create?name=${name}`, body);
  expect(made.status).toBe(201);
  const start = await call('POST', `/containers/${name}/start`);
  expect(start.status).toBe(204);
  return made.json.Id;
}

describe('container routes', () => {
  it('API-40: lists newest first, only running ones without all, with their words', async () => {
    const { call, sim } = client();
    await started(call, 'one', { Image: 'nginx', Labels: { a: '1' } });
    await started(call, 'two', { Image: 'alpine', Cmd: ['false'] });
    await started(call, 'three', { Image: 'nginx' });
    sim.runFor(5 * second);
    const names = async (query: string) =>
      (await call('GET', `/containers/json${query}`)).json.map((row: { Names: string[] }) => row.Names[0]);
    expect(await names('')).toEqual(['/three', '/one']);
    expect(await names('?all=1')).toEqual(['/three', '/two', '/one']);
    expect(await names('?limit=2')).toEqual(['/three', '/two']);
    expect(await names(`?filters=${encodeURIComponent('{"label":["a=1"]}')}`)).toEqual(['/one']);
    expect(await names(`?filters=${encodeURIComponent('{"exited":["1"]}')}`)).toEqual(['/two']);
    expect(
      await names(`?all=1&filters=${encodeURIComponent('{"ancestor":{"nginx":true},"since":{"one":true}}')}`),
    ).toEqual(['/three']);
    const row = (await call('GET', '/containers/json')).json[0];
    expect(row).toMatchObject({
      Image: 'nginx',
      Command: "/docker-entrypoint.sh nginx -g 'daemon off;'",
      State: 'running',
      Status: 'Up 5 seconds',
      Ports: [{ PrivatePort: 80, Type: 'tcp' }],
      HostConfig: { NetworkMode: 'default' },
      NetworkSettings: { Networks: { bridge: { NetworkID: 'id-of-bridge' } } },
    });
  });

  it('API-11: filters that are not known or not valid are refused', async () => {
    const { call } = client();
    const bad = (filters: string) => call('GET', `/containers/json?filters=${encodeURIComponent(filters)}`);
    expect(await bad('{"bogus":["1"]}')).toMatchObject({ status: 400, json: { message: "invalid filter 'bogus'" } });
    expect((await bad('nonsense')).status).toBe(400);
    expect(await bad('{"status":["bogus"]}')).toMatchObject({
      status: 400,
      json: { message: "invalid filter 'status=bogus'" },
    });
  });

  it('API-41: inspect, by name and by ID prefix', async () => {
    const { call } = client();
    const id = await started(call, 'web', {
      Image: 'nginx',
      Env: ['A=1'],
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
    });
    const { json } = await call('GET', `/containers/${id.slice(0, 8)}/json`);
    expect(json).toMatchObject({
      Id: id,
      Path: '/docker-entrypoint.sh',
      Args: ['nginx', '-g', 'daemon off;'],
      Name: '/web',
      State: { Status: 'running', Running: true, ExitCode: 0, FinishedAt: '0001-01-01T00:00:00Z' },
      Config: { Hostname: id.slice(0, 12), Image: 'nginx', Labels: {} },
      NetworkSettings: {
        Ports: {
          '80/tcp': [
            { HostIp: '0.0.0.0', HostPort: '8080' },
            { HostIp: '::', HostPort: '8080' },
          ],
        },
      },
    });
    expect(json.Config.Env[0]).toBe('A=1');
    expect(await call('GET', '/containers/nosuch/json')).toMatchObject({
      status: 404,
      json: { message: 'No such container: nosuch' },
    });
  });

  it('API-42: start, stop, restart, kill, pause, rename and remove with their codes', async () => {
    const { call, daemon } = client();
    await started(call, 'web', { Image: 'nginx' });
    expect((await call('POST', '/containers/web/start')).status).toBe(304);
    expect((await call('POST', '/containers/web/restart')).status).toBe(204);
    expect((await call('POST', '/containers/web/pause')).status).toBe(204);
    expect((await call('POST', '/containers/web/pause')).status).toBe(409);
    expect((await call('POST', '/containers/web/unpause')).status).toBe(204);
    expect((await call('POST', '/containers/web/rename?name=www')).status).toBe(204);
    expect(await call('DELETE', '/containers/www')).toMatchObject({
      status: 409,
      json: {
        message:
          'cannot remove container "/www": container is running: stop the container before removing or force remove',
      },
    });
    expect((await call('POST', '/containers/www/stop?t=1')).status).toBe(204);
    expect((await call('POST', '/containers/www/stop')).status).toBe(304);
    expect((await call('POST', '/containers/www/kill')).status).toBe(409);
    expect((await call('DELETE', '/containers/www')).status).toBe(204);
    expect(daemon.containers.size).toBe(0);
  });

  it('refused starts say why and leave the container as it was', async () => {
    const { call } = client();
    await call('POST', '/containers/create?name=lost', { Image: 'alpine', HostConfig: { NetworkMode: 'nosuch' } });
    expect(await call('POST', '/containers/lost/start')).toMatchObject({
      status: 404,
      json: { message: 'network nosuch not found' },
    });
    expect((await call('GET', '/containers/lost/json')).json.State.Status).toBe('created');
    expect(await call('POST', '/containers/create', { Image: 'nosuch' })).toMatchObject({
      status: 404,
      json: { message: 'No such image: nosuch:latest' },
    });
    expect(
      await call('POST', '/containers/create', {
        Image: 'alpine',
        NetworkingConfig: { EndpointsConfig: { bridge: { IPAMConfig: { IPv4Address: '172.17.0.9' } } } },
      }),
    ).toMatchObject({
      status: 400,
      json: { message: 'user specified IP address is supported on user defined networks only' },
    });
  });

  it('wait answers when the container exits', async () => {
    const { call, sim } = client();
    await call('POST', '/containers/create?name=once', {
      Image: 'alpine',
      Cmd: ['sh', '-c', 'exit 5'],
      HostConfig: { AutoRemove: true },
    });
    const exit = await call('POST', '/containers/once/wait?condition=next-exit');
    const gone = await call('POST', '/containers/once/wait?condition=removed');
    await call('POST', '/containers/once/start');
    sim.runFor(second);
    expect(exit.text).toBe('{"StatusCode":5}\n');
    expect(gone.text).toBe('{"StatusCode":5}\n');
    expect((await call('GET', '/containers/once/json')).status).toBe(404);
  });

  it('API-32, API-61: logs are frames of both streams, with tail, since, until and times', async () => {
    const { call, sim } = client();
    await started(call, 'talk', {
      Image: 'alpine',
      Cmd: ['sh', '-c', 'echo one; sleep 10; echo two >&2; echo three; sleep 100'],
    });
    sim.runFor(15 * second);
    const all = await call('GET', '/containers/talk/logs?stdout=1&stderr=1');
    expect(all.headers).toEqual({ 'content-type': 'application/vnd.docker.multiplexed-stream' });
    expect([...(all.chunks[1] as Uint8Array)].slice(0, 8)).toEqual([2, 0, 0, 0, 0, 0, 0, 4]);
    expect(all.chunks.map((chunk) => decoder.decode((chunk as Uint8Array).slice(8)))).toEqual([
      'one\n',
      'two\n',
      'three\n',
    ]);
    expect((await call('GET', '/containers/talk/logs?stdout=1&tail=1')).chunks).toHaveLength(1);
    expect((await call('GET', `/containers/talk/logs?stdout=1&since=${sim.now / second - 10}`)).text).toContain(
      'three',
    );
    expect((await call('GET', `/containers/talk/logs?stdout=1&until=${sim.now / second - 10}`)).text).not.toContain(
      'three',
    );
    expect((await call('GET', '/containers/talk/logs?stdout=1&timestamps=1')).text).toMatch(
      /2026-01-01T00:00:00\.\d{9}Z one/,
    );
    expect(await call('GET', '/containers/talk/logs')).toMatchObject({
      status: 400,
      json: { message: 'Bad parameters: you must choose at least one stream' },
    });
  });

  it('logs that are followed go on until the container stops', async () => {
    const { call, sim } = client();
    await started(call, 'talk', { Image: 'alpine', Cmd: ['sh', '-c', 'echo one; sleep 10; echo two'] });
    const logs = await call('GET', '/containers/talk/logs?stdout=1&follow=1');
    sim.runFor(second);
    expect(logs.chunks).toHaveLength(1);
    expect(logs.ended).toBe(false);
    sim.runFor(20 * second);
    expect(logs.chunks).toHaveLength(2);
    expect(logs.ended).toBe(true);
  });
});

describe('exec routes', () => {
  it('API-60, API-72: create, start with frames, inspect; events with the command', async () => {
    const { call, sim, daemon } = client();
    const id = await started(call, 'box', { Image: 'alpine', Cmd: ['sleep', '1000'] });
    const made = await call('POST', '/containers/box/exec', {
      Cmd: ['sh', '-c', 'echo out; echo err >&2; exit 7'],
      AttachStdout: true,
    });
    expect([made.status, made.json.Id.length]).toEqual([201, 64]);
    const run = await call('POST', `/exec/${made.json.Id}/start`, { Detach: false }, { headers: { upgrade: 'tcp' } });
    expect([run.status, run.headers]).toEqual([
      101,
      { 'content-type': 'application/vnd.docker.multiplexed-stream', connection: 'Upgrade', upgrade: 'tcp' },
    ]);
    sim.runFor(second);
    expect(run.ended).toBe(true);
    expect(
      run.chunks.map((chunk) => [(chunk as Uint8Array)[0], decoder.decode((chunk as Uint8Array).slice(8))]),
    ).toEqual([
      [1, 'out\n'],
      [2, 'err\n'],
    ]);
    expect((await call('GET', `/exec/${made.json.Id}/json`)).json).toMatchObject({
      Running: false,
      ExitCode: 7,
      ContainerID: id,
    });
    const events = daemon.events.list().filter((event) => event.Action.startsWith('exec_'));
    expect(events.map((event) => event.Action)).toEqual([
      'exec_create: sh -c echo out; echo err >&2; exit 7',
      'exec_start: sh -c echo out; echo err >&2; exit 7',
      'exec_die',
    ]);
    expect(events[2]!.Actor.Attributes).toMatchObject({ execID: made.json.Id, exitCode: '7' });
  });

  it('API-60: refusals', async () => {
    const { call } = client();
    const id = await started(call, 'box', { Image: 'alpine', Cmd: ['sleep', '1000'] });
    expect(await call('POST', '/containers/box/exec', { Cmd: [] })).toMatchObject({
      status: 400,
      json: { message: 'No exec command specified' },
    });
    expect(await call('POST', '/exec/nosuch/start', {})).toMatchObject({
      status: 404,
      json: { message: 'No such exec instance: nosuch' },
    });
    await call('POST', '/containers/box/kill');
    await call('POST', '/containers/box/wait');
    expect((await call('GET', '/containers/box/json')).json.Id).toBe(id);
  });

  it('API-62: input reaches the program, and its end ends it', async () => {
    const { call, sim } = client();
    await started(call, 'box', { Image: 'alpine', Cmd: ['sleep', '1000'] });
    const made = await call('POST', '/containers/box/exec', { Cmd: ['sh'], AttachStdin: true });
    let type: (chunk: Uint8Array) => void = () => {};
    let end: () => void = () => {};
    const input = {
      onData: (listener: typeof type) => {
        type = listener;
      },
      onEnd: (listener: typeof end) => {
        end = listener;
      },
    };
    const run = await call('POST', `/exec/${made.json.Id}/start`, {}, { input });
    sim.runFor(second);
    type(new TextEncoder().encode('echo hi\nexit 3\n'));
    sim.runFor(second);
    end();
    expect(run.text).toContain('hi\n');
    expect((await call('GET', `/exec/${made.json.Id}/json`)).json.ExitCode).toBe(3);
  });
});

describe('statistics', () => {
  it('API-41: count the processes that are there, and no longer those of an exec that ended', async () => {
    const { call, sim } = client();
    await started(call, 'box', { Image: 'alpine', Cmd: ['sleep', '1000'] });
    const count = async () => {
      const { text, json } = await call('GET', '/containers/box/stats?stream=false&one-shot=true');
      return (json ?? JSON.parse(text)).pids_stats.current;
    };
    expect(await count()).toBe(1);
    const { json } = await call('POST', '/containers/box/exec', { Cmd: ['sleep', '5'], AttachStdout: true });
    await call('POST', `/exec/${json.Id}/start`, { Detach: true });
    sim.runFor(second);
    expect(await count()).toBe(2);
    sim.runFor(10 * second);
    expect(await count()).toBe(1);
  });
});

describe('image and volume routes', () => {
  it('pulls with progress, lists, inspects, tags and removes', async () => {
    const { call, sim } = client();
    const pull = await call('POST', '/images/create?fromImage=mongo&tag=7');
    expect(pull.text).not.toContain('Downloading');
    sim.runFor(10 * second);
    expect(pull.text).toContain('"status":"Pulling from library/mongo","id":"7"');
    expect(pull.text).toMatch(/"Downloading".*"current":\d+.*"Downloading".*"Pull complete".*"Status: /s);
    expect(pull.text).toContain('Status: Downloaded newer image for mongo:7');
    expect(await call('POST', '/images/create?fromImage=mongo&tag=8&platform=windows/amd64')).toMatchObject({
      status: 404,
      json: { message: 'no matching manifest for windows/amd64 in the manifest list entries' },
    });
    expect((await call('POST', '/images/create?fromImage=mongo&tag=7')).text).toContain(
      'Status: Image is up to date for mongo:7',
    );
    const { json } = await call('GET', '/images/mongo:7/json');
    expect(json).toMatchObject({ RepoTags: ['mongo:7'], Config: { Cmd: ['mongod'] } });
    expect((await call('POST', '/images/mongo:7/tag?repo=mine/db&tag=x')).status).toBe(201);
    expect(
      (await call('GET', `/images/json?filters=${encodeURIComponent('{"reference":["mine/*"]}')}`)).json,
    ).toHaveLength(1);
    expect((await call('DELETE', '/images/mine/db:x')).json).toEqual([{ Untagged: 'mine/db:x' }]);
    await call('POST', '/containers/create?name=db', { Image: 'mongo:7' });
    expect((await call('DELETE', '/images/mongo:7')).status).toBe(409);
    await call('DELETE', '/containers/db');
    expect((await call('DELETE', '/images/mongo:7')).json.at(-1)).toEqual({ Deleted: json.Id });
    expect(await call('GET', '/images/mongo:7/json')).toMatchObject({
      status: 404,
      json: { message: 'No such image: mongo:7' },
    });
  });

  it('API-100: distribution gives the digest that a pull gives', async () => {
    const { call, sim } = client();
    const { json } = await call('GET', '/distribution/vfarcic/go-demo:1.1/json');
    await call('POST', '/images/create?fromImage=vfarcic/go-demo&tag=1.1');
    sim.runFor(10 * second);
    expect((await call('GET', '/images/vfarcic/go-demo:1.1/json')).json.RepoDigests).toEqual([
      `vfarcic/go-demo@${json.Descriptor.digest}`,
    ]);
  });

  it('TALK-20: volumes, with the recorded refusals', async () => {
    const { call } = client();
    expect((await call('POST', '/volumes/create', { Name: 'data' })).status).toBe(201);
    expect(await call('POST', '/volumes/create', { Name: 'v' })).toMatchObject({
      status: 400,
      json: { message: 'create v: volume name is too short, names should be at least two alphanumeric characters' },
    });
    expect(await call('DELETE', '/volumes/v')).toMatchObject({
      status: 404,
      json: { message: 'get v: no such volume' },
    });
    await started(call, 'box', { Image: 'alpine', Cmd: ['sleep', '9'], HostConfig: { Binds: ['data:/d'] } });
    expect((await call('DELETE', '/volumes/data')).status).toBe(409);
    expect((await call('GET', '/volumes')).json.Volumes).toHaveLength(1);
    expect((await call('POST', '/volumes/prune')).json.VolumesDeleted).toEqual([]);
  });
});
