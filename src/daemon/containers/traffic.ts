import type { HttpOutcome } from '../programs';
import type { Container } from './container';
import type { ContainerContext } from './context';
import { mainOf } from './main-process';

/** What containers of one node reach, and what their servers answer. */
export class Traffic {
  constructor(private readonly context: ContainerContext) {}

  /** What a container gets that asks `host:port` by HTTP. */
  http(container: Container, host: string, port: number, path: string): HttpOutcome {
    const own =
      host === '127.0.0.1' ||
      host === 'localhost' ||
      container.sandbox?.endpoints.some((one) => one.address.split('/')[0] === host);
    if (own) return this.answer(container, port, path, []);
    const found = this.#behind(container, host);
    if (found) return this.answer(found.container, port, path, found.hops);
    const node = this.context.wire.node(host);
    if (!node || !this.context.wire.reachable(this.context.hostname, node.hostname)) return { kind: 'unreachable' };
    const published = node.published('tcp', port);
    return published ? this.answer(published.container, published.port, path, published.hops) : { kind: 'refused' };
  }

  reachable(container: Container, address: string): boolean {
    if (
      address.startsWith('127.') ||
      container.sandbox?.endpoints.some((one) => one.address.split('/')[0] === address || one.gateway === address)
    )
      return true;
    if (!container.sandbox) return false;
    return this.#behind(container, address) !== undefined || this.context.wire.node(address) !== undefined;
  }

  #behind(container: Container, address: string): { container: Container; hops: readonly string[] } | undefined {
    const { sandbox } = container;
    if (!sandbox) return undefined;
    const route = this.context.networks.routeAddress(sandbox.id, address);
    if (route && !route.reached) return undefined;
    const found = this.context.wire.find(
      sandbox.endpoints.map((one) => one.networkID),
      route?.containerAddress ?? address,
      this.context.hostname,
    );
    if (!found || found.status === 'paused') return undefined;
    return { container: found, hops: route?.hops ?? [`${address} ${found.name}`] };
  }

  /** What the container's own server answers. */
  answer(container: Container, port: number, path: string, hops: readonly string[]): HttpOutcome {
    const main = mainOf(container.image.definition, container.argv);
    const behaviour = main.kind === 'server' ? main.behaviour : container.shellServer?.behaviour;
    if (container.status !== 'running' || !behaviour) return { kind: 'refused' };
    const { listens = [], readyAfter = 0, http } = behaviour;
    if (!listens.includes(port) || this.context.sim.now < container.startedAt + readyAfter) return { kind: 'refused' };
    const body = http?.[path.split('?')[0]!] ?? http?.['*'];
    if (body === undefined && http) return { kind: 'answer', status: 404, body: '404 page not found\n', hops };
    return { kind: 'answer', status: 200, body: (body ?? '').replaceAll('{{hostname}}', container.hostname), hops };
  }
}
