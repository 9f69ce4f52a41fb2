import { describe, expect, it } from 'vitest';
import { second } from '../sim';
import { defaultConfig } from './config';
import type { JournalSink } from './journal/format';
import { nodeTimers } from './listeners/host-timers';
import { LiveCluster } from './live-cluster';

class MemorySink implements JournalSink {
  lines: string[] = [];
  append(line: string): void {
    this.lines.push(line);
  }
  replace(lines: readonly string[]): void {
    this.lines = [...lines];
  }
}

/** Everything that the managers and the engines show, as text. */
function dump(live: LiveCluster): string {
  const { engines, sim } = live.cluster;
  const { store } = live.cluster.managedSwarm(engines[0]!);
  const tables = (['cluster', 'node', 'service', 'task', 'network', 'secret', 'config'] as const).map((kind) => [
    ...store.all(kind),
  ]);
  const containers = engines.map(({ daemon }) =>
    daemon.containers
      .list()
      .map(({ id, name, status, exitCode, startedAt }) => ({ id, name, status, exitCode, startedAt })),
  );
  return JSON.stringify({ now: sim.now, index: store.index, tables, containers });
}

async function ask(live: LiveCluster, method: string, path: string, body?: unknown, node = 'swarm-1') {
  return live.request(node, { method, path, body, headers: { 'content-type': 'application/json' } });
}

const spec = (Name: string, replicas: number) => ({
  Name,
  TaskTemplate: { ContainerSpec: { Image: 'nginx:latest' } },
  Mode: { Replicated: { Replicas: replicas } },
});

