import type { PortConfig, ServiceSpec } from '../../api';
import { isIngressPort, protocolOf } from '../allocator';
import type { StoredService } from '../objects';
import type { Store } from '../store';
import { invalid } from './names';

/**
 * Refuses published ports that another service has, by its spec or by what it was given (ALLOC-53). Host ports of two
 * services do not conflict here: the scheduler keeps them apart.
 */
export function checkPortConflicts(store: Store, spec: ServiceSpec, serviceID?: string): void {
  const wanted = (spec.EndpointSpec?.Ports ?? []).filter((port) => port.PublishedPort);
  if (wanted.length === 0) return;
  const all = new Set(wanted.map(key));
  const ingress = new Set(wanted.filter(isIngressPort).map(key));
  for (const service of store.all('service')) {
    if (service.ID === serviceID) continue;
    for (const port of [...(service.Spec.EndpointSpec?.Ports ?? []), ...(service.Endpoint.Ports ?? [])]) {
      if (!port.PublishedPort) continue;
      if (isIngressPort(port) && all.has(key(port))) throw inUse(port, service, 'an ingress port');
      if (!isIngressPort(port) && ingress.has(key(port))) throw inUse(port, service, 'a host-published port');
    }
  }
}

function key(port: PortConfig): string {
  return `${protocolOf(port)}/${port.PublishedPort}`;
}

function inUse(port: PortConfig, service: StoredService, how: string): Error {
  return invalid(
    `port '${port.PublishedPort}' is already in use by service '${service.Spec.Name}' (${service.ID}) as ${how}`,
  );
}
