import type { HttpRequest } from '../programs';

/** What a server answers; `hops` tell where it sent the request on to, and what came back. */
export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly hops?: readonly string[];
}

/** A server that runs in a container. It lives as long as the container's first process. */
export interface HttpServer {
  answer(port: number, request: HttpRequest): HttpReply;
}

/** An answer in JSON. */
export function json(status: number, value: unknown): HttpReply {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

/** A path with its query taken apart. Names that come twice keep the first value. */
export function parsePath(path: string): { readonly path: string; readonly query: ReadonlyMap<string, string> } {
  const [before = '', after = ''] = path.split(/\?(.*)/s);
  const query = new Map<string, string>();
  for (const pair of after.split('&')) {
    if (pair === '') continue;
    const [name = '', value = ''] = pair.split(/=(.*)/s).map(decoded);
    if (!query.has(name)) query.set(name, value);
  }
  return { path: decoded(before), query };
}

/** Text of a URL; what is not well encoded stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
