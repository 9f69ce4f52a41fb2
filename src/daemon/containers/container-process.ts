import type { Sandbox } from '../../network/libnetwork';
import type { Simulation } from '../../sim';
import { contentsOf, placeOf } from '../images/contents';
import type { HttpOutcome, HttpRequest, Input, Machine, Process, Program, Signals, Terminal } from '../programs';
import { httpRequest, ProcessTable, Running } from '../programs';
import { OutOfMemoryKill } from '../programs/process';
import type { Container } from './container';
import type { FileSystem } from './file-system';
import { linkVariables } from './link-variables';
import { serverOf, serverProgram } from './main-process';
import { UserFiles } from './user-files';
import { groupID, userID } from './users';

/** The side of the node that processes need. */
export interface ProcessHost {
  readonly sim: Simulation;
  readonly powered: boolean;
  /** Processors and bytes of memory of the machine. */
  readonly cpus: number;
  readonly memory: number;
  filesOf(container: Container): FileSystem;
  http(container: Container, host: string, port: number, request: HttpRequest): HttpOutcome;
  reachable(container: Container, address: string): boolean;
  /** Gives a signal to a container's first process. */
  signalFirst(container: Container, number: number): void;
}

/** The variables of a process: PATH and HOSTNAME first, then the container's own, HOME last. */
export function environmentOf(container: Container, extra: readonly string[] = [], tty = false): Map<string, string> {
  const env = new Map<string, string>([
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['HOSTNAME', container.hostname],
  ]);
  if (tty) env.set('TERM', 'xterm');
  for (const link of container.hostConfig.Links ?? []) {
    const [, alias = link] = link.split(':');
    env.set(`${alias.toUpperCase().replaceAll('-', '_')}_NAME`, `/${container.name}/${alias}`);
  }
  if (container.hostConfig.Links?.length) for (const [name, value] of linkVariables(container)) env.set(name, value);
  for (const pair of [...(container.config.Env ?? []), ...extra]) {
    const equals = pair.indexOf('=');
    if (equals > 0) env.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  if (!env.has('HOME')) env.set('HOME', '/root');
  return env;
}

/** A process in a container. */
export class ContainerProcess implements Process {
  private folder: string | undefined;
  private variables: Map<string, string> | undefined;
  private run: number | undefined;
  private number: number | undefined;
  private ownFiles: FileSystem | undefined;
  private heard: Signals | undefined;

  constructor(
    private readonly host: ProcessHost,
    private readonly container: Container,
    readonly argv: readonly string[],
    readonly stdin: Input,
    readonly stdout: (text: string) => void,
    readonly stderr: (text: string) => void,
    private readonly extra?: {
      readonly env?: readonly string[];
      readonly tty?: boolean;
      readonly terminal?: Terminal;
      readonly user?: string;
      readonly cwd?: string;
      /** It is the container's first process. */
      readonly first?: boolean;
    },
  ) {}

  get machine(): Machine {
    const { cpus, memory } = this.host;
    return { cpus, memory, mounts: this.container.mounts };
  }

  get cwd(): string {
    this.folder ??= this.extra?.cwd || this.container.config.WorkingDir || '/';
    return this.folder;
  }

  set cwd(folder: string) {
    this.folder = folder;
  }

  get env(): Map<string, string> {
    this.variables ??= environmentOf(this.container, this.extra?.env, this.extra?.tty);
    return this.variables;
  }

  set env(variables: Map<string, string>) {
    this.variables = variables;
  }

  get fs(): FileSystem {
    const files = this.host.filesOf(this.container);
    const [name = '', group] = this.user.split(':');
    if (name === '' || name === 'root' || name === '0') return files;
    this.ownFiles ??= new UserFiles(files, userID(files, name), groupID(files, name, group));
    return this.ownFiles;
  }

  get sandbox(): Sandbox | undefined {
    return this.container.sandbox;
  }

  get sim(): Simulation {
    return this.host.sim;
  }

  get hostname(): string {
    return this.container.hostname;
  }

  get alive(): boolean {
    this.run ??= this.container.pid;
    return this.host.powered && this.container.isUp && this.container.pid === this.run;
  }

  get user(): string {
    return this.extra?.user || this.container.config.User || '';
  }

  get pid(): number {
    this.number ??= this.extra?.first ? 1 : this.processes.takePid();
    return this.number;
  }

  get processes(): ProcessTable {
    const { container, host } = this;
    container.processes ??= new ProcessTable({
      pid: 1,
      parent: 0,
      user: container.config.User || 'root',
      argv: container.argv,
      started: container.startedAt,
      signal: (number) => host.signalFirst(container, number),
      vanish: () => {},
    });
    return container.processes;
  }

  get signals(): Signals {
    this.heard ??= {};
    return this.heard;
  }

  get tty(): boolean {
    return this.extra?.tty ?? false;
  }

  get terminal(): Terminal | undefined {
    return this.extra?.terminal;
  }

  /** Starts a program as this process: `ps` shows it, and it hears signals. */
  start(program: Program, exit: (code: number) => void): Running {
    if (this.extra?.first) return new Running(program, this, exit);
    const { processes, pid } = this;
    let over = false;
    const running = new Running(program, this, (code) => {
      over = true;
      processes.remove(pid);
      exit(code);
    });
    if (!over) {
      processes.add({
        pid,
        parent: 0,
        user: this.user || 'root',
        argv: this.argv,
        started: this.sim.now,
        signal: (number) => running.signal(number),
        vanish: () => {},
      });
    }
    return running;
  }

  placeOf(name: string): string {
    return placeOf(name, this.container.image.definition);
  }

  toFirst(stream: 'stdout' | 'stderr', text: string): void {
    this.container.logs.write(this.sim.now, stream, text);
  }

  hasTool(name: string): boolean {
    return (
      (this.container.extraTools?.has(name) ?? false) || contentsOf(this.container.image.definition).tools.has(name)
    );
  }

  /** Only below the first process: what an exec starts beside it is not the container's server. */
  serverFor(argv: readonly string[], exec: boolean): Program | undefined {
    const behaviour = this.extra?.first ? serverOf(this.container.image.definition, argv) : undefined;
    if (!behaviour) return undefined;
    const program = serverProgram(this.container, behaviour);
    return (process) => {
      this.container.shellServer = { behaviour, exec };
      return program(process);
    };
  }

  exhaust(): void {
    if (!this.container.hostConfig.Memory) return;
    this.container.oomKilled = true;
    throw new OutOfMemoryKill();
  }

  addTools(names: readonly string[]): void {
    this.container.extraTools ??= new Set();
    for (const name of names) this.container.extraTools.add(name);
  }

  http(host: string, port: number, request: HttpRequest | string): HttpOutcome {
    const whole = typeof request === 'string' ? httpRequest(request) : request;
    return this.host.http(this.container, host, port, whole);
  }

  reachable(address: string): boolean {
    return this.host.reachable(this.container, address);
  }
}
