import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeDescription, TaskState, TaskStatus } from '../../api';
import { profiles } from '../../api';
import type { Micros } from '../../sim';
import { hour, millisecond, minute, Simulation, second } from '../../sim';
import type { StoredNode, StoredTask } from '../objects';
import { StatusError } from '../status-error';
import { Store } from '../store';
import type { Agent, Assignments, Session } from '.';
import { Dispatcher, sessionBackoff } from '.';

class TestAgent implements Agent {
  readonly received: Assignments[] = [];
  readonly nodes: StoredNode[] = [];
  readonly ended: string[] = [];

  assign(assignments: Assignments): void {
    this.received.push(assignments);
  }

  nodeChanged(node: StoredNode): void {
    this.nodes.push(node);
  }

  sessionEnded(reason: string): void {
    this.ended.push(reason);
  }
}

const description: NodeDescription = { Hostname: 'n', Resources: { NanoCPUs: 1e9 } };

let sim: Simulation;
let store: Store;
let dispatcher: Dispatcher;

beforeEach(() => {
  sim = new Simulation({ seed: 3, start: 0 });
  store = new Store(sim, { freeze: true });
  dispatcher = new Dispatcher({ sim, store, random: sim.random.stream('dispatcher'), profile: profiles['28'] });
});

function addNode(ID: string, State: 'unknown' | 'down' | 'ready' = 'unknown'): void {
  store.update((tx) =>
    tx.create('node', {
      ID,
      Role: 'worker',
      Spec: { Role: 'worker', Availability: 'active' },
      Description: {},
      Status: { State },
    }),
  );
}

function addTask(ID: string, NodeID: string, State: TaskState, over: Partial<StoredTask> = {}): void {
  store.update((tx) =>
    tx.create('task', {
      ID,
      NodeID,
      ServiceID: 's',
      Slot: 1,
      SpecVersion: { Index: 1 },
      Spec: {},
      ServiceAnnotations: { Name: 's', Labels: {} },
      Status: { State, Timestamp: sim.timestamp, Message: 'before' },
      DesiredState: 'running',
      ...over,
    }),
  );
}

function change(id: string, over: Partial<StoredTask>): void {
  store.update((tx) => tx.update('task', { ...store.get('task', id)!, ...over }));
}

function status(State: TaskState, Message = State as string): TaskStatus {
  return { State, Timestamp: sim.timestamp, Message };
}

function settle(time: Micros = 300 * millisecond): void {
  sim.runFor(time);
}

function node(id: string): StoredNode {
  return store.get('node', id)!;
}

function join(id: string, agent: Agent = new TestAgent()): Session {
  const session = dispatcher.register(id, description, '10.0.0.9', agent);
  settle();
  return session;
}

/** A started dispatcher with one registered node. */
function one(): { agent: TestAgent; session: Session } {
  addNode('n1');
  dispatcher.start();
  settle();
  const agent = new TestAgent();
  return { agent, session: join('n1', agent) };
}

