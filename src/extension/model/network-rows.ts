import type { NetworkResource, Service, Task } from '../../api';
import type { ClusterModel } from './cluster-model';
import { taskContainers } from './container-rows';
import { t } from './l10n';
import { facts } from './markdown';
import type { Row, RowSource } from './rows';
import { byName, colors, describe } from './rows';
import { serviceRow, serviceTooltip } from './service-rows';
import { isHistory, nodeName, sortTasks, taskRow, taskTooltip } from './task-rows';

/** The tree of networks: driver, subnet, encryption; attached services with their VIPs, containers with addresses. */
export class NetworkRows implements RowSource {
  readonly #model: ClusterModel;

  constructor(model: ClusterModel) {
    this.#model = model;
  }

  roots(): Row[] {
    const networks = this.#model.objects.networks.values().sort((a, b) => byName(a.Name, b.Name) || byName(a.Id, b.Id));
    const rows = networks.filter((network) => network.Scope === 'swarm').map((network) => this.#network(network));
    const local = networks.filter((network) => network.Scope !== 'swarm').length;
    return local > 0 ? [...rows, this.#localGroup(local)] : rows;
  }

  children(row: Row): Row[] {
    if (row.kind === 'group') {
      return this.#model.objects.networks
        .values()
        .filter((network) => network.Scope !== 'swarm')
        .sort((a, b) => byName(a.Name, b.Name))
        .map((network) => this.#network(network));
    }
    if (row.kind === 'service') return this.#tasks(row);
    if (row.kind === 'task') return taskContainers(this.#model, row);
    const network = this.#model.objects.networks.get(row.object?.id ?? '');
    return network ? [...this.#services(row, network), ...this.#containers(row, network)] : [];
  }

  tooltip(row: Row): string {
    if (row.kind === 'task') return taskTooltip(this.#model, row.object?.id ?? '');
    if (row.kind === 'service') return serviceTooltip(this.#model, row.object?.id ?? '');
    const network = this.#model.objects.networks.get(row.object?.id ?? '');
    if (row.kind !== 'network' || !network) return '';
    return facts(network.Name, [
      [t('Network'), network.Id],
      [t('Driver'), network.Driver],
      [t('Scope'), network.Scope],
      [t('Subnet'), subnetOf(network)],
      [t('Gateway'), (network.IPAM.Config ?? []).map((config) => config.Gateway).join(', ')],
      [t('VXLAN id'), network.Options?.['com.docker.network.driver.overlay.vxlanid_list']],
      [t('Encrypted'), isEncrypted(network) ? t('yes') : undefined],
      [t('Attachable'), network.Attachable ? t('yes') : undefined],
      [t('Internal'), network.Internal ? t('yes') : undefined],
      [t('Ingress'), network.Ingress ? t('yes') : undefined],
    ]);
  }

  #network(network: NetworkResource): Row {
    const local = network.Scope !== 'swarm';
    const services = this.#attached(network);
    const containers = this.#endpoints(network).length;
    return {
      id: `network:${network.Id}`,
      kind: 'network',
      object: { type: 'network', id: network.Id, name: network.Name },
      label: network.Name,
      description: describe(
        network.Driver,
        subnetOf(network),
        isEncrypted(network) && t('encrypted'),
        network.Ingress && t('routing mesh'),
        network.Internal && t('internal'),
        network.Attachable && t('attachable'),
      ),
      icon: {
        name: network.Ingress ? 'globe' : isEncrypted(network) ? 'lock' : local ? 'plug' : 'type-hierarchy',
        color: local ? colors.off : services.length > 0 ? colors.good : colors.off,
      },
      context: ` network ${local ? 'local' : 'swarm'} ${network.Ingress ? 'ingress ' : ''}`,
      folding: services.length + containers > 0 ? 'folded' : 'none',
    };
  }

  #localGroup(count: number): Row {
    return {
      id: 'local-networks',
      kind: 'group',
      label: t('Only on {0}', this.#model.nodeName),
      description: count === 1 ? t('1 network') : t('{0} networks', count),
      icon: { name: 'server', color: colors.off },
      context: ' group ',
      folding: 'folded',
    };
  }

  /** Services with an address on the network, by VIP or by their tasks. */
  #attached(network: NetworkResource): Service[] {
    return this.#model.objects.services
      .values()
      .filter(
        (service) =>
          service.Endpoint.VirtualIPs?.some((vip) => vip.NetworkID === network.Id) ||
          service.Spec.TaskTemplate.Networks?.some((target) => target.Target === network.Id) ||
          (network.Ingress && service.Spec.EndpointSpec?.Ports?.some((port) => port.PublishMode !== 'host')),
      )
      .sort((a, b) => byName(a.Spec.Name, b.Spec.Name));
  }

  #services(parent: Row, network: NetworkResource): Row[] {
    return this.#attached(network).map((service) => {
      const vip = service.Endpoint.VirtualIPs?.find((candidate) => candidate.NetworkID === network.Id)?.Addr;
      const row = serviceRow(this.#model, service);
      const there = this.#attachedTasks(service, network.Id).length;
      return {
        ...row,
        id: `${parent.id}/${row.id}`,
        description: vip ? t('VIP {0}', vip) : t('no VIP (dnsrr)'),
        folding: there > 0 ? 'folded' : 'none',
      };
    });
  }

  #attachedTasks(service: Service, network: string): Task[] {
    const tasks = this.#model.objects.tasksOfService(service.ID);
    return tasks.filter((task) => !isHistory(task) && addressOf(task, network) !== undefined);
  }

  #tasks(row: Row): Row[] {
    const network = /^network:([^/]+)\//.exec(row.id)?.[1] ?? '';
    const service = this.#model.objects.services.get(row.object?.id ?? '');
    if (!service) return [];
    return sortTasks(this.#model, this.#attachedTasks(service, network)).map((task) => {
      const made = taskRow(this.#model, task, { under: row.id, detail: '' });
      return { ...made, description: describe(addressOf(task, network), nodeName(this.#model, task.NodeID)) };
    });
  }

  #endpoints(network: NetworkResource): { id: string; name: string; address: string }[] {
    return this.#model.objects.containers
      .values()
      .flatMap((container) => {
        const settings = Object.entries(container.NetworkSettings.Networks).find(([name, { NetworkID }]) =>
          NetworkID ? NetworkID === network.Id : name === network.Name,
        )?.[1];
        const name = (container.Names[0] ?? container.Id.slice(0, 12)).replace(/^\//, '');
        return settings ? [{ id: container.Id, name, address: settings.IPAddress ?? '' }] : [];
      })
      .sort((a, b) => byName(a.name, b.name));
  }

  /** Containers of this node that are no tasks. */
  #containers(parent: Row, network: NetworkResource): Row[] {
    return this.#endpoints(network).map(({ id, name, address }) => ({
      id: `${parent.id}/container:${id}`,
      kind: 'container',
      object: { type: 'container', id, name, containerID: id, node: this.#model.nodeName },
      label: name,
      description: describe(address, t('on {0}', this.#model.nodeName)),
      icon: { name: 'package', color: colors.good },
      context: ' container running ',
      folding: 'none',
    }));
  }
}

function addressOf(task: Task, network: string): string | undefined {
  return task.NetworksAttachments?.find((attachment) => attachment.Network.ID === network)?.Addresses?.[0];
}

export function isEncrypted(network: NetworkResource): boolean {
  return network.Options?.encrypted !== undefined;
}

export function subnetOf(network: NetworkResource): string {
  return (network.IPAM.Config ?? []).flatMap((config) => config.Subnet ?? []).join(', ');
}
