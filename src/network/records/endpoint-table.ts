import type { Micros } from '../../sim';
import type { Binding, EndpointRecord, TableEntry, Version } from './endpoint-record';
import { NameIndex } from './name-index';

/**
 * The `endpoint_table` of one network, kept once for all nodes: what each node has of it is decided when it is asked
 * (`Sight`). Versions that no node can have any more are dropped, and so are tombstones when their life is over.
 */
export class EndpointTable {
  readonly entries = new Map<string, TableEntry>();
  readonly #index = new NameIndex();
  readonly #bindings = new Map<string, Binding>();
  /** Every binding there was, in order: virtual servers are numbered by it (API-36, `LocalLBIndex`). */
  readonly bindingLog: Binding[] = [];
  /** Entries that the index does not have yet: it is only needed when somebody asks. */
  #unindexed: TableEntry[] = [];
  #sequence = 0;
  /** Entries that were dropped while they waited to be indexed, at most. */
  #dropped = 0;

  /** Writes a version of an entry; `record` undefined deletes it. */
  write(
    key: string,
    owner: number,
    record: EndpointRecord | undefined,
    at: Micros,
    spread: { readonly lamport: number; readonly members: number; readonly era: number },
  ): TableEntry {
    const known = this.entries.get(key);
    const version: Version = {
      record,
      at,
      lamport: spread.lamport,
      sequence: this.#sequence++,
      previous: known?.head,
      members: spread.members,
      era: spread.era,
      settled: false,
      spreads: undefined,
    };
    const entry: TableEntry = known ?? { key, owner, head: version, indexed: undefined };
    if (known) {
      known.head = version;
      if (known.indexed) this.#enter(known, record);
    } else {
      this.entries.set(key, entry);
      this.#unindexed.push(entry);
    }
    this.#count(version.previous?.record, record, at);
    return entry;
  }

  /** Takes an entry out of the names: no node can have it any more. Its tombstone may stay in the table. */
  unindex(entry: TableEntry): void {
    for (const record of entry.indexed ?? []) this.#index.remove(entry, record);
    entry.indexed = [];
  }

  /** Removes an entry for good. */
  drop(entry: TableEntry): void {
    if (this.entries.get(entry.key) === entry) this.entries.delete(entry.key);
    // Nobody may ever ask: those that came and went must not be kept for it.
    this.#dropped++;
    if (this.#dropped < 64 || this.#dropped * 2 < this.#unindexed.length) return;
    this.#unindexed = this.#unindexed.filter((one) => !one.indexed);
    this.#dropped = 0;
  }

  /** How many entries wait until somebody asks for names. */
  get waiting(): number {
    return this.#unindexed.length;
  }

  /** Takes a backend out of its service's binding, where its entry was dropped without a tombstone. */
  forget(record: EndpointRecord): void {
    this.#count(record, undefined, 0);
  }

  /** The present binding of a service. */
  binding(serviceID: string): Binding | undefined {
    return this.#bindings.get(serviceID);
  }

  /** The names and services of all entries that some node may have. */
  get index(): NameIndex {
    if (this.#unindexed.length > 0) {
      for (const entry of this.#unindexed) {
        if (entry.indexed) continue;
        entry.indexed = [];
        for (let version: Version | undefined = entry.head; version; version = version.previous) {
          this.#enter(entry, version.record);
        }
      }
      this.#unindexed = [];
    }
    return this.#index;
  }

  /** A record whose names are those of an earlier version of its entry is in the index already. */
  #enter(entry: TableEntry, record: EndpointRecord | undefined): void {
    if (!record || entry.indexed!.some((other) => sameNames(other, record))) return;
    entry.indexed!.push(record);
    this.#index.add(entry, record);
  }

  /** Opens the binding with the service's first backend and closes it with its last. */
  #count(before: EndpointRecord | undefined, after: EndpointRecord | undefined, at: Micros): void {
    if (before && after && before.serviceID === after.serviceID) return;
    if (before && before.serviceID !== '') {
      const binding = this.#bindings.get(before.serviceID);
      if (binding && --binding.backends === 0) {
        binding.closedAt = at;
        this.#bindings.delete(before.serviceID);
      }
    }
    if (after && after.serviceID !== '') {
      const binding = this.#bindings.get(after.serviceID);
      if (binding) binding.backends++;
      else
        this.#open({
          serviceID: after.serviceID,
          openedAt: at,
          first: after,
          backends: 1,
          closedAt: Number.POSITIVE_INFINITY,
        });
    }
  }

  #open(binding: Binding): void {
    this.#bindings.set(binding.serviceID, binding);
    this.bindingLog.push(binding);
  }
}

function sameNames(a: EndpointRecord, b: EndpointRecord): boolean {
  return (
    a.name === b.name &&
    a.endpointIP === b.endpointIP &&
    a.serviceID === b.serviceID &&
    a.serviceName === b.serviceName &&
    sameTexts(a.aliases, b.aliases) &&
    sameTexts(a.taskAliases, b.taskAliases)
  );
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, index) => text === b[index]));
}