describe('sessions', () => {
  it('ORCH-105: registration sets READY and refreshes description and address', () => {
    one();
    expect(node('n1')).toMatchObject({ Description: description, Status: { State: 'ready', Addr: '10.0.0.9' } });
    expect(node('n1').Status.Message).toBeUndefined();
  });

  it('ORCH-105: an orderly end of the dispatcher turns nodes DISCONNECTED', () => {
    const { agent } = one();
    dispatcher.stop();
    expect(node('n1').Status).toEqual({
      State: 'disconnected',
      Message: 'node is currently trying to find new manager',
      Addr: '10.0.0.9',
    });
    expect(agent.ended).toHaveLength(1);
  });

  it('ORCH-105: when the end cannot be written, sessions end all the same', () => {
    const { agent } = one();
    store.guard = () => {
      throw new StatusError('Unknown', 'no quorum');
    };
    dispatcher.stop();
    expect(node('n1').Status.State).toBe('ready');
    expect(agent.ended).toHaveLength(1);
  });

  it('CTRL-33: errors of nodes and sessions that are not known', () => {
    const { session } = one();
    expect(() => dispatcher.register('n2', description, '', new TestAgent())).toThrow(/node not registered$/);
    expect(() => dispatcher.describe('n2', description)).toThrow(/node not registered$/);
    dispatcher.stop();
    expect(() => session.report([])).toThrow(/session invalid$/);
    expect(() => dispatcher.register('n1', description, '', new TestAgent())).toThrow(/dispatcher is stopped$/);
  });

  it('ORCH-108: more than three registrations in 8 s are refused', () => {
    addNode('n1');
    dispatcher.start();
    const agent = new TestAgent();
    for (let count = 0; count < 3; count++) dispatcher.register('n1', description, '', agent);
    expect(() => dispatcher.register('n1', description, '', agent)).toThrow(
      'rpc error: code = Unavailable desc = node n1 exceeded rate limit count of registrations',
    );
    sim.runFor(8 * second);
    expect(() => dispatcher.register('n1', description, '', agent)).not.toThrow();
    // An agent that comes back by itself is not told that its old session ended.
    expect(agent.ended).toEqual([]);
  });

  it('a description that changed is stored, an equal one is not written', () => {
    one();
    const before = node('n1');
    dispatcher.describe('n1', { ...description });
    settle();
    expect(node('n1')).toBe(before);
    dispatcher.describe('n1', { ...description, Hostname: 'other' });
    settle();
    expect(node('n1').Description.Hostname).toBe('other');
    expect(node('n1').Status).toEqual(before.Status);
  });

  it('agents hear of changes of role, spec and load balancers, and of the removal of their node', () => {
    const { agent } = one();
    expect(agent.nodes).toEqual([]);
    store.update((tx) =>
      tx.update('node', { ...node('n1'), Attachments: [{ NetworkID: 'x', Address: '10.0.0.3/24' }] }),
    );
    settle();
    store.update((tx) => tx.update('node', { ...node('n1'), Role: 'manager' }));
    settle();
    expect(agent.nodes.map(({ Role }) => Role)).toEqual(['worker', 'manager']);
    store.update((tx) => tx.remove('node', 'n1'));
    settle();
    expect(agent.ended).toEqual(['node removed']);
  });
});

