import type { Seen, Sight } from '../records/endpoint-record';
import type { EndpointTable } from '../records/endpoint-table';

/** Backends of a service that take connections, in the order in which this node met them (DISC-72). */
export function destinations(table: EndpointTable, sight: Sight, serviceID: string): Seen[] {
  const result: Seen[] = [];
  for (const entry of table.index.service(serviceID)?.entries ?? []) {
    const seen = sight.see(entry);
    if (seen && !seen.record.serviceDisabled) result.push(seen);
  }
  return result.sort((a, b) => a.since - b.since || a.entry.head.sequence - b.entry.head.sequence);
}

/** The round-robin pointers of one node's virtual servers, one for each network and service (DISC-70, DISC-72). */
export class RoundRobin {
  readonly #last = new Map<string, string>();

  /** The destination after the last one; the first when that one is gone or there was none. */
  next(networkID: string, serviceID: string, list: readonly Seen[]): Seen | undefined {
    const key = `${networkID} ${serviceID}`;
    const last = this.#last.get(key);
    const place = last === undefined ? -1 : list.findIndex((seen) => seen.entry.key === last);
    const chosen = list[(place + 1) % list.length];
    if (chosen) this.#last.set(key, chosen.entry.key);
    return chosen;
  }

  forget(networkID: string): void {
    for (const key of this.#last.keys()) if (key.startsWith(`${networkID} `)) this.#last.delete(key);
  }
}

/** The service whose VIP an address is on a network, as a node knows it. */
export function serviceOfVip(table: EndpointTable, sight: Sight, address: string): Seen | undefined {
  for (const backends of table.index.allServices()) {
    for (const entry of backends.entries) {
      const seen = sight.see(entry);
      if (seen?.record.virtualIP === address) return seen;
      // All backends of a service have one VIP; only dnsrr ones, with none, say nothing about it.
      if (seen && seen.record.virtualIP !== '') break;
    }
  }
  return undefined;
}

/** The service that publishes a port on the ingress network, as a node knows it (DISC-71, ALLOC-58). */
export function serviceOfPort(
  table: EndpointTable,
  sight: Sight,
  protocol: string,
  port: number,
): { readonly seen: Seen; readonly targetPort: number } | undefined {
  for (const backends of table.index.allServices()) {
    for (const entry of backends.entries) {
      const seen = sight.see(entry);
      if (!seen) continue;
      const config = seen.record.ingressPorts.find(
        (one) => (one.Protocol ?? 'tcp') === protocol && one.PublishedPort === port,
      );
      if (config) return { seen, targetPort: config.TargetPort ?? port };
    }
  }
  return undefined;
}
