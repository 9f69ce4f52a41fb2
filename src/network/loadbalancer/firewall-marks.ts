import type { Micros } from '../../sim';
import type { Binding } from '../records/endpoint-record';
import type { EndpointTable } from '../records/endpoint-table';

interface Joined {
  readonly table: EndpointTable;
  readonly joinedAt: Micros;
  /** How many of the table's bindings are numbered. */
  numbered: number;
}

const firstMark = 256;

/**
 * The firewall marks of one node: each service on each network gets the next one, from 256, as the node meets it
 * (DISC-70). They are numbered when somebody asks, in an order that does not depend on when that is.
 */
export class FirewallMarks {
  readonly #joined = new Map<string, Joined>();
  readonly #marks = new Map<Binding, number>();
  #next = firstMark;

  join(networkID: string, table: EndpointTable, joinedAt: Micros): void {
    this.#number();
    this.#joined.set(networkID, { table, joinedAt, numbered: 0 });
  }

  leave(networkID: string): void {
    this.#number();
    const joined = this.#joined.get(networkID);
    for (const binding of joined?.table.bindingLog ?? []) this.#marks.delete(binding);
    this.#joined.delete(networkID);
  }

  /** The mark of a service on a network; 0 when it has none. */
  markOf(networkID: string, serviceID: string): number {
    this.#number();
    const binding = this.#joined.get(networkID)?.table.binding(serviceID);
    return (binding && this.#marks.get(binding)) ?? 0;
  }

  #number(): void {
    const fresh: { readonly binding: Binding; readonly at: Micros }[] = [];
    for (const joined of this.#joined.values()) {
      const log = joined.table.bindingLog;
      for (; joined.numbered < log.length; joined.numbered++) {
        const binding = log[joined.numbered]!;
        // Services that were gone before the node came are never met.
        if (binding.closedAt < joined.joinedAt) continue;
        fresh.push({ binding, at: Math.max(binding.openedAt, joined.joinedAt) });
      }
    }
    fresh.sort((a, b) => a.at - b.at);
    for (const { binding } of fresh) this.#marks.set(binding, this.#next++);
  }
}
