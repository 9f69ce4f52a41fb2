import type { EndpointSettings, GenericResource, Labels, NodeDescription, Profile, SwarmNetwork } from '../api';
import type { NetworkController } from '../network/libnetwork';
import type { Micros, Random, Simulation } from '../sim';
import { millisecond, second } from '../sim';
import type { DispatcherPort } from '../swarm/dispatcher/ports';
import { TaskAgent } from './agent/agent';
import type { Container } from './containers/container';
import { Containers } from './containers/containers';
import { Execs } from './containers/execs';
import { FileSystem } from './containers/file-system';
import type { LogLine, LogQuery } from './containers/log-buffer';
import { Networking, wantedNetworks } from './containers/networking';
import { StdinHub } from './containers/stdin';
import { DaemonError, messageOf } from './errors';
import { EventLog } from './events/event-log';
import { ImageStore } from './images/image-store';
import { Registry } from './images/registry';
import { describeNode } from './node-description';
import { VolumeStore } from './volumes/volume-store';
import type { WireNode } from './wire';
import { Wire } from './wire';

/** The managers' side of `docker run --network <attachable overlay>` (ALLOC-45). */
export interface NetworkAttacher {
  /** Makes a network attachment task on this node; throws the managers' refusal. */
  attach(request: { readonly target: string; readonly containerID: string; readonly addresses: readonly string[] }): {
    readonly taskID: string;
    readonly networkID: string;
  };
  detach(taskID: string): void;
}

export interface DaemonOptions {
  readonly sim: Simulation;
  readonly random: Random;
  readonly profile: Profile;
  readonly hostname: string;
  readonly address: string;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  /** Labels of the engine. */
  readonly labels?: Labels;
  readonly genericResources?: readonly GenericResource[];
  /** Drivers of cluster volumes. */
  readonly csiPlugins?: readonly string[];
  readonly networks: NetworkController;
  /** Shared by all nodes; one of its own when absent. */
  readonly registry?: Registry;
  /** Shared by all nodes; one of its own when absent. */
  readonly wire?: Wire;
  /** Images that are on the node from the start. */
  readonly preload?: readonly string[];
  /** Folders and files that exist on the machine besides the usual ones. */
  readonly hostPaths?: readonly string[];
}

const usualHostPaths = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/etc/localtime',
  '/etc/os-release',
  '/etc/passwd',
  '/etc/group',
  '/etc/timezone',
];
const usualHostFolders = [
  '/var/lib/docker',
  '/var/log',
  '/var/run',
  '/run',
  '/tmp',
  '/home',
  '/root',
  '/opt',
  '/mnt',
  '/srv',
  '/proc',
  '/sys',
  '/dev',
  '/usr',
  '/etc/ssl',
  '/lib',
  '/bin',
  '/boot',
  '/var/lib/docker/volumes',
  '/lib/modules',
  '/cgroup',
];

const attachLimit = 20 * second;

/** One simulated dockerd: images, containers, volumes, events, and the agent of its node. */
export class Daemon implements WireNode {
  readonly sim: Simulation;
  readonly random: Random;
  readonly profile: Profile;
  readonly hostname: string;
  readonly address: string;
  readonly cpus: number;
  readonly memory: number;
  readonly networks: NetworkController;
  readonly events: EventLog;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
  readonly networking: Networking;
  readonly containers: Containers;
  readonly execs: Execs;
  readonly agent: TaskAgent;
  readonly wire: Wire;
  readonly hostFiles = new FileSystem();
  readonly stdin = new StdinHub();
  /** Containers whose health probes are made to fail. */
  readonly unhealthy = new Set<string>();
  /** Pulling, making and starting takes this many times as long. */
  slowness = 1;
  /** Set by the cluster while the node is in a swarm. */
  attacher: NetworkAttacher | undefined;
  /** The engine's labels. */
  readonly labels: Labels;
  readonly #genericResources: readonly GenericResource[];
  readonly #csiPlugins: readonly string[];
  #description: NodeDescription | undefined;
  #powered = true;
  /** Counts power cuts: timers of before do nothing. */
  #epoch = 0;
  /** Attachment tasks of plain containers, by container ID. */
  readonly #attached = new Map<string, readonly { readonly taskID: string; readonly networkID: string }[]>();

