import type { ContainerSpec, HealthConfig, ResourceObject, RestartPolicy, TaskSpec } from '../../api';
import { parseConstraints } from '../constraint';
import { StatusError } from '../status-error';
import { isImageReference } from './image-reference';
import { invalid } from './names';
import { validateTemplates } from './templates';

const minCPUs = 1_000_000;
const minMemory = 4 * 1024 * 1024;

/** Throws StatusError at the first thing that SwarmKit does not take in a task's spec, in its order (API-25). */
export function validateTaskSpec(spec: TaskSpec | undefined): void {
  validateResources(spec?.Resources?.Limits);
  validateResources(spec?.Resources?.Reservations);
  validateRestartPolicy(spec?.RestartPolicy);
  validateConstraints(spec?.Placement?.Constraints);
  if (spec?.ContainerSpec) validateContainer(spec.ContainerSpec);
  else if (!spec?.PluginSpec && !spec?.NetworkAttachmentSpec) throw invalid('TaskSpec: missing runtime');
}

/** SCHED-60. */
function validateResources(resources: ResourceObject | undefined): void {
  const { NanoCPUs = 0, MemoryBytes = 0 } = resources ?? {};
  if (NanoCPUs !== 0 && NanoCPUs < minCPUs) {
    throw invalid(`invalid cpu value ${shortest(NanoCPUs / 1e9)}: Must be at least 0.001`);
  }
  if (MemoryBytes !== 0 && MemoryBytes < minMemory) {
    throw invalid(`invalid memory value ${MemoryBytes}: Must be at least 4MiB`);
  }
}

/** A number as Go's `%g` prints it: below 0.0001 with an exponent of two digits. */
function shortest(value: number): string {
  if (value === 0 || Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

function validateRestartPolicy(policy: RestartPolicy | undefined): void {
  if ((policy?.Delay ?? 0) < 0) throw invalid('TaskSpec: restart-delay cannot be negative');
  if ((policy?.Window ?? 0) < 0) throw invalid('TaskSpec: restart-window cannot be negative');
}

/** SCHED-31: its errors have no code of their own. */
function validateConstraints(constraints: readonly string[] | undefined): void {
  try {
    parseConstraints(constraints ?? []);
  } catch (error) {
    throw new StatusError('Unknown', (error as Error).message);
  }
}

function validateContainer(spec: ContainerSpec): void {
  validateTemplates(spec);
  if (!spec.Image) throw invalid('ContainerSpec: image reference must be provided');
  if (!isImageReference(spec.Image)) throw invalid(`ContainerSpec: "${spec.Image}" is not a valid repository/tag`);
  const targets = new Set<string>();
  for (const { Target = '' } of spec.Mounts ?? []) {
    if (targets.has(Target)) throw invalid(`ContainerSpec: duplicate mount point: ${Target}`);
    targets.add(Target);
  }
  validateHealthcheck(spec.Healthcheck);
}

function validateHealthcheck(health: HealthConfig | undefined): void {
  if (!health) return;
  for (const field of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const) {
    const duration = health[field] ?? 0;
    if (duration !== 0 && duration < 1_000_000) {
      throw invalid(`ContainerSpec: ${field} in HealthConfig cannot be less than 1ms`);
    }
  }
  if ((health.Retries ?? 0) < 0) throw invalid('ContainerSpec: Retries in HealthConfig cannot be negative');
}
