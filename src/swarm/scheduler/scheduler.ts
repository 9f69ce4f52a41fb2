import type { TaskExplanation } from '../../api';
import { compareTaskStates, isTerminal } from '../../api';
import type { Micros, Timer } from '../../sim';
import { millisecond, second } from '../../sim';
import type { ControlContext, ControlLoop } from '../control-loop';
import type { StoredNode, StoredTask } from '../objects';
import type { Change, Watch } from '../store';
import type { Decision } from './decision';
import { explainDecision, explainUndecided } from './explain';
import { filters } from './filters';
import { explainNoNode, scheduleGroup } from './group-scheduler';
import type { NodeInfo } from './node-info';
import { NodeSet } from './node-set';
import { explainFailures, firstFailure } from './pipeline';
import type { Requirements } from './requirements';
import { requirementsOf } from './requirements';
import type { TaskGroup } from './task-queue';
import { groupKeyOf, TaskQueue } from './task-queue';

/** A run comes this long after the last commit, SCHED-2. */
const commitDebounceGap = 50 * millisecond;
/** But not later than this after the first. */
const maxLatency = second;
/** Most changes of one transaction (CTRL-10). */
const maxChanges = 200;

const assignedMessage = 'scheduler assigned task to node';
const confirmedMessage = 'scheduler confirmed task can run on preassigned node';

/** A write that is decided and not yet committed. */
interface Write {
  readonly task: StoredTask;
  /** What the task becomes. */
  readonly next: StoredTask;
  /** The node that was chosen, as it was looked at; undefined when there is none. */
  readonly info: NodeInfo | undefined;
  readonly node: StoredNode | undefined;
}

/** A global service's task that waits until its node can take it (SCHED-29). */
interface Preassigned {
  task: StoredTask;
  requirements: Requirements;
  failedAt: number;
}

/**
 * The scheduler of the leader: finds a node for every task that has none, and checks the node of those that have
 * (SCHED-1 to SCHED-54). Decisions can be explained as long as the task exists, also after a change of leader.
 */
export class Scheduler implements ControlLoop {
  readonly #context: ControlContext;
  readonly #historyLimit: number | undefined;
  readonly #decisions = new Map<string, Decision>();
  #set: NodeSet;
  #queue = new TaskQueue();
  #preassigned = new Map<string, Preassigned>();
  /** Why no node suits tasks of the same wishes, as long as nothing changed on any node. */
  #noNode = new Map<string, string>();
  #noNodeAt = -1;
  #watch: Watch | undefined;
  #timer: Timer | undefined;
  #firstCommit: Micros = 0;
  #lastCommit: Micros = 0;
  #tickRequired = false;

  /** `historyLimit`: how many steps of bookkeeping are kept for explanations. */
  constructor(context: ControlContext, options: { readonly historyLimit?: number } = {}) {
    this.#context = context;
    this.#historyLimit = options.historyLimit;
    this.#set = new NodeSet(this.#historyLimit);
  }

  start(): void {
    if (this.#watch) return;
    const { store, sim } = this.#context;
    this.#set = new NodeSet(this.#historyLimit);
    for (const node of store.all('node')) this.#set.put(node);
    for (const task of store.all('task')) {
      const abandoned = task.Status.State === 'pending' && compareTaskStates(task.DesiredState, 'complete') > 0;
      if (!abandoned) this.#consider(task);
    }
    // Every commit counts for the debouncing (SCHED-2), also of objects that do not matter here.
    this.#watch = store.watch(['task', 'node', 'service', 'network', 'secret', 'config', 'cluster'], (changes) =>
      this.#react(changes),
    );
    this.#tickRequired = true;
    this.#timer = sim.after(0, () => this.#run());
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#queue = new TaskQueue();
    this.#preassigned = new Map();
    this.#noNode = new Map();
    this.#noNodeAt = -1;
    this.#tickRequired = false;
  }

  /**
   * Why the task is where it is, or why it is nowhere: every node against every filter as it was when the decision
   * was made, the ranking, and what would help. Undefined when there is no such task.
   */
  explain(taskID: string): TaskExplanation | undefined {
    const task = this.#context.store.get('task', taskID);
    if (!task) return undefined;
    const decision = this.#decisions.get(taskID);
    return decision ? explainDecision(task, decision) : explainUndecided(task, this.#context.sim.timestamp);
  }

  // Reading the store

  #react(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'task') this.#taskChanged(change);
      else if (change.kind === 'node') this.#nodeChanged(change.object.ID);
    }
    const { sim } = this.#context;
    this.#lastCommit = sim.now;
    if (this.#timer) return;
    this.#firstCommit = sim.now;
    this.#debounce();
  }

