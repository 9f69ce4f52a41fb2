import type { Bash, ScriptNode } from 'just-bash';
import type { Micros } from '../../../sim';
import { digest } from './digest';
import { OwnPromise } from './own-promise';

/** What the library sees of the world, in the order of the factory's parameters: nothing of it is the machine's. */
type World = readonly [
  promise: typeof OwnPromise,
  setTimer: () => object,
  clearTimer: () => void,
  date: DateConstructor,
  math: Math,
  performance: object,
  globals: object,
];

/** The library's exports that are used here. */
export interface Library {
  readonly Bash: typeof Bash;
}

/** The library, bundled so that its asynchronous functions are generators over the promise that it is given. */
export type LibraryFactory = (...world: World) => Library;

let load: (() => LibraryFactory) | undefined;
let library: Library | undefined;
let parser: Bash | undefined;

/** What time it is and what chance says for the program that runs now. */
const present = { now: 0 as Micros, chance: 1 };

/** Says where the library comes from. It is loaded when the first script runs. */
export function provideShellLibrary(from: () => LibraryFactory): void {
  load = from;
}

/** Time, and the seed of chance, for what the library does next. */
export function enterLibrary(now: Micros): void {
  present.now = now;
  present.chance = (Math.floor(now / 1_000) % 0x7fffffff) + 1;
}

/** A number from 0 (included) to 1 (excluded) that follows from when it is asked for, so that a replay gives it again. */
export function libraryChance(): number {
  present.chance = (present.chance * 48_271) % 0x7fffffff;
  return (present.chance - 1) / 0x7ffffffe;
}

function ownDate(): DateConstructor {
  class SimulatedDate extends Date {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(present.now / 1_000);
      else if (given.length === 1) super(given[0] as number);
      else super(Date.UTC(...(given as [number, number])));
    }
    static override now(): number {
      return Math.floor(present.now / 1_000);
    }
    // Containers live in UTC, wherever the simulation runs.
    override getTimezoneOffset = () => 0;
    override getFullYear = this.getUTCFullYear;
    override getMonth = this.getUTCMonth;
    override getDate = this.getUTCDate;
    override getDay = this.getUTCDay;
    override getHours = this.getUTCHours;
    override getMinutes = this.getUTCMinutes;
    override getSeconds = this.getUTCSeconds;
    override getMilliseconds = this.getUTCMilliseconds;
  }
  return SimulatedDate as unknown as DateConstructor;
}

function ownWorld(): World {
  // No timer of the library ever fires: its limits of time are off, and what sleeps are programs of the simulation.
  const setTimer = () => ({ unref: () => {} });
  const clearTimer = () => {};
  const date = ownDate();
  const math = Object.create(Math, { random: { value: libraryChance } }) as Math;
  const performance = { now: () => present.now / 1_000 };
  const crypto = {
    subtle: {
      digest: (algorithm: string, data: ArrayBuffer) => {
        const result = digest(algorithm, new Uint8Array(data));
        return result ? OwnPromise.resolve(result.buffer) : OwnPromise.reject(new Error('unknown algorithm'));
      },
    },
  };
  const own = {
    Promise: OwnPromise,
    setTimeout: setTimer,
    setInterval: setTimer,
    clearTimeout: clearTimer,
    clearInterval: clearTimer,
    Date: date,
    Math: math,
    performance,
    crypto,
    process: undefined,
  };
  const globals = Object.create(globalThis) as object;
  for (const [name, value] of Object.entries(own)) Object.defineProperty(globals, name, { value });
  return [OwnPromise, setTimer, clearTimer, date, math, performance, globals];
}

/** Throws when nobody provided it. */
export function shellLibrary(): Library {
  if (!library) {
    if (!load) throw new Error('the shell library was not provided');
    library = load()(...ownWorld());
  }
  return library;
}

/** Limits of the library's own work, so that no command holds the simulation for long. */
export const libraryLimits = {
  maxExecutionTimeMs: Number.POSITIVE_INFINITY,
  maxOutputSize: 4 * 1024 ** 2,
  maxLoopIterations: 20_000,
  maxAwkIterations: 200_000,
  maxSedIterations: 20_000,
  maxJqIterations: 20_000,
  maxCommandCount: 20_000,
  maxCallDepth: 50,
  maxStringLength: 4 * 1024 ** 2,
};

/** The syntax tree of a script. Throws the parser's error. */
export function parseWithLibrary(text: string): ScriptNode {
  parser ??= new (shellLibrary().Bash)({ defenseInDepth: false, executionLimits: libraryLimits });
  return parser.transform(text).ast;
}
