import type { Profile } from '../../api';
import type { Micros, Simulation } from '../../sim';
import type { LocalNetwork } from '../libnetwork';
import type { Era } from './era';
import { KeyValueStore } from './key-value-store';

/** An endpoint whose engine ended before it could be taken out of the names (TALK-3). */
export interface StaleEndpoint {
  readonly key: string;
  readonly network: LocalNetwork;
  readonly node: number;
  readonly containerID: string;
  readonly containerName: string;
  /** CIDR; it stays taken. */
  readonly address: string;
  /** When its engine ended. */
  readonly since: Micros;
}

/** What the machines of an era before swarm mode share: a key-value store, and what unclean ends left behind. */
export class OldDiscovery {
  readonly era: Exclude<Era, '1.12'>;
  readonly store: KeyValueStore;
  readonly #sim: Simulation;
  readonly #stale = new Map<string, StaleEndpoint>();

  constructor(era: Exclude<Era, '1.12'>, sim: Simulation, profile: Profile, storeAddress = '192.168.99.100:8500') {
    this.era = era;
    this.#sim = sim;
    this.store = new KeyValueStore(sim, profile, storeAddress);
  }

  /** An engine ended, and its endpoint stays in the names. */
  leave(endpoint: Omit<StaleEndpoint, 'since'>): void {
    this.#stale.set(endpoint.key, { ...endpoint, since: this.#sim.now });
  }

  stale(key: string): StaleEndpoint | undefined {
    return this.#stale.get(key);
  }

  /** What was left behind on a network, by a container of this ID or name if one is given. */
  staleOn(networkID: string, container?: string): readonly StaleEndpoint[] {
    return [...this.#stale.values()].filter(
      (one) =>
        one.network.id === networkID &&
        (container === undefined || one.containerID === container || one.containerName === container),
    );
  }

  cleaned(key: string): void {
    this.#stale.delete(key);
  }
}
