import { readOptions } from './options';
import type { Process, Program } from './process';
import type { ProcessEntry } from './process-table';
import { signalNames, signalOf } from './signal-names';
import { toolName } from './table';

/** Takes `-9`, `-KILL` and `-s KILL` from the front of the words; undefined when it is no signal. */
function takeSignal(words: string[]): number | string {
  const [first = ''] = words;
  if (first === '-s') {
    const name = words.splice(0, 2)[1] ?? '';
    return signalOf(name) ?? name;
  }
  if (!/^-[A-Z0-9]/i.test(first) || /^-[lofnv]$/.test(first)) return 15;
  const name = words.shift()!.slice(1);
  return signalOf(name) ?? name;
}

function listSignals(process: Process): number {
  process.stdout(signalNames.map((name, index) => `${String(index + 1).padStart(2)}) ${name}\n`).join(''));
  return 0;
}

function badSignal(process: Process, name: string): number {
  process.stderr(`${process.argv[0]}: bad signal name '${name}'\n`);
  return 1;
}

/** `kill [-l] [-SIGNAL] PID...`, the program beside the shell's own. */
export const kill: Program = (process) => {
  const words = process.argv.slice(1);
  if (words[0] === '-l') return listSignals(process);
  const number = takeSignal(words);
  if (typeof number === 'string') return badSignal(process, number);
  if (words.length === 0) {
    process.stderr('kill: you need to specify whom to kill\n');
    return 1;
  }
  let status = 0;
  for (const word of words) {
    const entry = process.processes.get(Number(word));
    if (entry) {
      if (number !== 0) entry.signal(number);
      continue;
    }
    const why = /^-?\d+$/.test(word) ? `can't kill pid ${word}: No such process` : `invalid number '${word}'`;
    process.stderr(`kill: ${why}\n`);
    status = 1;
  }
  return status;
};

/** Processes of a program, but for the one that asks. */
function named({ processes, pid }: Process, name: string): ProcessEntry[] {
  return processes.list().filter((entry) => entry.pid !== pid && toolName(entry.argv[0] ?? '') === name);
}

/** `killall [-SIGNAL] NAME...`. */
export const killall: Program = (process) => {
  const words = process.argv.slice(1);
  if (words[0] === '-l') return listSignals(process);
  const quiet = words[0] === '-q';
  if (quiet) words.shift();
  const number = takeSignal(words);
  if (typeof number === 'string') return badSignal(process, number);
  let status = 0;
  for (const name of words) {
    const found = named(process, name);
    for (const entry of found) if (number !== 0) entry.signal(number);
    if (found.length > 0) continue;
    if (!quiet) process.stderr(`killall: ${name}: no process killed\n`);
    status = 1;
  }
  return status;
};

/** `pidof NAME...`. */
export const pidof: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 's', values: 'o' });
  const found = options.operands.flatMap((name) => named(process, name)).reverse();
  const shown = options.has('s') ? found.slice(0, 1) : found;
  if (shown.length === 0) return 1;
  process.stdout(`${shown.map(({ pid }) => pid).join(' ')}\n`);
  return 0;
};

function matching(process: Process, pattern: string, whole: boolean, exact: boolean): ProcessEntry[] | undefined {
  let expression: RegExp;
  try {
    expression = new RegExp(exact ? `^(?:${pattern})$` : pattern);
  } catch {
    process.stderr(`${process.argv[0]}: bad regex '${pattern}'\n`);
    return undefined;
  }
  return process.processes
    .list()
    .filter(
      ({ pid, argv }) => pid !== process.pid && expression.test(whole ? argv.join(' ') : toolName(argv[0] ?? '')),
    );
}

/** `pgrep [-flx] PATTERN`. */
export const pgrep: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'flaxvon', values: 'Ps' });
  const found = matching(process, options.operands[0] ?? '', options.has('f'), options.has('x'));
  if (!found) return 2;
  for (const { pid, argv } of found)
    process.stdout(options.has('l') || options.has('a') ? `${pid} ${argv.join(' ')}\n` : `${pid}\n`);
  return found.length > 0 ? 0 : 1;
};

/** `pkill [-SIGNAL] [-fx] PATTERN`. */
export const pkill: Program = (process) => {
  const words = process.argv.slice(1);
  const number = /^-(\d+|[A-Z]{2,}\d?|s)$/.test(words[0] ?? '') ? takeSignal(words) : 15;
  if (typeof number === 'string') return badSignal(process, number);
  const options = readOptions(words, { flags: 'flxvon', values: 'Ps' });
  const found = matching(process, options.operands[0] ?? '', options.has('f'), options.has('x'));
  if (!found) return 2;
  for (const entry of found) if (number !== 0) entry.signal(number);
  return found.length > 0 ? 0 : 1;
};
