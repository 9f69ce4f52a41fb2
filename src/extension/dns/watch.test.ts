import { afterEach, describe, expect, it } from 'vitest';
import { EngineClient } from '../../client/engine-client';
import type { OpenSimulation } from '../../client/simulation';
import { openSimulation } from '../../client/simulation';
import type { HostTimers } from '../../engine/pacer';
import { applyForm } from '../model/settings';
import { emptyService, networkRequest, scaled } from '../model/spec';
import { NameWatch } from './watch';

const host: HostTimers = {
  now: () => Math.floor(performance.now() * 1_000),
  schedule(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  drain: () => new Promise((resolve) => setImmediate(resolve)),
};

let simulation: OpenSimulation;
afterEach(() => simulation.close());

async function until<T>(probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 10));
  }
}

/** A paused cluster in which dnsrr service `web` runs twice, and a client that asks for it. */
async function open() {
  simulation = await openSimulation({ host, paused: true });
  const client = new EngineClient(simulation.transportFor('swarm-1'));
  const { lab } = client;
  await client.networks.create(networkRequest({ name: 'net' }));
  const service = async (name: string, form: object) => {
    const spec = applyForm(emptyService(name), { image: 'nginx', ...form });
    return client.services.create({ ...spec, TaskTemplate: { ...spec.TaskTemplate, Networks: [{ Target: 'net' }] } });
  };
  await service('client', { replicas: 1 });
  const { ID } = await service('web', { replicas: 2, endpointMode: 'dnsrr' });
  await lab.step({ milliseconds: 60_000 });
  const from = (await lab.containers()).find(({ name }) => name.startsWith('client.'))!.id;
  const scale = async (replicas: number) => {
    const { Version, Spec } = await client.services.inspect(ID);
    await client.services.update(ID, Version.Index, scaled(Spec, replicas));
    await lab.step({ milliseconds: 60_000 });
  };
  return { client, lab, from, scale };
}

const question = { name: 'web', type: 'A', times: 1 } as const;
const counts = (watch: NameWatch) => watch.lines.map(({ text }) => text.split(' · ')[0]!.split(', ').length);

describe('a watched name', () => {
  it('has a line each time the answer changes, rests in between, and leaves no mark in the journal', async () => {
    const { client, lab, from, scale } = await open();
    const before = await lab.journal();
    const watch = new NameWatch(
      client,
      { ...question, from, cache: 'none' },
      { successor: async () => undefined, changed: () => {} },
    );
    await until(() => watch.lines.length === 1 && watch.isResting);
    watch.touch();
    await until(() => watch.isResting);
    expect(counts(watch)).toEqual([2]);
    expect(await lab.journal()).toBe(before);
    await scale(3);
    watch.touch();
    await until(() => watch.lines.length === 2 && watch.isResting);
    expect(counts(watch)).toEqual([3, 2]);
    watch.stop();
  });

  it('DISC-11: with a cache for the TTL the client goes on with addresses that are gone', async () => {
    const { client, from, scale } = await open();
    const watch = new NameWatch(
      client,
      { ...question, from, cache: 'ttl' },
      { successor: async () => undefined, changed: () => {} },
    );
    await until(() => watch.lines.length === 1 && watch.isResting);
    const old = watch.lines[0]!.text;
    await scale(1);
    watch.touch();
    await until(() => watch.lines.length === 2 && watch.isResting);
    expect(watch.lines[0]).toMatchObject({ bad: true, text: expect.stringContaining(`the client still uses ${old}`) });
    await client.lab.step({ milliseconds: 600_000 });
    watch.touch();
    await until(() => watch.lines.length === 3 && watch.isResting);
    expect(watch.lines[0]!.text).not.toContain('still');
    watch.stop();
  });

  it('is asked for by another container when the one that asked is gone', async () => {
    const { client, lab } = await open();
    let asked = 0;
    const other = (await lab.containers()).find(({ name }) => name.startsWith('web.'))!.id;
    const watch = new NameWatch(
      client,
      { ...question, from: 'f'.repeat(64), cache: 'none' },
      { successor: async () => (asked++ === 0 ? undefined : other), changed: () => {} },
    );
    await until(() => watch.lines.length === 1 && watch.isResting);
    expect(watch.lines[0]!.text).toBe('nobody asks: the container is gone');
    watch.touch();
    await until(() => watch.lines.length === 2 && watch.isResting);
    expect(counts(watch)[0]).toBe(2);
    watch.stop();
  });
});
