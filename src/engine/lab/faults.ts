import type { LabFault, LabPlane } from '../../api';
import { familiarName, parseReference } from '../../daemon';
import type { Cluster } from '../cluster';
import { EngineError } from '../http';
import { checkFault } from './fault-requests';

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

  /** Breaks something. Throws 400 for what is no fault, 404 for unknown names; nothing is broken then. */
  add(request: unknown): LabFault {
    const cluster = this.#cluster;
    const fault: LabFault = {
      ...checkFault(request, {
        node: (reference) => cluster.machine(reference).name,
        container: (reference) => this.#daemonOf(reference).containers.get(reference).id,
      }),
      id: `fault-${++this.#last}`,
      since: cluster.sim.timestamp,
    };
    if (fault.kind === 'key-value store down' && !cluster.fabric.old) {
      throw new EngineError(400, 'swarm mode needs no key-value store: only eras before 1.12 have one');
    }
    if (fault.kind === 'crash') {
      // It happens and is over: what follows is the swarm's answer to it.
      this.#daemonOf(fault.container).crash(fault.container, fault.exitCode ?? 1);
      return fault;
    }
    this.#faults.set(fault.id, fault);
    if (fault.kind === 'node down') cluster.powerOff(fault.node);
    if (fault.kind === 'unhealthy') this.#daemonOf(fault.container).setUnhealthy(fault.container, true);
    this.refresh();
    return fault;
  }

  /** Heals a fault. Throws 404 when there is none of that ID. */
  remove(id: string): void {
    const fault = this.#faults.get(id);
    if (!fault) throw new EngineError(404, `fault ${id} not found`);
    this.#faults.delete(id);
    if (fault.kind === 'node down') this.#cluster.powerOn(fault.node);
    if (fault.kind === 'unhealthy') this.#healed(fault.container);
    this.refresh();
  }

  /** A machine was switched by hand: the fault that told of it is no more. */
  forgetDown(node: string): void {
    for (const fault of this.#faults.values()) {
      if (fault.kind === 'node down' && fault.node === node) this.#faults.delete(fault.id);
    }
  }

  /** Whether two machines reach each other on a plane; without one: by the machines' own cables. */
  reaches(a: string, b: string, plane?: LabPlane): boolean {
    if (a === b) return true;
    return this.list().every((fault) => {
      if (fault.kind === 'cut' && touches(fault.plane, plane)) return fault.node !== a && fault.node !== b;
      if (fault.kind === 'partition' && touches(fault.plane, plane))
        return sideOf(fault.groups, a) === sideOf(fault.groups, b);
      return true;
    });
  }

  /** The nodes that are cut off on a plane. */
  cutOff(plane: LabPlane): readonly string[] {
    return this.list().flatMap((fault) => (fault.kind === 'cut' && touches(fault.plane, plane) ? [fault.node] : []));
  }

  /** Nodes whose cable is pulled. */
  get unplugged(): readonly string[] {
    return this.list().flatMap((fault) => (fault.kind === 'cut' && fault.plane === undefined ? [fault.node] : []));
  }

  /** The external key-value store of an old era is stopped (TALK-4). */
  get storeDown(): boolean {
    return this.list().some(({ kind }) => kind === 'key-value store down');
  }

  /** The groups that all partitions of a plane make together: nodes in one group are on the same side of each. */
  groups(plane: LabPlane): readonly (readonly string[])[] {
    const partitions = this.list().flatMap((fault) =>
      fault.kind === 'partition' && touches(fault.plane, plane) ? [fault.groups] : [],
    );
    if (partitions.length === 0) return [];
    const bySides = new Map<string, string[]>();
    for (const { name } of this.#cluster.engines) {
      const sides = partitions.map((groups) => sideOf(groups, name)).join();
      const group = bySides.get(sides);
      if (group) group.push(name);
      else bySides.set(sides, [name]);
    }
    return [...bySides.values()];
  }

  /** The shares of packets that get lost, from 0 to 1. Where several faults lose some, each takes its part of the rest. */
  losses(plane: 'gossip' | 'data'): { readonly everywhere: number; readonly nodes: ReadonlyMap<string, number> } {
    let arrives = 1;
    const nodes = new Map<string, number>();
    for (const fault of this.list()) {
      if (fault.kind !== 'packet loss' || !touches(fault.plane, plane)) continue;
      const lost = fault.percent / 100;
      if (fault.node === undefined) arrives *= 1 - lost;
      else nodes.set(fault.node, 1 - (1 - (nodes.get(fault.node) ?? 0)) * (1 - lost));
    }
    return { everywhere: 1 - arrives, nodes };
  }

  /** Makes the world as the faults have it. */
  refresh(): void {
    const faults = this.list();
    const { fabric, registry, config, engines } = this.#cluster;
    const is = (kind: LabFault['kind']) => faults.some((fault) => fault.kind === kind);
    fabric.upstream.on = !is('upstream dns down');
    registry.down = is('registry down') || config.registry === 'offline' ? registryDown : undefined;
    registry.slowness = 1;
    registry.failures.clear();
    const slow = new Map<string, number>();
    for (const fault of faults) {
      if (fault.kind === 'slow pulls') registry.slowness *= fault.factor;
      if (fault.kind === 'failing pull') {
        const image = familiarName(parseReference(fault.image));
        registry.failures.set(image, fault.message ?? `manifest for ${image} not found: manifest unknown`);
      }
      if (fault.kind === 'slow node') slow.set(fault.node, (slow.get(fault.node) ?? 1) * fault.factor);
    }
    for (const { name, daemon } of engines) daemon.slowness = slow.get(name) ?? 1;
    this.#cluster.reachabilityChanged();
  }

  /** The daemon that has a container. Throws 404. */
  #daemonOf(reference: string) {
    const engine = this.#cluster.engines.find(
      ({ power, daemon }) => power === 'on' && daemon.containers.find(reference) !== undefined,
    );
    if (!engine) throw new EngineError(404, `No such container: ${reference}`);
    return engine.daemon;
  }

  /** A container that is gone needs no healing. */
  #healed(container: string): void {
    for (const { daemon } of this.#cluster.engines) {
      if (daemon.containers.find(container)) daemon.setUnhealthy(container, false);
    }
  }
}

/** Whether a fault on one plane, or on all, is one of another plane. */
function touches(fault: LabPlane | undefined, plane: LabPlane | undefined): boolean {
  return fault === undefined || fault === plane;
}

/** Which group a node is in; nodes in none stay with the first. */
function sideOf(groups: readonly (readonly string[])[], node: string): number {
  return Math.max(
    0,
    groups.findIndex((group) => group.includes(node)),
  );
}
