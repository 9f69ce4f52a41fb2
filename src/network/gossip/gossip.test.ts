import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { millisecond, minute, second } from '../../sim';
import type { NetworkDbRow } from '../fabric';
import type { LocalNetwork, Sandbox } from '../libnetwork';
import { addressesOf, overlay, Testbed } from '../testbed';
import { nextRound, roundsToAll, settledBy, spreadArrival } from './epidemic';
import { gossipInterval, retransmissions } from './parameters';
import { detectionTime, suspicionTimeout } from './suspicion';

const vip = '10.0.1.2';

/** One task of `web` on each of the first `tasks` nodes; all nodes are on the network and everything has settled. */
function cluster(options: { nodes?: number; tasks?: number; seed?: number } = {}) {
  const bed = new Testbed({ nodes: options.nodes ?? 3, seed: options.seed ?? 1 });
  const net = overlay('net');
  const clients = bed.nodes.map((node) => bed.task(node, { name: 'cli', vip: '10.0.1.9' }, net));
  const web = bed.nodes
    .slice(0, options.tasks ?? bed.nodes.length)
    .map((node) => bed.task(node, { name: 'web', vip }, net));
  bed.settle();
  return { bed, net, clients, web };
}

function addressOf(sandbox: Sandbox): string {
  return sandbox.endpoints[0]!.address.split('/')[0]!;
}

/** Milliseconds until a condition holds, in steps of 50 ms; fails after `limit` seconds. */
function waitFor(bed: Testbed, condition: () => boolean, limit = 60): number {
  for (let waited = 0; waited <= limit * 1_000; waited += 50) {
    if (condition()) return waited;
    bed.sim.runFor(50 * millisecond);
  }
  throw new Error('it did not happen');
}

function liveKeys(rows: readonly NetworkDbRow[]): string[] {
  return rows
    .filter((row) => row.record)
    .map((row) => `${row.network} ${row.key} ${row.lamport} ${row.owner}`)
    .sort();
}

