import { isTerminal } from '../../api';
import type { NodeLoadBalancer, StoredNode, StoredTask } from '../objects';
import type { HeldAddress, NetworkAllocations } from './networks';

/** The networks on which a task makes its node need a load balancer (ALLOC-42). */
function usedNetworks(task: StoredTask | undefined): readonly string[] {
  if (!task?.NodeID || isTerminal(task.Status.State)) return [];
  return (task.NetworksAttachments ?? []).map(({ Network }) => Network.ID);
}

/** Whether two versions of a task use the same networks on the same node. Unchanged parts are the same objects. */
function usesAlike(a: StoredTask, b: StoredTask): boolean {
  return (
    a.NodeID === b.NodeID &&
    a.NetworksAttachments === b.NetworksAttachments &&
    isTerminal(a.Status.State) === isTerminal(b.Status.State)
  );
}

/** Networks that a node began to use, and ceased to, since its addresses were last brought in line. */
interface Turn {
  readonly begun: Set<string>;
  readonly ceased: Set<string>;
}

/** An address, and as the node's object tells it. */
interface Held {
  readonly held: HeldAddress;
  readonly told: NodeLoadBalancer;
}

/** The addresses of nodes' load balancers: one on ingress, one on each network that a task of theirs uses (ALLOC-42). */
export class LoadBalancerAllocations {
  readonly #networks: NetworkAllocations;
  /** By node, then network: how many of its tasks use the network. */
  readonly #uses = new Map<string, Map<string, number>>();
  readonly #held = new Map<string, Map<string, Held>>();
  /** By node: networks on which it should have an address and has none. */
  readonly #missing = new Map<string, readonly string[]>();
  /** By node: what changed in its uses. */
  readonly #turns = new Map<string, Turn>();
  /** Nodes in line but for their turns, with the ingress network at that time. */
  readonly #inLine = new Map<string, string | undefined>();

  constructor(networks: NetworkAllocations) {
    this.#networks = networks;
  }

