import type { ContainerState, HealthConfig, HealthLog } from '../../api';
import type { Micros } from '../../sim';
import { fromNanoseconds, millisecond, second, timestamp } from '../../sim';
import { parseShell, ShellSyntaxError } from '../programs';
import type { CommandNode, ScriptNode, WordNode } from '../programs/shell/syntax';

export type HealthStatus = 'starting' | 'healthy' | 'unhealthy';

export interface ProbeResult {
  readonly exitCode: number;
  readonly output: string;
}

/** What the monitor needs of its container's node. */
export interface HealthHost {
  readonly now: Micros;
  after(delay: Micros, run: () => void): { cancel(): void };
  /** Runs the probe's command; `done` once. The result ends it. */
  probe(done: (result: ProbeResult) => void): () => void;
  /** The status changed. */
  changed(status: HealthStatus): void;
}

/** Timing of a check with its defaults filled in (ORCH-119). */
export interface HealthPlan {
  readonly argv: readonly string[];
  readonly interval: Micros;
  readonly timeout: Micros;
  readonly retries: number;
  readonly startPeriod: Micros;
  readonly startInterval: Micros;
  /** Its result changes only with the container's files or state: nothing is due while neither changes. */
  readonly settled: boolean;
}

const shown = 5;

/** Commands whose result depends on nothing but the container's files and state. */
const quiet = new Set([
  'exit',
  'true',
  'false',
  ':',
  'test',
  '[',
  'echo',
  'cat',
  'grep',
  'pg_isready',
  'redis-cli',
  'curl',
  'wget',
]);

function plainText({ parts }: WordNode): string | undefined {
  let text = '';
  for (const part of parts) {
    if (part.type === 'DoubleQuoted') {
      const inner = plainText({ type: 'Word', parts: part.parts });
      if (inner === undefined) return undefined;
      text += inner;
    } else if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Escaped') text += part.value;
    else if (part.type === 'Glob') text += part.pattern;
    else return undefined;
  }
  return text;
}

function isQuiet({ statements }: ScriptNode): boolean {
  return statements.every(
    ({ pipelines, background }) =>
      !background && pipelines.every(({ commands }) => commands.every((command) => isQuietCommand(command))),
  );
}

function isQuietCommand(command: CommandNode): boolean {
  if (command.type !== 'SimpleCommand' || command.assignments.length > 0) return false;
  for (const { operator, target } of command.redirections) {
    if (target.type === 'HereDoc') return false;
    const text = plainText(target);
    if (operator !== '>&' && text !== '/dev/null') return false;
  }
  const words = [...(command.name ? [command.name] : []), ...command.args].map(plainText);
  return !words.includes(undefined) && areQuiet(words as string[]);
}

function areQuiet([name, ...rest]: readonly string[]): boolean {
  if (name === undefined || !quiet.has(name)) return false;
  if (name !== 'curl' && name !== 'wget') return true;
  return rest.some((word) => /^(https?:\/\/)?(localhost|127\.0\.0\.1)([:/]|$)/.test(word));
}

