import type { Meta } from '../../api';
import type { Micros, Simulation, Timer } from '../../sim';
import type { ObjectKind, StoredObjects, StoredTask } from '../objects';
import { StoreError } from './errors';
import { KeyIndex } from './key-index';
import { Table } from './table';

/** What one committed transaction did to one object. */
export type Change = {
  readonly [K in ObjectKind]:
    | { readonly kind: K; readonly action: 'create'; readonly object: StoredObjects[K]; readonly previous?: undefined }
    | {
        readonly kind: K;
        readonly action: 'update';
        readonly object: StoredObjects[K];
        readonly previous: StoredObjects[K];
      }
    | { readonly kind: K; readonly action: 'remove'; readonly object: StoredObjects[K]; readonly previous?: undefined };
}[ObjectKind];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A reader of committed changes that can stop. */
export interface Watch {
  stop(): void;
}

/** An object as a caller gives it for creation: the store fills in version and times. */
export type NewObject<K extends ObjectKind> = Omit<StoredObjects[K], 'Version' | 'CreatedAt' | 'UpdatedAt'>;

/** The writes of one transaction; reads go to the store and see them at once. */
export interface Transaction {
  /** Throws `exists` or `name conflict`. */
  create<K extends ObjectKind>(kind: K, object: NewObject<K>): StoredObjects[K];
  /** The object must stem from the stored one: its `Version` is compared (CTRL-16), else `sequence conflict`. */
  update<K extends ObjectKind>(kind: K, object: StoredObjects[K]): StoredObjects[K];
  /** Like `update`, but takes over an object that was made for this and that nobody else holds: it is not copied. */
  replace<K extends ObjectKind>(kind: K, object: StoredObjects[K]): StoredObjects[K];
  /** Returns the removed object; throws `not found`. */
  remove<K extends ObjectKind>(kind: K, id: string): StoredObjects[K];
}

interface Watcher {
  /** Bits of the kinds. */
  readonly kinds: number;
  inbox: readonly Change[];
  /** The inbox is this watcher's own, not the list of a commit that it shares with others. */
  own: boolean;
  /** A delivery is on its way, or waits. */
  due: boolean;
  readonly deliver: () => void;
}

const kindBits: Readonly<Record<ObjectKind, number>> = {
  node: 1,
  service: 2,
  task: 4,
  network: 8,
  secret: 16,
  config: 32,
  cluster: 64,
  volume: 128,
};

function bitsOf(kinds: readonly ObjectKind[]): number {
  return kinds.reduce((bits, kind) => bits | kindBits[kind], 0);
}

/** The changes of the kinds; the list itself when that is all of them. */
function changesOf(changes: readonly Change[], all: number, kinds: number): readonly Change[] {
  return (all & ~kinds) === 0 ? changes : changes.filter(({ kind }) => kindBits[kind] & kinds);
}

type NamedKind = 'service' | 'network' | 'secret' | 'config' | 'volume';
type Named = StoredObjects[NamedKind];

function hasName(kind: ObjectKind): kind is NamedKind {
  return kind === 'service' || kind === 'network' || kind === 'secret' || kind === 'config' || kind === 'volume';
}

const nameOf = ({ Spec }: Named): string => Spec.Name.toLowerCase();

/** The number of a slot, or the node's ID where the number is 0 (ORCH-15, ORCH-20). */
function slotOf({ Slot, NodeID }: Pick<StoredTask, 'Slot' | 'NodeID'>): string | number {
  return Slot || (NodeID ?? '');
}

/**
 * The managers' replicated state: tables with indexes, written in transactions that happen wholly or not at all.
 * `Version.Index` is the raft index known at the start of the transaction (CTRL-15). It is the only thing that the
 * control loops share: they `watch` it, and write to it.
 */
