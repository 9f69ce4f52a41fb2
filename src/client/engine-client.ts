import type {
  Config,
  ConfigSpec,
  ContainerInspect,
  ContainerSummary,
  EventMessage,
  ImageSummary,
  InitRequest,
  JoinRequest,
  NetworkCreateRequest,
  NetworkResource,
  Node,
  NodeSpec,
  Secret,
  SecretSpec,
  Service,
  ServiceSpec,
  Swarm,
  SystemInfo,
  SystemVersion,
  Task,
} from '../api';
import type { Filters } from './filters';
import { queryString } from './filters';
import { jsonLines } from './json-lines';
import { LabClient } from './lab-client';
import type { RawLine, Transport, TransportRequest } from './transport';
import { refusalOf, streamOf } from './transport';

export interface LogOptions {
  readonly follow?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly timestamps?: boolean;
  readonly tail?: string;
  readonly details?: boolean;
}

/** Body of `POST /containers/{id}/exec`. */
export interface ExecConfig {
  readonly Cmd: readonly string[];
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  readonly Tty?: boolean;
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
}

const part = encodeURIComponent;

/**
 * A typed client of the Engine API, the same for a simulated and a real engine. Every refusal is thrown as an
 * `EngineApiError` with Docker's own text. Objects come as the API sends them.
 */
export class EngineClient {
  /** The `/lab` routes; only a simulation has them (`lab.available()`). */
  readonly lab: LabClient;

  constructor(readonly transport: Transport) {
    this.lab = new LabClient((request) => this.#call(request));
  }

  async #call<T>(request: TransportRequest): Promise<T> {
    const response = await this.transport.request(request);
    if (response.status >= 400) throw refusalOf(request, response.status, response.body);
    return response.body as T;
  }

