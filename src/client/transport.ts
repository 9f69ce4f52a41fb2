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

export interface Transport {
  /** What is at the other end, for people: `swarm-1 (simulated)`, `ssh://...`. */
  readonly label: string;
  request(request: TransportRequest): Promise<TransportResponse>;
  /** For events and logs: chunks as they come. Ends when the engine ends or `signal` aborts. Throws EngineApiError on a refusal. */
  stream(request: TransportRequest): AsyncIterable<Uint8Array>;
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
