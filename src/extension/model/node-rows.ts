import type { ContainerSummary, Node } from '../../api';
import type { ClusterModel } from './cluster-model';
import { containerRow, taskContainers } from './container-rows';
import { t } from './l10n';
import { facts } from './markdown';
import type { Row, RowIcon, RowSource } from './rows';
import { byName, colors, describe } from './rows';
import { isHistory, sortTasks, taskRow, taskTooltip } from './task-rows';
import { formatBytes, formatCpus } from './units';

/** The tree of nodes: role, availability, state, and the tasks on each. */
export class NodeRows implements RowSource {
  readonly #model: ClusterModel;

  constructor(model: ClusterModel) {
    this.#model = model;
  }

  roots(): Row[] {
    return this.#model.objects.nodes
      .values()
      .sort((a, b) => byName(hostname(a), hostname(b)) || byName(a.ID, b.ID))
      .map((node) => this.#node(node));
  }

  children(row: Row): Row[] {
    const { id, name } = row.object ?? { id: '', name: '' };
    if (row.kind === 'task') return taskContainers(this.#model, row);
    const past = row.kind === 'history';
    const tasks = this.#model.objects.tasksOfNode(id);
    const rows = sortByService(
      this.#model,
      tasks.filter((task) => isHistory(task) === past),
    ).map((task) =>
      taskRow(this.#model, task, { under: row.id, detail: shortImage(task.Spec.ContainerSpec?.Image ?? '') }),
    );
    if (past) return rows;
    const alone = this.#containers(name)
      .map((container) => containerRow(row.id, container, name))
      .sort((a, b) => byName(a.label, b.label));
    const old = tasks.filter(isHistory).length;
    return [...rows, ...alone, ...(old > 0 ? [historyRow(row, old)] : [])];
  }

  tooltip(row: Row): string {
    if (row.kind === 'task') return taskTooltip(this.#model, row.object?.id ?? '');
    const node = this.#model.objects.nodes.get(row.object?.id ?? '');
    if (!node || row.kind !== 'node') return '';
    const { Description, Status, Spec, ManagerStatus } = node;
    return facts(hostname(node), [
      [t('Node'), node.ID],
      [t('Role'), roleOf(node)],
      [t('Availability'), word(Spec.Availability)],
      [t('State'), describe(word(Status.State), Status.Message)],
      [t('Address'), Status.Addr || ManagerStatus?.Addr],
      [t('Manager status'), ManagerStatus ? managerStatus(node) : undefined],
      [t('Engine'), Description.Engine?.EngineVersion],
      [t('CPUs'), formatCpus(Description.Resources?.NanoCPUs ?? 0)],
      [t('Memory'), formatBytes(Description.Resources?.MemoryBytes ?? 0)],
      [
        t('Labels'),
        Object.entries(Spec.Labels ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(', '),
      ],
    ]);
  }

  #node(node: Node): Row {
    const tasks = this.#model.objects.tasksOfNode(node.ID);
    const live = tasks.filter((task) => !isHistory(task)).length;
    const { Availability, Role } = node.Spec;
    const leader = node.ManagerStatus?.Leader ? 'leader ' : '';
    return {
      id: `node:${node.ID}`,
      kind: 'node',
      object: { type: 'node', id: node.ID, name: hostname(node) },
      label: hostname(node),
      // What moves comes first: the end is cut off in a narrow side bar.
      description: describe(
        live === 1 ? t('1 task') : t('{0} tasks', live),
        roleOf(node),
        word(node.Status.State),
        word(Availability),
      ),
      icon: nodeIcon(node),
      context: ` node ${Role} ${Availability} ${node.Status.State} ${leader}`,
      folding: tasks.length + this.#containers(hostname(node)).length > 0 ? 'folded' : 'none',
    };
  }

  /** Containers on a node that are no tasks; only those of the node at the other end are known. */
  #containers(node: string): ContainerSummary[] {
    return node === this.#model.nodeName ? this.#model.objects.containers.values() : [];
  }
}

export function hostname(node: Node): string {
  return node.Description.Hostname || node.ID;
}

/** Tasks of a service together, services by name. */
function sortByService(model: ClusterModel, tasks: Parameters<typeof sortTasks>[1]) {
  const name = (id: string | undefined) => model.objects.services.get(id ?? '')?.Spec.Name ?? id ?? '';
  return sortTasks(model, tasks).sort((a, b) => byName(name(a.ServiceID), name(b.ServiceID)));
}

/** The folded row of what is over, at the end of its parent. */
export function historyRow(parent: Row, count: number): Row {
  return {
    id: `${parent.id}/history`,
    kind: 'history',
    ...(parent.object && { object: parent.object }),
    label: t('History'),
    description: count === 1 ? t('1 task') : t('{0} tasks', count),
    icon: { name: 'history', color: colors.off },
    context: ' history ',
    folding: 'folded',
  };
}

/** An image without digest and default registry. */
export function shortImage(image: string): string {
  return image.replace(/@.*$/, '').replace(/^docker\.io\/(library\/)?/, '');
}

function managerStatus(node: Node): string {
  if (node.ManagerStatus?.Leader) return 'Leader';
  return word(node.ManagerStatus?.Reachability ?? 'unknown');
}

function roleOf(node: Node): string {
  if (node.ManagerStatus?.Leader) return t('manager, leader');
  if (node.ManagerStatus?.Reachability === 'unreachable') return t('manager, unreachable');
  return node.Spec.Role === 'manager' ? t('manager') : t('worker');
}

/** Docker's words with a capital: Ready, Down, Active, Drain. */
function word(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function nodeIcon(node: Node): RowIcon {
  const name = node.Spec.Role === 'manager' ? 'server-environment' : 'server';
  if (node.Status.State === 'down') return { name, color: colors.bad };
  if (node.Status.State !== 'ready') return { name, color: colors.off };
  return { name, color: node.Spec.Availability === 'active' ? colors.good : colors.warn };
}
