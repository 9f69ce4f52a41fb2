import type { NodeDescription, NodeState, TaskStatus } from '../../api';
import { compareTaskStates } from '../../api';
import type { Micros, Timer } from '../../sim';
import { fromNanoseconds, hour, millisecond, second } from '../../sim';
import type { ControlContext, ControlLoop } from '../control-loop';
import type { StoredNode, StoredTask } from '../objects';
import { StatusError } from '../status-error';
import type { Change, Watch } from '../store';
import { StoreError } from '../store';
import { AssignmentStream } from './assignment-stream';
import { defaultPeriod, Heartbeat, unknownGrace } from './heartbeat';
import type { Agent, DispatcherPort, Session, TaskStatusReport } from './ports';
import { RateLimit } from './rate-limit';

/** Statuses are committed this often, or when there are this many (ORCH-124). */
const maxBatchInterval = 100 * millisecond;
const maxBatchItems = 10_000;
/** Most changes of one transaction (CTRL-10). */
const maxChanges = 200;
/** After this long DOWN, a node's tasks are given up (ORCH-103). */
const nodeDownPeriod = 24 * hour;
/** A write that was refused for lack of a quorum is tried again. */
const retryInterval = second;

const heartbeatFailure = 'heartbeat failure';
const unknownFailure = 'heartbeat failure for node in "unknown" state';
const leadershipChange = 'Node moved to "unknown" state due to leadership change in cluster';
const newManager = 'node is currently trying to find new manager';

interface NodeSession extends Session {
  readonly agent: Agent;
  readonly stream: AssignmentStream;
  readonly heartbeat: Heartbeat;
  /** Runs while the node's heartbeats do not get through. */
  expiry: Timer | undefined;
  expiresAt: Micros;
  /** Statuses that wait until the node is reachable again. */
  unsent: TaskStatusReport[];
  ended: boolean;
  /** The agent closed it: no more is said to it. */
  closed: boolean;
}

/** What is to be written about a node. */
interface NodeUpdate {
  readonly description: NodeDescription;
  /** Given at registration: the node turns READY at this address (ORCH-105). */
  readonly addr?: string;
}

/**
 * The dispatcher of the leader: sessions of the nodes' agents, their assignments, their statuses, their heartbeats
 * (ORCH-101 to 108, 124). It costs nothing while nothing changes: heartbeats that get through are not events.
 */
export class Dispatcher implements DispatcherPort, ControlLoop {
  readonly #context: ControlContext;
  readonly #sessions = new Map<string, NodeSession>();
  /** Nodes to which nothing gets through; the network's state, so it outlives a leader. */
  readonly #unreachable = new Set<string>();
  readonly #rateLimit = new RateLimit();
  /** By node: gives its tasks up after 24 h DOWN (ORCH-103). */
  readonly #down = new Map<string, Timer>();
  /** Nodes that have not registered since the leader changed (ORCH-104). */
  #unknown = new Set<string>();
  #unknownTimer: Timer | undefined;
  #taskUpdates = new Map<string, TaskStatus>();
  #nodeUpdates = new Map<string, NodeUpdate>();
  #batch: Timer | undefined;
  #watch: Watch | undefined;

  constructor(context: ControlContext) {
    this.#context = context;
  }

  // Leadership

