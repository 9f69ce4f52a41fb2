import type { Meta } from '../../api';

/** The key under which an object is found in one index, if any. */
export type IndexKeys<T> = (object: T) => string | undefined;

const nothing = new Map<string, never>();

/**
 * All objects of one kind by ID, with secondary indexes that hold the objects themselves.
 * Iteration is in order of insertion, so it is the same for the same history.
 */
export class Table<T extends Meta> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, { readonly keys: IndexKeys<T>; readonly entries: Map<string, Map<string, T>> }>();

  constructor(indexes: Readonly<Record<string, IndexKeys<T>>> = {}) {
    for (const [name, keys] of Object.entries(indexes)) this.#indexes.set(name, { keys, entries: new Map() });
  }

  get size(): number {
    return this.#objects.size;
  }

  get(id: string): T | undefined {
    return this.#objects.get(id);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  /** The objects with this key in the named index, by ID. */
  find(index: string, key: string): ReadonlyMap<string, T> {
    return this.#indexes.get(index)?.entries.get(key) ?? (nothing as ReadonlyMap<string, T>);
  }

  /** Puts an object in place of the one with its ID, or beside the others; returns the one before. */
  put(object: T): T | undefined {
    const previous = this.#objects.get(object.ID);
    this.#objects.set(object.ID, object);
    for (const { keys, entries } of this.#indexes.values()) {
      const key = keys(object);
      if (previous) {
        const before = keys(previous);
        if (before !== undefined && before !== key) drop(entries, before, object.ID);
      }
      if (key === undefined) continue;
      const bucket = entries.get(key);
      if (bucket) bucket.set(object.ID, object);
      else entries.set(key, new Map([[object.ID, object]]));
    }
    return previous;
  }

  delete(id: string): T | undefined {
    const previous = this.#objects.get(id);
    if (!previous) return undefined;
    this.#objects.delete(id);
    for (const { keys, entries } of this.#indexes.values()) {
      const key = keys(previous);
      if (key !== undefined) drop(entries, key, id);
    }
    return previous;
  }
}

function drop<T>(entries: Map<string, Map<string, T>>, key: string, id: string): void {
  const bucket = entries.get(key);
  if (!bucket) return;
  bucket.delete(id);
  if (bucket.size === 0) entries.delete(key);
}
