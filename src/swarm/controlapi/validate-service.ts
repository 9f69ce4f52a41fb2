import type { EndpointSpec, FileTarget, ServiceMode, ServiceSpec, UpdateConfig } from '../../api';
import { isIngressPort, networksOf, protocolOf } from '../allocator';
import type { Store } from '../store';
import { invalid, validateName } from './names';
import { validateTaskSpec } from './validate-task';

/** Throws StatusError at the first thing that SwarmKit does not take in a service's spec, in its order (API-25). */
export function validateServiceSpec(spec: ServiceSpec): void {
  validateName(spec.Name);
  validateTaskSpec(spec.TaskTemplate);
  validateUpdateConfig(spec.UpdateConfig);
  validateEndpointSpec(spec.EndpointSpec);
  validateReferences(spec);
  validateMode(spec);
}

function validateUpdateConfig(config: UpdateConfig | undefined): void {
  if (!config) return;
  if ((config.Delay ?? 0) < 0) throw invalid('TaskSpec: update-delay cannot be negative');
  if ((config.Monitor ?? 0) < 0) throw invalid('TaskSpec: update-monitor cannot be negative');
  const ratio = config.MaxFailureRatio ?? 0;
  if (ratio < 0 || ratio > 1) {
    throw invalid('TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1');
  }
}

/** ALLOC-32, ALLOC-53. */
function validateEndpointSpec(spec: EndpointSpec | undefined): void {
  const published = new Set<string>();
  for (const port of spec?.Ports ?? []) {
    if (spec?.Mode === 'dnsrr' && isIngressPort(port)) {
      throw invalid("EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
    }
    if (!port.PublishedPort) continue;
    const key = `${protocolOf(port)}/${port.PublishedPort}`;
    if (published.has(key)) throw invalid('EndpointSpec: duplicate published ports provided');
    published.add(key);
  }
}

function validateReferences({ TaskTemplate }: ServiceSpec): void {
  const { Secrets = [], Configs = [] } = TaskTemplate?.ContainerSpec ?? {};
  validateTargets(
    'secret',
    Secrets.map(({ SecretID, SecretName, File }) => ({ id: SecretID, name: SecretName, file: File, target: File })),
  );
  validateTargets(
    'config',
    Configs.map(({ ConfigID, ConfigName, File, Runtime }) => {
      return { id: ConfigID, name: ConfigName, file: File, target: File ?? Runtime };
    }),
  );
}

interface Reference {
  readonly id: string;
  readonly name: string;
  readonly file: FileTarget | undefined;
  readonly target: unknown;
}

function validateTargets(kind: 'secret' | 'config', references: readonly Reference[]): void {
  const users = new Map<string, string>();
  for (const { id, name, file, target } of references) {
    if (!id || !name) throw invalid(`malformed ${kind} reference`);
    if (!target) throw invalid(`malformed ${kind} reference, no target provided`);
    if (!file) continue;
    if (!file.Name) throw invalid(`malformed file ${kind} reference, invalid target file name provided`);
    const other = users.get(file.Name);
    if (other !== undefined) {
      throw invalid(`${kind} references '${other}' and '${name}' have a conflicting target: '${file.Name}'`);
    }
    users.set(file.Name, name);
  }
}

function validateMode(spec: ServiceSpec): void {
  const { Replicated, ReplicatedJob, GlobalJob } = spec.Mode ?? {};
  if ((Replicated?.Replicas ?? 0) < 0) throw invalid('Number of replicas must be non-negative');
  if ((ReplicatedJob?.MaxConcurrent ?? 0) < 0) throw invalid('Maximum concurrent jobs must not be negative');
  if ((ReplicatedJob?.TotalCompletions ?? 0) < 0) throw invalid('Total completed jobs must not be negative');
  if ((ReplicatedJob || GlobalJob) && spec.UpdateConfig) throw invalid('Jobs may not have an update config');
}

/** ALLOC-35: a service names no ingress network. */
export function validateNetworks(store: Store, spec: ServiceSpec): void {
  for (const id of networksOf(spec)) {
    const network = store.get('network', id);
    if (!network?.Spec.Ingress) continue;
    throw invalid(`Service cannot be explicitly attached to the ingress network "${network.Spec.Name}"`);
  }
}

/** Every secret and config that a service refers to must exist under the name it gives (API-25). */
export function checkReferences(store: Store, { TaskTemplate }: ServiceSpec): void {
  const { Secrets = [], Configs = [] } = TaskTemplate?.ContainerSpec ?? {};
  const secrets = Secrets.filter((one) => store.get('secret', one.SecretID)?.Spec.Name !== one.SecretName);
  refuseMissing(
    'secret',
    secrets.map((one) => one.SecretName),
  );
  const configs = Configs.filter((one) => store.get('config', one.ConfigID)?.Spec.Name !== one.ConfigName);
  refuseMissing(
    'config',
    configs.map((one) => one.ConfigName),
  );
}

function refuseMissing(kind: string, names: readonly string[]): void {
  if (names.length > 0) throw invalid(`${kind}${names.length > 1 ? 's' : ''} not found: ${names.join(', ')}`);
}

/** The one mode that a spec has; an empty one is replicated (ORCH-4). */
export function modeKind(mode: ServiceMode | undefined): 'Replicated' | 'Global' | 'ReplicatedJob' | 'GlobalJob' {
  if (mode?.Global) return 'Global';
  if (mode?.ReplicatedJob) return 'ReplicatedJob';
  return mode?.GlobalJob ? 'GlobalJob' : 'Replicated';
}
