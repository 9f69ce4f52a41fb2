import type { ContainerConfig, EndpointSettings, HostConfig } from '../../api';
import { NetworkError } from '../../network/libnetwork';
import type { Micros, Random } from '../../sim';
import { millisecond, minute, second } from '../../sim';
import { DaemonError, messageOf } from '../errors';
import { contentsOf } from '../images/contents';
import type { LocalImage } from '../images/image-store';
import type { HttpOutcome } from '../programs';
import { Running, textInput } from '../programs';
import type { PublishedPort, TaskPlan } from './container';
import { Container } from './container';
import type { ProcessHost } from './container-process';
import { ContainerProcess } from './container-process';
import type { ContainerContext } from './context';
import { FileSystem } from './file-system';
import { HealthMonitor, healthPlan } from './health';
import { mainOf, programOf, serverProgram } from './main-process';
import { isAnonymous, mountedFiles, planMounts } from './mounts';
import { checkName, randomName } from './names';
import type { ExtraHost } from './networking';
import { wantedNetworks } from './networking';
import { signalNumber } from './signals';

export interface CreateRequest {
  readonly name?: string;
  readonly config: ContainerConfig;
  readonly hostConfig?: HostConfig;
  readonly networks?: Readonly<Record<string, EndpointSettings>>;
  readonly task?: TaskPlan;
}

/** Waits for an end in virtual time: undefined when all went well. */
export type Done = (error?: DaemonError) => void;

const noHostConfig: HostConfig = {};
const noEnv: readonly string[] = [];
const terminal = { tty: true };

/** Texts of an error at a container's start, in the engine's words. */
function runtimeError(text: string): string {
  return `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${text}`;
}

/** The containers of one node and their whole life (API-40 to API-42, ORCH-113 to ORCH-123). */
export class Containers implements ProcessHost {
  readonly #byId = new Map<string, Container>();
  readonly #byName = new Map<string, Container>();
  /** `tcp/8080` -> who has the port. */
  readonly #ports = new Map<string, Container>();
  readonly #random: Random;
  #nextPid = 1_200;
  #nextPort = 32_768;
  /** False while the machine is off. */
  powered = true;

  constructor(private readonly context: ContainerContext) {
    this.#random = context.random;
  }

