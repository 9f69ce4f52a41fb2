import fs from 'node:fs';
import http from 'node:http';
import type net from 'node:net';
import type { EngineRequest, EngineResponse, StreamSink } from '../http';
import { EngineUnreachable } from '../unreachable';
import type { ListenAddress } from './hosts';
import { formatListenAddress } from './hosts';
import { lastingList } from './lasting-json';
import { foreignWhy } from './web-guard';

/** Answers requests: the door of one node. Rejects with EngineUnreachable while the node is off. */
export type RequestHandler = (request: EngineRequest) => Promise<EngineResponse>;

export interface HttpListener {
  /** As `unix:///path` or `tcp://127.0.0.1:PORT`, with the port that was taken. */
  readonly address: string;
  /** Ends all connections; a socket's file is removed. */
  close(): Promise<void>;
}

const jsonType = { 'Content-Type': 'application/json' };
const tooLarge: EngineResponse = {
  status: 413,
  headers: jsonType,
  json: { message: 'http: request body too large' },
};
/** Bytes of a request's body that are read; archives that are put into containers may be larger. */
const largestBody = 16 * 1024 * 1024;
const largestArchive = 256 * 1024 * 1024;
const largestHead = 64 * 1024;
/** Bytes that wait for a client that does not read; then its line is cut. */
const mostWaiting = 16 * 1024 * 1024;

/** Milliseconds between the head of a raw line and what follows. */
const headStart = 20;

class TooLarge extends Error {}

/** Listens with the Engine API on a unix socket (mode 0600) or a loopback port. Throws when the place is taken. */
export async function listenHttp(address: ListenAddress, handle: RequestHandler): Promise<HttpListener> {
  const server = http.createServer({ keepAlive: true, insecureHTTPParser: false, maxHeaderSize: largestHead });
  const guarded = address.kind === 'tcp';
  const sockets = new Set<net.Socket>();
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request, response) => {
    const why = guarded ? foreignWhy(request.headers) : undefined;
    if (why === undefined) void answerRequest(request, response, handle);
    else send({ ...jsonError(403, why), headers: { ...jsonType, Connection: 'close' } }, response);
  });
  server.on('upgrade', (request, socket: net.Socket, head: Buffer) => {
    const why = guarded ? foreignWhy(request.headers) : undefined;
    if (why === undefined) void answerUpgrade(request, socket, head, handle);
    else sendOverSocket(jsonError(403, why), socket);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    if (socket.writable) sendOverSocket(jsonError(status, http.STATUS_CODES[status] ?? ''), socket as net.Socket);
    else socket.destroy();
  });
  const taken = await listen(server, address);
  return {
    address: formatListenAddress(taken),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          if (taken.kind === 'unix') fs.rmSync(taken.path, { force: true });
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function listen(server: http.Server, address: ListenAddress): Promise<ListenAddress> {
  if (address.kind === 'unix') await removeStaleSocket(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const ready = () => {
      server.off('error', reject);
      resolve();
    };
    if (address.kind === 'tcp') server.listen(address.port, address.host, ready);
    else if (address.kind === 'npipe') server.listen(address.path, ready);
    else {
      // Nobody else may connect, not even for the moment before a chmod.
      const mask = process.umask(0o177);
      try {
        server.listen(address.path, ready);
      } finally {
        process.umask(mask);
      }
    }
  });
  if (address.kind === 'unix') fs.chmodSync(address.path, 0o600);
  if (address.kind !== 'tcp') return address;
  return { ...address, port: (server.address() as net.AddressInfo).port };
}

/** Removes the file of a socket that nobody listens on any more; a living one stays and makes the caller fail. */
async function removeStaleSocket(path: string): Promise<void> {
  if (!fs.existsSync(path)) return;
  if (!fs.statSync(path).isSocket()) throw new Error(`${path} exists and is not a socket`);
  const { connect } = await import('node:net');
  const alive = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
  });
  if (alive) throw new Error(`${path}: another engine listens there`);
  fs.rmSync(path, { force: true });
}

function jsonError(status: number, message: string): EngineResponse {
  return { status, headers: jsonType, json: { message } };
}

/** How large a request's body may be. */
function limitOf(request: http.IncomingMessage): number {
  return request.method === 'PUT' && /\/archive(\?|$)/.test(request.url ?? '') ? largestArchive : largestBody;
}