  /** Notes that a task changed; without `task` it is gone. True when nodes may need other addresses now. */
  count(task: StoredTask | undefined, previous: StoredTask | undefined): boolean {
    if (task && previous && usesAlike(task, previous)) return false;
    let changed = false;
    for (const id of usedNetworks(previous)) if (this.#add(previous!.NodeID!, id, -1)) changed = true;
    for (const id of usedNetworks(task)) if (this.#add(task!.NodeID!, id, 1)) changed = true;
    return changed;
  }

  /** Whether the node lacks an address that it may get now. */
  lacks(nodeID: string): boolean {
    const missing = this.#missing.get(nodeID);
    if (missing) for (const id of missing) if (!this.#networks.isFull(id)) return true;
    return false;
  }

  /** Claims again what a stored node has (ALLOC-5). */
  restore(node: StoredNode): void {
    for (const { NetworkID, Address } of node.Attachments ?? []) this.#take(node.ID, NetworkID, Address);
  }

  /**
   * Brings a node's addresses in line with its tasks. Where no address is to be had the node goes without; that is
   * tried again with the next event of the node or its tasks only. True when addresses were given back.
   */
  allocate(node: StoredNode, ingressID: string | undefined): boolean {
    const turn = this.#turns.get(node.ID);
    this.#turns.delete(node.ID);
    const inLine = this.#inLine.has(node.ID) && this.#inLine.get(node.ID) === ingressID;
    if (!inLine || this.#missing.has(node.ID)) return this.#allocateAll(node, ingressID);
    // Only what changed is looked at: a node may be on many networks.
    if (!turn) return false;
    const held = this.#held.get(node.ID);
    const missing: string[] = [];
    for (const id of turn.begun) if (!held?.has(id) && !this.#take(node.ID, id)) missing.push(id);
    if (missing.length > 0) this.#missing.set(node.ID, missing);
    let given = false;
    for (const id of turn.ceased) {
      if (id === ingressID || !held?.has(id)) continue;
      this.#give(node.ID, id);
      given = true;
    }
    return given;
  }

  #allocateAll(node: StoredNode, ingressID: string | undefined): boolean {
    this.#inLine.set(node.ID, ingressID);
    const uses = this.#uses.get(node.ID);
    const held = this.#held.get(node.ID);
    const unwanted: string[] = [];
    for (const id of held?.keys() ?? []) if (id !== ingressID && !uses?.has(id)) unwanted.push(id);
    const missing: string[] = [];
    const want = (id: string) => {
      if (!held?.has(id) && !this.#take(node.ID, id)) missing.push(id);
    };
    if (ingressID !== undefined) want(ingressID);
    for (const id of uses?.keys() ?? []) want(id);
    if (missing.length > 0) this.#missing.set(node.ID, missing);
    else this.#missing.delete(node.ID);
    for (const id of unwanted) this.#give(node.ID, id);
    return unwanted.length > 0;
  }

  /** What a node has, the address on ingress first. */
  attachments(nodeID: string, ingressID: string | undefined): NodeLoadBalancer[] {
    const held = this.#held.get(nodeID);
    const ingress = ingressID === undefined ? undefined : held?.get(ingressID);
    const result: NodeLoadBalancer[] = ingress ? [ingress.told] : [];
    for (const one of held?.values() ?? []) if (one !== ingress) result.push(one.told);
    return result;
  }

  /** The network is gone: nodes that had an address on it, with what they have left. */
  forget(networkID: string): string[] {
    const nodes = [...this.#held].filter(([, held]) => held.has(networkID)).map(([nodeID]) => nodeID);
    for (const nodeID of nodes) {
      this.#give(nodeID, networkID);
      this.#inLine.delete(nodeID);
    }
    return nodes;
  }

  /** The node is gone; true when it had addresses. */
  release(nodeID: string): boolean {
    const held = [...(this.#held.get(nodeID)?.keys() ?? [])];
    for (const id of held) this.#give(nodeID, id);
    this.#missing.delete(nodeID);
    this.#held.delete(nodeID);
    this.#inLine.delete(nodeID);
    this.#turns.delete(nodeID);
    return held.length > 0;
  }

  /** False when there is no address now. */
  #take(nodeID: string, networkID: string, wanted?: string): boolean {
    if (wanted === undefined && this.#networks.isFull(networkID)) return false;
    try {
      const address = this.#networks.takeAddress(networkID, wanted);
      if (!address) return true;
      const one: Held = { held: address, told: { NetworkID: networkID, Address: address.address } };
      const held = this.#held.get(nodeID);
      if (held) held.set(networkID, one);
      else this.#held.set(nodeID, new Map([[networkID, one]]));
      return true;
    } catch {
      // Only looked at again when something happens at the node (ALLOC-42).
      return false;
    }
  }

  #give(nodeID: string, networkID: string): void {
    const held = this.#held.get(nodeID);
    const one = held?.get(networkID);
    if (!one) return;
    held!.delete(networkID);
    this.#networks.giveAddress(one.held);
  }

  #turned(nodeID: string, networkID: string, began: boolean): void {
    // All of a node that is not in line will be looked at.
    if (!this.#inLine.has(nodeID)) return;
    let turn = this.#turns.get(nodeID);
    if (!turn) {
      turn = { begun: new Set(), ceased: new Set() };
      this.#turns.set(nodeID, turn);
    }
    (began ? turn.begun : turn.ceased).add(networkID);
    (began ? turn.ceased : turn.begun).delete(networkID);
  }

  /** True when the node began or ceased to use the network. */
  #add(nodeID: string, networkID: string, change: 1 | -1): boolean {
    const uses = this.#uses.get(nodeID) ?? new Map<string, number>();
    const count = (uses.get(networkID) ?? 0) + change;
    if (count > 0) uses.set(networkID, count);
    else uses.delete(networkID);
    if (uses.size > 0) this.#uses.set(nodeID, uses);
    else this.#uses.delete(nodeID);
    if (count !== (change === 1 ? 1 : 0)) return false;
    this.#turned(nodeID, networkID, count === 1);
    return true;
  }
}