  constructor(options: DaemonOptions) {
    this.sim = options.sim;
    this.random = options.random;
    this.profile = options.profile;
    this.hostname = options.hostname;
    this.address = options.address;
    this.cpus = options.cpus;
    this.memory = options.memory;
    this.labels = options.labels ?? {};
    this.networks = options.networks;
    this.#genericResources = options.genericResources ?? [];
    this.#csiPlugins = options.csiPlugins ?? [];
    this.wire = options.wire ?? new Wire();
    this.wire.addNode(options.address, this);
    this.events = new EventLog(this.sim);
    const clock = {
      sim: this.sim,
      after: this.after.bind(this),
      get now() {
        return this.sim.now;
      },
    };
    this.images = new ImageStore(options.registry ?? new Registry(), {
      clock: { ...clock, after: this.work.bind(this) },
      random: this.random.stream('images'),
      events: this.events,
    });
    this.volumes = new VolumeStore(clock, this.random.stream('volumes'), this.events, this.profile.name !== '20.10');
    this.networking = new Networking(this.networks, this.events, this.wire, this);
    this.containers = new Containers({
      sim: this.sim,
      random: this.random.stream('containers'),
      profile: this.profile,
      hostname: this.hostname,
      cpus: this.cpus,
      memory: this.memory,
      images: this.images,
      volumes: this.volumes,
      events: this.events,
      networks: this.networks,
      networking: this.networking,
      wire: this.wire,
      hostFiles: this.hostFiles,
      unhealthy: this.unhealthy,
      after: clock.after,
      work: this.work.bind(this),
      hostGateway: () => this.networks.find('bridge')?.subnets[0]?.gateway ?? '172.17.0.1',
      ingressPort: (protocol, port) => this.networks.routePort(protocol, port) !== undefined,
      withAttachments: (container, then) => this.#withAttachments(container, then),
      detachAll: (container) => this.#detachAll(container),
      taskExited: (container) => this.agent.taskExited(container),
      healthChanged: (container, status) => this.agent.healthChanged(container, status),
      endExecs: (container) => this.execs.endAll(container),
      inputOf: (container) => this.stdin.inputOf(container.id),
    });
    this.execs = new Execs(this.containers, this.random.stream('execs'), this.events, (delay, run) =>
      this.after(delay, run),
    );
    this.agent = new TaskAgent({
      sim: this.sim,
      random: this.random.stream('agent'),
      containers: this.containers,
      images: this.images,
      networks: this.networks,
      events: this.events,
      address: this.address,
      describe: () => this.describe(),
      after: (delay, run) => this.after(delay, run),
      work: (delay, run) => this.work(delay, run),
    });
    for (const name of options.preload ?? []) this.images.preload(name);
    for (const path of usualHostFolders) this.hostFiles.makeFolder(path);
    for (const path of usualHostPaths) this.hostFiles.write(path, '');
    for (const path of options.hostPaths ?? []) this.hostFiles.makeFolder(path);
  }

