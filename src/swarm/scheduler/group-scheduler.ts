import type { Micros } from '../../sim';
import type { StoredTask } from '../objects';
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

/**
 * Puts the tasks of a group on nodes, as far as they fit. `assign` is told each pair, and must make the node set
 * count the task there before it returns. Returns the number placed.
 */
export function scheduleGroup(
  set: NodeSet,
  { key, serviceID, requirements }: Group,
  tasks: readonly StoredTask[],
  now: Micros,
  assign: (task: StoredTask, info: NodeInfo) => void,
): number {
  const ranking: Ranking = { serviceID, poor: set.failures.poorNodes(key, now) };
  const suitable = set.suitability.of(requirements);
  const readers = branchReaders(requirements.preferences);
  if (tasks.length === 1 && readers.length === 0) {
    const info = new Candidates(set, requirements, ranking, suitable, true).next();
    if (!info) return 0;
    assign(tasks[0]!, info);
    return 1;
  }
  const asksHeld = dependsOnHeld(requirements);
  let placed = 0;
  const place = (within: Bits, n: number): number => {
    const candidates = new Candidates(set, requirements, ranking, within, false);
    return placeOnNodes(n, tasks.length, {
      next: () => candidates.next(),
      passes: (info) => !asksHeld || passesHeld(requirements, info, set.serviceTasks(serviceID, info)),
      better: (a, b) => isBetter(set, ranking, a, b),
      assign: (info) => {
        const task = tasks[placed];
        if (!task) return false;
        placed++;
        assign(task, info);
        return true;
      },
    });
  };
  if (readers.length === 0) return place(suitable, tasks.length);
  const tree = spreadTree(set, serviceID, readers);
  return placeOnBranches(tree, tasks.length, (leaf, n) => place(intersection(suitable, leaf.nodes), n));
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