/** Whether a check's result changes only with the container's files or state. */
function isSettled(argv: readonly string[], line: string | undefined): boolean {
  if (line === undefined) return areQuiet(argv);
  // Most lines that are not settled say so at once, without being read.
  if (/[$`&(]|\bwhile\b/.test(line.replace(/&&|[12]?>&[12]/g, ''))) return false;
  try {
    return isQuiet(parseShell(line));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    return false;
  }
}

/** Reads a health check; undefined when there is none or it is switched off (ORCH-116). */
export function healthPlan(
  own: HealthConfig | undefined,
  image: HealthConfig | undefined,
  startInterval: boolean,
): HealthPlan | undefined {
  const test = own?.Test && own.Test.length > 0 ? own.Test : image?.Test;
  if (!test || test.length === 0 || test[0] === 'NONE') return undefined;
  const pick = (key: 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval', fallback: Micros) =>
    fromNanoseconds(own?.[key] || image?.[key] || 0) || fallback;
  const argv = test[0] === 'CMD-SHELL' ? ['/bin/sh', '-c', test[1] ?? ''] : test[0] === 'CMD' ? test.slice(1) : test;
  const interval = pick('Interval', 30 * second);
  const settled = isSettled(argv, test[0] === 'CMD-SHELL' ? (test[1] ?? '') : undefined);
  return {
    argv,
    interval,
    timeout: pick('Timeout', 30 * second),
    retries: own?.Retries || image?.Retries || 3,
    startPeriod: pick('StartPeriod', 0),
    startInterval: startInterval ? pick('StartInterval', 5 * second) : interval,
    settled,
  };
}

/**
 * The health checks of one run of a container (ORCH-117, ORCH-119). When the result cannot change by itself, no event is
 * due: `wake` is called with every change inside, and the probes in between are told as they would have run.
 */
export class HealthMonitor {
  status: HealthStatus = 'starting';
  streak = 0;
  readonly #plan: HealthPlan;
  readonly #host: HealthHost;
  readonly #began: Micros;
  #log: HealthLog[] = [];
  #timer: { cancel(): void } | undefined;
  #stopProbe: (() => void) | undefined;
  #everHealthy = false;
  /** Since when nothing is due, and with which result. */
  #asleep: { readonly since: Micros; readonly period: Micros; readonly result: ProbeResult } | undefined;
  #stopped = false;

  constructor(plan: HealthPlan, host: HealthHost) {
    this.#plan = plan;
    this.#host = host;
    this.#began = host.now;
    this.#schedule(this.#wait());
  }

  /** The container stopped. */
  stop(): void {
    this.#fillLog();
    this.#asleep = undefined;
    this.#stopped = true;
    this.#timer?.cancel();
    this.#stopProbe?.();
  }

  /** Something changed that the probe may see: the next one runs when it would have been its turn. */
  wake(): void {
    const asleep = this.#asleep;
    if (!asleep || this.#stopped) return;
    this.#fillLog();
    this.#asleep = undefined;
    const passed = this.#host.now - asleep.since;
    this.#schedule(asleep.period - (passed % asleep.period));
  }

  /** As `State.Health` of an inspect (API-41). */
  view(): NonNullable<ContainerState['Health']> {
    this.#fillLog();
    return { Status: this.status, FailingStreak: this.streak, Log: [...this.#log] };
  }

  #inStartPeriod(): boolean {
    return !this.#everHealthy && this.#host.now - this.#began < this.#plan.startPeriod;
  }

  #wait(): Micros {
    return this.#inStartPeriod() ? this.#plan.startInterval : this.#plan.interval;
  }

  #schedule(delay: Micros): void {
    this.#timer = this.#host.after(delay, () => this.#probe());
  }

  #probe(): void {
    const start = this.#host.now;
    let over = false;
    const finish = (result: ProbeResult) => {
      if (over || this.#stopped) return;
      over = true;
      timeout.cancel();
      this.#stopProbe = undefined;
      this.#finish(start, result);
    };
    const timeout = this.#host.after(this.#plan.timeout, () => {
      this.#stopProbe?.();
      finish({ exitCode: -1, output: `Health check exceeded timeout (${this.#plan.timeout / second}s)` });
    });
    this.#stopProbe = this.#host.probe(finish);
  }

  #finish(start: Micros, result: ProbeResult): void {
    const end = Math.max(this.#host.now, start + 20 * millisecond);
    this.#record(start, end, result);
    const before = this.status;
    if (result.exitCode === 0) {
      this.#everHealthy = true;
      this.streak = 0;
      this.status = 'healthy';
    } else if (!this.#inStartPeriod()) {
      this.streak++;
      if (this.streak >= this.#plan.retries) this.status = 'unhealthy';
    }
    const settled = this.#plan.settled && (result.exitCode === 0 || this.status === 'unhealthy');
    if (settled) this.#asleep = { since: this.#host.now, period: this.#plan.interval, result };
    else this.#schedule(this.#wait());
    if (this.status !== before) this.#host.changed(this.status);
  }

  #record(start: Micros, end: Micros, { exitCode, output }: ProbeResult): void {
    this.#log.push({
      Start: timestamp(start),
      End: timestamp(end),
      ExitCode: exitCode,
      Output: output.slice(0, 4_096),
    });
    if (this.#log.length > shown) this.#log = this.#log.slice(-shown);
  }

  /** Writes down the probes that ran while nothing was due. */
  #fillLog(): void {
    const asleep = this.#asleep;
    if (!asleep) return;
    const count = Math.floor((this.#host.now - asleep.since) / asleep.period);
    if (count === 0) return;
    for (let turn = Math.max(1, count - shown + 1); turn <= count; turn++) {
      const start = asleep.since + turn * asleep.period;
      this.#record(start, start + 20 * millisecond, asleep.result);
    }
    if (asleep.result.exitCode !== 0) this.streak += count;
    this.#asleep = { ...asleep, since: asleep.since + count * asleep.period };
  }
}