  #debounce(): void {
    const due = Math.min(this.#lastCommit + commitDebounceGap, this.#firstCommit + maxLatency);
    this.#timer = this.#context.sim.at(due, () => {
      const later = Math.min(this.#lastCommit + commitDebounceGap, this.#firstCommit + maxLatency);
      if (later > this.#context.sim.now) this.#debounce();
      else this.#run();
    });
  }

  #nodeChanged(nodeID: string): void {
    const node = this.#context.store.get('node', nodeID);
    if (node) {
      this.#set.put(node);
      this.#tickRequired = true;
    } else {
      this.#set.remove(nodeID);
    }
  }

  #taskChanged(change: Extract<Change, { kind: 'task' }>): void {
    const { ID } = change.object;
    if (change.action === 'update') this.#noteFailure(change.object, change.previous);
    // The newest state counts: what we wrote ourselves may come back after others have written again.
    const task = this.#context.store.get('task', ID);
    if (task) {
      this.#consider(task);
    } else {
      this.#drop(ID);
      this.#decisions.delete(ID);
    }
  }

  /** SCHED-41. */
  #noteFailure(task: StoredTask, previous: StoredTask): void {
    const state = task.Status.State;
    if ((state !== 'failed' && state !== 'rejected') || previous.Status.State === state) return;
    if (this.#preassigned.has(task.ID) || !this.#set.holds(task.ID)) return;
    const info = this.#set.find(task.NodeID ?? '');
    if (!info) return;
    const groupKey = groupKeyOf(task);
    const at = this.#context.sim.now;
    this.#set.failures.record(groupKey, info.index, at);
    this.#set.history.failed(info.index, { groupKey, at });
  }

  /** Puts a task where it belongs: the queue, the preassigned ones, or on its node (SCHED-1). */
  #consider(task: StoredTask): void {
    const { State } = task.Status;
    if (compareTaskStates(State, 'pending') < 0) return;
    if (isTerminal(State)) {
      this.#drop(task.ID);
    } else if (!task.NodeID) {
      if (State !== 'pending') return;
      this.#queue.add(task);
      this.#tickRequired = true;
    } else if (State === 'pending') {
      const known = this.#preassigned.get(task.ID);
      if (known?.task === task) return;
      this.#preassigned.set(task.ID, { task, requirements: requirementsOf(task), failedAt: -1 });
    } else {
      this.#queue.remove(task.ID);
      this.#preassigned.delete(task.ID);
      this.#set.hold(task);
    }
  }

  #drop(taskID: string): void {
    const held = this.#set.release(taskID);
    const queued = this.#queue.remove(taskID);
    const preassigned = this.#preassigned.delete(taskID);
    if (held || queued || preassigned) this.#tickRequired = true;
  }

  // Deciding

  #run(): void {
    this.#timer = undefined;
    const writes: Write[] = [];
    if (this.#preassigned.size > 0) this.#confirmPreassigned(writes);
    if (this.#tickRequired) {
      this.#tickRequired = false;
      this.#assignQueued(writes);
    }
    this.#commit(writes);
  }

  #confirmPreassigned(writes: Write[]): void {
    for (const waiting of this.#preassigned.values()) {
      const { task, requirements } = waiting;
      const info = this.#set.find(task.NodeID ?? '');
      if (!info || waiting.failedAt === this.#set.generation) continue;
      const position = this.#set.history.position;
      const failed = firstFailure(requirements, info, this.#set.serviceTasks(requirements.serviceID, info));
      if (failed < 0) {
        const next = this.#placed(task, info, requirements, confirmedMessage);
        this.#set.hold(next, requirements.footprint);
        this.#decide(task, 'confirmed', confirmedMessage, requirements, position, info.index);
        this.#preassigned.delete(task.ID);
        writes.push({ task, next, info, node: info.node });
        continue;
      }
      const counts = filters.map((_, place) => (place === failed ? 1 : 0));
      const text = explainFailures(counts);
      waiting.failedAt = position;
      this.#decide(task, 'pending', text, requirements, position, info.index);
      this.#writePending(task, text, writes);
    }
  }

  #assignQueued(writes: Write[]): void {
    const { store, sim } = this.#context;
    for (const group of this.#queue.groups()) {
      if (group.failedAt === this.#set.generation) continue;
      const tasks: StoredTask[] = [];
      for (const taskID of group.tasks) {
        const task = store.get('task', taskID);
        if (task && !task.NodeID && task.Status.State === 'pending') tasks.push(task);
        else this.#queue.remove(taskID);
      }
      if (tasks.length === 0) continue;
      const placed = scheduleGroup(this.#set, group, tasks, sim.now, (task, info) => {
        const position = this.#set.history.position;
        const next = this.#placed(task, info, group.requirements, assignedMessage);
        this.#set.hold(next, group.requirements.footprint);
        this.#decide(task, 'assigned', assignedMessage, group.requirements, position, info.index);
        this.#queue.remove(task.ID);
        writes.push({ task, next, info, node: info.node });
      });
      if (placed < tasks.length) this.#noSuitableNode(group, tasks.slice(placed), writes);
    }
  }

  /** SCHED-25, SCHED-28. */
  #noSuitableNode(group: TaskGroup, tasks: readonly StoredTask[], writes: Write[]): void {
    const { store, sim } = this.#context;
    const position = this.#set.history.position;
    const parts = this.#whyNoNode(group.requirements);
    const text = parts ? `no suitable node (${parts})` : 'no suitable node';
    group.failedAt = position;
    for (const task of tasks) {
      const service = store.get('service', task.ServiceID ?? '');
      if (!service) {
        this.#queue.remove(task.ID);
        continue;
      }
      this.#decide(task, 'pending', text, group.requirements, position, -1);
      if (task.SpecVersion && service.SpecVersion.Index > task.SpecVersion.Index) {
        this.#queue.remove(task.ID);
        if (compareTaskStates(task.DesiredState, 'shutdown') < 0) continue;
        const Status = { ...task.Status, Timestamp: sim.timestamp, State: 'shutdown' as const, Err: '' };
        writes.push({ task, next: { ...task, Status }, info: undefined, node: undefined });
      } else {
        this.#writePending(task, text, writes);
      }
    }
  }

  #whyNoNode(requirements: Requirements): string {
    const key = requirements.fateKey;
    if (key === undefined) return explainNoNode(this.#set, requirements);
    if (this.#noNodeAt !== this.#set.generation) {
      this.#noNode.clear();
      this.#noNodeAt = this.#set.generation;
    }
    let text = this.#noNode.get(key);
    if (text === undefined) {
      text = explainNoNode(this.#set, requirements);
      this.#noNode.set(key, text);
    }
    return text;
  }

  /** A status that says the same is not written again (SCHED-5). */
  #writePending(task: StoredTask, text: string, writes: Write[]): void {
    if (task.Status.Err === text) return;
    const Status = { ...task.Status, Timestamp: this.#context.sim.timestamp, Err: text };
    writes.push({ task, next: { ...task, Status }, info: undefined, node: undefined });
  }

  /** The task on its node (SCHED-4). */
  #placed(task: StoredTask, info: NodeInfo, requirements: Requirements, Message: string): StoredTask {
    const Status = { State: 'assigned', Timestamp: this.#context.sim.timestamp, Message } as const;
    if (requirements.footprint.generic.length === 0) return { ...task, NodeID: info.node.ID, Status };
    return {
      ...task,
      NodeID: info.node.ID,
      Status,
      GenericResources: this.#set.claim(info, requirements.footprint),
    };
  }

  #decide(
    task: StoredTask,
    outcome: Decision['outcome'],
    message: string,
    requirements: Requirements,
    position: number,
    node: number,
  ): void {
    const groupKey = groupKeyOf(task);
    const at = this.#context.sim.now;
    this.#decisions.set(task.ID, { at, outcome, message, requirements, groupKey, set: this.#set, position, node });
  }

  // Writing

  #commit(writes: readonly Write[]): void {
    for (let first = 0; first < writes.length; first += maxChanges) {
      const batch = writes.slice(first, first + maxChanges);
      try {
        this.#context.store.update((tx) => {
          for (const write of batch) {
            if (this.#isStale(write)) this.#takeBack(write);
            else tx.update('task', write.next);
          }
        });
      } catch (error) {
        // The managers lost their quorum or leader: nothing of this was written, and all of it stays to be done.
        for (const write of writes.slice(first)) this.#takeBack(write);
        if (!isRefusal(error)) throw error;
        return;
      }
    }
  }

  /** SCHED-5: the node or the task changed since it was looked at. */
  #isStale(write: Write): boolean {
    const { store } = this.#context;
    if (store.get('task', write.task.ID) !== write.task) return true;
    return write.node !== undefined && store.get('node', write.node.ID) !== write.node;
  }

  #takeBack(write: Write): void {
    this.#set.release(write.next.ID);
    this.#decisions.delete(write.next.ID);
    const task = this.#context.store.get('task', write.next.ID);
    if (!task) return;
    const waiting = this.#preassigned.get(task.ID);
    if (waiting) waiting.failedAt = -1;
    this.#consider(task);
  }
}

/** Whether a write was refused from outside (no quorum), rather than being wrong. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error.name === 'StatusError' || error.name === 'StoreError');
}
