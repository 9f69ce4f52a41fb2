import type { Task } from '../../api';
import { taskStateOrder } from '../../api';
import type { StoredTask } from '../../swarm/objects';
import { taskName } from '../../swarm/objects';
import { isTaskDirty } from '../../swarm/orchestrator/dirty';
import type { Store } from '../../swarm/store';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { projectTask } from '../projection/task';
import type { FilterArgs } from '../router/filters';
import { acceptOnly, anyOf, anyPrefix, isTrue, matchLabels, parseFilters } from '../router/filters';
import type { NodeRoute } from './answers';
import { ok, reads } from './answers';
import { lookup, resolveId } from './lookup';

const filterKeys = ['name', 'id', 'label', 'service', 'node', 'desired-state', '_up-to-date', 'runtime'];

export const taskRoutes: readonly NodeRoute[] = [
  reads('GET', '/tasks', list),
  reads('GET', '/tasks/{id}', ({ engine, params }) => {
    const { store } = engine.manager();
    return ok(projectTask(lookup(store, 'task', params.id!)));
  }),
];

/** Tasks as they were shown before: a change of a task is a new object. */
const shown = new WeakMap<StoredTask, Task>();

function show(task: StoredTask): Task {
  let projected = shown.get(task);
  if (!projected) {
    projected = projectTask(task);
    shown.set(task, projected);
  }
  return projected;
}

function list({ engine, query }: RouteContext<NodeEngine>) {
  const { store } = engine.manager();
  const filters = parseFilters(query, engine.profile);
  acceptOnly(filters, filterKeys, engine.profile.name === '20.10');
  for (const state of filters.get('desired-state') ?? []) {
    if (!(state.toLowerCase() in taskStateOrder))
      throw new EngineError(500, `Invalid desired-state filter: '${state}'`);
  }
  const tasks: StoredTask[] = [];
  for (const task of candidates(store, filters)) if (fits(store, filters, task)) tasks.push(task);
  return { ...ok(tasks.map(show)), lasting: true };
}

/** The smallest indexed set that can hold what is asked for: of the services, of the nodes, or all. */
function* candidates(store: Store, filters: FilterArgs): Iterable<StoredTask> {
  const services = filters.get('service');
  const nodes = filters.get('node');
  if (services && services.length > 0) {
    for (const id of new Set(services.map((value) => lookup(store, 'service', value).ID))) {
      yield* store.tasksOfService(id).values();
    }
  } else if (nodes && nodes.length > 0) {
    for (const id of new Set(nodes.map((value) => lookup(store, 'node', value).ID)))
      yield* store.tasksOnNode(id).values();
  } else yield* store.all('task');
}

function fits(store: Store, filters: FilterArgs, task: StoredTask): boolean {
  return (
    anyOf(filters, 'node', (value) => task.NodeID === resolveId(store, 'node', value)) &&
    anyPrefix(filters, 'id', task.ID) &&
    anyPrefix(filters, 'name', taskName(task)) &&
    matchLabels(filters, 'label', task.ServiceAnnotations.Labels) &&
    anyOf(filters, 'desired-state', (state) => task.DesiredState === state.toLowerCase()) &&
    runtimeFits(filters, task) &&
    upToDateFits(store, filters, task)
  );
}

/** Network attachments are hidden unless they are asked for (API-23). */
function runtimeFits(filters: FilterArgs, task: StoredTask): boolean {
  const runtime = task.Spec.NetworkAttachmentSpec ? 'attachment' : task.Spec.PluginSpec ? 'plugin' : 'container';
  const wanted = filters.get('runtime');
  return wanted && wanted.length > 0 ? wanted.includes(runtime) : runtime === 'container';
}

/** Tasks that the service's spec would not replace (ORCH-80): after scaling, those of before are among them (API-111). */
function upToDateFits(store: Store, filters: FilterArgs, task: StoredTask): boolean {
  const wanted = filters.get('_up-to-date');
  if (!wanted?.some((value) => isTrue(value))) return true;
  const service = task.ServiceID ? store.get('service', task.ServiceID) : undefined;
  if (!service) return false;
  return !isTaskDirty(service, task, task.NodeID ? store.get('node', task.NodeID) : undefined);
}
