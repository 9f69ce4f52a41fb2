import { hostOf } from '../../network/address';
import type { Random } from '../../sim';
import type { HttpOutcome, HttpRequest } from '../programs';
import type { Container } from './container';
import type { ContainerContext } from './context';
import { mainOf } from './main-process';

/** A server that passes requests on to itself must end; a proxy in front of a proxy in front of a service must not. */
const deepest = 8;

/** What containers of one node reach, and what their servers answer. */
export class Traffic {
  /** How many servers are waiting for the answer of another. */
  #depth = 0;

  readonly #random: Random;

  constructor(private readonly context: ContainerContext) {
    this.#random = context.random.stream('packets');
  }

  /** What a container gets that asks `host:port` by HTTP. */
  http(container: Container, host: string, port: number, request: HttpRequest): HttpOutcome {
    const own =
      host === '127.0.0.1' ||
      host === 'localhost' ||
      container.sandbox?.endpoints.some((one) => hostOf(one.address) === host);
    if (own) return this.answer(container, port, request, []);
    const found = this.#behind(container, host);
    if (found) {
      const { container: target, hops } = found;
      return target ? this.answer(target, port, request, hops) : { kind: 'unreachable', hops };
    }
    return this.toNode(host, port, request, this.context.hostname);
  }

  /** What is asked of a node's address: a published port. `from` is the asking node's host name; absent: from outside. */
  toNode(host: string, port: number, request: HttpRequest, from?: string): HttpOutcome {
    const node = this.context.wire.node(host);
    if (!node || (from !== undefined && !this.context.wire.connected(from, node.hostname)))
      return { kind: 'unreachable', hops: [`no answer: ${host}`] };
    const published = node.published('tcp', port);
    if (!published) return { kind: 'refused', hops: [`${node.hostname} port ${port}/tcp: nothing is published there`] };
    if (!published.container) return { kind: 'unreachable', hops: published.hops };
    return this.answer(published.container, published.port, request, published.hops);
  }

  reachable(container: Container, address: string): boolean {
    if (
      address.startsWith('127.') ||
      container.sandbox?.endpoints.some((one) => hostOf(one.address) === address || one.gateway === address)
    )
      return true;
    if (!container.sandbox) return false;
    if (this.#behind(container, address)?.container) return !this.#loses(container, address);
    const node = this.context.wire.node(address);
    return node !== undefined && this.context.wire.connected(this.context.hostname, node.hostname);
  }

  /** Whether a packet to an address, or the answer to it, gets lost this time. */
  #loses(container: Container, address: string): boolean {
    const networks = container.sandbox?.endpoints.map((one) => one.networkID) ?? [];
    const lost = this.context.wire.lostTo(networks, address, this.context.hostname);
    // Chance is only asked where there is some, so that clusters without this fault stay as they are.
    return lost > 0 && this.#random.fraction() < 1 - (1 - lost) ** 2;
  }

  /** Who has an address on a network of the container; without `container` when packets get lost on the way. */
  #behind(
    container: Container,
    address: string,
  ): { readonly container: Container | undefined; readonly hops: readonly string[] } | undefined {
    const { sandbox } = container;
    if (!sandbox) return undefined;
    const route = this.context.networks.routeAddress(sandbox.id, address);
    if (route && !route.reached) return { container: undefined, hops: route.hops };
    const found = this.context.wire.find(
      sandbox.endpoints.map((one) => one.networkID),
      route?.containerAddress ?? address,
      this.context.hostname,
    );
    if (!found) return route && { container: undefined, hops: [...route.hops, 'no answer: nobody has this address'] };
    const hops = route?.hops ?? [`${address} ${found.name}`];
    if (found.status === 'paused')
      return { container: undefined, hops: [...hops, `no answer: ${found.name} is paused`] };
    return { container: found, hops };
  }

  /** What the container's own server answers. */
  answer(container: Container, port: number, request: HttpRequest, hops: readonly string[]): HttpOutcome {
    const main = mainOf(container.image.definition, container.argv);
    const behaviour = main.kind === 'server' ? main.behaviour : container.shellServer?.behaviour;
    const way = [...hops, `${container.name} port ${port}`];
    const refused = { kind: 'refused', hops: [...way, 'connection refused'] } as const;
    if (container.status !== 'running' || !behaviour) return refused;
    const { listens = [], readyAfter = 0, http } = behaviour;
    if (!listens.includes(port) || this.context.sim.now < container.startedAt + readyAfter) return refused;
    if (behaviour.server) return this.#serve(container, port, request, way) ?? refused;
    const path = request.path.split('?')[0]!;
    const body = http?.[path] ?? http?.['*'];
    const [status, text] = body === undefined && http ? [404, '404 page not found\n'] : [200, body ?? ''];
    return {
      kind: 'answer',
      status,
      headers: {},
      body: text.replaceAll('{{hostname}}', container.hostname),
      hops: way,
    };
  }

  #serve(container: Container, port: number, request: HttpRequest, way: readonly string[]): HttpOutcome | undefined {
    if (!container.server || this.#depth >= deepest) return undefined;
    this.#depth++;
    try {
      const { status, headers = {}, body, hops = [] } = container.server.answer(port, request);
      return { kind: 'answer', status, headers, body, hops: [...way, ...hops] };
    } finally {
      this.#depth--;
    }
  }
}
