import type { ManagerStatus } from '../../api';
import type { Micros, Timer } from '../../sim';
import { second } from '../../sim';
import type { ControlContext } from '../control-loop';
import { StatusError } from '../status-error';
import { deadlineExceeded, lostQuorum, raftError, raftErrors } from './errors';

/** One heartbeat a tick; an election comes after 10 to 19 ticks without one (CTRL-1). */
const tick = second;
const electionTicks = 10;
/** A leader that is gone is believed in for an election timeout; ticks without a leader count from then on (CTRL-4). */
const believe = electionTicks * tick;
/** A request waits for a leader no longer than this (CTRL-4). */
const requestTimeout = 20 * second;

interface Member {
  readonly nodeID: string;
  readonly addr: string;
  reachable: boolean;
  /** Since when it is away from the majority. */
  awaySince?: Micros;
}

/** Told when a manager begins and ceases to lead: its control loops run in between (CTRL-8). */
export interface Leadership {
  becomeLeader(nodeID: string): void;
  loseLeadership(nodeID: string): void;
}

/**
 * Who the managers are, which of them leads, and whether they can write (CTRL-1 to 9, 20 to 22, 31).
 * No messages are exchanged: an election is one event, and a cluster with a leader and a quorum has none at all.
 * Members are seen from the side of the network that has the majority; who is not there is not reachable.
 */
export class Raft {
  readonly #context: ControlContext;
  readonly #members = new Map<string, Member>();
  /** Managers that a forced new cluster left behind. */
  readonly #lost = new Set<string>();
  #leader: string | undefined;
  /** Since when no write can succeed: no leader, or a leader without a quorum. */
  #stuckSince: Micros | undefined;
  #election: Timer | undefined;
  #stepDown: Timer | undefined;
  leadership: Leadership = { becomeLeader: () => {}, loseLeadership: () => {} };

  /** Guards the store from now on: without a leader and a quorum it refuses writes (CTRL-5). */
  constructor(context: ControlContext) {
    this.#context = context;
    context.store.guard = () => this.check();
  }

  get leader(): string | undefined {
    return this.#leader;
  }

