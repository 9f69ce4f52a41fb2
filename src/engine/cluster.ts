import type { LabAddNode, Profile } from '../api';
import { profiles } from '../api';
import { Daemon, Registry, Wire } from '../daemon';
import type { NetworkFabric } from '../network';
import { createNetworkFabric, isEra } from '../network';
import { Simulation, second } from '../sim';
import type { ClusterConfig } from './config';
import { completeNode, machines } from './config';
import { EngineError } from './http';
import { readImages } from './images';
import { Faults } from './lab/faults';
import type { Keeper } from './lab/keeper';
import type { Machine } from './node-engine';
import { NodeEngine } from './node-engine';
import { recordedImageNames, recordedImages } from './recorded-images';
import type { Swarm } from './swarm';
import { managerPort } from './swarm';
import { EngineUnreachable } from './unreachable';

/** Virtual time that a new swarm has before the cluster's clock shows its beginning: all have joined, docker_gwbridge is to come. */
const settling = second / 2;

/**
 * One simulated cluster, put together from its parts:
 *
 * - one clock with its chance (`Simulation`),
 * - one network between the machines, with names and virtual servers (`NetworkFabric`),
 * - one registry and the wires between containers (`Registry`, `Wire`),
 * - a dockerd for each machine (`Daemon`), and what its routes need of it (`NodeEngine`),
 * - what is broken (`Faults`),
 * - and the swarms that the machines form, with managers' store, loops and dispatcher (`Swarm`).
 *
 * State is a function of the configuration and of what is asked of the engines. Only who made it moves its clock.
 */
export class Cluster {
  readonly config: ClusterConfig;
  readonly profile: Profile;
  readonly sim: Simulation;
  readonly fabric: NetworkFabric;
  readonly registry: Registry;
  readonly wire = new Wire();
  readonly faults: Faults;
  /** Who keeps its time and journal, if anybody does. */
  keeper: Keeper | undefined;
  readonly #engines = new Map<string, NodeEngine>();
  /** How many machines there ever were: names and addresses of later ones follow. */
  #machines = 0;

  constructor(config: ClusterConfig) {
    this.config = config;
    this.profile = profiles[config.profile];
    this.sim = new Simulation({ seed: config.seed, start: config.start - settling });
    const random = this.sim.random.stream('network');
    this.fabric = createNetworkFabric({
      sim: this.sim,
      random,
      profile: this.profile,
      ...(isEra(config.era) && { era: config.era }),
    });
    this.registry = new Registry({
      mode: config.registry === 'strict' ? 'strict' : 'any',
      images: [
        ...(config.registry === 'offline' ? recordedImages : []),
        ...(config.images ? readImages(config.images) : []),
      ],
    });
    this.faults = new Faults(this);
    this.wire.reachable = (from, to, networkID) =>
      this.fabric.reaches(from, to, this.fabric.controller(from).find(networkID)?.encrypted);
    this.wire.connected = (from, to) => this.faults.reaches(from, to);
    this.wire.lost = (from, to) => this.fabric.lost(from, to);
    for (const machine of machines(config)) this.#build(machine);
    this.#formSwarm();
    this.faults.refresh();
    this.sim.runUntil(config.start);
  }