describe('H: NetworkDB', () => {
  it('DISC-80: a node holds entries only of networks it joined, and drops them at leaving', () => {
    const bed = new Testbed();
    const net = overlay('net');
    const task = bed.task(bed.nodes[0]!, { name: 'web', vip }, net);
    bed.settle();
    expect(bed.fabric.networkdb('swarm-2')).toEqual([]);
    bed.join(net, bed.nodes[1]!);
    bed.settle();
    expect(liveKeys(bed.fabric.networkdb('swarm-2'))).toEqual(liveKeys(bed.fabric.networkdb('swarm-1')));
    bed.nodes[1]!.leaveOverlay(net.id);
    expect(bed.fabric.networkdb('swarm-2')).toEqual([]);
    task.close();
    bed.nodes[0]!.leaveOverlay(net.id);
    expect(bed.nodes[0]!.find('net')).toBeUndefined();
  });

  it('DISC-81: peers learn of a join by gossip, and the newcomer knows them by its sync', () => {
    const { bed, net } = cluster({ nodes: 3, tasks: 1 });
    const later = bed.fabric.addNode('swarm-4', '192.168.99.104');
    later.joinOverlay(net, '10.9.9.9/16');
    const peers = (index: number) => bed.nodes[index]!.overlayDetails(net.id, false).Peers!.map((peer) => peer.IP);
    expect(peers(0)).toHaveLength(3);
    bed.settle();
    expect(peers(0)).toContain('192.168.99.104');
    expect(later.overlayDetails(net.id, false).Peers).toHaveLength(4);
  });

  it('DISC-82: a write is known elsewhere within the next rounds of 200 ms, never at once', () => {
    const { bed, net, clients } = cluster();
    bed.task(bed.nodes[0]!, { name: 'new', vip: '10.0.1.20' }, net);
    expect(addressesOf(clients[0]!, 'new')).toEqual(['10.0.1.20']);
    expect(addressesOf(clients[1]!, 'new')).toEqual([]);
    const waited = waitFor(bed, () => addressesOf(clients[1]!, 'new').length > 0);
    expect(waited).toBeLessThanOrEqual(250);
  });

  it('DISC-82: rounds grow with the logarithm of the size; retransmissions follow the formula', () => {
    expect([3, 9, 10, 99, 1_000].map(retransmissions)).toEqual([4, 4, 8, 8, 16]);
    expect(roundsToAll(4)).toBe(1);
    expect(roundsToAll(100)).toBeGreaterThan(roundsToAll(10));
    expect(roundsToAll(1_000)).toBeLessThan(12);
    const arrivals = Array.from({ length: 1_000 }, (_, node) => spreadArrival(7, 1, 1_001, node, 1_000, 1e6));
    expect(Math.max(...arrivals)).toBeLessThanOrEqual(settledBy(1_000, 1e6));
    const start = nextRound(7, 1_001, 1e6);
    const firstRound = arrivals.filter((arrival) => arrival < start + gossipInterval).length;
    expect(firstRound).toBeLessThan(15);
    expect(new Set(arrivals.map((arrival) => arrival % gossipInterval)).size).toBe(1);
  });

  it('DISC-82: nothing is scheduled when nothing changes', () => {
    const { bed } = cluster();
    expect(bed.sim.next).toBeUndefined();
    expect(bed.sim.executed).toBe(0);
  });

  it('DISC-83: what a part of the cluster knows by one member reaches the others of that part', () => {
    // Cut while a write is on its way: it may have reached some of the others, which then tell the rest.
    for (let delay = 0; delay < 20; delay++) {
      const { bed, net, clients } = cluster({ nodes: 12, seed: delay + 1 });
      bed.task(bed.nodes[0]!, { name: 'new', vip: '10.0.1.20' }, net);
      bed.sim.runFor(delay * 40 * millisecond);
      bed.fabric.partition([['swarm-1', 'swarm-2']]);
      bed.sim.runFor(3 * second);
      const knowing = clients.slice(2).map((client) => client.resolve('new', 'A').reply.rcode);
      expect(new Set(knowing).size).toBe(1);
    }
  });

  it('DISC-84, DISC-65: a node that joins late knows existing entries right away', () => {
    const { bed, net } = cluster({ tasks: 2 });
    const later = bed.fabric.addNode('swarm-9', '192.168.99.109');
    later.joinOverlay(net, '10.9.9.9/16');
    const client = bed.task(later, { name: 'late', vip: '10.0.1.30' }, net);
    expect(addressesOf(client, 'web')).toEqual([]);
    bed.sim.runFor(50 * millisecond);
    expect(addressesOf(client, 'web')).toEqual([vip]);
    expect(addressesOf(client, 'tasks.web')).toHaveLength(2);
  });

  it('DISC-85: Lamport times of an owner rise, and the newest write wins everywhere', () => {
    const { bed, web } = cluster();
    const times = () =>
      bed.fabric
        .networkdb('swarm-2')
        .filter((row) => row.owner === 'swarm-1')
        .map((row) => row.lamport);
    const before = Math.max(...times());
    web[0]!.deactivate();
    web[0]!.activate();
    web[0]!.deactivate();
    bed.settle();
    expect(Math.max(...times())).toBe(before + 3);
    for (const node of ['swarm-1', 'swarm-2', 'swarm-3']) {
      const row = bed.fabric.networkdb(node).find((one) => one.key === web[0]!.endpoints[0]!.id);
      expect(row?.record?.serviceDisabled).toBe(true);
    }
  });

  it('DISC-86: a deleted entry is a tombstone for 30 minutes', () => {
    const { bed, web } = cluster();
    const key = web[0]!.endpoints[0]!.id;
    web[0]!.close();
    bed.settle();
    const row = () => bed.fabric.networkdb('swarm-2').find((one) => one.key === key);
    expect(row()).toMatchObject({ record: undefined, owner: 'swarm-1' });
    bed.sim.runFor(29 * minute);
    expect(row()).toBeDefined();
    bed.sim.runFor(2 * minute);
    expect(row()).toBeUndefined();
  });

  it('DISC-88: a machine that comes back is a new one; what it had written is void', () => {
    const { bed, net, clients, web } = cluster();
    const old = addressOf(web[1]!);
    bed.fabric.kill('swarm-2');
    bed.sim.runFor(second);
    expect(addressesOf(clients[0]!, 'tasks.web')).toContain(old);
    bed.fabric.revive('swarm-2');
    expect(addressesOf(clients[0]!, 'tasks.web')).not.toContain(old);
    expect(bed.nodes[1]!.find('net')).toBeUndefined();
    const again = bed.task(bed.nodes[1]!, { name: 'web', vip }, net);
    bed.settle();
    expect(addressesOf(clients[0]!, 'tasks.web')).toContain(addressOf(again));
    expect(addressesOf(again, 'tasks.web')).toHaveLength(3);
  });

  it('DISC-90, DISC-63: names of a dead node stay until it is declared failed, on every node that sees it', () => {
    const { bed, clients, web } = cluster();
    const gone = addressOf(web[2]!);
    bed.fabric.kill('swarm-3');
    bed.sim.runFor(3 * second);
    expect(addressesOf(clients[0]!, 'tasks.web')).toContain(gone);
    const waited = waitFor(bed, () => !addressesOf(clients[0]!, 'tasks.web').includes(gone));
    expect(waited + 3_000).toBeGreaterThan(4_000);
    expect(waited + 3_000).toBeLessThan(9_000);
    bed.settle();
    expect(bed.fabric.failed('swarm-1').map((one) => one.node)).toEqual(['swarm-3']);
    expect(addressesOf(clients[1]!, 'tasks.web')).not.toContain(gone);
    expect(addressesOf(clients[0]!, 'web')).toEqual([vip]);
  });

  it('DISC-90: the last backend’s node failed: the VIP name goes too', () => {
    const { bed, clients } = cluster({ tasks: 1 });
    bed.fabric.kill('swarm-1');
    bed.sim.runFor(30 * second);
    expect(clients[1]!.resolve('web', 'A').reply.rcode).toBe('NXDOMAIN');
  });

  it('DISC-90: a node that leaves for good takes its entries along', () => {
    const { bed, clients, web } = cluster();
    bed.fabric.removeNode('swarm-3');
    bed.settle();
    expect(addressesOf(clients[0]!, 'tasks.web')).toEqual([addressOf(web[0]!), addressOf(web[1]!)].sort());
    expect(bed.fabric.failed('swarm-1')).toEqual([]);
  });

  it('DISC-91: after a partition heals both sides have everything again, newer than before', () => {
    const { bed, clients, web } = cluster();
    const all = addressesOf(clients[0]!, 'tasks.web');
    bed.fabric.partition([['swarm-3']]);
    bed.sim.runFor(60 * second);
    expect(addressesOf(clients[0]!, 'tasks.web')).toEqual([addressOf(web[0]!), addressOf(web[1]!)].sort());
    expect(addressesOf(clients[2]!, 'tasks.web')).toEqual([addressOf(web[2]!)]);
    bed.fabric.heal();
    bed.settle();
    expect(addressesOf(clients[0]!, 'tasks.web')).toEqual(all);
    expect(addressesOf(clients[2]!, 'tasks.web')).toEqual(all);
    const since = bed.fabric.networkdb('swarm-1').find((row) => row.owner === 'swarm-3')!.since;
    expect(bed.sim.now - since).toBeLessThan(6 * second);
  });

  it('DISC-91: what was written meanwhile on either side is known on both', () => {
    const { bed, net, clients, web } = cluster();
    bed.fabric.partition([['swarm-3']]);
    bed.sim.runFor(20 * second);
    bed.task(bed.nodes[0]!, { name: 'here', vip: '10.0.2.2' }, net);
    bed.task(bed.nodes[2]!, { name: 'there', vip: '10.0.2.3' }, net);
    web[2]!.close();
    bed.sim.runFor(20 * second);
    expect(addressesOf(clients[1]!, 'there')).toEqual([]);
    expect(addressesOf(clients[2]!, 'here')).toEqual([]);
    bed.fabric.heal();
    bed.settle();
    for (const client of clients) {
      expect(addressesOf(client, 'here')).toEqual(['10.0.2.2']);
      expect(addressesOf(client, 'there')).toEqual(['10.0.2.3']);
      expect(addressesOf(client, 'tasks.web')).toHaveLength(2);
    }
  });

  it('gossip goes round a broken link by third nodes', () => {
    const { bed, net, clients } = cluster();
    bed.fabric.setReachable('swarm-1', 'swarm-2', false);
    bed.task(bed.nodes[0]!, { name: 'new', vip: '10.0.1.20' }, net);
    bed.sim.runFor(60 * second);
    expect(addressesOf(clients[1]!, 'new')).toEqual(['10.0.1.20']);
    expect(bed.fabric.failed('swarm-1')).toEqual([]);
    expect(bed.fabric.reaches('swarm-1', 'swarm-2')).toBe(false);
  });

  it('the planes fail apart: without the data plane names stay', () => {
    const { bed, clients } = cluster();
    bed.fabric.cut('swarm-3', 'data');
    bed.sim.runFor(60 * second);
    expect(addressesOf(clients[0]!, 'tasks.web')).toHaveLength(3);
    bed.fabric.mend('swarm-3', 'data');
    bed.fabric.cut('swarm-3', 'gossip');
    bed.sim.runFor(60 * second);
    expect(bed.fabric.reaches('swarm-1', 'swarm-3')).toBe(true);
    expect(addressesOf(clients[0]!, 'tasks.web')).toHaveLength(2);
  });

  it('DISC-90: a machine that comes back inside a part learns nothing of the other part', () => {
    const { bed, net, web } = cluster({ nodes: 4 });
    bed.fabric.kill('swarm-2');
    bed.fabric.partition([['swarm-1', 'swarm-2']]);
    bed.sim.runFor(minute);
    bed.fabric.revive('swarm-2');
    const again = bed.task(bed.nodes[1]!, { name: 'web', vip }, net);
    bed.sim.runFor(minute);
    expect(addressesOf(again, 'tasks.web')).toEqual([addressOf(web[0]!), addressOf(again)].sort());
  });

  it('healing and cutting again at one moment changes nothing', () => {
    const noticed = (again: boolean) => {
      const { bed, clients, web } = cluster();
      bed.fabric.cut('swarm-3');
      bed.sim.runFor(3 * second);
      if (again) {
        bed.fabric.heal();
        bed.fabric.cut('swarm-3');
      }
      return waitFor(bed, () => !addressesOf(clients[0]!, 'tasks.web').includes(addressOf(web[2]!)));
    };
    expect(noticed(true)).toBe(noticed(false));
  });

  it('a node that joins a network while it is alone syncs when it finds the others', () => {
    const { bed, net } = cluster({ tasks: 2 });
    const later = bed.fabric.addNode('swarm-8', '192.168.99.108');
    bed.fabric.cut('swarm-8');
    const client = bed.task(later, { name: 'late', vip: '10.0.1.30' }, net);
    bed.settle();
    expect(addressesOf(client, 'web')).toEqual([]);
    bed.fabric.heal();
    bed.settle();
    expect(addressesOf(client, 'web')).toEqual([vip]);
    expect(addressesOf(client, 'late')).toEqual(['10.0.1.30']);
  });
});

