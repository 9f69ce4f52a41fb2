import { fractionOf } from './chance';
import { awarenessMax, probeInterval, suspicionMaxMultiplier, suspicionMultiplier } from './parameters';

/**
 * How long a suspected node has to refute in a cluster of `nodes` with `confirmations` independent ones (DISC-102), in
 * microseconds: from six times the minimum down to it, logarithmically; the minimum at once where nobody could confirm.
 */
export function suspicionTimeout(nodes: number, confirmations: number): number {
  const scale = Math.max(1, Math.log10(Math.max(1, nodes)));
  const shortest = suspicionMultiplier * scale * probeInterval;
  const longest = suspicionMaxMultiplier * shortest;
  const expected = suspicionMultiplier - 2;
  if (nodes - 2 < expected) return Math.floor(shortest);
  const progress = Math.log(confirmations + 1) / Math.log(expected + 1);
  return Math.floor(Math.max(shortest, longest - progress * (longest - shortest)));
}

/**
 * When a group of `observers` that can talk to each other declares `target` dead, which they lost at `at` (DISC-101 …
 * DISC-104). Every observer probes one member a second in an order of its own; the first that comes to the target
 * suspects it at the end of that interval. Others confirm as they come to it themselves; each confirmation brings the
 * end nearer. A lone observer gets no negative acknowledgements for its failed probes: its health score rises and
 * slows it down (DISC-104).
 */
export function detectionTime(
  seed: number,
  at: number,
  observers: readonly number[],
  target: number,
  nodes: number,
): number {
  const probed = observers
    .map((observer) => {
      const place = placeInOrder(seed, at, observer, target, nodes);
      const phase = fractionOf(seed, observer, 0x71) * probeInterval;
      return at + phase + (observers.length === 1 ? slowed(place) : place * probeInterval);
    })
    .sort((a, b) => a - b);
  const suspected = probed[0]! + probeInterval;
  let end = suspected + suspicionTimeout(nodes, 0);
  for (
    let confirmations = 1;
    confirmations <= suspicionMultiplier - 2 && confirmations < probed.length;
    confirmations++
  ) {
    const confirmed = probed[confirmations]! + probeInterval;
    if (confirmed >= end) break;
    end = Math.max(confirmed, suspected + suspicionTimeout(nodes, confirmations));
  }
  return Math.floor(end);
}

/** How many others `observer` probes before it comes to `target`, from `at` on: its order is its own (DISC-101). */
export function placeInOrder(seed: number, at: number, observer: number, target: number, nodes: number): number {
  return Math.floor(fractionOf(seed, observer * 65_536 + target, Math.floor(at / 1_000_000), 2) * (nodes - 1));
}

/** Time for `places` failed probes before this one when each raises the health score (DISC-104). */
function slowed(places: number): number {
  let time = 0;
  for (let place = 0; place < places; place++) time += (1 + Math.min(place, awarenessMax)) * probeInterval;
  return time;
}
