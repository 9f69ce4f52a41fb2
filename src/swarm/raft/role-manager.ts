import type { Micros, Timer } from '../../sim';
import { second } from '../../sim';
import type { ControlContext, ControlLoop } from '../control-loop';
import type { StoredNode } from '../objects';
import { StatusError } from '../status-error';
import type { Watch } from '../store';
import { StoreError } from '../store';
import type { Raft } from './raft';

/** A role that cannot be changed now is tried again after this long (CTRL-20). */
const retryInterval = 5 * second;
const promotionTakes: readonly [Micros, Micros] = [second, 3 * second];
const demotionTakes: readonly [Micros, Micros] = [second / 5, second];
/** From its new certificate to its place among the members; its requests are refused meanwhile (CTRL-62). */
const managerStarts: Micros = second / 5;
/** Where managers are reached (CTRL-43). */
const managerPort = 2377;

/**
 * Makes nodes what they are wished to be: a node whose desired role changed gets a certificate for it and starts or
 * stops to be a manager (CTRL-20 to 22): a promoted one must first fetch its certificate and start, 1 to 3 s; a demoted
 * one is taken off the list within a second. It alone changes the actual role. A manager that is not a member yet has
 * still to start and join.
 */
export class RoleManager implements ControlLoop {
  readonly #context: ControlContext;
  readonly #raft: Raft;
  readonly #pending = new Map<string, Timer>();
  #watch: Watch | undefined;

  constructor(context: ControlContext, raft: Raft) {
    this.#context = context;
    this.#raft = raft;
  }

  start(): void {
    if (this.#watch) return;
    const { store } = this.#context;
    for (const node of store.all('node')) this.#look(node);
    this.#watch = store.watch(['node'], (changes) => {
      for (const { action, object } of changes) {
        const node = action === 'remove' ? undefined : store.get('node', object.ID);
        if (node) this.#look(node);
        else this.#forget(object.ID);
      }
    });
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    for (const timer of this.#pending.values()) timer.cancel();
    this.#pending.clear();
  }

  #look(node: StoredNode): void {
    if (this.#isSettled(node)) this.#forget(node.ID);
    else if (!this.#pending.has(node.ID)) {
      const [least, most] = node.Spec.Role === 'manager' ? promotionTakes : demotionTakes;
      this.#reconcileLater(node.ID, this.#context.random.integer(least, most));
    }
  }

  #isSettled(node: StoredNode): boolean {
    if (node.Role !== node.Spec.Role) return false;
    return node.Role !== 'manager' || this.#raft.isMember(node.ID) || this.#raft.isLost(node.ID);
  }

  #forget(nodeID: string): void {
    this.#pending.get(nodeID)?.cancel();
    this.#pending.delete(nodeID);
  }

  #reconcileLater(nodeID: string, delay: Micros): void {
    const timer = this.#context.sim.after(delay, () => {
      this.#pending.delete(nodeID);
      const node = this.#context.store.get('node', nodeID);
      if (!node || this.#isSettled(node)) return;
      const again = this.#reconcile(node);
      if (again !== undefined && this.#watch) this.#reconcileLater(nodeID, again);
    });
    this.#pending.set(nodeID, timer);
  }

  /** After how long it must go on; undefined when it is done. */
  #reconcile(node: StoredNode): Micros | undefined {
    try {
      return node.Spec.Role === 'manager' ? this.#promote(node) : this.#demote(node);
    } catch (error) {
      if (error instanceof StatusError || error instanceof StoreError) return retryInterval;
      throw error;
    }
  }

  /** A node that is away can neither renew its certificate nor join. */
  #promote(node: StoredNode): Micros | undefined {
    if (node.Status.State !== 'ready') return retryInterval;
    if (node.Role === 'worker') {
      this.#setRole(node);
      return managerStarts;
    }
    this.#raft.addMember(node.ID, `${node.Status.Addr ?? ''}:${managerPort}`);
    return undefined;
  }

  #demote(node: StoredNode): Micros | undefined {
    if (this.#raft.isMember(node.ID)) {
      if (!this.#raft.canRemoveMember(node.ID)) return retryInterval;
      if (this.#raft.leader === node.ID) {
        // The next leader's role manager does the rest (CTRL-22).
        return this.#raft.transferLeadership() ? undefined : retryInterval;
      }
      this.#raft.removeMember(node.ID);
    }
    this.#setRole(node);
    return undefined;
  }

  #setRole(node: StoredNode): void {
    this.#context.store.update((tx) => tx.update('node', { ...node, Role: node.Spec.Role }));
  }
}
