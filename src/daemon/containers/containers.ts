import type { HostConfig } from '../../api';
import type { Micros, Random } from '../../sim';
import { millisecond, second } from '../../sim';
import { asDaemonError, DaemonError, messageOf } from '../errors';
import type { HttpOutcome, HttpRequest } from '../programs';
import type { Container } from './container';
import { filesOf } from './container-files';
import { ContainerTable } from './container-table';
import type { ContainerContext } from './context';
import type { CreateRequest } from './create';
import { makeContainer } from './create';
import type { FileSystem } from './file-system';
import { isAnonymous } from './mounts';
import { checkName } from './names';
import { NodePorts } from './node-ports';
import { restartDelay, restarts } from './restart-policy';
import { deliver, signalNumber, stopSignal } from './signals';
import type { StartHost } from './start';
import { begin } from './start';
import { Traffic } from './traffic';
import { updateContainer } from './update';

/** Waits for an end in virtual time: undefined when all went well. */
export type Done = (error?: DaemonError) => void;

const noAddresses: ReadonlyMap<string, string> = new Map();

/** The containers of one node and their whole life (API-40 to API-42, ORCH-113 to ORCH-123). */
export class Containers implements StartHost {
  readonly #table = new ContainerTable();
  readonly #random: Random;
  readonly #traffic: Traffic;
  readonly ports: NodePorts;
  #nextPid = 1_200;
  /** False while the machine is off. */
  powered = true;

  constructor(private readonly context: ContainerContext) {
    this.#random = context.random;
    this.#traffic = new Traffic(context);
    this.ports = new NodePorts(context.random, context.ingressPort);
  }

  /** Whether the texts of 20.10 are wanted. */
  get isOld(): boolean {
    return this.context.profile.name === '20.10';
  }

  get sim() {
    return this.context.sim;
  }

  get cpus(): number {
    return this.context.cpus;
  }

  get memory(): number {
    return this.context.memory;
  }

  get size(): number {
    return this.#table.size;
  }

  /** Newest first. */
  list(): Container[] {
    return [...this.#table.values()].reverse();
  }

  /** By full ID, name, or ID prefix; undefined when there is none or several. */
  find(reference: string): Container | undefined {
    return this.#table.find(reference);
  }

  /** Throws 404 `No such container: x` (API-41). */
  get(reference: string): Container {
    return this.#table.get(reference);
  }

  /** Makes a container at once. Throws: no such image, name taken, mounts, command missing. */
  create(request: CreateRequest): Container {
    const container = makeContainer(request, this.#table, this.context);
    this.#table.add(container);
    this.emit(container, 'create');
    return container;
  }

  /** Starts in 150 to 400 ms of virtual time; a name or state that forbids it is told at once by throwing. */
  start(container: Container, done: Done): void {
    if (container.status === 'paused')
      throw new DaemonError('conflict', 'cannot start a paused container, try unpause instead');
    if (container.status === 'running') throw new DaemonError('not modified', 'container already started');
    container.stoppedByHand = false;
    this.context.work(this.#random.integer(150, 400) * millisecond, () => {
      if (!this.#table.has(container.id)) {
        done(new DaemonError('not found', `No such container: ${container.id}`));
        return;
      }
      if (container.status === 'running') {
        done();
        return;
      }
      this.context.withAttachments(container, (error, addresses) => {
        if (error) {
          this.#failed(container);
          done(error);
          return;
        }
        try {
          this.startNow(container, addresses);
        } catch (thrown) {
          this.#failed(container);
          done(asDaemonError(thrown));
          return;
        }
        done();
      });
    });
  }

  /** One that is removed when it ends is removed when it could not begin, too: its client waits for that. */
  #failed(container: Container): void {
    if (container.hostConfig.AutoRemove) this.#destroy(container, true);
  }

  /** Starts without delay; throws what hinders it, and then the container stays as it was. */
  startNow(container: Container, addresses: ReadonlyMap<string, string> = noAddresses): void {
    try {
      begin(container, addresses, this.context, this);
    } catch (thrown) {
      const error = asDaemonError(thrown);
      container.error = error.message;
      container.exitCode = container.exitCode || 128;
      this.ports.close(container);
      this.context.networking.close(container);
      throw error;
    }
  }

  /** The first process ended. */
  ended(container: Container, exitCode: number): void {
    if (container.status === 'paused') {
      container.heldExit = exitCode;
      return;
    }
    if (container.status !== 'running') return;
    this.#settle(container, exitCode);
    if (restarts(container)) {
      this.#restartLater(container);
      return;
    }
    if (container.hostConfig.AutoRemove) this.#destroy(container, true);
  }

