import type { EventMessage } from '../../api';
import type { Simulation } from '../../sim';
import { second } from '../../sim';
import type { StoredNode, StoredService } from '../../swarm/objects';
import type { Change, Store } from '../../swarm/store';

/** How many events an engine keeps for replay (API-73). */
export const keptEvents = 256;

const kinds = ['service', 'node', 'network', 'secret', 'config'] as const;

/** What happened to the objects of a swarm, as its managers tell it: the last 256 events and those to come (API-71). */
export class SwarmEvents {
  readonly #sim: Simulation;
  readonly #listeners = new Set<(event: EventMessage) => void>();
  #kept: EventMessage[] = [];

  constructor(sim: Simulation, store: Store) {
    this.#sim = sim;
    store.observe(kinds, (changes) => {
      for (const change of changes) this.#record(change);
    });
  }

  /** What is kept, oldest first. */
  list(): readonly EventMessage[] {
    return this.#kept.slice(-keptEvents);
  }

  /** Hears events from now on; the result ends it. */
  subscribe(listener: (event: EventMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #record(change: Change): void {
    const { now } = this.#sim;
    const event: EventMessage = {
      Type: change.kind,
      Action: change.action,
      Actor: { ID: change.object.ID, Attributes: attributes(change) },
      scope: 'swarm',
      time: Math.floor(now / second),
      timeNano: now * 1_000,
    };
    this.#kept.push(event);
    if (this.#kept.length >= 2 * keptEvents) this.#kept = this.#kept.slice(-keptEvents);
    for (const listener of [...this.#listeners]) listener(event);
  }
}

function attributes(change: Change): Readonly<Record<string, string>> {
  if (change.kind === 'node') {
    const name = change.object.Spec.Name || change.object.Description.Hostname || '';
    return sorted({ name, ...(change.action === 'update' ? nodeChanges(change.previous, change.object) : {}) });
  }
  const name = 'Spec' in change.object && 'Name' in change.object.Spec ? (change.object.Spec.Name ?? '') : '';
  const more =
    change.kind === 'service' && change.action === 'update' ? serviceChanges(change.previous, change.object) : {};
  return sorted({ name, ...more });
}

function nodeChanges(old: StoredNode, now: StoredNode): Record<string, string> {
  return {
    ...difference('availability', old.Spec.Availability, now.Spec.Availability),
    ...difference('role', old.Spec.Role, now.Spec.Role),
    ...difference('state', old.Status.State, now.Status.State),
  };
}

function serviceChanges(old: StoredService, now: StoredService): Record<string, string> {
  const replicas = [old, now].map(({ Spec }) =>
    Spec.Mode?.Global || Spec.Mode?.ReplicatedJob || Spec.Mode?.GlobalJob
      ? undefined
      : String(Spec.Mode?.Replicated?.Replicas ?? 1),
  );
  const states = [old.UpdateStatus?.State, now.UpdateStatus?.State];
  return {
    ...(replicas[0] !== undefined && replicas[1] !== undefined ? difference('replicas', replicas[0], replicas[1]) : {}),
    ...difference('image', old.Spec.TaskTemplate.ContainerSpec?.Image, now.Spec.TaskTemplate.ContainerSpec?.Image),
    ...(states[1] === undefined ? {} : difference('updatestate', states[0], states[1])),
  };
}

function difference(key: string, old: string | undefined, now: string | undefined): Record<string, string> {
  if (old === now) return {};
  return {
    ...(old === undefined ? {} : { [`${key}.old`]: old }),
    ...(now === undefined ? {} : { [`${key}.new`]: now }),
  };
}

function sorted(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
