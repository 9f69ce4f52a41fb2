import type { Micros } from '../../sim';
import type { Bits } from './bits';
import { Candidates, intersection } from './candidates';
import { filters } from './filters';
import type { NodeInfo } from './node-info';
import type { NodeSet } from './node-set';
import type { FailureCounts } from './pipeline';
import { dependsOnHeld, explainFailures, firstFailure, passesHeld } from './pipeline';
import { placeOnNodes } from './placement';
import type { Ranking } from './ranking';
import { isBetter } from './ranking';
import type { Requirements } from './requirements';
import { branchReaders, placeOnBranches, spreadTree } from './spread-tree';

/** Tasks of one service and spec version that are to be placed together (SCHED-3). */
export interface Group {
  readonly key: string;
  readonly serviceID: string;
  readonly requirements: Requirements;
}

/** The node for the only task of a group; undefined when none suits. */
export function scheduleOne(set: NodeSet, group: Group, now: Micros): NodeInfo | undefined {
  const { serviceID, requirements } = group;
  const suitable = set.suitability.of(requirements);
  // Most tasks are the first of their service, and nothing tells nodes apart but their number of tasks.
  if (!dependsOnHeld(requirements) && !set.service(serviceID) && set.failures.isEmpty) {
    return set.nodes[set.order.lowest(suitable)];
  }
  const ranking: Ranking = { serviceID, poor: set.failures.poorNodes(group.key, now) };
  return new Candidates(set, requirements, ranking, suitable, true).next();
}

/**
 * Puts the tasks of a group on nodes, as far as they fit. `assign` is told each task by its place in the group, with
 * its node, and must make the node set count the task there before it returns. Returns the number placed.
 */
export function scheduleGroup(
  set: NodeSet,
  group: Group,
  tasks: number,
  now: Micros,
  assign: (task: number, info: NodeInfo) => void,
): number {
  const { serviceID, requirements } = group;
  const readers = branchReaders(requirements.preferences);
  if (tasks === 1 && readers.length === 0) {
    const info = scheduleOne(set, group, now);
    if (!info) return 0;
    assign(0, info);
    return 1;
  }
  const ranking: Ranking = { serviceID, poor: set.failures.poorNodes(group.key, now) };
  const suitable = set.suitability.of(requirements);
  const asksHeld = dependsOnHeld(requirements);
  let placed = 0;
  const place = (within: Bits, n: number): number => {
    const candidates = new Candidates(set, requirements, ranking, within, false);
    return placeOnNodes(n, tasks, {
      next: () => candidates.next(),
      passes: (info) => !asksHeld || passesHeld(requirements, info, set.serviceTasks(serviceID, info)),
      better: (a, b) => isBetter(set, ranking, a, b),
      assign: (info) => {
        if (placed === tasks) return false;
        assign(placed++, info);
        return true;
      },
    });
  };
  if (readers.length === 0) return place(suitable, tasks);
  const tree = spreadTree(set, serviceID, readers);
  return placeOnBranches(tree, tasks, (leaf, n) => place(intersection(suitable, leaf.nodes), n));
}

/** Why no node suits, in the engine's parts: each node is counted at the first filter it fails (SCHED-26, SCHED-27). */
export function explainNoNode(set: NodeSet, task: Requirements, serviceID: string): string {
  const counts: FailureCounts = filters.map(() => 0);
  for (const info of set.nodes) {
    if (info.removed) continue;
    const place = firstFailure(task, info, set.serviceTasks(serviceID, info));
    if (place >= 0) counts[place]!++;
  }
  return explainFailures(counts);
}
