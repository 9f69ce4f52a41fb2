import type { HttpRequest, Process } from '../programs';
import { base64 } from '../programs';
import type { HttpReply, HttpServer } from './server';
import { json, parsePath } from './server';

interface Pair {
  readonly value: string;
  readonly flags: number;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

const file = '/consul/data/kv.json';
/** Bytes of a value at most. */
const largest = 512 * 1024;

/** What the HTTP interface of Consul gives of its key-value store, as far as proxies need it (TALK-17). */
export class Consul implements HttpServer {
  readonly #pairs = new Map<string, Pair>();
  #index = 1;

  /** `-dev` keeps all in memory; other agents find their data again on their volume. */
  constructor(private readonly process: Process) {
    if (this.#inMemory) return;
    const kept = process.fs.read(file);
    if (kept === undefined) return;
    for (const [key, pair] of readPairs(kept)) {
      this.#pairs.set(key, pair);
      this.#index = Math.max(this.#index, pair.modifyIndex);
    }
  }

  answer(_port: number, request: HttpRequest): HttpReply {
    const { path, query } = parsePath(request.path);
    if (path.startsWith('/v1/kv/')) return this.#keyValue(path.slice('/v1/kv/'.length), query, request);
    if (request.method !== 'GET') return { status: 405, body: `method ${request.method} not allowed` };
    switch (path) {
      case '/v1/status/leader':
        return json(200, '127.0.0.1:8300');
      case '/v1/status/peers':
        return json(200, ['127.0.0.1:8300']);
      case '/v1/catalog/datacenters':
        return json(200, ['dc1']);
      case '/v1/catalog/services':
        return json(200, { consul: [] });
      case '/v1/catalog/nodes':
        return json(200, [{ Node: this.process.hostname, Address: '127.0.0.1', Datacenter: 'dc1' }]);
      case '/v1/agent/self':
        return json(200, { Config: { Datacenter: 'dc1', NodeName: this.process.hostname, Server: true } });
      case '/':
        return { status: 301, headers: { location: '/ui/' }, body: '<a href="/ui/">Moved Permanently</a>.\n\n' };
      default:
        return { status: 404, body: '' };
    }
  }

  #keyValue(key: string, query: ReadonlyMap<string, string>, { method, body }: HttpRequest): HttpReply {
    switch (method) {
      case 'GET':
        return this.#read(key, query);
      case 'PUT':
      case 'POST':
        if (key === '') return { status: 400, body: 'Missing key name' };
        if (body.length > largest) return { status: 413, body: `Value exceeds ${largest} byte limit` };
        return json(200, this.#write(key, query, body));
      case 'DELETE':
        for (const name of query.has('recurse') ? this.#below(key) : [key]) this.#pairs.delete(name);
        this.#index++;
        this.#keep();
        return json(200, true);
      default:
        return { status: 405, body: `method ${method} not allowed` };
    }
  }

  #read(key: string, query: ReadonlyMap<string, string>): HttpReply {
    const names = query.has('recurse') || query.has('keys') ? this.#below(key) : this.#pairs.has(key) ? [key] : [];
    if (names.length === 0) return { status: 404, headers: this.#headers(), body: '' };
    if (query.has('keys')) return { ...json(200, names), headers: this.#headers() };
    if (query.has('raw')) return { status: 200, headers: this.#headers(), body: this.#pairs.get(names[0]!)!.value };
    const pairs = names.map((name) => {
      const { value, flags, createIndex, modifyIndex } = this.#pairs.get(name)!;
      return {
        LockIndex: 0,
        Key: name,
        Flags: flags,
        Value: base64(value),
        CreateIndex: createIndex,
        ModifyIndex: modifyIndex,
      };
    });
    return { ...json(200, pairs), headers: this.#headers() };
  }

  /** With `cas` only when the pair is as the client saw it last; 0: only when there is none. */
  #write(key: string, query: ReadonlyMap<string, string>, value: string): boolean {
    const old = this.#pairs.get(key);
    const expected = query.get('cas');
    if (expected !== undefined && Number(expected) !== (old?.modifyIndex ?? 0)) return false;
    const modifyIndex = ++this.#index;
    this.#pairs.set(key, {
      value,
      flags: Number(query.get('flags') ?? 0) || 0,
      createIndex: old?.createIndex ?? modifyIndex,
      modifyIndex,
    });
    this.#keep();
    return true;
  }

  #below(prefix: string): string[] {
    return [...this.#pairs.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  #headers(): Readonly<Record<string, string>> {
    return {
      'content-type': 'application/json',
      'x-consul-index': String(this.#index),
      'x-consul-knownleader': 'true',
    };
  }

  get #inMemory(): boolean {
    return this.process.argv.includes('-dev');
  }

  #keep(): void {
    if (!this.#inMemory) this.process.fs.write(file, JSON.stringify([...this.#pairs]));
  }
}

/** What was kept; nothing when somebody wrote something else there. */
function readPairs(text: string): readonly (readonly [string, Pair])[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as [string, Pair][]) : [];
  } catch {
    return [];
  }
}
