// A container's resolver on a real port, asked by dig and by raw messages.
import { execFile, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabResolver } from '../../src/api';
import { defaultConfig } from '../../src/engine/config';
import { recorded } from '../../src/engine/dns/testing/recorded';
import { dnsOpener } from '../../src/engine/listeners/dns-listener';
import { nodeTimers } from '../../src/engine/listeners/host-timers';
import { LiveCluster } from '../../src/engine/live-cluster';
import { second } from '../../src/sim';

const headers = { 'content-type': 'application/json' };
const hasDig = spawnSync('dig', ['-v']).status === 0;
const config = { ...defaultConfig, profile: '20.10', registry: 'any' } as const;

let live: LiveCluster;
let resolver: LabResolver;

async function ask(method: string, path: string, body?: unknown) {
  const { status, json } = await live.request('swarm-1', { method, path, body, headers });
  return { status, json: json as LabResolver };
}

async function run(name: string): Promise<void> {
  const HostConfig = { NetworkMode: 'dw-br' };
  const NetworkingConfig = { EndpointsConfig: { 'dw-br': { Aliases: ['dwa'] } } };
  await ask('POST', `/containers/create?name=${name}`, { Image: 'nginx', HostConfig, NetworkingConfig });
  await ask('POST', `/containers/${name}/start`);
}

beforeAll(async () => {
  live = await LiveCluster.create({ config, host: nodeTimers, openDns: dnsOpener, speed: 1 });
  const pulled = ask('POST', '/images/create?fromImage=nginx&tag=latest');
  // Answered when the registry has answered; the image comes after that.
  await pulled;
  await live.pacer.advanceTo(live.cluster.sim.now + 60 * second);
  await ask('POST', '/networks/create', {
    Name: 'dw-br',
    Driver: 'bridge',
    IPAM: { Config: [{ Subnet: '172.19.0.0/16' }] },
  });
  await run('dw-bc');
  await run('dw-bc2');
  const opened = await ask('POST', '/lab/resolvers', { container: 'dw-bc' });
  expect(opened.status).toBe(201);
  resolver = opened.json;
}, 60_000);

afterAll(() => live.close());

const port = () => Number(resolver.address.split(':')[1]);

/** Sends messages and waits for as many replies, or for a little while. */
async function udp(messages: readonly Uint8Array[], wanted = messages.length): Promise<Buffer[]> {
  const socket = dgram.createSocket('udp4');
  const replies: Buffer[] = [];
  const all = new Promise<void>((resolve) => {
    socket.on('message', (reply) => {
      replies.push(reply);
      if (replies.length === wanted) resolve();
    });
  });
  for (const message of messages) socket.send(message, port(), '127.0.0.1');
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, wanted === 0 ? 200 : 5_000))]);
  socket.close();
  return replies;
}

/** Sends messages over one connection, and gathers what comes back until as many replies are there. */
async function tcp(messages: readonly Uint8Array[], wanted: number): Promise<string[]> {
  const socket = net.connect(port(), '127.0.0.1');
  const replies: string[] = [];
  let have = Buffer.alloc(0);
  const all = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      have = Buffer.concat([have, chunk]);
      while (have.length >= 2 && have.length >= 2 + have.readUInt16BE(0)) {
        const end = 2 + have.readUInt16BE(0);
        replies.push(have.subarray(2, end).toString('hex'));
        have = have.subarray(end);
      }
      if (replies.length === wanted) resolve();
    });
  });
  for (const message of messages) {
    socket.write(Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]));
  }
  await all;
  socket.destroy();
  return replies;
}

function dig(...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('dig', ['@127.0.0.1', '-p', String(port()), ...args], (_error, stdout) => resolve(stdout));
  });
}

const bytes = (hex: string) => Buffer.from(hex, 'hex');