export class Store {
  readonly #sim: Simulation;
  readonly #tables: { readonly [K in ObjectKind]: Table<StoredObjects[K]> };
  readonly #watchers = new Set<Watcher>();
  readonly #observers = new Set<{ kinds: number; react: (changes: readonly Change[]) => void }>();
  readonly #names: { readonly [K in NamedKind]: KeyIndex<StoredObjects[K]> } = {
    service: new KeyIndex<StoredObjects['service']>(nameOf),
    network: new KeyIndex<StoredObjects['network']>(nameOf),
    secret: new KeyIndex<StoredObjects['secret']>(nameOf),
    config: new KeyIndex<StoredObjects['config']>(nameOf),
    volume: new KeyIndex<StoredObjects['volume']>(nameOf),
  };
  readonly #byService = new KeyIndex<StoredTask>((task) => task.ServiceID || undefined, slotOf);
  readonly #byNode = new KeyIndex<StoredTask>((task) => task.NodeID || undefined);
  readonly #freeze: boolean;
  #index = 10;
  #open: Change[] | undefined;
  /** What waits until writes are possible again. */
  #held = new Set<() => void>();
  /** Asked before each write; throws when the managers have no quorum (CTRL-5). Who sets it calls `resume()` afterwards. */
  guard: () => void = () => {};

  constructor(sim: Simulation, options: { readonly freeze?: boolean } = {}) {
    this.#sim = sim;
    this.#freeze = options.freeze ?? false;
    const { service, network, secret, config, volume } = this.#names;
    this.#tables = {
      node: new Table(),
      service: new Table(service),
      task: new Table(this.#byService, this.#byNode),
      network: new Table(network),
      secret: new Table(secret),
      config: new Table(config),
      cluster: new Table(),
      volume: new Table(volume),
    };
  }

  /** The raft index: grows with every committed transaction. */
  get index(): number {
    return this.#index;
  }

  get<K extends ObjectKind>(kind: K, id: string): StoredObjects[K] | undefined {
    return this.#tables[kind].get(id) as StoredObjects[K] | undefined;
  }

  /** All objects of a kind in order of creation. */
  all<K extends ObjectKind>(kind: K): IterableIterator<StoredObjects[K]> {
    return this.#tables[kind].values() as IterableIterator<StoredObjects[K]>;
  }

  count(kind: ObjectKind): number {
    return this.#tables[kind].size;
  }

  /** By name, ignoring case (CTRL-17). */
  named<K extends NamedKind>(kind: K, name: string): StoredObjects[K] | undefined {
    for (const object of this.#names[kind].find(name.toLowerCase()).values()) return object as StoredObjects[K];
    return undefined;
  }

  tasksOfService(serviceID: string): ReadonlyMap<string, StoredTask> {
    return this.#byService.find(serviceID);
  }

  tasksOnNode(nodeID: string): ReadonlyMap<string, StoredTask> {
    return this.#byNode.find(nodeID);
  }

  /** Tasks of one slot: by number, or for slot 0 by the node. */
  tasksInSlot(
    serviceID: string,
    slot: number | undefined,
    nodeID: string | undefined,
  ): ReadonlyMap<string, StoredTask> {
    return this.#byService.findPart(serviceID, slotOf({ Slot: slot, NodeID: nodeID }));
  }

  /** The one cluster object, if a swarm exists. */
  get cluster(): StoredObjects['cluster'] | undefined {
    for (const cluster of this.#tables.cluster.values()) return cluster;
    return undefined;
  }

  /** Runs `write` as one transaction. When it throws, nothing has changed. Transactions do not nest. */
  update<T>(write: (tx: Transaction) => T): T {
    this.guard();
    return this.#transact(write);
  }

  #transact<T>(write: (tx: Transaction) => T): T {
    if (this.#open) throw new Error('a transaction is open already');
    const changes: Change[] = [];
    this.#open = changes;
    let result: T;
    try {
      result = write(this.#transaction(changes));
    } catch (error) {
      for (const change of changes.reverse()) {
        if (change.action === 'create') this.#table(change.kind).delete(change.object.ID);
        else if (change.action === 'update') this.#table(change.kind).put(change.previous);
        else this.#table(change.kind).put(change.object);
      }
      throw error;
    } finally {
      this.#open = undefined;
    }
    if (changes.length > 0) {
      this.#index++;
      this.#publish(changes);
    }
    return result;
  }

  /**
   * Calls `run` after a delay; while the managers cannot write, it waits until they can. A leader's loop whose proposal
   * is not committed stands still in the same way: until there is a quorum again, or it leads no more and is stopped.
   */
  after(delay: Micros, run: () => void): Timer {
    const timer = this.#sim.after(delay, () => this.#whenWritable(run));
    return {
      cancel: () => {
        timer.cancel();
        this.#held.delete(run);
      },
    };
  }

  /** Writes are possible again: what waited for that goes on, soon and in its order. */
  resume(): void {
    if (this.#held.size === 0) return;
    this.#sim.after(0, () => {
      for (const run of [...this.#held]) if (this.#held.delete(run)) this.#whenWritable(run);
    });
  }

  #whenWritable(run: () => void): void {
    if (this.#writable()) run();
    else this.#held.add(run);
  }

  #writable(): boolean {
    try {
      this.guard();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Calls `react` with the changes of the given kinds, soon: at the same virtual time, after what is due already.
   * Changes of several commits may come in one call, in the order in which they were made. While the managers cannot
   * write, `react` waits as `after` does.
   */
  watch(kinds: readonly ObjectKind[], react: (changes: readonly Change[]) => void): Watch {
    const watcher: Watcher = {
      kinds: bitsOf(kinds),
      inbox: [],
      own: true,
      due: false,
      deliver: () => {
        watcher.due = false;
        const { inbox } = watcher;
        watcher.inbox = [];
        watcher.own = true;
        if (this.#watchers.has(watcher)) react(inbox);
      },
    };
    this.#watchers.add(watcher);
    return {
      stop: () => {
        this.#watchers.delete(watcher);
        this.#held.delete(watcher.deliver);
      },
    };
  }

  /** Calls `react` inside each commit with its changes. It must only look: for event logs and records of history. */
  observe(kinds: readonly ObjectKind[], react: (changes: readonly Change[]) => void): Watch {
    const observer = { kinds: bitsOf(kinds), react };
    this.#observers.add(observer);
    return { stop: () => this.#observers.delete(observer) };
  }

  #table(kind: ObjectKind): Table<StoredObjects[ObjectKind]> {
    return this.#tables[kind] as unknown as Table<StoredObjects[ObjectKind]>;
  }

  #transaction(changes: Change[]): Transaction {
    const Version = { Index: this.#index };
    const now = this.#sim.timestamp;
    const record = (change: object): void => {
      changes.push(change as Change);
    };
    const keep = <K extends ObjectKind>(object: StoredObjects[K]): StoredObjects[K] =>
      this.#freeze ? deepFreeze(object) : object;
    const replace = <K extends ObjectKind>(kind: K, object: StoredObjects[K]): StoredObjects[K] => {
      const table = this.#table(kind);
      const row = table.row(object.ID);
      if (!row) throw new StoreError('not found', `${kind} ${object.ID} not found`, kind);
      const previous = row.object;
      if (previous.Version.Index !== object.Version.Index) {
        throw new StoreError('sequence conflict', 'update out of sequence', kind);
      }
      const fresh: Writable<Meta> = object;
      fresh.Version = Version;
      fresh.CreatedAt = previous.CreatedAt;
      fresh.UpdatedAt = now;
      this.#checkName(kind, object);
      table.replace(row, keep<K>(object));
      record({ kind, action: 'update', object, previous });
      return object;
    };
    return {
      create: <K extends ObjectKind>(kind: K, given: NewObject<K>): StoredObjects[K] => {
        // Not by spreading: an object that is spread and then gets further fields has a hidden class to itself.
        const meta = { Version, CreatedAt: now, UpdatedAt: now };
        const object = keep(Object.assign({}, given, meta) as unknown as StoredObjects[K]);
        const table = this.#table(kind);
        if (table.get(object.ID)) throw new StoreError('exists', `${kind} ${object.ID} already exists`, kind);
        this.#checkName(kind, object);
        table.put(object);
        record({ kind, action: 'create', object });
        return object;
      },
      update: <K extends ObjectKind>(kind: K, given: StoredObjects[K]): StoredObjects[K] => replace(kind, { ...given }),
      replace,
      remove: <K extends ObjectKind>(kind: K, id: string): StoredObjects[K] => {
        const object = this.#table(kind).delete(id);
        if (!object) throw new StoreError('not found', `${kind} ${id} not found`, kind);
        record({ kind, action: 'remove', object });
        return object as StoredObjects[K];
      },
    };
  }

  #checkName(kind: ObjectKind, object: StoredObjects[ObjectKind]): void {
    if (!hasName(kind)) return;
    for (const other of this.#names[kind].find(nameOf(object as Named)).values()) {
      if (other.ID !== object.ID) throw new StoreError('name conflict', 'name conflicts with an existing object', kind);
    }
  }

  #publish(changes: readonly Change[]): void {
    let kinds = 0;
    for (const change of changes) kinds |= kindBits[change.kind];
    for (const observer of this.#observers) {
      if (kinds & observer.kinds) observer.react(changesOf(changes, kinds, observer.kinds));
    }
    for (const watcher of this.#watchers) {
      if ((kinds & watcher.kinds) === 0) continue;
      const wanted = changesOf(changes, kinds, watcher.kinds);
      if (watcher.inbox.length === 0) {
        watcher.inbox = wanted;
        watcher.own = false;
      } else {
        if (!watcher.own) watcher.inbox = watcher.inbox.slice();
        watcher.own = true;
        for (const change of wanted) (watcher.inbox as Change[]).push(change);
      }
      if (watcher.due) continue;
      watcher.due = true;
      this.#sim.after(0, () => this.#whenWritable(watcher.deliver));
    }
  }
}

/** The key of a slot: its number, or the node's ID where the number is 0 (ORCH-15, ORCH-20). */
export function slotKey(serviceID: string, slot: number | undefined, nodeID: string | undefined): string {
  return slot ? `${serviceID}.${slot}` : `${serviceID}@${nodeID ?? ''}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
