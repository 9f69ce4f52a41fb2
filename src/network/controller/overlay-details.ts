import type { NetworkServiceInfo } from '../../api';
import type { Seen, Sight } from '../records/endpoint-record';
import type { EndpointTable } from '../records/endpoint-table';

/**
 * `Services` of a verbose network inspection: the endpoint table as one node has it, by service name. Endpoints of no
 * service stand under the empty name (API-36).
 */
export function servicesOf(
  table: EndpointTable,
  sight: Sight,
  addressOf: (node: number) => string,
  markOf: (serviceID: string) => number,
): Record<string, NetworkServiceInfo> {
  const groups = new Map<string, Seen[]>();
  for (const entry of table.entries.values()) {
    const seen = sight.see(entry);
    if (!seen) continue;
    const group = groups.get(seen.record.serviceName);
    if (group) group.push(seen);
    else groups.set(seen.record.serviceName, [seen]);
  }
  const names = [...groups.keys()].sort();
  return Object.fromEntries(
    names.map((name) => {
      const group = groups.get(name)!.sort((a, b) => (a.entry.key < b.entry.key ? -1 : 1));
      const first = group[0]!.record;
      const info: NetworkServiceInfo = {
        VIP: first.virtualIP === '' ? '<nil>' : first.virtualIP,
        Ports: first.ingressPorts.map((port) => `Target: ${port.TargetPort ?? 0}, Publish: ${port.PublishedPort ?? 0}`),
        LocalLBIndex: first.serviceID === '' ? 0 : markOf(first.serviceID),
        Tasks: group.map(({ entry, record }) => ({
          Name: record.name,
          EndpointID: entry.key,
          EndpointIP: record.endpointIP,
          Info: { 'Host IP': addressOf(entry.owner) },
        })),
      };
      return [name, info];
    }),
  );
}
