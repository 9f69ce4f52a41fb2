import type { EventMessage, LabClock, NetworkResource, Node, Service, Task, TaskState } from '../../api';
import { EngineClient } from '../../client/engine-client';
import type { RawLine, StreamedAnswer, Transport, TransportRequest, TransportResponse } from '../../client/transport';

const at = '2026-01-01T00:00:00.000000000Z';

/**
 * A swarm that only answers listings and sends events: what the model needs to be tested without an engine. Every
 * request is noted. Not here: any behaviour of a swarm.
 */
export class FakeCluster implements Transport {
  readonly label = 'fake';
  readonly nodes: Node[] = [];
  readonly services: Service[] = [];
  readonly tasks: Task[] = [];
  readonly networks: NetworkResource[] = [];
  readonly requests: string[] = [];
  clock: LabClock | undefined = { now: at, speed: 1, paused: false };
  #send: ((event: EventMessage) => void) | undefined;
  #version = 1;

  readonly client = new EngineClient(this);

  async request(request: TransportRequest): Promise<TransportResponse> {
    this.requests.push(`${request.method} ${request.path}`);
    const [path, query] = request.path.split('?');
    const filters = JSON.parse(new URLSearchParams(query).get('filters') ?? '{}') as Record<string, string[]>;
    const answer = (body: unknown, status = 200): TransportResponse => ({ status, headers: {}, body });
    switch (path) {
      case '/info':
        return answer({ Name: 'swarm-1', Swarm: { LocalNodeState: 'active', ControlAvailable: true } });
      case '/nodes':
        return answer([...this.nodes]);
      case '/services':
        return answer(this.services.filter((service) => !filters.id || filters.id.includes(service.ID)));
      case '/tasks':
        return answer(this.tasks.filter((task) => !filters.service || filters.service.includes(task.ServiceID ?? '')));
      case '/networks':
        return answer([...this.networks]);
      case '/containers/json':
        return answer([]);
      case '/lab/clock':
        return this.clock ? answer(this.clock) : answer({ message: 'page not found' }, 404);
      default:
        return answer({ message: 'page not found' }, 404);
    }
  }

  async open(request: TransportRequest): Promise<StreamedAnswer> {
    return { status: 200, headers: {}, chunks: this.#events(request) };
  }

  hijack(): Promise<RawLine> {
    return Promise.reject(new Error('there is nothing to run in here'));
  }

  async *#events(request: TransportRequest): AsyncIterable<Uint8Array> {
    const waiting: EventMessage[] = [];
    let wake = (): void => {};
    this.#send = (event) => {
      waiting.push(event);
      wake();
    };
    request.signal?.addEventListener('abort', () => wake());
    while (!request.signal?.aborted) {
      for (const event of waiting.splice(0)) yield new TextEncoder().encode(`${JSON.stringify(event)}\n`);
      await new Promise<void>((done) => {
        wake = done;
      });
    }
  }

  close(): void {}

  event(Type: string, Action: string, ID: string): void {
    this.#send?.({ Type, Action, Actor: { ID, Attributes: {} }, scope: 'swarm', time: 0, timeNano: 0 });
  }

  #meta(ID: string) {
    return { ID, Version: { Index: this.#version++ }, CreatedAt: at, UpdatedAt: at };
  }

  addNode(name: string, role: 'manager' | 'worker' = 'worker'): Node {
    const node: Node = {
      ...this.#meta(`id-${name}`),
      Spec: { Role: role, Availability: 'active' },
      Description: { Hostname: name },
      Status: { State: 'ready', Addr: '10.0.0.1' },
      ...(role === 'manager' && { ManagerStatus: { Leader: true, Reachability: 'reachable' as const } }),
    };
    this.nodes.push(node);
    return node;
  }

  addService(name: string, running: number, desired: number, more: Partial<Service> = {}): Service {
    const service: Service = {
      ...this.#meta(`id-${name}`),
      Spec: {
        Name: name,
        TaskTemplate: { ContainerSpec: { Image: 'nginx:latest@sha256:0' } },
        Mode: { Replicated: { Replicas: desired } },
      },
      Endpoint: {},
      ServiceStatus: { RunningTasks: running, DesiredTasks: desired, CompletedTasks: 0 },
      ...more,
    };
    this.services.push(service);
    return service;
  }

  addTask(service: string, slot: number, node: string, state: TaskState, more: Partial<Task> = {}): Task {
    const task: Task = {
      ...this.#meta(`id-${service}.${slot}.${this.tasks.length}`),
      Spec: { ContainerSpec: { Image: 'nginx:latest' } },
      ServiceID: `id-${service}`,
      Slot: slot,
      NodeID: `id-${node}`,
      Status: { State: state, Timestamp: at },
      DesiredState: 'running',
      ...more,
    };
    this.tasks.push(task);
    return task;
  }

  addNetwork(name: string, more: Partial<NetworkResource> = {}): NetworkResource {
    const network: NetworkResource = {
      Name: name,
      Id: `id-${name}`,
      Created: at,
      Scope: 'swarm',
      Driver: 'overlay',
      EnableIPv6: false,
      IPAM: { Driver: 'default', Options: null, Config: [{ Subnet: '10.0.1.0/24', Gateway: '10.0.1.1' }] },
      Internal: false,
      Attachable: false,
      Ingress: false,
      ConfigFrom: { Network: '' },
      ConfigOnly: false,
      Containers: null,
      Options: null,
      Labels: null,
      ...more,
    };
    this.networks.push(network);
    return network;
  }

  /** Puts a changed object in place of the one with its ID, as a newer version. */
  change<T extends { ID: string; Version: { Index: number } }>(list: T[], id: string, change: Partial<T>): void {
    const index = list.findIndex((object) => object.ID === id);
    list[index] = { ...(list[index] as T), ...change, Version: { Index: this.#version++ } };
  }
}
