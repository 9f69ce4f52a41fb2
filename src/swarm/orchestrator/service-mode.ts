import type { Service, ServiceSpec } from '../../api';

export type ModeName = 'replicated' | 'global' | 'replicated-job' | 'global-job';

/** The one mode of a service; an empty mode is replicated (ORCH-4). */
export function modeOf(spec: ServiceSpec): ModeName {
  const mode = spec.Mode;
  if (mode?.Global) return 'global';
  if (mode?.ReplicatedJob) return 'replicated-job';
  if (mode?.GlobalJob) return 'global-job';
  return 'replicated';
}

export function isReplicated(service: Service | undefined): boolean {
  return service !== undefined && modeOf(service.Spec) === 'replicated';
}

export function isGlobal(service: Service | undefined): boolean {
  return service !== undefined && modeOf(service.Spec) === 'global';
}

export function isJob(service: Service | undefined): boolean {
  if (!service) return false;
  const mode = modeOf(service.Spec);
  return mode === 'replicated-job' || mode === 'global-job';
}

/** The number of slots that a replicated service should have; 1 when it is left out (ORCH-4). */
export function replicasOf(spec: ServiceSpec): number {
  return spec.Mode?.Replicated?.Replicas ?? 1;
}