  /** What the engine says of itself to the managers (SCHED-61, SCHED-62). */
  describe(): NodeDescription {
    this.#description ??= describeNode({
      profile: this.profile,
      hostname: this.hostname,
      cpus: this.cpus,
      memory: this.memory,
      labels: this.labels,
      genericResources: this.#genericResources,
      csiPlugins: this.#csiPlugins,
    });
    return this.#description;
  }

  get powered(): boolean {
    return this.#powered;
  }

  /** As `after`, for what the machine has to do in the meantime: a slow machine takes longer. */
  work(delay: Micros, run: () => void): { cancel(): void } {
    return this.after(Math.round(delay * this.slowness), run);
  }

  /** A timer of this machine: a power cut takes it away. */
  after(delay: Micros, run: () => void): { cancel(): void } {
    const epoch = this.#epoch;
    return this.sim.after(delay, () => {
      if (epoch === this.#epoch && this.#powered) run();
    });
  }

  /** The plug is pulled: everything stops, nobody is told. */
  powerOff(): void {
    if (!this.#powered) return;
    this.#powered = false;
    this.#epoch++;
    this.images.powerCut();
    this.containers.powerCut();
    this.agent.powerCut();
  }

  /** The machine starts again: what ran has died with 255, and the agent looks for its managers. */
  powerOn(): void {
    if (this.#powered) return;
    this.#powered = true;
    this.containers.powerBack();
    this.agent.powerBack();
  }

  joinSwarm(
    dispatcher: DispatcherPort,
    nodeID: string,
    network?: (networkID: string) => SwarmNetwork | undefined,
  ): void {
    this.agent.join({ dispatcher, nodeID, ...(network ? { network } : {}) });
  }

  leaveSwarm(): void {
    this.agent.leave();
  }

  /**
   * Lines of a container's log, oldest first, and with `follow` those to come; for `docker logs` here and for
   * `docker service logs` of a manager, which puts the nodes' lines together (API-32). The result ends the following.
   * `ended` comes when the container has stopped and no more lines will come.
   */
  containerLogs(
    reference: string,
    query: LogQuery,
    follow?: { readonly lines: (lines: readonly LogLine[]) => void; readonly ended: () => void },
  ): { readonly container: Container; readonly lines: readonly LogLine[]; readonly stop: () => void } {
    const container = this.containers.get(reference);
    const lines = container.logs.read(query);
    if (!follow) return { container, lines, stop: () => {} };
    if (!container.isUp) {
      this.after(0, follow.ended);
      return { container, lines, stop: () => {} };
    }
    const wanted = (line: LogLine) => (line.stream === 'stdout' ? query.stdout : query.stderr);
    const stopLines = container.logs.follow((fresh) => follow.lines(fresh.filter(wanted)));
    let stopped = false;
    const stop = () => {
      stopped = true;
      stopLines();
      stopExit();
    };
    const ended = () => {
      if (stopped) return;
      stop();
      follow.ended();
    };
    const until = query.until;
    if (until !== undefined) this.after(Math.max(0, until - this.sim.now), ended);
    const stopExit = container.onceExited(() => this.after(millisecond, ended));
    return { container, lines, stop };
  }

  /** Makes a container's health probes fail, or lets them be again. */
  setUnhealthy(reference: string, on: boolean): void {
    const container = this.containers.get(reference);
    if (on) this.unhealthy.add(container.id);
    else this.unhealthy.delete(container.id);
    container.health?.wake();
  }

  /** Lets a container's process end as if it had crashed. */
  crash(reference: string, exitCode: number): void {
    this.containers.crash(this.containers.get(reference), exitCode);
  }

  /** What is behind a published port; without `container` when packets get lost on the way (DISC-71). */
  published(protocol: 'tcp' | 'udp', port: number) {
    if (!this.#powered) return undefined;
    const own = this.containers.ports.find(protocol, port);
    if (own) return { container: own.container, port: own.target, hops: [`${this.hostname}:${port}`] };
    const route = this.networks.routePort(protocol, port);
    if (!route) return undefined;
    const container = route.reached ? this.wire.findAnywhere(route.containerAddress, this.hostname) : undefined;
    return { container, port: route.targetPort ?? port, hops: route.hops };
  }

  #withAttachments(
    container: Container,
    then: (error: DaemonError | undefined, addresses: ReadonlyMap<string, string>) => void,
  ): void {
    const wanted =
      container.task || !this.attacher
        ? []
        : wantedNetworks(container).filter(
            ([name]) =>
              !['local', 'global'].includes(this.networks.find(name === 'default' ? 'bridge' : name)?.scope ?? ''),
          );
    this.#attach(container, wanted, then);
  }

  /** Has the managers attach a running container to one of the swarm's networks (ALLOC-26); gives its address there. */
  attachTo(container: Container, network: string, settings: EndpointSettings): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      this.#attach(container, [[network, settings]], (error, addresses) => {
        if (error) reject(error);
        else resolve([...addresses.values()][0]);
      });
    });
  }

  /** A container left a network of the swarm: its attachment is over. */
  detachFrom(container: Container, networkID: string): void {
    const attachments = this.#attached.get(container.id) ?? [];
    for (const one of attachments) if (one.networkID === networkID) this.attacher?.detach(one.taskID);
    const rest = attachments.filter((one) => one.networkID !== networkID);
    if (rest.length > 0) this.#attached.set(container.id, rest);
    else this.#attached.delete(container.id);
  }

  #attach(
    container: Container,
    wanted: readonly (readonly [string, EndpointSettings])[],
    then: (error: DaemonError | undefined, addresses: ReadonlyMap<string, string>) => void,
  ): void {
    const addresses = new Map<string, string>();
    const { attacher } = this;
    const next = (index: number): void => {
      const item = wanted[index];
      if (!item || !attacher) {
        then(undefined, addresses);
        return;
      }
      const [target, settings] = item;
      const address = settings.IPAMConfig?.IPv4Address;
      let attached: { taskID: string; networkID: string };
      try {
        attached = attacher.attach({ target, containerID: container.id, addresses: address ? [address] : [] });
      } catch (error) {
        // A name that nobody knows is refused as any network that is not there.
        const text = messageOf(error);
        then(
          text === `network ${target} not found`
            ? new DaemonError('not found', text)
            : new DaemonError('forbidden', `Could not attach to network ${target}: ${text}`),
          addresses,
        );
        return;
      }
      this.#attached.set(container.id, [...(this.#attached.get(container.id) ?? []), attached]);
      const limit = this.after(attachLimit, () => {
        stop();
        this.#detachAll(container);
        then(
          new DaemonError(
            'system',
            'attaching to network failed, make sure your network options are correct and check manager logs: context deadline exceeded',
          ),
          addresses,
        );
      });
      const stop = this.agent.awaitAttachment(attached.taskID, (task) => {
        limit.cancel();
        const given = task.NetworksAttachments?.find(({ Network }) => Network.ID === attached.networkID)
          ?.Addresses?.[0];
        if (given !== undefined) addresses.set(attached.networkID, given);
        next(index + 1);
      });
    };
    next(0);
  }

  #detachAll(container: Container): void {
    const attachments = this.#attached.get(container.id);
    if (!attachments) return;
    this.#attached.delete(container.id);
    for (const { taskID } of attachments) this.attacher?.detach(taskID);
  }
}
