import type { ContainerSummary, NetworkResource, Node, Service, Task } from '../../api';
import { ObjectTable } from './object-table';

/** IDs of what one refresh changed. A task counts for its service and for the nodes it was or is on. */
export interface Change {
  readonly nodes: Set<string>;
  readonly services: Set<string>;
  readonly networks: Set<string>;
  readonly tasks: Set<string>;
  /** Only the cluster's time or its running, pausing and speed. */
  clock: boolean;
}

export function noChange(): Change {
  return { nodes: new Set(), services: new Set(), networks: new Set(), tasks: new Set(), clock: false };
}

export function isEmpty(change: Change): boolean {
  return !change.clock && change.nodes.size + change.services.size + change.networks.size + change.tasks.size === 0;
}

const sameVersion = (a: { Version: { Index: number } }, b: { Version: { Index: number } }): boolean =>
  a.Version.Index === b.Version.Index;
const sameText = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** What is known of the cluster: the listings of the Engine API, with tasks also by service and by node. */
export class ClusterState {
  readonly nodes = new ObjectTable<Node>((node) => node.ID, sameVersion);
  readonly services = new ObjectTable<Service>(
    (service) => service.ID,
    (a, b) => sameVersion(a, b) && sameText(a.ServiceStatus, b.ServiceStatus),
  );
  readonly networks = new ObjectTable<NetworkResource>((network) => network.Id, sameText);
  readonly tasks = new ObjectTable<Task>((task) => task.ID, sameVersion);
  /** Containers of the node at the other end that are no tasks. Their status in words changes all the time and is left out. */
  readonly containers = new ObjectTable<ContainerSummary>(
    (container) => container.Id,
    (a, b) => a.State === b.State && sameText([a.Names, a.NetworkSettings], [b.Names, b.NetworkSettings]),
  );
  readonly #byService = new Map<string, Set<string>>();
  readonly #byNode = new Map<string, Set<string>>();

  tasksOfService(id: string): Task[] {
    return this.#tasks(this.#byService.get(id));
  }

  tasksOfNode(id: string): Task[] {
    return this.#tasks(this.#byNode.get(id));
  }

  /** Takes over a listing of all tasks, or of those of some services. */
  replaceTasks(listing: readonly Task[], services?: Iterable<string>): Change {
    const change = noChange();
    const scope = services && [...services].flatMap((id) => [...(this.#byService.get(id) ?? [])]);
    for (const { id, before, after } of this.tasks.replace(listing, scope)) {
      change.tasks.add(id);
      for (const task of [before, after]) {
        if (task?.ServiceID) change.services.add(task.ServiceID);
        if (task?.NodeID) change.nodes.add(task.NodeID);
        for (const attachment of task?.NetworksAttachments ?? []) change.networks.add(attachment.Network.ID);
      }
      if (before) this.#unindex(before);
      if (after) this.#index(after);
    }
    return change;
  }

  clear(): void {
    const { nodes, services, networks, tasks, containers } = this;
    for (const table of [nodes, services, networks, tasks, containers, this.#byService, this.#byNode]) table.clear();
  }

  #tasks(ids: Iterable<string> = []): Task[] {
    return [...ids].flatMap((id) => this.tasks.get(id) ?? []);
  }

  #index(task: Task): void {
    for (const [index, key] of [
      [this.#byService, task.ServiceID],
      [this.#byNode, task.NodeID],
    ] as const) {
      if (!key) continue;
      const ids = index.get(key);
      if (ids) ids.add(task.ID);
      else index.set(key, new Set([task.ID]));
    }
  }

  #unindex(task: Task): void {
    for (const [index, key] of [
      [this.#byService, task.ServiceID],
      [this.#byNode, task.NodeID],
    ] as const) {
      const ids = key ? index.get(key) : undefined;
      ids?.delete(task.ID);
      if (key && ids?.size === 0) index.delete(key);
    }
  }
}
