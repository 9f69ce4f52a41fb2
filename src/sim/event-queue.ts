import type { Micros } from './time';

/** An event that is due; one that was taken back has nothing to run and is skipped when it comes up. */
export class QueuedEvent {
  run: (() => void) | undefined;
  readonly #queue: EventQueue;

  constructor(
    queue: EventQueue,
    readonly at: Micros,
    readonly sequence: number,
    run: () => void,
  ) {
    this.#queue = queue;
    this.run = run;
  }

  /** Takes it back; harmless when it already ran. */
  cancel(): void {
    this.#queue.cancel(this);
  }
}

function before(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}

/** A binary heap of events, ordered by time and then by the order in which they were pushed. */
export class EventQueue {
  readonly #heap: QueuedEvent[] = [];
  #sequence = 0;
  #live = 0;

  /** Number of events that are still to run. */
  get size(): number {
    return this.#live;
  }

  push(at: Micros, run: () => void): QueuedEvent {
    const event = new QueuedEvent(this, at, this.#sequence++, run);
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = event;
    this.#live++;
    return event;
  }

  /** Takes an event back; harmless when it already ran. */
  cancel(event: QueuedEvent): void {
    if (!event.run) return;
    event.run = undefined;
    this.#live--;
    if (this.#heap.length > 64 && this.#live * 2 < this.#heap.length) this.#compact();
  }

  /** The next event to run, without taking it. */
  peek(): QueuedEvent | undefined {
    while (this.#heap.length > 0 && !this.#heap[0]!.run) this.#take();
    return this.#heap[0];
  }

  /** Takes the next event. */
  pop(): QueuedEvent | undefined {
    const event = this.peek();
    if (!event) return undefined;
    this.#take();
    this.#live--;
    return event;
  }

  #take(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    this.#sink(0, last);
  }

  #sink(start: number, event: QueuedEvent): void {
    const heap = this.#heap;
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, event)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = event;
  }

  /** Drops cancelled events, so that many cancelled timers do not pile up. */
  #compact(): void {
    const live = this.#heap.filter((event) => event.run);
    this.#heap.length = 0;
    for (const event of live) this.#heap.push(event);
    for (let index = (live.length >> 1) - 1; index >= 0; index--) this.#sink(index, this.#heap[index]!);
  }
}
