import type { DnsHop, DnsReply } from '../../api';
import type { Micros } from '../../sim';
import { timestamp } from '../../sim';
import { hostOf } from '../address';
import type { HostsView } from '../eras/ask';
import { ask, hostsRecord } from '../eras/ask';
import { neighbourLines } from '../eras/hosts-lines';
import type {
  EndpointOptions,
  LocalNetwork,
  Lookup,
  LookupOptions,
  QueryOptions,
  Sandbox,
  SandboxEndpoint,
  SandboxOptions,
} from '../libnetwork';
import { NetworkError } from '../libnetwork';
import type { EndpointTable } from '../records/endpoint-table';
import type { ServiceRecords } from '../records/service-records';
import { Outstanding } from '../resolver/outstanding';
import type { ResolverContext } from '../resolver/query';
import type { HostResolvConf, ResolvConf } from '../resolver/resolv-conf';
import { hostResolvConf, internalResolvConf } from '../resolver/resolv-conf';
import { lookup, resolve } from '../resolver/resolver';
import type { Endpoint } from './endpoint';
import { alreadyConnected, hasNames, recordOf, shown, taskAliases } from './endpoint';
import { byNetworkType, byPlace, placeOf } from './endpoint-order';
import { hostsFile } from './hosts-file';
import type { Surroundings } from './surroundings';

/** What a sandbox needs of its controller. */
export interface SandboxHost {
  readonly nodeName: string;
  readonly nodeNumber: number;
  readonly surroundings: Surroundings;
  findNetwork(id: string): LocalNetwork | undefined;
  /** Makes an endpoint: address, MAC, listing in the network; throws NetworkError. */
  createEndpoint(network: LocalNetwork, owner: EndpointOwner, options: EndpointOptions): Endpoint;
  deleteEndpoint(endpoint: Endpoint, owner: EndpointOwner): void;
  /** The endpoint ends with its engine, which had no time to tell anybody. */
  abandonEndpoint(endpoint: Endpoint, owner: EndpointOwner): void;
  /** Lists the endpoint under its owner's new name. */
  renameEndpoint(endpoint: Endpoint, owner: EndpointOwner): void;
  /** The endpoint on docker_gwbridge. */
  createGatewayEndpoint(owner: EndpointOwner): Endpoint;
  /** Writes the endpoint's record, or deletes it. */
  publish(endpoint: Endpoint): void;
  records(network: LocalNetwork): ServiceRecords | undefined;
  /** The names of a network of this node, or of a key-value store's; undefined for the swarm's. */
  table(network: LocalNetwork): EndpointTable | undefined;
  /** Until when this node's records of a network stay as they are, if nothing is written. */
  steadyUntil(network: LocalNetwork): Micros;
  closed(sandbox: ContainerSandbox): void;
}

/** A context with what it was made from, and the same for those who leave no mark. */
interface KnownContext extends ResolverContext {
  readonly quiet: ResolverContext;
  readonly endpoints: readonly Endpoint[];
  readonly options: SandboxOptions;
  readonly host: HostResolvConf;
}

function same<T>(items: readonly T[]): T[] {
  return items as T[];
}

/** Who an endpoint belongs to: the key and name under which networks list it (API-36). */
export interface EndpointOwner {
  readonly key: string;
  readonly name: string;
  readonly sandboxID: string;
}

/** The names that nearly all interfaces have, as texts that they share. */
const interfaceNames: readonly string[] = ['eth0', 'eth1', 'eth2', 'eth3'];

/** The network namespace of one container. */
export class ContainerSandbox implements Sandbox {
  readonly id: string;
  #options: SandboxOptions;
  readonly #host: SandboxHost;
  readonly #outstanding = new Outstanding();
  /** Of those who leave no mark. */
  readonly #outstandingQuietly = new Outstanding();
  #known: KnownContext | undefined;
  /** In the order of connecting. */
  #endpoints: Endpoint[] = [];
  #gateway: Endpoint | undefined;
  #started = false;
  #active = false;

