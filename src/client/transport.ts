/** How a client reaches an engine. In-process, socket, TCP, TLS and SSH transports implement it alike. */

export interface TransportRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query, without the version prefix. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body when it was JSON, its text otherwise. */
  readonly body: unknown;
}

/** A streaming answer that has begun. */
export interface StreamedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends when the engine ends or the request's signal aborts. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A connection that turned raw, as exec and attach do (API-60): bytes both ways until one side is done. */
export interface RawLine {
  /** What the engine sends, as it comes. */
  readonly output: AsyncIterable<Uint8Array>;
  write(chunk: string | Uint8Array): void;
  /** No more input follows; output may still come. */
  end(): void;
  /** Drops the connection. */
  close(): void;
}

export interface Transport {
  /** What is at the other end, for people: `swarm-1 (simulated)`, `ssh://...`. */
  readonly label: string;
  request(request: TransportRequest): Promise<TransportResponse>;
  /** For events and logs: resolves once the engine has answered. Throws EngineApiError on a refusal. */
  open(request: TransportRequest): Promise<StreamedAnswer>;
  /** Asks for a raw connection. Throws EngineApiError on a refusal. */
  hijack(request: TransportRequest): Promise<RawLine>;
  close(): void;
}

/** A refusal by the engine: its status and its own text (API-7). */
export class EngineApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'EngineApiError';
  }
}

/** The refusal that an answer of 400 or more is: Docker's text from its body, or what can be said without one. */
export function refusalOf(request: TransportRequest, status: number, body: unknown): EngineApiError {
  const message = (body as { message?: unknown } | undefined)?.message;
  if (typeof message === 'string') return new EngineApiError(status, message);
  const text = typeof body === 'string' ? body.trim() : '';
  return new EngineApiError(status, text || `${request.method} ${request.path}: HTTP ${status}`);
}

/** The chunks of a streaming answer, asked for when they are first wanted. */
export async function* streamOf(transport: Transport, request: TransportRequest): AsyncGenerator<Uint8Array> {
  yield* (await transport.open(request)).chunks;
}
