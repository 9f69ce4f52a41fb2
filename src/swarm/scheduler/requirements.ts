import type { Driver, GenericResource, Platform } from '../../api';
import type { Constraint } from '../constraint';
import { parseConstraints } from '../constraint';
import type { StoredTask } from '../objects';
import type { ClusterMount } from './volumes';
import { clusterMounts } from './volumes';

/** A plugin that a task needs on its node (SCHED-13). */
export interface PluginNeed {
  readonly type: 'Network' | 'Volume' | 'Log';
  readonly name: string;
}

/** A kind of generic resource and how many of it a task reserves. */
export interface GenericNeed {
  readonly kind: string;
  readonly value: number;
}

/** What a task takes from its node while it is held there (SCHED-18). */
export interface Footprint {
  readonly nanoCPUs: number;
  readonly memoryBytes: number;
  readonly generic: readonly GenericNeed[];
  /** Host-mode ports with a published number, as `tcp/80` (SCHED-16). */
  readonly hostPorts: readonly string[];
}

/** Of a task that takes noFootprint. */
export const noFootprint: Footprint = { nanoCPUs: 0, memoryBytes: 0, generic: [], hostPorts: [] };

/** All that the filters and the ranking want to know of a task. Tasks with the same wishes share one object. */
export interface Requirements {
  readonly footprint: Footprint;
  readonly plugins: readonly PluginNeed[];
  /** The plugin filter is on: networks, a log driver or volume plugins are there (SCHED-13). */
  readonly usesPlugins: boolean;
  /** Empty when there are none, or when they cannot be read (SCHED-14). */
  readonly constraints: readonly Constraint[];
  readonly platforms: readonly Platform[];
  readonly maxReplicas: number;
  /** Mounts of cluster volumes. */
  readonly volumes: readonly ClusterMount[];
  /** Descriptors of the spread preferences, outermost first. */
  readonly preferences: readonly string[];
  /** The same for all tasks whom the same nodes suit, leaving aside what other tasks hold there. */
  readonly fixedKey: string;
  /** The same for all tasks that meet the same fate; undefined when that depends on the service's other tasks. */
  readonly fateKey: string | undefined;
}

/** The footprint of a task; the shared empty one when it takes noFootprint. */
export function footprintOf(task: StoredTask): Footprint {
  const reservations = task.Spec.Resources?.Reservations;
  const ports = task.Endpoint?.Ports ?? task.Endpoint?.Spec?.Ports;
  const hostPorts = ports?.some((port) => port.PublishMode === 'host' && port.PublishedPort)
    ? ports
        .filter((port) => port.PublishMode === 'host' && port.PublishedPort)
        .map((port) => `${port.Protocol ?? 'tcp'}/${port.PublishedPort}`)
    : noFootprint.hostPorts;
  const nanoCPUs = reservations?.NanoCPUs ?? 0;
  const memoryBytes = reservations?.MemoryBytes ?? 0;
  const generic = reservations?.GenericResources?.length
    ? genericNeeds(reservations.GenericResources)
    : noFootprint.generic;
  if (nanoCPUs === 0 && memoryBytes === 0 && generic.length === 0 && hostPorts.length === 0) return noFootprint;
  return { nanoCPUs, memoryBytes, generic, hostPorts };
}

function genericNeeds(resources: readonly GenericResource[]): GenericNeed[] {
  const needs: GenericNeed[] = [];
  for (const resource of resources) {
    if (!('DiscreteResourceSpec' in resource)) continue;
    const { Kind, Value } = resource.DiscreteResourceSpec;
    if (Value > 0) needs.push({ kind: Kind, value: Value });
  }
  return needs;
}

const known = new Map<string, Requirements>();
/** More different wishes than this are not shared. */
const knownAtMost = 10_000;

/** Reads off a task what it requires of a node. */
export function requirementsOf(task: StoredTask): Requirements {
  const placement = task.Spec.Placement;
  const footprint = footprintOf(task);
  const plugins = pluginNeeds(task);
  const volumes = task.Spec.ContainerSpec?.Mounts?.length ? clusterMounts(task.Spec.ContainerSpec.Mounts) : noVolumes;
  if (!placement && footprint === noFootprint && plugins === noPlugins && volumes.length === 0) return noRequirements;
  const expressions = placement?.Constraints ?? [];
  const platforms = placement?.Platforms ?? [];
  const maxReplicas = placement?.MaxReplicas ?? 0;
  const preferences = (placement?.Preferences ?? []).flatMap(({ Spread }) => Spread?.SpreadDescriptor ?? []);
  const fixedKey = JSON.stringify([plugins, expressions, platforms]);
  const fateKey = footprint === noFootprint ? fixedKey : fixedKey + JSON.stringify(footprint);
  const key = `${fateKey}${maxReplicas}${preferences}${volumes.length > 0 ? JSON.stringify(volumes) : ''}`;
  const shared = known.get(key);
  if (shared) return shared;
  const requirements: Requirements = {
    footprint,
    plugins: plugins.needs,
    usesPlugins: plugins.enabled,
    constraints: readConstraints(expressions),
    platforms,
    maxReplicas,
    volumes,
    preferences,
    fixedKey,
    fateKey: maxReplicas > 0 || volumes.length > 0 ? undefined : fateKey,
  };
  if (known.size >= knownAtMost) known.clear();
  known.set(key, requirements);
  return requirements;
}

function readConstraints(expressions: readonly string[]): readonly Constraint[] {
  try {
    return parseConstraints(expressions);
  } catch {
    return []; // SCHED-14: what cannot be read does not constrain.
  }
}

interface PluginNeeds {
  readonly needs: readonly PluginNeed[];
  readonly enabled: boolean;
}

const noVolumes: readonly ClusterMount[] = [];
const noPlugins: PluginNeeds = { needs: [], enabled: false };

/** Of a task that any node suits. */
export const noRequirements: Requirements = {
  footprint: noFootprint,
  plugins: noPlugins.needs,
  usesPlugins: false,
  constraints: [],
  platforms: [],
  maxReplicas: 0,
  volumes: noVolumes,
  preferences: [],
  fixedKey: '',
  fateKey: '',
};

function pluginNeeds(task: StoredTask): PluginNeeds {
  const networks = task.NetworksAttachments;
  const mounts = task.Spec.ContainerSpec?.Mounts;
  const log: Driver | undefined = task.Spec.LogDriver;
  if (!networks?.length && !mounts?.length && !log) return noPlugins;
  const needs: PluginNeed[] = [];
  for (const mount of mounts ?? []) {
    const name = mount.Type === 'volume' ? mount.VolumeOptions?.DriverConfig?.Name : undefined;
    if (name) needs.push({ type: 'Volume', name });
  }
  const enabled = needs.length > 0 || (networks ?? []).length > 0 || log !== undefined;
  for (const { Network } of networks ?? []) {
    if (Network.DriverState?.Name) needs.push({ type: 'Network', name: Network.DriverState.Name });
  }
  if (log?.Name && log.Name !== 'none') needs.push({ type: 'Log', name: log.Name });
  return enabled ? { needs, enabled } : noPlugins;
}
