import type { EndpointRecord, TableEntry } from './endpoint-record';

type Bucket<T> = T | Set<T>;

/** A map from texts to one or many things; most have one, which then needs no set of its own. */
class MultiMap<T extends object> {
  readonly #buckets = new Map<string, Bucket<T>>();

  add(key: string, value: T): void {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, value);
    else if (bucket instanceof Set) bucket.add(value);
    else if (bucket !== value) this.#buckets.set(key, new Set([bucket, value]));
  }

  remove(key: string, value: T): void {
    const bucket = this.#buckets.get(key);
    if (bucket === value) this.#buckets.delete(key);
    else if (bucket instanceof Set) {
      bucket.delete(value);
      if (bucket.size === 0) this.#buckets.delete(key);
    }
  }

  get(key: string): Iterable<T> {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return [];
    return bucket instanceof Set ? bucket : [bucket];
  }
}

/** The backends of one service on one network, in the order in which they were written. */
export interface Backends {
  readonly serviceID: string;
  readonly entries: Set<TableEntry>;
  /** Names and aliases of the service, with the number of backends that give them. */
  readonly names: Map<string, number>;
}

/** Names, addresses and services of a table's entries; all names in lower case (DISC-57). */
export class NameIndex {
  readonly #containers = new MultiMap<TableEntry>();
  readonly #addresses = new MultiMap<TableEntry>();
  readonly #services = new Map<string, Backends>();
  readonly #serviceNames = new MultiMap<Backends>();

  add(entry: TableEntry, record: EndpointRecord): void {
    for (const name of containerNames(record)) this.#containers.add(name, entry);
    this.#addresses.add(record.endpointIP, entry);
    if (record.serviceID === '') return;
    let backends = this.#services.get(record.serviceID);
    if (!backends) {
      backends = { serviceID: record.serviceID, entries: new Set(), names: new Map() };
      this.#services.set(record.serviceID, backends);
    }
    backends.entries.add(entry);
    for (const name of serviceNames(record)) {
      const count = backends.names.get(name) ?? 0;
      backends.names.set(name, count + 1);
      if (count === 0) this.#serviceNames.add(name, backends);
    }
  }

  remove(entry: TableEntry, record: EndpointRecord): void {
    for (const name of containerNames(record)) this.#containers.remove(name, entry);
    this.#addresses.remove(record.endpointIP, entry);
    const backends = this.#services.get(record.serviceID);
    if (!backends) return;
    backends.entries.delete(entry);
    for (const name of serviceNames(record)) {
      const count = (backends.names.get(name) ?? 0) - 1;
      if (count > 0) backends.names.set(name, count);
      else {
        backends.names.delete(name);
        this.#serviceNames.remove(name, backends);
      }
    }
    if (backends.entries.size === 0) this.#services.delete(record.serviceID);
  }

  /** Entries of containers that bear a name. */
  containers(name: string): Iterable<TableEntry> {
    return this.#containers.get(name);
  }

  /** Entries with an address. */
  addresses(address: string): Iterable<TableEntry> {
    return this.#addresses.get(address);
  }

  /** Services that bear a name or an alias. */
  services(name: string): Iterable<Backends> {
    return this.#serviceNames.get(name);
  }

  service(id: string): Backends | undefined {
    return this.#services.get(id);
  }

  allServices(): Iterable<Backends> {
    return this.#services.values();
  }
}

/** Names by which a container is found, lower case, each once (DISC-50). */
export function containerNames(record: EndpointRecord): readonly string[] {
  const name = record.name.toLowerCase();
  if (record.taskAliases.length === 0) return [name];
  const names = [name];
  for (const alias of record.taskAliases) {
    const lower = alias.toLowerCase();
    if (!names.includes(lower)) names.push(lower);
  }
  return names;
}

/** Names by which a service is found, lower case, each once (DISC-52). */
export function serviceNames(record: EndpointRecord): readonly string[] {
  const name = record.serviceName.toLowerCase();
  if (record.aliases.length === 0) return [name];
  const names = [name];
  for (const alias of record.aliases) {
    const lower = alias.toLowerCase();
    if (!names.includes(lower)) names.push(lower);
  }
  return names;
}