describe('heartbeats', () => {
  it('ORCH-101: nothing runs while all is well', () => {
    one();
    settle(second);
    sim.runFor(minute); // the wait for nodes that did not register is over
    expect(sim.next).toBeUndefined();
  });

  it('ORCH-101: DOWN with `heartbeat failure` between 2 and 3 periods of 4.5 to 5.5 s after the cut', () => {
    const { agent } = one();
    sim.runFor(100 * second);
    dispatcher.setReachable('n1', false);
    const cut = sim.now;
    while (node('n1').Status.State === 'ready') expect(sim.step()).toBe(true);
    expect(sim.now - cut).toBeGreaterThan(2 * 4.5 * second);
    expect(sim.now - cut).toBeLessThanOrEqual(3 * 5.5 * second);
    expect(node('n1').Status).toMatchObject({ State: 'down', Message: 'heartbeat failure', Addr: '10.0.0.9' });
    expect(agent.ended).toEqual(['heartbeat failure']);
  });

  it('ORCH-101: periods differ from node to node, and follow the setting of the cluster', () => {
    store.update((tx) =>
      tx.create('cluster', {
        ID: 'c',
        Spec: { Name: 'default', Labels: {}, Dispatcher: { HeartbeatPeriod: 20e9 } },
        JoinTokens: { Worker: '', Manager: '' },
      } as never),
    );
    dispatcher.start();
    const times: Micros[] = [];
    for (let index = 0; index < 20; index++) {
      const id = `n${index}`;
      addNode(id);
      join(id);
      dispatcher.setReachable(id, false);
      const cut = sim.now;
      while (node(id).Status.State === 'ready') sim.step();
      times.push(sim.now - cut);
    }
    for (const time of times) {
      expect(time).toBeGreaterThanOrEqual(3 * 19.5 * second - second);
      expect(time).toBeLessThanOrEqual(3 * 20.5 * second);
    }
    expect(new Set(times).size).toBeGreaterThan(10);
  });

  it('ORCH-101: a short cut goes unnoticed; statuses and assignments come through afterwards', () => {
    const { agent, session } = one();
    addTask('t', 'n1', 'assigned');
    settle();
    dispatcher.setReachable('n1', false);
    session.report([{ taskID: 't', status: status('accepted') }]);
    change('t', { DesiredState: 'shutdown' });
    sim.runFor(3 * second);
    expect(store.get('task', 't')!.Status.State).toBe('assigned');
    expect(agent.received).toHaveLength(2);
    dispatcher.setReachable('n1', true);
    settle();
    expect(store.get('task', 't')!.Status.State).toBe('accepted');
    expect(agent.received.at(-1)!.update[0]!.DesiredState).toBe('shutdown');
    sim.runFor(minute);
    expect(node('n1').Status.State).toBe('ready');
    expect(agent.ended).toEqual([]);
  });

  it('ORCH-101, CTRL-24: an agent that closes its session is missed after the grace', () => {
    const { agent, session } = one();
    session.close();
    sim.runFor(5 * second);
    expect(node('n1').Status.State).toBe('ready');
    sim.runFor(15 * second);
    expect(node('n1').Status).toMatchObject({ State: 'down', Message: 'heartbeat failure' });
    expect(agent.ended).toEqual([]);
  });

  it('a node that is cut off cannot register', () => {
    addNode('n1');
    dispatcher.start();
    dispatcher.setReachable('n1', false);
    expect(() => dispatcher.register('n1', description, '', new TestAgent())).toThrow(/context deadline exceeded$/);
    dispatcher.setReachable('n1', true);
    expect(() => join('n1')).not.toThrow();
  });

  it('ORCH-102: the tasks of a node that is down keep their observed state', () => {
    one();
    addTask('t', 'n1', 'running');
    dispatcher.setReachable('n1', false);
    sim.runFor(minute);
    expect(store.get('task', 't')!.Status).toMatchObject({ State: 'running', Message: 'before' });
  });

  it('ORCH-103: after 24 h DOWN, tasks from ASSIGNED to RUNNING become ORPHANED, only their state', () => {
    one();
    addTask('running', 'n1', 'running');
    addTask('done', 'n1', 'complete');
    const { Timestamp } = store.get('task', 'running')!.Status;
    dispatcher.setReachable('n1', false);
    sim.runFor(24 * hour);
    expect(store.get('task', 'running')!.Status.State).toBe('running');
    sim.runFor(minute);
    expect(store.get('task', 'running')!.Status).toEqual({ State: 'orphaned', Message: 'before', Timestamp });
    expect(store.get('task', 'done')!.Status.State).toBe('complete');
  });

  it('ORCH-103: a node that came back within 24 h keeps its tasks; the time starts anew with each leader', () => {
    one();
    addTask('t', 'n1', 'running');
    dispatcher.setReachable('n1', false);
    sim.runFor(23 * hour);
    dispatcher.stop();
    dispatcher.start();
    sim.runFor(23 * hour);
    expect(store.get('task', 't')!.Status.State).toBe('running');
    dispatcher.setReachable('n1', true);
    join('n1');
    sim.runFor(30 * hour);
    expect(store.get('task', 't')!.Status.State).toBe('running');
  });

  it('ORCH-104, CTRL-30: a new leader knows no node; who does not register within 30 s is DOWN', () => {
    addNode('n1', 'ready');
    addNode('n2', 'ready');
    addNode('n3', 'down');
    dispatcher.start();
    expect(node('n1').Status).toMatchObject({
      State: 'unknown',
      Message: 'Node moved to "unknown" state due to leadership change in cluster',
    });
    expect(node('n3').Status.State).toBe('down');
    join('n1');
    sim.runFor(29 * second);
    expect(node('n2').Status.State).toBe('unknown');
    sim.runFor(2 * second);
    expect(node('n1').Status.State).toBe('ready');
    expect(node('n2').Status).toEqual({ State: 'down', Message: 'heartbeat failure for node in "unknown" state' });
  });
});

