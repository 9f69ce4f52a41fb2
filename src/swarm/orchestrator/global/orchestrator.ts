import type { ControlContext, ControlLoop } from '../../control-loop';
import type { StoredNode, StoredService, StoredTask } from '../../objects';
import type { Change, Transaction, Watch } from '../../store';
import { removeTasksOfService, setDesired } from '../desired';
import { isInvalidNode, meetsConstraints } from '../node-validity';
import { RestartSupervisor } from '../restart/supervisor';
import { checkTasks } from '../restart/taskinit';
import { isGlobal } from '../service-mode';
import { isLive, isPast } from '../slot';
import { UpdateSupervisor } from '../update/supervisor';
import { reconcileGlobal, reconcileNode } from './reconcile';

/** Keeps one task of each global service on each node that takes part (ORCH-30 to ORCH-36). */
export class GlobalOrchestrator implements ControlLoop {
  readonly #context: ControlContext;
  readonly #restarts: RestartSupervisor;
  readonly #updates: UpdateSupervisor;
  #watch: Watch | undefined;
  /** IDs of the global services, so that a node's change costs only these. */
  readonly #services = new Set<string>();
  readonly #toReconcile = new Set<string>();
  readonly #toRestart = new Set<string>();

  constructor(context: ControlContext) {
    this.#context = context;
    this.#restarts = new RestartSupervisor(context);
    this.#updates = new UpdateSupervisor(context, this.#restarts);
  }

  start(): void {
    const { store } = this.#context;
    this.#watch = store.watch(['service', 'task', 'node'], (changes) => this.#react(changes));
    for (const service of store.all('service')) {
      if (!isGlobal(service)) continue;
      this.#services.add(service.ID);
      this.#toReconcile.add(service.ID);
    }
    this.#fix(checkTasks(this.#context, this.#restarts, isGlobal, true));
    this.#restartTasks();
    this.#reconcileServices();
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#updates.clear();
    this.#restarts.clear();
    this.#services.clear();
    this.#toReconcile.clear();
    this.#toRestart.clear();
  }

  #react(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#restarts.observe(change);
      if (change.kind === 'service') this.#serviceChanged(change);
      else if (change.kind === 'node') this.#nodeChanged(change.object, change.action === 'remove');
      else if (change.kind === 'task' && change.action === 'update') this.#taskChanged(change.object);
    }
    // Restarts come before the updater's judgement: a task that fails an update is replaced with the spec that made it
    // fail, and a rollback then replaces it once more, as is seen on real engines.
    this.#restartTasks();
    for (const change of changes) this.#updates.observe(change);
    this.#reconcileServices();
  }

  #serviceChanged(change: Change & { readonly kind: 'service' }): void {
    if (!isGlobal(change.object)) return;
    const id = change.object.ID;
    if (change.action !== 'remove') {
      this.#services.add(id);
      this.#toReconcile.add(id);
      return;
    }
    removeTasksOfService(this.#context.store, id);
    this.#restarts.history.forget(id);
    this.#services.delete(id);
    this.#toReconcile.delete(id);
  }

  #taskChanged(task: StoredTask): void {
    if (!task.ServiceID || !this.#services.has(task.ServiceID)) return;
    if (isLive(task) && isPast(task, 'running')) this.#toRestart.add(task.ID);
  }

  #nodeChanged(changed: StoredNode, removed: boolean): void {
    const { store } = this.#context;
    if (removed) {
      // Unless it is back already.
      if (!store.get('node', changed.ID)) this.#forEachTaskOn(changed.ID, (tx, task) => tx.remove('task', task.ID));
      return;
    }
    const node = store.get('node', changed.ID);
    if (!node || this.#services.size === 0) return;
    if (isInvalidNode(node)) {
      this.#forEachTaskOn(node.ID, (tx, task) => setDesired(store, tx, task.ID, 'shutdown'));
    } else if (node.Spec.Availability !== 'pause') {
      reconcileNode(this.#context, this.#restarts, this.#present(), node);
    }
  }

  #present(): StoredService[] {
    return [...this.#services].flatMap((id) => this.#context.store.get('service', id) ?? []);
  }

  #forEachTaskOn(nodeID: string, act: (tx: Transaction, task: StoredTask) => void): void {
    const { store } = this.#context;
    const tasks = [...store.tasksOnNode(nodeID).values()].filter(
      (task) => task.ServiceID && this.#services.has(task.ServiceID),
    );
    if (tasks.length === 0) return;
    store.update((tx) => {
      for (const task of tasks) act(tx, task);
    });
  }

  /** At the start: tasks on nodes that are no good are shut down, ended ones are restarted (ORCH-59). */
  #fix(tasks: readonly StoredTask[]): void {
    const { store } = this.#context;
    const misplaced: StoredTask[] = [];
    for (const task of tasks) {
      if (!isLive(task)) continue;
      if (!task.NodeID || isInvalidNode(store.get('node', task.NodeID))) misplaced.push(task);
      else if (isPast(task, 'running')) this.#toRestart.add(task.ID);
    }
    if (misplaced.length === 0) return;
    store.update((tx) => {
      for (const task of misplaced) setDesired(store, tx, task.ID, 'shutdown');
    });
  }

  #reconcileServices(): void {
    const services = [...this.#toReconcile];
    this.#toReconcile.clear();
    for (const id of services) {
      const service = this.#context.store.get('service', id);
      if (!service) continue;
      const { slots } = reconcileGlobal(this.#context, this.#restarts, service);
      if (slots.length > 0) this.#updates.update(service, slots, 'random');
    }
  }

  #restartTasks(): void {
    if (this.#toRestart.size === 0) return;
    const { store } = this.#context;
    store.update((tx) => {
      for (const id of this.#toRestart) this.#restart(tx, id);
    });
    this.#toRestart.clear();
  }

  #restart(tx: Transaction, taskID: string): void {
    const { store } = this.#context;
    const task = store.get('task', taskID);
    const service = task?.ServiceID ? store.get('service', task.ServiceID) : undefined;
    const node = task?.NodeID ? store.get('node', task.NodeID) : undefined;
    // On an invalid node the task is shut down by the node's own change.
    if (!task || !service || !isLive(task) || isInvalidNode(node)) return;
    if (node && (node.Spec.Availability === 'pause' || !meetsConstraints(service.Spec, node))) {
      // It may not run here now, so it is not replaced either (ORCH-33).
      setDesired(store, tx, taskID, 'shutdown');
    } else {
      this.#restarts.restart(tx, service, task);
    }
  }
}