describe('raw messages', () => {
  it('DISC-10, DISC-11: are answered by UDP as recorded', async () => {
    for (const [what, message, reply] of recorded) {
      const [got] = await udp([bytes(message)], reply === undefined ? 0 : 1);
      expect([what, got?.toString('hex')]).toEqual([what, reply]);
    }
  }, 60_000);

  it('DISC-11: many on one connection are answered one after the other, and silence keeps it open', async () => {
    const good = recorded.filter(([what]) => what === 'plain' || what === 'AAAA' || what === 'qd2');
    const silent = recorded.find(([what]) => what === 'qr')!;
    const messages = [good[0]!, silent, good[1]!, good[2]!].map(([, message]) => bytes(message));
    expect(await tcp(messages, 3)).toEqual(good.map(([, , reply]) => reply));
  });

  it('a flood of them is survived, and the host goes on meanwhile', async () => {
    const noise = Array.from({ length: 3_000 }, (_, index) => Buffer.alloc(index % 300, index));
    const [, answered] = await Promise.all([udp(noise, 0), ask('GET', '/lab/clock')]);
    expect(answered.status).toBe(200);
    const plain = recorded[0]!;
    expect((await udp([bytes(plain[1])]))[0]?.toString('hex')).toBe(plain[2]);
  });
});

describe.skipIf(!hasDig && !process.env.CI)('dig', () => {
  it('DISC-11, DISC-12: an alias of two containers, with the flags and TTL of the engine', async () => {
    const text = await dig('DwA');
    expect(text).toContain(';; flags: qr rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 0');
    expect(text.match(/^DwA\.\t+600\tIN\tA\t172\.19\.0\.[23]$/gm)).toHaveLength(2);
  });

  it('DISC-15: the other way round', async () => {
    expect(await dig('-x', '172.19.0.3', '+short')).toBe('dw-bc2.dw-br.\n');
  });

  it('DISC-28: falls back to TCP when told that an answer was cut', async () => {
    expect((await dig('big.example.test', '+noedns', '+short')).trim().split('\n')).toHaveLength(60);
  });

  it('DISC-21: what the upstream says, whose zone can be put', async () => {
    expect(await dig('nosuch')).toContain('status: NXDOMAIN');
    const records = [
      { name: 'db.corp.test', type: 'SRV', data: '1 2 5432 a.corp.test.' },
      { name: 'text.corp.test', type: 'TXT', data: '"one" "two three"' },
    ];
    expect((await ask('PUT', '/lab/upstream', { records, failures: {} })).status).toBe(200);
    expect(await dig('db.corp.test', 'SRV', '+short')).toBe('1 2 5432 a.corp.test.\n');
    expect(await dig('text.corp.test', 'TXT', '+short')).toBe('"one" "two three"\n');
    expect(await dig('www.example.test')).toContain('status: NXDOMAIN');
    const wrong = [{ name: 'x.test', type: 'A', data: '300.1.1.1' }];
    expect((await ask('PUT', '/lab/upstream', { records: wrong })).status).toBe(400);
  });
});

describe('the routes', () => {
  it('list, refuse and close', async () => {
    expect((await ask('GET', '/lab/resolvers')).json).toEqual([resolver]);
    expect((await ask('POST', '/lab/resolvers', { container: 'nobody' })).status).toBe(404);
    expect((await ask('POST', '/lab/resolvers', { container: 'dw-bc', network: 'other' })).status).toBe(400);
    expect((await ask('POST', '/lab/resolvers', { container: 'dw-bc', address: '0.0.0.0:0' })).status).toBe(400);
    expect((await ask('POST', '/lab/resolvers', { container: 'dw-bc', address: resolver.address })).status).toBe(409);
    const { json: second } = await ask('POST', '/lab/resolvers', { container: 'dw-bc2', network: 'dw-br' });
    expect((await ask('DELETE', `/lab/resolvers/${second.id}`)).status).toBe(204);
    expect((await ask('DELETE', `/lab/resolvers/${second.id}`)).status).toBe(404);
  });

  it('no journal tells of them, nor of what was asked', () => {
    expect(live.journal.join('\n')).not.toContain('/lab/resolvers');
  });
});
