import type { Random } from '../../sim';
import { DaemonError } from '../errors';
import type { Container, PublishedPort } from './container';

interface Wanted {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly target: number;
  /** 0: any that is free. */
  readonly published: number;
  readonly hostIP: string;
}

/** The ports of one node that containers have, by `docker run -p` or in host mode (ALLOC-51). */
export class NodePorts {
  /** `tcp/8080` -> who has the port. */
  readonly #owners = new Map<string, Container>();
  #next = 32_768;

  /** `ingressPort` tells whether the routing mesh has a port. */
  constructor(
    private readonly random: Random,
    private readonly ingressPort: (protocol: Wanted['protocol'], port: number) => boolean,
  ) {}

  /** Opens what the container publishes. Throws when a port is taken: what was opened before stays until `close`. */
  open(container: Container): void {
    const wanted = wantedPorts(container);
    if (!wanted) return;
    const ports: PublishedPort[] = [];
    for (const { protocol, target, published, hostIP } of wanted) {
      const port = published || this.#ephemeral(protocol);
      const key = `${protocol}/${port}`;
      if (this.#owners.has(key) || this.ingressPort(protocol, port)) {
        throw new DaemonError(
          'system',
          `driver failed programming external connectivity on endpoint ${container.name} (${this.random.hexId()}): Bind for ${hostIP}:${port} failed: port is already allocated`,
        );
      }
      this.#owners.set(key, container);
      ports.push({ protocol, target, published: port, hostIP });
      container.ports = ports;
    }
  }

  #ephemeral(protocol: string): number {
    for (;;) {
      const port = this.#next;
      this.#next = port >= 60_999 ? 32_768 : port + 1;
      if (!this.#owners.has(`${protocol}/${port}`)) return port;
    }
  }

  close(container: Container): void {
    for (const { protocol, published } of container.ports ?? []) this.#owners.delete(`${protocol}/${published}`);
    container.ports = undefined;
  }

  /** Who has a port of the node, and which port inside it is. */
  find(protocol: string, port: number): { readonly container: Container; readonly target: number } | undefined {
    const container = this.#owners.get(`${protocol}/${port}`);
    const found = container?.ports?.find((one) => one.protocol === protocol && one.published === port);
    return container && found ? { container, target: found.target } : undefined;
  }
}

/** What a container publishes; undefined when that is nothing. */
function wantedPorts(container: Container): readonly Wanted[] | undefined {
  const { task, hostConfig } = container;
  if (!task?.ports?.length && !hostConfig.PortBindings && hostConfig.PublishAllPorts !== true) return undefined;
  const wanted: Wanted[] = (task?.ports ?? []).map((port) => ({ ...port, hostIP: '0.0.0.0' }));
  for (const [key, bindings] of Object.entries(hostConfig.PortBindings ?? {})) {
    const [target = '', protocol = 'tcp'] = key.split('/') as [string?, Wanted['protocol']?];
    for (const binding of bindings ?? []) {
      wanted.push({
        protocol,
        target: Number(target),
        published: Number(binding.HostPort || 0),
        hostIP: binding.HostIp || '0.0.0.0',
      });
    }
  }
  if (hostConfig.PublishAllPorts === true) {
    for (const key of Object.keys(container.config.ExposedPorts ?? {})) {
      const [target = '', protocol = 'tcp'] = key.split('/') as [string?, Wanted['protocol']?];
      if (!wanted.some((one) => one.target === Number(target) && one.protocol === protocol)) {
        wanted.push({ protocol, target: Number(target), published: 0, hostIP: '0.0.0.0' });
      }
    }
  }
  return wanted;
}
