// The gossip against the theory of SWIM and memberlist, over 1,000 seeded clusters, and what random histories cost.
import { placeInOrder, suspicionTimeout } from '../src/network/gossip/suspicion';
import { overlay, Testbed } from '../src/network/testbed';
import { Random, second } from '../src/sim';
import type { Result } from './result';

const seeds = 1_000;
const sizes = [5, 25, 100] as const;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** SWIM: periods until some member probes one that failed, e/(e-1) = 1.58 in a large cluster. */
function firstDetection(): Result {
  const nodes = 100;
  const periods = range(seeds).map(
    (seed) =>
      1 +
      Math.min(...range(nodes - 1).map((observer) => placeInOrder(seed, seed * second, observer, nodes - 1, nodes))),
  );
  return {
    name: 'gossip: first probe of a failed node',
    value: mean(periods),
    unit: 'periods',
    anchor: 'SWIM, e/(e-1)',
    anchorValue: Math.E / (Math.E - 1),
  };
}

/** From the power cut of a node until another takes it for dead, against probe and suspicion timeouts by formula. */
function declaredDead(nodes: number): Result {
  const times = range(Math.max(20, Math.floor(seeds / nodes))).map((seed) => {
    const bed = new Testbed({ nodes, seed: seed + 1 });
    bed.settle();
    const victim = `swarm-${nodes}`;
    const start = bed.sim.now;
    bed.fabric.kill(victim);
    const dead = () => bed.fabric.failed('swarm-1').some(({ node }) => node === victim);
    while (!dead() && bed.sim.now - start < 300 * second) bed.sim.runFor(second / 10);
    return (bed.sim.now - start) / second;
  });
  // One period on average to the first probe, one in which it fails; two more confirm in a large cluster.
  const expected = 1 + 1 + suspicionTimeout(nodes, Math.min(2, nodes - 2)) / second;
  return {
    name: `gossip: ${nodes} nodes, until a dead one is known`,
    value: mean(times),
    unit: 's',
    anchor: 'probe and suspicion by formula',
    anchorValue: expected,
  };
}

/** Rounds of gossip until the last of all nodes has a name, against the logarithm of their number. */
function spread(nodes: number): Result {
  const network = overlay('net');
  const times = range(Math.max(20, Math.floor(seeds / nodes))).map((seed) => {
    const bed = new Testbed({ nodes, seed: seed + 1 });
    bed.join(network, ...bed.nodes);
    bed.settle();
    bed.task(bed.nodes[0]!, { name: 'web', vip: '10.0.9.9' }, network);
    const start = bed.sim.now;
    const all = () =>
      bed.nodes.every((node) =>
        bed.fabric.networkdb(node.nodeName).some(({ record }) => record?.serviceName === 'web'),
      );
    while (!all() && bed.sim.now - start < 60 * second) bed.sim.runFor(second / 50);
    return (bed.sim.now - start) / (second / 5);
  });
  return {
    name: `gossip: ${nodes} nodes, until all have a name`,
    value: mean(times),
    unit: 'rounds of 200 ms',
    anchor: 'push of fan-out 3, log4(n) + ln(n)/3',
    anchorValue: Math.log(nodes) / Math.log(4) + Math.log(nodes) / 3,
  };
}

/** 100 random histories of 2 to 25 nodes: joins, names, cuts, deaths and returns, each ended by a settled cluster. */
function histories(): Result {
  const begin = process.cpuUsage();
  for (let seed = 1; seed <= 100; seed++) {
    const random = new Random(seed);
    const bed = new Testbed({ nodes: random.integer(2, 25), seed });
    const networks = ['a', 'b', 'c'].map((name) => overlay(name));
    const pick = () => bed.nodes[random.integer(0, bed.nodes.length - 1)]!;
    for (let step = 0; step < 60; step++) {
      const node = pick();
      switch (random.integer(0, 5)) {
        case 0:
          bed.fabric.cut(node.nodeName);
          break;
        case 1:
          bed.fabric.mend(node.nodeName);
          break;
        case 2:
          bed.fabric.partition([[node.nodeName, pick().nodeName]]);
          break;
        default:
          bed.task(node, { name: `s${step % 7}`, vip: `10.9.${step % 7}.9` }, networks[step % 3]!);
      }
      bed.sim.runFor(random.integer(0, 4) * second);
    }
    bed.fabric.heal();
    bed.settle(60 * second);
    for (const network of networks) {
      const members = bed.nodes.filter((node) => node.find(network.id));
      const known = members.map(
        (node) => bed.fabric.networkdb(node.nodeName).filter((row) => row.network === network.id && row.record).length,
      );
      if (new Set(known).size > 1)
        throw new Error(`seed ${seed}: nodes know ${known.join(', ')} entries of ${network.name}`);
    }
  }
  const { user, system } = process.cpuUsage(begin);
  return {
    name: 'gossip: 100 random histories, 2 to 25 nodes',
    value: (user + system) / 1e6,
    unit: 's',
    anchor: 'goal',
    anchorValue: 5,
  };
}

export const benchmarks = [
  firstDetection,
  ...sizes.map((nodes) => () => declaredDead(nodes)),
  // With five nodes one round reaches four of four: the formula is of large clusters.
  ...sizes.slice(1).map((nodes) => () => spread(nodes)),
  histories,
];
export default () => benchmarks.map((benchmark) => benchmark());
