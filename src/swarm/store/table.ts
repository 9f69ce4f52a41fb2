import type { Meta } from '../../api';
import type { KeyIndex } from './key-index';
import { Row } from './key-index';

/**
 * All objects of one kind by ID; the indexes given are kept up to date.
 * Iteration is in order of insertion, so it is the same for the same history.
 */
export class Table<T extends Meta> {
  readonly #rows = new Map<string, Row<T>>();
  readonly #indexes: readonly KeyIndex<T>[];

  constructor(...indexes: readonly KeyIndex<T>[]) {
    this.#indexes = indexes;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id)?.object;
  }

  /** Where the object with this ID is. */
  row(id: string): Row<T> | undefined {
    return this.#rows.get(id);
  }

  *values(): IterableIterator<T> {
    for (const row of this.#rows.values()) yield row.object;
  }

  /** Puts an object in place of the one with its ID, or beside the others. */
  put(object: T): void {
    const known = this.#rows.get(object.ID);
    if (known) {
      this.replace(known, object);
      return;
    }
    const row = new Row(object);
    this.#rows.set(object.ID, row);
    for (const index of this.#indexes) index.added(row);
  }

  /** Puts an object in the place of the one with its ID. */
  replace(row: Row<T>, object: T): void {
    const before = row.object;
    row.object = object;
    for (const index of this.#indexes) index.changed(row, before);
  }

  /** Returns the object that was there. */
  delete(id: string): T | undefined {
    const row = this.#rows.get(id);
    if (!row) return undefined;
    this.#rows.delete(id);
    for (const index of this.#indexes) index.removed(row);
    return row.object;
  }
}
