/**
 * What a node's engine asks of its libnetwork. One `NetworkController` per node; all of them share one gossip fabric.
 * Implemented in this folder; used by the daemon (containers) and the engine (network routes, DNS).
 */
import type { DnsHop, DnsRcode, DnsRecord, DnsReply, EndpointResource, NetworkResource, PortConfig } from '../api';
import type { Micros } from '../sim';

/** What a creator of a network may ask of one subnet. */
export interface WantedSubnet {
  readonly subnet?: string;
  readonly gateway?: string;
  readonly range?: string;
  /** Addresses that nobody gets, by the names of what has them. */
  readonly auxiliary?: Readonly<Record<string, string>>;
}

export interface LocalSubnet extends WantedSubnet {
  readonly subnet: string;
  readonly gateway: string;
  /** The creator named the subnet, but left the gateway to the node. */
  readonly gatewayChosen?: boolean;
}

/** A network as the node's engine knows it. */
export interface LocalNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: 'bridge' | 'host' | 'null' | 'overlay' | 'macvlan' | 'ipvlan' | string;
  /** `global`: of an era before swarm mode, kept in a key-value store. */
  readonly scope: 'local' | 'swarm' | 'global';
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ingress: boolean;
  readonly ipv6: boolean;
  readonly encrypted: boolean;
  readonly subnets: readonly LocalSubnet[];
  /** Only a set of subnets that other networks are made with; nothing is connected to it. */
  readonly configOnly?: boolean;
  /** Name of the network whose subnets it was made with. */
  readonly configFrom?: string;
  readonly options: Readonly<Record<string, string>>;
  /** As the creator of the network gave them to the address manager; absent: none were given. */
  readonly ipamOptions?: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly created: string;
}

/** The service behind a task's endpoint (DISC-60). */
export interface ServiceBinding {
  readonly serviceID: string;
  readonly serviceName: string;
  /** Per network ID: the VIP's address without prefix, absent in dnsrr mode, and the service aliases there (DISC-52). */
  readonly networks: Readonly<Record<string, { readonly virtualIP?: string; readonly aliases: readonly string[] }>>;
  readonly ingressPorts: readonly PortConfig[];
}

export interface EndpointOptions {
  readonly networkID: string;
  /** CIDR given by the swarm allocator or by `--ip`; absent: the node's own IPAM chooses (bridge networks). */
  readonly address?: string;
  /** `--network-alias`es of this container on this network. */
  readonly aliases?: readonly string[];
  /** `--link other:alias`: local alias -> real name, visible in this sandbox only (DISC-36). */
  readonly links?: Readonly<Record<string, string>>;
  readonly priority?: number;
}

export interface SandboxOptions {
  readonly containerID: string;
  /** Without slash, e.g. `web.1.<taskID>`. */
  readonly containerName: string;
  readonly hostname: string;
  readonly domainname?: string;
  readonly dns?: readonly string[];
  readonly dnsSearch?: readonly string[];
  readonly dnsOptions?: readonly string[];
  /** `IP name [aliases...]` lines for /etc/hosts. */
  readonly extraHosts?: readonly { readonly ip: string; readonly names: readonly string[] }[];
  readonly service?: ServiceBinding;
}

/** One interface of a sandbox. */
export interface SandboxEndpoint {
  readonly id: string;
  readonly networkID: string;
  readonly networkName: string;
  /** The kernel's number of the interface, which lists of interfaces are sorted by; 0 without one. */
  readonly interfaceIndex: number;
  /** eth0, eth1, ... */
  readonly interfaceName: string;
  /** CIDR; empty on host and null networks. */
  readonly address: string;
  readonly gateway: string;
  readonly macAddress: string;
  readonly aliases: readonly string[];
  /** Names under which other containers find it (DISC-50). */
  readonly dnsNames: readonly string[];
}

export interface QueryOptions {
  readonly id?: number;
  readonly recursionDesired?: boolean;
  readonly transport?: 'udp' | 'tcp';
  /** EDNS0 payload size of the question, if it had one (DISC-18). */
  readonly ednsSize?: number;
}

/** How often-asked questions are put: the order of answers is the asker's business, and so is the waiting. */
export interface LookupOptions {
  readonly transport?: 'udp' | 'tcp';
  readonly edns?: boolean;
  /** Only this one of the sandbox's networks is looked in. */
  readonly network?: string;
  /** As a program's C library asks: /etc/hosts comes first. Only in eras before swarm mode. */
  readonly hosts?: boolean;
}

/** What a sandbox's resolver finds, as data for a message on the wire. */
export interface Lookup {
  readonly rcode: DnsRcode | 'silence';
  /** Local addresses in no particular order: they are to be shuffled for every answer (DISC-12). */
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  /** Answered by an upstream, not by this node. */
  readonly forwarded: boolean;
  readonly authoritative?: boolean;
  /** Virtual time that the client waits for it. */
  readonly took: Micros;
}

/** Where a connection goes, and how it gets there. */
export interface Route {
  /** Address of the container that is chosen, without prefix. */
  readonly containerAddress: string;
  /** Port inside, where a published port was asked for. */
  readonly targetPort?: number;
  /** False when the chosen node is dead or cut off: the connection hangs. */
  readonly reached: boolean;
  readonly hops: readonly string[];
}

