import type { GenericResource, TaskExplanation } from '../../api';
import { compareTaskStates, isTerminal } from '../../api';
import type { Micros, Timer } from '../../sim';
import { millisecond, second } from '../../sim';
import type { ControlContext, ControlLoop } from '../control-loop';
import type { StoredTask } from '../objects';
import type { Change, Watch } from '../store';
import type { Ruling, Run } from './decision';
import { explainDecision, explainUndecided } from './explain';
import { filters } from './filters';
import { explainNoNode, scheduleGroup } from './group-scheduler';
import type { NodeInfo } from './node-info';
import { NodeSet } from './node-set';
import { explainFailures, firstFailure } from './pipeline';
import type { Requirements } from './requirements';
import { requirementsOf } from './requirements';
import { TaskEntry } from './task-entry';
import type { WaitingGroup } from './task-queue';
import { groupKeyOf, TaskQueue } from './task-queue';

/** A run comes this long after the last commit, SCHED-2. */
const commitDebounceGap = 50 * millisecond;
/** But not later than this after the first. */
const maxLatency = second;
/** Most changes of one transaction (CTRL-10). */
const maxChanges = 200;

const assignedMessage = 'scheduler assigned task to node';
const confirmedMessage = 'scheduler confirmed task can run on preassigned node';

