import type { LabFault, LabFaultRequest } from '../../api';
import type { Cluster } from '../cluster';
import { EngineError } from '../http';

/** Text of every pull while the registry is down, as the recorded engines had it. */
export const registryDown =
  'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 192.168.99.1:53: no such host';

/**
 * What is broken in a simulated cluster. Each fault has an ID and can be healed alone; what is reachable follows from
 * all that are there.
 */
export class Faults {
  readonly #cluster: Cluster;
  readonly #faults = new Map<string, LabFault>();
  #last = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  list(): readonly LabFault[] {
    return [...this.#faults.values()];
  }

  /** Breaks something. Throws 400 for what is no fault, 404 for unknown nodes; nothing is broken then. */
  add(request: LabFaultRequest): LabFault {
    const fault: LabFault = {
      ...this.#checked(request),
      id: `fault-${++this.#last}`,
      since: this.#cluster.sim.timestamp,
    };
    this.#faults.set(fault.id, fault);
    if (fault.kind === 'node down') this.#cluster.powerOff(fault.node);
    this.refresh();
    return fault;
  }

  /** Heals a fault. Throws 404 when there is none of that ID. */
  remove(id: string): void {
    const fault = this.#faults.get(id);
    if (!fault) throw new EngineError(404, `fault ${id} not found`);
    this.#faults.delete(id);
    if (fault.kind === 'node down') this.#cluster.powerOn(fault.node);
    this.refresh();
  }

  /** A machine was switched by hand: the fault that told of it is no more. */
  forgetDown(node: string): void {
    for (const fault of this.#faults.values()) {
      if (fault.kind === 'node down' && fault.node === node) this.#faults.delete(fault.id);
    }
  }

  /** Whether two machines reach each other, as far as cuts and partitions go. */
  reaches(a: string, b: string): boolean {
    if (a === b) return true;
    return this.list().every((fault) => {
      if (fault.kind === 'cut') return fault.node !== a && fault.node !== b;
      if (fault.kind === 'partition') return sideOf(fault.groups, a) === sideOf(fault.groups, b);
      return true;
    });
  }

  #checked(request: LabFaultRequest): LabFaultRequest {
    const known = (name: unknown) => this.#cluster.machine(String(name ?? '')).name;
    switch (request.kind) {
      case 'node down':
      case 'cut':
        return { kind: request.kind, node: known(request.node) };
      case 'partition':
        if (!Array.isArray(request.groups) || request.groups.length === 0) {
          throw new EngineError(400, 'groups must be a list of lists of nodes');
        }
        return { kind: 'partition', groups: request.groups.map((group) => group.map(known)) };
      case 'upstream dns down':
      case 'registry down':
        return { kind: request.kind };
      default:
        throw new EngineError(400, `unknown fault: ${JSON.stringify((request as { kind?: unknown }).kind ?? null)}`);
    }
  }

  /** Makes the world as the faults have it. */
  refresh(): void {
    const kinds = new Set(this.list().map((fault) => fault.kind));
    const { fabric, registry, config } = this.#cluster;
    fabric.upstream.on = !kinds.has('upstream dns down');
    registry.down = kinds.has('registry down') || config.registry === 'offline' ? registryDown : undefined;
    this.#cluster.reachabilityChanged();
  }
}

/** Which group a node is in; nodes in none stay with the first. */
function sideOf(groups: readonly (readonly string[])[], node: string): number {
  return Math.max(
    0,
    groups.findIndex((group) => group.includes(node)),
  );
}