  get sim() {
    return this.context.sim;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Newest first. */
  list(): Container[] {
    return [...this.#byId.values()].reverse();
  }

  /** By full ID, name, or ID prefix; undefined when there is none or several. */
  find(reference: string): Container | undefined {
    const exact = this.#byId.get(reference) ?? this.#byName.get(reference.replace(/^\//, ''));
    if (exact || !/^[0-9a-f]{1,63}$/.test(reference)) return exact;
    let match: Container | undefined;
    for (const container of this.#byId.values()) {
      if (!container.id.startsWith(reference)) continue;
      if (match) return undefined;
      match = container;
    }
    return match;
  }

  /** Throws 404 `No such container: x` (API-41). */
  get(reference: string): Container {
    const container = this.find(reference);
    if (!container) throw new DaemonError('not found', `No such container: ${reference}`);
    return container;
  }

  /** Makes a container at once. Throws: no such image, name taken, mounts, command missing. */
  create(request: CreateRequest): Container {
    const { config } = request;
    const hostConfig = request.hostConfig ?? noHostConfig;
    const name = request.name?.replace(/^\//, '');
    if (name !== undefined && name !== '') {
      checkName(request.name!);
      const owner = this.#byName.get(name);
      if (owner) {
        throw new DaemonError(
          'conflict',
          `Conflict. The container name "/${name}" is already in use by container "${owner.id}". You have to remove (or rename) that container to be able to reuse that name.`,
        );
      }
    }
    const image = this.context.images.get(config.Image ?? '');
    const merged = mergeConfig(config, image);
    if ((merged.Entrypoint ?? []).length + (merged.Cmd ?? []).length === 0)
      throw new DaemonError('invalid', 'no command specified');
    const mounts = planMounts(merged, hostConfig, image.definition, this.context.volumes, this.context.hostFiles);
    const id = this.#random.hexId();
    const container = new Container(
      id,
      name || randomName(this.#random, (candidate) => this.#byName.has(candidate)),
      this.sim.now,
      image,
      { ...merged, Hostname: merged.Hostname || id.slice(0, 12) },
      hostConfig,
      request.networks ?? {},
      mounts,
      request.task,
    );
    for (const { volume } of mounts) volume?.users.add(id);
    this.#byId.set(id, container);
    this.#byName.set(container.name, container);
    this.#emit(container, 'create');
    return container;
  }

  /** Starts in 150 to 400 ms of virtual time; a name or state that forbids it is told at once by throwing. */
  start(container: Container, done: Done): void {
    if (container.status === 'paused')
      throw new DaemonError('conflict', 'cannot start a paused container, try unpause instead');
    if (container.status === 'running') throw new DaemonError('not modified', 'container already started');
    container.stoppedByHand = false;
    this.context.after(this.#random.integer(150, 400) * millisecond, () => {
      if (!this.#byId.has(container.id)) {
        done(new DaemonError('not found', `No such container: ${container.id}`));
        return;
      }
      if (container.status === 'running') {
        done();
        return;
      }
      this.context.withAttachments(container, (error, addresses) => {
        if (error) {
          done(error);
          return;
        }
        try {
          this.startNow(container, addresses);
        } catch (thrown) {
          done(asDaemonError(thrown));
          return;
        }
        done();
      });
    });
  }

  /** Starts without delay; throws what hinders it, and then the container stays as it was. */
  startNow(container: Container, addresses: ReadonlyMap<string, string> = new Map()): void {
    try {
      this.#begin(container, addresses);
    } catch (thrown) {
      const error = asDaemonError(thrown);
      container.error = error.message;
      container.exitCode = container.exitCode || 128;
      this.#closePorts(container);
      this.context.networking.close(container);
      throw error;
    }
  }

  #begin(container: Container, addresses: ReadonlyMap<string, string>): void {
    for (const mount of container.mounts) {
      if (mount.type === 'bind' && !this.context.hostFiles.exists(mount.source)) {
        throw new DaemonError(
          'invalid',
          `invalid mount config for type "bind": bind source path does not exist: ${mount.source}`,
        );
      }
    }
    const main = mainOf(container.image.definition, container.argv);
    container.oomKilled = false;
    container.exitCode = 0;
    container.error = '';
    container.heldExit = undefined;
    const process = this.#process(container, main.kind === 'program' ? main.argv : container.argv);
    const program = main.kind === 'server' ? serverProgram(container, main.behaviour) : programOf(process);
    if (typeof program !== 'function') {
      container.exitCode = program.exitCode;
      throw new DaemonError('invalid', runtimeError(program.error));
    }
    this.#openPorts(container);
    this.#connectAll(container, addresses);
    container.status = 'running';
    container.pid = this.#nextPid;
    this.#nextPid += this.#random.integer(1, 60);
    container.startedAt = this.sim.now;
    container.finishedAt = container.finishedAt || 0;
    this.#emit(container, 'start');
    this.#startHealth(container);
    container.running = new Running(program, process, (exitCode) => {
      this.context.after(millisecond, () => this.#ended(container, exitCode));
    });
  }

  #process(container: Container, argv: readonly string[]): ContainerProcess {
    const { logs } = container;
    const input = container.config.OpenStdin ? this.context.inputOf(container) : textInput('');
    return new ContainerProcess(
      this,
      container,
      argv,
      input,
      (text) => logs.write(this.sim.now, 'stdout', text),
      (text) => logs.write(this.sim.now, container.config.Tty ? 'stdout' : 'stderr', text),
      container.config.Tty ? terminal : undefined,
    );
  }

  #connectAll(container: Container, addresses: ReadonlyMap<string, string>): void {
    const { networking } = this.context;
    if (container.hostConfig.NetworkMode?.startsWith('container:')) {
      const other = this.get(container.hostConfig.NetworkMode.slice(10));
      if (!other.sandbox)
        throw new DaemonError('conflict', `cannot join network of a non running container: ${other.id}`);
      container.sandbox = undefined;
      return;
    }
    const hosts: ExtraHost[] = [...(container.task?.extraHosts ?? [])];
    for (const text of container.hostConfig.ExtraHosts ?? []) {
      const split = text.search(/[:=]/);
      const ip = text.slice(split + 1);
      hosts.push({ ip: ip === 'host-gateway' ? this.context.hostGateway() : ip, names: [text.slice(0, split)] });
    }
    const plans = container.task
      ? container.task.endpoints.map((options) => ({ options }))
      : wantedNetworks(container).map(([name, settings]) => {
          const network = networking.network(name);
          networking.check(network, settings);
          return { options: networking.endpointOptions(container, network, settings, addresses.get(network.id)) };
        });
    const legacy = legacyLinks(container, (name) => this.get(name), this.context.networks.find('bridge')?.id);
    const sandbox = networking.createSandbox(container, [...hosts, ...legacy]);
    container.sandbox = sandbox;
    for (const { options } of plans) networking.connect(container, sandbox, options);
    // A task enters names and virtual servers when its agent says so (ORCH-116, ORCH-117).
    if (container.task) sandbox.start();
    else sandbox.activate();
  }

  #openPorts(container: Container): void {
    const ports: PublishedPort[] = [];
    const wanted: { protocol: string; target: number; published: number; hostIP: string }[] = (
      container.task?.ports ?? []
    ).map((port) => ({
      ...port,
      hostIP: '0.0.0.0',
    }));
    for (const [key, bindings] of Object.entries(container.hostConfig.PortBindings ?? {})) {
      const [target = '', protocol = 'tcp'] = key.split('/');
      for (const binding of bindings ?? []) {
        wanted.push({
          protocol,
          target: Number(target),
          published: Number(binding.HostPort || 0),
          hostIP: binding.HostIp || '0.0.0.0',
        });
      }
    }
    if (container.hostConfig.PublishAllPorts === true) {
      for (const key of Object.keys(container.config.ExposedPorts ?? {})) {
        const [target = '', protocol = 'tcp'] = key.split('/');
        if (!wanted.some((one) => one.target === Number(target) && one.protocol === protocol)) {
          wanted.push({ protocol, target: Number(target), published: 0, hostIP: '0.0.0.0' });
        }
      }
    }
    for (const { protocol, target, published, hostIP } of wanted) {
      const port = published || this.#ephemeralPort(protocol);
      const key = `${protocol}/${port}`;
      if (this.#ports.has(key) || this.context.ingressPort(protocol as 'tcp', port)) {
        throw new DaemonError(
          'system',
          `driver failed programming external connectivity on endpoint ${container.name} (${this.#random.hexId()}): Bind for ${hostIP}:${port} failed: port is already allocated`,
        );
      }
      this.#ports.set(key, container);
      ports.push({ protocol: protocol as 'tcp', target, published: port, hostIP });
      container.ports = ports;
    }
  }