  start(): void {
    if (this.#watch) return;
    this.#watch = this.#context.store.watch(['task', 'node'], (changes) => this.#react(changes));
    this.#markNodesUnknown();
  }

  /** Ends all sessions; the nodes turn DISCONNECTED if that can still be written (ORCH-105). */
  stop(): void {
    if (!this.#watch) return;
    this.#watch.stop();
    this.#watch = undefined;
    this.#batch?.cancel();
    this.#batch = undefined;
    this.#taskUpdates = new Map();
    this.#nodeUpdates = new Map();
    this.#unknownTimer?.cancel();
    this.#unknown = new Set();
    for (const timer of this.#down.values()) timer.cancel();
    this.#down.clear();
    const sessions = [...this.#sessions.values()];
    this.#writeStates(
      sessions.map(({ nodeID }) => nodeID),
      'disconnected',
      newManager,
    );
    for (const session of sessions) this.#end(session, newManager);
  }

  /** ORCH-104; nodes that are DOWN stay so, and their 24 hours begin anew (ORCH-103). */
  #markNodesUnknown(): void {
    const { store, sim } = this.#context;
    for (const node of store.all('node')) {
      if (node.Status.State === 'down') this.#orphanLater(node.ID);
      else this.#unknown.add(node.ID);
    }
    if (this.#unknown.size === 0) return;
    this.#writeStates([...this.#unknown], 'unknown', leadershipChange);
    this.#unknownTimer = sim.after(unknownGrace(this.#period()), () => {
      const missing = [...this.#unknown];
      this.#unknown.clear();
      this.#nodesDown(missing, unknownFailure);
    });
  }

  // Sessions

  register(nodeID: string, description: NodeDescription, addr: string, agent: Agent): Session {
    const { sim, store, random } = this.#context;
    if (!this.#watch) throw new StatusError('Aborted', 'dispatcher is stopped');
    if (this.#unreachable.has(nodeID)) throw new StatusError('DeadlineExceeded', 'context deadline exceeded');
    if (!store.get('node', nodeID)) throw new StatusError('InvalidArgument', 'node not registered');
    if (!this.#rateLimit.admit(nodeID, sim.now)) {
      throw new StatusError('Unavailable', `node ${nodeID} exceeded rate limit count of registrations`);
    }
    const before = this.#sessions.get(nodeID);
    if (before) {
      // An agent that registers anew knows that its session ended.
      if (before.agent === agent) before.closed = true;
      this.#end(before, 'a newer session of the node began');
    }
    this.#unknown.delete(nodeID);
    this.#down.get(nodeID)?.cancel();
    this.#down.delete(nodeID);
    const session: NodeSession = {
      nodeID,
      agent,
      stream: new AssignmentStream(sim, store, nodeID, agent),
      heartbeat: new Heartbeat(sim.now, this.#period(), random),
      expiry: undefined,
      expiresAt: Number.POSITIVE_INFINITY,
      unsent: [],
      ended: false,
      closed: false,
      report: (reports) => this.#report(session, reports),
      close: () => this.#close(session),
    };
    this.#sessions.set(nodeID, session);
    this.#nodeUpdates.set(nodeID, { description, addr });
    this.#armBatch();
    return session;
  }

  describe(nodeID: string, description: NodeDescription): void {
    if (!this.#sessions.has(nodeID)) throw new StatusError('InvalidArgument', 'node not registered');
    this.#nodeUpdates.set(nodeID, { ...this.#nodeUpdates.get(nodeID), description });
    this.#armBatch();
  }

  setReachable(nodeID: string, reachable: boolean): void {
    if (reachable === !this.#unreachable.has(nodeID)) return;
    if (reachable) this.#unreachable.delete(nodeID);
    else this.#unreachable.add(nodeID);
    const session = this.#sessions.get(nodeID);
    if (!session || session.closed) return;
    session.stream.hold(!reachable);
    if (!reachable) {
      this.#expireLater(session);
      return;
    }
    const { heartbeat } = session;
    const { now } = this.#context.sim;
    // The next beat may come too late, and the session ends although the node could be reached again.
    if (heartbeat.next(now) >= session.expiresAt) return;
    session.expiry?.cancel();
    session.expiry = undefined;
    session.expiresAt = Number.POSITIVE_INFINITY;
    const { unsent } = session;
    session.unsent = [];
    if (unsent.length > 0) this.#accept(session, unsent);
  }

  #expireLater(session: NodeSession): void {
    if (session.expiry) return;
    const { sim } = this.#context;
    const at = session.heartbeat.expiry(sim.now);
    session.expiresAt = at;
    session.expiry = sim.at(at, () => this.#nodesDown([session.nodeID], heartbeatFailure));
  }

  /** The agent is gone in an orderly way; its node is missed when the next beats stay away (CTRL-24, ORCH-101). */
  #close(session: NodeSession): void {
    if (session.ended || session.closed) return;
    session.closed = true;
    session.stream.end();
    this.#expireLater(session);
  }

  #end(session: NodeSession, reason: string): void {
    if (session.ended) return;
    session.ended = true;
    session.expiry?.cancel();
    session.stream.end();
    this.#sessions.delete(session.nodeID);
    this.#nodeUpdates.delete(session.nodeID);
    if (!session.closed) session.agent.sessionEnded(reason);
  }

  // Nodes that are gone

  #nodesDown(nodeIDs: readonly string[], message: string): void {
    if (!this.#writeStates(nodeIDs, 'down', message)) {
      const term = this.#watch;
      this.#context.sim.after(retryInterval, () => {
        if (!term || this.#watch !== term) return; // another leader decides anew
        // Who came back in the meantime is not down.
        this.#nodesDown(
          nodeIDs.filter((id) => this.#sessions.get(id)?.expiresAt !== Number.POSITIVE_INFINITY),
          message,
        );
      });
      return;
    }
    for (const nodeID of nodeIDs) {
      const session = this.#sessions.get(nodeID);
      if (session) this.#end(session, message);
      this.#orphanLater(nodeID);
    }
  }

  #orphanLater(nodeID: string): void {
    this.#down.get(nodeID)?.cancel();
    const timer = this.#context.sim.after(nodeDownPeriod, () => {
      this.#down.delete(nodeID);
      this.#orphanTasks(nodeID);
    });
    this.#down.set(nodeID, timer);
  }

