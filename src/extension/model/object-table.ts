/** Objects of one kind by ID, with the answer to: which of them did a new listing change? */
export class ObjectTable<T> {
  readonly #objects = new Map<string, T>();
  readonly #id: (object: T) => string;
  readonly #same: (a: T, b: T) => boolean;

  constructor(id: (object: T) => string, same: (a: T, b: T) => boolean) {
    this.#id = id;
    this.#same = same;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(id: string): T | undefined {
    return this.#objects.get(id);
  }

  values(): T[] {
    return [...this.#objects.values()];
  }

  /**
   * Takes over a listing of the objects that `scope` speaks of (all of them without it): what is in the scope but not in
   * the listing is gone. Unchanged objects keep their identity. Returns old and new version of each changed object.
   */
  replace(listing: readonly T[], scope?: Iterable<string>): { id: string; before?: T; after?: T }[] {
    const changes: { id: string; before?: T; after?: T }[] = [];
    const listed = new Set<string>();
    for (const after of listing) {
      const id = this.#id(after);
      listed.add(id);
      const before = this.#objects.get(id);
      if (before !== undefined && this.#same(before, after)) continue;
      this.#objects.set(id, after);
      changes.push({ id, ...(before !== undefined && { before }), after });
    }
    for (const id of [...(scope ?? this.#objects.keys())]) {
      const before = this.#objects.get(id);
      if (before === undefined || listed.has(id)) continue;
      this.#objects.delete(id);
      changes.push({ id, before });
    }
    return changes;
  }

  clear(): void {
    this.#objects.clear();
  }
}
