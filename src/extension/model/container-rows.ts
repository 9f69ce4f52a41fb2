import type { ContainerSummary } from '../../api';
import type { ClusterModel } from './cluster-model';
import { t } from './l10n';
import type { Row } from './rows';
import { colors, describe } from './rows';

/** The container of a running task, under the row of the task. */
export function taskContainers(model: ClusterModel, row: Row): Row[] {
  const task = model.objects.tasks.get(row.object?.id ?? '');
  const { containerID, node } = row.object ?? {};
  if (!task || containerID === undefined) return [];
  return [
    {
      id: `${row.id}/container:${containerID}`,
      kind: 'container',
      // The name that the engine gives it (API-112): the task's, then its ID.
      object: {
        type: 'container',
        id: containerID,
        name: `${row.object?.name}.${task.ID}`,
        containerID,
        ...(node && { node }),
      },
      label: containerID.slice(0, 12),
      description: describe(t('container'), node && t('on {0}', node)),
      icon: { name: 'package', color: colors.good },
      context: ' container running ',
      folding: 'none',
    },
  ];
}

/** A container that is no task, under its node. */
export function containerRow(under: string, container: ContainerSummary, node: string): Row {
  const name = (container.Names[0] ?? container.Id.slice(0, 12)).replace(/^\//, '');
  const running = container.State === 'running';
  return {
    id: `${under}/container:${container.Id}`,
    kind: 'container',
    object: { type: 'container', id: container.Id, name, containerID: container.Id, node },
    label: name,
    description: describe(container.State, container.Image),
    icon: { name: 'package', color: running ? colors.good : colors.off },
    context: ` container ${container.State} `,
    folding: 'none',
  };
}