  /** IDs of the member nodes in the order in which they joined. */
  get members(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** Whether more than half of the members are there (CTRL-2). */
  get hasQuorum(): boolean {
    return this.reachableCount >= quorum(this.#members.size);
  }

  get reachableCount(): number {
    let count = 0;
    for (const member of this.#members.values()) if (member.reachable) count++;
    return count;
  }

  isMember(nodeID: string): boolean {
    return this.#members.has(nodeID);
  }

  /** As the API shows it; undefined for nodes that are no members (CTRL-31). */
  status(nodeID: string): ManagerStatus | undefined {
    const member = this.#members.get(nodeID);
    if (!member) return undefined;
    const Reachability = member.reachable ? 'reachable' : 'unreachable';
    return { ...(nodeID === this.#leader ? { Leader: true } : {}), Reachability, Addr: member.addr };
  }

  /** Throws when the managers cannot write now, with the text that a client gets (CTRL-5). */
  check(): void {
    const error = this.error;
    if (error) throw error;
  }

  /** Why the managers cannot write now; undefined when they can. */
  get error(): StatusError | undefined {
    return this.#leaderlessSince(this.#stuckSince);
  }

  /**
   * Why a manager cannot serve requests now, reads among them: they all go through the leader (CTRL-3). A member that
   * is away from the majority has no leader either.
   */
  errorFor(nodeID: string): StatusError | undefined {
    return this.error ?? this.#leaderlessSince(this.#members.get(nodeID)?.awaySince);
  }

  #leaderlessSince(since: Micros | undefined): StatusError | undefined {
    if (since === undefined) return undefined;
    return this.#context.sim.now - since > believe + electionTicks * tick
      ? new StatusError('Unknown', lostQuorum)
      : new StatusError('DeadlineExceeded', deadlineExceeded);
  }

  /**
   * Calls `done` once the managers can write, or the one asked can serve: at once, or when it looked again after a
   * second (CTRL-4). With an error when the quorum is lost for good, or after the 20 s that a request may take. A
   * request that comes while the old leader is still believed in goes there, and hears nothing.
   */
  whenWritable(done: (error?: StatusError) => void, nodeID?: string): void {
    const { sim } = this.#context;
    const deadline = sim.now + requestTimeout;
    const since = this.#stuckSince ?? (nodeID === undefined ? undefined : this.#members.get(nodeID)?.awaySince);
    const believes = since !== undefined && sim.now - since <= believe;
    const ask = (): void => {
      const error = nodeID === undefined ? this.error : this.errorFor(nodeID);
      if (!error) done();
      else if (error.code === 'Unknown' && !believes) done(error);
      else if (sim.now + tick > deadline) done(new StatusError('DeadlineExceeded', deadlineExceeded));
      else sim.after(tick, ask);
    };
    ask();
  }

  // Members

  /** The first member of a new swarm: it leads at once. */
  bootstrap(nodeID: string, addr: string): void {
    this.#members.clear();
    this.#members.set(nodeID, { nodeID, addr, reachable: true });
    this.#lead(nodeID);
  }

  /** A manager joins. Throws as `check` does. */
  addMember(nodeID: string, addr: string): void {
    if (this.#members.has(nodeID)) return;
    this.check();
    this.#members.set(nodeID, { nodeID, addr, reachable: true });
  }

  /** Whether enough managers stay reachable without this one (CTRL-21). */
  canRemoveMember(nodeID: string): boolean {
    let reachable = 0;
    for (const member of this.#members.values()) if (member.reachable && member.nodeID !== nodeID) reachable++;
    return reachable >= quorum(this.#members.size - 1);
  }

  /** A manager is no longer one. Throws when it is none, or when too few would stay (CTRL-6). */
  removeMember(nodeID: string): void {
    this.check();
    if (!this.#members.has(nodeID)) throw raftError(raftErrors.memberUnknown);
    if (!this.canRemoveMember(nodeID)) throw raftError(raftErrors.memberNotRemovable);
    this.#members.delete(nodeID);
    this.#settle();
  }

  /** A manager's process or network stops or works again. */
  setReachable(nodeID: string, reachable: boolean): void {
    const member = this.#members.get(nodeID);
    if (!member || member.reachable === reachable) return;
    member.reachable = reachable;
    if (reachable) delete member.awaySince;
    else member.awaySince = this.#context.sim.now;
    this.#settle();
  }

  /** `swarm init --force-new-cluster`: this manager goes on alone with all objects (CTRL-9). */
  forceNewCluster(nodeID: string): void {
    const member = this.#members.get(nodeID);
    if (!member) throw raftError(raftErrors.notMember);
    if (this.#leader !== undefined) this.#lose();
    for (const id of this.#members.keys()) if (id !== nodeID) this.#lost.add(id);
    this.bootstrap(nodeID, member.addr);
  }

  /** Whether a forced new cluster left this manager behind: it does not find back by itself (CTRL-9). */
  isLost(nodeID: string): boolean {
    return this.#lost.has(nodeID);
  }

  /** All is forgotten: the swarm does not exist any more. */
  dissolve(): void {
    if (this.#leader !== undefined) this.#lose();
    this.#members.clear();
    this.#settle();
  }

  // Leadership

  /**
   * The leader hands over to another reachable manager, as when it is demoted (CTRL-22). False when there is none,
   * or no leader.
   */
  transferLeadership(): boolean {
    if (this.#stuckSince !== undefined || this.#leader === undefined) return false;
    const leader = this.#leader;
    const heirs = this.#reachable().filter((id) => id !== leader);
    if (heirs.length === 0) return false;
    const heir = this.#context.random.pick(heirs);
    this.#lose();
    this.#lead(heir);
    return true;
  }

  /** Brings the leadership in line with who is there. */
  #settle(): void {
    const leader = this.#leader === undefined ? undefined : this.#members.get(this.#leader);
    // A leader that is cut off may believe in itself a while longer, but nobody hears it.
    if (this.#leader !== undefined && !leader?.reachable) this.#lose();
    const quorate = this.hasQuorum && this.#members.size > 0;
    if (this.#leader !== undefined) {
      if (quorate) this.#unstick();
      else this.#stepDownLater();
      return;
    }
    if (this.#members.size === 0) this.#unstick();
    else if (quorate) this.#electLater();
    else this.#cancelElection();
  }

  /** A leader that does not reach a majority for an election timeout steps down (CTRL-1). */
  #stepDownLater(): void {
    const { sim } = this.#context;
    this.#stuckSince ??= sim.now;
    this.#stepDown ??= sim.after(electionTicks * tick, () => {
      this.#stepDown = undefined;
      this.#lose();
      this.#settle();
    });
  }

  #electLater(): void {
    if (this.#election) return;
    const { sim, random } = this.#context;
    // Each member waits for a time of its own; the first to get impatient is elected. Who is alone does not wait.
    const alone = this.#members.size === 1;
    const waits = alone
      ? [tick]
      : this.#reachable().map(() => random.integer(electionTicks * tick, 2 * electionTicks * tick - 1));
    this.#election = sim.after(Math.min(...waits), () => {
      this.#election = undefined;
      this.#lead(random.pick(this.#reachable()));
    });
  }

  #cancelElection(): void {
    this.#election?.cancel();
    this.#election = undefined;
  }

  #reachable(): string[] {
    return [...this.#members.values()].filter(({ reachable }) => reachable).map(({ nodeID }) => nodeID);
  }

  #unstick(): void {
    this.#stuckSince = undefined;
    this.#stepDown?.cancel();
    this.#stepDown = undefined;
    this.#context.store.resume();
  }

  #lead(nodeID: string): void {
    this.#cancelElection();
    this.#leader = nodeID;
    this.#unstick();
    this.leadership.becomeLeader(nodeID);
  }

  #lose(): void {
    const leader = this.#leader;
    if (leader === undefined) return;
    this.#leader = undefined;
    this.#stuckSince ??= this.#context.sim.now;
    this.#stepDown?.cancel();
    this.#stepDown = undefined;
    this.leadership.loseLeadership(leader);
  }
}

/** How many of so many members must be there (CTRL-2). */
export function quorum(members: number): number {
  return Math.floor(members / 2) + 1;
}
