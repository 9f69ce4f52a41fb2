import type { StoredNode } from '../objects';
import type { Bits } from './bits';
import { setBit } from './bits';
import type { NodeSet } from './node-set';

/** The nodes that agree on the first levels of the spread preferences (SCHED-51). */
export interface Branch {
  /** Active tasks of the service on all nodes of the branch, usable or not, when the group's turn began. */
  readonly tasks: number;
  readonly nodes: Bits;
  /** Empty for a leaf; branches in the order in which their first node joined. */
  readonly branches: readonly Branch[];
}

const nodeLabels = 'node.labels.';
const engineLabels = 'engine.labels.';

/** Reads a node's branch at one level; undefined for a descriptor that is ignored (SCHED-50). */
function branchReader(descriptor: string): ((node: StoredNode) => string) | undefined {
  const lower = descriptor.toLowerCase();
  if (lower.startsWith(nodeLabels) && lower.length > nodeLabels.length) {
    const name = descriptor.slice(nodeLabels.length);
    return (node) => node.Spec.Labels?.[name] ?? '';
  }
  if (lower.startsWith(engineLabels) && lower.length > engineLabels.length) {
    const name = descriptor.slice(engineLabels.length);
    return (node) => node.Description?.Engine?.Labels?.[name] ?? '';
  }
  return undefined;
}

/** The values by which nodes are told apart, outermost first; empty when no preference counts (SCHED-50). */
export function branchReaders(preferences: readonly string[]): ((node: StoredNode) => string)[] {
  return preferences.flatMap((descriptor) => branchReader(descriptor) ?? []);
}

interface Growing {
  tasks: number;
  nodes: Bits;
  readonly children: Map<string, Growing>;
}

/** Sorts all nodes into the tree of the preferences. */
export function spreadTree(set: NodeSet, serviceID: string, readers: ((node: StoredNode) => string)[]): Branch {
  const grow = (): Growing => ({ tasks: 0, nodes: new Uint32Array(set.words), children: new Map() });
  const root = grow();
  const load = set.service(serviceID);
  for (const info of set.nodes) {
    if (info.removed) continue;
    const tasks = load?.get(info.index) ?? 0;
    let branch = root;
    branch.tasks += tasks;
    setBit(branch.nodes, info.index);
    for (const reader of readers) {
      const value = reader(info.node);
      let child = branch.children.get(value);
      if (!child) {
        child = grow();
        branch.children.set(value, child);
      }
      branch = child;
      branch.tasks += tasks;
      setBit(branch.nodes, info.index);
    }
  }
  return finish(root);
}

function finish(branch: Growing): Branch {
  return { tasks: branch.tasks, nodes: branch.nodes, branches: [...branch.children.values()].map(finish) };
}

/**
 * Splits `n` tasks among the branches so that the service's totals become even (SCHED-52, SCHED-53).
 * `place` puts up to that many on the nodes of a leaf and says how many found room. Returns the number placed.
 */
export function placeOnBranches(branch: Branch, n: number, place: (leaf: Branch, n: number) => number): number {
  if (branch.branches.length === 0) return place(branch, n);
  let placed = 0;
  let usableTasks = branch.tasks;
  const full = new Set<Branch>();
  while (placed < n && full.size < branch.branches.length) {
    const sum = usableTasks + n - placed;
    const usable = branch.branches.length - full.size;
    const desired = Math.floor(sum / usable);
    let remainder = sum % usable;
    let changed = false;
    for (const child of branch.branches) {
      if (full.has(child)) continue;
      if (child.tasks > desired || (child.tasks === desired && remainder === 0)) continue;
      const wanted = desired - child.tasks + (remainder > 0 ? 1 : 0);
      const got = placeOnBranches(child, wanted, place);
      if (got < wanted) {
        full.add(child);
        usableTasks -= child.tasks;
        changed = true;
      } else if (remainder > 0) {
        remainder--;
      }
      placed += got;
      if (got > 0) changed = true;
    }
    if (!changed) break;
  }
  return placed;
}
