import type { Service } from '../../api';
import type { ClusterModel } from './cluster-model';
import { taskContainers } from './container-rows';
import { t } from './l10n';
import { facts } from './markdown';
import { historyRow, shortImage } from './node-rows';
import { portColumn } from './ports';
import type { Row, RowIcon, RowSource } from './rows';
import { byName, colors, describe } from './rows';
import { isSettling } from './settling';
import { isHistory, nodeName, sortTasks, taskRow, taskTooltip } from './task-rows';

/** The tree of services: mode, replicas, image, ports, and the tasks of each with what is over folded away. */
export class ServiceRows implements RowSource {
  readonly #model: ClusterModel;

  constructor(model: ClusterModel) {
    this.#model = model;
  }

  roots(): Row[] {
    return this.#model.objects.services
      .values()
      .sort((a, b) => byName(a.Spec.Name, b.Spec.Name))
      .map((service) => serviceRow(this.#model, service));
  }

  children(row: Row): Row[] {
    if (row.kind === 'task') return taskContainers(this.#model, row);
    const past = row.kind === 'history';
    const tasks = this.#model.objects.tasksOfService(row.object?.id ?? '');
    const rows = sortTasks(
      this.#model,
      tasks.filter((task) => isHistory(task) === past),
    ).map((task) => taskRow(this.#model, task, { under: row.id, detail: nodeName(this.#model, task.NodeID) }));
    const old = past ? 0 : tasks.filter(isHistory).length;
    return old > 0 ? [...rows, historyRow(row, old)] : rows;
  }

  tooltip(row: Row): string {
    if (row.kind === 'task') return taskTooltip(this.#model, row.object?.id ?? '');
    return row.kind === 'service' ? serviceTooltip(this.#model, row.object?.id ?? '') : '';
  }
}

/** The MODE column (API-113). */
export function modeOf(service: Service): 'replicated' | 'global' | 'replicated job' | 'global job' {
  const mode = service.Spec.Mode;
  if (mode?.Global) return 'global';
  if (mode?.ReplicatedJob) return 'replicated job';
  return mode?.GlobalJob ? 'global job' : 'replicated';
}

/** The REPLICAS column (API-113). */
export function replicasOf(service: Service): string {
  const status = service.ServiceStatus;
  const desired = status?.DesiredTasks ?? service.Spec.Mode?.Replicated?.Replicas ?? 0;
  const count = `${status?.RunningTasks ?? 0}/${desired}`;
  const most = service.Spec.TaskTemplate.Placement?.MaxReplicas;
  if (service.Spec.Mode?.ReplicatedJob || service.Spec.Mode?.GlobalJob) {
    const done = status?.CompletedTasks ?? 0;
    const total = service.Spec.Mode.ReplicatedJob?.TotalCompletions ?? desired + done;
    return `${count} (${done}/${total} completed)`;
  }
  return most ? `${count} (max ${most} per node)` : count;
}

export function portsOf(service: Service): string {
  return portColumn(service.Endpoint.Ports ?? service.Spec.EndpointSpec?.Ports ?? []);
}

export function serviceRow(model: ClusterModel, service: Service): Row {
  const mode = modeOf(service);
  const update = service.UpdateStatus?.State;
  const tasks = model.objects.tasksOfService(service.ID);
  return {
    id: `service:${service.ID}`,
    kind: 'service',
    object: { type: 'service', id: service.ID, name: service.Spec.Name },
    label: service.Spec.Name,
    description: describe(
      replicasOf(service),
      mode !== 'replicated' && mode,
      update && update !== 'completed' && update !== 'rollback_completed' && updateWord(update),
      shortImage(service.Spec.TaskTemplate.ContainerSpec?.Image ?? ''),
      portsOf(service),
    ),
    icon: serviceIcon(model, service),
    context: ` service ${mode.replace(' ', '-')} ${service.PreviousSpec ? 'previous ' : ''}`,
    folding: tasks.length > 0 ? 'folded' : 'none',
  };
}

function updateWord(state: string): string {
  return state.replaceAll('_', ' ');
}

function serviceIcon(model: ClusterModel, service: Service): RowIcon {
  const update = service.UpdateStatus?.State;
  if (update === 'paused' || update === 'rollback_paused') return { name: 'debug-pause', color: colors.bad };
  if (update === 'updating' || update === 'rollback_started') return { name: 'sync', color: colors.busy };
  const status = service.ServiceStatus;
  if (status && status.RunningTasks < status.DesiredTasks) {
    const stuck = model.objects.tasksOfService(service.ID).some((task) => !isHistory(task) && task.Status.Err);
    return { name: 'layers', color: stuck ? colors.bad : colors.warn };
  }
  if (!status?.DesiredTasks) return { name: 'layers', color: colors.off };
  const settling = isSettling(service, model.objects.tasksOfService(service.ID), (id) => model.objects.nodes.get(id));
  return { name: 'layers', color: settling ? colors.busy : colors.good };
}

export function networkName(model: ClusterModel, id: string): string {
  return model.objects.networks.get(id)?.Name ?? id;
}

/** Everything about a service in a few lines. */
export function serviceTooltip(model: ClusterModel, id: string): string {
  const service = model.objects.services.get(id);
  if (!service) return '';
  const { Spec, Endpoint, UpdateStatus } = service;
  return facts(Spec.Name, [
    [t('Service'), service.ID],
    [t('Mode'), modeOf(service)],
    [t('Replicas'), replicasOf(service)],
    [t('Image'), Spec.TaskTemplate.ContainerSpec?.Image],
    [t('Ports'), portsOf(service)],
    [t('Endpoint mode'), Spec.EndpointSpec?.Mode ?? 'vip'],
    [t('Networks'), (Spec.TaskTemplate.Networks ?? []).map((net) => networkName(model, net.Target ?? '')).join(', ')],
    ...(Endpoint.VirtualIPs ?? []).map(
      (vip) => [t('VIP on {0}', networkName(model, vip.NetworkID)), vip.Addr] as const,
    ),
    [t('Update'), UpdateStatus && describe(updateWord(UpdateStatus.State), UpdateStatus.Message)],
  ]);
}
