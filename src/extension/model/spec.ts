import type { NetworkCreateRequest, ServiceSpec } from '../../api';

/** What the wizard of a network asks for; texts as typed. */
export interface NetworkForm {
  readonly name: string;
  readonly driver?: string;
  readonly subnet?: string;
  readonly gateway?: string;
  readonly encrypted?: boolean;
  readonly attachable?: boolean;
  readonly internal?: boolean;
}

/** The request that `docker network create` would send for it. */
export function networkRequest(form: NetworkForm): NetworkCreateRequest {
  const config = { ...(form.subnet && { Subnet: form.subnet }), ...(form.gateway && { Gateway: form.gateway }) };
  return {
    Name: form.name,
    Driver: form.driver || 'overlay',
    CheckDuplicate: true,
    EnableIPv6: false,
    IPAM: { Driver: 'default', Config: Object.keys(config).length > 0 ? [config] : [] },
    Internal: form.internal ?? false,
    Attachable: form.attachable ?? false,
    Ingress: false,
    Options: form.encrypted ? { encrypted: '' } : {},
    Labels: {},
  };
}

export type Mode = 'replicated' | 'global';

/** A service with nothing said yet: one replica, names resolved to a VIP. */
export function emptyService(name = ''): ServiceSpec {
  return {
    Name: name,
    Labels: {},
    TaskTemplate: { ContainerSpec: { Image: '' }, ForceUpdate: 0 },
    Mode: { Replicated: { Replicas: 1 } },
    EndpointSpec: { Mode: 'vip' },
  };
}

export function withMode(spec: ServiceSpec, mode: Mode): ServiceSpec {
  if (mode === 'global') return { ...spec, Mode: { Global: {} } };
  return { ...spec, Mode: { Replicated: { Replicas: spec.Mode?.Replicated?.Replicas ?? 1 } } };
}

export function isGlobal(spec: ServiceSpec): boolean {
  return spec.Mode?.Global !== undefined || spec.Mode?.GlobalJob !== undefined;
}

/** Number of replicas wanted; undefined where it cannot be scaled. */
export function replicas(spec: ServiceSpec): number | undefined {
  if (spec.Mode?.ReplicatedJob) return spec.Mode.ReplicatedJob.TotalCompletions ?? 1;
  return isGlobal(spec) ? undefined : (spec.Mode?.Replicated?.Replicas ?? 1);
}

/** The spec with another number of replicas. Throws the command line's refusal for global services. */
export function scaled(spec: ServiceSpec, count: number): ServiceSpec {
  if (isGlobal(spec)) {
    throw new Error(`${spec.Name}: scale can only be used with replicated or replicated-job mode`);
  }
  if (spec.Mode?.ReplicatedJob) {
    return { ...spec, Mode: { ReplicatedJob: { MaxConcurrent: count, TotalCompletions: count } } };
  }
  return { ...spec, Mode: { Replicated: { Replicas: count } } };
}
