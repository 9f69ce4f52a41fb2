import type { GenericResource } from '../../api';
import { compareTaskStates } from '../../api';
import type { StoredNode, StoredTask } from '../objects';
import { Failures } from './failures';
import { History } from './history';
import { LoadOrder } from './load-order';
import { claimGeneric, NodeInfo } from './node-info';
import type { Footprint } from './requirements';
import { footprintOf, noFootprint } from './requirements';
import { ServiceLoad } from './service-load';
import { Suitability } from './suitability';
import { VolumeSet } from './volumes';

/** What one task holds on its node; nothing while there is no node. */
export interface Holding {
  readonly serviceID: string;
  info: NodeInfo | undefined;
  footprint: Footprint;
  named: readonly string[] | undefined;
  active: boolean;
}

function isActive(task: StoredTask): boolean {
  return compareTaskStates(task.DesiredState, 'complete') <= 0;
}

function namedResources(resources: readonly GenericResource[] | undefined): readonly string[] | undefined {
  if (!resources?.length) return undefined;
  return resources.flatMap((resource) =>
    'NamedResourceSpec' in resource ? [`${resource.NamedResourceSpec.Kind}=${resource.NamedResourceSpec.Value}`] : [],
  );
}

/** All nodes with what tasks hold on them (SCHED-18 to SCHED-20), kept up to date change by change. */
export class NodeSet {
  /** Every node that ever joined, by index; removed ones stay, marked. */
  readonly nodes: NodeInfo[] = [];
  readonly order = new LoadOrder();
  readonly suitability = new Suitability(this.nodes);
  readonly failures = new Failures();
  readonly history: History;
  readonly volumes = new VolumeSet();
  readonly #byID = new Map<string, NodeInfo>();
  readonly #services = new Map<string, ServiceLoad>();
  /** Named generic resources in use, by node index. */
  readonly #named = new Map<number, Set<string>>();

  #volumeChanges = 0;

  constructor(historyLimit?: number) {
    this.history = new History(historyLimit);
  }

  /** Changes whenever anything changed that a filter may look at. */
  get generation(): number {
    return this.history.position + this.#volumeChanges;
  }

  /** Number of words that bits of all nodes take. */
  get words(): number {
    return (this.nodes.length >>> 5) + 1;
  }

  find(nodeID: string): NodeInfo | undefined {
    return this.#byID.get(nodeID);
  }

  service(serviceID: string): ServiceLoad | undefined {
    return this.#services.get(serviceID);
  }

  serviceTasks(serviceID: string, info: NodeInfo): number {
    return this.#services.get(serviceID)?.get(info.index) ?? 0;
  }

  /** A node joined or changed; false when it did not. */
  put(node: StoredNode): boolean {
    const known = this.#byID.get(node.ID);
    if (known) {
      if (known.node === node) return false;
      this.history.nodeChanged(known.index, known.node);
      known.node = node;
      this.suitability.nodeChanged(known.index);
      return true;
    }
    const info = new NodeInfo(this.nodes.length, node, this.volumes);
    this.nodes.push(info);
    this.#byID.set(node.ID, info);
    this.order.add(info.index, 0);
    this.history.nodeChanged(info.index, undefined);
    this.suitability.nodeChanged(info.index);
    return true;
  }

  /** Cluster volumes came, went, or are in use otherwise. */
  volumesChanged(): void {
    this.#volumeChanges++;
  }

  /** A node is gone. What its tasks held is forgotten when they end. */
  remove(nodeID: string): void {
    const info = this.#byID.get(nodeID);
    if (!info) return;
    this.history.nodeChanged(info.index, info.node);
    this.#byID.delete(nodeID);
    info.removed = true;
    this.order.remove(info.index, info.activeTasks);
    this.suitability.nodeChanged(info.index);
  }

  /** A task is on its node from now on, or its desired state changed. */
  hold(held: Holding, task: StoredTask): void {
    if (!held.info) {
      const info = this.#byID.get(task.NodeID ?? '');
      if (info) this.place(held, task, info, footprintOf(task), task.GenericResources);
      return;
    }
    const active = isActive(task);
    if (held.active === active) return;
    held.active = active;
    this.#activate(held.info, held.serviceID, active);
  }

  /** A task that holds nothing yet takes its place on a node. */
  place(
    held: Holding,
    task: StoredTask,
    info: NodeInfo,
    footprint: Footprint,
    resources?: readonly GenericResource[],
  ): void {
    held.info = info;
    held.footprint = footprint;
    held.named = namedResources(resources);
    held.active = isActive(task);
    if (takesSomething(footprint)) {
      info.apply(footprint, 1);
      this.history.held(info.index, footprint);
    }
    if (held.named) this.#nameInUse(info, held.named, true);
    if (held.active) this.#activate(info, held.serviceID, true);
  }

  /** The task holds nothing any more; false when it held nothing. */
  release(held: Holding): boolean {
    const { info, footprint } = held;
    if (!info) return false;
    held.info = undefined;
    if (takesSomething(footprint)) {
      info.apply(footprint, -1);
      this.history.released(info.index, footprint);
    }
    if (held.named) this.#nameInUse(info, held.named, false);
    if (held.active) this.#activate(info, held.serviceID, false);
    return true;
  }

  /** The generic resources that a task of this footprint gets on a node now. */
  claim(info: NodeInfo, footprint: Footprint): GenericResource[] {
    const inUse = this.#named.get(info.index);
    return claimGeneric(info.node, footprint.generic, (kind, name) => inUse?.has(`${kind}=${name}`) ?? false);
  }

  #activate(info: NodeInfo, serviceID: string, active: boolean): void {
    const before = info.activeTasks;
    info.activeTasks += active ? 1 : -1;
    if (!info.removed) {
      this.order.remove(info.index, before);
      this.order.add(info.index, info.activeTasks);
    }
    let load = this.#services.get(serviceID);
    if (!load) {
      load = new ServiceLoad();
      this.#services.set(serviceID, load);
    }
    load.add(info.index, active ? 1 : -1);
    if (load.size === 0) this.#services.delete(serviceID);
    if (active) this.history.activated(info.index, serviceID);
    else this.history.deactivated(info.index, serviceID);
  }

  #nameInUse(info: NodeInfo, names: readonly string[], inUse: boolean): void {
    let set = this.#named.get(info.index);
    if (!set) {
      set = new Set();
      this.#named.set(info.index, set);
    }
    for (const name of names) {
      if (inUse) set.add(name);
      else set.delete(name);
    }
  }
}

function takesSomething(footprint: Footprint): boolean {
  if (footprint === noFootprint) return false;
  return (
    footprint.nanoCPUs !== 0 ||
    footprint.memoryBytes !== 0 ||
    footprint.generic.length > 0 ||
    footprint.hostPorts.length > 0
  );
}
