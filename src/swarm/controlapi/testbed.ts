import { beforeEach, expect } from 'vitest';
import type { ContainerSpec, ServiceSpec, TaskSpec, TaskState } from '../../api';
import { profiles } from '../../api';
import { Random, Simulation } from '../../sim';
import { createCluster } from '../ca';
import type { StoredService, StoredTask } from '../objects';
import { Store } from '../store';
import { ControlAPI } from './index';

/** A control API on a new store before each test, and what its tests say in short. */
export let sim: Simulation;
export let store: Store;
export let random: Random;
export let api: ControlAPI;
export let members: Set<string>;
let removable: boolean;
export let manager: string;

beforeEach(() => {
  sim = new Simulation({ seed: 1, start: Date.UTC(2026, 0, 1) * 1_000 });
  store = new Store(sim, { freeze: true });
  random = new Random(11);
  manager = createCluster({ store, random }, {}, { addr: '192.168.99.101' }).node.ID;
  members = new Set([manager]);
  removable = true;
  const membership = { isMember: (id: string) => members.has(id), canRemoveMember: () => removable };
  api = new ControlAPI({ sim, store, random, profile: profiles['28'], membership });
});

export interface Given extends Omit<Partial<ServiceSpec>, 'TaskTemplate'> {
  readonly container?: ContainerSpec;
  readonly task?: TaskSpec;
}

export function spec({ container, task, ...rest }: Given = {}): ServiceSpec {
  return { Name: 'web', TaskTemplate: { ContainerSpec: { Image: 'nginx:latest', ...container }, ...task }, ...rest };
}

/** The refusal's text; the store must not have changed. */
export function refusal(action: () => unknown): string {
  const { index } = store;
  try {
    action();
  } catch (error) {
    expect(store.index).toBe(index);
    return (error as Error).message.replace('rpc error: code = ', '').replace(' desc =', ':');
  }
  throw new Error('was not refused');
}

export const refused = (given: Given) => refusal(() => api.createService(spec(given)));

export function addTask(service: StoredService, State: TaskState, extra: Partial<StoredTask> = {}): StoredTask {
  return store.update((tx) =>
    tx.create('task', {
      ID: random.objectId(),
      ServiceID: service.ID,
      ServiceAnnotations: { Name: service.Spec.Name, Labels: {} },
      Spec: service.Spec.TaskTemplate,
      Status: { Timestamp: sim.timestamp, State },
      DesiredState: 'running',
      ...extra,
    }),
  );
}

export function addNode(Role: 'worker' | 'manager', State: 'ready' | 'down'): string {
  const { ID } = store.update((tx) =>
    tx.create('node', {
      ID: random.objectId(),
      Spec: { Role, Availability: 'active' },
      Role,
      Description: {},
      Status: { State },
    }),
  );
  if (Role === 'manager') members.add(ID);
  return ID;
}

/** Whether a manager may be taken away, by raft's word. */
export function setRemovable(value: boolean): void {
  removable = value;
}