  #settle(container: Container, exitCode: number): void {
    container.running = undefined;
    container.status = 'exited';
    container.exitCode = exitCode;
    container.pid = 0;
    container.finishedAt = this.sim.now;
    container.health?.stop();
    if (container.oomKilled) this.emit(container, 'oom');
    this.emit(container, 'die', { exitCode: String(exitCode) });
    this.ports.close(container);
    this.context.networking.close(container);
    this.context.detachAll(container);
    this.context.endExecs(container);
    if (container.task) this.context.taskExited(container);
    container.tellExit();
  }

  #restartLater(container: Container): void {
    container.status = 'restarting';
    this.context.after(restartDelay(container), () => {
      if (container.status !== 'restarting') return;
      container.restartCount++;
      container.status = 'exited';
      try {
        this.startNow(container);
      } catch {
        container.finishedAt = this.sim.now;
      }
    });
  }

  /** Sends a signal (API-42). Throws 409 when it does not run. `reference` is the container as the client named it. */
  kill(container: Container, signal: string, reference = container.id): void {
    const number = signalNumber(signal);
    const old = this.isOld;
    if (number === undefined && old && !/^\d+$/.test(signal))
      throw new DaemonError('invalid', `Invalid signal: ${signal}`);
    const refuse = (kind: 'invalid' | 'conflict', why: string) =>
      new DaemonError(kind, `${old ? 'Cannot' : 'cannot'} kill container: ${reference}: ${why}`);
    if (number === undefined) {
      const the = old ? 'The' : 'the';
      throw refuse(
        'invalid',
        /^\d+$/.test(signal) ? `${the} linux daemon does not support signal ${signal}` : `invalid signal: ${signal}`,
      );
    }
    if (!container.isUp || container.status === 'restarting') {
      throw refuse('conflict', `${old ? 'Container' : 'container'} ${container.id} is not running`);
    }
    if (number === 9) container.stoppedByHand = true;
    this.#signal(container, number);
    if (container.status === 'paused') this.unpause(container);
  }

  #signal(container: Container, number: number): void {
    this.emit(container, 'kill', { signal: String(number) });
    deliver(container, number, this.context);
  }

  /**
   * Stops with the stop signal, then after the grace period with KILL (ORCH-120). `done` comes when it has exited.
   * `timeout` in microseconds; undefined: the container's own, 10 s.
   */
  stop(container: Container, timeout: Micros | undefined, done: Done, byHand = true): void {
    if (byHand) container.stoppedByHand = true;
    if (container.status === 'restarting') {
      container.status = 'exited';
      done();
      return;
    }
    if (!container.isUp) throw new DaemonError('not modified', 'container already stopped');
    const grace =
      timeout ?? (container.given.StopTimeout === undefined ? 10 * second : container.given.StopTimeout * second);
    const killing = this.context.after(grace, () => {
      if (container.isUp) this.#signal(container, 9);
    });
    container.onceExited(() => {
      killing.cancel();
      this.emit(container, 'stop');
      done();
    });
    this.#signal(container, stopSignal(container));
    if (container.status === 'paused') this.unpause(container);
  }

  restart(container: Container, timeout: Micros | undefined, done: Done): void {
    const again = () => {
      this.start(container, (error) => {
        if (!error) this.emit(container, 'restart');
        done(error);
      });
    };
    if (container.status === 'running' || container.status === 'paused') {
      this.stop(container, timeout, again);
      return;
    }
    again();
  }

  /** Ends the process as if it had crashed. */
  crash(container: Container, exitCode: number): void {
    container.running?.end(exitCode);
  }

  pause(container: Container): void {
    if (container.status === 'paused') throw new DaemonError('conflict', `Container ${container.id} is already paused`);
    if (container.status !== 'running') throw new DaemonError('conflict', `Container ${container.id} is not running`);
    container.status = 'paused';
    this.emit(container, 'pause');
  }

  unpause(container: Container): void {
    if (container.status !== 'paused') throw new DaemonError('conflict', `Container ${container.id} is not paused`);
    container.status = 'running';
    this.emit(container, 'unpause');
    const held = container.heldExit;
    container.heldExit = undefined;
    if (held !== undefined) this.ended(container, held);
  }

  rename(container: Container, name: string): void {
    if (name === '') throw new DaemonError('invalid', 'Neither old nor new names may be empty');
    checkName(name);
    const fresh = name.replace(/^\//, '');
    if (fresh === container.name)
      throw new DaemonError('invalid', 'Renaming a container with the same name as its current name');
    try {
      this.#table.checkFree(fresh);
    } catch (error) {
      throw new DaemonError('conflict', `Error when allocating new name: ${messageOf(error)}`);
    }
    const old = container.name;
    this.#table.rename(container, fresh);
    if (!container.joined) container.sandbox?.rename(fresh);
    this.emit(container, 'rename', { oldName: `/${old}` });
  }

  /** Changes limits and restart policy. Throws 400 and 409. */
  update(container: Container, change: HostConfig): void {
    const { profile, cpus } = this.context;
    updateContainer(container, change, { profile, cpus, find: (reference) => this.find(reference) });
    this.emit(container, 'update');
  }

  /** Removes a container; with `force` a running one is killed first. `done` comes when it is gone. */
  remove(container: Container, options: { readonly force: boolean; readonly volumes: boolean }, done: Done): void {
    if (container.isUp) {
      if (!options.force) {
        throw new DaemonError('conflict', this.isOld ? oldRemoveRefusal(container) : removeRefusal(container));
      }
      container.stoppedByHand = true;
      if (container.status !== 'restarting') {
        container.onceExited(() => {
          // An automatically removed one is gone already.
          if (this.#table.has(container.id)) this.#destroy(container, options.volumes);
          done();
        });
        this.#signal(container, 9);
        if (container.status === 'paused') this.unpause(container);
        return;
      }
    }
    this.#destroy(container, options.volumes);
    done();
  }

  #destroy(container: Container, anonymousVolumes: boolean): void {
    if (!this.#table.delete(container)) return;
    container.status = 'removing';
    for (const { volume } of container.mounts) {
      volume?.users.delete(container.id);
      if (volume && anonymousVolumes && isAnonymous(volume) && volume.users.size === 0)
        this.context.volumes.remove(volume.name, true);
    }
    this.context.unhealthy.delete(container.id);
    this.context.detachAll(container);
    this.emit(container, 'destroy');
    container.tellRemoval();
  }

  /** The power went: nothing runs any more and nobody is told. */
  powerCut(): void {
    this.powered = false;
    for (const container of this.#table.values()) {
      container.running?.vanish();
      container.health?.stop();
      this.context.endExecs(container);
    }
  }

  /** The power is back: what ran has died with 255; containers with a restart policy start again. */
  powerBack(): void {
    this.powered = true;
    for (const container of [...this.#table.values()]) {
      if (!container.isUp) continue;
      container.status = 'running';
      this.#settle(container, 255);
      const policy = container.hostConfig.RestartPolicy?.Name;
      if (policy && policy !== 'no' && !container.stoppedByHand) this.#restartLater(container);
      else if (container.hostConfig.AutoRemove) this.#destroy(container, true);
    }
  }

  filesOf(container: Container): FileSystem {
    container.files ??= filesOf(container, this.context);
    return container.files;
  }

  /** What a container gets that asks `host:port` by HTTP. */
  http(container: Container, host: string, port: number, request: HttpRequest): HttpOutcome {
    return this.#traffic.http(container, host, port, request);
  }

  /** What somebody gets who asks a node's address by HTTP, on a node (by its host name) or outside of the cluster. */
  httpToNode(host: string, port: number, request: HttpRequest, from?: string): HttpOutcome {
    return this.#traffic.toNode(host, port, request, from);
  }

  reachable(container: Container, address: string): boolean {
    return this.#traffic.reachable(container, address);
  }

  signalFirst(container: Container, number: number): void {
    deliver(container, number, this.context);
  }

  takePid(): number {
    const pid = this.#nextPid;
    this.#nextPid += this.#random.integer(1, 60);
    return pid;
  }

  nextPid(): number {
    this.#nextPid += this.#random.integer(1, 20);
    return this.#nextPid;
  }

  emit(container: Container, action: string, own?: Readonly<Record<string, string>>): void {
    this.context.events.emit('container', action, container.id, container.attributes, own);
  }
}

function removeRefusal({ name, status }: Container): string {
  const why =
    status === 'paused'
      ? 'container is paused and must be unpaused first'
      : `container is ${status}: stop the container before removing or force remove`;
  return `cannot remove container "/${name}": ${why}`;
}

function oldRemoveRefusal({ id, status }: Container): string {
  const first = status === 'paused' ? 'Unpause and then stop' : 'Stop';
  return `You cannot remove a ${status} container ${id}. ${first} the container before attempting removal or force remove`;
}
