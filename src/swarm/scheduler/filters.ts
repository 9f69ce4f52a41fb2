import type { FilterName, Platform } from '../../api';
import { constraintHolds, constraintText, failedConstraint } from '../constraint';
import type { StoredNode } from '../objects';
import type { NodeView } from './node-info';
import { freeCPUs, freeGeneric, freeMemory } from './node-info';
import type { PluginNeed, Requirements } from './requirements';
import { cpusText, memoryText } from './texts';

/** One question asked of a node (SCHED-10 to SCHED-17). */
export interface Filter {
  readonly name: FilterName;
  /** Looks at the node object only, not at what tasks hold there: the answer is the same until the node changes. */
  readonly fixed: boolean;
  /** Whether the task asks this question at all. */
  enabled(task: Requirements): boolean;
  /** `serviceTasks`: active tasks of the task's service on the node. Not to be called when the filter is not enabled. */
  check(task: Requirements, view: NodeView, serviceTasks: number): boolean;
  /** What was looked at, in words. */
  value(task: Requirements, view: NodeView, serviceTasks: number): string;
  /** The engine's text for `count` nodes that failed (SCHED-26). */
  explain(count: number): string;
}

function nodes(count: number): string {
  return count === 1 ? '1 node' : `${count} nodes`;
}

const ready: Filter = {
  name: 'Ready',
  fixed: true,
  enabled: () => true,
  check: (_, { node }) => node.Status.State === 'ready' && node.Spec.Availability === 'active',
  value: (_, { node }) =>
    node.Status.State === 'ready' ? `availability ${node.Spec.Availability}` : `state ${node.Status.State}`,
  explain: (count) => `${nodes(count)} not available for new tasks`,
};

const resource: Filter = {
  name: 'Resource',
  fixed: false,
  enabled: ({ footprint }) => footprint.nanoCPUs > 0 || footprint.memoryBytes > 0 || footprint.generic.length > 0,
  check: ({ footprint }, view) =>
    footprint.nanoCPUs <= freeCPUs(view) &&
    footprint.memoryBytes <= freeMemory(view) &&
    footprint.generic.every((need) => need.value <= freeGeneric(view, need.kind)),
  value: ({ footprint }, view) => {
    const described = view.node.Description?.Resources;
    const parts: string[] = [];
    if (footprint.nanoCPUs > 0) {
      parts.push(`${cpusText(freeCPUs(view))} of ${cpusText(described?.NanoCPUs ?? 0)} CPUs free`);
    }
    if (footprint.memoryBytes > 0) {
      parts.push(`${memoryText(freeMemory(view))} of ${memoryText(described?.MemoryBytes ?? 0)} memory free`);
    }
    for (const { kind } of footprint.generic) parts.push(`${freeGeneric(view, kind)} ${kind} free`);
    return parts.join(', ');
  },
  explain: (count) => `insufficient resources on ${nodes(count)}`,
};

/** The plugin that a node lacks; undefined when it has all. */
export function missingPlugin(task: Requirements, node: StoredNode): PluginNeed | undefined {
  const engine = node.Description?.Engine;
  if (!engine) return undefined;
  const installed = engine.Plugins ?? [];
  return task.plugins.find(({ type, name }) => {
    // An engine that lists no log drivers at all is one that does not report them.
    if (type === 'Log' && !installed.some((plugin) => plugin.Type === 'Log')) return false;
    return !installed.some(
      (plugin) => plugin.Type === type && (plugin.Name === name || plugin.Name === `${name}:latest`),
    );
  });
}

const plugin: Filter = {
  name: 'Plugin',
  fixed: true,
  enabled: ({ usesPlugins }) => usesPlugins,
  check: (task, { node }) => missingPlugin(task, node) === undefined,
  value: (task, { node }) => {
    const missing = missingPlugin(task, node);
    if (missing) return `no ${missing.type} plugin ${missing.name}`;
    return task.plugins.length === 0 ? 'no plugin needed' : task.plugins.map(({ name }) => name).join(', ');
  },
  explain: (count) => `missing plugin on ${nodes(count)}`,
};

const constraint: Filter = {
  name: 'Constraint',
  fixed: true,
  enabled: ({ constraints }) => constraints.length > 0,
  check: ({ constraints }, { node }) => constraints.every((one) => constraintHolds(one, node)),
  value: ({ constraints }, { node }) => {
    const failed = failedConstraint(constraints, node);
    if (!failed) return constraints.map(constraintText).join(', ');
    const { key } = failed.constraint;
    const found = failed.value === undefined ? 'there is no such key' : `${key} is "${failed.value}"`;
    return `${constraintText(failed.constraint)}: ${found}`;
  },
  explain: (count) => `scheduling constraints not satisfied on ${nodes(count)}`,
};

function architecture(name: string | undefined): string {
  if (name === 'x86_64') return 'amd64';
  return name === 'aarch64' ? 'arm64' : (name ?? '');
}

function platformFits(wanted: Platform, own: Platform): boolean {
  return (
    (!wanted.Architecture || architecture(wanted.Architecture) === architecture(own.Architecture)) &&
    (!wanted.OS || wanted.OS === own.OS)
  );
}

const platform: Filter = {
  name: 'Platform',
  fixed: true,
  enabled: ({ platforms }) => platforms.length > 0,
  check: ({ platforms }, { node }) => {
    const own = node.Description?.Platform;
    return own !== undefined && platforms.some((wanted) => platformFits(wanted, own));
  },
  value: (_, { node }) => {
    const own = node.Description?.Platform;
    return own ? `${own.OS ?? ''}/${own.Architecture ?? ''}` : 'platform not known';
  },
  explain: (count) => `unsupported platform on ${nodes(count)}`,
};

const hostPort: Filter = {
  name: 'HostPort',
  fixed: false,
  enabled: ({ footprint }) => footprint.hostPorts.length > 0,
  check: ({ footprint }, view) => !footprint.hostPorts.some((port) => view.hostPorts.has(port)),
  value: ({ footprint }, view) => {
    const used = footprint.hostPorts.filter((port) => view.hostPorts.has(port));
    return used.length > 0 ? `${used.join(', ')} in use` : `${footprint.hostPorts.join(', ')} free`;
  },
  explain: (count) => `host-mode port already in use on ${nodes(count)}`,
};

const maxReplicas: Filter = {
  name: 'MaxReplicas',
  fixed: false,
  enabled: (task) => task.maxReplicas > 0,
  check: (task, _, serviceTasks) => serviceTasks < task.maxReplicas,
  value: (task, _, serviceTasks) => `${serviceTasks} of at most ${task.maxReplicas} tasks of the service`,
  explain: () => 'max replicas per node limit exceed',
};

const volumes: Filter = {
  name: 'Volumes',
  fixed: false,
  enabled: (task) => task.volumes.length > 0,
  check: (task, view) => view.volumes.why(task.volumes, view.node) === undefined,
  value: (task, view) =>
    view.volumes.why(task.volumes, view.node) ?? task.volumes.map(({ source }) => source).join(', '),
  explain: (count) => `cannot fulfill requested CSI volume mounts on ${nodes(count)}`,
};

/** All filters in the order in which they are asked (SCHED-10). */
export const filters: readonly Filter[] = [
  ready,
  resource,
  plugin,
  constraint,
  platform,
  hostPort,
  maxReplicas,
  volumes,
];

/** The filters that the node object alone decides. */
export const fixedFilters = filters.filter((filter) => filter.fixed);
/** The filters that depend on what tasks hold. */
export const heldFilters = filters.filter((filter) => !filter.fixed);