  #ephemeralPort(protocol: string): number {
    for (;;) {
      const port = this.#nextPort;
      this.#nextPort = port >= 60_999 ? 32_768 : port + 1;
      if (!this.#ports.has(`${protocol}/${port}`)) return port;
    }
  }

  #closePorts(container: Container): void {
    for (const { protocol, published } of container.ports ?? []) this.#ports.delete(`${protocol}/${published}`);
    container.ports = undefined;
  }

  /** Who has a port of the node, by `docker run -p` or host mode (ALLOC-51). */
  publishedPort(
    protocol: string,
    port: number,
  ): { readonly container: Container; readonly target: number } | undefined {
    const container = this.#ports.get(`${protocol}/${port}`);
    const found = container?.ports?.find((one) => one.protocol === protocol && one.published === port);
    return container && found ? { container, target: found.target } : undefined;
  }

  #startHealth(container: Container): void {
    const plan = healthPlan(
      container.config.Healthcheck,
      container.image.definition.healthcheck,
      this.context.profile.healthStartInterval,
    );
    if (!plan) {
      container.health = undefined;
      return;
    }
    const now = () => this.sim.now;
    container.health = new HealthMonitor(
      { ...plan, settled: plan.settled && container.mounts.length === 0 },
      {
        get now() {
          return now();
        },
        after: (delay, run) => this.context.after(delay, run),
        probe: (done) => {
          if (this.context.unhealthy.has(container.id)) {
            done({ exitCode: 1, output: 'made to fail' });
            return () => {};
          }
          let output = '';
          const write = (text: string) => {
            output += text;
          };
          const process = new ContainerProcess(this, container, plan.argv, textInput(''), write, write);
          const program = programOf(process);
          if (typeof program !== 'function') {
            done({
              exitCode: program.exitCode === 126 ? 126 : 1,
              output: `OCI runtime exec failed: exec failed: unable to start container process: ${program.error}`,
            });
            return () => {};
          }
          const running = new Running(program, process, (exitCode) => done({ exitCode, output }));
          return () => running.vanish();
        },
        changed: (status) => {
          this.#emit(container, `health_status: ${status}`);
          this.context.healthChanged(container, status);
        },
      },
    );
  }

  /** The first process ended. */
  #ended(container: Container, exitCode: number): void {
    if (container.status === 'paused') {
      container.heldExit = exitCode;
      return;
    }
    if (container.status !== 'running') return;
    this.#settle(container, exitCode);
    if (this.#restarts(container)) {
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
    if (container.oomKilled) this.#emit(container, 'oom');
    this.#emit(container, 'die', { exitCode: String(exitCode) });
    this.#closePorts(container);
    this.context.networking.close(container);
    this.context.detachAll(container);
    this.context.endExecs(container);
    container.tellExit();
  }

  #restarts(container: Container): boolean {
    const policy = container.hostConfig.RestartPolicy;
    if (!policy?.Name || policy.Name === 'no' || container.stoppedByHand) return false;
    if (policy.Name !== 'on-failure') return true;
    const most = policy.MaximumRetryCount ?? 0;
    return container.exitCode !== 0 && (most === 0 || container.restartCount < most);
  }

  #restartLater(container: Container): void {
    container.status = 'restarting';
    const ran = container.finishedAt - container.startedAt;
    const delay =
      ran > 10 * second
        ? 100 * millisecond
        : Math.min(minute, 100 * millisecond * 2 ** Math.min(container.restartCount, 12));
    this.context.after(delay, () => {
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

  /** Sends a signal (API-42). Throws 409 when it does not run. */
  kill(container: Container, signal: string): void {
    const number = signalNumber(signal);
    if (number === undefined) throw new DaemonError('invalid', `Invalid signal: ${signal}`);
    if (!container.isUp || container.status === 'restarting') {
      throw new DaemonError(
        'conflict',
        `cannot kill container: ${container.id}: container ${container.id} is not running`,
      );
    }
    if (number === 9) container.stoppedByHand = true;
    this.#signal(container, number);
    if (container.status === 'paused') this.unpause(container);
  }

  #signal(container: Container, number: number): void {
    this.#emit(container, 'kill', { signal: String(number) });
    const { running } = container;
    if (!running) return;
    if (number === 9) {
      running.end(137);
      return;
    }
    const main = mainOf(container.image.definition, container.argv);
    const stop = signalNumber(container.config.StopSignal || 'SIGTERM');
    if (main.kind === 'server') {
      const { onTerm, termDelay = 0, stopLogs } = main.behaviour;
      if (onTerm === 'ignored' || ![2, 3, 15, stop].includes(number)) return;
      if (stopLogs !== undefined) container.logs.write(this.sim.now, 'stdout', stopLogs);
      this.context.after(termDelay, () => running.end(onTerm));
      return;
    }
    // A first process without a handler does not hear signals; an init in front of it hears them and passes them on.
    if (container.hostConfig.Init && [1, 2, 3, 15, stop].includes(number)) running.end(128 + number);
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
      timeout ?? (container.config.StopTimeout === undefined ? 10 * second : container.config.StopTimeout * second);
    const killing = this.context.after(grace, () => {
      if (container.isUp) this.#signal(container, 9);
    });
    container.onceExited(() => {
      killing.cancel();
      this.#emit(container, 'stop');
      done();
    });
    this.#signal(container, signalNumber(container.config.StopSignal || 'SIGTERM') ?? 15);
    if (container.status === 'paused') this.unpause(container);
  }

  restart(container: Container, timeout: Micros | undefined, done: Done): void {
    const again = () => {
      this.start(container, (error) => {
        if (!error) this.#emit(container, 'restart');
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
    this.#emit(container, 'pause');
  }

  unpause(container: Container): void {
    if (container.status !== 'paused') throw new DaemonError('conflict', `Container ${container.id} is not paused`);
    container.status = 'running';
    this.#emit(container, 'unpause');
    const held = container.heldExit;
    container.heldExit = undefined;
    if (held !== undefined) this.#ended(container, held);
  }

  rename(container: Container, name: string): void {
    if (name === '') throw new DaemonError('invalid', 'Neither old nor new names may be empty');
    checkName(name);
    const fresh = name.replace(/^\//, '');
    if (fresh === container.name)
      throw new DaemonError('invalid', 'Renaming a container with the same name as its current name');
    const owner = this.#byName.get(fresh);
    if (owner) {
      throw new DaemonError(
        'conflict',
        `Conflict. The container name "/${fresh}" is already in use by container "${owner.id}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
    const old = container.name;
    this.#byName.delete(old);
    this.#byName.set(fresh, container);
    container.rename(fresh);
    container.sandbox?.rename(fresh);
    this.#emit(container, 'rename', { oldName: `/${old}` });
  }

  /** Removes a container; with `force` a running one is killed first. `done` comes when it is gone. */
  remove(container: Container, options: { readonly force: boolean; readonly volumes: boolean }, done: Done): void {
    if (container.isUp) {
      if (!options.force) {
        throw new DaemonError(
          'conflict',
          container.status === 'paused'
            ? `cannot remove container "${container.name}": container is paused and must be unpaused first`
            : `cannot remove container "${container.name}": container is ${container.status}: stop the container before removing or force remove`,
        );
      }
      container.stoppedByHand = true;
      if (container.status !== 'restarting') {
        container.onceExited(() => {
          // An automatically removed one is gone already.
          if (this.#byId.has(container.id)) this.#destroy(container, options.volumes);
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
    if (!this.#byId.delete(container.id)) return;
    this.#byName.delete(container.name);
    container.status = 'removing';
    for (const { volume } of container.mounts) {
      volume?.users.delete(container.id);
      if (volume && anonymousVolumes && isAnonymous(volume) && volume.users.size === 0)
        this.context.volumes.remove(volume.name, true);
    }
    this.context.unhealthy.delete(container.id);
    this.context.detachAll(container);
    this.#emit(container, 'destroy');
    container.tellRemoval();
  }

  /** The power went: nothing runs any more and nobody is told. */
  powerCut(): void {
    this.powered = false;
    for (const container of this.#byId.values()) {
      container.running?.vanish();
      container.health?.stop();
      this.context.endExecs(container);
    }
  }

  /** The power is back: what ran has died with 255; containers with a restart policy start again. */
  powerBack(): void {
    this.powered = true;
    for (const container of [...this.#byId.values()]) {
      if (!container.isUp) continue;
      container.status = 'running';
      this.#settle(container, 255);
      const policy = container.hostConfig.RestartPolicy?.Name;
      if (policy && policy !== 'no' && !container.stoppedByHand) this.#restartLater(container);
      else if (container.hostConfig.AutoRemove) this.#destroy(container, true);
    }
  }

  filesOf(container: Container): FileSystem {
    container.files ??= this.#makeFiles(container);
    return container.files;
  }

  #makeFiles(container: Container): FileSystem {
    const kept = container.files;
    if (kept) return kept;
    const files = new FileSystem({
      base: contentsOf(container.image.definition).files,
      dynamic: (path) => {
        if (path === '/etc/hostname') return `${container.hostname}\n`;
        if (path === '/etc/hosts') return container.sandbox?.hosts();
        if (path === '/etc/resolv.conf') return container.sandbox?.resolvConf();
        return undefined;
      },
      mounts: mountedFiles(container.mounts, this.context.hostFiles, () => new FileSystem()),
    });
    for (const [path, content] of container.task?.files ?? []) files.give(path, content);
    files.onChange = () => container.health?.wake();
    return files;
  }

  /** What a container gets that asks `host:port` by HTTP. */
  http(container: Container, host: string, port: number, path: string): HttpOutcome {
    const own =
      host === '127.0.0.1' ||
      host === 'localhost' ||
      container.sandbox?.endpoints.some((one) => one.address.split('/')[0] === host);
    if (own) return this.answer(container, port, path, []);
    const found = this.#behind(container, host);
    if (found) return this.answer(found.container, port, path, found.hops);
    const node = this.context.wire.node(host);
    if (!node || !this.context.wire.reachable(this.context.hostname, node.hostname)) return { kind: 'unreachable' };
    const published = node.published('tcp', port);
    return published ? this.answer(published.container, published.port, path, published.hops) : { kind: 'refused' };
  }

  reachable(container: Container, address: string): boolean {
    if (
      address.startsWith('127.') ||
      container.sandbox?.endpoints.some((one) => one.address.split('/')[0] === address || one.gateway === address)
    )
      return true;
    if (!container.sandbox) return false;
    return this.#behind(container, address) !== undefined || this.context.wire.node(address) !== undefined;
  }

  #behind(container: Container, address: string): { container: Container; hops: readonly string[] } | undefined {
    const { sandbox } = container;
    if (!sandbox) return undefined;
    const route = this.context.networks.routeAddress(sandbox.id, address);
    if (route && !route.reached) return undefined;
    const found = this.context.wire.find(
      sandbox.endpoints.map((one) => one.networkID),
      route?.containerAddress ?? address,
      this.context.hostname,
    );
    if (!found || found.status === 'paused') return undefined;
    return { container: found, hops: route?.hops ?? [`${address} ${found.name}`] };
  }

  /** What the container's own server answers. */
  answer(container: Container, port: number, path: string, hops: readonly string[]): HttpOutcome {
    const main = mainOf(container.image.definition, container.argv);
    if (container.status !== 'running' || main.kind !== 'server') return { kind: 'refused' };
    const { listens = [], readyAfter = 0, http } = main.behaviour;
    if (!listens.includes(port) || this.sim.now < container.startedAt + readyAfter) return { kind: 'refused' };
    const body = http?.[path.split('?')[0]!] ?? http?.['*'];
    if (body === undefined && http) return { kind: 'answer', status: 404, body: '404 page not found\n', hops };
    return { kind: 'answer', status: 200, body: (body ?? '').replaceAll('{{hostname}}', container.hostname), hops };
  }

  nextPid(): number {
    this.#nextPid += this.#random.integer(1, 20);
    return this.#nextPid;
  }

  #emit(container: Container, action: string, own?: Readonly<Record<string, string>>): void {
    this.context.events.emit('container', action, container.id, container.attributes, own);
  }
}

/** Fills what was not given from the image; given variables come first (API-41). */
function mergeConfig(config: ContainerConfig, image: LocalImage): ContainerConfig {
  const { definition } = image;
  const env = config.Env ?? [];
  const names = new Set(env.map((pair) => pair.split('=')[0]));
  const inherited = (definition.env ?? []).filter((pair) => !names.has(pair.split('=')[0]!));
  const entrypoint =
    config.Entrypoint && config.Entrypoint.length > 0
      ? config.Entrypoint.filter((word) => word !== '' || config.Entrypoint!.length > 1)
      : undefined;
  const ownEntrypoint = config.Entrypoint !== undefined && config.Entrypoint !== null && config.Entrypoint.length > 0;
  const command =
    config.Cmd && config.Cmd.length > 0 ? config.Cmd : ownEntrypoint ? null : (definition.command ?? null);
  const ports = contentsOf(definition).exposedPorts;
  return {
    ...config,
    Env: env.length === 0 ? (definition.env ?? noEnv) : [...env, ...inherited],
    Entrypoint: ownEntrypoint ? (entrypoint ?? null) : (definition.entrypoint ?? null),
    Cmd: command,
    ...(config.ExposedPorts
      ? { ExposedPorts: { ...ports, ...config.ExposedPorts } }
      : ports
        ? { ExposedPorts: ports }
        : {}),
    WorkingDir: config.WorkingDir || definition.workingDir || '',
    User: config.User || definition.user || '',
    Labels: definition.labels ? { ...definition.labels, ...config.Labels } : (config.Labels ?? {}),
    ...(config.StopSignal || definition.stopSignal ? { StopSignal: config.StopSignal || definition.stopSignal! } : {}),
    ...(definition.healthcheck && !config.Healthcheck ? { Healthcheck: definition.healthcheck } : {}),
  };
}

/** `--link` on the default bridge: lines in /etc/hosts, as there is no resolver there (DISC-36). */
function legacyLinks(container: Container, get: (name: string) => Container, bridge: string | undefined): ExtraHost[] {
  const mode = container.hostConfig.NetworkMode || 'default';
  if (mode !== 'default' && mode !== 'bridge') return [];
  const hosts: ExtraHost[] = [];
  for (const link of container.hostConfig.Links ?? []) {
    const [name = '', alias = name] = link.split(':');
    const other = get(name);
    const endpoint = other.sandbox?.endpoints.find((one) => one.networkID === bridge);
    if (!endpoint)
      throw new DaemonError(
        'invalid',
        `Cannot link to a non running container: /${other.name} AS /${container.name}/${alias}`,
      );
    hosts.push({ ip: endpoint.address.split('/')[0]!, names: [...new Set([alias, other.hostname, other.name])] });
  }
  return hosts;
}

/** Any error as one of the engine. */
export function asDaemonError(thrown: unknown): DaemonError {
  if (thrown instanceof DaemonError) return thrown;
  if (thrown instanceof NetworkError) {
    const kind = thrown.reason === 'exhausted' ? 'system' : thrown.reason;
    return new DaemonError(kind, thrown.message);
  }
  return new DaemonError('system', messageOf(thrown));
}
