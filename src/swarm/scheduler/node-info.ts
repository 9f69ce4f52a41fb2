import type { GenericResource } from '../../api';
import type { StoredNode } from '../objects';
import type { Footprint, GenericNeed } from './requirements';
import type { VolumeSet } from './volumes';

/** What the filters see of a node: the object, and what tasks hold there (SCHED-18, SCHED-19). */
export interface NodeView {
  readonly node: StoredNode;
  readonly usedCPUs: number;
  readonly usedMemory: number;
  /** Discrete amounts in use by kind. */
  readonly usedGeneric: ReadonlyMap<string, number>;
  /** How many tasks hold each host port; more than one when they were placed before this leader's time. */
  readonly hostPorts: ReadonlyMap<string, number>;
  /** The cluster volumes of the swarm, as they are now. */
  readonly volumes: VolumeSet;
}

/** The bookkeeping of one node. `index` counts nodes in the order in which they joined. */
export class NodeInfo implements NodeView {
  usedCPUs = 0;
  usedMemory = 0;
  readonly usedGeneric = new Map<string, number>();
  readonly hostPorts = new Map<string, number>();
  /** Tasks with desired state up to COMPLETE (SCHED-18). */
  activeTasks = 0;
  removed = false;

  constructor(
    readonly index: number,
    public node: StoredNode,
    readonly volumes: VolumeSet,
  ) {}

  /** Adds (`by` 1) or takes away (`by` -1) what a task holds. */
  apply(footprint: Footprint, by: 1 | -1): void {
    this.usedCPUs += by * footprint.nanoCPUs;
    this.usedMemory += by * footprint.memoryBytes;
    for (const need of footprint.generic) count(this.usedGeneric, need.kind, by * need.value);
    for (const port of footprint.hostPorts) count(this.hostPorts, port, by);
  }
}

function count(counts: Map<string, number>, key: string, by: number): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now === 0) counts.delete(key);
  else counts.set(key, now);
}

/** CPUs that are not reserved, in billionths; may be negative (SCHED-19). */
export function freeCPUs(view: NodeView): number {
  return (view.node.Description?.Resources?.NanoCPUs ?? 0) - view.usedCPUs;
}

export function freeMemory(view: NodeView): number {
  return (view.node.Description?.Resources?.MemoryBytes ?? 0) - view.usedMemory;
}

/** How many of a kind of generic resource the node has, named ones counted singly. */
export function describedGeneric(node: StoredNode, kind: string): number {
  let total = 0;
  for (const resource of node.Description?.Resources?.GenericResources ?? []) {
    if ('DiscreteResourceSpec' in resource) {
      if (resource.DiscreteResourceSpec.Kind === kind) total += resource.DiscreteResourceSpec.Value;
    } else if (resource.NamedResourceSpec.Kind === kind) {
      total++;
    }
  }
  return total;
}

export function freeGeneric(view: NodeView, kind: string): number {
  return describedGeneric(view.node, kind) - (view.usedGeneric.get(kind) ?? 0);
}

/**
 * The generic resources that a task gets on a node: named ones by name, others as a number (SCHED-12).
 * `taken` are the names in use there, by kind.
 */
export function claimGeneric(
  node: StoredNode,
  needs: readonly GenericNeed[],
  taken: (kind: string, name: string) => boolean,
): GenericResource[] {
  return needs.flatMap(({ kind, value }): GenericResource[] => {
    const named = (node.Description?.Resources?.GenericResources ?? []).filter(
      (resource) => 'NamedResourceSpec' in resource && resource.NamedResourceSpec.Kind === kind,
    );
    if (named.length === 0) return [{ DiscreteResourceSpec: { Kind: kind, Value: value } }];
    return named
      .filter((resource) => 'NamedResourceSpec' in resource && !taken(kind, resource.NamedResourceSpec.Value))
      .slice(0, value);
  });
}