describe('assignments', () => {
  it('ORCH-106: the complete set comes first, with tasks from ASSIGNED on and what they refer to', () => {
    addNode('n1');
    store.update((tx) => {
      tx.create('secret', { ID: 'sec', Spec: { Name: 'sec' } });
      tx.create('config', { ID: 'con', Spec: { Name: 'con' } });
    });
    const Spec = {
      ContainerSpec: {
        Secrets: [{ SecretID: 'sec', SecretName: 'sec' }],
        Configs: [{ ConfigID: 'con', ConfigName: 'con' }],
      },
    };
    addTask('pending', 'n1', 'pending');
    addTask('assigned', 'n1', 'assigned', { Spec });
    addTask('stopping', 'n1', 'running', { DesiredState: 'shutdown', Spec });
    addTask('finished', 'n1', 'complete');
    addTask('elsewhere', 'n2', 'assigned');
    dispatcher.start();
    const agent = new TestAgent();
    join('n1', agent);
    expect(agent.received).toHaveLength(1);
    const [first] = agent.received;
    expect(first!.type).toBe('complete');
    expect(first!.update.map(({ ID }) => ID)).toEqual(['assigned', 'stopping', 'finished']);
    expect(first!.secrets.map(({ ID }) => ID)).toEqual(['sec']);
    expect(first!.configs.map(({ ID }) => ID)).toEqual(['con']);
  });

  it('ORCH-124: changes come in batches, 100 ms after the last', () => {
    const { agent } = one();
    addTask('a', 'n1', 'assigned');
    sim.runFor(80 * millisecond);
    addTask('b', 'n1', 'assigned');
    sim.runFor(99 * millisecond);
    expect(agent.received).toHaveLength(1);
    sim.runFor(1 * millisecond);
    expect(agent.received[1]).toMatchObject({ type: 'incremental', remove: [] });
    expect(agent.received[1]!.update.map(({ ID }) => ID)).toEqual(['a', 'b']);
  });

  it('ORCH-124: a batch of 100 changes does not wait', () => {
    const { agent } = one();
    for (let index = 0; index < 250; index++) addTask(`t${index}`, 'n1', 'assigned');
    sim.runFor(0);
    expect(agent.received.slice(1).map(({ update }) => update.length)).toEqual([100, 100]);
    settle();
    expect(agent.received.at(-1)!.update).toHaveLength(50);
  });

  it('ORCH-13: agents are told of desired states, not of their own statuses; removal only when the task is gone', () => {
    const { agent, session } = one();
    addTask('t', 'n1', 'assigned');
    settle();
    session.report([{ taskID: 't', status: status('running') }]);
    settle();
    expect(agent.received).toHaveLength(2);
    change('t', { DesiredState: 'remove' });
    settle();
    expect(agent.received[2]).toMatchObject({ update: [{ ID: 't', DesiredState: 'remove' }], remove: [] });
    store.update((tx) => tx.remove('task', 't'));
    settle();
    expect(agent.received[3]).toMatchObject({ update: [], remove: ['t'] });
  });

  it('a task that comes and goes within a batch is only removed', () => {
    const { agent } = one();
    addTask('t', 'n1', 'assigned');
    store.update((tx) => tx.remove('task', 't'));
    settle();
    expect(agent.received[1]).toMatchObject({ update: [], remove: ['t'] });
  });
});

