import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeRole, NodeState } from '../../api';
import { profiles } from '../../api';
import { minute, Simulation, second } from '../../sim';
import type { StoredNode } from '../objects';
import { Store } from '../store';
import { leaveRefusal, quorum, Raft, RoleManager } from '.';

const lost =
  "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. " +
  'Make sure more than half of the managers are online.';
const late = 'rpc error: code = DeadlineExceeded desc = context deadline exceeded';

let sim: Simulation;
let store: Store;
let raft: Raft;
let roles: RoleManager;
let log: string[];

beforeEach(() => {
  sim = new Simulation({ seed: 5, start: 0 });
  store = new Store(sim, { freeze: true });
  const context = { sim, store, random: sim.random.stream('raft'), profile: profiles['28'] };
  raft = new Raft(context);
  roles = new RoleManager(context, raft);
  log = [];
  raft.leadership = {
    becomeLeader: (id) => {
      log.push(`+${id}`);
      roles.start();
    },
    loseLeadership: (id) => {
      log.push(`-${id}`);
      roles.stop();
    },
  };
});

function addNode(ID: string, Role: NodeRole, State: NodeState = 'ready'): void {
  store.update((tx) =>
    tx.create('node', {
      ID,
      Role,
      Spec: { Role, Availability: 'active' },
      Description: {},
      Status: { State, Addr: `10.0.0.${ID.slice(1)}` },
    }),
  );
}

function node(id: string): StoredNode {
  return store.get('node', id)!;
}

function wish(id: string, Role: NodeRole): void {
  store.update((tx) => tx.update('node', { ...node(id), Spec: { ...node(id).Spec, Role } }));
}

/** A swarm of so many managers, m1 leading. */
function managers(count: number): string[] {
  const ids = Array.from({ length: count }, (_, index) => `m${index + 1}`);
  raft.bootstrap('m1', '10.0.0.1:2377');
  for (const id of ids) {
    addNode(id, 'manager');
    raft.addMember(id, `10.0.0.${id.slice(1)}:2377`);
  }
  return ids;
}

