import type { ContainerConfig, ContainerStateName, EndpointSettings, HostConfig, Labels } from '../../api';
import type { EndpointOptions, Sandbox, ServiceBinding } from '../../network/libnetwork';
import type { Micros } from '../../sim';
import type { Behaviour } from '../images/definition';
import type { LocalImage } from '../images/image-store';
import type { ProcessTable, Running } from '../programs';
import type { HttpServer } from '../servers';
import type { Volume } from '../volumes/volume-store';
import { mergeArgv, mergeConfig, mergeLabels } from './configuration';
import type { FileFacts } from './file-facts';
import type { FileSystem } from './file-system';
import type { HealthMonitor } from './health';
import { LogBuffer } from './log-buffer';

/** A volume, host folder or tmpfs at a path. */
export interface MountPoint {
  readonly type: 'volume' | 'bind' | 'tmpfs';
  /** Volume name, host path, or empty. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly volume?: Volume;
  /** A bind of the older form, whose source is made when it is missing. */
  readonly makesSource?: boolean;
}

/** A port of the container that is open on the node. */
export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly target: number;
  readonly published: number;
  readonly hostIP: string;
}

/** A secret or config as a file. */
export interface TaskFile {
  readonly content: string;
  readonly facts: FileFacts;
}

/** What the container has of the swarm: given by the agent (ORCH-121). */
export interface TaskPlan {
  readonly taskID: string;
  readonly service: ServiceBinding | undefined;
  /** The networks of the task with its addresses, in order. */
  readonly endpoints: readonly EndpointOptions[];
  readonly extraHosts: readonly { readonly ip: string; readonly names: readonly string[] }[];
  readonly ports: readonly {
    readonly protocol: 'tcp' | 'udp' | 'sctp';
    readonly target: number;
    readonly published: number;
  }[];
  /** Secrets and configs by path. */
  readonly files: ReadonlyMap<string, TaskFile> | undefined;
}

/** One container. Parts that most containers never need are made when they are first used. */
export class Container {
  status: ContainerStateName = 'created';
  pid = 0;
  exitCode = 0;
  error = '';
  oomKilled = false;
  /** The image's own server, where a shell that is the first process started it; `exec`: it took the shell's place. */
  shellServer: { readonly behaviour: Behaviour; readonly exec: boolean } | undefined;
  /** What answers on its ports, while its first process is a server that is more than fixed texts. */
  server: HttpServer | undefined;
  startedAt: Micros = 0;
  finishedAt: Micros = 0;
  restartCount = 0;
  /** A person stopped it: `unless-stopped` and `always` leave it alone until it is started again. */
  stoppedByHand = false;
  sandbox: Sandbox | undefined = undefined;
  running: Running | undefined = undefined;
  health: HealthMonitor | undefined = undefined;
  files: FileSystem | undefined = undefined;
  /** The container whose network it shares, while it runs: the sandbox is that one's. */
  joined: Container | undefined = undefined;
  ports: readonly PublishedPort[] | undefined = undefined;
  /** Programs that were installed inside. */
  extraTools: Set<string> | undefined = undefined;
  /** Networks that it was connected to or taken from while not running: changes to `networks`. */
  networks: Readonly<Record<string, EndpointSettings>>;
  /** Exit code of a process that ended while the container was paused. */
  heldExit: number | undefined = undefined;
  execs: string[] | undefined = undefined;
  /** Its processes, once there is another than the first. */
  processes: ProcessTable | undefined = undefined;
  #logs: LogBuffer | undefined;
  #attributes: Labels | undefined;
  #exits: ((exitCode: number) => void)[] | undefined;
  #argv: readonly string[] | undefined;
  #config: ContainerConfig | undefined;
  #removals: Set<() => void> | undefined;

  constructor(
    readonly id: string,
    public name: string,
    readonly created: Micros,
    readonly image: LocalImage,
    /** The configuration as it was asked for: without what the image adds. */
    readonly given: ContainerConfig,
    /** Replaced by updates. */
    public hostConfig: HostConfig,
    networks: Readonly<Record<string, EndpointSettings>>,
    readonly mounts: readonly MountPoint[],
    readonly task: TaskPlan | undefined,
  ) {
    this.networks = networks;
  }

  get shortId(): string {
    return this.id.slice(0, 12);
  }

  get hostname(): string {
    return this.joined?.hostname ?? (this.given.Hostname || this.shortId);
  }

  /** The whole configuration, with the image's part. */
  get config(): ContainerConfig {
    this.#config ??= mergeConfig(this.given, this.image.definition, this.id);
    return this.#config;
  }

  get stopSignal(): string {
    return this.given.StopSignal || this.image.definition.stopSignal || 'SIGTERM';
  }

  /** Running, paused or between two runs of a restart policy: what `docker ps` shows. */
  get isUp(): boolean {
    return this.status === 'running' || this.status === 'paused' || this.status === 'restarting';
  }

  get logs(): LogBuffer {
    this.#logs ??= new LogBuffer();
    return this.#logs;
  }

  /** Path and arguments of its process. */
  get argv(): readonly string[] {
    this.#argv ??= mergeArgv(this.given, this.image.definition);
    return this.#argv;
  }

  /** Attributes that all its events have (API-72). */
  get attributes(): Labels {
    // Not by spreading: an object that is spread and then grows gets a hidden class of its own each time.
    this.#attributes ??= Object.assign({}, mergeLabels(this.given, this.image.definition), {
      image: this.given.Image ?? '',
      name: this.name,
    });
    return this.#attributes;
  }

  rename(name: string): void {
    this.name = name;
    this.#attributes = undefined;
  }

  /** Hears the next exit, once; the result takes it back. */
  onceExited(listener: (exitCode: number) => void): () => void {
    this.#exits ??= [];
    const exits = this.#exits;
    exits.push(listener);
    return () => {
      const index = exits.indexOf(listener);
      if (index >= 0) exits.splice(index, 1);
    };
  }

  /** Hears the removal, once. */
  onceRemoved(listener: () => void): () => void {
    this.#removals ??= new Set();
    const removals = this.#removals;
    removals.add(listener);
    return () => removals.delete(listener);
  }

  tellExit(): void {
    const exits = this.#exits;
    this.#exits = undefined;
    if (!exits) return;
    // One that is called may take others back.
    for (const listener of [...exits]) if (exits.includes(listener)) listener(this.exitCode);
  }

  tellRemoval(): void {
    const removals = this.#removals;
    this.#removals = undefined;
    for (const listener of removals ?? []) listener();
  }
}
