import { hostOf } from '../../network/address';
import type { SandboxEndpoint } from '../../network/libnetwork';
import type { Process } from './process';

/** An interface of a container. */
export interface Interface {
  readonly name: string;
  readonly index: number;
  /** CIDR. */
  readonly address: string;
  readonly mac: string;
  readonly gateway: string;
  readonly mtu: number;
}

function shown(endpoint: SandboxEndpoint, local: boolean): Interface {
  return {
    name: endpoint.interfaceName,
    index: endpoint.interfaceIndex,
    address: endpoint.address,
    mac: endpoint.macAddress,
    gateway: endpoint.gateway,
    // VXLAN takes 50 bytes of a packet.
    mtu: local ? 1_500 : 1_450,
  };
}

/** A container's interfaces beside the loopback, by the kernel's numbers. */
export function interfacesOf({ sandbox }: Process): readonly Interface[] {
  if (!sandbox) return [];
  const gateway = sandbox.gatewayEndpoint;
  const all = sandbox.endpoints.map((endpoint) => shown(endpoint, isLocal(endpoint)));
  if (gateway) all.push(shown(gateway, true));
  return all.filter(({ address }) => address !== '').sort((a, b) => a.index - b.index);
}

/** Bridges have the host in them as a gateway and a MAC address that begins with 02:42 and the address. */
function isLocal({ networkName }: SandboxEndpoint): boolean {
  return networkName === 'bridge' || networkName === 'docker_gwbridge';
}

/** A subnet's first address, mask and broadcast address. */
export function subnetOf(address: string): {
  readonly network: string;
  readonly bits: number;
  readonly mask: string;
  readonly broadcast: string;
} {
  const [ip = '', bitsText = '32'] = address.split('/');
  const bits = Number(bitsText);
  const value = ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(value / size) * size;
  const dotted = (number: number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
  return { network: dotted(first), bits, mask: dotted(2 ** 32 - size), broadcast: dotted(first + size - 1) };
}

/** Routes by their interfaces: the default one first, then by network. */
export function routesOf(process: Process): readonly {
  readonly network: string;
  readonly bits: number;
  readonly mask: string;
  readonly gateway: string | undefined;
  readonly device: string;
  readonly source: string;
}[] {
  const own = interfacesOf(process).map(({ address, name }) => ({
    ...subnetOf(address),
    gateway: undefined,
    device: name,
    source: hostOf(address),
  }));
  own.sort((a, b) => (a.network < b.network ? -1 : a.network > b.network ? 1 : 0));
  const way = process.sandbox?.defaultRoute;
  const first = way && {
    network: '0.0.0.0',
    bits: 0,
    mask: '0.0.0.0',
    gateway: way.gateway,
    device: way.interfaceName,
    source: hostOf(way.address),
  };
  return first ? [first, ...own] : own;
}
