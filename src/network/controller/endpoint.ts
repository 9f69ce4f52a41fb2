import { hostOf, macOf } from '../address';
import type { LocalNetwork, SandboxEndpoint, SandboxOptions } from '../libnetwork';
import { NetworkError } from '../libnetwork';
import type { EndpointRecord } from '../records/endpoint-record';

/** One endpoint of a sandbox, as its controller keeps it. */
export interface Endpoint {
  readonly id: string;
  readonly network: LocalNetwork;
  /** CIDR. */
  readonly address: string;
  readonly gateway: string;
  readonly aliases: readonly string[];
  readonly links: Readonly<Record<string, string>>;
  readonly priority: number;
  /** The kernel's number of its interface: those made later have higher ones. */
  readonly interfaceIndex: number;
  interfaceName: string;
  /** The name under which its network lists it. */
  listedName: string;
  /** Its entry is written. */
  published: EndpointRecord | undefined;
}

/** Networks on which containers find each other by name: not the default bridge, host and none (DISC-1). */
export function hasNames(network: LocalNetwork): boolean {
  if (network.driver === 'host' || network.driver === 'null') return false;
  return network.options['com.docker.network.bridge.default_bridge'] !== 'true';
}

/** Names of a container besides its own, each once: aliases, short ID, hostname (DISC-50). */
export function taskAliases(options: SandboxOptions, aliases: readonly string[]): readonly string[] {
  const short = options.containerID.slice(0, 12);
  if (aliases.length === 0 && options.hostname === short) return [short];
  return [...new Set([...aliases, short, options.hostname])].filter(
    (name) => name !== '' && name !== options.containerName,
  );
}

const none: readonly never[] = [];

/** The record that an endpoint is published with (DISC-60). A network that the service is not on has plain records. */
export function recordOf(options: SandboxOptions, endpoint: Endpoint, address: string): EndpointRecord {
  const { service } = options;
  const { ingress } = endpoint.network;
  const binding = service?.networks[endpoint.network.id];
  const announced = binding || ingress ? service : undefined;
  return {
    name: options.containerName,
    containerID: options.containerID,
    endpointIP: address,
    taskAliases: ingress ? none : taskAliases(options, endpoint.aliases),
    serviceDisabled: false,
    serviceName: announced?.serviceName ?? '',
    serviceID: announced?.serviceID ?? '',
    virtualIP: binding?.virtualIP ?? '',
    aliases: binding?.aliases ?? none,
    ingressPorts: ingress && announced ? announced.ingressPorts : none,
  };
}

/** Derived from the address; empty where there is none. */
export function macAddressOf({ address, id }: Endpoint): string {
  return address === '' ? '' : macOf(hostOf(address), id);
}

export function shown(endpoint: Endpoint, dnsNames: readonly string[]): SandboxEndpoint {
  return {
    id: endpoint.id,
    networkID: endpoint.network.id,
    networkName: endpoint.network.name,
    interfaceIndex: endpoint.interfaceIndex,
    interfaceName: endpoint.interfaceName,
    address: endpoint.address,
    gateway: endpoint.gateway,
    macAddress: macAddressOf(endpoint),
    aliases: endpoint.aliases,
    dnsNames,
  };
}

export function alreadyConnected(name: string, network: LocalNetwork): NetworkError {
  return new NetworkError('forbidden', `endpoint with name ${name} already exists in network ${network.name}`);
}
