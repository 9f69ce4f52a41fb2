import type { Task, TaskState } from '../../api';
import { compareTaskStates, isTerminal } from '../../api';
import { age, moment } from './age';
import type { ClusterModel } from './cluster-model';
import { t } from './l10n';
import { facts } from './markdown';
import { formatPorts } from './ports';
import type { Row, RowIcon } from './rows';
import { byName, colors, describe } from './rows';

const stateIcons: Readonly<Record<TaskState, RowIcon>> = {
  new: { name: 'circle-large-outline', color: colors.off },
  pending: { name: 'clock', color: colors.warn },
  assigned: { name: 'loading~spin', color: colors.busy },
  accepted: { name: 'loading~spin', color: colors.busy },
  preparing: { name: 'loading~spin', color: colors.busy },
  ready: { name: 'debug-pause', color: colors.busy },
  starting: { name: 'loading~spin', color: colors.busy },
  running: { name: 'pass-filled', color: colors.good },
  complete: { name: 'check', color: colors.off },
  shutdown: { name: 'circle-slash', color: colors.off },
  failed: { name: 'error', color: colors.bad },
  rejected: { name: 'error', color: colors.bad },
  remove: { name: 'trash', color: colors.off },
  orphaned: { name: 'debug-disconnect', color: colors.off },
};

/** A state as Docker's command line writes it. */
export function stateWord(state: TaskState): string {
  return state.charAt(0).toUpperCase() + state.slice(1);
}

/** Whether a task belongs to the past: it is over, or it is to be. */
export function isHistory(task: Task): boolean {
  return isTerminal(task.Status.State) || compareTaskStates(task.DesiredState, 'running') > 0;
}

/** `web.1`; for a global service the node takes the place of the slot (API-112). */
export function taskName(model: ClusterModel, task: Task): string {
  const service = model.objects.services.get(task.ServiceID ?? '')?.Spec.Name ?? task.ServiceID ?? '';
  return task.Slot ? `${service}.${task.Slot}` : `${service}.${task.NodeID ?? task.ID}`;
}

export function nodeName(model: ClusterModel, id: string | undefined): string {
  return (id && (model.objects.nodes.get(id)?.Description.Hostname || id)) || '';
}

/** By slot or node, newest first within it (API-112). */
export function sortTasks(model: ClusterModel, tasks: readonly Task[]): Task[] {
  const key = (task: Task): string => (task.Slot ? String(task.Slot) : nodeName(model, task.NodeID));
  return [...tasks].sort(
    (a, b) => byName(key(a), key(b)) || (a.CreatedAt < b.CreatedAt ? 1 : a.CreatedAt > b.CreatedAt ? -1 : 0),
  );
}

export interface TaskRowOptions {
  /** Put before the task's ID, so that the same task may stand in several places of a tree. */
  readonly under: string;
  /** What stands where: the node for trees by service, the image for trees by node, the address for networks. */
  readonly detail: string;
}

/** The row of one task. */
export function taskRow(model: ClusterModel, task: Task, options: TaskRowOptions): Row {
  const { State, Err, Timestamp } = task.Status;
  const service = model.objects.services.get(task.ServiceID ?? '')?.Spec.Name ?? '';
  const over = isHistory(task);
  const pendingWhy = !over && Err ? Err : undefined;
  const containerID = State === 'running' ? task.Status.ContainerStatus?.ContainerID : undefined;
  const parted = State === 'running' && over ? t('desired {0}', stateWord(task.DesiredState)) : undefined;
  return {
    id: `${options.under}/task:${task.ID}`,
    kind: 'task',
    object: {
      type: 'task',
      id: task.ID,
      name: taskName(model, task),
      ...(containerID && { containerID, node: nodeName(model, task.NodeID) }),
    },
    // A global task's full name ends in its node's ID; the node stands beside it instead.
    label: task.Slot ? `${service}.${task.Slot}` : service || task.ID.slice(0, 12),
    description: describe(
      stateWord(State),
      parted,
      pendingWhy ?? (over ? Err : undefined),
      options.detail,
      age(Timestamp, model.now()),
    ),
    icon: pendingWhy && State === 'pending' ? { name: 'warning', color: colors.warn } : stateIcons[State],
    context: ` task ${over ? 'past' : 'live'} ${State} ${containerID ? 'container ' : ''}`,
    folding: containerID ? 'folded' : 'none',
  };
}

/** Everything about a task in a few lines. */
export function taskTooltip(model: ClusterModel, id: string): string {
  const task = model.objects.tasks.get(id);
  if (!task) return '';
  const { Status } = task;
  return facts(taskName(model, task), [
    [t('Task'), task.ID],
    [t('State'), stateWord(Status.State)],
    [t('Desired state'), stateWord(task.DesiredState)],
    [t('Since'), moment(Status.Timestamp)],
    [t('Message'), Status.Message],
    [t('Error'), Status.Err],
    [t('Exit code'), isTerminal(Status.State) ? String(Status.ContainerStatus?.ExitCode ?? 0) : undefined],
    [t('Node'), nodeName(model, task.NodeID)],
    [t('Image'), task.Spec.ContainerSpec?.Image],
    [t('Container'), Status.ContainerStatus?.ContainerID?.slice(0, 12)],
    [t('Host ports'), formatPorts(Status.PortStatus?.Ports ?? [])],
    ...(task.NetworksAttachments ?? []).map(
      (attachment) =>
        [attachment.Network.Spec.Name, (attachment.Addresses ?? []).join(', ')] as readonly [string, string],
    ),
  ]);
}