describe('I: memberlist', () => {
  it('DISC-102: suspicion timeouts by size and confirmations', () => {
    expect(suspicionTimeout(3, 0)).toBe(4 * second);
    expect(suspicionTimeout(4, 0)).toBe(24 * second);
    expect(suspicionTimeout(4, 2)).toBe(4 * second);
    expect(suspicionTimeout(4, 1)).toBeGreaterThan(8 * second);
    expect(suspicionTimeout(100, 2)).toBe(8 * second);
    expect(suspicionTimeout(1_000, 0)).toBe(72 * second);
  });

  it('DISC-101, DISC-103: a crash is noticed in 4 to 6 seconds or a little more by three nodes, later by many', () => {
    for (let seed = 0; seed < 50; seed++) {
      const three = detectionTime(seed, 0, [0, 1], 2, 3);
      expect(three).toBeGreaterThanOrEqual(5 * second);
      expect(three).toBeLessThanOrEqual(8 * second);
      const ten = detectionTime(seed, 0, [0, 1, 2, 3, 4, 5, 6, 7, 8], 9, 10);
      expect(ten).toBeGreaterThanOrEqual(5 * second);
      expect(ten).toBeLessThanOrEqual(30 * second);
    }
  });

  it('DISC-104: a suspected node that can answer in time is not declared dead', () => {
    const { bed, clients, web } = cluster();
    bed.fabric.cut('swarm-3');
    bed.sim.runFor(3 * second);
    bed.fabric.mend('swarm-3');
    for (let step = 0; step < 40; step++) {
      bed.sim.runFor(second);
      expect(addressesOf(clients[0]!, 'tasks.web')).toContain(addressOf(web[2]!));
    }
  });

  it('DISC-104: a lone node needs longer for each further one it misses', () => {
    const at = (target: number) => detectionTime(3, 0, [0], target, 50);
    const times = Array.from({ length: 49 }, (_, index) => at(index + 1)).sort((a, b) => a - b);
    expect(times[0]).toBeGreaterThan(5 * second);
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(100 * second);
  });
});

