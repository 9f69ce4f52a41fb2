import type { EndpointSettings, HostConfig } from '../../api';
import type {
  EndpointOptions,
  LocalNetwork,
  NetworkController,
  Sandbox,
  SandboxEndpoint,
} from '../../network/libnetwork';
import { DaemonError } from '../errors';
import type { EventLog } from '../events/event-log';
import type { Wire, WireNode } from '../wire';
import type { Container } from './container';

export type ExtraHost = { readonly ip: string; readonly names: readonly string[] };

/** The networks that a container asks for, by name or ID, with its settings there. */
export function wantedNetworks(container: Container): [string, EndpointSettings][] {
  const given = Object.entries(container.networks);
  const mode = networkMode(container.hostConfig);
  if (mode.startsWith('container:')) return [];
  if (given.some(([name]) => name === mode) || (given.length > 0 && mode === 'default')) return given;
  const first = mode === 'default' ? 'bridge' : mode;
  return [[first, {}], ...given.filter(([name]) => name !== first)];
}

/** `default` is the default bridge. */
export function networkMode(hostConfig: HostConfig): string {
  return hostConfig.NetworkMode || 'default';
}

function linksOf(links: readonly string[] | null | undefined): Readonly<Record<string, string>> | undefined {
  if (!links || links.length === 0) return undefined;
  return Object.fromEntries(
    links.map((link) => {
      const [name = '', alias = name] = link.split(':');
      return [alias, name] as const;
    }),
  );
}

const predefined = new Set(['bridge', 'host', 'none', 'null', 'nat']);

/** Puts a container on its networks and takes it off again; tells the events of both. */
export class Networking {
  constructor(
    private readonly networks: NetworkController,
    private readonly events: EventLog,
    private readonly wire: Wire,
    private readonly node: WireNode,
  ) {}

  network(idOrName: string): LocalNetwork {
    const network = this.networks.find(idOrName === 'default' ? 'bridge' : idOrName);
    if (!network) throw new DaemonError('not found', `network ${idOrName} not found`);
    return network;
  }

  /** Refuses settings that the network cannot have, with the engine's texts. */
  check(network: LocalNetwork, settings: EndpointSettings): void {
    const address = settings.IPAMConfig?.IPv4Address;
    if (predefined.has(network.name)) {
      if (address)
        throw new DaemonError('invalid', 'user specified IP address is supported on user defined networks only');
      if (settings.Aliases && settings.Aliases.length > 0) {
        throw new DaemonError(
          'invalid',
          'network-scoped alias is supported only for containers in user defined networks',
        );
      }
      return;
    }
    if (address && network.scope === 'local' && !hasOwnSubnet(network)) {
      throw new DaemonError(
        'invalid',
        'user specified IP address is supported only when connecting to networks with user configured subnets',
      );
    }
  }

  endpointOptions(
    container: Container,
    network: LocalNetwork,
    settings: EndpointSettings,
    address?: string,
  ): EndpointOptions {
    const own = address ?? settings.IPAMConfig?.IPv4Address;
    const prefix = network.subnets[0]?.subnet.split('/')[1] ?? '24';
    const cidr = own === undefined || own === '' ? undefined : own.includes('/') ? own : `${own}/${prefix}`;
    const links = linksOf([...(container.hostConfig.Links ?? []), ...(settings.Links ?? [])]);
    return {
      networkID: network.id,
      ...(cidr === undefined ? {} : { address: cidr }),
      ...(settings.Aliases && settings.Aliases.length > 0 ? { aliases: settings.Aliases } : {}),
      ...(links === undefined ? {} : { links }),
    };
  }

  createSandbox(container: Container, extraHosts: readonly ExtraHost[]): Sandbox {
    const { given: config, hostConfig } = container;
    return this.networks.createSandbox({
      containerID: container.id,
      containerName: container.name,
      hostname: container.hostname,
      ...(config.Domainname ? { domainname: config.Domainname } : {}),
      ...(hostConfig.Dns && hostConfig.Dns.length > 0 ? { dns: hostConfig.Dns } : {}),
      ...(hostConfig.DnsSearch && hostConfig.DnsSearch.length > 0 ? { dnsSearch: hostConfig.DnsSearch } : {}),
      ...(hostConfig.DnsOptions && hostConfig.DnsOptions.length > 0 ? { dnsOptions: hostConfig.DnsOptions } : {}),
      ...(extraHosts.length > 0 ? { extraHosts } : {}),
      ...(container.task?.service ? { service: container.task.service } : {}),
    });
  }

  connect(container: Container, sandbox: Sandbox, options: EndpointOptions): SandboxEndpoint {
    const endpoint = sandbox.connect(options);
    this.#told(container, endpoint, 'connect');
    if (endpoint.address !== '') this.wire.attach(endpoint.networkID, endpoint.address, container, this.node);
    return endpoint;
  }

  disconnect(container: Container, networkID: string): void {
    const endpoint = container.sandbox?.endpoints.find((one) => one.networkID === networkID);
    if (!container.sandbox || !endpoint) return;
    container.sandbox.disconnect(networkID);
    this.#left(container, endpoint);
  }

  /** Leaves all networks (DISC-62). */
  close(container: Container): void {
    const { sandbox } = container;
    if (!sandbox) return;
    container.sandbox = undefined;
    if (container.joined) {
      container.joined = undefined;
      return;
    }
    const endpoints = [...sandbox.endpoints];
    sandbox.close();
    for (const endpoint of endpoints) this.#left(container, endpoint);
  }

  #left(container: Container, endpoint: SandboxEndpoint): void {
    if (endpoint.address !== '') this.wire.detach(endpoint.networkID, endpoint.address, container);
    this.#told(container, endpoint, 'disconnect');
  }

  #told(container: Container, endpoint: SandboxEndpoint, action: 'connect' | 'disconnect'): void {
    const type = this.networks.find(endpoint.networkID)?.driver ?? 'overlay';
    if (endpoint.networkName === 'docker_gwbridge') return;
    this.events.emit('network', action, endpoint.networkID, {
      container: container.id,
      name: endpoint.networkName,
      type,
    });
  }
}

/** Subnets of the engine's own pools were not chosen by a person. */
function hasOwnSubnet(network: LocalNetwork): boolean {
  const subnet = network.subnets[0]?.subnet ?? '';
  return subnet !== '' && !/^(172\.(1[7-9]|2\d|3[01])\.0\.0\/16|192\.168\.\d+\.0\/20)$/.test(subnet);
}
