import type { Micros } from '../../sim';
import type { StoredNode } from '../objects';
import type { Footprint } from './requirements';

/** A failure of a task of one group on a node (SCHED-41). */
export interface FailureRecord {
  readonly groupKey: string;
  readonly at: Micros;
}

/** One step of the bookkeeping, in the form that undoes it. */
export type Step =
  | { readonly kind: 'held' | 'released'; readonly footprint: Footprint }
  | { readonly kind: 'activated' | 'deactivated'; readonly serviceID: string }
  /** The node object before; undefined when the node joined. */
  | { readonly kind: 'node'; readonly previous: StoredNode | undefined }
  | { readonly kind: 'failed'; readonly failure: FailureRecord };

const kinds = ['held', 'released', 'activated', 'deactivated', 'node', 'failed'] as const;

/**
 * The steps of the bookkeeping since this leader began, so that the nodes can be seen as they were at any decision
 * without keeping a copy of them for each. A step takes 13 bytes; the oldest are dropped beyond `limit` steps.
 */
export class History {
  readonly #limit: number;
  #kinds = new Uint8Array(1024);
  #nodes = new Int32Array(1024);
  #references: unknown[] = [];
  #dropped = 0;

  constructor(limit = 2 ** 21) {
    this.#limit = limit;
  }

  /** The number of steps ever recorded: names the present moment. */
  get position(): number {
    return this.#dropped + this.#references.length;
  }

  /** Whether the nodes can still be taken back to that moment. */
  reaches(position: number): boolean {
    return position >= this.#dropped;
  }

  held(node: number, footprint: Footprint): void {
    this.#record(0, node, footprint);
  }

  released(node: number, footprint: Footprint): void {
    this.#record(1, node, footprint);
  }

  activated(node: number, serviceID: string): void {
    this.#record(2, node, serviceID);
  }

  deactivated(node: number, serviceID: string): void {
    this.#record(3, node, serviceID);
  }

  nodeChanged(node: number, previous: StoredNode | undefined): void {
    this.#record(4, node, previous);
  }

  failed(node: number, failure: FailureRecord): void {
    this.#record(5, node, failure);
  }

  /** Visits the steps from the newest back to `position`; `visit` may end it by returning false. */
  backTo(position: number, visit: (node: number, step: Step) => boolean | undefined): void {
    this.before(this.position, position, visit);
  }

  /** Visits the steps before `end`, newest first, down to `position` or the oldest that is kept. */
  before(end: number, position: number, visit: (node: number, step: Step) => boolean | undefined): void {
    const first = Math.max(0, position - this.#dropped);
    for (let index = end - this.#dropped - 1; index >= first; index--) {
      if (visit(this.#nodes[index]!, this.#step(index)) === false) return;
    }
  }

  #step(index: number): Step {
    const kind = kinds[this.#kinds[index]!]!;
    const reference = this.#references[index];
    switch (kind) {
      case 'held':
      case 'released':
        return { kind, footprint: reference as Footprint };
      case 'activated':
      case 'deactivated':
        return { kind, serviceID: reference as string };
      case 'node':
        return { kind, previous: reference as StoredNode | undefined };
      case 'failed':
        return { kind, failure: reference as FailureRecord };
    }
  }

  #record(kind: number, node: number, reference: unknown): void {
    if (this.#references.length >= this.#limit) this.#dropOldest();
    const index = this.#references.push(reference) - 1;
    if (index >= this.#kinds.length) this.#grow();
    this.#kinds[index] = kind;
    this.#nodes[index] = node;
  }

  #grow(): void {
    const kindsBefore = this.#kinds;
    const nodesBefore = this.#nodes;
    this.#kinds = new Uint8Array(kindsBefore.length * 2);
    this.#nodes = new Int32Array(nodesBefore.length * 2);
    this.#kinds.set(kindsBefore);
    this.#nodes.set(nodesBefore);
  }

  #dropOldest(): void {
    const count = Math.max(1, this.#limit >> 1);
    this.#references = this.#references.slice(count);
    this.#kinds.copyWithin(0, count);
    this.#nodes.copyWithin(0, count);
    this.#dropped += count;
  }
}
