import { hostOf } from '../../network/address';
import type { HttpRequest, Process } from '../programs';
import { hostAddresses, httpRequest } from '../programs';
import { haproxyConfig, inOrder } from './haproxy-cfg';
import type { ProxyService } from './proxy-service';
import { ProxyRequestError, readService, serves } from './proxy-service';
import type { HttpReply, HttpServer } from './server';
import { json, parsePath } from './server';

const configFile = '/cfg/haproxy.cfg';
const api = '/v1/docker-flow-proxy';
const apiPort = 8080;
/** Tries to connect after the first one, as `retries` of haproxy.cfg says. */
const retries = 3;
const store = 'docker-flow';

const unavailable: HttpReply = {
  status: 503,
  headers: { 'content-type': 'text/html', 'cache-control': 'no-cache' },
  body: '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n',
};

/**
 * Docker Flow: Proxy (TALK-17): an HAProxy that is reconfigured through an API on port 8080. With CONSUL_ADDRESS its
 * routes are kept in Consul: replicas read them when they start, and the one that is told something tells the others.
 */
export class FlowProxy implements HttpServer {
  readonly #services = new Map<string, ProxyService>();

  constructor(private readonly process: Process) {
    this.#readStore();
    this.#reload();
  }

  answer(port: number, request: HttpRequest): HttpReply {
    return port === apiPort ? this.#api(request) : this.#forward(port, request);
  }

