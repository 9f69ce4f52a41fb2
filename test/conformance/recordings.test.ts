import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../src/engine/config';
import { nodeTimers } from '../../src/engine/listeners/host-timers';
import { LiveCluster } from '../../src/engine/live-cluster';
import { millisecond, second } from '../../src/sim';
import { alike } from './recordings/alike';

/** One request to a real engine and what it answered. Without a status the request only prepares the next ones. */
interface Step {
  readonly node: string;
  readonly ask: string;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Values of the answer that later requests use as `$NAME`, by their place in the JSON. */
  readonly save?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly json?: unknown;
  readonly location?: string;
}

interface Recording {
  readonly engine: string;
  readonly steps: readonly Step[];
}

const folder = path.join(import.meta.dirname, 'recordings');
const files = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));

let live: LiveCluster | undefined;
afterEach(() => live?.close());

/** What the recorded requests come to here: one line for each that is answered otherwise. */
async function differences(recording: Recording): Promise<string[]> {
  const config = { ...defaultConfig, profile: '20.10' as const, registry: 'offline' as const };
  const cluster = await LiveCluster.create({ config, host: nodeTimers, paused: true });
  live = cluster;
  const pass = (time: number) => cluster.pacer.advanceTo(cluster.cluster.sim.now + time);
  await pass(5 * second);
  const saved = new Map<string, string>();
  const fill = (text: string) => text.replace(/\$([A-Z]+)/g, (whole, name: string) => saved.get(name) ?? whole);
  const found: string[] = [];
  for (const step of recording.steps) {
    const [method = '', ...rest] = fill(step.ask).split(' ');
    const content = step.text ?? (step.body === undefined ? undefined : JSON.stringify(step.body));
    const type = step.headers?.['Content-Type'];
    const headers: Record<string, string> =
      type === null || content === undefined ? {} : { 'content-type': type ?? 'application/json' };
    const answer = await cluster.request(step.node, {
      method,
      path: rest.join(' '),
      headers,
      ...(content === undefined ? {} : { body: new TextEncoder().encode(content) }),
    });
    for (const [place, name] of Object.entries(step.save ?? {})) {
      const value = place.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], answer.json);
      saved.set(name, String(value));
    }
    await pass(20 * millisecond);
    if (step.status === undefined) continue;
    const fits =
      answer.status === step.status &&
      (step.json === undefined || method === 'HEAD' || alike(answer.json, step.json)) &&
      (step.location === undefined || answer.headers.Location === step.location);
    if (fits) continue;
    const asked = `${step.node} ${step.ask} ${content ?? ''}`;
    found.push(
      `${asked}\n  real ${step.status} ${JSON.stringify(step.json)}\n  here ${answer.status} ${JSON.stringify(answer.json)}`,
    );
  }
  return found;
}

describe('requests recorded from a real engine of 20.10', () => {
  it.each(files)('API-1 to API-31: %s is answered alike', async (name) => {
    const recording = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as Recording;
    expect(recording.steps.length).toBeGreaterThan(0);
    expect(await differences(recording)).toEqual([]);
  });

  it('tells what is answered otherwise', async () => {
    const steps = [{ node: 'swarm-1', ask: 'GET /nosuch', status: 200 }];
    expect(await differences({ engine: '', steps })).toHaveLength(1);
  });
});

describe('likeness', () => {
  it('passes over IDs and times, and over nothing else', () => {
    const id = (one: string) => `service ${one.padEnd(25, one)} is there`;
    expect(alike({ message: id('1a') }, { message: id('2b') })).toBe(true);
    expect(alike({ CreatedAt: '2026-11-24T21:02:05.97Z' }, { CreatedAt: '2026-11-25T01:02:05Z' })).toBe(true);
    expect(alike({ a: 1 }, { a: 2 })).toBe(false);
    expect(alike({ a: 1 }, { a: 1, b: 1 })).toBe(false);
    expect(alike([], [1])).toBe(false);
  });
});
