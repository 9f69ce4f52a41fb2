import type { NodeInfo } from './node-info';

/** What the walk over the nodes of one leaf needs to know. */
export interface Walk {
  /** The next best candidate, each once; undefined when there are no more. */
  next(): NodeInfo | undefined;
  /** Whether the node still passes the filters. */
  passes(info: NodeInfo): boolean;
  /** Whether the first node is strictly better than the second now. */
  better(a: NodeInfo, b: NodeInfo): boolean;
  /** Puts the next task of the group on the node; false when the group has no more. */
  assign(info: NodeInfo): boolean;
}

/**
 * Puts up to `n` tasks on the candidates, and at most `limit` candidates come into play (SCHED-43, SCHED-45):
 * it stays on a node until the next one is strictly better, and after the last goes round, one task a node.
 * Returns how many were placed.
 */
export function placeOnNodes(n: number, limit: number, walk: Walk): number {
  const list: NodeInfo[] = [];
  let complete = false;
  /** Whether there is an `index`-th candidate; looks for it when it is not known yet. */
  const exists = (index: number): boolean => {
    while (!complete && list.length <= index) {
      const info = list.length < limit ? walk.next() : undefined;
      if (info) list.push(info);
      else complete = true;
    }
    return index < list.length;
  };
  if (n === 0 || !exists(0)) return 0;

  const at = (turn: number): number => (exists(turn) ? turn : turn % list.length);
  const failed = new Set<number>();
  let placed = 0;
  let turn = 0;
  for (;;) {
    const current = list[at(turn)]!;
    if (!walk.assign(current)) return placed;
    if (++placed === n) return placed;
    if (!exists(turn + 1) || walk.better(list[turn + 1]!, current)) turn++;

    for (const first = turn; ; turn++) {
      const place = at(turn);
      if (complete && turn - first >= list.length) return placed;
      if (!failed.has(place) && walk.passes(list[place]!)) break;
      failed.add(place);
    }
  }
}
