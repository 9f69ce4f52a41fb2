import type { Micros, Random } from '../../sim';
import { millisecond } from '../../sim';
import { DaemonError, messageOf } from '../errors';
import type { EventLog } from '../events/event-log';
import type { Input, Running } from '../programs';
import { Terminal } from '../programs';
import type { Container } from './container';
import { ContainerProcess } from './container-process';
import type { Containers } from './containers';
import { normalizePath } from './file-system';
import { programOf } from './main-process';
import { checkUser } from './users';

export interface ExecConfig {
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly Tty?: boolean;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Privileged?: boolean;
  readonly DetachKeys?: string;
  readonly ConsoleSize?: readonly number[] | null;
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
}

/** A command that is run inside a running container (API-60). */
export interface Exec {
  readonly id: string;
  readonly container: Container;
  readonly config: ExecConfig;
  running: boolean;
  started: boolean;
  startedAt: Micros;
  /** Size of its terminal: rows and columns. */
  size: readonly [number, number];
  exitCode: number | undefined;
  pid: number;
  process: Running | undefined;
}

/** Where the output of an exec goes. */
export interface ExecStreams {
  readonly input: Input;
  stdout(text: string): void;
  stderr(text: string): void;
  /** The process ended; its exit code is in the exec. */
  ended(): void;
}

/** The execs of one node. Those that ended are forgotten with their container. */
export class Execs {
  readonly #execs = new Map<string, Exec>();

  constructor(
    private readonly containers: Containers,
    private readonly random: Random,
    private readonly events: EventLog,
    private readonly after: (delay: number, run: () => void) => unknown,
  ) {}

  /** Throws 400 without a command and 409 when the container does not run. */
  create(container: Container, config: ExecConfig, reference = container.id): Exec {
    if (!config.Cmd || config.Cmd.length === 0) throw new DaemonError('invalid', 'No exec command specified');
    this.#checkRuns(container, reference);
    const exec: Exec = {
      id: this.random.hexId(),
      container,
      config,
      running: false,
      started: false,
      startedAt: 0,
      size: [config.ConsoleSize?.[0] ?? 0, config.ConsoleSize?.[1] ?? 0],
      exitCode: undefined,
      pid: 0,
      process: undefined,
    };
    this.#execs.set(exec.id, exec);
    container.execs = [...(container.execs ?? []), exec.id];
    this.#emit(exec, `exec_create: ${commandText(config.Cmd)}`);
    return exec;
  }

  /** Those of a container, oldest first. */
  of(container: Container): readonly Exec[] {
    return (container.execs ?? []).flatMap((id) => this.#execs.get(id) ?? []);
  }

  /** Throws 404. */
  get(id: string): Exec {
    const exec = this.#execs.get(id);
    if (!exec) throw new DaemonError('not found', `No such exec instance: ${id}`);
    return exec;
  }

  /** Runs it; throws 409 when it ran already or its container does not run. */
  start(exec: Exec, streams: ExecStreams): void {
    if (exec.started)
      throw new DaemonError(
        'conflict',
        exec.running ? `exec ${exec.id} is already running` : `exec ${exec.id} has already run`,
      );
    this.#checkRuns(exec.container, exec.container.id);
    exec.started = true;
    exec.startedAt = this.containers.sim.now;
    exec.running = true;
    exec.pid = this.containers.nextPid();
    this.#emit(exec, `exec_start: ${commandText(exec.config.Cmd ?? [])}`);
    const terminal = exec.config.Tty ? new Terminal(streams.input, (text) => streams.stdout(text)) : undefined;
    if (terminal) terminal.onSignal = (number) => exec.process?.typed(number);
    const process = new ContainerProcess(
      this.containers,
      exec.container,
      exec.config.Cmd ?? [],
      terminal ?? streams.input,
      terminal ? (text) => terminal.write(text) : (text) => streams.stdout(text),
      terminal ? (text) => terminal.write(text) : (text) => streams.stderr(text),
      {
        env: exec.config.Env ?? [],
        tty: exec.config.Tty ?? false,
        ...(terminal ? { terminal } : {}),
        ...(exec.config.User ? { user: exec.config.User } : {}),
        ...(exec.config.WorkingDir ? { cwd: exec.config.WorkingDir } : {}),
      },
    );
    const end = (exitCode: number) => {
      if (!exec.running) return;
      exec.running = false;
      exec.exitCode = exitCode;
      exec.process = undefined;
      this.#emit(exec, 'exec_die', { exitCode: String(exitCode) });
      streams.ended();
    };
    const program = programOf(process);
    const refused = this.#refusal(exec, process, program);
    if (refused !== undefined || typeof program !== 'function') {
      const notFound = typeof program === 'function' ? 126 : program.exitCode;
      this.after(10 * millisecond, () => {
        streams.stdout(`${refused}\r\n`);
        end(this.containers.isOld ? 126 : notFound);
      });
      return;
    }
    this.after(10 * millisecond, () => {
      if (exec.running) exec.process = process.start(program, end);
    });
  }

  /** Why the command cannot be run, in the words of the runtime. */
  #refusal(exec: Exec, process: ContainerProcess, program: ReturnType<typeof programOf>): string | undefined {
    try {
      checkUser(exec.config.User ?? '', exec.container, process.fs);
    } catch (error) {
      return messageOf(error);
    }
    const failed = 'OCI runtime exec failed: exec failed: unable to start container process';
    const folder = exec.config.WorkingDir;
    if (folder && !process.fs.isFolder(normalizePath(folder)))
      return `${failed}: chdir to cwd (${JSON.stringify(folder)}) set in config.json failed: no such file or directory: unknown`;
    return typeof program === 'function' ? undefined : `${failed}: ${program.error}`;
  }

  /** The container stopped: what runs inside is killed. */
  endAll(container: Container): void {
    for (const id of container.execs ?? []) {
      const exec = this.#execs.get(id);
      exec?.process?.end(137);
      this.#execs.delete(id);
    }
    container.execs = undefined;
    container.processes?.clear();
    container.processes = undefined;
  }

  #checkRuns(container: Container, reference: string): void {
    const old = this.containers.isOld;
    if (container.status === 'paused') {
      throw new DaemonError('conflict', `Container ${reference} is paused, unpause the container before exec`);
    }
    if (container.status === 'restarting') {
      throw new DaemonError('conflict', `Container ${container.id} is restarting, wait until the container is running`);
    }
    if (container.status !== 'running') {
      throw new DaemonError('conflict', `${old ? 'Container' : 'container'} ${container.id} is not running`);
    }
  }

  #emit(exec: Exec, action: string, own: Readonly<Record<string, string>> = {}): void {
    this.events.emit('container', action, exec.container.id, exec.container.attributes, { execID: exec.id, ...own });
  }
}

function commandText([name = '', ...rest]: readonly string[]): string {
  return `${name} ${rest.join(' ')}`;
}
