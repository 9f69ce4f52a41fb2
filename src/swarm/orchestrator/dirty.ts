import type { EndpointSpec, TaskSpec } from '../../api';
import type { StoredNode, StoredService, StoredTask } from '../objects';
import { meetsConstraints } from './node-validity';
import type { Slot } from './slot';
import { sameSpec } from './spec-equality';

interface Comparison {
  readonly same: boolean;
  /** The task specs differ in `Placement` and in nothing else. */
  readonly onlyPlacement: boolean;
}

/**
 * Tells which tasks are out of date with one version of a service (ORCH-80). Most tasks of a service share one spec
 * object, so what two specs come to is remembered.
 */
export class DirtyCheck {
  readonly #service: StoredService;
  readonly #taskSpecs = new Map<TaskSpec, Comparison>();
  readonly #endpointSpecs = new Map<EndpointSpec | undefined, boolean>();

  constructor(service: StoredService) {
    this.#service = service;
  }

  /** `node` is the one that the task is on, if it is on any. */
  isTaskDirty(task: StoredTask, node: StoredNode | undefined): boolean {
    const service = this.#service;
    if (task.SpecVersion && task.SpecVersion.Index === service.SpecVersion.Index) return false;
    const { same, onlyPlacement } = this.#compare(task.Spec);
    if (onlyPlacement && node && meetsConstraints(service.Spec, node)) return false;
    return (
      !same ||
      (task.Endpoint !== undefined && !this.#isPlain(task.Endpoint.Spec) && !this.#sameEndpoint(task.Endpoint.Spec))
    );
  }

  /** A slot with more than one live task is dirty, or whose only one is (ORCH-81). */
  isSlotDirty(slot: Slot, nodeOf: (task: StoredTask) => StoredNode | undefined): boolean {
    if (slot.length !== 1) return slot.length > 1;
    const task = slot[0]!;
    return this.isTaskDirty(task, nodeOf(task));
  }

  #compare(spec: TaskSpec): Comparison {
    let comparison = this.#taskSpecs.get(spec);
    if (!comparison) {
      const wanted = this.#service.Spec.TaskTemplate;
      const same = sameSpec(spec, wanted);
      const onlyPlacement = !same && sameSpec({ ...spec, Placement: wanted.Placement }, wanted);
      comparison = { same, onlyPlacement };
      this.#taskSpecs.set(spec, comparison);
    }
    return comparison;
  }

  /** Where a service needed no virtual address and no port, its tasks keep nothing to compare (recorded: a new mode leaves them). */
  #isPlain(spec: EndpointSpec | undefined): boolean {
    return spec !== undefined && Object.keys(spec).length === 0;
  }

  #sameEndpoint(spec: EndpointSpec | undefined): boolean {
    let same = this.#endpointSpecs.get(spec);
    if (same === undefined) {
      same = sameSpec(spec, this.#service.Spec.EndpointSpec);
      this.#endpointSpecs.set(spec, same);
    }
    return same;
  }
}

/** Whether a task is out of date with its service (ORCH-80). */
export function isTaskDirty(service: StoredService, task: StoredTask, node: StoredNode | undefined): boolean {
  return new DirtyCheck(service).isTaskDirty(task, node);
}
