import type { Profile, ProfileName } from '../api';
import { profiles } from '../api';
import type { Micros } from '../sim';
import { Random, Simulation, second } from '../sim';
import type { FabricOptions, NetworkFabric } from './fabric';
import { createNetworkFabric } from './fabric';
import { hashText } from './gossip/chance';
import type { LocalNetwork, NetworkController, Sandbox, SandboxOptions, ServiceBinding } from './libnetwork';

/** A small cluster for tests of this folder: nodes, overlays, tasks, with everything that is not under test chosen. */
export class Testbed {
  readonly sim: Simulation;
  readonly fabric: NetworkFabric;
  readonly profile: Profile;
  readonly nodes: readonly NetworkController[];
  #containers = 0;
  #tasks = 0;
  readonly #addresses = new Map<string, number>();

  constructor(options: TestbedOptions = {}) {
    this.sim = new Simulation({ seed: options.seed ?? 1, start: Date.UTC(2026, 10, 24) * 1_000 });
    this.profile = profiles[options.profile ?? '28'];
    const random = new Random(options.seed ?? 1);
    this.fabric = createNetworkFabric({ sim: this.sim, random, profile: this.profile, ...options.fabric });
    const count = options.nodes ?? 3;
    this.nodes = Array.from({ length: count }, (_, index) =>
      this.fabric.addNode(`swarm-${index + 1}`, `192.168.${99 + Math.floor(index / 100)}.${101 + (index % 100)}`),
    );
  }

  /** Lets time pass, as long as every message needs by default. */
  settle(duration: Micros = 5 * second): void {
    this.sim.runFor(duration);
  }

  /** Joins nodes to an overlay; each gets a load balancer address from .250 downwards. */
  join(network: LocalNetwork, ...nodes: readonly NetworkController[]): void {
    for (const node of nodes) {
      const index = this.nodes.indexOf(node);
      node.joinOverlay(network, `${prefixOf(network)}.${250 - (index % 100)}/16`);
    }
  }

  /** A container of a service on overlays, connected and started; `active` unless told otherwise. */
  task(node: NetworkController, service: TestService, ...networks: readonly LocalNetwork[]): Sandbox {
    const slot = ++this.#tasks;
    const name = `${service.name}.${slot}.${String(slot).padStart(25, 't')}`;
    const sandbox = this.container(node, { containerName: name, service: bindingOf(service, networks) });
    for (const network of networks) {
      if (!node.find(network.id)) this.join(network, node);
      sandbox.connect({ networkID: network.id, address: this.address(network) });
    }
    if (service.active !== false) sandbox.activate();
    return sandbox;
  }

  /** A sandbox without endpoints. Its ID counts up; the hostname is the short ID. */
  container(node: NetworkController, options: Partial<SandboxOptions> = {}): Sandbox {
    const containerID = (++this.#containers).toString(16).padStart(12, 'c').padEnd(64, '0');
    return node.createSandbox({
      containerID,
      containerName: `c${this.#containers}`,
      hostname: containerID.slice(0, 12),
      ...options,
    });
  }

  /** The next address of a network, from .3 upwards, as CIDR. */
  address(network: LocalNetwork): string {
    const next = (this.#addresses.get(network.id) ?? 2) + 1;
    this.#addresses.set(network.id, next);
    return `${prefixOf(network)}.${next}/16`;
  }
}

export interface TestbedOptions {
  readonly nodes?: number;
  readonly seed?: number;
  readonly profile?: ProfileName;
  readonly fabric?: Partial<FabricOptions>;
}

export interface TestService {
  readonly name: string;
  readonly id?: string;
  /** Absent: dnsrr. */
  readonly vip?: string;
  readonly aliases?: readonly string[];
  readonly ports?: ServiceBinding['ingressPorts'];
  readonly active?: boolean;
}

function prefixOf(network: LocalNetwork): string {
  return network.subnets[0]!.subnet.split('.').slice(0, 3).join('.');
}

function bindingOf(service: TestService, networks: readonly LocalNetwork[]): ServiceBinding {
  const entry = { aliases: service.aliases ?? [], ...(service.vip !== undefined && { virtualIP: service.vip }) };
  return {
    serviceID: service.id ?? `id-of-${service.name}`,
    serviceName: service.name,
    networks: Object.fromEntries(networks.map((network) => [network.id, entry])),
    ingressPorts: service.ports ?? [],
  };
}

/** An overlay as a node would be told of it; its subnet follows from its name. */
export function overlay(name: string, change: Partial<LocalNetwork> = {}): LocalNetwork {
  const number = hashText(name) % 250;
  return {
    id: `${name}-id`.padEnd(25, '0'),
    name,
    driver: 'overlay',
    scope: 'swarm',
    internal: false,
    attachable: true,
    ingress: false,
    ipv6: false,
    encrypted: false,
    subnets: [{ subnet: `10.0.${number}.0/16`, gateway: `10.0.${number}.1` }],
    options: {},
    labels: {},
    created: '2026-11-24T00:00:00.000000000Z',
    ...change,
  };
}

/** Addresses of an answer in the order of text. */
export function addressesOf(sandbox: Sandbox, name: string, type = 'A'): string[] {
  const { reply } = sandbox.resolve(name, type);
  return reply.answers.map((record) => record.data).sort();
}
