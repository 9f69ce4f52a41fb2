import type { InitRequest, JoinRequest } from '../api';
import { millisecond } from '../sim';
import { parseJoinToken } from '../swarm/ca';
import { StatusError } from '../swarm/status-error';
import { EngineError } from './http';
import type { NodeEngine } from './node-engine';
import { managerPort, Swarm } from './swarm';

const alreadyMember =
  'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.';
const noMember = 'This node is not part of a swarm';
const badAdvertise = 'advertise address must be a non-zero IP address or network interface (with optional port number)';

/** How long a node takes until its new swarm knows it. */
const joinDelay = 600 * millisecond;

/** How one node comes into a swarm and out of it (CTRL-24, 25, 41, 51). */
export class MembershipOffice {
  readonly #engine: NodeEngine;

  constructor(engine: NodeEngine) {
    this.#engine = engine;
  }

  /** Begins a swarm; gives the node's ID. With ForceNewCluster, this manager becomes the only one (CTRL-9). */
  init(request: InitRequest): string {
    const engine = this.#engine;
    const { membership } = engine;
    if (membership) {
      if (!request.ForceNewCluster || !engine.isManager) throw new EngineError(503, alreadyMember);
      membership.swarm.forceNewCluster(membership.nodeID);
      return membership.nodeID;
    }
    this.#checkAddresses(request);
    checkInit(request);
    const swarm = new Swarm(engine.cluster);
    const nodeID = swarm.begin(request, engine);
    engine.membership = { swarm, nodeID };
    this.#startDaemon();
    return nodeID;
  }

  /** Joins the swarm that one of the addresses leads to. Resolves when the node is known there. */
  async join(request: JoinRequest): Promise<void> {
    this.joinNow(request);
    const { sim } = this.#engine.cluster;
    await new Promise<void>((resolve) => sim.after(joinDelay, resolve));
  }

  /** Joins without waiting. */
  joinNow(request: JoinRequest): void {
    const engine = this.#engine;
    if (engine.membership) throw new EngineError(503, alreadyMember);
    this.#checkAddresses(request);
    const remotes = request.RemoteAddrs ?? [];
    if (remotes.length === 0) throw new EngineError(400, 'at least 1 RemoteAddr is required to join');
    const token = request.JoinToken ?? '';
    if (token !== '') parseJoinToken(token);
    const swarm = remotes.map((remote) => this.#dial(remote)).find((found) => found !== undefined);
    if (!swarm) {
      throw new StatusError(
        'Unavailable',
        `connection error: desc = "transport: Error while dialing dial tcp ${withPort(remotes[0]!)}: connect: connection refused"`,
      );
    }
    if (token === '') throw new StatusError('InvalidArgument', 'A valid join token is necessary to join this cluster');
    const nodeID = swarm.admit(token, engine, request.Availability || 'active');
    engine.membership = { swarm, nodeID };
    this.#startDaemon();
  }

  /** Leaves the swarm: tasks and overlays go, the node object stays and goes down. A manager must be forced (CTRL-24). */
  leave(force: boolean): void {
    const engine = this.#engine;
    const { membership } = engine;
    if (!membership) throw new EngineError(503, noMember);
    if (engine.locked && !force) {
      throw new EngineError(
        503,
        'Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this message.',
      );
    }
    const { swarm, nodeID } = membership;
    const manages = swarm.isManager(nodeID);
    if (manages && !force) throw new EngineError(503, swarm.leaveRefusal(nodeID));
    engine.daemon.attacher = undefined;
    engine.daemon.leaveSwarm();
    if (manages) swarm.managerDown(nodeID);
    engine.membership = undefined;
    engine.locked = false;
  }

  /** Opens a locked manager's state (CTRL-51). */
  unlock(key: string): void {
    const engine = this.#engine;
    if (!engine.locked) {
      engine.manager();
      throw new EngineError(409, 'swarm is not locked');
    }
    if (!engine.membership) throw new EngineError(503, noMember);
    if (!/^SWMKEY-1-[A-Za-z0-9+/]{43}$/.test(key)) throw new EngineError(400, 'invalid key string');
    if (engine.membership.swarm.store.cluster?.UnlockKey !== key) {
      throw new EngineError(401, 'swarm could not be unlocked: invalid key provided');
    }
    engine.locked = false;
    engine.membership.swarm.managerBack(engine.membership.nodeID);
  }

  #startDaemon(): void {
    const engine = this.#engine;
    const { swarm, nodeID } = engine.membership!;
    engine.daemon.attacher = swarm.attacherFor(nodeID);
    engine.daemon.joinSwarm(swarm.dispatcher, nodeID, (networkID) => swarm.store.get('network', networkID));
  }

  /** The swarm whose manager listens at an address, if this machine reaches it. */
  #dial(remote: string): Swarm | undefined {
    const { cluster } = this.#engine;
    const [host = '', port = String(managerPort)] = remote.split(':');
    if (Number(port) !== managerPort) return undefined;
    const other = cluster.engines.find((engine) => engine.address === host || engine.name === host);
    if (!other || other.power === 'off' || !cluster.faults.reaches(this.#engine.name, other.name, 'control'))
      return undefined;
    return other.managedSwarm;
  }

  #checkAddresses({ ListenAddr, AdvertiseAddr }: InitRequest & JoinRequest): void {
    const listen = /^(.*):(\d+)$/.exec(ListenAddr ?? '');
    if (listen && Number(listen[2]) > 65_535) {
      throw new EngineError(
        500,
        `manager stopped: failed to listen on remote API address: listen tcp: address ${listen[2]}: invalid port`,
      );
    }
    if (!AdvertiseAddr) return;
    const [host = ''] = AdvertiseAddr.split(':');
    const address = /^\d{1,3}(\.\d{1,3}){3}$/.test(host) && host.split('.').every((part) => Number(part) <= 255);
    const isInterface = host === 'eth0' || host === 'lo';
    if ((!address && !isInterface) || host === '0.0.0.0') throw new EngineError(400, badAdvertise);
  }
}

function withPort(remote: string): string {
  return remote.includes(':') ? remote : `${remote}:${managerPort}`;
}

function checkInit(request: InitRequest): void {
  const size = request.SubnetSize ?? 0;
  const pools = request.DefaultAddrPool ?? [];
  if (pools.length > 0 || size > 0) {
    if (size !== 0 && (size < 1 || size > 29)) throw new EngineError(400, `subnet size is out of range: ${size}`);
    for (const pool of pools) {
      const length = Number(pool.split('/')[1]);
      if (!Number.isInteger(length)) throw new EngineError(400, `invalid CIDR address: ${pool}`);
      if (size !== 0 && length > size) {
        throw new EngineError(400, `subnet size is out of range: ${size}`);
      }
    }
  }
  const port = request.DataPathPort ?? 0;
  if (port !== 0 && (port < 1024 || port > 49_151)) {
    throw new EngineError(400, `Datapath port number is not in valid range (1024-49151) : ${port}`);
  }
}
