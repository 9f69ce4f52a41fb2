import type { NetworkAttachmentConfig, ServiceSpec } from '../../api';
import { needsIngress, needsNothing } from '../allocator';
import type { StoredService } from '../objects';
import { StatusError } from '../status-error';
import type { ControlAPIContext } from './context';
import { required, write } from './context';
import { checkPortConflicts } from './port-conflicts';
import { checkReferences, modeKind, validateNetworks, validateServiceSpec } from './validate-service';

/** Creates a service; its tasks, ports and addresses come later. Throws StatusError in the order of API-25. */
export function createService(context: ControlAPIContext, given: ServiceSpec): StoredService {
  const { store, random, sim } = context;
  validateServiceSpec(given);
  const Spec = withSortedNetworks(given);
  validateNetworks(store, Spec);
  checkPortConflicts(store, Spec);
  checkReferences(store, Spec);
  checkIngress(context, Spec);
  return write(context, Spec.Name, (tx) =>
    tx.create('service', {
      ID: random.objectId(),
      Spec,
      SpecVersion: { Index: 0 },
      Endpoint: { Spec: {} },
      ...(needsNothing(Spec) ? { Allocated: true } : {}),
      ...(isJob(Spec) ? { JobStatus: { JobIteration: { Index: 0 }, LastExecution: sim.timestamp } } : {}),
    }),
  );
}

/**
 * Updates a service that has exactly this version (CTRL-16), or rolls it back to its previous spec; then `given` is
 * checked but not applied (API-28, ORCH-94, ORCH-95). Jobs begin a new iteration (ORCH-44).
 */
export function updateService(
  context: ControlAPIContext,
  serviceID: string,
  version: number,
  given: ServiceSpec,
  rollback = false,
): StoredService {
  const { store, sim } = context;
  validateServiceSpec(given);
  const stored = required(context, 'service', serviceID);
  const spec = withSortedNetworks(given);
  validateNetworks(store, spec);
  if (!same(spec.EndpointSpec, stored.Spec.EndpointSpec)) checkPortConflicts(store, spec, serviceID);
  checkReferences(store, spec);
  checkUnchanged(stored.Spec, spec);
  const Version = { Index: version };
  const changed = rollback ? rolledBack(stored, sim.timestamp) : updated(stored, spec);
  checkIngress(context, changed.Spec);
  return write(context, spec.Name, (tx) =>
    tx.update('service', { ...withAllocation(changed, stored), ...nextIteration(changed, sim.timestamp), Version }),
  );
}

/** Deletes a service at once (ORCH-27). */
export function removeService(context: ControlAPIContext, serviceID: string): void {
  required(context, 'service', serviceID);
  write(context, serviceID, (tx) => tx.remove('service', serviceID));
}

function updated(stored: StoredService, Spec: ServiceSpec): StoredService {
  const { UpdateStatus: _, ...rest } = stored;
  return {
    ...rest,
    Spec,
    SpecVersion: stored.Version,
    PreviousSpec: stored.Spec,
    PreviousSpecVersion: stored.SpecVersion,
  };
}

function rolledBack(stored: StoredService, now: string): StoredService {
  if (!stored.PreviousSpec) {
    throw new StatusError('FailedPrecondition', `service ${stored.ID} does not have a previous spec`);
  }
  return {
    ...stored,
    Spec: stored.PreviousSpec,
    SpecVersion: stored.PreviousSpecVersion ?? { Index: 0 },
    PreviousSpec: stored.Spec,
    PreviousSpecVersion: stored.SpecVersion,
    UpdateStatus: { State: 'rollback_started', StartedAt: now, Message: 'manually requested rollback' },
  };
}

/** A service whose networks or ports changed is not allocated until the allocator says so. */
function withAllocation(changed: StoredService, stored: StoredService): StoredService {
  const before = stored.Spec;
  const now = changed.Spec;
  if (
    same(before.EndpointSpec, now.EndpointSpec) &&
    same(before.TaskTemplate.Networks, now.TaskTemplate.Networks) &&
    same(before.Networks, now.Networks)
  ) {
    return changed;
  }
  const held = changed.Endpoint.Ports?.length || changed.Endpoint.VirtualIPs?.length;
  return { ...changed, Allocated: needsNothing(now) && !held };
}

function nextIteration(service: StoredService, now: string): Pick<StoredService, 'JobStatus'> {
  if (!isJob(service.Spec)) return {};
  const Index = (service.JobStatus?.JobIteration.Index ?? 0) + 1;
  return { JobStatus: { JobIteration: { Index }, LastExecution: now } };
}

/** What an update may not change (API-28). */
function checkUnchanged(before: ServiceSpec, now: ServiceSpec): void {
  if (modeKind(before.Mode) !== modeKind(now.Mode)) {
    throw new StatusError('Unimplemented', 'service mode change is not allowed');
  }
  if (before.Name !== now.Name) throw new StatusError('Unimplemented', 'renaming services is not supported');
  if (!same(before.Networks, now.Networks) && same(before.TaskTemplate.Networks, now.TaskTemplate.Networks)) {
    throw new StatusError('Unimplemented', 'networks must be migrated to TaskSpec before being changed');
  }
}

/** ALLOC-20. */
function checkIngress({ store }: ControlAPIContext, spec: ServiceSpec): void {
  if (!needsIngress(spec)) return;
  for (const network of store.all('network')) if (network.Spec.Ingress) return;
  throw new StatusError('FailedPrecondition', 'service needs ingress network, but no ingress network is present');
}

function isJob(spec: ServiceSpec): boolean {
  return spec.Mode?.ReplicatedJob !== undefined || spec.Mode?.GlobalJob !== undefined;
}

/** The spec as it is kept: its networks in the order of their IDs, as recorded. */
function withSortedNetworks(spec: ServiceSpec): ServiceSpec {
  const { Networks } = spec.TaskTemplate;
  if (!Networks || Networks.length < 2) return spec;
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, Networks: sorted(Networks) } };
}

function sorted(networks: readonly NetworkAttachmentConfig[]): NetworkAttachmentConfig[] {
  const target = (config: NetworkAttachmentConfig) => config.Target ?? '';
  return [...networks].sort((a, b) => (target(a) < target(b) ? -1 : target(a) > target(b) ? 1 : 0));
}

/** Whether two parts of specs say the same; order of members and absent ones do not count, an empty list is absent. */
function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '' : `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === null ? '' : JSON.stringify(value);
  const members = Object.entries(value)
    .map(([key, member]) => [key, canonical(member)] as const)
    .filter(([, text]) => text !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return members.length === 0 ? '' : `{${members.map(([key, text]) => `${key}:${text}`).join(',')}}`;
}
