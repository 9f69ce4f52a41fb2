import { second } from '../../../sim';
import type { Input, Process, Program } from '../process';
import { noInput, Running, sleep } from '../process';
import type { Run } from '../run-command';
import { derive } from '../run-command';
import { ShellFailure } from './control';
import type { Shell } from './shell';

/** A child of a shell. */
export interface Job {
  readonly pid: number;
  readonly running: Running;
  readonly text: string;
  /** Its exit code once it ended. */
  code: number | undefined;
  /** Hear of its end. */
  readonly listeners: (() => void)[];
}

/** What a child has of its own. */
export interface ChildOptions {
  readonly argv: readonly string[];
  readonly env?: Map<string, string>;
  readonly cwd?: string;
  readonly stdin?: Input;
  readonly stdout?: (text: string) => void;
  readonly stderr?: (text: string) => void;
}

/** Starts a program as a child of `parent`: with a number, a line in `ps`, and open to signals. */
export function startJob(program: Program, parent: Process, options: ChildOptions): Job {
  const { processes } = parent;
  if (processes.full) throw new ShellFailure("can't fork: Resource temporarily unavailable");
  const pid = processes.takePid();
  const child = derive(parent, { ...options, stdin: options.stdin ?? noInput, pid, signals: {}, takesPlace: false });
  const job: { -readonly [key in keyof Job]: Job[key] } = {
    pid,
    text: options.argv.join(' '),
    code: undefined,
    listeners: [],
    running: undefined as never,
  };
  processes.add({
    pid,
    parent: parent.pid,
    user: parent.user,
    argv: options.argv,
    started: parent.sim.now,
    signal: (number) => job.running.signal(number),
    vanish: () => job.running.vanish(),
  });
  let early: number | undefined;
  const ended = (code: number): void => {
    job.code = code;
    processes.remove(pid);
    for (const listener of job.listeners.splice(0)) listener();
  };
  // A program may end before it is known.
  job.running = new Running(program, child, (code) => {
    if (job.running === undefined) early = code;
    else ended(code);
  });
  if (early !== undefined) ended(early);
  return job;
}

/** What a fork costs: a turn as of a loop, and a second's wait where the container has no room for more processes. */
export function* roomToFork(shell: Shell): Run<void> {
  const { sim, processes } = shell.process;
  yield shell.pace.turn(sim);
  if (processes.full) yield sleep(sim, second);
}

/** Waits for children that run in front: what ends the shell, ends them. */
export function* inFront(jobs: readonly Job[], parent: Process): Run<void> {
  parent.signals.front ??= new Set();
  const { front } = parent.signals;
  for (const { running } of jobs) front.add(running);
  try {
    for (const job of jobs) {
      if (job.code !== undefined) continue;
      yield (resume) => {
        job.listeners.push(resume);
        return () => {
          for (const { running } of jobs) running.end(137);
        };
      };
    }
  } finally {
    for (const { running } of jobs) front.delete(running);
  }
}
