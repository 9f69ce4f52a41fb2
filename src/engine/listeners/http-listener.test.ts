import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineRequest, EngineResponse, StreamSink } from '../http';
import { formatListenAddress, parseListenAddress } from './hosts';
import type { HttpListener } from './http-listener';
import { listenHttp } from './http-listener';

let folder: string;
let listener: HttpListener | undefined;
let heard: EngineRequest[];
let answer: (request: EngineRequest) => Promise<EngineResponse>;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'door-'));
  heard = [];
  answer = async () => ({ status: 200, headers: { 'Content-Type': 'application/json' }, json: { fine: true } });
});
afterEach(async () => {
  await listener?.close();
  listener = undefined;
  fs.rmSync(folder, { recursive: true, force: true });
});

const socketPath = () => path.join(folder, 'docker.sock');

async function listenUnix(): Promise<void> {
  listener = await listenHttp({ kind: 'unix', path: socketPath() }, (request) => {
    heard.push(request);
    return answer(request);
  });
}

/** Sends bytes and gives all that comes back until the line is closed, or has been still for a moment. */
function exchange(
  bytes: string | Uint8Array,
  to: net.NetConnectOpts = { path: socketPath() },
  end = true,
): Promise<string> {
  return new Promise((resolve) => {
    const line = net.connect(to);
    let back = '';
    line.on('data', (data) => (back += data.toString('latin1')));
    line.on('error', () => {});
    line.on('close', () => resolve(back));
    if (end) line.end(bytes);
    else line.write(bytes);
  });
}

const get = (more = '') => `GET /_ping HTTP/1.1\r\nHost: docker\r\n${more}\r\n`;

describe('the listener', () => {
  it('opens its socket for its owner alone', async () => {
    await listenUnix();
    expect(fs.statSync(socketPath()).mode & 0o777).toBe(0o600);
  });

  it('answers requests that come together in their order, on one line', async () => {
    await listenUnix();
    answer = async (request) => ({ status: 200, headers: {}, text: request.path });
    const back = await exchange(
      '/a /b /c'
        .split(' ')
        .map((route) => `GET ${route} HTTP/1.1\r\nHost: docker\r\n\r\n`)
        .join(''),
    );
    expect(back.match(/\/[abc]$|\/[abc](?=HTTP)/gm)?.join('')).toMatch(/^\/a\/b\/c/);
  });

  it('refuses a body over the limit, said or not, and heads without end', async () => {
    await listenUnix();
    const big = 17 * 1024 * 1024;
    const said = await exchange(
      `POST /services/create HTTP/1.1\r\nHost: docker\r\nContent-Length: ${big}\r\n\r\n`,
      undefined,
      false,
    );
    expect(said).toMatch(/^HTTP\/1\.1 413 [\s\S]*\{"message":"http: request body too large"\}\n$/);
    const head = await exchange(get(`X: ${'x'.repeat(100_000)}\r\n`));
    expect(head).toMatch(/^HTTP\/1\.1 431 [\s\S]*\{"message":/);
    expect(heard).toEqual([]);
  });

  it('answers any bytes with an error or not at all, and goes on', async () => {
    await listenUnix();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const back = await exchange(bytes);
        expect(back === '' || /^HTTP\/1\.1 400 [\s\S]*\{"message":/.test(back)).toBe(true);
      }),
      { numRuns: 60 },
    );
    expect(await exchange(get('Connection: close\r\n'))).toContain('{"fine":true}');
  });

  it('takes a request that is cut off for none', async () => {
    await listenUnix();
    const whole =
      'POST /services/create HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"Name":"a"}';
    for (let length = 1; length < whole.length; length += 7) await exchange(whole.slice(0, length));
    expect(heard).toEqual([]);
  });

  it('tells a stream that its client went away, and cuts one that does not read', async () => {
    await listenUnix();
    let sink: StreamSink | undefined;
    const closed = () => new Promise<void>((resolve) => sink!.onClose(resolve));
    answer = async () => ({ status: 200, headers: {}, stream: (to) => (sink = to) });
    const leaving = net.connect(socketPath(), () => leaving.write(get()));
    await new Promise((resolve) => leaving.once('data', resolve));
    const gone = closed();
    leaving.destroy();
    await gone;
    const idle = net.connect(socketPath(), () => idle.write(get()));
    await new Promise((resolve) => idle.once('data', resolve));
    idle.pause();
    idle.on('error', () => {});
    const cut = closed();
    let sent = 0;
    const chunk = 'x'.repeat(1024 * 1024);
    const pump = setInterval(() => {
      sink!.write(chunk);
      sent++;
    }, 1);
    await cut;
    clearInterval(pump);
    expect(sent).toBeLessThan(40);
    idle.destroy();
  });

  it('is no door for web pages: foreign hosts and origins are refused on TCP', async () => {
    listener = await listenHttp({ kind: 'tcp', host: '127.0.0.1', port: 0 }, async (request) => {
      heard.push(request);
      return answer(request);
    });
    const port = Number(listener.address.split(':').at(-1));
    const ask = (head: string) =>
      exchange(`GET /info HTTP/1.1\r\n${head}Connection: close\r\n\r\n`, { port, host: '127.0.0.1' });
    expect(await ask('Host: evil.example\r\n')).toMatch(/^HTTP\/1\.1 403 [\s\S]*\{"message":/);
    expect(await ask(`Host: 127.0.0.1:${port}\r\nOrigin: http://evil.example\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask(`Host: localhost:${port}\r\nSec-Fetch-Site: cross-site\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
    expect(heard).toEqual([]);
    expect(await ask(`Host: localhost:${port}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(`Host: 127.0.0.1:${port}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('named pipes', () => {
  it('are written as Docker writes them, and opened as Windows does', () => {
    const address = parseListenAddress('npipe:////./pipe/docker_engine');
    expect(address).toEqual({ kind: 'npipe', path: '\\\\.\\pipe\\docker_engine' });
    expect(formatListenAddress(address)).toBe('npipe:////./pipe/docker_engine');
    expect(() => parseListenAddress('npipe:////server/pipe/x')).toThrow('npipe:////./pipe/NAME');
  });
});