/** Throws TooLarge as soon as it is known; what is left is not read. */
async function readBody(request: http.IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const limit = limitOf(request);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new TooLarge();
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function flatHeaders(request: http.IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

async function answerRequest(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  handle: RequestHandler,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  try {
    const body = await readBody(request);
    const answer = await handle({
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: flatHeaders(request),
      body,
      signal: gone.signal,
    });
    if (response.destroyed) return;
    if (answer.hijack) hijackPlain(answer, response);
    else send(answer, response);
  } catch (error) {
    if (error instanceof TooLarge) {
      refuseLarge(request, response);
      return;
    }
    if (!isLost(error)) console.error(error);
    response.destroy();
  }
}

/** Says no, and takes the line away once that is said: the rest of the body is of no interest. */
function refuseLarge(request: http.IncomingMessage, response: http.ServerResponse): void {
  const { socket } = request;
  response.on('finish', () => socket.destroySoon());
  send({ ...tooLarge, headers: { ...jsonType, Connection: 'close' } }, response);
}

/** The engine is off, or the client went away while it was speaking. */
function isLost(error: unknown): boolean {
  return error instanceof EngineUnreachable || (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}

/** Bytes of an answer that is sent at once; JSON ends in a newline, as Go's encoder writes it. */
function wholeBody(answer: EngineResponse): Buffer | undefined {
  if (answer.lasting && Array.isArray(answer.json)) return lastingList(answer.json);
  if (answer.json !== undefined) return Buffer.from(`${JSON.stringify(answer.json)}\n`);
  if (answer.text !== undefined) return Buffer.from(answer.text);
  if (answer.bytes !== undefined) return Buffer.from(answer.bytes);
  return undefined;
}

function send(answer: EngineResponse, response: http.ServerResponse): void {
  const body = answer.stream ? undefined : wholeBody(answer);
  const length = body ? { 'Content-Length': String(body.length) } : {};
  response.writeHead(answer.status, { ...length, ...answer.headers });
  if (answer.stream) {
    response.flushHeaders();
    answer.stream(responseSink(response));
    return;
  }
  response.end(body);
}

function responseSink(response: http.ServerResponse): StreamSink {
  return {
    write: (chunk) => {
      if (response.writableEnded || response.destroyed) return;
      response.write(chunk);
      if (response.writableLength > mostWaiting) response.destroy();
    },
    end: () => response.end(),
    onClose: (listener) => {
      if (response.destroyed) listener();
      else response.once('close', listener);
    },
  };
}

function socketSink(socket: net.Socket): StreamSink {
  return {
    write: (chunk) => {
      if (!socket.writable) return;
      socket.write(chunk);
      if (socket.writableLength > mostWaiting) socket.destroy();
    },
    end: () => socket.end(),
    onClose: (listener) => {
      if (socket.destroyed) listener();
      else socket.once('close', listener);
    },
  };
}

/** A hijack that was asked for without `Upgrade`: 200, then raw bytes (API-60). */
function hijackPlain(answer: EngineResponse, response: http.ServerResponse): void {
  const socket = response.socket;
  if (!socket) return;
  response.detachSocket(socket);
  writeHead(socket, answer.status === 101 ? 200 : answer.status, 'OK', answer.headers);
  answer.stream?.(socketSink(socket));
}

function writeHead(
  socket: net.Socket,
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>>,
): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`);
}

/** A request with `Upgrade: tcp`: the body comes first if there is one, then the line turns raw both ways. */
async function answerUpgrade(
  request: http.IncomingMessage,
  socket: net.Socket,
  head: Buffer,
  handle: RequestHandler,
): Promise<void> {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  socket.on('error', () => socket.destroy());
  try {
    const length = Number(request.headers['content-length'] ?? 0);
    if (!(length <= limitOf(request))) {
      sendOverSocket(tooLarge, socket);
      return;
    }
    const { body, rest } = await bodyFromSocket(socket, head, length);
    const raw = new RawInput(socket, rest);
    const answer = await handle({
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: flatHeaders(request),
      body,
      signal: gone.signal,
      input: raw,
    });
    if (socket.destroyed) return;
    if (!answer.hijack) {
      sendOverSocket(answer, socket);
      return;
    }
    writeHead(socket, answer.status, answer.status === 101 ? 'UPGRADED' : 'OK', answer.headers);
    // Clients that read the head with a buffer would lose what comes along with it: real processes take longer to begin.
    setTimeout(() => answer.stream?.(socketSink(socket)), headStart);
  } catch (error) {
    if (!isLost(error)) console.error(error);
    socket.destroy();
  }
}

/** A plain answer to a request that wished to upgrade, as a refusal. */
function sendOverSocket(answer: EngineResponse, socket: net.Socket): void {
  const body = wholeBody(answer) ?? Buffer.alloc(0);
  const reason = http.STATUS_CODES[answer.status] ?? '';
  writeHead(socket, answer.status, reason, {
    ...answer.headers,
    'Content-Length': String(body.length),
    Connection: 'close',
  });
  if (answer.stream) answer.stream(socketSink(socket));
  else socket.end(body);
}

async function bodyFromSocket(
  socket: net.Socket,
  head: Buffer,
  length: number,
): Promise<{ readonly body: Uint8Array; readonly rest: Buffer }> {
  let have = head;
  while (have.length < length) {
    const chunk = await new Promise<Buffer | undefined>((resolve) => {
      const done = (value: Buffer | undefined) => {
        socket.off('data', onData);
        socket.off('close', onClose);
        socket.pause();
        resolve(value);
      };
      const onData = (data: Buffer) => done(data);
      const onClose = () => done(undefined);
      socket.once('data', onData);
      socket.once('close', onClose);
      socket.resume();
    });
    if (!chunk) break;
    have = Buffer.concat([have, chunk]);
  }
  return { body: have.subarray(0, length), rest: have.subarray(length) };
}

/** The client's bytes on a raw line. They are read only once somebody listens. */
class RawInput {
  readonly #socket: net.Socket;
  #rest: Buffer;

  constructor(socket: net.Socket, rest: Buffer) {
    this.#socket = socket;
    this.#rest = rest;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    if (this.#rest.length > 0) listener(this.#rest);
    this.#rest = Buffer.alloc(0);
    this.#socket.on('data', listener);
    this.#socket.resume();
  }

  onEnd(listener: () => void): void {
    this.#socket.once('end', listener);
  }
}
