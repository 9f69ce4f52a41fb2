import type { Meta } from '../../api';

/** The place of one object in its table. Indexes point at places, so they need no change when an object changes. */
export class Row<T> {
  constructor(public object: T) {}
}

/** A key under which objects are found in an index. */
export type Key = string | number;
export type KeyOf<T> = (object: T) => Key | undefined;

/** The places of one key, once there were several. */
class Bucket<T extends Meta> {
  readonly rows = new Map<string, Row<T>>();
  /** The same places by the index's second key; made when it is first asked for. */
  parts: KeyIndex<T> | undefined;
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>();

/**
 * The objects of a table by a key, and by a second one among those of the same key. Most keys have one object: that
 * takes no table. Objects of one key come in the order in which they got it.
 */
export class KeyIndex<T extends Meta> {
  readonly #keyOf: KeyOf<T>;
  readonly #partOf: KeyOf<T> | undefined;
  readonly #entries = new Map<Key, Row<T> | Bucket<T>>();

  constructor(keyOf: KeyOf<T>, partOf?: KeyOf<T>) {
    this.#keyOf = keyOf;
    this.#partOf = partOf;
  }

  /** The objects with this key, by ID. Not to be kept across writes. */
  find(key: Key): ReadonlyMap<string, T> {
    const entry = this.#entries.get(key);
    if (!entry) return nothing;
    return entry instanceof Row ? single(entry) : new Rows(entry.rows);
  }

  /** The objects with this key that have this second key, by ID. Not to be kept across writes. */
  findPart(key: Key, part: Key): ReadonlyMap<string, T> {
    const entry = this.#entries.get(key);
    const partOf = this.#partOf;
    if (!entry || !partOf) return nothing;
    if (entry instanceof Row) return partOf(entry.object) === part ? single(entry) : nothing;
    if (!entry.parts) {
      entry.parts = new KeyIndex(partOf);
      for (const row of entry.rows.values()) entry.parts.added(row);
    }
    return entry.parts.find(part);
  }

  /** The row is new in the table. */
  added(row: Row<T>): void {
    const { object } = row;
    const key = this.#keyOf(object);
    if (key === undefined) return;
    const entry = this.#entries.get(key);
    if (entry instanceof Bucket) {
      entry.rows.set(object.ID, row);
      entry.parts?.added(row);
    } else if (entry) {
      const bucket = new Bucket<T>();
      bucket.rows.set(entry.object.ID, entry).set(object.ID, row);
      this.#entries.set(key, bucket);
    } else {
      this.#entries.set(key, row);
    }
  }

  /** The row has another object now. */
  changed(row: Row<T>, before: T): void {
    const key = this.#keyOf(row.object);
    const previous = this.#keyOf(before);
    if (key !== previous) {
      this.#remove(row, previous, before);
      this.added(row);
    } else if (key !== undefined && this.#partOf && this.#partOf(row.object) !== this.#partOf(before)) {
      const entry = this.#entries.get(key);
      if (entry instanceof Bucket) entry.parts?.changed(row, before);
    }
  }

  /** The row is not in the table any more. */
  removed(row: Row<T>): void {
    this.#remove(row, this.#keyOf(row.object), row.object);
  }

  #remove(row: Row<T>, key: Key | undefined, object: T): void {
    if (key === undefined) return;
    const entry = this.#entries.get(key);
    if (entry instanceof Bucket) {
      entry.rows.delete(object.ID);
      if (entry.rows.size === 0) this.#entries.delete(key);
      else if (entry.parts) entry.parts.#remove(row, entry.parts.#keyOf(object), object);
    } else if (entry === row) {
      this.#entries.delete(key);
    }
  }
}

function single<T extends Meta>({ object }: Row<T>): ReadonlyMap<string, T> {
  return new Map([[object.ID, object]]);
}

/** Rows seen as their objects. */
class Rows<T> implements ReadonlyMap<string, T> {
  readonly #rows: ReadonlyMap<string, Row<T>>;

  constructor(rows: ReadonlyMap<string, Row<T>>) {
    this.#rows = rows;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id)?.object;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  keys(): MapIterator<string> {
    return this.#rows.keys();
  }

  *values(): MapIterator<T> {
    for (const row of this.#rows.values()) yield row.object;
  }

  *entries(): MapIterator<[string, T]> {
    for (const [id, row] of this.#rows) yield [id, row.object];
  }

  [Symbol.iterator](): MapIterator<[string, T]> {
    return this.entries();
  }

  forEach(visit: (value: T, key: string, map: ReadonlyMap<string, T>) => void): void {
    for (const [id, row] of this.#rows) visit(row.object, id, this);
  }
}
