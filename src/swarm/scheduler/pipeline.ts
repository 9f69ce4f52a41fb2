import { filters, heldFilters } from './filters';
import type { NodeView } from './node-info';
import type { Requirements } from './requirements';
import { noFootprint } from './requirements';

/** How many nodes failed at each filter, in the order of `filters`. */
export type FailureCounts = number[];

/** The place of the first filter that the node fails, or -1 when it passes all (SCHED-10). */
export function firstFailure(task: Requirements, view: NodeView, serviceTasks: number): number {
  return filters.findIndex((filter) => filter.enabled(task) && !filter.check(task, view, serviceTasks));
}

/** Whether any filter must be asked again after each placement. */
export function dependsOnHeld(task: Requirements): boolean {
  return task.footprint !== noFootprint || task.maxReplicas > 0 || task.volumes.length > 0;
}

/** Whether what tasks hold on the node leaves room for this one. */
export function passesHeld(task: Requirements, view: NodeView, serviceTasks: number): boolean {
  return heldFilters.every((filter) => !filter.enabled(task) || filter.check(task, view, serviceTasks));
}

/** The engine's parts: most nodes first, ties in the order of the filters, joined with `; ` (SCHED-26). */
export function explainFailures(counts: FailureCounts): string {
  return filters
    .map((filter, place) => ({ filter, count: counts[place] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ filter, count }) => filter.explain(count))
    .join('; ');
}
