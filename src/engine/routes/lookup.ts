import type { ObjectKind, StoredNode, StoredObjects } from '../../swarm/objects';
import type { Store } from '../../swarm/store';
import { EngineError } from '../http';

type Named = 'service' | 'secret' | 'config' | 'network' | 'volume';

/**
 * Finds the object that a client means: by full ID, then exact name, then the beginning of the ID (API-24).
 * Throws 404 when there is none and 400 when there are several.
 */
export function lookup<K extends Named | 'task' | 'node'>(store: Store, kind: K, wanted: string): StoredObjects[K] {
  const found = lookupAll(store, kind, wanted);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new EngineError(404, `${kind} ${wanted} not found`);
  throw new EngineError(400, `${kind} ${wanted} is ambiguous (${found.length} matches found)`);
}

/** The ID that a filter's value means; the value itself where nothing fits, so that nothing will match. */
export function resolveId(store: Store, kind: 'service' | 'node', wanted: string): string {
  const found = lookupAll(store, kind, wanted);
  return found.length === 1 ? found[0]!.ID : wanted;
}

function lookupAll<K extends Named | 'task' | 'node'>(store: Store, kind: K, wanted: string): StoredObjects[K][] {
  const exact = store.get(kind, wanted);
  if (exact) return [exact];
  const named = byName(store, kind, wanted);
  if (named.length > 0) return named;
  const byPrefix: StoredObjects[K][] = [];
  if (wanted !== '') {
    for (const object of store.all(kind)) if (object.ID.startsWith(wanted)) byPrefix.push(object);
  }
  return byPrefix;
}

function byName<K extends ObjectKind>(store: Store, kind: K, name: string): StoredObjects[K][] {
  switch (kind) {
    case 'service':
    case 'secret':
    case 'config':
    case 'network':
    case 'volume': {
      const object = store.named(kind, name);
      return object ? [object as StoredObjects[K]] : [];
    }
    case 'node': {
      const nodes: StoredNode[] = [];
      for (const node of store.all('node')) if (node.Description.Hostname === name) nodes.push(node);
      return nodes as StoredObjects[K][];
    }
    default:
      return [];
  }
}