function writes(): string | undefined {
  try {
    store.update(() => {});
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('quorum and leader', () => {
  it('CTRL-2: more than half must be there', () => {
    expect([1, 2, 3, 4, 5, 7].map(quorum)).toEqual([1, 2, 2, 3, 3, 4]);
    managers(5);
    raft.setReachable('m4', false);
    raft.setReachable('m5', false);
    expect(raft.hasQuorum).toBe(true);
    raft.setReachable('m3', false);
    expect(raft.hasQuorum).toBe(false);
  });

  it('CTRL-1: a cluster that is well schedules nothing', () => {
    managers(3);
    sim.runFor(second);
    expect(sim.next).toBeUndefined();
    expect(log).toEqual(['+m1']);
  });

  it('CTRL-1, CTRL-8: a lost leader is followed by another after 10 to 20 s', () => {
    for (let round = 0; round < 20; round++) {
      raft.dissolve();
      store.all('node');
      raft.bootstrap('m1', 'a');
      raft.addMember('m2', 'b');
      raft.addMember('m3', 'c');
      log.length = 0;
      const begun = sim.now;
      raft.setReachable('m1', false);
      expect(raft.leader).toBeUndefined();
      while (!raft.leader) sim.step();
      expect(sim.now - begun).toBeGreaterThanOrEqual(10 * second);
      expect(sim.now - begun).toBeLessThan(20 * second);
      expect(log).toEqual(['-m1', `+${raft.leader}`]);
      expect(['m2', 'm3']).toContain(raft.leader);
    }
  });

  it('CTRL-1: a leader without a majority steps down after 10 s', () => {
    managers(3);
    raft.setReachable('m2', false);
    raft.setReachable('m3', false);
    sim.runFor(9 * second);
    expect(raft.leader).toBe('m1');
    sim.runFor(second);
    expect(raft.leader).toBeUndefined();
    expect(log).toEqual(['+m1', '-m1']);
    sim.runFor(10 * minute);
    expect(raft.leader).toBeUndefined();
    raft.setReachable('m2', true);
    sim.runFor(20 * second);
    expect(raft.leader).toBeDefined();
    expect(writes()).toBeUndefined();
  });

  it('CTRL-1: a majority that comes back in time changes nothing', () => {
    managers(3);
    raft.setReachable('m2', false);
    raft.setReachable('m3', false);
    sim.runFor(5 * second);
    expect(writes()).toBe(late);
    raft.setReachable('m3', true);
    expect(writes()).toBeUndefined();
    sim.runFor(minute);
    expect(log).toEqual(['+m1']);
  });

  it('CTRL-7: what a loop wants to write while there is no quorum waits for it', () => {
    managers(3);
    const done: string[] = [];
    const later = () => store.update((tx) => done.push(tx.update('node', node('m1')).UpdatedAt));
    store.after(second, later);
    raft.setReachable('m2', false);
    raft.setReachable('m3', false);
    sim.runFor(5 * second);
    expect(done).toEqual([]);
    raft.setReachable('m3', true);
    sim.runFor(0);
    expect(done).toEqual([sim.timestamp]);
  });

  it('CTRL-3: a former leader that comes back follows', () => {
    managers(3);
    raft.setReachable('m1', false);
    sim.runFor(20 * second);
    const { leader } = raft;
    raft.setReachable('m1', true);
    sim.runFor(minute);
    expect(raft.leader).toBe(leader);
  });

  it('CTRL-5, CTRL-7: writes run into their time limit at first, then the quorum is lost', () => {
    managers(2);
    expect(writes()).toBeUndefined();
    raft.setReachable('m1', false);
    expect(writes()).toBe(late);
    sim.runFor(20 * second);
    expect(writes()).toBe(late);
    sim.runFor(1);
    expect(writes()).toBe(lost);
    expect(raft.error!.message).toBe(lost);
    expect(() => raft.addMember('m3', '')).toThrow(lost);
  });

  /** When the request came and went, in seconds since now, and what it heard. */
  function request(at: number, nodeID?: string): { end?: number; text?: string } {
    const heard: { end?: number; text?: string } = {};
    const begin = sim.now;
    sim.after(at * second, () =>
      raft.whenWritable((error) => {
        heard.end = (sim.now - begin) / second;
        heard.text = error?.message ?? 'served';
      }, nodeID),
    );
    return heard;
  }

  it('CTRL-4, CTRL-5: a request waits 20 s for the leader of before, or until 10 ticks passed without one', () => {
    managers(3);
    expect(request(0)).toEqual({});
    sim.runFor(1);
    raft.setReachable('m2', false);
    raft.setReachable('m3', false);
    const early = request(3);
    const middle = request(14);
    const after = request(25);
    sim.runFor(minute);
    expect(early).toEqual({ end: 23, text: late });
    expect(middle).toEqual({ end: 21, text: lost });
    expect(after).toEqual({ end: 25, text: lost });
  });

  it('CTRL-4: it goes on with the next leader, found within a second', () => {
    managers(3);
    raft.setReachable('m1', false);
    const heard = request(3.5);
    sim.runFor(minute);
    expect(heard.text).toBe('served');
    expect(heard.end).toBeGreaterThanOrEqual(10);
    expect(heard.end).toBeLessThan(20);
    expect(heard.end! % 1).toBe(0.5);
  });

  it('CTRL-3, CTRL-4: a manager that is away from the majority has no leader, and serves nothing', () => {
    managers(3);
    raft.setReachable('m3', false);
    expect(raft.error).toBeUndefined();
    expect(raft.errorFor('m2')).toBeUndefined();
    const early = request(3, 'm3');
    const after = request(25, 'm3');
    sim.runFor(minute);
    expect(early).toEqual({ end: 23, text: late });
    expect(after).toEqual({ end: 25, text: lost });
    raft.setReachable('m3', true);
    expect(raft.errorFor('m3')).toBeUndefined();
  });

  it('CTRL-9: force-new-cluster leaves one member, and all objects', () => {
    managers(3);
    raft.setReachable('m2', false);
    raft.setReachable('m3', false);
    sim.runFor(minute);
    expect(writes()).toBe(lost);
    raft.forceNewCluster('m1');
    expect(raft.members).toEqual(['m1']);
    expect(raft.leader).toBe('m1');
    expect(writes()).toBeUndefined();
    expect(raft.status('m2')).toBeUndefined();
    expect(store.count('node')).toBe(3);
    expect(() => raft.forceNewCluster('m9')).toThrow('raft: node is not yet part of a raft cluster');
  });

  it('CTRL-31: one leader; reachability as the leader sees it; workers have no status', () => {
    managers(3);
    raft.setReachable('m3', false);
    expect(['m1', 'm2', 'm3', 'w4'].map((id) => raft.status(id))).toEqual([
      { Leader: true, Reachability: 'reachable', Addr: '10.0.0.1:2377' },
      { Reachability: 'reachable', Addr: '10.0.0.2:2377' },
      { Reachability: 'unreachable', Addr: '10.0.0.3:2377' },
      undefined,
    ]);
  });

  it('CTRL-6: members that are none, or that are needed, are not removed', () => {
    managers(3);
    raft.setReachable('m3', false);
    expect(() => raft.removeMember('m9')).toThrow('raft: member unknown');
    expect(() => raft.removeMember('m2')).toThrow('raft: member cannot be removed');
    raft.removeMember('m3');
    expect(raft.members).toEqual(['m1', 'm2']);
  });

  it('a swarm that is dissolved writes freely again, as before it began', () => {
    managers(2);
    raft.setReachable('m1', false);
    raft.dissolve();
    expect(writes()).toBeUndefined();
    expect(raft.leader).toBeUndefined();
    sim.runFor(minute);
    expect(sim.next).toBeUndefined();
  });
});

describe('roles', () => {
  it('CTRL-20: a promoted node becomes a manager 1 to 3 s later', () => {
    managers(1);
    addNode('w2', 'worker');
    wish('w2', 'manager');
    sim.runFor(0.9 * second);
    expect(node('w2').Role).toBe('worker');
    sim.runFor(2.2 * second);
    expect(node('w2').Role).toBe('manager');
    expect(raft.status('w2')).toEqual({ Reachability: 'reachable', Addr: '10.0.0.2:2377' });
    expect(sim.next).toBeUndefined();
  });

  it('CTRL-20: a wish that is taken back in time changes nothing', () => {
    managers(1);
    addNode('w2', 'worker');
    wish('w2', 'manager');
    sim.runFor(0.5 * second);
    wish('w2', 'worker');
    sim.runFor(minute);
    expect(node('w2').Role).toBe('worker');
    expect(raft.isMember('w2')).toBe(false);
  });

  it('CTRL-20: a node that is away is promoted when it is back, tried each 5 s', () => {
    managers(1);
    addNode('w2', 'worker', 'down');
    wish('w2', 'manager');
    sim.runFor(minute);
    expect(node('w2').Role).toBe('worker');
    store.update((tx) => tx.update('node', { ...node('w2'), Status: { State: 'ready', Addr: '10.0.0.2' } }));
    sim.runFor(5 * second);
    expect(node('w2').Role).toBe('manager');
  });

  it('CTRL-20: a demoted manager leaves raft within a second', () => {
    managers(3);
    wish('m3', 'worker');
    sim.runFor(second);
    expect(node('m3').Role).toBe('worker');
    expect(raft.members).toEqual(['m1', 'm2']);
  });

  it('CTRL-22: a demoted leader hands over first, and the next leader removes it', () => {
    managers(3);
    wish('m1', 'worker');
    sim.runFor(7 * second);
    expect(log).toEqual(['+m1', '-m1', `+${raft.leader}`]);
    expect(raft.leader).not.toBe('m1');
    expect(raft.isMember('m1')).toBe(false);
    expect(node('m1').Role).toBe('worker');
  });

  it('CTRL-21: a demotion that would cost the quorum waits', () => {
    managers(3);
    raft.setReachable('m3', false);
    wish('m2', 'worker');
    sim.runFor(minute);
    expect(node('m2').Role).toBe('manager');
    raft.setReachable('m3', true);
    sim.runFor(5 * second);
    expect(node('m2').Role).toBe('worker');
  });
});

describe('leaving and being removed', () => {
  it('CTRL-21, CTRL-23: who is a member, and whether enough stay without one', () => {
    managers(1);
    expect(raft.canRemoveMember('m1')).toBe(false);
    addNode('m2', 'manager');
    expect(raft.isMember('m2')).toBe(false);
    raft.addMember('m2', '');
    raft.addMember('m3', '');
    expect(raft.isMember('m2')).toBe(true);
    expect(raft.canRemoveMember('m3')).toBe(true);
    raft.setReachable('m2', false);
    expect(raft.canRemoveMember('m3')).toBe(false);
    expect(raft.canRemoveMember('m2')).toBe(true);
  });

  it('CTRL-24: leaving', () => {
    const begin = 'You are attempting to leave the swarm on a node that is participating as a manager. ';
    const end =
      'The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. ' +
      'Use `--force` to suppress this message.';
    managers(1);
    expect(leaveRefusal(raft, 'w9')).toBeUndefined();
    expect(leaveRefusal(raft, 'm1')).toBe(
      `${begin}Removing the last manager erases all current state of the swarm. Use \`--force\` to ignore this message. `,
    );
    raft.addMember('m2', '');
    raft.addMember('m3', '');
    expect(leaveRefusal(raft, 'm1')).toBe(`${begin}${end}`);
    raft.setReachable('m3', false);
    expect(leaveRefusal(raft, 'm1')).toBe(
      `${begin}Removing this node leaves 1 managers out of 3. Without a Raft quorum your swarm will be inaccessible. ${end}`,
    );
    raft.setReachable('m2', false);
    expect(leaveRefusal(raft, 'm1')).toBe(`${begin}${end}`);
  });
});
