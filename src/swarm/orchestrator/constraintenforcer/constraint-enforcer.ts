import { taskStateOrder } from '../../../api';
import type { Constraint } from '../../constraint';
import { nodeMatches } from '../../constraint';
import type { ControlContext, ControlLoop } from '../../control-loop';
import type { StoredNode, StoredTask } from '../../objects';
import type { Watch } from '../../store';
import { constraintsOf } from '../node-validity';
import { isPast } from '../slot';
import { Available } from './available';

/** Rejects tasks whose node no longer has what they need (ORCH-75 to ORCH-77). Replacing them is up to others. */
export class ConstraintEnforcer implements ControlLoop {
  readonly #context: ControlContext;
  #watch: Watch | undefined;

  constructor(context: ControlContext) {
    this.#context = context;
  }

  start(): void {
    const { store } = this.#context;
    this.#watch = store.watch(['node'], (changes) => {
      const nodes = new Set(changes.filter((change) => change.action === 'update').map((change) => change.object.ID));
      for (const id of nodes) this.#enforce(store.get('node', id));
    });
    for (const node of [...store.all('node')]) this.#enforce(node);
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  #enforce(node: StoredNode | undefined): void {
    // Drained nodes are the orchestrators' business, tasks on paused ones are left alone (ORCH-75).
    if (node?.Spec.Availability !== 'active') return;
    const rejected = this.#noncompliant(node);
    if (rejected.length === 0) return;
    const { store, sim } = this.#context;
    store.update((tx) => {
      for (const task of rejected) {
        tx.update('task', {
          ...task,
          Status: {
            ...task.Status,
            Timestamp: sim.timestamp,
            State: 'rejected',
            Message: 'task rejected by constraint enforcer',
            Err: 'assigned node no longer meets constraints',
          },
        });
      }
    });
  }

  #noncompliant(node: StoredNode): StoredTask[] {
    const { store, profile } = this.#context;
    const available = new Available(node.Description.Resources);
    const constraints = new Map<string, Constraint[]>();
    const rejected: StoredTask[] = [];
    for (const task of store.tasksOnNode(node.ID).values()) {
      if (!this.#isConcerned(task)) continue;
      if (!nodeMatches(this.#constraintsFor(task, constraints), node)) {
        rejected.push(task);
        continue;
      }
      const reservations = task.Spec.Resources?.Reservations;
      if (reservations && !available.reserve(reservations)) {
        rejected.push(task);
        continue;
      }
      const held = task.GenericResources ?? [];
      // The engine of the older profile asks the wrong way round (ORCH-76).
      if (held.some((resource) => available.has(resource) === profile.enforcerInvertsGenericTest)) {
        rejected.push(task);
        break;
      }
      available.claim(held);
    }
    // What ended badly already is on its way to be replaced.
    return rejected.filter((task) => !isPast(task, 'complete'));
  }

  #isConcerned(task: StoredTask): boolean {
    const desired = taskStateOrder[task.DesiredState];
    if (desired < taskStateOrder.assigned || desired > taskStateOrder.complete) return false;
    const finished = taskStateOrder[task.Status.State] >= taskStateOrder.complete;
    return !(finished && this.#context.profile.enforcerSkipsFinished);
  }

  /** The present service's constraints, since a task may outlive a change of placement (ORCH-75). */
  #constraintsFor(task: StoredTask, known: Map<string, Constraint[]>): Constraint[] {
    const service = task.ServiceID ? this.#context.store.get('service', task.ServiceID) : undefined;
    if (!service) return constraintsOf(task.Spec.Placement?.Constraints);
    let constraints = known.get(service.ID);
    if (!constraints) {
      constraints = constraintsOf(service.Spec.TaskTemplate.Placement?.Constraints);
      known.set(service.ID, constraints);
    }
    return constraints;
  }
}
