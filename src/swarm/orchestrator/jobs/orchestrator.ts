import type { ControlContext, ControlLoop } from '../../control-loop';
import type { StoredService, StoredTask } from '../../objects';
import type { Change, Watch } from '../../store';
import { removeTasksOfService, setDesired } from '../desired';
import { isInvalidNode } from '../node-validity';
import { RestartSupervisor } from '../restart/supervisor';
import { checkTasks } from '../restart/taskinit';
import { isJob, modeOf } from '../service-mode';
import { isLiveInJob, isPast } from '../slot';
import { reconcileGlobalJob, reconcileGlobalJobOnNode } from './global';
import { reconcileReplicatedJob } from './replicated';

function isReplicatedJob(service: StoredService): boolean {
  return modeOf(service.Spec) === 'replicated-job';
}

function isGlobalJob(service: StoredService): boolean {
  return modeOf(service.Spec) === 'global-job';
}

/** Runs jobs of both modes (ORCH-40 to ORCH-45). Jobs are never updated: a change starts a new iteration. */
export class JobsOrchestrator implements ControlLoop {
  readonly #context: ControlContext;
  readonly #restarts: RestartSupervisor;
  #watch: Watch | undefined;
  /** IDs of the global jobs, so that a node's change costs only these. */
  readonly #globalJobs = new Set<string>();
  readonly #toReconcile = new Set<string>();
  /** Nodes on which the global jobs are to be looked at. */
  readonly #changedNodes = new Set<string>();

  constructor(context: ControlContext) {
    this.#context = context;
    this.#restarts = new RestartSupervisor(context);
  }

  start(): void {
    const { store } = this.#context;
    this.#watch = store.watch(['service', 'task', 'node'], (changes) => this.#react(changes));
    checkTasks(this.#context, this.#restarts, isReplicatedJob, false);
    this.#fixGlobal(checkTasks(this.#context, this.#restarts, isGlobalJob, true));
    for (const service of store.all('service')) if (isJob(service)) this.#add(service);
    this.#tick();
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#restarts.clear();
    this.#globalJobs.clear();
    this.#toReconcile.clear();
    this.#changedNodes.clear();
  }

  #add(service: StoredService): void {
    this.#toReconcile.add(service.ID);
    if (isGlobalJob(service)) this.#globalJobs.add(service.ID);
  }

  #react(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#restarts.observe(change);
      if (change.kind === 'service' && isJob(change.object)) {
        if (change.action === 'remove') this.#forget(change.object.ID);
        else this.#add(change.object);
      } else if (change.kind === 'task' && change.action === 'update') {
        this.#taskChanged(change.object);
      } else if (change.kind === 'node' && this.#globalJobs.size > 0) {
        this.#changedNodes.add(change.object.ID);
      }
    }
    this.#tick();
  }

  #forget(serviceID: string): void {
    removeTasksOfService(this.#context.store, serviceID);
    this.#restarts.history.forget(serviceID);
    this.#globalJobs.delete(serviceID);
    this.#toReconcile.delete(serviceID);
  }

  /** A task that ended without being told to makes room for another, or is to be restarted. */
  #taskChanged(task: StoredTask): void {
    if (!task.ServiceID || !isPast(task, 'running') || !isLiveInJob(task)) return;
    const service = this.#context.store.get('service', task.ServiceID);
    if (!service || !isJob(service)) return;
    if (isReplicatedJob(service)) this.#toReconcile.add(service.ID);
    else if (task.NodeID) this.#changedNodes.add(task.NodeID);
  }

  /** Tasks that a new leader finds on nodes that are no good (ORCH-59). */
  #fixGlobal(tasks: readonly StoredTask[]): void {
    const { store } = this.#context;
    const misplaced = tasks.filter(
      (task) => isLiveInJob(task) && isInvalidNode(task.NodeID ? store.get('node', task.NodeID) : undefined),
    );
    if (misplaced.length === 0) return;
    store.update((tx) => {
      for (const task of misplaced) setDesired(store, tx, task.ID, 'shutdown');
    });
  }

  #tick(): void {
    const { store } = this.#context;
    const services = [...this.#toReconcile].flatMap((id) => store.get('service', id) ?? []);
    const nodes = [...this.#changedNodes].flatMap((id) => store.get('node', id) ?? []);
    this.#toReconcile.clear();
    this.#changedNodes.clear();
    for (const service of services) {
      if (isReplicatedJob(service)) reconcileReplicatedJob(this.#context, this.#restarts, service);
      else reconcileGlobalJob(this.#context, this.#restarts, service);
    }
    for (const id of nodes.length > 0 ? this.#globalJobs : []) {
      const service = store.get('service', id);
      if (!service) continue;
      for (const node of nodes) reconcileGlobalJobOnNode(this.#context, this.#restarts, service, node);
    }
  }
}
