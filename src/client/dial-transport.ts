import type { RawLine, StreamedAnswer, Transport, TransportRequest, TransportResponse } from './transport';
import { refusalOf } from './transport';

/** A request as bytes. */
export interface DialRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
  /** Asks for a raw connection. */
  readonly hijack: boolean;
}

/** An answer as bytes; `write` and `end` are there when the connection turned raw. */
export interface Dialled {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly raw?: { write(chunk: Uint8Array): void; end(): void };
  close(): void;
}

/** The way to an engine. A rejection means that it cannot be reached. */
export interface Dialler {
  dial(request: DialRequest): Promise<Dialled>;
  close(): void;
}

const encoder = new TextEncoder();

/** A transport over bytes: what turns requests into them and answers back. */
export class DialTransport implements Transport {
  constructor(
    readonly label: string,
    private readonly dialler: Dialler,
  ) {}

  async request(request: TransportRequest): Promise<TransportResponse> {
    const answer = await this.#dial(request, false);
    return { status: answer.status, headers: answer.headers, body: await bodyOf(answer) };
  }

  async open(request: TransportRequest): Promise<StreamedAnswer> {
    const answer = await this.#dial(request, false);
    const { status, headers } = answer;
    if (status >= 400) throw refusalOf(request, status, await bodyOf(answer));
    return { status, headers, chunks: untilAborted(answer, request.signal) };
  }

  async hijack(request: TransportRequest): Promise<RawLine> {
    const answer = await this.#dial(request, true);
    const { raw } = answer;
    if (answer.status >= 400) throw refusalOf(request, answer.status, await bodyOf(answer));
    if (!raw) {
      answer.close();
      throw refusalOf(request, answer.status, 'the engine did not open a raw connection');
    }
    return {
      output: answer.chunks,
      write: (chunk) => raw.write(typeof chunk === 'string' ? encoder.encode(chunk) : chunk),
      end: () => raw.end(),
      close: () => answer.close(),
    };
  }

  close(): void {
    this.dialler.close();
  }

  #dial(request: TransportRequest, hijack: boolean): Promise<Dialled> {
    const body = bytesOf(request.body);
    return this.dialler.dial({
      method: request.method,
      path: request.path,
      headers: { ...(body && { 'Content-Type': 'application/json' }), ...request.headers },
      ...(body && { body }),
      ...(request.signal && { signal: request.signal }),
      hijack,
    });
  }
}

/** The chunks as they come; that the client itself broke off is an end and no error. */
async function* untilAborted(answer: Dialled, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    yield* answer.chunks;
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    answer.close();
  }
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return body;
  return encoder.encode(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The whole body: its value when it was JSON, else its text. */
async function bodyOf(answer: Dialled): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.chunks) text += decoder.decode(chunk, { stream: true });
  text += decoder.decode();
  if (!answer.headers['content-type']?.startsWith('application/json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
