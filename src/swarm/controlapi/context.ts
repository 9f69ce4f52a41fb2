import type { ControlContext } from '../control-loop';
import type { ObjectKind, StoredObjects } from '../objects';
import { StatusError } from '../status-error';
import type { Transaction } from '../store';
import { StoreError } from '../store';

/** What the control API asks of raft. */
export interface Membership {
  /** Whether the node is a member of the raft cluster. */
  isMember(nodeID: string): boolean;
  /** Whether enough managers stay reachable without it (CTRL-21). */
  canRemoveMember(nodeID: string): boolean;
}

export interface ControlAPIContext extends ControlContext {
  readonly membership: Membership;
}

/** The object with this full ID; throws NotFound. Names and prefixes are the engine's affair (API-24). */
export function required<K extends ObjectKind>({ store }: ControlContext, kind: K, id: string): StoredObjects[K] {
  const object = store.get(kind, id);
  if (!object) throw new StatusError('NotFound', `${kind} ${id} not found`);
  return object;
}

/**
 * One write of the control API: refusals of the store become gRPC statuses (CTRL-16, CTRL-17). `named` is what the
 * object is called in a name conflict. Without a leader the store's own error goes through.
 */
export function write<T>({ store }: ControlContext, named: string, action: (tx: Transaction) => T): T {
  try {
    return store.update(action);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.reason === 'sequence conflict') throw new StatusError('Unknown', 'update out of sequence');
    if (error.reason === 'name conflict') throw new StatusError('AlreadyExists', nameConflict(error.kind, named));
    throw error;
  }
}

function nameConflict(kind: ObjectKind | undefined, name: string): string {
  const text = `${kind} ${name} already exists`;
  return kind === 'service' ? `name conflicts with an existing object: ${text}` : text;
}
