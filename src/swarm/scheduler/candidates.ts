import type { Bits } from './bits';
import { hasBit, lowestBit, setBit, withWords } from './bits';
import { Heap } from './heap';
import type { NodeInfo } from './node-info';
import type { NodeSet } from './node-set';
import { dependsOnHeld, passesHeld } from './pipeline';
import type { Ranking } from './ranking';
import { compareRank } from './ranking';
import type { Requirements } from './requirements';

/**
 * The nodes that a group may use, best first (SCHED-40; ties in the order in which nodes joined), found one by one:
 * first the nodes without tasks of the service, which the order by total tasks gives for nothing, then those with some,
 * then those with many recent failures. Each node is given once, ranked as it was when it was not yet used.
 */
export class Candidates {
  readonly #set: NodeSet;
  readonly #task: Requirements;
  readonly #ranking: Ranking;
  /** Nodes that pass the filters on the node object. */
  readonly #suitable: Bits;
  readonly #asksHeld: boolean;
  /** Nodes that are not to be found in the order by total tasks: others' turn, or given already. */
  #skip: Bits | undefined;
  #given: Set<number> | undefined;
  readonly #once: boolean;
  /** The level in the order by total tasks that is looked through, and the word there; no level when all were. */
  #count: number | undefined = 0;
  #word = 0;
  #rest: Heap<NodeInfo> | undefined;

  /** `once`: no node changes between two calls, as when a single task is placed. */
  constructor(set: NodeSet, task: Requirements, ranking: Ranking, suitable: Bits, once: boolean) {
    this.#set = set;
    this.#task = task;
    this.#ranking = ranking;
    this.#suitable = suitable;
    this.#asksHeld = dependsOnHeld(task);
    this.#once = once;
    const load = set.service(ranking.serviceID);
    if (load || ranking.poor.size > 0 || !once) {
      this.#skip = load ? load.bits(set.words) : new Uint32Array(set.words);
      for (const node of ranking.poor.keys()) setBit(this.#skip, node);
    }
  }

  next(): NodeInfo | undefined {
    for (let info = this.#nextSuitable(); info; info = this.#nextSuitable()) {
      if (!this.#asksHeld) return info;
      if (passesHeld(this.#task, info, this.#set.serviceTasks(this.#ranking.serviceID, info))) return info;
    }
    return undefined;
  }

  #nextSuitable(): NodeInfo | undefined {
    const fresh = this.#nextFresh();
    if (fresh >= 0) {
      if (this.#once) {
        this.#skip ??= new Uint32Array(this.#set.words);
      } else {
        this.#given ??= new Set();
        this.#given.add(fresh);
      }
      if (this.#skip) setBit(this.#skip, fresh);
      return this.#set.nodes[fresh];
    }
    this.#rest ??= this.#collectRest();
    return this.#rest.pop();
  }

  /** The next node, by total tasks and index, that has no task of the service; -1 when there is none. */
  #nextFresh(): number {
    const suitable = this.#suitable;
    const skip = this.#skip;
    while (this.#count !== undefined) {
      const level = this.#set.order.from(this.#count);
      if (!level) break;
      if (level.count !== this.#count) {
        this.#count = level.count;
        this.#word = 0;
      }
      const { bits } = level;
      const words = Math.min(bits.length, suitable.length);
      for (this.#word = Math.max(this.#word, level.first); this.#word < words; this.#word++) {
        let found = bits[this.#word]! & suitable[this.#word]!;
        if (skip) found &= ~(skip[this.#word] ?? 0);
        if (found !== 0) return this.#word * 32 + lowestBit(found);
      }
      this.#count++;
      this.#word = 0;
    }
    this.#count = undefined;
    return -1;
  }

  /** The nodes with tasks of the service, or with many failures: they come last. */
  #collectRest(): Heap<NodeInfo> {
    const { poor, serviceID } = this.#ranking;
    const load = this.#set.service(serviceID);
    const usable = (node: number): boolean => hasBit(this.#suitable, node) && !this.#given?.has(node);
    const rest: NodeInfo[] = [];
    for (const node of load?.indexes() ?? []) {
      if (usable(node) && !poor.has(node)) rest.push(this.#set.nodes[node]!);
    }
    for (const node of poor.keys()) if (usable(node)) rest.push(this.#set.nodes[node]!);
    return new Heap(rest, (a, b) => (compareRank(a, b, poor, load) || a.index - b.index) < 0);
  }
}

/** Nodes in both sets. */
export function intersection(a: Bits, b: Bits): Bits {
  const result = withWords(a.slice(), b.length);
  for (let word = 0; word < result.length; word++) result[word] = result[word]! & (b[word] ?? 0);
  return result;
}
