import type { EndpointResource, NetworkResource } from '../../api';
import type { Micros, Random, Timer } from '../../sim';
import { second } from '../../sim';
import { hostOf } from '../address';
import { overlap, overlaps } from '../ipam';
import type {
  EndpointOptions,
  LocalNetwork,
  NetworkController,
  Route,
  Sandbox,
  SandboxEndpoint,
  SandboxOptions,
  WantedSubnet,
} from '../libnetwork';
import { NetworkError } from '../libnetwork';
import { FirewallMarks } from '../loadbalancer/firewall-marks';
import type { Sight } from '../records/endpoint-record';
import type { EndpointTable } from '../records/endpoint-table';
import { ServiceRecords } from '../records/service-records';
import { checkDrivers } from './driver-checks';
import type { Endpoint } from './endpoint';
import { macAddressOf, shown } from './endpoint';
import { LocalNetworks, localSight } from './local-networks';
import { servicesOf } from './overlay-details';
import {
  defaultBridgeOptions,
  gatewayBridgeName,
  gatewayBridgeOptions,
  localNetwork,
  predefinedNames,
} from './predefined';
import { Router } from './router';
import type { EndpointOwner, SandboxHost } from './sandbox';
import { ContainerSandbox } from './sandbox';
import type { FabricNode, Surroundings } from './surroundings';

const idLength = 64;
const noAliases: readonly string[] = [];
const noLinks: Readonly<Record<string, string>> = {};

/** How long after its overlay the ingress sandbox gets its way out; recorded is 2 to 5 s on a busy machine. */
const ingressGatewayDelay: Micros = 3 * second;

/** An overlay on this node, with the endpoint of its load balancer. */
interface Overlay {
  network: LocalNetwork;
  balancer: Endpoint;
}

/** The libnetwork of one node. */
export class Controller implements NetworkController, SandboxHost {
  readonly surroundings: Surroundings;
  readonly #node: FabricNode;
  readonly #random: Random;
  readonly #local: LocalNetworks;
  readonly #overlays = new Map<string, Overlay>();
  readonly #sandboxes = new Map<string, ContainerSandbox>();
  /** Network ID -> container ID -> what is listed there. */
  readonly #listed = new Map<string, Map<string, Endpoint>>();
  readonly #marks = new FirewallMarks();
  readonly #router: Router;
  #gatewayBridge: LocalNetwork | undefined;
  /** Number of the last interface; the machine's own have the first ones. */
  #interfaces = 4;
  /** The ingress sandbox waits for its way out. */
  #ingressGateway: Timer | undefined;

