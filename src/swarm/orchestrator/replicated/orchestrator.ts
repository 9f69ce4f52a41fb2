import type { ControlContext, ControlLoop } from '../../control-loop';
import type { StoredNode, StoredTask } from '../../objects';
import type { Change, Watch } from '../../store';
import { removeTasksOfService } from '../desired';
import { isInvalidNode } from '../node-validity';
import { RestartSupervisor } from '../restart/supervisor';
import { checkTasks } from '../restart/taskinit';
import { isReplicated } from '../service-mode';
import { isLive, isPast } from '../slot';
import { UpdateSupervisor } from '../update/supervisor';
import { reconcileReplicated } from './reconcile';

/**
 * Keeps replicated services at their number of replicas (ORCH-20 to ORCH-29). Changes of services reconcile the whole
 * service; changes of tasks and nodes only restart the tasks concerned.
 */
export class ReplicatedOrchestrator implements ControlLoop {
  readonly #context: ControlContext;
  readonly #restarts: RestartSupervisor;
  readonly #updates: UpdateSupervisor;
  #watch: Watch | undefined;
  /** IDs of services to reconcile and of tasks to restart at the end of this batch of changes. */
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
    for (const task of checkTasks(this.#context, this.#restarts, isReplicated, false)) this.#examine(task);
    for (const service of store.all('service')) if (isReplicated(service)) this.#toReconcile.add(service.ID);
    this.#restartTasks();
    this.#reconcileServices();
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#updates.clear();
    this.#restarts.clear();
    this.#toReconcile.clear();
    this.#toRestart.clear();
  }

  #react(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#restarts.observe(change);
      if (change.kind === 'service') this.#serviceChanged(change);
      else if (change.kind === 'task') this.#taskChanged(change);
      else if (change.kind === 'node') this.#nodeChanged(change.object, change.action === 'remove');
    }
    // Restarts come before the updater's judgement: a task that fails an update is replaced with the spec that made it
    // fail, and a rollback then replaces it once more, as is seen on real engines.
    this.#restartTasks();
    for (const change of changes) this.#updates.observe(change);
    this.#reconcileServices();
  }

  #serviceChanged(change: Change & { readonly kind: 'service' }): void {
    if (!isReplicated(change.object)) return;
    const id = change.object.ID;
    if (change.action !== 'remove') {
      this.#toReconcile.add(id);
      return;
    }
    removeTasksOfService(this.#context.store, id);
    this.#restarts.history.forget(id);
    this.#toReconcile.delete(id);
  }

  #taskChanged(change: Change & { readonly kind: 'task' }): void {
    const task = change.object;
    if (!isLive(task) || !task.ServiceID) return;
    if (change.action !== 'remove') this.#examine(task);
    else if (isReplicated(this.#context.store.get('service', task.ServiceID))) this.#toReconcile.add(task.ServiceID);
  }

  /** Valid nodes need nothing: running tasks stay where they are (ORCH-29). */
  #nodeChanged(node: StoredNode, removed: boolean): void {
    if (!removed && !isInvalidNode(node)) return;
    for (const task of this.#context.store.tasksOnNode(node.ID).values()) this.#examine(task, removed);
  }

  /** Puts a task on the restart list if it ended or its node is no good (ORCH-28). */
  #examine(task: StoredTask, nodeGone = false): void {
    const { store } = this.#context;
    if (!isLive(task)) return;
    const onInvalidNode = (): boolean =>
      task.NodeID !== undefined && (nodeGone || isInvalidNode(store.get('node', task.NodeID)));
    if (isPast(task, 'running') || onInvalidNode()) this.#toRestart.add(task.ID);
  }

  #reconcileServices(): void {
    const services = [...this.#toReconcile];
    this.#toReconcile.clear();
    for (const id of services) {
      const service = this.#context.store.get('service', id);
      if (service) reconcileReplicated(this.#context, { restarts: this.#restarts, updates: this.#updates }, service);
    }
  }

  #restartTasks(): void {
    if (this.#toRestart.size === 0) return;
    const { store } = this.#context;
    store.update((tx) => {
      for (const id of this.#toRestart) {
        const task = store.get('task', id);
        const service = task?.ServiceID ? store.get('service', task.ServiceID) : undefined;
        if (task && service && isLive(task) && isReplicated(service)) this.#restarts.restart(tx, service, task);
      }
    });
    this.#toRestart.clear();
  }
}
