import type { EventMessage, LocalNodeState, NetworkCreateRequest, Profile } from '../api';
import type { Daemon } from '../daemon';
import type { Era } from '../network';
import type { LocalNetwork, NetworkController } from '../network/libnetwork';
import type { Random } from '../sim';
import type { Cluster } from './cluster';
import type { Machine } from './config';
import { groupedEngineId, uuidEngineId } from './engine-id';
import { EngineError, WaitingError } from './http';
import { MembershipOffice } from './membership-office';
import type { Swarm } from './swarm';

/** A machine with every field filled in. */
export type { Machine };

/** A node's place in a swarm. */
export interface Membership {
  readonly swarm: Swarm;
  readonly nodeID: string;
}

const initOrJoin =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';
const workersCannot =
  "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.";
const managerStarts =
  'This node is not a swarm manager. Manager is being prepared or has trouble connecting to the cluster.';
const lockedText =
  'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.';

/** One machine's engine as the routes see it: its daemon, its networks, its place in a swarm. */
export class NodeEngine {
  readonly cluster: Cluster;
  readonly machine: Machine;
  readonly daemon: Daemon;
  readonly network: NetworkController;
  readonly engineId: string;
  readonly oldEngineId: string;
  readonly membershipOffice: MembershipOffice;
  membership: Membership | undefined;
  /** The manager's state is sealed until somebody unlocks it (CTRL-50). */
  locked = false;
  /** The machine runs, and its engine with it. */
  power: 'on' | 'off' = 'on';

  constructor(cluster: Cluster, machine: Machine, daemon: Daemon, random: Random) {
    this.cluster = cluster;
    this.machine = machine;
    this.daemon = daemon;
    this.network = daemon.networks;
    this.engineId = uuidEngineId(random);
    this.oldEngineId = groupedEngineId(random);
    this.membershipOffice = new MembershipOffice(this);
  }

  get name(): string {
    return this.machine.name;
  }

  get address(): string {
    return this.machine.address;
  }

  get profile(): Profile {
    return this.cluster.profile;
  }

  /** How containers find each other (TALK-3 … TALK-5). */
  get era(): Era {
    return this.cluster.fabric.old?.era ?? '1.12';
  }

  get localState(): LocalNodeState {
    if (this.locked) return 'locked';
    return this.membership ? 'active' : 'inactive';
  }

  /** Whether this node's manager takes part in its swarm. */
  get isManager(): boolean {
    return this.managedSwarm !== undefined;
  }

  /** The swarm that this node helps to manage. */
  get managedSwarm(): Swarm | undefined {
    const { membership } = this;
    if (!membership || this.locked) return undefined;
    return membership.swarm.isManager(membership.nodeID) ? membership.swarm : undefined;
  }

  /** The swarm, with its leader in reach. Throws what CTRL-5, CTRL-51 and CTRL-60…62 say otherwise. */
  manager(): Swarm {
    if (this.locked) throw new EngineError(503, lockedText);
    if (!this.membership) throw new EngineError(503, initOrJoin);
    const { swarm, nodeID } = this.membership;
    if (!swarm.isManager(nodeID)) {
      throw new EngineError(503, swarm.store.get('node', nodeID)?.Role === 'manager' ? managerStarts : workersCannot);
    }
    const why = swarm.leaderless(nodeID);
    if (!why) return swarm;
    // The quorum is lost: nothing to wait for.
    if (why.code === 'Unknown') throw why;
    throw new WaitingError(500, why.message, (done) => swarm.raft.whenWritable(done, nodeID));
  }

  /** What `look` sees: at once, or where a manager must wait for its leader, when that has an end, good or bad (CTRL-4). */
  afterWaiting<T>(look: () => T): T | Promise<T> {
    const { membership, managedSwarm: swarm } = this;
    const why = membership && swarm?.leaderless(membership.nodeID);
    if (!swarm || !why || why.code === 'Unknown') return look();
    return new Promise((resolve, reject) => {
      swarm.raft.whenWritable(() => {
        try {
          resolve(look());
        } catch (error) {
          reject(error);
        }
      }, membership.nodeID);
    });
  }

  /** Why an overlay cannot be made on this node (CTRL-63; a worker has words of its own). */
  noOverlayHere(): string {
    return this.membership && !this.locked
      ? 'Cannot create a multi-host network from a worker node. Please create the network from a manager node.'
      : initOrJoin;
  }

  /** The `Swarm` header of `_ping` (API-5). */
  get swarmHeader(): string {
    const state = this.localState;
    return state === 'active' ? `active/${this.isManager ? 'manager' : 'worker'}` : state;
  }

  get swarmError(): string {
    return this.locked ? lockedText : '';
  }

  /** Hears the engine's own events and, on a manager, the swarm's; the result ends it. */
  subscribeEvents(listener: (event: EventMessage) => void): () => void {
    const stops = [this.daemon.events.subscribe(listener)];
    const swarm = this.managedSwarm;
    if (swarm) stops.push(swarm.events.subscribe(listener));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** A network of this node alone. Throws NetworkError. */
  createLocalNetwork(
    request: NetworkCreateRequest,
    driver: string,
    configuration: { readonly configOnly?: boolean; readonly configFrom?: string; readonly sameName?: boolean } = {},
  ): LocalNetwork {
    const configs = (six: boolean) =>
      (request.IPAM?.Config ?? []).filter(({ Subnet }) => (Subnet?.includes(':') ?? false) === six);
    const network = this.network.create({
      name: request.Name,
      driver,
      ...configuration,
      // IPv4 comes first, however the request has them.
      subnets: [...configs(false), ...configs(true)].map(({ Subnet, Gateway, IPRange, AuxiliaryAddresses }) => ({
        ...(Subnet ? { subnet: Subnet } : {}),
        ...(Gateway ? { gateway: Gateway } : {}),
        ...(IPRange ? { range: IPRange } : {}),
        ...(AuxiliaryAddresses ? { auxiliary: AuxiliaryAddresses } : {}),
      })),
      internal: request.Internal ?? false,
      attachable: request.Attachable ?? false,
      ipv6: request.EnableIPv6 ?? false,
      options: request.Options ?? {},
      ...(request.IPAM?.Options ? { ipamOptions: request.IPAM.Options } : {}),
      labels: request.Labels ?? {},
    });
    this.daemon.events.emit('network', 'create', network.id, { name: network.name, type: driver });
    return network;
  }

  removeLocalNetwork(id: string): void {
    const network = this.network.find(id);
    this.network.remove(id);
    if (network) this.daemon.events.emit('network', 'destroy', id, { name: network.name, type: network.driver });
  }
}