  constructor(surroundings: Surroundings, node: FabricNode, random: Random) {
    this.surroundings = surroundings;
    this.#node = node;
    this.#random = random;
    this.#local = new LocalNetworks(surroundings.profile);
    this.#router = new Router(surroundings, node, this.#marks);
    const created = surroundings.sim.timestamp;
    const fresh = (name: string, driver: string) => localNetwork({ id: this.#newId(), name, driver, created });
    this.#local.add({ ...fresh('bridge', 'bridge'), options: defaultBridgeOptions }, [{}]);
    this.#local.add(fresh('host', 'host'), []);
    this.#local.add(fresh('none', 'null'), []);
  }

  get nodeName(): string {
    return this.#node.name;
  }

  get nodeNumber(): number {
    return this.#node.number;
  }

  list(): readonly LocalNetwork[] {
    const all = [...this.#local.all(), ...[...this.#overlays.values()].map((overlay) => overlay.network)];
    if (this.surroundings.old) all.push(...this.surroundings.old.store.networks());
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(idOrName: string): LocalNetwork | undefined {
    if (idOrName === '') return undefined;
    const exact = this.findNetwork(idOrName);
    if (exact) return exact;
    let named = 0;
    let prefixed = 0;
    let byName: LocalNetwork | undefined;
    let byPrefix: LocalNetwork | undefined;
    const look = (network: LocalNetwork) => {
      if (network.name === idOrName) {
        named++;
        byName = network;
      } else if (network.id.startsWith(idOrName)) {
        prefixed++;
        byPrefix = network;
      }
    };
    for (const network of this.#local.all()) look(network);
    for (const { network } of this.#overlays.values()) look(network);
    for (const network of this.surroundings.old?.store.networks() ?? []) look(network);
    if (named > 0) return named === 1 ? byName : undefined;
    return prefixed === 1 ? byPrefix : undefined;
  }

  findNetwork(id: string): LocalNetwork | undefined {
    return this.#local.get(id) ?? this.#overlays.get(id)?.network ?? this.surroundings.old?.store.network(id);
  }

  create(request: Parameters<NetworkController['create']>[0]): LocalNetwork {
    if (predefinedNames.includes(request.name)) {
      throw new NetworkError('forbidden', `operation is not permitted on predefined ${request.name} network `);
    }
    if (!request.sameName && this.list().some((network) => network.name === request.name)) {
      throw new NetworkError('conflict', `network with name ${request.name} already exists`);
    }
    if (!request.configOnly && (request.driver === 'host' || request.driver === 'null')) {
      throw new NetworkError('forbidden', `only one instance of "${request.driver}" network is allowed`);
    }
    const { subnets, sameName: _, ...rest } = request;
    const network = localNetwork({ ...rest, id: this.#newId(), created: this.surroundings.sim.timestamp });
    const { old } = this.surroundings;
    checkDrivers(network, subnets, this.list());
    const wanted = subnets.length > 0 ? subnets : [{}];
    this.#checkOverlays(wanted);
    if (old && request.driver === 'overlay') return old.store.create(this.#node.number, network, wanted);
    return this.#local.add(network, wanted);
  }

  remove(id: string): void {
    if (this.surroundings.old?.store.network(id)) {
      this.surroundings.old.store.remove(this.#node.number, id);
      return;
    }
    const network = this.#local.get(id);
    if (!network) throw new NetworkError('not found', `network ${id} not found`);
    if (predefinedNames.includes(network.name)) {
      throw new NetworkError('forbidden', `${network.name} is a pre-defined network and cannot be removed`);
    }
    if ((this.#listed.get(id)?.size ?? 0) > 0) {
      throw new NetworkError(
        'forbidden',
        `error while removing network: network ${network.name} id ${id} has active endpoints`,
      );
    }
    if (network.configOnly && this.list().some(({ configFrom }) => configFrom === network.name)) {
      throw new NetworkError(
        'forbidden',
        `error while removing network: configuration network ${JSON.stringify(network.name)} is in use`,
      );
    }
    for (const { key } of this.surroundings.old?.staleOn(id) ?? []) this.surroundings.old?.cleaned(key);
    this.#local.remove(id);
    if (network === this.#gatewayBridge) this.#gatewayBridge = undefined;
  }

  joinOverlay(network: LocalNetwork, loadBalancer: string): void {
    const known = this.#overlays.get(network.id);
    if (known) {
      known.network = network;
      if (known.balancer.address !== loadBalancer) {
        this.#removeBalancer(known);
        known.balancer = this.#addBalancer(network, loadBalancer);
      }
      return;
    }
    const { db } = this.surroundings;
    db.join(network.id, this.#node.number);
    this.#marks.join(network.id, db.table(network.id), db.joinedAt(network.id, this.#node.number)!);
    this.#overlays.set(network.id, { network, balancer: this.#addBalancer(network, loadBalancer) });
  }

  leaveOverlay(networkID: string): void {
    const overlay = this.#overlays.get(networkID);
    if (!overlay) return;
    // Besides containers only the load balancer is listed.
    if ((this.#listed.get(networkID)?.size ?? 0) > 1) return;
    this.#removeBalancer(overlay);
    this.#forgetOverlay(networkID);
    this.surroundings.db.leave(networkID, this.#node.number);
  }

  createSandbox(options: SandboxOptions): Sandbox {
    this.#sandboxes.get(options.containerID)?.close();
    const sandbox = new ContainerSandbox(this.#newId(), options, this);
    this.#sandboxes.set(options.containerID, sandbox);
    return sandbox;
  }

  sandbox(containerID: string): Sandbox | undefined {
    return this.#sandboxes.get(containerID);
  }

  endpoints(networkID: string): Readonly<Record<string, EndpointResource>> {
    const resources: Record<string, EndpointResource> = {};
    for (const [key, endpoint] of this.#listed.get(networkID) ?? []) resources[key] = resourceOf(endpoint);
    return resources;
  }

  overlayDetails(networkID: string, verbose: boolean): Pick<NetworkResource, 'Peers' | 'Services'> {
    if (!this.#overlays.has(networkID)) return {};
    const { db, node } = this.surroundings;
    const Peers = db.peers(networkID, this.#node.number).map((number) => ({
      Name: node(number).gossipName,
      IP: node(number).address,
    }));
    if (!verbose) return { Peers };
    return {
      Peers,
      Services: servicesOf(
        db.table(networkID),
        db.sight(networkID, this.#node.number),
        (number) => node(number).address,
        (serviceID) => this.#marks.markOf(networkID, serviceID),
      ),
    };
  }

  routePort(protocol: 'tcp' | 'udp' | 'sctp', port: number): Route | undefined {
    for (const { network, balancer } of this.#overlays.values()) {
      if (network.ingress) return this.#router.port(network, hostOf(balancer.address), protocol, port);
    }
    return undefined;
  }

  routeAddress(sandboxID: string, address: string): Route | undefined {
    for (const sandbox of this.#sandboxes.values()) {
      if (sandbox.id !== sandboxID) continue;
      for (const network of sandbox.networks) {
        const route =
          network.scope === 'local'
            ? this.#localAddress(network, sandbox.containerName, address)
            : network.scope === 'swarm'
              ? this.#router.overlayAddress(network, sandbox.containerName, address)
              : this.#router.straight(network, sandbox.containerName, address);
        if (route) return route;
      }
    }
    return undefined;
  }

  /** The endpoint of a container on this node that has an address on a network. */
  endpointAt(networkID: string, address: string): SandboxEndpoint | undefined {
    for (const resource of this.#listed.get(networkID)?.keys() ?? []) {
      const endpoint = this.#sandboxes.get(resource)?.endpointOn(networkID);
      if (endpoint && hostOf(endpoint.address) === address) return shown(endpoint, []);
    }
    return undefined;
  }

  /** The machine loses power: sandboxes and overlays are gone, local networks stay on its disk. */
  powerOff(): void {
    for (const sandbox of this.#sandboxes.values()) sandbox.vanish();
    this.#sandboxes.clear();
    for (const [id, overlay] of [...this.#overlays]) {
      this.#deleteListed(id, this.#balancerOwner(overlay.network).key);
      if (overlay.network.ingress) this.#freeGateway(this.#balancerOwner(overlay.network));
      this.#forgetOverlay(id);
    }
    this.surroundings.old?.store.forgetNode(this.#node.number);
  }

  cleanStale(networkID: string, container: string): boolean {
    const { old } = this.surroundings;
    let cleaned = false;
    for (const { key, network, node, address } of old?.staleOn(networkID, container) ?? []) {
      if (network.scope === 'global') {
        if (!old!.store.erase(networkID, key, this.#node.number)) continue;
        old!.store.giveAddress(networkID, address);
      } else {
        if (node !== this.#node.number) continue;
        this.#local.write(networkID, key, node, undefined, this.surroundings.sim.now);
        this.#local.giveAddress(networkID, address);
      }
      old!.cleaned(key);
      cleaned = true;
    }
    return cleaned;
  }

  // What sandboxes ask of their controller.

  createEndpoint(network: LocalNetwork, owner: EndpointOwner, options: EndpointOptions): Endpoint {
    const { old } = this.surroundings;
    // What the container itself left behind is taken over.
    if (old) this.cleanStale(network.id, owner.key);
    const address = this.#local.get(network.id)
      ? this.#local.takeAddress(network.id, options.address)
      : old && network.scope === 'global'
        ? old.store.takeAddress(network.id, options.address)
        : (options.address ?? '');
    const id = this.#newId();
    // Overlays route by docker_gwbridge, never by their own gateway.
    const gateway = network.scope === 'local' && !network.internal ? (network.subnets[0]?.gateway ?? '') : '';
    const endpoint: Endpoint = {
      id,
      network,
      address,
      gateway: address === '' ? '' : gateway,
      aliases: options.aliases ?? noAliases,
      links: options.links ?? noLinks,
      priority: options.priority ?? 0,
      interfaceIndex: address === '' ? 0 : this.#newInterface(),
      interfaceName: '',
      listedName: '',
      published: undefined,
    };
    this.renameEndpoint(endpoint, owner);
    return endpoint;
  }

  renameEndpoint(endpoint: Endpoint, owner: EndpointOwner): void {
    const { network } = endpoint;
    endpoint.listedName = owner.name;
    let listed = this.#listed.get(network.id);
    if (!listed) {
      listed = new Map();
      this.#listed.set(network.id, listed);
    }
    listed.set(owner.key, endpoint);
  }

  deleteEndpoint(endpoint: Endpoint, owner: EndpointOwner): void {
    this.#deleteListed(endpoint.network.id, owner.key);
    if (endpoint.address === '') return;
    if (endpoint.network.scope === 'global') {
      this.surroundings.old?.store.giveAddress(endpoint.network.id, endpoint.address);
    } else this.#local.giveAddress(endpoint.network.id, endpoint.address);
  }

  abandonEndpoint(endpoint: Endpoint, owner: EndpointOwner): void {
    const { old } = this.surroundings;
    const { id: key, network, address, published } = endpoint;
    if (!old || !published) {
      // Swarm mode's engines keep names in memory only.
      if (published && network.scope === 'local') {
        this.#local.write(network.id, key, this.#node.number, undefined, this.surroundings.sim.now);
      }
      this.deleteEndpoint(endpoint, owner);
      return;
    }
    this.#deleteListed(network.id, owner.key);
    const { containerID, name: containerName } = published;
    old.leave({ key, network, address, node: this.#node.number, containerID, containerName });
  }

  createGatewayEndpoint(owner: EndpointOwner): Endpoint {
    const bridge = this.#ensureGatewayBridge();
    const named = { ...owner, name: `gateway_${owner.sandboxID.slice(0, 12)}` };
    return this.createEndpoint(bridge, named, { networkID: bridge.id });
  }

  publish(endpoint: Endpoint): void {
    const { db, sim } = this.surroundings;
    const { network, published, id } = endpoint;
    if (network.scope === 'local') this.#local.write(network.id, id, this.#node.number, published, sim.now);
    else if (network.scope === 'global') {
      this.surroundings.old?.store.write(network.id, id, this.#node.number, published);
    } else db.write(network.id, id, this.#node.number, published);
  }

  records(network: LocalNetwork): ServiceRecords | undefined {
    if (network.ingress) return undefined;
    const view = this.#view(network);
    return view && new ServiceRecords(view.table, view.sight);
  }

  table({ id }: LocalNetwork): EndpointTable | undefined {
    return this.#local.table(id) ?? this.surroundings.old?.store.table(id, this.#node.number);
  }

  steadyUntil(network: LocalNetwork): Micros {
    if (network.scope !== 'swarm') return Number.POSITIVE_INFINITY;
    return this.surroundings.db.steadyUntil(network.id, this.#node.number);
  }

  closed(sandbox: ContainerSandbox): void {
    if (this.#sandboxes.get(sandbox.containerID) === sandbox) this.#sandboxes.delete(sandbox.containerID);
  }

  #view(network: LocalNetwork): { readonly table: EndpointTable; readonly sight: Sight } | undefined {
    const table = this.table(network);
    if (table) return { table, sight: localSight };
    const { db } = this.surroundings;
    return { table: db.table(network.id), sight: db.sight(network.id, this.#node.number) };
  }

  #localAddress(network: LocalNetwork, from: string, address: string): Route | undefined {
    const endpoint = this.endpointAt(network.id, address);
    if (!endpoint) return undefined;
    const hops = [`${from} on ${this.nodeName}`, `bridge ${network.name}`, `${address} on ${this.nodeName}`];
    return { containerAddress: address, reached: true, hops };
  }

  /** The endpoint through which a node balances on an overlay: `lb-<network>`, or the ingress sandbox (DISC-70, DISC-71). */
  #addBalancer(network: LocalNetwork, address: string): Endpoint {
    const owner = this.#balancerOwner(network);
    const endpoint = this.createEndpoint(network, owner, { networkID: network.id, address });
    if (!network.ingress) return endpoint;
    this.#ingressGateway = this.surroundings.sim.after(ingressGatewayDelay, () => {
      this.#ingressGateway = undefined;
      this.createGatewayEndpoint(owner);
    });
    endpoint.published = {
      name: owner.name,
      containerID: owner.key,
      serviceName: '',
      serviceID: '',
      virtualIP: '',
      endpointIP: hostOf(address),
      aliases: [],
      taskAliases: [],
      ingressPorts: [],
      serviceDisabled: false,
    };
    this.publish(endpoint);
    return endpoint;
  }

  #removeBalancer({ network, balancer }: Overlay): void {
    const owner = this.#balancerOwner(network);
    if (balancer.published) {
      balancer.published = undefined;
      this.publish(balancer);
    }
    this.deleteEndpoint(balancer, owner);
    if (network.ingress) this.#freeGateway(owner);
  }

  #freeGateway(owner: EndpointOwner): void {
    this.#ingressGateway?.cancel();
    this.#ingressGateway = undefined;
    const bridge = this.#gatewayBridge;
    if (!bridge) return;
    const endpoint = this.#listed.get(bridge.id)?.get(owner.key);
    if (endpoint) this.#local.giveAddress(bridge.id, endpoint.address);
    this.#deleteListed(bridge.id, owner.key);
  }

  #balancerOwner(network: LocalNetwork): EndpointOwner {
    const key = network.ingress ? 'ingress-sbox' : `lb-${network.name}`;
    return { key, name: `${network.name}-endpoint`, sandboxID: key };
  }

  #forgetOverlay(networkID: string): void {
    this.#overlays.delete(networkID);
    this.#listed.delete(networkID);
    this.#marks.leave(networkID);
    this.#router.forget(networkID);
  }

  #deleteListed(networkID: string, key: string): void {
    const listed = this.#listed.get(networkID);
    listed?.delete(key);
    if (listed?.size === 0) this.#listed.delete(networkID);
  }

  /** Overlays that are on this node have their subnets here too. */
  #checkOverlays(wanted: readonly WantedSubnet[]): void {
    for (const { network } of this.#overlays.values()) {
      for (const { subnet } of network.subnets) {
        if (wanted.some((other) => other.subnet && overlaps(other.subnet, subnet))) throw overlap();
      }
    }
  }

  #ensureGatewayBridge(): LocalNetwork {
    if (!this.#gatewayBridge) {
      const created = this.surroundings.sim.timestamp;
      const network = localNetwork({ id: this.#newId(), name: gatewayBridgeName, driver: 'bridge', created });
      this.#gatewayBridge = this.#local.add({ ...network, options: gatewayBridgeOptions }, [{}]);
    }
    return this.#gatewayBridge;
  }

  /** Each container's end of a pair has the next but one number of its machine. */
  #newInterface(): number {
    this.#interfaces += 2;
    return this.#interfaces;
  }

  #newId(): string {
    return this.#random.hexId(idLength);
  }
}

function resourceOf(endpoint: Endpoint): EndpointResource {
  const { address } = endpoint;
  const six = address.includes(':');
  return {
    Name: endpoint.listedName,
    EndpointID: endpoint.id,
    MacAddress: macAddressOf(endpoint),
    IPv4Address: six ? '' : address,
    IPv6Address: six ? address : '',
  };
}
