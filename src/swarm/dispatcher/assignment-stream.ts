import type { Micros, Simulation, Timer } from '../../sim';
import { millisecond } from '../../sim';
import type { StoredTask } from '../objects';
import type { Store } from '../store';
import { completeAssignments, concernsAgent, incrementalAssignments, sameForAgent } from './assignment-set';
import type { Agent } from './ports';

/** A batch goes out when nothing was added for this long, or when it is full (ORCH-124). */
const batchingWaitTime = 100 * millisecond;
const modificationBatchLimit = 100;

/** What one node's agent is sent: first all of its tasks, then changes in batches. */
export class AssignmentStream {
  readonly #sim: Simulation;
  readonly #store: Store;
  readonly #nodeID: string;
  readonly #agent: Agent;
  /** Changed tasks by ID; undefined for those that are gone. */
  #changes = new Map<string, StoredTask | undefined>();
  #timer: Timer | undefined;
  #due: Micros = 0;
  #begun = false;
  #held = false;
  #ended = false;

  constructor(sim: Simulation, store: Store, nodeID: string, agent: Agent) {
    this.#sim = sim;
    this.#store = store;
    this.#nodeID = nodeID;
    this.#agent = agent;
  }

  /** Sends the complete set, unless it went out already. */
  begin(): void {
    if (this.#begun || this.#ended) return;
    this.#begun = true;
    this.#agent.assign(completeAssignments(this.#store, this.#nodeID));
  }

  changed(task: StoredTask, previous: StoredTask | undefined): void {
    if (!this.#begun || !concernsAgent(task)) return;
    // States up to ASSIGNED are the managers'; later ones are the agent's own news (ORCH-13).
    const known = previous !== undefined && concernsAgent(previous);
    if (known && task.Status.State !== 'assigned' && sameForAgent(previous, task)) return;
    this.#add(task.ID, task);
  }

  removed(task: StoredTask): void {
    if (this.#begun && concernsAgent(task)) this.#add(task.ID, undefined);
  }

  /** While nothing gets through to the node, batches wait. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held && this.#changes.size > 0) this.#arm();
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#changes.clear();
  }

  #add(taskID: string, task: StoredTask | undefined): void {
    if (this.#ended) return;
    this.#changes.set(taskID, task);
    this.#due = this.#sim.now + batchingWaitTime;
    if (this.#changes.size >= modificationBatchLimit) this.#send();
    else this.#arm();
  }

  #arm(): void {
    if (this.#timer || this.#held) return;
    this.#timer = this.#sim.at(this.#due, () => {
      this.#timer = undefined;
      if (this.#due > this.#sim.now) this.#arm();
      else this.#send();
    });
  }

  #send(): void {
    if (this.#held || this.#changes.size === 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const changes = this.#changes;
    this.#changes = new Map();
    const update: StoredTask[] = [];
    const remove: string[] = [];
    for (const [id, task] of changes) {
      if (task) update.push(task);
      else remove.push(id);
    }
    this.#agent.assign(incrementalAssignments(this.#store, update, remove));
  }
}
