import type { EventMessage, Labels } from '../../api';
import type { Micros, Simulation } from '../../sim';
import { second } from '../../sim';

export type LocalEventType = 'container' | 'network' | 'image' | 'volume' | 'daemon';

/** How many events are kept for replay (API-73). */
const kept = 256;

/** An event as it is kept: the attributes that all events of its actor share, and those of this one. */
interface Recorded {
  readonly type: LocalEventType;
  readonly action: string;
  readonly id: string;
  readonly shared: Labels;
  readonly own: Labels | undefined;
  readonly time: Micros;
}

function message({ type, action, id, shared, own, time }: Recorded): EventMessage {
  const attributes: Record<string, string> = own === undefined ? { ...shared } : { ...shared, ...own };
  const sorted = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  const from = shared.image;
  return {
    ...(type === 'container' || type === 'image' ? { status: action, id } : {}),
    ...(type === 'container' && from !== undefined ? { from } : {}),
    Type: type,
    Action: action,
    Actor: { ID: id, Attributes: sorted },
    scope: 'local',
    time: Math.floor(time / second),
    timeNano: time * 1_000,
  };
}

/** The local events of one engine: the last 256, and those to come (API-72, API-73). */
export class EventLog {
  readonly #sim: Simulation;
  readonly #ring: Recorded[] = [];
  #first = 0;
  readonly #listeners = new Set<(event: EventMessage) => void>();

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** `shared` is kept by reference: it must not change afterwards. */
  emit(type: LocalEventType, action: string, id: string, shared: Labels, own?: Labels): void {
    const recorded: Recorded = { type, action, id, shared, own, time: this.#sim.now };
    if (this.#ring.length < kept) this.#ring.push(recorded);
    else {
      this.#ring[this.#first] = recorded;
      this.#first = (this.#first + 1) % kept;
    }
    if (this.#listeners.size === 0) return;
    const event = message(recorded);
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** What is kept, oldest first. */
  list(): EventMessage[] {
    return [...this.#ring.slice(this.#first), ...this.#ring.slice(0, this.#first)].map(message);
  }

  /** Hears events from now on; the result ends it. */
  subscribe(listener: (event: EventMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
