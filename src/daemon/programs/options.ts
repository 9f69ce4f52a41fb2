import type { Process } from './process';

/** The options of a command line, read as getopt reads them. */
export interface Options {
  /** How often each option without a value was given. */
  readonly flags: ReadonlyMap<string, number>;
  /** Values of options that have one, in order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  /** An option that the program does not have, or one whose value is missing. */
  readonly wrong: string | undefined;
  has(name: string): boolean;
  /** The last value of an option. */
  value(name: string): string | undefined;
}

/** What a program takes: letters of options without and with a value, and what long options stand for. */
export interface OptionSpec {
  readonly flags?: string;
  readonly values?: string;
  /** Long name -> letter. */
  readonly long?: Readonly<Record<string, string>>;
  /** Options end at the first operand: what follows is another command. */
  readonly inOrder?: boolean;
}

/** Reads the words after a program's name. */
export function readOptions(words: readonly string[], spec: OptionSpec): Options {
  const flags = new Map<string, number>();
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  let wrong: string | undefined;
  const rest = [...words];
  const put = (name: string, value: string | undefined): void => {
    if (value === undefined) wrong ??= `option requires an argument -- '${name}'`;
    else values.set(name, [...(values.get(name) ?? []), value]);
  };
  const flag = (name: string): void => {
    flags.set(name, (flags.get(name) ?? 0) + 1);
  };
  while (rest.length > 0) {
    const word = rest.shift()!;
    if (word === '--') {
      operands.push(...rest);
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const long = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const name = spec.long?.[long];
      if (name === undefined) wrong ??= `unrecognized option '${word}'`;
      else if (spec.values?.includes(name)) put(name, equals < 0 ? rest.shift() : word.slice(equals + 1));
      else flag(name);
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      if (spec.inOrder) {
        operands.push(...rest);
        break;
      }
      continue;
    }
    for (let index = 1; index < word.length; index++) {
      const name = word[index]!;
      if (spec.values?.includes(name)) {
        put(name, word.slice(index + 1) || rest.shift());
        break;
      }
      if (spec.flags?.includes(name)) flag(name);
      else wrong ??= `invalid option -- '${name}'`;
    }
  }
  return {
    flags,
    values,
    operands,
    wrong,
    has: (name) => flags.has(name),
    value: (name) => values.get(name)?.at(-1),
  };
}

/** Prints how a program is used, after what was wrong with how it was; gives its exit code. */
export function usage(process: Process, text: string, wrong?: string): number {
  if (wrong !== undefined) process.stderr(`${process.argv[0]}: ${wrong}\n`);
  process.stderr(`BusyBox v1.37.0 (2025-01-17 18:12:01 UTC) multi-call binary.\n\nUsage: ${text}\n`);
  return 1;
}
