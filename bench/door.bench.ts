/**
 * The door over its unix socket, as clients meet it. Goals: the 99th percentile of GET /services and GET /tasks at 10,000
 * tasks under 150 ms, and 1,000 services created a second; also what an idle connection costs.
 */
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openSimulation } from '../src/client/simulation';
import { nodeTimers } from '../src/engine/listeners/host-timers';
import { listenHttp } from '../src/engine/listeners/http-listener';
import { minute, second } from '../src/sim';
import type { Result } from './result';

const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

function ask(socketPath: string, method: string, route: string, body?: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const request = http.request({ socketPath, method, path: route, headers, agent }, (response) => {
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
      });
      response.on('end', () => {
        if ((response.statusCode ?? 500) < 300) resolve(size);
        else reject(new Error(`${method} ${route}: ${response.statusCode}`));
      });
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const spec = (name: string, replicas: number) => ({
  Name: name,
  TaskTemplate: { ContainerSpec: { Image: 'nginx:latest', Env: ['A=1', 'B=2'] } },
  Mode: { Replicated: { Replicas: replicas } },
});

/** Milliseconds: the 99th percentile of some requests, one after another. */
async function p99(socket: string, route: string, times: number): Promise<number> {
  await ask(socket, 'GET', route);
  const took: number[] = [];
  for (let index = 0; index < times; index++) {
    const began = performance.now();
    await ask(socket, 'GET', route);
    took.push(performance.now() - began);
  }
  took.sort((a, b) => a - b);
  return took[Math.ceil(times * 0.99) - 1]!;
}

/** Created services a second, over eight connections. */
async function creates(socket: string, count: number): Promise<number> {
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next < count) await ask(socket, 'POST', '/services/create', spec(`made-${next++}`, 0));
    }),
  );
  return count / ((performance.now() - began) / 1_000);
}

/** Bytes of memory for each of many connections that say nothing. */
async function idle(socket: string, count: number): Promise<number> {
  const memory = () => {
    (globalThis as { gc?: () => void }).gc?.();
    return process.memoryUsage().rss;
  };
  const before = memory();
  const lines: net.Socket[] = [];
  // One after another: the system lets only so many wait to be let in.
  for (let index = 0; index < count; index++) {
    lines.push(
      await new Promise<net.Socket>((resolve, reject) => {
        const line = net.connect(socket, () => resolve(line));
        line.on('error', reject);
      }),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  const bytes = (memory() - before) / count;
  for (const line of lines) line.destroy();
  return Math.max(0, bytes);
}

export default async function benchmark(): Promise<Result[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'door-'));
  const socket = path.join(folder, 'docker.sock');
  const nodes = Array.from({ length: 100 }, () => ({ cpus: 64, memoryBytes: 256 * 1024 ** 3 }));
  const simulation = await openSimulation({ config: { nodes }, host: nodeTimers, paused: true });
  const listener = await listenHttp({ kind: 'unix', path: socket }, (request) =>
    simulation.live.request('swarm-1', request),
  );
  try {
    for (let index = 0; index < 100; index++) await ask(socket, 'POST', '/services/create', spec(`web-${index}`, 100));
    const { sim } = simulation.cluster;
    for (const end = sim.now + minute; sim.now < end; ) await simulation.live.pacer.advanceTo(sim.now + second);
    const results: Result[] = [];
    for (const route of ['/services', '/services?status=true', '/tasks']) {
      const value = await p99(socket, route, 100);
      results.push({
        name: `door: GET ${route}, p99 at 10000 tasks`,
        value,
        unit: 'ms',
        anchor: 'goal',
        anchorValue: 150,
      });
    }
    const rate = await creates(socket, 3_000);
    results.push({ name: 'door: services created', value: rate, unit: '1/s', anchor: 'goal', anchorValue: 1_000 });
    // Both ends of the line are in this process: a connection costs about half of it.
    results.push({
      name: 'door: an idle connection, both ends',
      value: (await idle(socket, 1_000)) / 1_024,
      unit: 'kB',
    });
    return results;
  } finally {
    agent.destroy();
    await listener.close();
    await simulation.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
