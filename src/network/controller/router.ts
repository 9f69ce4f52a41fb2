import type { LocalNetwork, Route } from '../libnetwork';
import type { FirewallMarks } from '../loadbalancer/firewall-marks';
import { destinations, RoundRobin, serviceOfPort, serviceOfVip } from '../loadbalancer/virtual-server';
import type { FabricNode, Surroundings } from './surroundings';

/** Where connections of one node go on overlays: by virtual servers, and by the ingress routing mesh (DISC-70 … DISC-73). */
export class Router {
  readonly #surroundings: Surroundings;
  readonly #node: FabricNode;
  readonly #marks: FirewallMarks;
  readonly #pointers = new RoundRobin();

  constructor(surroundings: Surroundings, node: FabricNode, marks: FirewallMarks) {
    this.#surroundings = surroundings;
    this.#node = node;
    this.#marks = marks;
  }

  /** A request to a published port of this node (ALLOC-58, DISC-71). Local backends are not preferred. */
  port(network: LocalNetwork, balancer: string, protocol: string, port: number): Route | undefined {
    const { table, sight } = this.#view(network);
    const service = serviceOfPort(table, sight, protocol, port);
    if (!service) return undefined;
    const way = [
      `${this.#node.name} port ${port}/${protocol}`,
      `iptables: DNAT to ingress-sbox, ${network.name} ${balancer}`,
    ];
    const route = this.#balance(network, service.seen.record.serviceID, service.seen.record.virtualIP, way);
    return route && { ...route, targetPort: service.targetPort };
  }

  /** A connection from a container on this node: to a VIP by round robin, to a container's address straight. */
  overlayAddress(network: LocalNetwork, from: string, address: string): Route | undefined {
    const { table, sight } = this.#view(network);
    const way = [`${from} on ${this.#node.name}`];
    const service = serviceOfVip(table, sight, address);
    if (service) return this.#balance(network, service.record.serviceID, address, way);
    const found = this.#surroundings.locate(network.id, address);
    return found && this.#arrive(network, found.node, address, way);
  }

  /** As `overlayAddress`, where there are no services: on a multi-host network of an era before swarm mode. */
  straight(network: LocalNetwork, from: string, address: string): Route | undefined {
    const found = this.#surroundings.locate(network.id, address);
    return found && this.#arrive(network, found.node, address, [`${from} on ${this.#node.name}`]);
  }

  forget(networkID: string): void {
    this.#pointers.forget(networkID);
  }

  #balance(network: LocalNetwork, serviceID: string, address: string, way: readonly string[]): Route | undefined {
    const { table, sight } = this.#view(network);
    const chosen = this.#pointers.next(network.id, serviceID, destinations(table, sight, serviceID));
    if (!chosen) return undefined;
    const { endpointIP } = chosen.record;
    const mark = this.#marks.markOf(network.id, serviceID);
    const server = `IPVS on ${this.#node.name}: ${address}, mark ${mark}, round robin, to ${endpointIP}`;
    return this.#arrive(network, chosen.entry.owner, endpointIP, [...way, server], chosen.record.name);
  }

  /** Over the bridge of the overlay, or in a VXLAN packet to the node of the address. */
  #arrive(network: LocalNetwork, target: number, address: string, way: readonly string[], name?: string): Route {
    const { dataPlane, membership, node } = this.#surroundings;
    const there = node(target);
    const end = `${name ? `${name} ` : ''}${address} on ${there.name}`;
    if (target === this.#node.number) {
      return { containerAddress: address, reached: true, hops: [...way, `overlay ${network.name}, same node`, end] };
    }
    const reached = membership.isAlive(target) && dataPlane.reaches(this.#node.number, target, network.encrypted);
    const tunnel = `${network.encrypted ? 'ESP, ' : ''}VXLAN ${network.name}: ${this.#node.address} to ${there.address}`;
    const last = reached ? end : `no answer: ${there.name} is not reachable from ${this.#node.name}`;
    return { containerAddress: address, reached, hops: [...way, tunnel, last] };
  }

  #view(network: LocalNetwork) {
    const { db } = this.#surroundings;
    return { table: db.table(network.id), sight: db.sight(network.id, this.#node.number) };
  }
}
