import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSimulation } from '../../client/simulation';
import { FileSink } from '../../engine/listeners/file-sink';
import type { HostTimers } from '../../engine/pacer';
import { ClusterModel } from '../model/cluster-model';
import { NetworkRows } from '../model/network-rows';
import { NodeRows } from '../model/node-rows';
import type { RowSource } from '../model/rows';
import { ServiceRows } from '../model/service-rows';
import { applyForm } from '../model/settings';
import { emptyService, networkRequest, scaled } from '../model/spec';
import { readJournalFile } from './journal-file';
import { Session } from './session';

const host: HostTimers = {
  now: () => Math.floor(performance.now() * 1_000),
  schedule(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  drain: () => new Promise((resolve) => setImmediate(resolve)),
};

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'cluster-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

/** A session on a simulation as fast as it can, kept in a file, and a model on it. */
function open() {
  const file = path.join(folder, 'cluster.jsonl');
  const session = new Session(async () => {
    const journal = await readJournalFile(file);
    const simulation = await openSimulation({
      host,
      speed: 0,
      sink: new FileSink(file),
      ...(journal && { journal }),
    });
    const nodeNames = () => simulation.cluster.engines.map((engine) => engine.name);
    return {
      nodeNames,
      transportFor: (node) => simulation.transportFor(node ?? nodeNames()[0]!),
      close: () => simulation.close(),
    };
  });
  const client = session.client();
  return { session, client, model: new ClusterModel(client) };
}

async function until<T>(probe: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = probe();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 10));
  }
}

const texts = (source: RowSource) => source.roots().map((row) => `${row.label}: ${row.description}`);

describe('the model on a simulated cluster', () => {
  it('TALK-9, TALK-10, TALK-13, TALK-16: shows nodes, networks and services as they come', async () => {
    const { session, client, model } = open();
    await model.start();
    expect(texts(new NodeRows(model))).toEqual([
      'swarm-1: 0 tasks · manager, leader · Ready · Active',
      'swarm-2: 0 tasks · worker · Ready · Active',
      'swarm-3: 0 tasks · worker · Ready · Active',
    ]);
    await client.networks.create(networkRequest({ name: 'collabnet', subnet: '10.0.3.0/24', encrypted: true }));
    await until(() => texts(new NetworkRows(model)).includes('collabnet: overlay · 10.0.3.0/24 · encrypted'));
    const spec = applyForm(emptyService('web'), { image: 'nginx', replicas: 3, publish: '80:80' });
    const { ID } = await client.services.create({
      ...spec,
      TaskTemplate: { ...spec.TaskTemplate, Networks: [{ Target: 'collabnet' }] },
    });
    await until(() => texts(new ServiceRows(model)).includes('web: 3/3 · nginx:latest · *:80->80/tcp'));
    const service = await client.services.inspect(ID);
    await client.services.update(ID, service.Version.Index, scaled(service.Spec, 5));
    await until(() => texts(new ServiceRows(model)).some((text) => text.startsWith('web: 5/5')));
    // Scaling replaces no task and is no update.
    expect((await client.services.inspect(ID)).UpdateStatus).toBeUndefined();
    expect(model.objects.tasksOfService(ID)).toHaveLength(5);
    expect(await client.tasks.list({ service: [ID], '_up-to-date': ['true'] })).toHaveLength(5);
    const networks = new NetworkRows(model);
    const collabnet = networks.roots().find((row) => row.label === 'collabnet')!;
    const [attached] = networks.children(collabnet);
    expect(attached?.description).toMatch(/^VIP 10\.0\.3\.\d+\/24$/);
    expect(networks.children(attached!)).toHaveLength(5);
    model.stop();
    await session.close();
  });

  it('comes to rest: with nothing to come, nothing is asked', async () => {
    const { session, client, model } = open();
    await model.start();
    await client.services.create(applyForm(emptyService('web'), { image: 'nginx', replicas: 2 }));
    await until(() => texts(new ServiceRows(model)).some((text) => text.startsWith('web: 2/2')));
    await until(() => model.isResting);
    const before = model.refreshes;
    await new Promise((done) => setTimeout(done, 1_500));
    expect(model.refreshes).toBe(before);
    model.stop();
    await session.close();
  });

  it('is the same after it was saved and opened again', async () => {
    const first = open();
    await first.client.services.create(applyForm(emptyService('web'), { image: 'nginx', replicas: 2 }));
    await first.model.start();
    await until(() => texts(new ServiceRows(first.model)).some((text) => text.startsWith('web: 2/2')));
    const tasks = first.model.objects.tasks
      .values()
      .map((task) => task.ID)
      .sort();
    first.model.stop();
    await first.session.close();
    const second = open();
    await second.model.start();
    await until(() => texts(new ServiceRows(second.model)).some((text) => text.startsWith('web: 2/2')));
    expect(
      second.model.objects.tasks
        .values()
        .map((task) => task.ID)
        .sort(),
    ).toEqual(tasks);
    second.model.stop();
    await second.session.close();
  });
});