  constructor(id: string, options: SandboxOptions, host: SandboxHost) {
    this.id = id;
    this.#options = options;
    this.#host = host;
  }

  get containerID(): string {
    return this.#options.containerID;
  }

  get endpoints(): readonly SandboxEndpoint[] {
    return this.#placed().map((endpoint) => this.#show(endpoint));
  }

  get gatewayEndpoint(): SandboxEndpoint | undefined {
    return this.#gateway && this.#show(this.#gateway);
  }

  get defaultRoute(): SandboxEndpoint | undefined {
    const own = this.#placed().find((endpoint) => endpoint.gateway !== '' && !endpoint.network.internal);
    return own ? this.#show(own) : this.gatewayEndpoint;
  }

  connect(options: EndpointOptions): SandboxEndpoint {
    const network = this.#host.findNetwork(options.networkID);
    if (!network) throw new NetworkError('not found', `network ${options.networkID} not found`);
    if (this.#endpoints.some((endpoint) => endpoint.network.id === network.id)) {
      throw alreadyConnected(this.#options.containerName, network);
    }
    const endpoint = this.#host.createEndpoint(network, this.#owner(), options);
    this.#endpoints = [...this.#endpoints, endpoint];
    this.#arrangeGateway();
    this.#nameInterfaces();
    if (this.#active) this.#publish(endpoint);
    return this.#show(endpoint);
  }

  disconnect(networkID: string): void {
    const endpoint = this.#endpoints.find((one) => one.network.id === networkID);
    if (!endpoint) {
      const name = this.#host.findNetwork(networkID)?.name ?? networkID;
      throw new NetworkError('forbidden', `container ${this.containerID} is not connected to network ${name}`);
    }
    this.#withdraw(endpoint);
    this.#endpoints = this.#endpoints.filter((one) => one !== endpoint);
    this.#host.deleteEndpoint(endpoint, this.#owner());
    this.#arrangeGateway();
    this.#nameInterfaces();
  }

  start(): void {
    this.#started = true;
  }

  activate(): void {
    this.#started = true;
    this.#active = true;
    for (const endpoint of this.#endpoints) this.#publish(endpoint);
  }

  deactivate(): void {
    this.#active = false;
    for (const endpoint of this.#endpoints) {
      if (!endpoint.published) continue;
      // Plain containers have no graceful step: their names just go (DISC-58).
      if (endpoint.published.serviceID === '') this.#withdraw(endpoint);
      else {
        endpoint.published = { ...endpoint.published, serviceDisabled: true };
        this.#host.publish(endpoint);
      }
    }
  }

  rename(containerName: string): void {
    this.#options = { ...this.#options, containerName };
    for (const endpoint of this.#endpoints) this.#host.renameEndpoint(endpoint, this.#owner());
    if (this.#active) for (const endpoint of this.#endpoints) this.#publish(endpoint);
  }

  close(): void {
    this.#active = false;
    for (const endpoint of this.#endpoints) {
      this.#withdraw(endpoint);
      this.#host.deleteEndpoint(endpoint, this.#owner());
    }
    this.#endpoints = [];
    this.#arrangeGateway();
    this.#host.closed(this);
  }

  /** The machine went down: nothing is told to anybody. */
  vanish(): void {
    this.#active = false;
    for (const endpoint of this.#endpoints) this.#host.abandonEndpoint(endpoint, this.#owner());
    this.#endpoints = [];
    this.#arrangeGateway();
  }

  ask(name: string, type: string): { reply: DnsReply; trace: readonly DnsHop[] } {
    const { old, node } = this.#host.surroundings;
    const usual = () => this.resolve(name, type);
    if (!old) return usual();
    const from = {
      old,
      file: this.#hostsView(),
      networks: this.networks.filter(({ scope }) => scope === 'global'),
      container: this.containerName,
      node: this.#host.nodeNumber,
      nodeName: (number: number) => node(number).name,
    };
    return ask(from, name, type, usual);
  }

  resolve(name: string, type: string, options?: QueryOptions): { reply: DnsReply; trace: readonly DnsHop[] } {
    return resolve(this.#context(), name, type, options);
  }

  lookup(question: string, type: string, options: LookupOptions = {}): Lookup {
    const { network, transport = 'udp', edns = false, hosts = false } = options;
    const { old } = this.#host.surroundings;
    const listed = old && hosts ? hostsRecord(this.#hostsView(), question, type) : undefined;
    if (listed) return { rcode: 'NOERROR', answers: [listed], authority: [], forwarded: false, took: 0 };
    const context = this.#context();
    const own =
      network === undefined
        ? context.quiet
        : { ...context.quiet, networks: context.networks.filter((one) => one.name === network) };
    return lookup(own, question, type, { transport, ...(edns && { ednsSize: 0 }) });
  }

  steadyUntil(): Micros {
    let until = Number.POSITIVE_INFINITY;
    for (const { network } of this.#endpoints) until = Math.min(until, this.#host.steadyUntil(network));
    return until;
  }

  resolvConf(): string {
    return this.#conf().text;
  }

  hosts(): string {
    const addresses = this.#endpoints
      .filter((endpoint) => endpoint.address !== '' && !endpoint.network.ingress)
      .map((endpoint) => hostOf(endpoint.address));
    const { extraHosts = [], hostname, domainname = '' } = this.#options;
    const own = hostsFile(extraHosts, addresses, hostname, domainname);
    if (this.#host.surroundings.old?.era !== '1.9') return own;
    return [own, ...this.#neighbours().map(({ text }) => `${text}\n`)].join('');
  }

  #hostsView(): HostsView {
    const neighbours = this.#host.surroundings.old?.era === '1.9' ? this.#neighbours() : [];
    return { text: this.hosts(), neighbours };
  }

  /** The names of others that Docker 1.9 writes into the hosts file (TALK-3). */
  #neighbours() {
    return this.#endpoints.flatMap((endpoint) => {
      const table = hasNames(endpoint.network) ? this.#host.table(endpoint.network) : undefined;
      return table ? neighbourLines(endpoint.network, table, endpoint.id) : [];
    });
  }

  /** The endpoint on a network that the sandbox has there. */
  endpointOn(networkID: string): Endpoint | undefined {
    return this.#endpoints.find((endpoint) => endpoint.network.id === networkID);
  }

  /** Networks in the order of look-ups. */
  get networks(): readonly LocalNetwork[] {
    return byNetworkType(this.#placed()).map((endpoint) => endpoint.network);
  }

  get containerName(): string {
    return this.#options.containerName;
  }

  #placed(): readonly Endpoint[] {
    return this.#endpoints.length < 2 ? this.#endpoints : [...this.#endpoints].sort(byPlace);
  }

  #show(endpoint: Endpoint): SandboxEndpoint {
    const names = hasNames(endpoint.network) && !endpoint.network.ingress && endpoint !== this.#gateway;
    const dnsNames = names ? [this.#options.containerName, ...taskAliases(this.#options, endpoint.aliases)] : [];
    return shown(endpoint, dnsNames);
  }

  #owner(): EndpointOwner {
    return { key: this.containerID, name: this.#options.containerName, sandboxID: this.id };
  }

  #publish(endpoint: Endpoint): void {
    if (!hasNames(endpoint.network) || endpoint.address === '') return;
    endpoint.published = recordOf(this.#options, endpoint, hostOf(endpoint.address));
    this.#host.publish(endpoint);
  }

  #withdraw(endpoint: Endpoint): void {
    if (!endpoint.published) return;
    endpoint.published = undefined;
    this.#host.publish(endpoint);
  }

  /** A sandbox whose networks give no way out, though one of them is not internal, gets one by docker_gwbridge (DISC-29). */
  #arrangeGateway(): void {
    const needed =
      this.#endpoints.some((endpoint) => endpoint.network.scope !== 'local' && !endpoint.network.internal) &&
      !this.#endpoints.some((endpoint) => endpoint.gateway !== '' && !endpoint.network.internal);
    if (needed && !this.#gateway) {
      this.#gateway = this.#host.createGatewayEndpoint(this.#owner());
    } else if (!needed && this.#gateway) {
      this.#host.deleteEndpoint(this.#gateway, this.#owner());
      this.#gateway = undefined;
    }
  }

  /** eth0, eth1, ... by network name until the process exists, docker_gwbridge last; then whatever is free. */
  #nameInterfaces(): void {
    const all = this.#gateway ? [...this.#placed(), this.#gateway] : this.#placed();
    const withInterface = all.filter((endpoint) => endpoint.address !== '');
    if (!this.#started) {
      withInterface.forEach((endpoint, index) => {
        endpoint.interfaceName = interfaceNames[index] ?? `eth${index}`;
      });
      return;
    }
    const taken = new Set(withInterface.map((endpoint) => endpoint.interfaceName));
    for (const endpoint of withInterface) {
      if (endpoint.interfaceName !== '') continue;
      let index = 0;
      while (taken.has(`eth${index}`)) index++;
      endpoint.interfaceName = `eth${index}`;
      taken.add(endpoint.interfaceName);
    }
  }

  #embedded(): boolean {
    if (this.#host.surroundings.old?.era === '1.9') return false;
    return this.#endpoints.some((endpoint) => hasNames(endpoint.network));
  }

  #conf(): ResolvConf {
    const { dns = [], dnsSearch = [], dnsOptions = [] } = this.#options;
    const { profile: own, hostResolvConf: host, old } = this.#host.surroundings;
    // Comments in the file are of a much later time.
    const profile = old ? { ...own, resolvConfComments: false } : own;
    const ipv6 = this.#endpoints.some((endpoint) => endpoint.address.includes(':'));
    const request = { profile, host, dns, dnsSearch, dnsOptions, ipv6 };
    return this.#embedded() ? internalResolvConf(request) : hostResolvConf(request);
  }

  /** What the resolver knows of its surroundings, kept until some of it changes. */
  #context(): KnownContext {
    const host = this.#host.surroundings.hostResolvConf;
    const known = this.#known;
    if (known && known.endpoints === this.#endpoints && known.options === this.#options && known.host === host) {
      return known;
    }
    const context = this.#newContext();
    const quiet = { ...context, shuffle: same, outstanding: this.#outstandingQuietly };
    this.#known = { ...context, quiet, endpoints: this.#endpoints, options: this.#options, host };
    return this.#known;
  }

  #newContext(): ResolverContext {
    const { profile, upstream, dnsRandom, node, sim } = this.#host.surroundings;
    const here = this.#host;
    const socket = Number.parseInt(this.id.slice(0, 4), 16);
    return {
      profile,
      container: this.#options.containerName,
      node: this.#host.nodeName,
      sandboxID: this.id,
      embedded: this.#embedded(),
      // Two sockets at ports that the kernel chose; they are part of the sandbox, so they follow from its ID.
      socket: { udp: 32_768 + (socket % 28_000), tcp: 32_768 + ((socket * 7 + 1) % 28_000) },
      networks: byNetworkType(this.#placed())
        .filter((endpoint) => hasNames(endpoint.network))
        .map((endpoint) => ({
          name: endpoint.network.name,
          ipv6: endpoint.network.ipv6,
          links: endpoint.links,
          place: placeOf(endpoint),
          // As they are when they are looked at.
          get records() {
            return here.records(endpoint.network);
          },
        })),
      conf: this.#conf(),
      internalOnly: this.#endpoints.length > 0 && this.#endpoints.every((endpoint) => endpoint.network.internal),
      upstream,
      now: () => sim.now,
      outstanding: this.#outstanding,
      nodeName: (number) => node(number).name,
      timestamp,
      shuffle: (items) => dnsRandom.shuffle(items),
      freshId: () => dnsRandom.integer(0, 65_535),
    };
  }
}
