import type { NetworkAttachment, SwarmNetwork } from '../../api';
import type { StoredService, StoredTask } from '../objects';
import type { Store } from '../store';
import { needsIngress } from './endpoints';
import type { HeldAddress, NetworkAllocations } from './networks';

/** A task could not be allocated: `blockedBy` names the network in the way. */
export class BlockedError extends Error {
  constructor(
    readonly blockedBy: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The networks of a new task: ingress, then those of its spec in order (ALLOC-40), with their aliases (ALLOC-41).
 * Networks that do not exist are left out (ALLOC-35). Attachments that a task came with, as those of `docker run`
 * have them, stay (ALLOC-45).
 */
export function attachmentsOf(
  task: StoredTask,
  service: StoredService | undefined,
  ingress: SwarmNetwork | undefined,
  store: Store,
): NetworkAttachment[] {
  if (task.NetworksAttachments?.length) {
    return task.NetworksAttachments.map((given) => ({ ...given, Network: current(store, given.Network) }));
  }
  const attachments: NetworkAttachment[] = [];
  if (service && ingress && needsIngress(service.Spec)) attachments.push({ Network: ingress });
  const own = task.Spec.Networks;
  for (const config of own?.length ? own : (service?.Spec.Networks ?? [])) {
    const network = config.Target ? store.get('network', config.Target) : undefined;
    if (!network || attachments.some((other) => other.Network.ID === network.ID)) continue;
    attachments.push({
      Network: network,
      ...(config.Aliases?.length ? { Aliases: config.Aliases } : {}),
      ...(config.DriverOpts ? { DriverOpts: config.DriverOpts } : {}),
    });
  }
  return attachments;
}

function current(store: Store, network: SwarmNetwork): SwarmNetwork {
  return store.get('network', network.ID) ?? network;
}

/** Addresses of tasks (ALLOC-40, ALLOC-24 … ALLOC-26). In memory only. */
export class TaskAllocations {
  readonly #networks: NetworkAllocations;
  readonly #held = new Map<string, readonly HeldAddress[]>();

  constructor(networks: NetworkAllocations) {
    this.#networks = networks;
  }

  /** One address on each network that is not node-local; throws BlockedError, and takes none, when one has none. */
  allocate(taskID: string, attachments: readonly NetworkAttachment[]): NetworkAttachment[] {
    const taken: HeldAddress[] = [];
    const result: NetworkAttachment[] = [];
    for (const attachment of attachments) {
      try {
        const held = this.#networks.takeAddress(attachment.Network.ID, attachment.Addresses?.[0]);
        if (held) taken.push(held);
        result.push(held ? Object.assign({}, attachment, { Addresses: [held.address] }) : attachment);
      } catch (error) {
        for (const held of taken) this.#networks.giveAddress(held);
        const { ID, Spec } = attachment.Network;
        throw new BlockedError(ID, `network ${Spec.Name}: ${(error as Error).message}`);
      }
    }
    // A copy has no room to spare.
    if (taken.length > 0) this.#held.set(taskID, taken.slice());
    return result;
  }

  /** Claims again what a stored task has (ALLOC-5). */
  restore(task: StoredTask): void {
    const taken: HeldAddress[] = [];
    for (const { Network, Addresses } of task.NetworksAttachments ?? []) {
      if (!Addresses?.[0]) continue;
      try {
        const held = this.#networks.takeAddress(Network.ID, Addresses[0]);
        if (held) taken.push(held);
      } catch {
        // Its network is gone, or another holds the address: there is nothing to give back later.
      }
    }
    if (taken.length > 0) this.#held.set(task.ID, taken);
  }

  /** True when the task had addresses. */
  release(taskID: string): boolean {
    const held = this.#held.get(taskID);
    if (!held) return false;
    this.#held.delete(taskID);
    for (const one of held) this.#networks.giveAddress(one);
    return true;
  }
}
