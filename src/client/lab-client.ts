import type { LabClock, LabDnsRequest, LabDnsResponse, TaskExplanation } from '../api';
import type { TransportRequest } from './transport';

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

  explain(taskID: string): Promise<TaskExplanation> {
    return this.#call({ method: 'GET', path: `/lab/tasks/${encodeURIComponent(taskID)}/explain` });
  }

  /** Adds nodes that join the swarm; names follow the last one when none is given. */
  addNode(
    options: { readonly name?: string; readonly role?: 'worker' | 'manager' } = {},
  ): Promise<{ readonly ID: string; readonly Hostname: string }> {
    return this.#call({ method: 'POST', path: '/lab/nodes', body: options });
  }

  /** Switches a simulated machine off (as by its plug) or on again, or takes it out of the world. */
  power(node: string, power: 'off' | 'on' | 'remove'): Promise<void> {
    return this.#call({ method: 'POST', path: `/lab/nodes/${encodeURIComponent(node)}/power`, body: { power } });
  }

  /** Starts over with a factory-new cluster: no swarm, swarm-1 alone, or all nodes in a swarm. */
  reset(kind: 'none' | 'swarm1' | 'swarm3' = 'swarm3'): Promise<void> {
    return this.#call({ method: 'POST', path: '/lab/reset', body: { kind } });
  }

  /** All running containers of all nodes, for choosing who asks. */
  containers(): Promise<
    readonly {
      readonly id: string;
      readonly name: string;
      readonly node: string;
      readonly image: string;
      readonly state: string;
      readonly networks: readonly string[];
    }[]
  > {
    return this.#call({ method: 'GET', path: '/lab/containers' });
  }
}