  /** ORCH-103: only the state changes. */
  #orphanTasks(nodeID: string): void {
    const { store } = this.#context;
    const tasks = [...store.tasksOnNode(nodeID).values()].filter(
      ({ Status }) =>
        compareTaskStates(Status.State, 'assigned') >= 0 && compareTaskStates(Status.State, 'running') <= 0,
    );
    const written = this.#inBatches(tasks, (tx, task) => {
      tx.update('task', { ...task, Status: { ...task.Status, State: 'orphaned' } });
    });
    if (!written) this.#orphanLater(nodeID);
  }

  /** Sets the state of nodes; false when the managers could not write it. */
  #writeStates(nodeIDs: readonly string[], State: NodeState, Message: string): boolean {
    const { store } = this.#context;
    const nodes = nodeIDs.flatMap((id) => store.get('node', id) ?? []);
    return this.#inBatches(nodes, (tx, node) => {
      tx.update('node', { ...node, Status: { ...node.Status, State, Message } });
    });
  }

  // Statuses

  #report(session: NodeSession, reports: readonly TaskStatusReport[]): void {
    if (session.ended || session.closed) throw new StatusError('InvalidArgument', 'session invalid');
    if (this.#unreachable.has(session.nodeID)) session.unsent.push(...reports);
    else this.#accept(session, reports);
  }

  #accept({ nodeID }: NodeSession, reports: readonly TaskStatusReport[]): void {
    const { store } = this.#context;
    for (const { taskID, status } of reports) {
      if (store.get('task', taskID)?.NodeID !== nodeID) continue;
      const waiting = this.#taskUpdates.get(taskID);
      if (waiting && compareTaskStates(status.State, waiting.State) < 0) continue; // ORCH-12
      this.#taskUpdates.set(taskID, status);
    }
    if (this.#taskUpdates.size >= maxBatchItems) this.#processUpdates();
    else if (this.#taskUpdates.size > 0) this.#armBatch();
  }

  #armBatch(delay: Micros = maxBatchInterval): void {
    this.#batch ??= this.#context.sim.after(delay, () => this.#processUpdates());
  }

  #processUpdates(): void {
    this.#batch?.cancel();
    this.#batch = undefined;
    const taskUpdates = this.#taskUpdates;
    const nodeUpdates = this.#nodeUpdates;
    this.#taskUpdates = new Map();
    this.#nodeUpdates = new Map();
    const AppliedAt = this.#context.sim.timestamp;
    const written =
      this.#inBatches([...taskUpdates], (tx, [taskID, status]) => {
        const task = this.#context.store.get('task', taskID);
        if (task && isNews(task, status))
          tx.update('task', { ...task, Status: Object.assign({}, status, { AppliedAt }) });
      }) &&
      this.#inBatches([...nodeUpdates], (tx, [nodeID, update]) => {
        const node = this.#context.store.get('node', nodeID);
        const next = node && describedNode(node, update);
        if (next) tx.update('node', next);
      });
    if (!written) {
      // What came in since counts more than what could not be written.
      this.#taskUpdates = new Map([...taskUpdates, ...this.#taskUpdates]);
      this.#nodeUpdates = new Map([...nodeUpdates, ...this.#nodeUpdates]);
      this.#armBatch(retryInterval);
      return;
    }
    for (const nodeID of nodeUpdates.keys()) this.#sessions.get(nodeID)?.stream.begin();
  }

  // The store

  #react(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'task') {
        const { object } = change;
        const stream = object.NodeID ? this.#sessions.get(object.NodeID)?.stream : undefined;
        if (!stream) continue;
        if (change.action === 'remove') stream.removed(object);
        else stream.changed(object, change.previous);
      } else if (change.kind === 'node') {
        this.#nodeChanged(change);
      }
    }
  }

  #nodeChanged(change: Extract<Change, { kind: 'node' }>): void {
    const { object, previous } = change;
    const session = this.#sessions.get(object.ID);
    if (change.action === 'remove') {
      if (session) this.#end(session, 'node removed');
      this.#down.get(object.ID)?.cancel();
      this.#down.delete(object.ID);
      this.#unknown.delete(object.ID);
      this.#rateLimit.forget(object.ID);
    } else if (session && !session.closed && previous) {
      const concerns =
        object.Spec !== previous.Spec || object.Role !== previous.Role || object.Attachments !== previous.Attachments;
      if (concerns) session.agent.nodeChanged(object);
    }
  }

  /** Writes in transactions of at most 200 changes; false when the managers refused one (no quorum). */
  #inBatches<T>(
    items: readonly T[],
    write: (tx: Parameters<Parameters<ControlContext['store']['update']>[0]>[0], item: T) => void,
  ): boolean {
    for (let first = 0; first < items.length; first += maxChanges) {
      const batch = items.slice(first, first + maxChanges);
      try {
        this.#context.store.update((tx) => {
          for (const item of batch) write(tx, item);
        });
      } catch (error) {
        if (error instanceof StatusError || error instanceof StoreError) return false;
        throw error;
      }
    }
    return true;
  }

  #period(): Micros {
    const configured = this.#context.store.cluster?.Spec.Dispatcher?.HeartbeatPeriod;
    return configured ? fromNanoseconds(configured) : defaultPeriod;
  }
}

/** ORCH-12: a state never goes back; the same status again is no news. */
function isNews(task: StoredTask, status: TaskStatus): boolean {
  const known = task.Status;
  const order = compareTaskStates(status.State, known.State);
  if (order !== 0) return order > 0;
  if (status.Message !== known.Message || status.Err !== known.Err || status.Timestamp !== known.Timestamp) return true;
  const { AppliedAt: _, ...rest } = known;
  return JSON.stringify(rest) !== JSON.stringify(status);
}

/** The node as its agent describes it; undefined when that changes nothing. */
function describedNode(node: StoredNode, update: NodeUpdate): StoredNode | undefined {
  const sameDescription =
    node.Description === update.description || JSON.stringify(node.Description) === JSON.stringify(update.description);
  const Description = sameDescription ? node.Description : update.description;
  if (update.addr === undefined) return sameDescription ? undefined : { ...node, Description };
  return { ...node, Description, Status: { State: 'ready', Addr: update.addr } };
}