  #api(request: HttpRequest): HttpReply {
    const { path, query } = parsePath(request.path);
    switch (path) {
      case `${api}/reconfigure`:
        return this.#reconfigure(query, request);
      case `${api}/remove`:
        return this.#remove(query, request);
      case `${api}/reload`:
        this.#readStore();
        this.#reload();
        return json(200, { Status: 'OK' });
      case `${api}/config`:
        return { status: 200, headers: { 'content-type': 'text/html' }, body: this.process.fs.read(configFile) ?? '' };
      case `${api}/ping`:
      case '/v1/test':
      case '/v2/test':
        return { status: 200, headers: { 'content-type': 'application/json' }, body: '' };
      default:
        return { status: 404, body: '' };
    }
  }

  #reconfigure(query: ReadonlyMap<string, string>, request: HttpRequest): HttpReply {
    let service: ProxyService;
    try {
      service = readService(query);
    } catch (error) {
      if (!(error instanceof ProxyRequestError)) throw error;
      return json(400, { Status: 'NOK', Message: error.message, ServiceName: query.get('serviceName') ?? '' });
    }
    this.#services.set(service.serviceName, service);
    this.#reload();
    const hops = [...this.#put(service), ...this.#tellOthers(query, request)];
    return {
      ...json(200, {
        Status: 'OK',
        Message: '',
        ServiceName: service.serviceName,
        AclName: service.aclName,
        ServicePath: service.servicePath,
        ServiceDomain: service.serviceDomain,
        PathType: service.pathType,
        Port: String(service.port),
        Distribute: query.get('distribute') === 'true',
        Mode: this.#variable('MODE'),
      }),
      hops,
    };
  }

  #remove(query: ReadonlyMap<string, string>, request: HttpRequest): HttpReply {
    const serviceName = query.get('serviceName') ?? '';
    if (serviceName === '')
      return json(400, { Status: 'NOK', Message: 'The serviceName query is mandatory', ServiceName: '' });
    this.#services.delete(serviceName);
    this.#reload();
    this.#ask('DELETE', `/v1/kv/${store}/${encodeURIComponent(serviceName)}/?recurse`);
    return { ...json(200, { Status: 'OK', ServiceName: serviceName }), hops: this.#tellOthers(query, request) };
  }

  /** HAProxy's part: the first service whose rules fit, tried again when a connection is refused. */
  #forward(port: number, request: HttpRequest): HttpReply {
    const { path } = parsePath(request.path);
    const me = this.process.hostname;
    const service = inOrder([...this.#services.values()]).find((one) =>
      serves(one, port, request.headers.host ?? '', path),
    );
    if (!service) return { ...unavailable, hops: [`haproxy on ${me}: no rule fits ${path}, 503`] };
    const { serviceName, outboundHostname } = service;
    const hops: string[] = [];
    for (let attempt = 0; attempt <= retries; attempt++) {
      const [address] = hostAddresses(this.process, outboundHostname);
      if (address === undefined) {
        hops.push(`haproxy on ${me}: backend ${serviceName}-be, ${outboundHostname} does not resolve`);
        break;
      }
      hops.push(`haproxy on ${me}: backend ${serviceName}-be, ${outboundHostname} is ${address}, port ${service.port}`);
      const outcome = this.process.http(address, service.port, request);
      hops.push(...outcome.hops);
      if (outcome.kind === 'answer') {
        hops.push(`back through haproxy on ${me}: ${outcome.status}`);
        return { status: outcome.status, headers: outcome.headers, body: outcome.body, hops };
      }
    }
    return { ...unavailable, hops: [...hops, `haproxy on ${me}: no server answers, 503`] };
  }

  /** Tells every other replica; those that are told do not tell on. */
  #tellOthers(query: ReadonlyMap<string, string>, request: HttpRequest): string[] {
    const asked = query.get('distribute');
    if (asked === 'false' || (asked !== 'true' && this.#variable('CONSUL_ADDRESS') === '')) return [];
    const own = new Set(this.process.sandbox?.endpoints.map((endpoint) => hostOf(endpoint.address)));
    const peers = hostAddresses(this.process, `tasks.${this.#variable('SERVICE_NAME') || 'proxy'}`).sort();
    const separator = request.path.includes('?') ? '&' : '?';
    const rest = request.path.replace(/([?&])distribute=[^&]*/, '$1');
    return peers
      .filter((address) => !own.has(address))
      .map((address) => {
        const outcome = this.process.http(
          address,
          apiPort,
          httpRequest(`${rest}${separator}distribute=false`, { method: request.method, headers: { host: address } }),
        );
        return `told ${address}: ${outcome.kind === 'answer' ? outcome.status : outcome.kind}`;
      });
  }

  #put(service: ProxyService): string[] {
    const told = this.#ask(
      'PUT',
      `/v1/kv/${store}/${encodeURIComponent(service.serviceName)}/route`,
      JSON.stringify(service),
    );
    return told === undefined ? [] : [`stored in consul at ${this.#variable('CONSUL_ADDRESS')}: ${told.status}`];
  }

  /** The routes that other replicas stored. Without an answer this one goes on with what it knows. */
  #readStore(): void {
    const names = this.#ask('GET', `/v1/kv/${store}/?keys`);
    if (names?.status !== 200) return;
    for (const key of asList(names.body)) {
      const pair = key.endsWith('/route') ? this.#ask('GET', `/v1/kv/${key}?raw`) : undefined;
      const service = pair?.status === 200 ? storedService(pair.body) : undefined;
      if (service) this.#services.set(service.serviceName, service);
    }
  }

  #ask(method: string, path: string, body = ''): { readonly status: number; readonly body: string } | undefined {
    const { host, port } = splitAddress(this.#variable('CONSUL_ADDRESS'));
    if (host === '') return undefined;
    const [address] = hostAddresses(this.process, host);
    const outcome =
      address === undefined ? undefined : this.process.http(address, port, httpRequest(path, { method, body }));
    if (outcome?.kind === 'answer') return outcome;
    this.process.stdout(`consul at ${host}:${port} does not answer\n`);
    return undefined;
  }

  #reload(): void {
    this.process.fs.write(configFile, haproxyConfig([...this.#services.values()]));
    this.process.stdout('Reloading the proxy\n');
  }

  #variable(name: string): string {
    return this.process.env.get(name) ?? '';
  }
}

/** `host:port`, `http://host:port`; the port is Consul's when it is left out. */
function splitAddress(text: string): { readonly host: string; readonly port: number } {
  const [host = '', port = '8500'] = text
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .split(':');
  return { host, port: Number(port) || 8500 };
}

function asList(text: string): string[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A route as it was stored, checked like one that is asked for: anybody can write to the store. */
function storedService(text: string): ProxyService | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const query = new Map(
    Object.entries(value).map(([name, one]) => [name, Array.isArray(one) ? one.join(',') : String(one)]),
  );
  for (const port of ['port', 'srcPort']) if (query.get(port) === '0') query.delete(port);
  try {
    return readService(query);
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
