import type { NetworkAttachment, Task } from '../../api';
import type { StoredTask } from '../../swarm/objects';
import { projectSwarmNetwork } from './network';
import { compact, mapOrNothing } from './omit';
import { projectPort } from './service';
import { taskSpec } from './task-spec';

/** A task as `GET /tasks` shows it (ORCH-6). */
export function projectTask(task: StoredTask): Task {
  const { Status } = task;
  const ports = Status.PortStatus?.Ports?.map(projectPort);
  return {
    ID: task.ID,
    Version: task.Version,
    CreatedAt: task.CreatedAt,
    UpdatedAt: task.UpdatedAt,
    Labels: task.ServiceID ? {} : (task.Labels ?? {}),
    Spec: taskSpec(task.Spec),
    ...compact({ ServiceID: task.ServiceID, Slot: task.Slot, NodeID: task.NodeID }),
    Status: {
      Timestamp: Status.Timestamp,
      State: Status.State,
      ...compact({
        Message: Status.Message,
        Err: Status.Err,
        ContainerStatus: Status.ContainerStatus && {
          ContainerID: Status.ContainerStatus.ContainerID,
          PID: Status.ContainerStatus.PID,
          ExitCode: Status.ContainerStatus.ExitCode,
        },
      }),
      PortStatus: ports && ports.length > 0 ? { Ports: ports } : {},
    },
    DesiredState: task.DesiredState,
    ...compact({
      NetworksAttachments: task.NetworksAttachments?.map(attachment),
      GenericResources: task.GenericResources,
      JobIteration: task.JobIteration && compact(task.JobIteration),
      Volumes: task.Volumes,
    }),
  };
}

function attachment(given: NetworkAttachment): NetworkAttachment {
  return {
    Network: projectSwarmNetwork(given.Network),
    ...compact({ Addresses: given.Addresses, DriverOpts: mapOrNothing(given.DriverOpts) }),
  };
}
