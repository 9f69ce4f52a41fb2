import type {
  LabAddNode,
  LabClock,
  LabContainer,
  LabDnsLookup,
  LabDnsRequest,
  LabDnsResponse,
  LabFault,
  LabFaultRequest,
  LabHttpRequest,
  LabHttpResponse,
  LabNode,
  LabOpenResolver,
  LabResolver,
  LabUpstream,
  TaskExplanation,
} from '../api';
import type { TransportRequest } from './transport';

/** What a reset leaves: no swarm, swarm-1 alone, all nodes in a swarm, or the same with managers only. */
export type LabResetKind = 'none' | 'swarm1' | 'swarm3' | 'managers3';

/** The `/lab` routes of a simulated cluster: time, faults, explanations. A real engine answers them with 404. */
export class LabClient {
  readonly #call: <T>(request: TransportRequest) => Promise<T>;

  constructor(call: <T>(request: TransportRequest) => Promise<T>) {
    this.#call = call;
  }

  /** Whether the other end is a simulation. */
  async available(): Promise<boolean> {
    return this.clock().then(
      () => true,
      () => false,
    );
  }

  clock(): Promise<LabClock> {
    return this.#call({ method: 'GET', path: '/lab/clock' });
  }

  setClock(change: { readonly speed?: number; readonly paused?: boolean }): Promise<LabClock> {
    return this.#call({ method: 'PATCH', path: '/lab/clock', body: change });
  }

  /** Runs to the next event, or for a number of virtual milliseconds; the clock stays paused. */
  step(options: { readonly milliseconds?: number } = {}): Promise<LabClock> {
    return this.#call({ method: 'POST', path: '/lab/clock/step', body: options });
  }

  dns(request: LabDnsRequest): Promise<LabDnsResponse> {
    return this.#call({ method: 'POST', path: '/lab/dns', body: request });
  }

  /** What a container would be answered, without leaving a mark. */
  lookUp({ from, name, type = 'A' }: LabDnsRequest): Promise<LabDnsLookup> {
    return this.#call({ method: 'GET', path: `/lab/dns?${new URLSearchParams({ from, name, type })}` });
  }

  http(request: LabHttpRequest): Promise<LabHttpResponse> {
    return this.#call({ method: 'POST', path: '/lab/http', body: request });
  }

  explain(taskID: string): Promise<TaskExplanation> {
    return this.#call({ method: 'GET', path: `/lab/tasks/${encodeURIComponent(taskID)}/explain` });
  }

  /** All machines of the simulation, whether they are in a swarm or not. */
  nodes(): Promise<readonly LabNode[]> {
    return this.#call({ method: 'GET', path: '/lab/nodes' });
  }

  /** Adds a node that joins the swarm, if there is one; names follow the last one when none is given. */
  addNode(options: LabAddNode = {}): Promise<{ readonly ID: string; readonly Hostname: string }> {
    return this.#call({ method: 'POST', path: '/lab/nodes', body: options });
  }

  /** Switches a machine off (as by its plug) or on again, or takes it out of the world. */
  power(node: string, power: 'off' | 'on' | 'remove'): Promise<void> {
    return this.#call({ method: 'POST', path: `/lab/nodes/${encodeURIComponent(node)}/power`, body: { power } });
  }

  /** What a node's gossip knows, as plain data. */
  networkdb(node: string): Promise<unknown> {
    return this.#call({ method: 'GET', path: `/lab/nodes/${encodeURIComponent(node)}/networkdb` });
  }

  faults(): Promise<readonly LabFault[]> {
    return this.#call({ method: 'GET', path: '/lab/faults' });
  }

  addFault(fault: LabFaultRequest): Promise<LabFault> {
    return this.#call({ method: 'POST', path: '/lab/faults', body: fault });
  }

  /** Heals a fault. */
  removeFault(id: string): Promise<void> {
    return this.#call({ method: 'DELETE', path: `/lab/faults/${encodeURIComponent(id)}` });
  }

  /** Starts over with a factory-new cluster. */
  reset(kind: LabResetKind = 'swarm3'): Promise<void> {
    return this.#call({ method: 'POST', path: '/lab/reset', body: { kind } });
  }

  /** Goes back to a virtual time; everything after it is forgotten. */
  rewind(to: string): Promise<LabClock> {
    return this.#call({ method: 'POST', path: '/lab/rewind', body: { to } });
  }

  /** The journal, one JSON line an entry. */
  journal(): Promise<string> {
    return this.#call({ method: 'GET', path: '/lab/journal' });
  }

  /** Puts the cluster that a journal tells of in place of this one. */
  loadJournal(text: string): Promise<void> {
    return this.#call({ method: 'PUT', path: '/lab/journal', body: text, headers: { 'Content-Type': 'text/plain' } });
  }

  /** Containers' resolvers that are open to programs of the host. */
  resolvers(): Promise<readonly LabResolver[]> {
    return this.#call({ method: 'GET', path: '/lab/resolvers' });
  }

  /** Opens a container's resolver on a loopback port, by UDP and TCP. */
  openResolver(request: LabOpenResolver): Promise<LabResolver> {
    return this.#call({ method: 'POST', path: '/lab/resolvers', body: request });
  }

  closeResolver(id: string): Promise<void> {
    return this.#call({ method: 'DELETE', path: `/lab/resolvers/${encodeURIComponent(id)}` });
  }

  /** The DNS servers outside of the cluster. */
  upstream(): Promise<LabUpstream> {
    return this.#call({ method: 'GET', path: '/lab/upstream' });
  }

  /** Changes what is given; `records` and `failures` each take the place of all there were. */
  setUpstream(change: Partial<LabUpstream>): Promise<LabUpstream> {
    return this.#call({ method: 'PUT', path: '/lab/upstream', body: change });
  }

  /** All containers of all nodes, for choosing who asks. */
  containers(): Promise<readonly LabContainer[]> {
    return this.#call({ method: 'GET', path: '/lab/containers' });
  }
}
