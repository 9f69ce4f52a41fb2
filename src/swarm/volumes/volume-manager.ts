import type { PublishStatus } from '../../api';
import { compareTaskStates } from '../../api';
import type { Micros, Timer } from '../../sim';
import { millisecond } from '../../sim';
import type { ControlContext, ControlLoop } from '../control-loop';
import type { StoredTask, StoredVolume } from '../objects';
import type { Change, Watch } from '../store';

/** How long a driver takes to make, publish or take back a volume. */
const driverTakes: Micros = 200 * millisecond;

/**
 * Makes cluster volumes by their drivers, publishes them on the nodes whose tasks have them, takes them back, and
 * deletes them (ORCH-130). A volume whose driver is on no node waits, as in the engine, until there is one.
 */
export class VolumeManager implements ControlLoop {
  readonly #context: ControlContext;
  readonly #pending = new Map<string, Timer>();
  #watch: Watch | undefined;

  constructor(context: ControlContext) {
    this.#context = context;
  }

  start(): void {
    if (this.#watch) return;
    const { store } = this.#context;
    for (const volume of store.all('volume')) this.#later(volume.ID);
    this.#watch = store.watch(['volume', 'task', 'node'], (changes) => {
      for (const change of changes) this.#react(change);
    });
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    for (const timer of this.#pending.values()) timer.cancel();
    this.#pending.clear();
  }

  #react(change: Change): void {
    if (change.kind === 'volume') this.#later(change.object.ID);
    else if (change.kind === 'task') for (const { ID } of change.object.Volumes ?? []) this.#later(ID);
    else if (change.kind === 'node' && change.object.Description.CSIInfo) {
      for (const { ID, Info } of this.#context.store.all('volume')) if (!Info) this.#later(ID);
    }
  }

  #later(id: string): void {
    if (this.#pending.has(id)) return;
    const timer = this.#context.store.after(driverTakes, () => {
      this.#pending.delete(id);
      const volume = this.#context.store.get('volume', id);
      if (volume) this.#settle(volume);
    });
    this.#pending.set(id, timer);
  }

  /** One step toward what is wanted of a volume; its change leads to the next. */
  #settle(volume: StoredVolume): void {
    const { store } = this.#context;
    if (!volume.Info) {
      if (volume.PendingDelete) store.update((tx) => tx.remove('volume', volume.ID));
      else if (this.#hasDriver(volume)) this.#make(volume);
      return;
    }
    const before = volume.PublishStatus ?? [];
    const after = nextStatus(before, this.#usersOf(volume.ID));
    if (after) store.update((tx) => tx.update('volume', { ...volume, PublishStatus: after }));
    else if (volume.PendingDelete && before.length === 0) store.update((tx) => tx.remove('volume', volume.ID));
  }

  #hasDriver({ Spec }: StoredVolume): boolean {
    for (const { Description } of this.#context.store.all('node')) {
      if (Description.CSIInfo?.some(({ PluginName }) => PluginName === Spec.Driver.Name)) return true;
    }
    return false;
  }

  #make(volume: StoredVolume): void {
    const { CapacityRange, AccessibilityRequirements } = volume.Spec;
    const CapacityBytes = CapacityRange?.RequiredBytes ?? CapacityRange?.LimitBytes ?? 0;
    const place = AccessibilityRequirements?.Preferred?.[0] ?? AccessibilityRequirements?.Requisite?.[0];
    const Info = {
      ...(CapacityBytes > 0 ? { CapacityBytes } : {}),
      VolumeID: this.#context.random.hexId().slice(0, 32),
      ...(place ? { AccessibleTopology: [place] } : {}),
    };
    this.#context.store.update((tx) => tx.update('volume', { ...volume, Info }));
  }

  /** Nodes on which a task has the volume and does not end. */
  #usersOf(volumeID: string): ReadonlySet<string> {
    const nodes = new Set<string>();
    for (const task of this.#context.store.all('task')) if (has(task, volumeID)) nodes.add(task.NodeID ?? '');
    return nodes;
  }
}

function has(task: StoredTask, volumeID: string): boolean {
  return (task.Volumes ?? []).some(({ ID }) => ID === volumeID) && compareTaskStates(task.Status.State, 'running') <= 0;
}

/** Each node goes one step on; undefined when all are where they should be. */
function nextStatus(before: readonly PublishStatus[], users: ReadonlySet<string>): PublishStatus[] | undefined {
  let changed = false;
  const after: PublishStatus[] = [];
  for (const status of before) {
    const next = nextState(status, users.has(status.NodeID));
    if (next !== status.State) changed = true;
    if (next) after.push(next === status.State ? status : { ...status, State: next });
  }
  for (const NodeID of users) {
    if (before.some((status) => status.NodeID === NodeID)) continue;
    after.push({ NodeID, State: 'pending-publish' });
    changed = true;
  }
  return changed ? after : undefined;
}

function nextState({ State }: PublishStatus, used: boolean): PublishStatus['State'] | undefined {
  if (used) return 'published';
  switch (State) {
    case 'pending-controller-unpublish':
      return undefined;
    case 'pending-node-unpublish':
      return 'pending-controller-unpublish';
    default:
      return 'pending-node-unpublish';
  }
}
