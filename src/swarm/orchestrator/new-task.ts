import type { ControlContext } from '../control-loop';
import type { StoredService } from '../objects';
import type { NewObject } from '../store';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A new task of a service with copies of what the service says now (ORCH-16): observed NEW, desired RUNNING.
 * Slots count from 1; 0 (or a node of its own) stands for tasks that are told apart by their node. A job's task gets
 * the present iteration.
 */
export function newTask(
  { store, sim, random }: ControlContext,
  service: StoredService,
  slot: number,
  nodeID?: string,
): NewObject<'task'> {
  const { Spec } = service;
  const logDriver = Spec.TaskTemplate.LogDriver ?? store.cluster?.Spec.TaskDefaults?.LogDriver;
  const task: Writable<NewObject<'task'>> = {
    ID: random.objectId(),
    Labels: {},
    ServiceAnnotations: { Name: Spec.Name, Labels: Spec.Labels ?? {} },
    Spec: Spec.TaskTemplate,
    SpecVersion: service.SpecVersion,
    ServiceID: service.ID,
    Status: { Timestamp: sim.timestamp, State: 'new', Message: 'created' },
    DesiredState: 'running',
    Endpoint: Spec.EndpointSpec ? { Spec: Spec.EndpointSpec } : {},
  };
  // Set, not spread: so tasks of the same form have one hidden class, not one each.
  if (slot > 0) task.Slot = slot;
  if (nodeID) task.NodeID = nodeID;
  if (logDriver) task.LogDriver = logDriver;
  if (service.JobStatus) task.JobIteration = { Index: service.JobStatus.JobIteration.Index };
  return task;
}