/** A global service's task that waits until its node can take it (SCHED-29). */
interface Preassigned {
  task: StoredTask;
  entry: TaskEntry;
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
  /** By task ID. */
  readonly #entries = new Map<string, TaskEntry>();
  #set: NodeSet;
  #queue = new TaskQueue();
  #preassigned = new Map<string, Preassigned>();
  /** Why no node suits tasks of the same wishes, as long as nothing changed on any node. */
  #noNode = new Map<string, string>();
  #noNodeAt = -1;
  #watch: Watch | undefined;
  #nodeWatch: Watch | undefined;
  /** The time of this run, as it is written. */
  #timestamp = '';
  /** Nodes that changed since the last run. */
  readonly #changedNodes = new Set<string>();
  /** Tasks as they are to be written. */
  #writes: StoredTask[] = [];
  #thisRun: Run;
  #assigned: Ruling;
  #confirmed: Ruling;
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
    this.#assigned = { run: this.#thisRun, outcome: 'assigned', message: assignedMessage };
    this.#confirmed = { run: this.#thisRun, outcome: 'confirmed', message: confirmedMessage };
  }

  start(): void {
    if (this.#watch) return;
    const { store } = this.#context;
    this.#set = new NodeSet(this.#historyLimit);
    for (const [taskID, entry] of this.#entries) {
      if (store.get('task', taskID)) entry.reset();
      else this.#entries.delete(taskID);
    }
    for (const node of store.all('node')) this.#set.put(node);
    for (const volume of store.all('volume')) this.#set.volumes.put(volume);
    for (const task of store.all('task')) {
      const abandoned = task.Status.State === 'pending' && compareTaskStates(task.DesiredState, 'complete') > 0;
      if (!abandoned) this.#consider(task);
    }
    // Every commit counts for the debouncing (SCHED-2), also of objects that do not matter here.
    this.#watch = store.watch(
      ['task', 'node', 'service', 'network', 'secret', 'config', 'cluster', 'volume'],
      (changes) => this.#react(changes),
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
    const decision = this.#entries.get(taskID)?.decision;
    return decision ? explainDecision(task, decision) : explainUndecided(task, this.#context.sim.timestamp);
  }

  // Reading the store

  #react(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'task') this.#taskChanged(change);
      else if (change.kind === 'node') this.#nodeChanged(change.object.ID);
      else if (change.kind === 'volume') this.#volumeChanged(change);
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

  #volumeChanged({ action, object }: Extract<Change, { kind: 'volume' }>): void {
    if (action === 'remove') this.#set.volumes.remove(object.ID);
    else this.#set.volumes.put(object);
    this.#set.volumesChanged();
    this.#tickRequired = true;
  }

  #taskChanged(change: Extract<Change, { kind: 'task' }>): void {
    const { ID } = change.object;
    const entry = this.#entries.get(ID);
    if (change.action === 'update' && entry) this.#noteFailure(entry, change.object, change.previous);
    // The newest state counts: what we wrote ourselves may come back after others have written again.
    const task = this.#context.store.get('task', ID);
    if (task) {
      if (entry?.seen !== task || !entry.info) this.#consider(task, entry);
    } else if (entry) {
      this.#drop(entry);
      this.#entries.delete(ID);
    }
  }

  /** SCHED-41. */
  #noteFailure(entry: TaskEntry, task: StoredTask, previous: StoredTask): void {
    const state = task.Status.State;
    if ((state !== 'failed' && state !== 'rejected') || previous.Status.State === state) return;
    if (this.#preassigned.has(task.ID) || !entry.info) return;
    const info = this.#set.find(task.NodeID ?? '');
    if (!info) return;
    const groupKey = groupKeyOf(task);
    const at = this.#context.sim.now;
    this.#set.failures.record(groupKey, info.index, at);
    this.#set.history.failed(info.index, { groupKey, at });
  }

  /** Puts a task where it belongs: the queue, the preassigned ones, or on its node (SCHED-1). */
  #consider(task: StoredTask, known = this.#entries.get(task.ID)): void {
    const { State } = task.Status;
    if (compareTaskStates(State, 'pending') < 0) return;
    if (isTerminal(State)) {
      if (known) this.#drop(known);
      return;
    }
    if (!task.NodeID && State !== 'pending') return;
    let entry = known;
    if (!entry) {
      entry = new TaskEntry(task);
      this.#entries.set(task.ID, entry);
    }
    entry.seen = task;
    if (!task.NodeID) {
      this.#queue.add(entry, task);
      this.#tickRequired = true;
    } else if (State === 'pending') {
      const waiting = this.#preassigned.get(task.ID);
      if (waiting?.task === task) return;
      this.#preassigned.set(task.ID, { task, entry, requirements: requirementsOf(task), failedAt: -1 });
    } else {
      this.#queue.remove(entry);
      if (this.#preassigned.size > 0) this.#preassigned.delete(task.ID);
      this.#set.hold(entry, task);
      if (task.Volumes) this.#set.volumes.reserve(task);
    }
  }

  #drop(entry: TaskEntry): void {
    const held = this.#set.release(entry);
    if (entry.seen?.Volumes) {
      this.#set.volumes.release(entry.seen);
      this.#set.volumesChanged();
    }
    const queued = this.#queue.remove(entry);
    const preassigned = this.#preassigned.delete(entry.id);
    if (held || queued || preassigned) this.#tickRequired = true;
  }

  // Deciding

  #run(): void {
    this.#timer = undefined;
    // Nodes whose change is not reported yet are looked at anew, so that no decision is made on an old one (SCHED-5).
    for (const nodeID of this.#changedNodes) this.#nodeChanged(nodeID);
    this.#changedNodes.clear();
    this.#timestamp = this.#context.sim.timestamp;
    this.#thisRun = { at: this.#context.sim.now, set: this.#set };
    this.#assigned = { run: this.#thisRun, outcome: 'assigned', message: assignedMessage };
    this.#confirmed = { run: this.#thisRun, outcome: 'confirmed', message: confirmedMessage };
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
        this.#place(waiting.entry, task, info, requirements, this.#confirmed);
      } else {
        const text = explainFailures(filters.map((_, place) => (place === failed ? 1 : 0)));
        waiting.failedAt = this.#set.generation;
        const ruling: Ruling = { run: this.#thisRun, outcome: 'pending', message: text };
        waiting.entry.decide(ruling, requirements, this.#set.history.position, info.index);
        if (task.Status.Err !== text) this.#write(withoutNode(task, 'pending', text, this.#timestamp));
      }
    }
  }

  #assignQueued(): void {
    let next = this.#queue.first;
    while (next) {
      const group = next;
      next = group.after;
      if (group.failedAt !== this.#set.generation) this.#assignGroup(group);
    }
  }

  #assignGroup(group: WaitingGroup): void {
    const { store, sim } = this.#context;
    const entries: TaskEntry[] = [];
    const tasks: StoredTask[] = [];
    for (const entry of group.entries()) {
      const task = store.get('task', entry.id);
      if (task && !task.NodeID && task.Status.State === 'pending') {
        entries.push(entry);
        tasks.push(task);
      } else {
        this.#queue.remove(entry);
      }
    }
    if (tasks.length === 0) return;
    const placed = scheduleGroup(this.#set, group, tasks.length, sim.now, (place, info) => {
      const entry = entries[place]!;
      this.#queue.remove(entry);
      this.#place(entry, tasks[place]!, info, group.requirements, this.#assigned);
    });
    if (placed < tasks.length) this.#noSuitableNode(group, entries.slice(placed), tasks.slice(placed));
  }

  #place(entry: TaskEntry, task: StoredTask, info: NodeInfo, requirements: Requirements, ruling: Ruling): void {
    const { footprint } = requirements;
    const resources = footprint.generic.length > 0 ? this.#set.claim(info, footprint) : undefined;
    entry.decide(ruling, requirements, this.#set.history.position, info.index);
    this.#set.place(entry, task, info, footprint, resources);
    let placed = assigned(task, info.node.ID, resources, ruling.message, this.#timestamp);
    if (requirements.volumes.length > 0) {
      const Volumes = this.#set.volumes.choose(requirements.volumes, info.node) ?? [];
      placed = Object.assign({}, placed, { Volumes });
      this.#set.volumes.reserve(placed);
    }
    entry.seen = this.#write(placed);
  }

  /** SCHED-25, SCHED-28. */
  #noSuitableNode(group: WaitingGroup, entries: readonly TaskEntry[], tasks: readonly StoredTask[]): void {
    const { store } = this.#context;
    const position = this.#set.history.position;
    const parts = this.#whyNoNode(group);
    const text = parts ? `no suitable node (${parts})` : 'no suitable node';
    const ruling: Ruling = { run: this.#thisRun, outcome: 'pending', message: text };
    group.failedAt = this.#set.generation;
    tasks.forEach((task, place) => {
      const entry = entries[place]!;
      const service = store.get('service', task.ServiceID ?? '');
      if (!service) {
        this.#queue.remove(entry);
        return;
      }
      entry.decide(ruling, group.requirements, position, -1);
      if (task.SpecVersion && service.SpecVersion.Index > task.SpecVersion.Index) {
        this.#queue.remove(entry);
        if (compareTaskStates(task.DesiredState, 'shutdown') < 0) return;
        this.#write(withoutNode(task, 'shutdown', '', this.#timestamp));
      } else if (task.Status.Err !== text) {
        // A status that says the same is not written again (SCHED-5).
        this.#write(withoutNode(task, 'pending', text, this.#timestamp));
      }
    });
  }

  #whyNoNode({ requirements, serviceID }: WaitingGroup): string {
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

  // Writing

  /** Writes now and then rather than all at the end, in transactions of the size that raft takes (CTRL-10). */
  #write(task: StoredTask): StoredTask {
    this.#writes.push(task);
    if (this.#writes.length >= maxChanges) this.#flush();
    return task;
  }

  #flush(): void {
    const writes = this.#writes;
    if (writes.length === 0) return;
    this.#writes = [];
    this.#context.store.update((tx) => {
      for (const task of writes) tx.replace('task', task);
    });
  }
}

/** The task with its node (SCHED-4). */
function assigned(
  task: StoredTask,
  NodeID: string,
  GenericResources: readonly GenericResource[] | undefined,
  Message: string,
  Timestamp: string,
): StoredTask {
  const Status = { State: 'assigned', Timestamp, Message } as const;
  // Not by spreading: an object that is spread and then gets a further field has a hidden class to itself.
  return GenericResources
    ? Object.assign({}, task, { NodeID, Status, GenericResources })
    : Object.assign({}, task, { NodeID, Status });
}

/** The task that no node takes (SCHED-25, SCHED-28). */
function withoutNode(task: StoredTask, State: 'pending' | 'shutdown', Err: string, Timestamp: string): StoredTask {
  return { ...task, Status: Object.assign({}, task.Status, { Timestamp, State, Err }) };
}
