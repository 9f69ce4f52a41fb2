import type { EngineRequest, EngineResponse } from '../engine/http';
import type { RawLine, StreamedAnswer, Transport, TransportRequest, TransportResponse } from './transport';
import { refusalOf } from './transport';

/** Answers a request as an engine does; a rejection means that no engine can be reached. */
export type RequestHandler = (request: EngineRequest) => Promise<EngineResponse>;

/**
 * A transport to a simulated engine in the same process: the same routes as over a socket, without bytes in between.
 * Answers are plain JSON values of their own, so that a client cannot change what the simulation holds.
 */
export class InProcessTransport implements Transport {
  readonly #handle: RequestHandler;
  readonly #closed = new AbortController();

  constructor(
    readonly label: string,
    handle: RequestHandler,
  ) {
    this.#handle = handle;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const response = await this.#handle(this.#translate(request));
    const { status, headers } = response;
    if (!response.stream) return { status, headers: lowerCase(headers), body: plainBody(response) };
    const chunks: Uint8Array[] = [];
    for await (const chunk of chunksOf(response, this.#signal(request))) chunks.push(chunk);
    return { status, headers: lowerCase(headers), body: textOf(chunks) };
  }

  async open(request: TransportRequest): Promise<StreamedAnswer> {
    const response = await this.#handle(this.#translate(request));
    const { status, headers } = response;
    if (status >= 400) throw refusalOf(request, status, plainBody(response));
    const chunks = response.stream ? chunksOf(response, this.#signal(request)) : wholeOnce(response);
    return { status, headers: lowerCase(headers), chunks };
  }

  async hijack(request: TransportRequest): Promise<RawLine> {
    const input = new TypedInput();
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, this.#signal(request)]);
    const asked = this.#translate(request);
    const headers = { ...asked.headers, connection: 'Upgrade', upgrade: 'tcp' };
    const response = await this.#handle({ ...asked, headers, signal, input });
    if (response.status >= 400) throw refusalOf(request, response.status, plainBody(response));
    const encoder = new TextEncoder();
    return {
      output: response.stream ? chunksOf(response, signal) : wholeOnce(response),
      write: (chunk) => input.write(typeof chunk === 'string' ? encoder.encode(chunk) : chunk),
      end: () => input.end(),
      close: () => gone.abort(),
    };
  }

  /** Ends all streams that are open on this transport. The simulation lives on. */
  close(): void {
    this.#closed.abort();
  }

  #translate(request: TransportRequest): EngineRequest {
    return {
      method: request.method,
      path: request.path,
      headers: lowerCase(request.headers ?? {}),
      body: request.body === undefined ? undefined : ownCopy(request.body),
      signal: this.#signal(request),
    };
  }

  #signal(request: TransportRequest): AbortSignal {
    return request.signal ? AbortSignal.any([request.signal, this.#closed.signal]) : this.#closed.signal;
  }
}

async function* wholeOnce(response: EngineResponse): AsyncGenerator<Uint8Array> {
  const bytes = wholeBytes(response);
  if (bytes.length > 0) yield bytes;
}

/** What a client types on a raw connection, kept until the engine listens. */
class TypedInput {
  readonly #data: ((chunk: Uint8Array) => void)[] = [];
  readonly #end: (() => void)[] = [];
  readonly #held: Uint8Array[] = [];
  #ended = false;

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#data.push(listener);
    for (const chunk of this.#held.splice(0)) listener(chunk);
  }

  onEnd(listener: () => void): void {
    if (this.#ended) listener();
    else this.#end.push(listener);
  }

  write(chunk: Uint8Array): void {
    if (this.#ended) return;
    if (this.#data.length === 0) this.#held.push(chunk);
    for (const listener of this.#data) listener(chunk);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const listener of this.#end.splice(0)) listener();
  }
}

function ownCopy(body: unknown): unknown {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  return JSON.parse(JSON.stringify(body));
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function plainBody(response: EngineResponse): unknown {
  if (response.json !== undefined) return ownCopy(response.json);
  if (response.bytes) return response.bytes;
  return response.text ?? '';
}

function wholeBytes(response: EngineResponse): Uint8Array {
  if (response.bytes) return response.bytes;
  if (response.json !== undefined) return new TextEncoder().encode(`${JSON.stringify(response.json)}\n`);
  return new TextEncoder().encode(response.text ?? '');
}

/** One JSON value when the whole is one, else the text. */
function textOf(chunks: readonly Uint8Array[]): unknown {
  const decoder = new TextDecoder();
  const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The chunks of a streaming answer as they come; ends with the stream, or when `signal` aborts. The stream is listened to
 * at once, so that nothing is missed before its reader begins.
 */
function chunksOf(response: EngineResponse, signal: AbortSignal): AsyncIterableIterator<Uint8Array> {
  const encoder = new TextEncoder();
  const waiting: Uint8Array[] = [];
  const closers: (() => void)[] = [];
  let ended = signal.aborted;
  let closed = false;
  let wake: () => void = () => {};
  const finish = () => {
    ended = true;
    wake();
  };
  const abort = () => {
    waiting.length = 0;
    finish();
    close();
  };
  const close = () => {
    if (closed) return;
    closed = true;
    ended = true;
    signal.removeEventListener('abort', abort);
    for (const closer of closers.splice(0)) closer();
  };
  signal.addEventListener('abort', abort);
  response.stream?.({
    write: (chunk) => {
      if (ended) return;
      waiting.push(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      wake();
    },
    end: finish,
    onClose: (listener) => {
      if (closed) listener();
      else closers.push(listener);
    },
  });
  return {
    async next() {
      for (;;) {
        const value = waiting.shift();
        if (value) return { done: false, value };
        if (ended) {
          close();
          return { done: true, value: undefined };
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async return() {
      waiting.length = 0;
      close();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
