import type { Config, Secret } from '../../api';
import { compareTaskStates } from '../../api';
import type { StoredTask } from '../objects';
import type { Store } from '../store';
import type { Assignments } from './ports';

/** Fields that the agent itself reports, or that change with every write. */
const own: ReadonlySet<string> = new Set(['Status', 'Version', 'UpdatedAt']);

/** Whether two versions of a task mean the same to its agent. Unchanged parts are the same objects. */
export function sameForAgent(a: StoredTask, b: StoredTask): boolean {
  return differsNowhere(a, b) && differsNowhere(b, a);
}

function differsNowhere(a: StoredTask, b: StoredTask): boolean {
  for (const key in a) {
    if (a[key as keyof StoredTask] !== b[key as keyof StoredTask] && !own.has(key)) return false;
  }
  return true;
}

/** A task concerns its node's agent from ASSIGNED on; finished ones too, as their containers stay until removed. */
export function concernsAgent(task: StoredTask): boolean {
  return compareTaskStates(task.Status.State, 'assigned') >= 0;
}

/** All that a node is to run, keep or stop (ORCH-106). */
export function completeAssignments(store: Store, nodeID: string): Assignments {
  const update = [...store.tasksOnNode(nodeID).values()].filter(concernsAgent);
  return { type: 'complete', update, remove: [], ...references(store, update) };
}

export function incrementalAssignments(
  store: Store,
  update: readonly StoredTask[],
  remove: readonly string[],
): Assignments {
  return { type: 'incremental', update, remove, ...references(store, update) };
}

/** The secrets and configs that tasks refer to, each once. */
function references(store: Store, tasks: readonly StoredTask[]): { secrets: Secret[]; configs: Config[] } {
  const secrets = new Map<string, Secret>();
  const configs = new Map<string, Config>();
  for (const task of tasks) {
    for (const { SecretID } of task.Spec.ContainerSpec?.Secrets ?? []) {
      const secret = store.get('secret', SecretID);
      if (secret) secrets.set(SecretID, secret);
    }
    for (const { ConfigID } of task.Spec.ContainerSpec?.Configs ?? []) {
      const config = store.get('config', ConfigID);
      if (config) configs.set(ConfigID, config);
    }
  }
  return { secrets: [...secrets.values()], configs: [...configs.values()] };
}
