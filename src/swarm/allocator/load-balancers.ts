import { isTerminal } from '../../api';
import type { NodeLoadBalancer, StoredNode, StoredTask } from '../objects';
import type { HeldAddress, NetworkAllocations } from './networks';

/** The networks on which a task makes its node need a load balancer (ALLOC-42). */
function usedNetworks(task: StoredTask | undefined): readonly string[] {
  if (!task?.NodeID || isTerminal(task.Status.State)) return [];
  return (task.NetworksAttachments ?? []).map(({ Network }) => Network.ID);
}

/** The addresses of nodes' load balancers: one on ingress, one on each network that a task of theirs uses (ALLOC-42). */
export class LoadBalancerAllocations {
  readonly #networks: NetworkAllocations;
  /** By node, then network: how many of its tasks use the network. */
  readonly #uses = new Map<string, Map<string, number>>();
  readonly #held = new Map<string, Map<string, HeldAddress>>();

  constructor(networks: NetworkAllocations) {
    this.#networks = networks;
  }

  /** Notes that a task changed; without `task` it is gone. */
  count(task: StoredTask | undefined, previous: StoredTask | undefined): void {
    for (const id of usedNetworks(previous)) this.#add(previous!.NodeID!, id, -1);
    for (const id of usedNetworks(task)) this.#add(task!.NodeID!, id, 1);
  }

  /** Claims again what a stored node has (ALLOC-5). */
  restore(node: StoredNode): void {
    for (const { NetworkID, Address } of node.Attachments ?? []) this.#take(node.ID, NetworkID, Address);
  }

  /**
   * Brings a node's addresses in line with its tasks. Where no address is to be had the node goes without; that is
   * tried again with the next event of the node or its tasks only.
   */
  allocate(node: StoredNode, ingressID: string | undefined): { attachments: NodeLoadBalancer[]; released: boolean } {
    const wanted = [...(ingressID === undefined ? [] : [ingressID]), ...(this.#uses.get(node.ID)?.keys() ?? [])];
    const held = this.#held.get(node.ID);
    const unwanted = [...(held?.keys() ?? [])].filter((id) => !wanted.includes(id));
    for (const id of wanted) if (!held?.has(id)) this.#take(node.ID, id);
    for (const id of unwanted) this.#give(node.ID, id);
    return { attachments: this.#attachments(node.ID, ingressID), released: unwanted.length > 0 };
  }

  /** The network is gone: nodes that had an address on it, with what they have left. */
  forget(networkID: string): string[] {
    const nodes = [...this.#held].filter(([, held]) => held.has(networkID)).map(([nodeID]) => nodeID);
    for (const nodeID of nodes) this.#give(nodeID, networkID);
    return nodes;
  }

  /** The node is gone; true when it had addresses. */
  release(nodeID: string): boolean {
    const held = [...(this.#held.get(nodeID)?.keys() ?? [])];
    for (const id of held) this.#give(nodeID, id);
    this.#held.delete(nodeID);
    return held.length > 0;
  }

  #attachments(nodeID: string, ingressID: string | undefined): NodeLoadBalancer[] {
    const all = [...(this.#held.get(nodeID)?.values() ?? [])];
    const ingressFirst = [
      ...all.filter(({ networkID }) => networkID === ingressID),
      ...all.filter(({ networkID }) => networkID !== ingressID),
    ];
    return ingressFirst.map(({ networkID, address }) => ({ NetworkID: networkID, Address: address }));
  }

  #take(nodeID: string, networkID: string, wanted?: string): void {
    try {
      const address = this.#networks.takeAddress(networkID, wanted);
      if (!address) return;
      const held = this.#held.get(nodeID);
      if (held) held.set(networkID, address);
      else this.#held.set(nodeID, new Map([[networkID, address]]));
    } catch {
      // No address left, or the network is not allocated: the node goes without.
    }
  }

  #give(nodeID: string, networkID: string): void {
    const held = this.#held.get(nodeID);
    const address = held?.get(networkID);
    if (!address) return;
    held!.delete(networkID);
    this.#networks.giveAddress(address);
  }

  #add(nodeID: string, networkID: string, change: number): void {
    const uses = this.#uses.get(nodeID) ?? new Map<string, number>();
    const count = (uses.get(networkID) ?? 0) + change;
    if (count > 0) uses.set(networkID, count);
    else uses.delete(networkID);
    if (uses.size > 0) this.#uses.set(nodeID, uses);
    else this.#uses.delete(nodeID);
  }
}
