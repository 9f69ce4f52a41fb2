import { fractionOf } from './chance';
import { gossipInterval, gossipNodes, packetTime, retransmissions, syncInterval } from './parameters';

/**
 * How a message spreads by rounds of 200 ms in which every node that has it sends it to three random members
 * (DISC-82). The share of members reached after each round follows from the mean of that process; when a single node
 * is reached is then one draw on that curve. `curve[r]` is the share of the other members that has it after r rounds.
 */
function curveOf(members: number, lossPercent: number): Float64Array {
  const others = members - 1;
  if (lossPercent === 0 && others <= gossipNodes) return Float64Array.of(0, 1);
  const limit = retransmissions(members);
  const missed = 1 - Math.min(1, gossipNodes / others) * (1 - lossPercent / 100);
  const shares = [0];
  // Senders stop after their retransmissions; with 4·log10(n) of them nobody is left over in practice unless packets
  // get lost: whom gossip misses then learns it from the next bulk sync.
  const rounds = lossPercent === 0 ? limit + 20 : limit;
  for (let knowing = 1, round = 0; round < rounds; round++) {
    knowing = members - (members - knowing) * missed ** knowing;
    const share = (knowing - 1) / others;
    if (share > 1 - 1 / (64 * others)) break;
    shares.push(share);
  }
  if (lossPercent === 0) shares.push(1);
  return Float64Array.from(shares);
}

const curves = new Map<number, Float64Array>();

function curve(members: number, lossPercent: number): Float64Array {
  const key = members * 128 + lossPercent;
  let found = curves.get(key);
  if (!found) {
    found = curveOf(members, lossPercent);
    curves.set(key, found);
  }
  return found;
}

/** Rounds until the last member of a network of this size has a message. */
export function roundsToAll(members: number): number {
  return members < 2 ? 0 : curve(members, 0).length - 1;
}

/** The next gossip round of a node, at its own phase, strictly after `at`. */
export function nextRound(seed: number, node: number, at: number): number {
  const phase = Math.floor(fractionOf(seed, node, 0x70) * gossipInterval);
  return Math.floor((at - phase) / gossipInterval + 1) * gossipInterval + phase;
}

/**
 * When a message that `origin` queues at `at` reaches `node`, in a network of `members`. What a node queues before the
 * same round travels together, so the draw belongs to the round. `loss`: the share of packets that get lost on the way;
 * whom gossip misses has it from a bulk sync, which goes by TCP, within 30 s (DISC-83).
 */
export function spreadArrival(
  seed: number,
  salt: number,
  origin: number,
  node: number,
  members: number,
  at: number,
  loss = 0,
): number {
  const start = nextRound(seed, origin, at);
  const shares = curve(Math.max(2, members), Math.round(loss * 100));
  let round = 1;
  if (shares.length > 2 || loss > 0) {
    const draw = fractionOf(seed ^ salt, origin * 65_536 + node, Math.floor(start / gossipInterval), 1);
    while (round < shares.length - 1 && draw >= shares[round]!) round++;
    if (loss > 0 && draw >= (shares[round] ?? 0)) {
      const sync = fractionOf(seed ^ salt, node * 65_536 + origin, Math.floor(start / gossipInterval), 2);
      return start + round * gossipInterval + Math.floor(sync * syncInterval);
    }
  }
  return start + (round - 1) * gossipInterval + packetTime;
}

/** The latest that anybody in a network of this size can have a message queued at `at`. */
export function settledBy(members: number, at: number, loss = 0): number {
  const gossiped = at + (roundsToAll(members) + 1) * gossipInterval + packetTime;
  return loss > 0 ? gossiped + retransmissions(members) * gossipInterval + syncInterval : gossiped;
}
