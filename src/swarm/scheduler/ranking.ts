import type { NodeInfo } from './node-info';
import type { NodeSet } from './node-set';
import type { ServiceLoad } from './service-load';

/** How nodes compare for one group (SCHED-40). */
export interface Ranking {
  readonly serviceID: string;
  /** Nodes with five or more recent failures of the group, and how many. */
  readonly poor: ReadonlyMap<number, number>;
}

/**
 * Negative when `a` is the better node for the group: fewer recent failures if either has many, fewer tasks of the
 * service, fewer tasks in total. Zero when the rule leaves it open (SCHED-40).
 */
export function compareRank(
  a: NodeInfo,
  b: NodeInfo,
  poor: ReadonlyMap<number, number>,
  load: ServiceLoad | undefined,
): number {
  const failures = poor.size > 0 ? (poor.get(a.index) ?? 0) - (poor.get(b.index) ?? 0) : 0;
  if (failures !== 0) return failures;
  const service = load ? load.get(a.index) - load.get(b.index) : 0;
  if (service !== 0) return service;
  return a.activeTasks - b.activeTasks;
}

/** Whether `a` is strictly better than `b` now. */
export function isBetter(set: NodeSet, ranking: Ranking, a: NodeInfo, b: NodeInfo): boolean {
  return compareRank(a, b, ranking.poor, set.service(ranking.serviceID)) < 0;
}
