import type { Random } from '../../sim';
import { millisecond } from '../../sim';
import { DaemonError } from '../errors';
import type { EventLog } from '../events/event-log';
import type { Input } from '../programs';
import { Running } from '../programs';
import type { Container } from './container';
import { ContainerProcess } from './container-process';
import type { Containers } from './containers';
import { programOf } from './main-process';

export interface ExecConfig {
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly Tty?: boolean;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Privileged?: boolean;
  readonly DetachKeys?: string;
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
  create(container: Container, config: ExecConfig): Exec {
    if (!config.Cmd || config.Cmd.length === 0) throw new DaemonError('invalid', 'No exec command specified');
    this.#checkRuns(container);
    const exec: Exec = {
      id: this.random.hexId(),
      container,
      config,
      running: false,
      started: false,
      exitCode: undefined,
      pid: 0,
      process: undefined,
    };
    this.#execs.set(exec.id, exec);
    container.execs = [...(container.execs ?? []), exec.id];
    this.#emit(exec, `exec_create: ${commandText(config.Cmd)}`);
    return exec;
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
    this.#checkRuns(exec.container);
    exec.started = true;
    exec.running = true;
    exec.pid = this.containers.nextPid();
    this.#emit(exec, `exec_start: ${commandText(exec.config.Cmd ?? [])}`);
    const process = new ContainerProcess(
      this.containers,
      exec.container,
      exec.config.Cmd ?? [],
      streams.input,
      (text) => streams.stdout(text),
      (text) => (exec.config.Tty ? streams.stdout(text) : streams.stderr(text)),
      {
        env: exec.config.Env ?? [],
        tty: exec.config.Tty ?? false,
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
    if (typeof program !== 'function') {
      const text = `OCI runtime exec failed: exec failed: unable to start container process: ${program.error}\r\n`;
      this.after(10 * millisecond, () => {
        streams.stdout(text);
        end(program.exitCode);
      });
      return;
    }
    this.after(10 * millisecond, () => {
      if (exec.running) exec.process = new Running(program, process, end);
    });
  }

  /** The container stopped: what runs inside is killed. */
  endAll(container: Container): void {
    for (const id of container.execs ?? []) {
      const exec = this.#execs.get(id);
      exec?.process?.end(137);
      this.#execs.delete(id);
    }
    container.execs = undefined;
  }

  #checkRuns(container: Container): void {
    if (container.status === 'paused') {
      throw new DaemonError('conflict', `Container ${container.id} is paused, unpause the container before exec`);
    }
    if (container.status === 'restarting') {
      throw new DaemonError('conflict', `Container ${container.id} is restarting, wait until the container is running`);
    }
    if (container.status !== 'running') throw new DaemonError('conflict', `container ${container.id} is not running`);
  }

  #emit(exec: Exec, action: string, own: Readonly<Record<string, string>> = {}): void {
    this.events.emit('container', action, exec.container.id, exec.container.attributes, { execID: exec.id, ...own });
  }
}

function commandText([name = '', ...rest]: readonly string[]): string {
  return `${name} ${rest.join(' ')}`;
}
