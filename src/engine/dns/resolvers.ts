import type { LabOpenResolver, LabResolver } from '../../api';
import type { Container } from '../../daemon';
import type { Micros } from '../../sim';
import { Random } from '../../sim';
import type { Cluster } from '../cluster';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import type { HostTimers, Pacer } from '../pacer';
import { ContainerWire } from './container-wire';
import { Questions } from './questions';

/** Where a resolver listens. */
export interface DnsAddress {
  readonly host: string;
  /** 0: any that is free for UDP and TCP. */
  readonly port: number;
}

export interface DnsListener {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Opens sockets: handed in by those who have any. Rejects when the place is taken. */
export interface DnsOpener {
  readonly open: (questions: Questions, address: DnsAddress) => Promise<DnsListener>;
  /** Memory for a reply. */
  readonly allocate: (size: number) => Uint8Array;
}

/** The living cluster as its resolvers use it. */
export interface ResolverHost {
  readonly cluster: Cluster;
  readonly pacer: Pacer;
  readonly host: HostTimers;
  /** A number that changes with every request that may change something, and with the cluster. */
  readonly touches: number;
}

interface Open {
  readonly id: string;
  readonly request: LabOpenResolver;
  readonly answering: Answering;
  readonly questions: Questions;
  readonly listener: DnsListener;
}

/**
 * The containers' resolvers that are open to programs of the host. They are outside of the simulation: no journal tells
 * of them, they stay when the cluster is reset or rewound, and what they are asked leaves no mark on it. The order of
 * their answers is drawn from a stream of their own, so a replay, in which nobody asks, comes to the same state.
 */
export class Resolvers {
  readonly #host: ResolverHost;
  readonly #opener: DnsOpener | undefined;
  readonly #open = new Map<string, Open>();
  #last = 0;

  constructor(host: ResolverHost, opener: DnsOpener | undefined) {
    this.#host = host;
    this.#opener = opener;
  }

  list(): readonly LabResolver[] {
    return [...this.#open.values()].map(shown);
  }

  /** Opens the resolver of a container that need not be there yet. Throws 400, 409 and 501. */
  async open(request: LabOpenResolver): Promise<LabResolver> {
    const opener = this.#opener;
    if (!opener) throw new EngineError(501, 'there are no sockets here to open a resolver on');
    const address = readAddress(request.address ?? '127.0.0.1:0');
    const id = `resolver-${++this.#last}`;
    const answering = new Answering(this.#host, request.container);
    const wire = this.#wire(id, answering, request.network, opener);
    const host = this.#host;
    const questions = new Questions(wire, {
      host: host.host,
      get pacer() {
        return host.pacer;
      },
      now: () => host.cluster.sim.now,
    });
    let listener: DnsListener;
    try {
      listener = await opener.open(questions, address);
    } catch (error) {
      throw new EngineError(409, `cannot listen on ${request.address ?? '127.0.0.1'}: ${(error as Error).message}`);
    }
    const open = { id, request, answering, questions, listener };
    this.#open.set(id, open);
    return shown(open);
  }

  /** As `open`; throws 404 when there is no such container that runs, 400 when it is not on the network. */
  async openFor(request: LabOpenResolver): Promise<LabResolver> {
    const sandbox = new Answering(this.#host, request.container).find()?.container.sandbox;
    if (!sandbox) throw new EngineError(404, `No such container: ${request.container}`);
    const { network } = request;
    if (network !== undefined && !sandbox.endpoints.some((endpoint) => endpoint.networkName === network)) {
      throw new EngineError(400, `container ${request.container} is not connected to network ${network}`);
    }
    return this.open(request);
  }

  /** Throws 404. */
  async close(id: string): Promise<void> {
    const open = this.#open.get(id);
    if (!open) throw new EngineError(404, `resolver ${id} not found`);
    this.#open.delete(id);
    open.questions.close();
    await open.listener.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
  }

  #wire(id: string, answering: Answering, network: string | undefined, opener: DnsOpener): ContainerWire {
    const host = this.#host;
    let executed = -1;
    let touches = -1;
    return new ContainerWire({
      catchUp: () => host.pacer.catchUp(),
      now: (): Micros => host.cluster.sim.now,
      changed: () => {
        const { sim } = host.cluster;
        if (sim.executed === executed && host.touches === touches) return false;
        ({ executed } = sim);
        ({ touches } = host);
        return true;
      },
      sandbox: () => answering.find()?.container.sandbox,
      network,
      random: new Random(host.cluster.config.seed).stream(id),
      allocate: opener.allocate,
    });
  }
}

interface Found {
  readonly engine: NodeEngine;
  readonly container: Container;
}

/** Who answers for a reference: looked for again only when the one that was found is no more. */
class Answering {
  readonly #host: ResolverHost;
  readonly #reference: string;
  #found: (Found & { readonly cluster: Cluster }) | undefined;

  constructor(host: ResolverHost, reference: string) {
    this.#host = host;
    this.#reference = reference;
  }

  find(): Found | undefined {
    const { cluster } = this.#host;
    const known = this.#found;
    if (known?.cluster === cluster && known.engine.power === 'on' && known.container.sandbox) return known;
    const found = findRunning(cluster, this.#reference);
    this.#found = found && { ...found, cluster };
    return found;
  }
}

/** A container that runs: by ID, the beginning of it, name, task ID, `service.slot`, or service (its first by name). */
function findRunning(cluster: Cluster, reference: string): Found | undefined {
  let first: Found | undefined;
  for (const engine of cluster.engines) {
    if (engine.power === 'off') continue;
    const { containers } = engine.daemon;
    const named = containers.find(reference);
    if (named?.sandbox) return { engine, container: named };
    for (const container of containers.list()) {
      if (!container.task || !container.sandbox) continue;
      if (container.task.taskID === reference) return { engine, container };
      if (!isTaskOf(container.name, reference)) continue;
      if (!first || container.name < first.container.name) first = { engine, container };
    }
  }
  return first;
}

/** `web.1.<task>` is of `web` and of `web.1`. */
function isTaskOf(name: string, reference: string): boolean {
  const slot = name.slice(0, name.lastIndexOf('.'));
  return slot === reference || slot.slice(0, slot.lastIndexOf('.')) === reference;
}

function shown({ id, request, answering, listener }: Open): LabResolver {
  const found = answering.find();
  return {
    id,
    container: request.container,
    ...(request.network === undefined ? {} : { network: request.network }),
    address: listener.address,
    ...(found && {
      answering: { id: found.container.id, name: found.container.name, node: found.engine.name },
    }),
  };
}

/** Only the loopback: a resolver has no access control. Throws 400. */
export function readAddress(text: string): DnsAddress {
  const [, host, digits] = /^(127(?:\.\d{1,3}){3}|localhost|\[::1\]):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(digits) > 65_535) {
    throw new EngineError(400, `${text}: give a loopback address and a port, as 127.0.0.1:5353`);
  }
  return { host: host.replace(/^\[|\]$/g, '').replace('localhost', '127.0.0.1'), port: Number(digits) };
}
