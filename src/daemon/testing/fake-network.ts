import type { DnsReply } from '../../api';
import type {
  EndpointOptions,
  LocalNetwork,
  NetworkController,
  Sandbox,
  SandboxEndpoint,
  SandboxOptions,
} from '../../network/libnetwork';
import { NetworkError } from '../../network/libnetwork';

/** A network of the node for tests: addresses count upward, names are those of containers. */
export class FakeNetwork implements NetworkController {
  readonly networks = new Map<string, LocalNetwork>();
  readonly sandboxes = new Set<FakeSandbox>();
  /** What happened, in order: `activate web`, `leave n1`. */
  readonly log: string[] = [];
  readonly #next = new Map<string, number>();
  #ids = 0;

  constructor(readonly nodeName = 'node-1') {
    this.add('bridge', 'bridge', '172.17.0.0/16');
    this.add('host', 'host', '');
    this.add('none', 'null', '');
  }

  add(name: string, driver: string, subnet: string, scope: 'local' | 'swarm' = 'local'): LocalNetwork {
    const network: LocalNetwork = {
      id: `id-of-${name}`,
      name,
      driver,
      scope,
      internal: false,
      attachable: false,
      ingress: false,
      ipv6: false,
      encrypted: false,
      subnets: subnet === '' ? [] : [{ subnet, gateway: subnet.replace(/0\/\d+$/, '1') }],
      options: {},
      labels: {},
      created: '2026-01-01T00:00:00.000000000Z',
    };
    this.networks.set(network.id, network);
    return network;
  }

  nextId(): string {
    this.#ids++;
    return this.#ids.toString(16).padStart(64, '0');
  }

  nextAddress(network: LocalNetwork): string {
    const host = (this.#next.get(network.id) ?? 1) + 1;
    this.#next.set(network.id, host);
    const [base = '', bits = ''] = (network.subnets[0]?.subnet ?? '').split('/');
    return base === '' ? '' : `${base.replace(/0$/, String(host))}/${bits}`;
  }

  list = () => [...this.networks.values()];
  find = (reference: string) =>
    this.networks.get(reference) ?? [...this.networks.values()].find(({ name }) => name === reference);
  create = (request: { readonly name: string; readonly driver: string }) =>
    this.add(request.name, request.driver, '172.18.0.0/16');
  remove = (id: string) => {
    this.networks.delete(id);
  };
  joinOverlay(network: LocalNetwork, loadBalancer: string): void {
    this.log.push(`join ${network.name} ${loadBalancer}`);
    this.networks.set(network.id, network);
  }
  leaveOverlay(networkID: string): void {
    for (const sandbox of this.sandboxes) if (sandbox.endpoints.some((one) => one.networkID === networkID)) return;
    this.log.push(`leave ${this.networks.get(networkID)?.name}`);
    this.networks.delete(networkID);
  }
  createSandbox(options: SandboxOptions): Sandbox {
    const sandbox = new FakeSandbox(this, options);
    this.sandboxes.add(sandbox);
    return sandbox;
  }
  endpoints = () => ({});
  overlayDetails = () => ({});
  routePort = () => undefined;
  cleanStale = () => false;
  routeAddress = (_sandboxID: string, address: string) => ({
    containerAddress: address,
    reached: true,
    hops: [`direct ${address}`],
  });
  sandbox = (containerID: string) => [...this.sandboxes].find((one) => one.containerID === containerID);
}

export class FakeSandbox implements Sandbox {
  readonly id: string;
  endpoints: readonly SandboxEndpoint[] = [];

  constructor(
    readonly network: FakeNetwork,
    readonly options: SandboxOptions,
  ) {
    this.id = network.nextId();
  }

  get containerID(): string {
    return this.options.containerID;
  }

  connect(options: EndpointOptions): SandboxEndpoint {
    const network = this.network.find(options.networkID);
    if (!network) throw new NetworkError('not found', `network ${options.networkID} not found`);
    const endpoint: SandboxEndpoint = {
      id: this.network.nextId(),
      networkID: network.id,
      networkName: network.name,
      interfaceIndex: 6 + 2 * this.endpoints.length,
      interfaceName: `eth${this.endpoints.length}`,
      address: options.address ?? this.network.nextAddress(network),
      gateway: network.subnets[0]?.gateway ?? '',
      macAddress: '02:42:00:00:00:01',
      aliases: options.aliases ?? [],
      dnsNames: [this.options.containerName],
    };
    this.endpoints = [...this.endpoints, endpoint];
    return endpoint;
  }

  readonly gatewayEndpoint = undefined;

  get defaultRoute(): SandboxEndpoint | undefined {
    return this.endpoints.find((endpoint) => endpoint.gateway !== '');
  }

  start(): void {}

  rename(): void {}

  disconnect(networkID: string): void {
    this.endpoints = this.endpoints.filter((one) => one.networkID !== networkID);
  }

  activate(): void {
    this.network.log.push(`activate ${this.options.containerName}`);
  }

  deactivate(): void {
    this.network.log.push(`deactivate ${this.options.containerName}`);
  }

  close(): void {
    this.network.log.push(`close ${this.options.containerName}`);
    this.network.sandboxes.delete(this);
    this.endpoints = [];
  }

  lookup(question: string, type: string) {
    const { rcode, answers, authority } = this.resolve(question, type).reply;
    return { rcode, answers, authority, forwarded: rcode === 'NXDOMAIN', took: 0 };
  }

  steadyUntil = () => Number.POSITIVE_INFINITY;

  resolve(name: string, type: string) {
    const found = [...this.network.sandboxes].find((one) => one.options.containerName === name.replace(/\.$/, ''));
    const address = found?.endpoints[0]?.address.split('/')[0];
    const asked = name.endsWith('.') ? name : `${name}.`;
    const reply: DnsReply = {
      id: 4_711,
      silent: false,
      rcode: address === undefined ? 'NXDOMAIN' : 'NOERROR',
      flags: { qr: true, aa: false, tc: false, rd: true, ra: true },
      question: { name: asked, type },
      answers: address === undefined || type !== 'A' ? [] : [{ name: asked, type: 'A', ttl: 600, data: address }],
      authority: [],
      size: 40,
      server: '127.0.0.11',
    };
    return { reply, trace: [] };
  }

  ask(name: string, type: string) {
    return this.resolve(name, type);
  }

  resolvConf = () => 'nameserver 127.0.0.11\noptions ndots:0\n';
  hosts = () =>
    `127.0.0.1\tlocalhost\n${this.endpoints.map(({ address }) => `${address.split('/')[0]}\t${this.options.hostname}\n`).join('')}`;
}
