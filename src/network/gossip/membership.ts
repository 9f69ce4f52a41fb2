import type { Micros } from '../../sim';
import { fractionOf } from './chance';
import { spreadArrival } from './epidemic';
import { Links } from './links';
import { Loss } from './loss';
import { packetTime, reconnectInterval } from './parameters';
import { detectionTime } from './suspicion';

/** A stretch of time in which the connected parts of the cluster were the same. */
interface Era {
  readonly start: Micros;
  /** Number of each node's part; undefined when all are in part 0. Dead nodes are parts of their own. */
  readonly component: Int32Array | undefined;
  /** All living nodes are in one part. */
  readonly whole: boolean;
}

/** What one node thinks of another: dead from `from` until `until`. */
interface Judgement {
  from: Micros;
  until: Micros;
}

/**
 * The lower layer of the gossip: who is in the cluster and who can be talked to (memberlist). Nothing is scheduled: at
 * every fault the times at which each side will have noticed are worked out, and later questions compare with now.
 */
export class Membership {
  readonly links = new Links();
  readonly loss = new Loss();
  readonly #seed: number;
  readonly #alive: boolean[] = [];
  readonly #retired = new Set<number>();
  readonly #judgements: Map<number, Judgement>[] = [];
  #eras: Era[] = [{ start: Number.NEGATIVE_INFINITY, component: undefined, whole: true }];

  constructor(seed: number) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#alive.length;
  }

  /** Number of the present era. */
  get era(): number {
    return this.#eras.length - 1;
  }

  /** Whether all living nodes can hear of each other now. */
  get whole(): boolean {
    return this.#eras.at(-1)!.whole;
  }

  /** Number of a new node. */
  add(): number {
    this.#judgements.push(new Map());
    return this.#alive.push(true) - 1;
  }

  isAlive(node: number): boolean {
    return this.#alive[node] === true;
  }

  setAlive(node: number, alive: boolean): void {
    this.#alive[node] = alive;
  }

  /** The node left for good: nobody is missed, and the cluster can be whole without it. */
  retire(node: number): void {
    this.#retired.add(node);
  }

  /** The connected part that a node was in during an era. */
  componentOf(node: number, era: number): number {
    const component = this.#eras[era]!.component;
    if (!component) return 0;
    return component[node] ?? 0;
  }

  /** End of an era; positive infinity for the present one. */
  endOf(era: number): Micros {
    return this.#eras[era + 1]?.start ?? Number.POSITIVE_INFINITY;
  }

  startOf(era: number): Micros {
    return this.#eras[era]!.start;
  }

  connected(a: number, b: number, era = this.era): boolean {
    return a === b || this.componentOf(a, era) === this.componentOf(b, era);
  }

  /** Begins a new era after links or lives changed, and works out who will miss whom, and who finds back when. */
  change(now: Micros): void {
    const before = this.era;
    const count = this.size;
    const undisturbed = this.links.whole && this.#alive.every((alive) => alive);
    const component = undisturbed ? undefined : this.links.components(count, (node) => this.isAlive(node));
    const groups = this.#groups(component, count);
    this.#eras.push({ start: now, component, whole: groups.size <= 1 });
    for (let target = 0; target < count; target++) {
      if (this.#retired.has(target)) continue;
      for (const [number, observers] of groups) {
        if ((component?.[target] ?? 0) !== number) this.#lose(observers, target, before, now);
      }
      for (let other = 0; other < count; other++) if (this.connected(other, target)) this.#find(other, target, now);
    }
  }

  /** Since when `node` takes `other` for dead, if it does at `now` (DISC-90). */
  deadSince(node: number, other: number, now: Micros): Micros | undefined {
    const judgement = this.#judgements[node]!.get(other);
    return judgement && judgement.from <= now && now < judgement.until ? judgement.from : undefined;
  }

  /** When `node` found `other` again after taking it for dead, if that was by `now` (DISC-91). */
  foundAgain(node: number, other: number, now: Micros): Micros | undefined {
    const judgement = this.#judgements[node]!.get(other);
    return judgement && judgement.until <= now ? judgement.until : undefined;
  }

  /** When a node will next think otherwise of another, if nothing breaks: infinite mostly. */
  nextJudgement(node: number, now: Micros): Micros {
    let next = Number.POSITIVE_INFINITY;
    for (const { from, until } of this.#judgements[node]!.values()) {
      if (from > now) next = Math.min(next, from);
      if (until > now) next = Math.min(next, until);
    }
    return next;
  }

  /** Whether nobody was ever missed: the common case, in which questions need not look further. */
  get undisturbed(): boolean {
    return this.#eras.length === 1;
  }

  /** The time at which a node that lost `other` hears of it again once they can talk (DISC-87). */
  reconnectTime(a: number, b: number, now: Micros): Micros {
    const [low, high] = a < b ? [a, b] : [b, a];
    return now + packetTime + Math.floor(fractionOf(this.#seed, low * 65_536 + high, now % 1e9, 3) * reconnectInterval);
  }

  /** All that was known of a node that was replaced by a new one of the same name is void (DISC-88). */
  forget(node: number): void {
    this.#judgements[node]!.clear();
    for (const judgements of this.#judgements) judgements.delete(node);
  }

  #groups(component: Int32Array | undefined, count: number): Map<number, number[]> {
    const groups = new Map<number, number[]>();
    for (let node = 0; node < count; node++) {
      if (!this.isAlive(node)) continue;
      const number = component?.[node] ?? 0;
      const group = groups.get(number);
      if (group) group.push(node);
      else groups.set(number, [node]);
    }
    return groups;
  }

  #lose(observers: readonly number[], target: number, before: number, now: Micros): void {
    const losing = observers.filter((observer) => {
      const known = this.#judgements[observer]!.get(target);
      if (!this.connected(observer, target, before)) {
        // A node that came up in a part hears from its peers only of nodes that are not dead for them.
        if (!known) this.#judgements[observer]!.set(target, { from: now, until: Number.POSITIVE_INFINITY });
        return false;
      }
      if (!known || known.until <= now) return true;
      // Lost again before they had found each other: it stays dead for this observer.
      known.until = Number.POSITIVE_INFINITY;
      return false;
    });
    if (losing.length === 0) return;
    const declared = detectionTime(this.#seed, now, losing, target, this.size);
    for (const observer of losing) {
      const lost = this.loss.worst(declared);
      const told = spreadArrival(this.#seed, 0x6465_6164, target, observer, losing.length, declared, lost);
      this.#judgements[observer]!.set(target, {
        from: losing.length === 1 ? declared : told,
        until: Number.POSITIVE_INFINITY,
      });
    }
  }

  #find(observer: number, target: number, now: Micros): void {
    const judgement = this.#judgements[observer]!.get(target);
    if (!judgement || judgement.until !== Number.POSITIVE_INFINITY) return;
    // Suspected but not yet declared dead: the target refutes, and nothing has happened (DISC-104).
    if (judgement.from > now) this.#judgements[observer]!.delete(target);
    else judgement.until = this.reconnectTime(observer, target, now);
  }
}
