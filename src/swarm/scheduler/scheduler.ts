import type { GenericResource, TaskExplanation } from '../../api';
import { compareTaskStates, isTerminal } from '../../api';
import type { Micros, Timer } from '../../sim';
import { millisecond, second } from '../../sim';
import type { ControlContext, ControlLoop } from '../control-loop';
import type { StoredTask } from '../objects';
import type { Change, Watch } from '../store';
import type { Decision, Run } from './decision';
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

/** A change of a task that is decided and not yet written. */
interface Write {
  readonly task: StoredTask;
  /** The node that the task gets; undefined when it gets none. */
  readonly info: NodeInfo | undefined;
  readonly resources: readonly GenericResource[] | undefined;
  readonly State: 'assigned' | 'pending' | 'shutdown';
  /** `Message` of an assigned task, `Err` of another. */
  readonly text: string;
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
  #nodeWatch: Watch | undefined;
  /** Nodes that changed since the last run. */
  readonly #changedNodes = new Set<string>();
  #writes: Write[] = [];
  #thisRun: Run;
  #timer: Timer | undefined;
  #firstCommit: Micros = 0;
  #lastCommit: Micros = 0;
  #tickRequired = false;

  /** `historyLimit`: how many steps of bookkeeping are kept for explanations. */
  constructor(context: ControlContext, options: { readonly historyLimit?: number } = {}) {
    this.#context = context;
    this.#historyLimit = options.historyLimit;
    this.#set = new NodeSet(this.#historyLimit);
    this.#thisRun = { at: context.sim.now, set: this.#set };
  }