/** The network namespace of one container, with its embedded resolver. */
export interface Sandbox {
  readonly id: string;
  readonly containerID: string;
  /** What `connect` made, in the order of DISC-38; without the endpoint on docker_gwbridge. */
  readonly endpoints: readonly SandboxEndpoint[];
  /** The endpoint on docker_gwbridge, while the sandbox needs one for its way out. */
  readonly gatewayEndpoint: SandboxEndpoint | undefined;
  /** The endpoint through which the default route goes. */
  readonly defaultRoute: SandboxEndpoint | undefined;
  /**
   * The container's process exists: interfaces get their final names. Endpoints connected before are named by network
   * name, later ones get the next free name. `activate` implies it.
   */
  start(): void;
  /** `docker rename`: names and entries follow. */
  rename(containerName: string): void;
  /** Throws NetworkError (no address left, already connected, unknown network). */
  connect(options: EndpointOptions): SandboxEndpoint;
  disconnect(networkID: string): void;
  /** Names and virtual servers get this container: at running, or first healthy (DISC-60). For plain containers: at start. */
  activate(): void;
  /** Taken from names and virtual servers before it stops; VIP names stay (DISC-61). */
  deactivate(): void;
  /** Leaves all networks: entries are deleted (DISC-62); the sandbox is gone. */
  close(): void;
  resolve(
    name: string,
    type: string,
    options?: QueryOptions,
  ): { readonly reply: DnsReply; readonly trace: readonly DnsHop[] };
  /** As `resolve`; in eras before swarm mode as a program's C library asks: /etc/hosts comes first (TALK-3, TALK-4). */
  ask(name: string, type: string): { readonly reply: DnsReply; readonly trace: readonly DnsHop[] };
  /**
   * As `resolve`, but without telling how, and without drawing any chance or remembering anything: asking so leaves no
   * mark on the simulation. `question` ends in a dot.
   */
  lookup(question: string, type: string, options?: LookupOptions): Lookup;
  /** Until when local answers stay as they are, if no event runs and no request changes anything: infinite mostly. */
  steadyUntil(): Micros;
  /** Text of /etc/resolv.conf and /etc/hosts inside (DISC-2, DISC-3, DISC-6). */
  resolvConf(): string;
  hosts(): string;
}

export class NetworkError extends Error {
  constructor(
    readonly reason: 'not found' | 'conflict' | 'forbidden' | 'invalid' | 'exhausted' | 'system',
    message: string,
  ) {
    super(message);
    this.name = 'NetworkError';
  }
}

/** The libnetwork of one node. */
export interface NetworkController {
  readonly nodeName: string;
  /** Networks that exist on this node now, by name order. */
  list(): readonly LocalNetwork[];
  /** By full ID, exact name, or ID prefix (API-35). */
  find(idOrName: string): LocalNetwork | undefined;
  /** A user's local network (`docker network create br`); throws NetworkError. Returns it with subnet and gateway chosen. */
  create(request: {
    readonly name: string;
    readonly driver: string;
    readonly subnets: readonly WantedSubnet[];
    readonly configOnly?: boolean;
    readonly configFrom?: string;
    /** Another network of this node may have the name already. */
    readonly sameName?: boolean;
    readonly internal: boolean;
    readonly attachable: boolean;
    readonly ipv6: boolean;
    readonly options: Readonly<Record<string, string>>;
    readonly ipamOptions?: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
  }): LocalNetwork;
  remove(id: string): void;
  /**
   * A swarm overlay comes to this node with the first task that needs it: the node joins its gossip (DISC-84).
   * `loadBalancer` is the node's address there, CIDR (ALLOC-42). Repeated calls refresh the address.
   */
  joinOverlay(network: LocalNetwork, loadBalancer: string): void;
  /** The last task is gone: entries are dropped, the overlay leaves the node (ALLOC-46). No-op while endpoints use it. */
  leaveOverlay(networkID: string): void;
  createSandbox(options: SandboxOptions): Sandbox;
  /** This node's endpoints on a network, `lb-<net>` among them, as in `GET /networks/{id}` (API-36). */
  endpoints(networkID: string): Readonly<Record<string, EndpointResource>>;
  /** Peers, and with `verbose` the services, of an overlay as this node knows them (API-36). */
  overlayDetails(networkID: string, verbose: boolean): Pick<NetworkResource, 'Peers' | 'Services'>;
  /** Where a request to this node's published port goes; undefined when nothing listens (DISC-71, ALLOC-58). */
  routePort(protocol: 'tcp' | 'udp' | 'sctp', port: number): Route | undefined;
  /** The next backend for a VIP or address asked for from a sandbox, by round robin (DISC-70, DISC-72). */
  routeAddress(sandboxID: string, address: string): Route | undefined;
  /**
   * Takes an endpoint out of a network that an unclean end left there, by the container's ID or name: `docker network
   * disconnect -f`. False when there is none (TALK-3).
   */
  cleanStale(networkID: string, container: string): boolean;
  /** The sandbox of a container on this node, by its full ID. */
  sandbox(containerID: string): Sandbox | undefined;
}
