import { EngineClient } from '../../client/engine-client';
import type { RequestHandler } from '../../client/in-process';
import type { RawLine, StreamedAnswer, Transport, TransportRequest, TransportResponse } from '../../client/transport';

/** A cluster that is open, simulated or real. */
export interface OpenCluster {
  /** Names of the nodes that can be spoken to, the first one first. */
  nodeNames(): readonly string[];
  /** The door of a node; without a name, of the first. */
  transportFor(node?: string): Transport;
  /** What answers the Engine API for a node of a simulation, for those who listen in its place. */
  engine?(node: string): RequestHandler;
  /** Writes down how far time has come, where that is kept. */
  checkpoint?(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a cluster; `fresh` forgets what was saved of it. */
export type Opener = (options: { readonly fresh: boolean }) => Promise<OpenCluster>;

/**
 * The one cluster that the faces look at: the simulation, opened when first needed and opened anew when it is started over,
 * or a real one as long as it is connected. Behind a real one the simulation lives on.
 */
export class Session {
  readonly #opener: Opener;
  /** Hears of each request about the simulation itself that went through: time, faults, reset have no events. */
  onLabChange: (path: string) => void = () => {};
  #opened: Promise<OpenCluster> | undefined;
  #real: OpenCluster | undefined;
  #closed = false;

  constructor(opener: Opener) {
    this.#opener = opener;
  }

  /** The cluster on show. */
  open(): Promise<OpenCluster> {
    return this.#real && !this.#closed ? Promise.resolve(this.#real) : this.simulation();
  }

  /** The simulation, whether it is on show or not; a failed opening is tried again at the next call. */
  simulation(options: { readonly fresh: boolean } = { fresh: false }): Promise<OpenCluster> {
    if (this.#closed) return Promise.reject(new Error('the cluster is closed'));
    if (!this.#opened) {
      const opened = this.#opener(options);
      this.#opened = opened;
      opened.catch(() => {
        if (this.#opened === opened) this.#opened = undefined;
      });
    }
    return this.#opened;
  }

  /** Puts another cluster on show, in place of an earlier one; undefined shows the simulation again. */
  async show(real: OpenCluster | undefined): Promise<void> {
    const before = this.#real;
    this.#real = real;
    await before?.close();
  }

  /** Closes the simulation and opens a factory-new one. */
  async startOver(): Promise<void> {
    const before = this.#opened;
    this.#opened = undefined;
    await (await before?.catch(() => undefined))?.close();
    await this.simulation({ fresh: true });
  }

  /** Writes down how far the simulation's time has come, if it is open. */
  async checkpoint(): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.checkpoint?.();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#real?.close();
    await (await this.#opened?.catch(() => undefined))?.close();
  }

  /** A client of one node, or of whichever manager answers. It outlives a start over. */
  client(node?: string): EngineClient {
    return new EngineClient(new SessionTransport(this, node));
  }
}

const unreachable = (error: unknown): boolean =>
  error instanceof Error && /Cannot connect to the Docker daemon/.test(error.message);
const noManager = (response: TransportResponse): boolean =>
  response.status === 503 && /not a swarm manager|Worker nodes can't/.test(JSON.stringify(response.body));

/**
 * Speaks to the session's cluster. Without a fixed node, a node that is switched off is passed over: any other can answer
 * for the simulation, and any other manager for the swarm.
 */
class SessionTransport implements Transport {
  readonly #session: Session;
  readonly #node: string | undefined;
  /** The node that answered last. */
  #current: string | undefined;

  constructor(session: Session, node: string | undefined) {
    this.#session = session;
    this.#node = node;
  }

  get label(): string {
    return this.#node ?? this.#current ?? 'swarm';
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const response = await this.#request(request);
    const { method, path } = request;
    if (path.startsWith('/lab/') && method !== 'GET' && path !== '/lab/dns' && path !== '/lab/http') {
      this.#session.onLabChange(path);
    }
    return response;
  }

  async #request(request: TransportRequest): Promise<TransportResponse> {
    const cluster = await this.#session.open();
    const first = this.#first(cluster);
    try {
      const response = await cluster.transportFor(first).request(request);
      if (this.#node !== undefined || request.path.startsWith('/lab') || !noManager(response)) return response;
      return (await this.#elsewhere(cluster, first, request)) ?? response;
    } catch (error) {
      if (this.#node !== undefined || !unreachable(error)) throw error;
      const other = await this.#elsewhere(cluster, first, request);
      if (!other) throw error;
      return other;
    }
  }

  async open(request: TransportRequest): Promise<StreamedAnswer> {
    const cluster = await this.#session.open();
    return cluster.transportFor(this.#first(cluster)).open(request);
  }

  async hijack(request: TransportRequest): Promise<RawLine> {
    const cluster = await this.#session.open();
    return cluster.transportFor(this.#first(cluster)).hijack(request);
  }

  close(): void {}

  #first(cluster: OpenCluster): string | undefined {
    if (this.#node !== undefined) return this.#node;
    const names = cluster.nodeNames();
    return this.#current !== undefined && names.includes(this.#current) ? this.#current : names[0];
  }

  async #elsewhere(
    cluster: OpenCluster,
    tried: string | undefined,
    request: TransportRequest,
  ): Promise<TransportResponse | undefined> {
    for (const name of cluster.nodeNames()) {
      if (name === tried) continue;
      const response = await cluster
        .transportFor(name)
        .request(request)
        .catch((error: unknown) => {
          if (unreachable(error)) return undefined;
          throw error;
        });
      if (!response || (!request.path.startsWith('/lab') && noManager(response))) continue;
      if (!request.path.startsWith('/lab')) this.#current = name;
      return response;
    }
    return undefined;
  }
}