  /** The machines in the order in which they came. */
  get engines(): readonly NodeEngine[] {
    return [...this.#engines.values()];
  }

  /** A machine by host name, or by its ID in its swarm. Throws 404. */
  machine(nameOrId: string): NodeEngine {
    const found = this.#engines.get(nameOrId) ?? this.engines.find(({ membership }) => membership?.nodeID === nameOrId);
    if (!found) throw new EngineError(404, `node ${nameOrId} not found`);
    return found;
  }

  /** The engine that answers at a machine. Throws EngineUnreachable when it is off or not there. */
  reach(name: string): NodeEngine {
    const engine = this.#engines.get(name);
    if (!engine || engine.power === 'off') throw new EngineUnreachable(name);
    return engine;
  }

  /** The swarm that a client of `engine` means: its own, or the first that has managers. Throws 404. */
  managedSwarm(engine: NodeEngine): Swarm {
    const swarm = engine.membership?.swarm ?? this.engines.find((other) => other.isManager)?.membership?.swarm;
    if (!swarm) throw new EngineError(404, 'there is no swarm');
    return swarm;
  }

  /** A new machine, which joins the swarm of the first manager if there is one. Throws 400 and 409. */
  addMachine(wanted: LabAddNode): NodeEngine {
    const machine = completeNode(wanted, this.#machines);
    if (this.#engines.has(machine.name)) throw new EngineError(409, `there is a node ${machine.name} already`);
    const engine = this.#build(machine);
    const manager = this.engines.find((other) => other.isManager && other.power === 'on');
    if (manager) engine.membershipOffice.joinNow(this.#invitation(manager, wanted.role ?? 'worker'));
    return engine;
  }

  /** Pulls a machine's plug: everything on it stops, and the others find out by and by. */
  powerOff(name: string): void {
    const engine = this.machine(name);
    if (engine.power === 'off') return;
    engine.power = 'off';
    engine.daemon.powerOff();
    this.fabric.kill(engine.name);
    this.#powerChanged(engine);
  }

  /** Switches a machine on again; its engine starts by itself, locked if the swarm's managers are. */
  powerOn(name: string): void {
    const engine = this.machine(name);
    if (engine.power === 'on') return;
    engine.power = 'on';
    engine.locked = engine.membership?.swarm.locksManager(engine.membership.nodeID) ?? false;
    this.fabric.revive(engine.name);
    engine.daemon.powerOn();
    this.#powerChanged(engine);
  }

  /** Takes a machine out of the world; its node object stays in the swarm and goes down. */
  removeMachine(name: string): void {
    const engine = this.machine(name);
    this.powerOff(engine.name);
    this.fabric.removeNode(engine.name);
    this.#engines.delete(engine.name);
  }

  /** What the machines reach changed: swarms and fabric are told. */
  reachabilityChanged(): void {
    this.fabric.heal();
    for (const plane of ['gossip', 'data', 'esp'] as const) {
      for (const node of this.faults.cutOff(plane)) this.fabric.cut(node, plane);
      const groups = this.faults.groups(plane);
      if (groups.length > 1) this.fabric.partition(groups, plane);
    }
    for (const plane of ['gossip', 'data'] as const) {
      const { everywhere, nodes } = this.faults.losses(plane);
      this.fabric.lose(plane, everywhere, nodes);
    }
    if (this.fabric.old) this.fabric.setStore(!this.faults.storeDown, this.faults.unplugged);
    for (const swarm of this.#swarms()) swarm.reachabilityChanged();
  }

  #powerChanged(engine: NodeEngine): void {
    const { membership } = engine;
    if (!membership) return;
    if (engine.power === 'off' || engine.locked) membership.swarm.managerDown(membership.nodeID);
    else membership.swarm.managerBack(membership.nodeID);
    membership.swarm.reachabilityChanged();
  }

  #swarms(): ReadonlySet<Swarm> {
    return new Set(this.engines.flatMap(({ membership }) => membership?.swarm ?? []));
  }

  #build(machine: Machine): NodeEngine {
    this.#machines++;
    const random = this.sim.random.stream(`machine ${this.#machines} ${machine.name}`);
    const daemon = new Daemon({
      sim: this.sim,
      random: random.stream('daemon'),
      profile: this.profile,
      hostname: machine.name,
      address: machine.address,
      cpus: machine.cpus,
      memory: machine.memoryBytes,
      labels: machine.labels,
      genericResources: machine.genericResources ?? [],
      csiPlugins: machine.csiPlugins ?? [],
      networks: this.fabric.addNode(machine.name, machine.address),
      registry: this.registry,
      wire: this.wire,
      preload: this.config.registry === 'offline' ? recordedImageNames : [],
    });
    // Images that no registry gave have no digests.
    for (const image of daemon.images.list()) image.digests = [];
    const engine = new NodeEngine(this, machine, daemon, random.stream('engine'));
    this.#engines.set(machine.name, engine);
    return engine;
  }

  #formSwarm(): void {
    const { init, managers } = this.config;
    if (this.fabric.old) return;
    const members = this.engines.slice(0, init === true ? this.#engines.size : Number(init));
    const [first, ...others] = members;
    if (!first) return;
    first.membershipOffice.init({ AdvertiseAddr: first.address });
    for (const [index, engine] of others.entries()) {
      engine.membershipOffice.joinNow(this.#invitation(first, index + 1 < managers ? 'manager' : 'worker'));
    }
  }

  #invitation(manager: NodeEngine, role: 'worker' | 'manager') {
    const tokens = manager.membership!.swarm.store.cluster!.JoinTokens;
    return {
      RemoteAddrs: [`${manager.address}:${managerPort}`],
      JoinToken: role === 'manager' ? tokens.Manager : tokens.Worker,
    };
  }
}
