import type { Sandbox } from '../../network/libnetwork';
import type { Micros, Simulation } from '../../sim';
import type { FileSystem } from '../containers/file-system';
import type { HttpOutcome, HttpRequest } from './http';
import type { Machine } from './machine';
import { BrokenPipe } from './pipe';
import type { ProcessTable } from './process-table';
import type { Terminal } from './terminal';

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
  /** Its number in the container. */
  readonly pid: number;
  readonly processes: ProcessTable;
  readonly signals: Signals;
  /** It has a terminal. */
  readonly tty?: boolean;
  /** Its terminal, when a person may type there. */
  readonly terminal?: Terminal | undefined;
  /** The machine below and the container's mounts, as far as programs show them. */
  readonly machine?: Machine;
  /** Whether a name is a program of this container. */
  hasTool(name: string): boolean;
  /** Path of the program of a name. */
  placeOf(name: string): string;
  /** Writes to the output of the container's first process. */
  toFirst?(stream: 'stdout' | 'stderr', text: string): void;
  /** The container's own server, for a command that starts it (ORCH-114). */
  serverFor?(argv: readonly string[], exec: boolean): Program | undefined;
  /** The command takes the place of the shell that runs it. */
  readonly takesPlace?: boolean;
  /** The program needs more memory than any limit: throws `OutOfMemoryKill` when its container has one. */
  exhaust?(): void;
  /** Installs programs, as `apk add` does. */
  addTools(names: readonly string[]): void;
  /** Asks an HTTP server: `host` is an address or `localhost`; `request` is a whole request, or the path of a GET. */
  http(host: string, port: number, request: HttpRequest | string): HttpOutcome;
  /** Whether an address can be reached by ICMP from here. */
  reachable(address: string): boolean;
}

/** How a process hears signals. */
export interface Signals {
  /** True when it does something of its own with the signal. */
  handler?: (number: number) => boolean;
  /** Its children that have the terminal. */
  front?: Set<Running>;
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

/** Thrown by a program that needs more memory than its container may have: the kernel kills it. */
export class OutOfMemoryKill extends Error {}

/** The exit code of a program that broke off. Throws what is a mistake of the simulation itself. */
function brokenOff(error: unknown): number {
  if (error instanceof BrokenPipe) return 141;
  if (error instanceof OutOfMemoryKill) return 137;
  // Recursion without an end: the real one runs out of stack, too.
  if (error instanceof RangeError) return 139;
  throw error;
}

/** A program under way. */
export class Running {
  readonly #process: Process;
  #generator: Generator<Wait, number, void> | undefined;
  #cancel: (() => void) | undefined;
  #exit: ((code: number) => void) | undefined;
  #stepping = false;

  /** Starts at once. `exit` is called once, perhaps before this returns; never after `end`. */
  constructor(program: Program, process: Process, exit: (code: number) => void) {
    this.#exit = exit;
    this.#process = process;
    let result: ReturnType<Program>;
    try {
      result = program(process);
    } catch (error) {
      result = brokenOff(error);
    }
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
    // First of all: what its wait ends may wake it.
    const generator = this.#generator;
    this.#generator = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
    // One that ends itself is at work just now: it stops at its next wait.
    if (!this.#stepping) generator?.return(code);
    this.#done(code);
  }

  /** Gives it a signal that it may handle; false when it does not. */
  hears(number: number): boolean {
    return this.#process.signals.handler?.(number) ?? false;
  }

  /** Gives it a signal; what it does not handle ends it. */
  signal(number: number): void {
    if (number === 9 || !this.hears(number)) {
      const harmless = [17, 18, 23, 28].includes(number);
      if (!harmless) this.end(128 + number);
    }
  }

  /** What runs in front of it. */
  get front(): readonly Running[] {
    return [...(this.#process.signals.front ?? [])];
  }

  /** Ctrl-C (2) or Ctrl-\\ (3) on its terminal: for it and for what it runs in front. */
  typed(number: number): void {
    const { front } = this;
    const handled = this.hears(number);
    for (const one of front) one.typed(number);
    if (!handled) this.end(128 + number);
  }

  /** Takes it away without an exit: the machine lost its power. */
  vanish(): void {
    this.#exit = undefined;
    this.#generator = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #step(): void {
    for (;;) {
      const generator = this.#generator;
      if (!generator) return;
      let next: IteratorResult<Wait, number>;
      try {
        this.#stepping = true;
        next = generator.next();
      } catch (error) {
        this.#stepping = false;
        this.#generator = undefined;
        this.#done(brokenOff(error));
        return;
      }
      this.#stepping = false;
      // It was ended meanwhile.
      if (this.#generator !== generator) return;
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
