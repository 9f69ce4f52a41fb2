/** An HTTP request as a server inside a container gets it. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** By lower-case name; `host` is what the client asked for. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An HTTP answer as a client inside a container gets it. `hops` tell the way of the packets, as far as they came. */
export type HttpOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly hops: readonly string[];
    }
  | { readonly kind: 'refused' | 'unreachable'; readonly hops: readonly string[] };

/** A request with what is left out filled in: `GET /`. */
export function httpRequest(path: string, given: Partial<Omit<HttpRequest, 'path'>> = {}): HttpRequest {
  return { method: 'GET', headers: {}, body: '', ...given, path };
}