  start(): void {
    if (this.#watch) return;
    const { store } = this.#context;
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
    this.#nodeWatch = store.observe(['node'], (changes) => {
      for (const change of changes) this.#changedNodes.add(change.object.ID);
    });
    this.#tickRequired = true;
    this.#timer = store.after(0, () => this.#run());
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#nodeWatch?.stop();
    this.#changedNodes.clear();
    this.#writes = [];
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
    const { sim, store } = this.#context;
    this.#timer = store.after(due - sim.now, () => {
      const later = Math.min(this.#lastCommit + commitDebounceGap, this.#firstCommit + maxLatency);
      if (later > sim.now) this.#debounce();
      else this.#run();
    });
  }

  #nodeChanged(nodeID: string): void {
    const node = this.#context.store.get('node', nodeID);
    if (node) {
      if (this.#set.put(node)) this.#tickRequired = true;
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
      this.#drop(change.object);
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
      this.#drop(task);
    } else if (!task.NodeID) {
      if (State !== 'pending') return;
      this.#queue.add(task);
      this.#tickRequired = true;
    } else if (State === 'pending') {
      const known = this.#preassigned.get(task.ID);
      if (known?.task === task) return;
      this.#preassigned.set(task.ID, { task, requirements: requirementsOf(task), failedAt: -1 });
    } else {
      this.#queue.remove(task);
      this.#preassigned.delete(task.ID);
      this.#set.hold(task);
    }
  }

  #drop(task: StoredTask): void {
    const held = this.#set.release(task.ID);
    const queued = this.#queue.remove(task);
    const preassigned = this.#preassigned.delete(task.ID);
    if (held || queued || preassigned) this.#tickRequired = true;
  }

  // Deciding

  #run(): void {
    this.#timer = undefined;
    // Nodes whose change is not reported yet are looked at anew, so that no decision is made on an old one (SCHED-5).
    for (const nodeID of this.#changedNodes) this.#nodeChanged(nodeID);
    this.#changedNodes.clear();
    this.#thisRun = { at: this.#context.sim.now, set: this.#set };
    if (this.#preassigned.size > 0) this.#confirmPreassigned();
    if (this.#tickRequired) {
      this.#tickRequired = false;
      this.#assignQueued();
    }
    this.#flush();
  }

  #confirmPreassigned(): void {
    for (const waiting of this.#preassigned.values()) {
      const task = this.#context.store.get('task', waiting.task.ID);
      if (task !== waiting.task) continue; // its change is about to be reported
      const { requirements } = waiting;
      const info = this.#set.find(task.NodeID ?? '');
      if (!info || waiting.failedAt === this.#set.generation) continue;
      const failed = firstFailure(requirements, info, this.#set.serviceTasks(task.ServiceID ?? '', info));
      if (failed < 0) {
        this.#preassigned.delete(task.ID);
        this.#place(task, info, requirements, 'confirmed', confirmedMessage);
      } else {
        const text = explainFailures(filters.map((_, place) => (place === failed ? 1 : 0)));
        waiting.failedAt = this.#set.generation;
        this.#decide(task, 'pending', text, requirements, this.#set.history.position, info.index);
        if (task.Status.Err !== text)
          this.#write({ task, info: undefined, resources: undefined, State: 'pending', text });
      }
    }
  }

  #assignQueued(): void {
    const { store, sim } = this.#context;
    for (const group of this.#queue.groups()) {
      if (group.failedAt === this.#set.generation) continue;
      const tasks: StoredTask[] = [];
      for (const taskID of group.tasks) {
        const task = store.get('task', taskID);
        if (task && !task.NodeID && task.Status.State === 'pending') tasks.push(task);
        else group.tasks.delete(taskID);
      }
      if (tasks.length === 0) {
        this.#queue.removeGroup(group);
        continue;
      }
      const placed = scheduleGroup(this.#set, group, tasks, sim.now, (task, info) => {
        group.tasks.delete(task.ID);
        this.#place(task, info, group.requirements, 'assigned', assignedMessage);
      });
      if (placed < tasks.length) this.#noSuitableNode(group, tasks.slice(placed));
      else if (group.tasks.size === 0) this.#queue.removeGroup(group);
    }
  }

  #place(
    task: StoredTask,
    info: NodeInfo,
    requirements: Requirements,
    outcome: 'assigned' | 'confirmed',
    text: string,
  ): void {
    const { footprint } = requirements;
    const resources = footprint.generic.length > 0 ? this.#set.claim(info, footprint) : undefined;
    this.#decide(task, outcome, text, requirements, this.#set.history.position, info.index);
    this.#set.place(task, info, footprint, resources);
    this.#write({ task, info, resources, State: 'assigned', text });
  }

  /** SCHED-25, SCHED-28. */
  #noSuitableNode(group: TaskGroup, tasks: readonly StoredTask[]): void {
    const { store } = this.#context;
    const position = this.#set.history.position;
    const parts = this.#whyNoNode(group);
    const text = parts ? `no suitable node (${parts})` : 'no suitable node';
    group.failedAt = this.#set.generation;
    for (const task of tasks) {
      const service = store.get('service', task.ServiceID ?? '');
      if (!service) {
        this.#queue.remove(task);
        continue;
      }
      this.#decide(task, 'pending', text, group.requirements, position, -1);
      if (task.SpecVersion && service.SpecVersion.Index > task.SpecVersion.Index) {
        this.#queue.remove(task);
        if (compareTaskStates(task.DesiredState, 'shutdown') < 0) continue;
        this.#write({ task, info: undefined, resources: undefined, State: 'shutdown', text: '' });
      } else if (task.Status.Err !== text) {
        // A status that says the same is not written again (SCHED-5).
        this.#write({ task, info: undefined, resources: undefined, State: 'pending', text });
      }
    }
  }

  #whyNoNode({ requirements, serviceID }: TaskGroup): string {
    const key = requirements.fateKey;
    if (key === undefined) return explainNoNode(this.#set, requirements, serviceID);
    if (this.#noNodeAt !== this.#set.generation) {
      this.#noNode.clear();
      this.#noNodeAt = this.#set.generation;
    }
    let text = this.#noNode.get(key);
    if (text === undefined) {
      text = explainNoNode(this.#set, requirements, serviceID);
      this.#noNode.set(key, text);
    }
    return text;
  }

  #decide(
    task: StoredTask,
    outcome: Decision['outcome'],
    message: string,
    requirements: Requirements,
    position: number,
    node: number,
  ): void {
    this.#decisions.set(task.ID, { run: this.#thisRun, outcome, message, requirements, position, node });
  }

  // Writing

  /** Writes now and then rather than all at the end, in transactions of the size that raft takes (CTRL-10). */
  #write(write: Write): void {
    this.#writes.push(write);
    if (this.#writes.length >= maxChanges) this.#flush();
  }

  #flush(): void {
    const writes = this.#writes;
    if (writes.length === 0) return;
    this.#writes = [];
    const Timestamp = this.#context.sim.timestamp;
    this.#context.store.update((tx) => {
      for (const write of writes) tx.update('task', changed(write, Timestamp));
    });
  }
}

/** The task as it is to be written (SCHED-4, SCHED-25). */
function changed({ task, info, resources, State, text }: Write, Timestamp: string): StoredTask {
  if (!info) return { ...task, Status: { ...task.Status, Timestamp, State, Err: text } };
  const Status = { State, Timestamp, Message: text };
  if (!resources) return { ...task, NodeID: info.node.ID, Status };
  return { ...task, NodeID: info.node.ID, Status, GenericResources: resources };
}
