import type { Profile } from '../api';
import type { Random, Simulation } from '../sim';
import type { Store } from './store';

/** What every control loop of the managers gets: nothing else reaches them. */
export interface ControlContext {
  readonly sim: Simulation;
  readonly store: Store;
  /** The loop's own stream of chance. */
  readonly random: Random;
  readonly profile: Profile;
}

/**
 * One loop of the leader: it reads the store, watches it, reacts, writes. Loops never call one another.
 * All that a loop keeps in memory is lost with the leader (ORCH-59, ALLOC-5, SCHED-41): `stop()` forgets it,
 * cancels its timers and watches, and `start()` begins anew from the store.
 */
export interface ControlLoop {
  start(): void;
  stop(): void;
}
