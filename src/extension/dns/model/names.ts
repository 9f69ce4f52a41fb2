import type { NetworkResource, Service, Task } from '../../../api';

/** What can be asked for with hope of an answer: services, their tasks, aliases, containers, each also with its network. */
export function knownNames(
  services: readonly Service[],
  tasks: readonly Task[],
  networks: readonly Pick<NetworkResource, 'Id' | 'Name'>[],
): string[] {
  const networkNames = new Map(networks.map((network) => [network.Id, network.Name]));
  const names = new Set<string>();
  const qualified = new Set<string>();
  const serviceNames = new Map<string, string>();
  for (const service of services) {
    const name = service.Spec.Name;
    serviceNames.set(service.ID, name);
    const attachments = service.Spec.TaskTemplate.Networks ?? service.Spec.Networks ?? [];
    // A service on no overlay has no name anywhere (DISC-39).
    if (attachments.length === 0) continue;
    for (const attachment of attachments) {
      const network = networkNames.get(attachment.Target ?? '');
      for (const known of [name, ...(attachment.Aliases ?? [])]) {
        names.add(known);
        names.add(`tasks.${known}`);
        if (network) qualified.add(`${known}.${network}`);
      }
    }
  }
  const containers = new Set<string>();
  for (const task of tasks) {
    const service = serviceNames.get(task.ServiceID ?? '');
    if (!service || task.Status.State !== 'running' || !names.has(service)) continue;
    containers.add(`${service}.${task.Slot || task.NodeID}.${task.ID}`);
  }
  return [...[...names].sort(), ...[...qualified].sort(), ...[...containers].sort()];
}

/** An address is asked for as a pointer: `10.0.1.2` with type PTR becomes `2.1.0.10.in-addr.arpa` (as `dig -x`). */
export function questionName(name: string, type: string): string {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(name);
  return type === 'PTR' && octets ? `${octets.slice(1).reverse().join('.')}.in-addr.arpa` : name;
}

/** What a person would type after `dig` for the same question. */
export function digArguments({ name, type }: { readonly name: string; readonly type: string }): string {
  if (questionName(name, type) !== name) return `-x ${name}`;
  return type === 'A' ? name : `${name} ${type}`;
}