describe('agreement', () => {
  type Ended = { readonly bed: Testbed; readonly net: LocalNetwork; readonly dead: ReadonlySet<number> };
  type Step = { readonly kind: number; readonly node: number; readonly pause: number };
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.integer({ min: 0, max: 9 }),
    node: fc.integer({ min: 0, max: 4 }),
    pause: fc.integer({ min: 0, max: 12_000 }),
  });

  /** Runs a random history and ends it quiet, with everything healed and alive unless told otherwise. */
  function run(steps: readonly Step[], seed: number, healed = true): Ended {
    const bed = new Testbed({ nodes: 5, seed });
    const net = overlay('net');
    const tasks = new Map<number, Sandbox[]>();
    const dead = new Set<number>();
    for (const { kind, node, pause } of steps) {
      const name = `swarm-${node + 1}`;
      const own = tasks.get(node) ?? [];
      if (kind <= 3 && !dead.has(node))
        own.push(bed.task(bed.nodes[node]!, { name: `s${kind}`, vip: `10.0.7.${kind + 2}` }, net));
      else if (kind === 4) own.shift()?.close();
      else if (kind === 5) own[0]?.deactivate();
      else if (kind === 6) bed.fabric.partition([[name, `swarm-${((node + 1) % 5) + 1}`]]);
      else if (kind === 7) bed.fabric.heal();
      else if (kind === 8) {
        bed.fabric.kill(name);
        dead.add(node);
        own.length = 0;
      } else if (kind === 9 && dead.delete(node)) bed.fabric.revive(name);
      tasks.set(node, own);
      bed.sim.runFor(pause * millisecond);
    }
    if (healed) {
      bed.fabric.heal();
      for (const node of dead) bed.fabric.revive(`swarm-${node + 1}`);
    }
    bed.sim.runFor(healed ? 60 * second : 10 * minute);
    return { bed, net, dead };
  }

  it('DISC-80 … DISC-91: after quiet all members of a network have the same entries', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 99 }), (steps, seed) => {
        const { bed, net } = run(steps, seed);
        const members = bed.nodes.filter((node) => node.find(net.id));
        const views = members.map((node) => liveKeys(bed.fabric.networkdb(node.nodeName)));
        for (const view of views) expect(view).toEqual(views[0]);
      }),
      { numRuns: 300 },
    );
  });

  it('DISC-83, DISC-90: even while parted, those who can talk to each other agree, and know nothing of the others', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 99 }), (steps, seed) => {
        const { bed, net, dead } = run(steps, seed, false);
        const views = new Map<string, string[]>();
        for (const [index, node] of bed.nodes.entries()) {
          if (dead.has(index) || !node.find(net.id)) continue;
          const part = bed.nodes.map((other) => bed.fabric.reaches(node.nodeName, other.nodeName)).join();
          const view = liveKeys(bed.fabric.networkdb(node.nodeName));
          expect(view).toEqual(views.get(part) ?? view);
          views.set(part, view);
          for (const key of view) expect(bed.fabric.reaches(node.nodeName, key.split(' ').at(-1)!)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the same seed and history give the same knowledge', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const dump = () => run(steps, 5).bed.nodes.map((node, index) => [node.nodeName, runDump(steps, index)]);
        const runDump = (again: readonly Step[], index: number) =>
          run(again, 5).bed.fabric.networkdb(`swarm-${index + 1}`);
        expect(dump()).toEqual(dump());
      }),
      { numRuns: 15 },
    );
  });
});
