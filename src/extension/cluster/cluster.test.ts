import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Transport, TransportRequest, TransportResponse } from '../../client/transport';
import { FileSink } from '../../engine/listeners/file-sink';
import { readJournalFile, setAside } from './journal-file';
import { lock, sharedStorage } from './lock';
import { Session } from './session';

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'journal-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

describe('the journal file', () => {
  it('gives back what was appended, in order', async () => {
    const file = path.join(folder, 'deep', 'cluster.jsonl');
    const sink = new FileSink(file);
    await Promise.all(['a', 'b', 'c'].map((line) => sink.append(line)));
    await sink.replace(['x']);
    await sink.append('y');
    await sink.close();
    expect(await readJournalFile(file)).toEqual(['x', 'y']);
  });

  it('a line that was cut off by the death of its writer is left out: it was never answered', async () => {
    const file = path.join(folder, 'cluster.jsonl');
    await fs.writeFile(file, 'a\nb\n{"cut');
    expect(await readJournalFile(file)).toEqual(['a', 'b']);
    expect(await readJournalFile(path.join(folder, 'none'))).toBeUndefined();
  });

  it('keeps damaged journals aside, each under a name of its own', async () => {
    const file = path.join(folder, 'cluster.jsonl');
    await fs.writeFile(file, 'broken');
    expect(await setAside(file)).toBe('cluster.damaged-1.jsonl');
    expect(await setAside(file)).toBe('cluster.damaged-2.jsonl');
    expect(await fs.readFile(path.join(folder, 'cluster.damaged-1.jsonl'), 'utf8')).toBe('broken');
  });
});

describe('the lock', () => {
  it('a second window on a workspace looks at the same place as the first', () => {
    const at = (workspace: string) => path.join('/data', workspace, 'publisher.extension');
    expect(sharedStorage(at('9f86d081884c7d659a2feaa0c55ad015-1'))).toBe(at('9f86d081884c7d659a2feaa0c55ad015'));
    expect(sharedStorage(at('-1c2b3a4d-2'))).toBe(at('-1c2b3a4d'));
    for (const own of ['9f86d081884c7d659a2feaa0c55ad015', '-1c2b3a4d', '-12345678', '1700000000000']) {
      expect(sharedStorage(at(own))).toBe(at(own));
    }
  });

  const written = (pid: number) => JSON.stringify({ pid, token: 'theirs' });

  it('a living process keeps it, a dead one does not', async () => {
    const file = path.join(folder, 'lock');
    await fs.writeFile(file, written(process.ppid));
    expect(await lock(file, 0)).toBeUndefined();
    await fs.writeFile(file, written(999999999));
    const release = await lock(file, 0);
    expect(JSON.parse(await fs.readFile(file, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await lock(file, 0)).toBeUndefined();
    await release?.();
    await expect(fs.readFile(file)).rejects.toThrow();
  });

  it('a process whose number was used again does not keep it: it does not touch the file', async () => {
    const file = path.join(folder, 'lock');
    await fs.writeFile(file, written(process.ppid));
    const before = new Date(Date.now() - 60_000);
    await fs.utimes(file, before, before);
    const release = await lock(file, 0);
    expect(release).toBeDefined();
    // Meanwhile it was taken by another: it is not ours to remove.
    await fs.writeFile(file, written(process.ppid));
    await release?.();
    expect(await fs.readFile(file, 'utf8')).toBe(written(process.ppid));
  });

  it('a lock of this process that it does not hold was left behind', async () => {
    const file = path.join(folder, 'lock');
    await fs.writeFile(file, written(process.pid));
    expect(await lock(file, 0)).toBeDefined();
  });
});

describe('the session', () => {
  const node = (answer: (request: TransportRequest) => TransportResponse | Error): Transport => ({
    label: 'x',
    async request(request) {
      const made = answer(request);
      if (made instanceof Error) throw made;
      return made;
    },
    open: async () => ({ status: 200, headers: {}, chunks: (async function* () {})() }),
    hijack: () => Promise.reject(new Error('no raw connections here')),
    close: () => {},
  });
  const off = new Error('Cannot connect to the Docker daemon of swarm-1. Is the docker daemon running?');
  const ok = (body: unknown): TransportResponse => ({ status: 200, headers: {}, body });
  const worker: TransportResponse = {
    status: 503,
    headers: {},
    body: { message: 'This node is not a swarm manager.' },
  };
  const of = (nodes: Record<string, Transport>) =>
    new Session(async () => ({
      nodeNames: () => Object.keys(nodes),
      transportFor: (name) => nodes[name ?? '']!,
      close: async () => {},
    }));

  it('opens nothing before the first request, and opens once', async () => {
    let opened = 0;
    const session = new Session(async () => {
      opened++;
      return { nodeNames: () => ['a'], transportFor: () => node(() => ok([])), close: async () => {} };
    });
    const client = session.client();
    expect(opened).toBe(0);
    await Promise.all([client.nodes.list(), client.services.list()]);
    expect(opened).toBe(1);
    await session.startOver();
    await client.nodes.list();
    expect(opened).toBe(2);
  });

  it('shows a real cluster as long as it is connected, and the simulation again after it', async () => {
    const asked: string[] = [];
    let closed = 0;
    const one = (name: string) => ({
      nodeNames: () => [name],
      transportFor: () =>
        node(() => {
          asked.push(name);
          return ok([]);
        }),
      close: async () => {
        closed++;
      },
    });
    const session = new Session(async () => one('simulated'));
    const client = session.client();
    await client.nodes.list();
    await session.show(one('real'));
    await client.nodes.list();
    await session.show(undefined);
    await client.nodes.list();
    expect(asked).toEqual(['simulated', 'real', 'simulated']);
    expect(closed).toBe(1);
    await session.close();
    expect(closed).toBe(2);
  });

  it('passes over a node that is off, and workers, and stays with the manager that answered', async () => {
    const asked: string[] = [];
    const note = (name: string, answer: TransportResponse | Error) =>
      node((request) => {
        asked.push(`${name} ${request.path}`);
        return answer;
      });
    const client = of({ one: note('one', off), two: note('two', worker), three: note('three', ok([])) }).client();
    await client.nodes.list();
    await client.nodes.list();
    expect(asked).toEqual(['one /nodes', 'two /nodes', 'three /nodes', 'three /nodes']);
  });

  it('a node that is off can be powered on through another one', async () => {
    const client = of({ one: node(() => off), two: node(() => ok(undefined)) }).client();
    await client.lab.power('one', 'on');
  });

  it('tells the first refusal when nobody answers', async () => {
    await expect(
      of({ one: node(() => off) })
        .client()
        .nodes.list(),
    ).rejects.toThrow('Cannot connect');
    await expect(
      of({ one: node(() => worker) })
        .client()
        .nodes.list(),
    ).rejects.toThrow('not a swarm manager');
  });

  it('a failed opening is tried again', async () => {
    let tries = 0;
    const session = new Session(async () => {
      if (tries++ === 0) throw new Error('not yet');
      return { nodeNames: () => ['a'], transportFor: () => node(() => ok([])), close: async () => {} };
    });
    await expect(session.client().nodes.list()).rejects.toThrow('not yet');
    await expect(session.client().nodes.list()).resolves.toEqual([]);
  });
});
