import type { EngineRequest, EngineResponse } from '../engine/http';
import type { Transport, TransportRequest, TransportResponse } from './transport';
import { EngineApiError } from './transport';

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

  async *stream(request: TransportRequest): AsyncIterable<Uint8Array> {
    const response = await this.#handle(this.#translate(request));
    if (response.status >= 400) {
      const message = (response.json as { message?: unknown } | undefined)?.message;
      throw new EngineApiError(
        response.status,
        typeof message === 'string' ? message : (response.text ?? `HTTP ${response.status}`),
      );
    }
    if (response.stream) yield* chunksOf(response, this.#signal(request));
    else {
      const bytes = wholeBytes(response);
      if (bytes.length > 0) yield bytes;
    }
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

/** The chunks of a streaming answer as they come; ends with the stream, or when `signal` aborts. */
async function* chunksOf(response: EngineResponse, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const waiting: Uint8Array[] = [];
  const closers: (() => void)[] = [];
  let ended = signal.aborted;
  let wake: () => void = () => {};
  const finish = () => {
    ended = true;
    wake();
  };
  signal.addEventListener('abort', finish);
  response.stream?.({
    write: (chunk) => {
      if (ended) return;
      waiting.push(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      wake();
    },
    end: finish,
    onClose: (listener) => closers.push(listener),
  });
  try {
    for (;;) {
      while (waiting.length > 0 && !signal.aborted) yield waiting.shift()!;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    ended = true;
    signal.removeEventListener('abort', finish);
    for (const close of closers.splice(0)) close();
  }
}
