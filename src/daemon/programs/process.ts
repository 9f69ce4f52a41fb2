import type { Sandbox } from '../../network/libnetwork';
import type { Micros, Simulation } from '../../sim';
import type { FileSystem } from '../containers/file-system';
import type { HttpOutcome, HttpRequest } from './http';

/** Something that a program waits for: begins the waiting, and gives what ends it early. */
export type Wait = (resume: () => void) => () => void;

/** What a running program may use. The container's side makes it. */
export interface Process {
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  cwd: string;
  readonly fs: FileSystem;
  /** All of the input there is; undefined while input may still come. */
  readonly stdin: Input;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Absent while the container has no network of its own. */
  readonly sandbox: Sandbox | undefined;
  readonly sim: Simulation;
  readonly hostname: string;
  readonly user: string;
  /** False once its container has stopped: what is left of it in the background ends. */
  readonly alive: boolean;
  /** Whether a name is a program of this container. */
  hasTool(name: string): boolean;
  /** The container's own server, for a command that starts it (ORCH-114). */
  serverFor?(argv: readonly string[], exec: boolean): Program | undefined;
  /** The command takes the place of the shell that runs it. */
  readonly takesPlace?: boolean;
  /** Installs programs, as `apk add` does. */
  addTools(names: readonly string[]): void;
  /** Asks an HTTP server: `host` is an address or `localhost`; `request` is a whole request, or the path of a GET. */
  http(host: string, port: number, request: HttpRequest | string): HttpOutcome;
  /** Whether an address can be reached by ICMP from here. */
  reachable(address: string): boolean;
}

/** Input of a program: text that came, and whether more may come. */
export interface Input {
  /** Takes what came so far. */
  take(): string;
  readonly ended: boolean;
  /** Called when something came or the input ended. */
  onMore(listener: () => void): void;
}

/**
 * A program: its exit code, at once or after waits in virtual time. Yields what it waits for. It never sees wall time,
 * and its clean-up runs in `finally` when it is killed.
 */
export type Program = (process: Process) => Generator<Wait, number, void> | number;

/** Waits for a duration of virtual time. */
export function sleep(sim: Simulation, duration: Micros): Wait {
  return (resume) => {
    const timer = sim.after(duration, resume);
    return () => timer.cancel();
  };
}

/** Waits for ever: only a signal ends it. */
export const forever: Wait = () => () => {};

/** Input that is over before it began. */
export const noInput: Input = { take: () => '', ended: true, onMore: () => {} };

/** Input that is already all there. */
export function textInput(text: string): Input {
  let rest = text;
  return {
    take: () => {
      const taken = rest;
      rest = '';
      return taken;
    },
    ended: true,
    onMore: () => {},
  };
}

/** A program under way. */
export class Running {
  #generator: Generator<Wait, number, void> | undefined;
  #cancel: (() => void) | undefined;
  #exit: ((code: number) => void) | undefined;

  /** Starts at once. `exit` is called once, perhaps before this returns; never after `end`. */
  constructor(program: Program, process: Process, exit: (code: number) => void) {
    this.#exit = exit;
    const result = program(process);
    if (typeof result === 'number') this.#done(result);
    else {
      this.#generator = result;
      this.#step();
    }
  }

  get alive(): boolean {
    return this.#exit !== undefined;
  }

  /** Ends it from outside with this exit code; nothing of it runs afterwards. */
  end(code: number): void {
    if (!this.#exit) return;
    this.#cancel?.();
    this.#cancel = undefined;
    const generator = this.#generator;
    this.#generator = undefined;
    generator?.return(code);
    this.#done(code);
  }

  /** Takes it away without an exit: the machine lost its power. */
  vanish(): void {
    this.#exit = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#generator = undefined;
  }

  #step(): void {
    for (;;) {
      const generator = this.#generator;
      if (!generator) return;
      const next = generator.next();
      if (next.done) {
        this.#generator = undefined;
        this.#done(next.value);
        return;
      }
      // A wait may be over before it began: then the loop goes on without growing the stack.
      let waiting = false;
      let over = false;
      const cancel = next.value(() => {
        if (over) return;
        over = true;
        this.#cancel = undefined;
        if (waiting) this.#step();
      });
      if (!over) {
        waiting = true;
        this.#cancel = cancel;
        return;
      }
    }
  }

  #done(code: number): void {
    const exit = this.#exit;
    this.#exit = undefined;
    exit?.(code);
  }
}
