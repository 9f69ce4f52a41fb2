import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpListener } from '../../engine/listeners/http-listener';
import { listenHttp } from '../../engine/listeners/http-listener';
import { DialTransport } from '../dial-transport';
import { contextOwner, listDockerContexts, ownContextHost, removeContext, writeContext } from './docker-contexts';
import { parseHost } from './endpoint';
import { realEngine } from './real-engine';

let folder: string;
let listener: HttpListener | undefined;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'real-'));
});
afterEach(async () => {
  await listener?.close();
  listener = undefined;
  await fs.rm(folder, { recursive: true, force: true });
});

/** An engine that says what it was asked, refuses /no, and echoes on raw connections. */
async function listen(): Promise<string> {
  const socket = path.join(folder, 'd.sock');
  listener = await listenHttp({ kind: 'unix', path: socket }, async (request) => {
    const headers = { 'Content-Type': 'application/json' };
    if (request.path === '/no') return { status: 409, headers, json: { message: 'not now' } };
    if (request.path !== '/raw') {
      const body = Buffer.from((request.body as Uint8Array) ?? []).toString();
      return { status: 200, headers, json: { method: request.method, path: request.path, body } };
    }
    return {
      status: 101,
      headers: { Connection: 'Upgrade', Upgrade: 'tcp' },
      hijack: true,
      stream: (sink) => {
        sink.write('hello ');
        request.input?.onData((chunk) => sink.write(Buffer.from(chunk).toString().toUpperCase()));
        request.input?.onEnd(() => sink.end());
      },
    };
  });
  return `unix://${socket}`;
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

async function speaks(transport: DialTransport): Promise<void> {
  const answer = await transport.request({ method: 'POST', path: '/x?a=%7Bb%7D', body: { c: 1 } });
  expect(answer).toMatchObject({ status: 200, body: { method: 'POST', path: '/x?a=%7Bb%7D', body: '{"c":1}' } });
  await expect(transport.open({ method: 'GET', path: '/no' })).rejects.toMatchObject({
    status: 409,
    message: 'not now',
  });
  const line = await transport.hijack({ method: 'POST', path: '/raw', body: {} });
  line.write('you');
  line.end();
  expect(await textOf(line.output)).toBe('hello YOU');
  transport.close();
}

describe('real engines', () => {
  it('are spoken with over a unix socket: values, refusals, raw connections', async () => {
    await speaks(new DialTransport('x', realEngine({ host: await listen() })));
  });

  it('are spoken with over SSH, by the ssh program and `docker system dial-stdio`', async () => {
    const host = await listen();
    const ssh = path.join(folder, 'ssh');
    const log = path.join(folder, 'args');
    const dial = `require('node:net').connect(${JSON.stringify(host.slice(7))}, function () { process.stdin.pipe(this); this.pipe(process.stdout); })`;
    await fs.writeFile(
      ssh,
      `#!/bin/sh\necho "$@" >> '${log}'\nexec '${process.execPath}' -e "${dial.replaceAll('"', '\\"')}"\n`,
    );
    await fs.chmod(ssh, 0o755);
    await speaks(new DialTransport('x', realEngine({ host: 'ssh://me@there:2222' }, { ssh })));
    expect((await fs.readFile(log, 'utf8')).split('\n')[0]).toBe(
      '-o BatchMode=yes -o ConnectTimeout=30 -T -l me -p 2222 -- there docker system dial-stdio',
    );
  });

  it('that do not answer are told in the words of the command line', async () => {
    const gone = new DialTransport('x', realEngine({ host: `unix://${folder}/none.sock` }));
    await expect(gone.request({ method: 'GET', path: '/info' })).rejects.toThrow(
      `Cannot connect to the Docker daemon at unix://${folder}/none.sock. Is the docker daemon running?`,
    );
  });

  it('have addresses as DOCKER_HOST has them', () => {
    expect(parseHost({ host: 'tcp://a.b' })).toEqual({ kind: 'tcp', host: 'a.b', port: 2375, secure: false });
    expect(parseHost({ host: 'tcp://a.b', tls: {} })).toMatchObject({ port: 2376, secure: true });
    expect(parseHost({ host: 'https://[::1]:1' })).toMatchObject({ host: '[::1]', port: 1, secure: true });
    expect(parseHost({ host: 'npipe:////./pipe/x' })).toEqual({ kind: 'socket', path: '\\\\.\\pipe\\x' });
    for (const host of ['', 'docker', 'unix://a', 'tcp://', 'ftp://x', 'tcp://a/b', 'ssh://a:secret@b']) {
      expect(() => parseHost({ host })).toThrow();
    }
  });
});

describe('docker contexts', () => {
  const place = (env: Record<string, string> = {}) => ({
    env: { DOCKER_CONFIG: folder, ...env },
    platform: 'linux' as const,
  });

  it('are written, found and removed; others and the settings stay untouched', async () => {
    const config = path.join(folder, 'config.json');
    await fs.writeFile(config, '{"currentContext":"swarmscope"}');
    await writeContext('swarmscope', 'unix:///a.sock', 'ours', place());
    await writeContext('swarmscope', 'unix:///b.sock', 'ours', place());
    const [first, ours] = await listDockerContexts(place());
    expect(first).toMatchObject({ name: 'default', current: false, endpoint: { host: 'unix:///var/run/docker.sock' } });
    expect(ours).toMatchObject({ name: 'swarmscope', current: true, ours: true, endpoint: { host: 'unix:///b.sock' } });
    expect(await ownContextHost('swarmscope', place())).toBe('unix:///b.sock');
    expect(await removeContext('swarmscope', place())).toBe(true);
    expect(await listDockerContexts(place())).toHaveLength(1);
    expect(await fs.readFile(config, 'utf8')).toBe('{"currentContext":"swarmscope"}');
  });

  it('of other people are neither written over nor removed', async () => {
    await writeContext('swarmscope', 'unix:///a.sock', 'x', place());
    const [id] = await fs.readdir(path.join(folder, 'contexts/meta'));
    const meta = path.join(folder, 'contexts/meta', id ?? '', 'meta.json');
    const theirs = '{"Name":"swarmscope","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://their:1"}}}';
    await fs.writeFile(meta, theirs);
    expect(await contextOwner('swarmscope', place())).toBe('other');
    await expect(writeContext('swarmscope', 'unix:///b', 'x', place())).rejects.toThrow('already exists');
    expect(await removeContext('swarmscope', place())).toBe(false);
    expect(await fs.readFile(meta, 'utf8')).toBe(theirs);
  });

  it('DOCKER_HOST comes before DOCKER_CONTEXT, and that before the settings', async () => {
    const current = async (env: Record<string, string>) =>
      (await listDockerContexts(place(env))).find((context) => context.current);
    await writeContext('swarmscope', 'unix:///a.sock', 'x', place());
    expect(await current({ DOCKER_CONTEXT: 'swarmscope' })).toMatchObject({ name: 'swarmscope' });
    expect(await current({ DOCKER_CONTEXT: 'swarmscope', DOCKER_HOST: 'tcp://h:1' })).toMatchObject({
      name: 'default',
      endpoint: { host: 'tcp://h:1' },
    });
  });
});
