import http from 'node:http';
import type { Transport, TransportRequest, TransportResponse } from '../transport';
import { EngineApiError } from '../transport';

/** Where an engine listens: `unix:///path` or `tcp://host:port`. Throws a plain Error for other forms. */
function connectionOptions(host: string): http.RequestOptions {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  if (host.startsWith('npipe://')) return { socketPath: host.slice('npipe://'.length).replaceAll('/', '\\') };
  const url = /^(tcp|http):\/\//.test(host) ? new URL(host.replace(/^tcp/, 'http')) : undefined;
  if (!url?.hostname) throw new Error(`${host}: give unix:///path/docker.sock or tcp://HOST:PORT`);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port || 2375 };
}

/** A transport over HTTP on a unix socket, named pipe or plain TCP port, to any engine, simulated or real. */
export class HttpTransport implements Transport {
  readonly label: string;
  readonly #options: http.RequestOptions;
  readonly #agent = new http.Agent({ keepAlive: true });

  constructor(host: string, label = host) {
    this.label = label;
    this.#options = connectionOptions(host);
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const response = await this.#send(request);
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    return {
      status: response.statusCode ?? 0,
      headers: flat(response.headers),
      body: parsed(Buffer.concat(chunks).toString(), response.headers['content-type']),
    };
  }

  async *stream(request: TransportRequest): AsyncIterable<Uint8Array> {
    const response = await this.#send(request);
    if ((response.statusCode ?? 0) >= 400) {
      const chunks: Buffer[] = [];
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = parsed(Buffer.concat(chunks).toString(), response.headers['content-type']);
      const message = (body as { message?: unknown } | undefined)?.message;
      throw new EngineApiError(response.statusCode ?? 0, typeof message === 'string' ? message : String(body).trim());
    }
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) yield chunk;
    } catch (error) {
      if (!request.signal?.aborted) throw error;
    } finally {
      response.destroy();
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(request: TransportRequest): Promise<http.IncomingMessage> {
    const body = encode(request.body);
    return new Promise((resolve, reject) => {
      const outgoing = http.request(
        {
          ...this.#options,
          agent: this.#agent,
          method: request.method,
          path: request.path,
          signal: request.signal,
          headers: {
            Host: 'docker',
            ...(body ? { 'Content-Type': 'application/json', 'Content-Length': body.length } : {}),
            ...request.headers,
          },
        },
        resolve,
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function encode(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(JSON.stringify(body));
}

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}

function parsed(text: string, type: string | undefined): unknown {
  if (!type?.startsWith('application/json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
