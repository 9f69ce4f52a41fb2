import { failedConstraint } from '../constraint';
import { filters, missingPlugin } from './filters';
import type { NodeView } from './node-info';
import { freeCPUs, freeGeneric, freeMemory } from './node-info';
import type { Requirements } from './requirements';
import type { PastNode } from './rewind';
import { cpusText, memoryText } from './texts';

/** Most remedies of one kind, so that a large cluster does not give a large answer. */
const most = 3;

/**
 * What would let a pending task run, nearest first: first on nodes that fail one filter only.
 * One sentence each, naming the node and the amount, label or port.
 */
export function remediesFor(task: Requirements, nodes: readonly PastNode[]): string[] {
  if (nodes.length === 0) return ['add a node to the swarm'];
  const failures = nodes.map((node) => ({
    node,
    failed: filters.filter((filter) => filter.enabled(task) && !filter.check(task, node, node.serviceTasks)),
  }));
  const fewest = Math.min(...failures.map(({ failed }) => failed.length));
  if (fewest === 0) return [];
  const nearest = failures.filter(({ failed }) => failed.length === fewest);
  const remedies = new Set<string>();
  for (const { name } of filters) {
    const here = nearest.filter(({ failed }) => failed.some((filter) => filter.name === name)).map(({ node }) => node);
    if (here.length === 0) continue;
    switch (name) {
      case 'Ready':
        for (const node of here.slice(0, most)) remedies.add(wake(node));
        break;
      case 'Resource':
        for (const remedy of freeResources(task, here)) remedies.add(remedy);
        break;
      case 'Plugin':
        for (const node of here.slice(0, most)) {
          const missing = missingPlugin(task, node.node);
          if (missing) remedies.add(`install the ${missing.type} plugin ${missing.name} on ${nameOf(node)}`);
        }
        break;
      case 'Constraint':
        for (const node of here.slice(0, most)) {
          const remedy = satisfyConstraint(task, node);
          if (remedy) remedies.add(remedy);
        }
        break;
      case 'Platform':
        remedies.add(
          `add a node of platform ${task.platforms.map(({ OS, Architecture }) => `${OS || 'any'}/${Architecture || 'any'}`).join(' or ')}`,
        );
        break;
      case 'HostPort': {
        const ports = task.footprint.hostPorts.join(', ');
        for (const node of here.slice(0, most)) remedies.add(`free the host port ${ports} on ${nameOf(node)}`);
        remedies.add(`add a node on which ${ports} is free, or publish in ingress mode`);
        break;
      }
      case 'MaxReplicas':
        remedies.add(`raise the maximum of ${task.maxReplicas} replicas per node, or add a node`);
        break;
      case 'Volumes': {
        const names = task.volumes.map(({ source }) => source).join(', ');
        for (const node of here.slice(0, most)) {
          remedies.add(`make ${names} available to ${nameOf(node)}: ${node.volumes.why(task.volumes, node.node)}`);
        }
        break;
      }
    }
  }
  return [...remedies];
}

function nameOf(node: NodeView): string {
  return node.node.Description?.Hostname || node.node.ID;
}

function wake({ node }: NodeView): string {
  const name = node.Description?.Hostname || node.ID;
  if (node.Status.State !== 'ready') return `bring ${name} back: it is ${node.Status.State}`;
  return `set the availability of ${name} to active: it is ${node.Spec.Availability}`;
}

function satisfyConstraint(task: Requirements, node: NodeView): string | undefined {
  const failed = failedConstraint(task.constraints, node.node);
  if (!failed) return undefined;
  const { key, operator, value } = failed.constraint;
  const lower = key.toLowerCase();
  const label = lower.startsWith('node.labels.') ? key.slice('node.labels.'.length) : undefined;
  if (label) {
    return operator === '=='
      ? `add the label ${label}=${value} to ${nameOf(node)}`
      : `remove the label ${label}=${value} from ${nameOf(node)}`;
  }
  if (lower === 'node.role' && operator === '==' && (value === 'manager' || value === 'worker')) {
    return `${value === 'manager' ? 'promote' : 'demote'} ${nameOf(node)}`;
  }
  return `change the constraint ${key}${operator}${value}, or add a node that satisfies it`;
}

/** The nodes that lack least, with what they lack. */
function freeResources(task: Requirements, nodes: readonly PastNode[]): string[] {
  const { footprint } = task;
  const lacking = nodes.map((node) => {
    const cpus = Math.max(0, footprint.nanoCPUs - freeCPUs(node));
    const memory = Math.max(0, footprint.memoryBytes - freeMemory(node));
    const generic = footprint.generic.flatMap(({ kind, value }) => {
      const missing = value - freeGeneric(node, kind);
      return missing > 0 ? [`${missing} ${kind}`] : [];
    });
    const parts = [
      ...(cpus > 0 ? [`${cpusText(cpus)} CPUs`] : []),
      ...(memory > 0 ? [`${memoryText(memory)} of memory`] : []),
      ...generic,
    ];
    const shortfall = cpus / (footprint.nanoCPUs || 1) + memory / (footprint.memoryBytes || 1) + generic.length;
    return { text: `free ${parts.join(' and ')} on ${nameOf(node)}`, shortfall };
  });
  lacking.sort((a, b) => a.shortfall - b.shortfall);
  return [...lacking.slice(0, most).map(({ text }) => text), 'reserve less, or add a node with enough resources'];
}
