import { hostOf } from '../network/address';
import type { Container } from './containers/container';

/** What a node's address stands for when a container asks it for a published port. */
export interface WireNode {
  readonly hostname: string;
  /** The container behind a published port, with the hops to it; no `container` when packets get lost on the way. */
  published(
    protocol: 'tcp' | 'udp',
    port: number,
  ): { readonly container: Container | undefined; readonly port: number; readonly hops: readonly string[] } | undefined;
}

interface Attached {
  readonly container: Container;
  readonly node: WireNode;
}

/** The cables between all nodes' containers: which container has which address on which network. */
export class Wire {
  readonly #networks = new Map<string, Map<string, Attached>>();
  readonly #nodes = new Map<string, WireNode>();
  /** Whether packets of a network get from one node to another; the cluster puts its faults here. */
  reachable: (fromHostname: string, toHostname: string, networkID: string) => boolean = () => true;
  /** Whether one machine reaches the other's own address. */
  connected: (fromHostname: string, toHostname: string) => boolean = () => true;
  /** The share of packets between containers of two nodes that gets lost. */
  lost: (fromHostname: string, toHostname: string) => number = () => 0;

  addNode(address: string, node: WireNode): void {
    this.#nodes.set(address, node);
  }

  node(address: string): WireNode | undefined {
    return this.#nodes.get(address);
  }

  /** `address` with or without prefix length. */
  attach(networkID: string, address: string, container: Container, node: WireNode): void {
    let network = this.#networks.get(networkID);
    if (!network) {
      network = new Map();
      this.#networks.set(networkID, network);
    }
    network.set(hostOf(address), { container, node });
  }

  detach(networkID: string, address: string, container: Container): void {
    const network = this.#networks.get(networkID);
    if (network?.get(hostOf(address))?.container === container) network.delete(hostOf(address));
  }

  /** The container with an address on one of these networks, if packets get there from the node. */
  find(networkIDs: readonly string[], address: string, fromHostname: string): Container | undefined {
    for (const networkID of networkIDs) {
      const found = this.#networks.get(networkID)?.get(hostOf(address));
      if (found && this.reachable(fromHostname, found.node.hostname, networkID)) return found.container;
    }
    return undefined;
  }

  /** The share of packets lost between a node and the container with an address on one of these networks. */
  lostTo(networkIDs: readonly string[], address: string, fromHostname: string): number {
    for (const networkID of networkIDs) {
      const found = this.#networks.get(networkID)?.get(hostOf(address));
      if (found) return this.lost(fromHostname, found.node.hostname);
    }
    return 0;
  }

  /** The container with an address on any network: for what the routing mesh found. */
  findAnywhere(address: string, fromHostname: string): Container | undefined {
    return this.find([...this.#networks.keys()], address, fromHostname);
  }
}
