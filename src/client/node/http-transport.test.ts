import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineRequest, EngineResponse } from '../../engine/http';
import { FileSink, readJournalFile } from '../../engine/listeners/file-sink';
import { parseListenAddress } from '../../engine/listeners/hosts';
import type { HttpListener } from '../../engine/listeners/http-listener';
import { listenHttp } from '../../engine/listeners/http-listener';
import { HttpTransport } from './http-transport';

let folder: string;
let listener: HttpListener | undefined;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'listener-'));
});
afterEach(async () => {
  await listener?.close();
  listener = undefined;
  fs.rmSync(folder, { recursive: true, force: true });
});

async function start(handle: (request: EngineRequest) => EngineResponse): Promise<string> {
  const socket = path.join(folder, 'docker.sock');
  listener = await listenHttp({ kind: 'unix', path: socket }, async (request) => handle(request));
  return socket;
}

describe('addresses', () => {
  it('takes unix sockets and loopback ports, and refuses what others could reach', () => {
    expect(parseListenAddress('unix:///run/a.sock')).toEqual({ kind: 'unix', path: '/run/a.sock' });
    expect(parseListenAddress('tcp://127.0.0.1:2375')).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 2375 });
    expect(() => parseListenAddress('tcp://0.0.0.0:2375')).toThrow('only loopback addresses');
    expect(() => parseListenAddress('tcp://192.168.1.5:2375')).toThrow('only loopback addresses');
    expect(() => parseListenAddress('http://x')).toThrow('give unix://');
    expect(() => parseListenAddress(`unix:///${'a'.repeat(120)}`)).toThrow('shorter than 108');
  });
});

describe('listenHttp', () => {
  it('serves JSON with a newline, on a socket that only its owner can open', async () => {
    const socket = await start(({ method, path: where }) => ({
      status: 201,
      headers: { 'X-A': 'b', 'Content-Type': 'application/json' },
      json: { method, where },
    }));
    expect(fs.statSync(socket).mode & 0o777).toBe(0o600);
    const transport = new HttpTransport(`unix://${socket}`);
    const response = await transport.request({ method: 'POST', path: '/x?y=z', body: { a: 1 } });
    expect(response).toMatchObject({ status: 201, body: { method: 'POST', where: '/x?y=z' } });
    expect(response.headers['x-a']).toBe('b');
    transport.close();
  });

  it('streams chunks as they come, and tells when the client left', async () => {
    let write: (text: string) => void = () => {};
    let left = false;
    const socket = await start(() => ({
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      stream: (sink) => {
        write = (text) => sink.write(text);
        sink.onClose(() => {
          left = true;
        });
        sink.write('{"n":1}\n');
      },
    }));
    const transport = new HttpTransport(`unix://${socket}`);
    const stop = new AbortController();
    const { chunks: all } = await transport.open({ method: 'GET', path: '/events', signal: stop.signal });
    const chunks = all[Symbol.asyncIterator]();
    const first = await chunks.next();
    expect(Buffer.from(first.value as Uint8Array).toString()).toBe('{"n":1}\n');
    write('{"n":2}\n');
    expect(Buffer.from((await chunks.next()).value as Uint8Array).toString()).toBe('{"n":2}\n');
    stop.abort();
    await expect.poll(() => left).toBe(true);
    transport.close();
  });

  it('API-60: an upgrade turns the line raw both ways, and half-closing ends the input', async () => {
    const socket = await start((request) => ({
      status: 101,
      headers: { 'Content-Type': 'application/vnd.docker.raw-stream', Connection: 'Upgrade', Upgrade: 'tcp' },
      hijack: true,
      stream: (sink) => {
        request.input?.onData((chunk) => sink.write(Buffer.from(chunk).toString().toUpperCase()));
        request.input?.onEnd(() => {
          sink.write('bye');
          sink.end();
        });
      },
    }));
    const text = await new Promise<string>((resolve, reject) => {
      let all = '';
      const line = net.connect({ path: socket, allowHalfOpen: true });
      line.on('data', (data) => {
        all += data.toString();
        if (all.includes('HELLO')) line.end();
      });
      line.on('end', () => resolve(all));
      line.on('error', reject);
      line.write(
        'POST /exec/1/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}hello',
      );
    });
    expect(text).toMatch(/^HTTP\/1\.1 101 UPGRADED\r\n/);
    expect(text).toContain('\r\n\r\nHELLO');
    expect(text.endsWith('bye')).toBe(true);
  });

  it('refuses a place where another engine listens, and takes over a dead socket', async () => {
    const socket = await start(() => ({ status: 200, headers: {} }));
    await expect(
      listenHttp({ kind: 'unix', path: socket }, async () => ({ status: 200, headers: {} })),
    ).rejects.toThrow('another engine listens there');
  });

  it('HEAD gets no body', async () => {
    const socket = await start(() => ({ status: 200, headers: { 'Content-Length': '0' } }));
    const length = await new Promise((resolve) => {
      http
        .request({ socketPath: socket, method: 'HEAD', path: '/_ping' }, (response) => {
          response.resume();
          resolve(response.headers['content-length']);
        })
        .end();
    });
    expect(length).toBe('0');
  });
});

describe('FileSink', () => {
  it('appends lines, and replaces all of them at once', async () => {
    const file = path.join(folder, 'a.journal');
    const sink = new FileSink(file, { sync: true });
    expect(readJournalFile(file)).toBeUndefined();
    await sink.append('a');
    await sink.append('b');
    expect(readJournalFile(file)).toEqual(['a', 'b']);
    await sink.replace(['c']);
    await sink.append('d');
    expect(readJournalFile(file)).toEqual(['c', 'd']);
    await sink.close();
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });
});
