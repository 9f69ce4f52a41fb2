import type { Micros } from '../../sim';
import { minute } from '../../sim';

/** From this many recent failures on, a node is ranked behind others (SCHED-40). */
export const maxFailures = 5;
/** How long a failure counts. */
export const monitorFailures = 5 * minute;

/** Recent failures by group (service and spec version) and node; in memory only (SCHED-41). */
export class Failures {
  readonly #groups = new Map<string, Map<number, Micros[]>>();
  #sweepAt = 256;

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  record(groupKey: string, node: number, now: Micros): void {
    let nodes = this.#groups.get(groupKey);
    if (!nodes) {
      nodes = new Map();
      this.#groups.set(groupKey, nodes);
      if (this.#groups.size > this.#sweepAt) this.#sweep(now);
    }
    const recent = (nodes.get(node) ?? []).filter((at) => now - at <= monitorFailures);
    recent.push(now);
    nodes.set(node, recent);
  }

  /** The nodes that are ranked behind others for this group, with their number of recent failures. */
  poorNodes(groupKey: string, now: Micros): ReadonlyMap<number, number> {
    const nodes = this.#groups.size > 0 ? this.#groups.get(groupKey) : undefined;
    if (!nodes) return none;
    const poor = new Map<number, number>();
    for (const [node, times] of nodes) {
      const recent = times.filter((at) => now - at <= monitorFailures).length;
      if (recent >= maxFailures) poor.set(node, recent);
    }
    return poor;
  }

  /** Forgets groups whose failures are all too old to count. */
  #sweep(now: Micros): void {
    for (const [key, nodes] of this.#groups) {
      const recent = [...nodes.values()].some((times) => times.some((at) => now - at <= monitorFailures));
      if (!recent && nodes.size > 0) this.#groups.delete(key);
    }
    this.#sweepAt = Math.max(256, this.#groups.size * 2);
  }
}

const none: ReadonlyMap<number, number> = new Map();