  #get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.#call<T>({ method: 'GET', path, signal });
  }

  #post<T>(path: string, body?: unknown): Promise<T> {
    return this.#call<T>({ method: 'POST', path, body });
  }

  #delete(path: string): Promise<void> {
    return this.#call<void>({ method: 'DELETE', path });
  }

  readonly system = {
    info: () => this.#get<SystemInfo>('/info'),
    version: () => this.#get<SystemVersion>('/version'),
    /** Events as they happen, until `signal` aborts (API-70). */
    events: (options: { since?: string; until?: string; filters?: Filters; signal?: AbortSignal } = {}) =>
      jsonLines<EventMessage>(
        streamOf(this.transport, {
          method: 'GET',
          path: `/events${queryString({ since: options.since, until: options.until, filters: options.filters })}`,
          signal: options.signal,
        }),
      ),
  };

  readonly swarm = {
    inspect: () => this.#get<Swarm>('/swarm'),
    init: (request: InitRequest) => this.#post<string>('/swarm/init', request),
    join: (request: JoinRequest) => this.#post<void>('/swarm/join', request),
    leave: (force = false) => this.#post<void>(`/swarm/leave${queryString({ force })}`),
  };

  readonly nodes = {
    list: (filters?: Filters) => this.#get<Node[]>(`/nodes${queryString({ filters })}`),
    inspect: (id: string) => this.#get<Node>(`/nodes/${part(id)}`),
    update: (id: string, version: number, spec: NodeSpec) =>
      this.#post<void>(`/nodes/${part(id)}/update?version=${version}`, spec),
    remove: (id: string, force = false) => this.#delete(`/nodes/${part(id)}${queryString({ force })}`),
  };

  readonly services = {
    list: (options: { filters?: Filters; status?: boolean } = {}) =>
      this.#get<Service[]>(`/services${queryString(options)}`),
    inspect: (id: string, options: { insertDefaults?: boolean } = {}) =>
      this.#get<Service>(`/services/${part(id)}${queryString(options)}`),
    create: (spec: ServiceSpec) => this.#post<{ ID: string; Warnings?: string[] | null }>('/services/create', spec),
    update: (id: string, version: number, spec: ServiceSpec, options: { rollback?: 'previous' } = {}) =>
      this.#post<{ Warnings: string[] | null }>(
        `/services/${part(id)}/update${queryString({ version, ...options })}`,
        spec,
      ),
    remove: (id: string) => this.#delete(`/services/${part(id)}`),
    logs: (id: string, options: LogOptions & { signal?: AbortSignal } = {}) =>
      this.#logs(`/services/${part(id)}/logs`, options),
  };

  readonly tasks = {
    list: (filters?: Filters) => this.#get<Task[]>(`/tasks${queryString({ filters })}`),
    inspect: (id: string) => this.#get<Task>(`/tasks/${part(id)}`),
    logs: (id: string, options: LogOptions & { signal?: AbortSignal } = {}) =>
      this.#logs(`/tasks/${part(id)}/logs`, options),
  };

  readonly networks = {
    list: (filters?: Filters) => this.#get<NetworkResource[]>(`/networks${queryString({ filters })}`),
    inspect: (id: string, options: { verbose?: boolean; scope?: string } = {}) =>
      this.#get<NetworkResource>(`/networks/${part(id)}${queryString(options)}`),
    create: (request: NetworkCreateRequest) => this.#post<{ Id: string; Warning: string }>('/networks/create', request),
    remove: (id: string) => this.#delete(`/networks/${part(id)}`),
  };

  readonly secrets = {
    list: (filters?: Filters) => this.#get<Secret[]>(`/secrets${queryString({ filters })}`),
    inspect: (id: string) => this.#get<Secret>(`/secrets/${part(id)}`),
    create: (spec: SecretSpec) => this.#post<{ ID: string }>('/secrets/create', spec),
    remove: (id: string) => this.#delete(`/secrets/${part(id)}`),
  };

  readonly configs = {
    list: (filters?: Filters) => this.#get<Config[]>(`/configs${queryString({ filters })}`),
    inspect: (id: string) => this.#get<Config>(`/configs/${part(id)}`),
    create: (spec: ConfigSpec) => this.#post<{ ID: string }>('/configs/create', spec),
    remove: (id: string) => this.#delete(`/configs/${part(id)}`),
  };

  /** Containers of the node at the other end only: swarm does not route these (API-62). */
  readonly containers = {
    list: (options: { all?: boolean; filters?: Filters } = {}) =>
      this.#get<ContainerSummary[]>(`/containers/json${queryString(options)}`),
    inspect: (id: string) => this.#get<ContainerInspect>(`/containers/${part(id)}/json`),
    stop: (id: string, t?: number) => this.#post<void>(`/containers/${part(id)}/stop${queryString({ t })}`),
    kill: (id: string, signal?: string) => this.#post<void>(`/containers/${part(id)}/kill${queryString({ signal })}`),
    remove: (id: string, options: { force?: boolean; v?: boolean } = {}) =>
      this.#delete(`/containers/${part(id)}${queryString(options)}`),
    logs: (id: string, options: LogOptions & { signal?: AbortSignal } = {}) =>
      this.#logs(`/containers/${part(id)}/logs`, options),
  };

  /** Commands inside running containers of the node at the other end (API-60). */
  readonly execs = {
    create: (containerID: string, config: ExecConfig) =>
      this.#post<{ Id: string }>(`/containers/${part(containerID)}/exec`, config),
    /** Starts the command on a raw connection; without a TTY the output is multiplexed. */
    start: (id: string, options: { Tty?: boolean; signal?: AbortSignal } = {}): Promise<RawLine> =>
      this.transport.hijack({
        method: 'POST',
        path: `/exec/${part(id)}/start`,
        body: { Detach: false, Tty: options.Tty ?? false },
        signal: options.signal,
      }),
    resize: (id: string, rows: number, columns: number) =>
      this.#post<void>(`/exec/${part(id)}/resize${queryString({ h: rows, w: columns })}`),
    inspect: (id: string) => this.#get<{ Running: boolean; ExitCode: number | null }>(`/exec/${part(id)}/json`),
  };

  readonly images = {
    list: () => this.#get<ImageSummary[]>('/images/json'),
  };

  /** Log frames as they come, still multiplexed (API-61): see `demultiplex`. */
  #logs(path: string, options: LogOptions & { signal?: AbortSignal }): AsyncIterable<Uint8Array> {
    const { signal, ...rest } = options;
    return streamOf(this.transport, {
      method: 'GET',
      path: `${path}${queryString({ stdout: true, stderr: true, ...rest })}`,
      signal,
    });
  }
}
