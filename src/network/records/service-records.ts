import type { Micros } from '../../sim';
import { familyOf } from '../address';
import type { EndpointRecord, Seen, Sight, TableEntry } from './endpoint-record';
import type { EndpointTable } from './endpoint-table';
import type { Backends } from './name-index';
import { containerNames } from './name-index';

/** Kinds of names as a trace tells them (TALK-8). */
export type RecordKind = 'service VIP' | 'service tasks' | 'container' | 'alias';

/** One address under a name on one network, as one node has it. */
export interface AddressRecord {
  readonly address: string;
  /** Service ID for a service's VIP (DISC-59), else endpoint ID. */
  readonly owner: string;
  readonly kind: RecordKind;
  /** Number of the node that wrote it. */
  readonly learnedFrom: number;
  readonly since: Micros;
}

export interface PointerRecord {
  readonly name: string;
  readonly owner: string;
  readonly learnedFrom: number;
  readonly since: Micros;
}

const tasksPrefix = 'tasks.';

/** The service records of one network as one node has them (DISC-50 … DISC-59). */
export class ServiceRecords {
  readonly #table: EndpointTable;
  readonly #sight: Sight;

  constructor(table: EndpointTable, sight: Sight) {
    this.#table = table;
    this.#sight = sight;
  }

  /** All addresses of a name, each once, of both families. The name is folded to lower case (DISC-35). */
  lookup(name: string): AddressRecord[] {
    const wanted = name.toLowerCase();
    const found = new Map<string, AddressRecord>();
    const put = (record: AddressRecord) => {
      if (record.address !== '' && !found.has(record.address)) found.set(record.address, record);
    };
    for (const backends of this.#table.index.services(wanted)) this.#service(backends, wanted, put);
    if (wanted.startsWith(tasksPrefix)) this.#tasks(wanted.slice(tasksPrefix.length), put);
    for (const entry of this.#table.index.containers(wanted)) {
      const seen = this.#enabled(entry);
      if (!seen || !containerNames(seen.record).includes(wanted)) continue;
      const kind = seen.record.name.toLowerCase() === wanted ? 'container' : 'alias';
      put(addressOf(seen, seen.record.endpointIP, kind, entry.key));
    }
    return [...found.values()];
  }

  /** The container name of an address (DISC-56): that of the first owner; none for VIPs. */
  reverse(address: string): PointerRecord | undefined {
    let first: Seen | undefined;
    for (const entry of this.#table.index.addresses(address)) {
      const seen = this.#enabled(entry);
      if (seen && seen.record.endpointIP === address && (!first || seen.since < first.since)) first = seen;
    }
    if (!first) return undefined;
    return { name: first.record.name, owner: first.entry.key, learnedFrom: first.entry.owner, since: first.since };
  }

  /** VIP (one record) and the addresses of dnsrr backends (DISC-53). The VIP stays while a backend is left, even a disabled one (DISC-61). */
  #service(backends: Backends, wanted: string, put: (record: AddressRecord) => void): void {
    let firstOfVip: Seen | undefined;
    let firstWritten: Seen | undefined;
    for (const entry of backends.entries) {
      const seen = this.#sight.see(entry);
      if (!seen) continue;
      if (seen.record.virtualIP !== '') {
        firstOfVip ??= seen;
        if (!firstWritten || seen.since < firstWritten.since) firstWritten = seen;
        // The backends are in the order of writing; a few suffice to tell since when the VIP is known.
        if (backends.entries.size > 64 && firstWritten) break;
      } else if (!seen.record.serviceDisabled && namesService(seen.record, wanted)) {
        put(addressOf(seen, seen.record.endpointIP, 'service tasks', entry.key));
      }
    }
    if (!firstOfVip || !firstWritten) return;
    const isName = firstOfVip.record.serviceName.toLowerCase() === wanted;
    if (!isName && !this.#firstAliases(backends.serviceID, firstOfVip).includes(wanted)) return;
    put(addressOf(firstWritten, firstOfVip.record.virtualIP, isName ? 'service VIP' : 'alias', backends.serviceID));
  }

  /** Aliases that lead to the VIP: only those of the backend that this node met first (DISC-54). */
  #firstAliases(serviceID: string, firstSeen: Seen): readonly string[] {
    const binding = this.#table.binding(serviceID);
    const record = binding && this.#sight.joinedAt <= binding.openedAt ? binding.first : firstSeen.record;
    return record.aliases.map((alias) => alias.toLowerCase());
  }

  /** `tasks.<service>` and `tasks.<alias>`: the addresses of all enabled tasks (DISC-51). */
  #tasks(service: string, put: (record: AddressRecord) => void): void {
    for (const backends of this.#table.index.services(service)) {
      for (const entry of backends.entries) {
        const seen = this.#enabled(entry);
        if (!seen || !namesService(seen.record, service)) continue;
        put(addressOf(seen, seen.record.endpointIP, 'service tasks', entry.key));
      }
    }
  }

  #enabled(entry: TableEntry): Seen | undefined {
    const seen = this.#sight.see(entry);
    return seen && !seen.record.serviceDisabled ? seen : undefined;
  }
}

/** Addresses of one family. */
export function ofFamily<T extends { readonly address: string }>(records: readonly T[], type: 'A' | 'AAAA'): T[] {
  return records.filter((record) => familyOf(record.address) === type);
}

function namesService(record: EndpointRecord, wanted: string): boolean {
  return record.serviceName.toLowerCase() === wanted || record.aliases.some((alias) => alias.toLowerCase() === wanted);
}

function addressOf(seen: Seen, address: string, kind: RecordKind, owner: string): AddressRecord {
  return { address, owner, kind, learnedFrom: seen.entry.owner, since: seen.since };
}