describe('reconnecting', () => {
  it('CTRL-32: agents wait 100 ms, then longer and longer, at most 8 s', () => {
    const delays: Micros[] = [];
    for (let delay = sessionBackoff(0); delays.length < 9; delay = sessionBackoff(delay)) delays.push(delay);
    expect(delays.slice(0, 3).map((delay) => delay / millisecond)).toEqual([100, 300, 700]);
    expect(delays.at(-1)).toBe(8 * second);
    expect(Math.max(...delays)).toBe(8 * second);
  });
});

describe('statuses', () => {
  it('ORCH-124: statuses are committed together after 100 ms, with the time of receipt', () => {
    const { session } = one();
    addTask('a', 'n1', 'assigned');
    addTask('b', 'n1', 'assigned');
    settle();
    const { index } = store;
    const reported = status('running', 'started');
    session.report([{ taskID: 'a', status: reported }]);
    sim.runFor(60 * millisecond);
    session.report([{ taskID: 'b', status: reported }]);
    expect(store.index).toBe(index);
    sim.runFor(40 * millisecond);
    expect(store.index).toBe(index + 1);
    expect(store.get('task', 'a')!.Status).toEqual({ ...reported, AppliedAt: sim.timestamp });
    expect(store.get('task', 'b')!.Status.State).toBe('running');
  });

  it('ORCH-124: 10,000 statuses are committed at once', () => {
    const { session } = one();
    for (let index = 0; index < 10_000; index++) addTask(`t${index}`, 'n1', 'assigned');
    settle();
    const reports = Array.from({ length: 10_000 }, (_, index) => ({ taskID: `t${index}`, status: status('accepted') }));
    session.report(reports.slice(0, 9_999));
    expect(store.get('task', 't0')!.Status.State).toBe('assigned');
    session.report(reports.slice(9_999));
    expect(store.get('task', 't0')!.Status.State).toBe('accepted');
  });

  it('ORCH-12: states never go back; the same state with another message is taken', () => {
    const { session } = one();
    addTask('t', 'n1', 'running');
    settle();
    session.report([{ taskID: 't', status: status('starting') }]);
    settle();
    expect(store.get('task', 't')!.Status.State).toBe('running');
    session.report([{ taskID: 't', status: status('running', 'again') }]);
    settle();
    expect(store.get('task', 't')!.Status.Message).toBe('again');
    session.report([{ taskID: 't', status: status('failed') }]);
    session.report([{ taskID: 't', status: status('running') }]);
    settle();
    expect(store.get('task', 't')!.Status.State).toBe('failed');
  });

  it('statuses of unknown tasks and of tasks of other nodes are ignored', () => {
    const { session } = one();
    addTask('other', 'n2', 'assigned');
    session.report([
      { taskID: 'other', status: status('running') },
      { taskID: 'nobody', status: status('running') },
    ]);
    settle();
    expect(store.get('task', 'other')!.Status.State).toBe('assigned');
  });

  it('CTRL-10: no transaction changes more than 200 objects', () => {
    const { session } = one();
    const ids = Array.from({ length: 450 }, (_, index) => `t${index}`);
    for (const id of ids) addTask(id, 'n1', 'assigned');
    settle();
    const sizes: number[] = [];
    store.observe(['task'], (changes) => sizes.push(changes.length));
    session.report(ids.map((taskID) => ({ taskID, status: status('running') })));
    settle();
    expect(sizes).toEqual([200, 200, 50]);
  });

  it('CTRL-7: without a quorum statuses are kept and written when there is one again', () => {
    const { session } = one();
    addTask('t', 'n1', 'assigned');
    settle();
    store.guard = () => {
      throw new StatusError('Unknown', 'no quorum');
    };
    session.report([{ taskID: 't', status: status('running') }]);
    sim.runFor(5 * second);
    expect(store.get('task', 't')!.Status.State).toBe('assigned');
    store.guard = () => {};
    sim.runFor(2 * second);
    expect(store.get('task', 't')!.Status.State).toBe('running');
  });
});
