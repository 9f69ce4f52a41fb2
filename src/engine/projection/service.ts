import type {
  Endpoint,
  EndpointSpec,
  PortConfig,
  Service,
  ServiceMode,
  ServiceSpec,
  ServiceStatus,
  UpdateConfig,
} from '../../api';
import type { StoredService } from '../../swarm/objects';
import { compact } from './omit';
import { taskSpec } from './task-spec';

/** A service as `GET /services` shows it (ORCH-3), without what the managers keep for themselves. */
export function projectService(service: StoredService, status?: ServiceStatus): Service {
  return {
    ID: service.ID,
    Version: service.Version,
    CreatedAt: service.CreatedAt,
    UpdatedAt: service.UpdatedAt,
    Spec: projectServiceSpec(service.Spec),
    ...(service.PreviousSpec ? { PreviousSpec: projectServiceSpec(service.PreviousSpec) } : {}),
    Endpoint: endpoint(service.Endpoint),
    ...(service.UpdateStatus ? { UpdateStatus: compact(service.UpdateStatus) } : {}),
    ...(status ? { ServiceStatus: status } : {}),
    ...(service.JobStatus
      ? { JobStatus: { ...service.JobStatus, JobIteration: compact(service.JobStatus.JobIteration) } }
      : {}),
  };
}

export function projectServiceSpec(spec: ServiceSpec): ServiceSpec {
  return {
    Name: spec.Name,
    Labels: spec.Labels ?? {},
    TaskTemplate: { ...taskSpec(spec.TaskTemplate), Runtime: spec.TaskTemplate.Runtime || 'container' },
    Mode: mode(spec.Mode),
    ...(spec.UpdateConfig ? { UpdateConfig: updateConfig(spec.UpdateConfig) } : {}),
    ...(spec.RollbackConfig ? { RollbackConfig: updateConfig(spec.RollbackConfig) } : {}),
    ...(spec.Networks && spec.Networks.length > 0 ? { Networks: spec.Networks } : {}),
    ...(spec.EndpointSpec ? { EndpointSpec: endpointSpec(spec.EndpointSpec) } : {}),
  };
}

/** No mode is replicated; what is left to the engine is one replica. */
function mode(given: ServiceMode | undefined): ServiceMode {
  if (given?.Global) return { Global: {} };
  if (given?.GlobalJob) return { GlobalJob: {} };
  if (given?.ReplicatedJob) {
    return {
      ReplicatedJob: {
        MaxConcurrent: given.ReplicatedJob.MaxConcurrent ?? 1,
        TotalCompletions: given.ReplicatedJob.TotalCompletions ?? given.ReplicatedJob.MaxConcurrent ?? 1,
      },
    };
  }
  return { Replicated: { Replicas: given?.Replicated?.Replicas ?? 1 } };
}

function updateConfig(config: UpdateConfig): UpdateConfig {
  return {
    Parallelism: config.Parallelism ?? 0,
    ...compact({ Delay: config.Delay, FailureAction: config.FailureAction || 'pause', Monitor: config.Monitor }),
    MaxFailureRatio: config.MaxFailureRatio ?? 0,
    Order: config.Order || 'stop-first',
  };
}

function endpointSpec(spec: EndpointSpec): EndpointSpec {
  return compact({ Mode: spec.Mode || 'vip', Ports: spec.Ports?.map(projectPort) });
}

export function projectPort(port: PortConfig): PortConfig {
  return compact({
    Name: port.Name,
    Protocol: port.Protocol ?? 'tcp',
    TargetPort: port.TargetPort,
    PublishedPort: port.PublishedPort,
    PublishMode: port.PublishMode ?? 'ingress',
  });
}

/** Its spec is empty while the allocator had nothing to do for the service: nobody copied it then. */
function endpoint(given: Endpoint | undefined): Endpoint {
  return {
    Spec: given?.Spec?.Mode ? endpointSpec(given.Spec) : {},
    ...compact({ Ports: given?.Ports?.map(projectPort), VirtualIPs: given?.VirtualIPs?.map((vip) => compact(vip)) }),
  };
}
