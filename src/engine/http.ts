/** The door's own form of HTTP: what the routes are written against. No sockets here; listeners translate. */

import type { BodyKind } from './router/request-types';

export interface EngineRequest {
  readonly method: string;
  /** Path with query, with or without the `/v1.NN` prefix (API-1). */
  readonly path: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Raw bytes from a socket, a text, or (in-process) a value that is taken as parsed JSON. */
  readonly body?: unknown;
  /** Aborted when the client goes away. */
  readonly signal?: AbortSignal;
  /** The client's side of a hijacked connection (exec, attach): bytes that it sends, and its end of input. */
  readonly input?: { onData(listener: (chunk: Uint8Array) => void): void; onEnd(listener: () => void): void };
}

/** Where a streaming answer goes; `write` after the client left is ignored. */
export interface StreamSink {
  write(chunk: string | Uint8Array): void;
  end(): void;
  /** Called once when the client goes away or `end` was called. */
  onClose(listener: () => void): void;
}

export interface EngineResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON with a newline after it. */
  readonly json?: unknown;
  /** The members of the list in `json` never change: an object that is sent again has the same text as before. */
  readonly lasting?: boolean;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** Called after the head was sent. With `hijack` the connection turns raw (API-60). */
  readonly stream?: (sink: StreamSink) => void;
  readonly hijack?: boolean;
}

/** A refusal with Docker's own status and text (API-7, API-8). */
export class EngineError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'EngineError';
  }
}

/**
 * A refusal that may pass: the request waits, and is handled again once `wait` says that it can be; with an error it is
 * refused for good (CTRL-4). A handler throws it before it has changed anything.
 */
export class WaitingError extends EngineError {
  constructor(
    status: number,
    message: string,
    readonly wait: (done: (error?: Error) => void) => void,
  ) {
    super(status, message);
    this.name = 'WaitingError';
  }
}

/** What a handler gets. `E` is the node's engine. */
export interface RouteContext<E> {
  readonly engine: E;
  readonly request: EngineRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The version asked for, as [major, minor]; the server's own without prefix. */
  readonly apiVersion: readonly [number, number];
  /**
   * The body as JSON; throws EngineError 400 as API-10 says. With a kind it is read as Go reads that type: fields in any
   * case, nothing but what is known, and wrong types refused.
   */
  readonly json: <T>(kind?: BodyKind) => T;
}

export interface Route<E> {
  readonly method: string;
  /** `/containers/{id}/json`; `{name*}` takes slashes too. */
  readonly path: string;
  /** Whether the request can change the simulation's state: then it goes into the journal before it is answered. */
  readonly writes: boolean;
  readonly handle: (context: RouteContext<E>) => EngineResponse | Promise<EngineResponse>;
}
