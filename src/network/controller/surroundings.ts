import type { Profile } from '../../api';
import type { Random, Simulation } from '../../sim';
import type { DataPlane } from '../data-plane';
import type { OldDiscovery } from '../eras/old-discovery';
import type { Membership } from '../gossip/membership';
import type { NetworkDb } from '../gossip/networkdb';
import type { SandboxEndpoint } from '../libnetwork';
import type { HostResolvConf } from '../resolver/resolv-conf';
import type { Upstream } from '../resolver/upstream';

/** One node of the fabric. */
export interface FabricNode {
  readonly number: number;
  readonly name: string;
  readonly address: string;
  /** Its name in the gossip, twelve hexadecimal digits as peers are listed (API-36). */
  readonly gossipName: string;
}

/** What the controllers of all nodes share. */
export interface Surroundings {
  readonly sim: Simulation;
  readonly profile: Profile;
  readonly db: NetworkDb;
  readonly membership: Membership;
  /** Who can send packets to whom, as opposed to gossip. */
  readonly dataPlane: DataPlane;
  readonly upstream: Upstream;
  /** How names are found in an era before swarm mode; undefined in swarm mode. */
  readonly old: OldDiscovery | undefined;
  /** /etc/resolv.conf of every node. */
  hostResolvConf: HostResolvConf;
  /** Draws for the order of answers and for question IDs; nothing else may use it. */
  readonly dnsRandom: Random;
  node(number: number): FabricNode;
  /** The node that has an address on an overlay, with the endpoint there. */
  locate(networkID: string, address: string): { readonly node: number; readonly endpoint: SandboxEndpoint } | undefined;
}