describe('LiveCluster', () => {
  it('the same journal gives the same bytes, with requests in flight', async () => {
    const sink = new MemorySink();
    const live = await LiveCluster.create({ config: defaultConfig, host: nodeTimers, sink, paused: true });
    const run = (seconds: number) => live.pacer.advanceTo(live.cluster.sim.now + seconds * second);
    expect((await ask(live, 'POST', '/networks/create', { Name: 'net', Driver: 'overlay' })).status).toBe(201);
    expect((await ask(live, 'POST', '/services/create', spec('web', 3))).status).toBe(201);
    await run(20);
    const made = await ask(live, 'POST', '/containers/create?name=c1', { Image: 'alpine', Cmd: ['sleep', '1000'] });
    const start = ask(live, 'POST', '/containers/c1/start');
    await run(5);
    await start;
    // These wait for the simulation while others come.
    const restart = ask(live, 'POST', '/containers/c1/restart?t=3');
    await run(1);
    await ask(live, 'POST', '/services/create', spec('other', 2));
    const refused = await ask(live, 'POST', '/services/create', spec('web', 1));
    await run(30);
    await restart;
    await ask(live, 'POST', '/lab/faults', { kind: 'node down', node: 'swarm-3' });
    await run(40);
    expect(made.status).not.toBe(500);
    expect(refused.status).toBe(409);
    await live.close();
    const again = await LiveCluster.restore(sink.lines, { config: defaultConfig, host: nodeTimers, paused: true });
    expect(again.damage).toBeUndefined();
    expect(dump(again.live)).toBe(dump(live));
  });

  it('a request is in the journal before it is answered', async () => {
    const sink = new MemorySink();
    const live = await LiveCluster.create({ config: defaultConfig, host: nodeTimers, sink, paused: true });
    const before = sink.lines.length;
    await ask(live, 'GET', '/services');
    expect(sink.lines).toHaveLength(before);
    await ask(live, 'POST', '/services/create', spec('web', 1));
    expect(JSON.parse(sink.lines.at(-1)!)).toMatchObject({ node: 'swarm-1', method: 'POST', path: '/services/create' });
  });

  it('no answer comes while its line is not safe, and none that is good when it cannot be written', async () => {
    const waiting: { safe: () => void; lost: (error: Error) => void }[] = [];
    const sink: JournalSink = {
      append: () => new Promise((safe, lost) => waiting.push({ safe, lost })),
      replace: () => {},
    };
    const live = await LiveCluster.create({ config: defaultConfig, host: nodeTimers, sink, paused: true });
    for (const [method, path, body] of [
      ['POST', '/services/create', spec('web', 1)],
      ['PATCH', '/lab/clock', { speed: 2 }],
    ] as const) {
      let answered = false;
      const answer = ask(live, method, path, body).finally(() => {
        answered = true;
      });
      for (let turn = 0; turn < 20; turn++) await nodeTimers.drain();
      expect(answered, path).toBe(false);
      waiting.pop()!.safe();
      expect((await answer).status, path).toBeLessThan(300);
    }
    const refused = ask(live, 'POST', '/services/create', spec('other', 1));
    for (let turn = 0; turn < 20; turn++) await nodeTimers.drain();
    waiting.pop()!.lost(new Error('no space left on device'));
    await expect(refused).rejects.toThrow('no space left on device');
  });

  it('reads what it can of a damaged journal, and tells what is wrong', async () => {
    const sink = new MemorySink();
    const live = await LiveCluster.create({ config: defaultConfig, host: nodeTimers, sink, paused: true });
    await ask(live, 'POST', '/services/create', spec('web', 1));
    await ask(live, 'POST', '/services/create', spec('lost', 1));
    const torn = [...sink.lines.slice(0, -1), sink.lines.at(-1)!.slice(0, 20)];
    const again = await LiveCluster.restore(torn, { config: defaultConfig, host: nodeTimers, paused: true });
    expect(again.damage).toBe('line 3 is not JSON, or cut off');
    const { store } = again.live.cluster.managedSwarm(again.live.cluster.engines[0]!);
    expect([...store.all('service')].map(({ Spec }) => Spec.Name)).toEqual(['web']);
  });

  it('rewinds to an earlier time, and resets to factory-new engines', async () => {
    const live = await LiveCluster.create({ config: defaultConfig, host: nodeTimers, paused: true });
    const start = live.cluster.sim.now;
    await live.pacer.advanceTo(start + 10 * second);
    await ask(live, 'POST', '/services/create', spec('web', 1));
    await live.rewind(start + 5 * second);
    expect(live.cluster.sim.now).toBe(start + 5 * second);
    expect((await ask(live, 'GET', '/services')).json).toEqual([]);
    await live.reset('none');
    expect((await ask(live, 'GET', '/services')).status).toBe(503);
    await live.reset('managers3');
    expect(((await ask(live, 'GET', '/info')).json as { Swarm: { Managers: number } }).Swarm.Managers).toBe(3);
  });

  it('API-1, API-3, API-4: unknown paths, versions and headers', async () => {
    const live = await LiveCluster.create({ config: defaultConfig, host: nodeTimers, paused: true });
    expect(await ask(live, 'GET', '/nosuch')).toMatchObject({ status: 404, json: { message: 'page not found' } });
    expect(await ask(live, 'GET', '/v1.99/services')).toMatchObject({
      status: 400,
      json: { message: 'client version 1.99 is too new. Maximum supported API version is 1.50' },
    });
    expect((await ask(live, 'GET', '/services')).headers).toMatchObject({
      'Api-Version': '1.50',
      'Docker-Experimental': 'false',
      Ostype: 'linux',
      Server: 'Docker/28.2.2 (linux)',
      'Content-Type': 'application/json',
    });
  });

  it('CTRL-60, CTRL-61: nodes that do not manage say so', async () => {
    const live = await LiveCluster.create({ config: defaultConfig, host: nodeTimers, paused: true });
    const worker = await ask(live, 'GET', '/nodes', undefined, 'swarm-2');
    expect(worker.status).toBe(503);
    expect((worker.json as { message: string }).message).toContain('Worker nodes');
    await live.reset('none');
    const alone = await ask(live, 'GET', '/nodes');
    expect((alone.json as { message: string }).message).toContain('docker swarm init');
  });
});
