import type { Micros } from '../../sim';
import { second } from '../../sim';
import { date } from './date';
import { hostAddresses } from './dns-client';
import { seq, yes } from './numbers';
import { echoed, formatted } from './printf';
import type { Program } from './process';
import { forever, sleep } from './process';
import { call, derive } from './run-command';
import { test } from './test-program';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds, or with a unit, as `sleep` takes them; `infinity` for ever; undefined when it is no duration. */
function duration(text: string): Micros | undefined {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * units[match[2] || 's']! * second : undefined;
}

const sleepProgram: Program = function* (process) {
  let total = 0;
  if (process.argv.length < 2) {
    process.stderr('BusyBox multi-call binary.\n\nUsage: sleep [N]...\n');
    return 1;
  }
  for (const argument of process.argv.slice(1)) {
    const part = duration(argument);
    if (part === undefined) {
      process.stderr(`sleep: invalid number '${argument}'\n`);
      return 1;
    }
    total += part;
  }
  // Beyond what the clock can count, it is for ever.
  if (process.sim.now + total > Number.MAX_SAFE_INTEGER) yield forever;
  else yield sleep(process.sim, total);
  return 0;
};

const echo: Program = ({ argv, stdout }) => {
  stdout(echoed(argv.slice(1)));
  return 0;
};

const printf: Program = ({ argv: [, format, ...values], stdout, stderr }) => {
  if (format === undefined) {
    stderr('BusyBox multi-call binary.\n\nUsage: printf FORMAT [ARG]...\n');
    return 1;
  }
  const { text, bad } = formatted(format, values);
  for (const word of bad) stderr(`printf: invalid number '${word}'\n`);
  stdout(text);
  return bad.length > 0 ? 1 : 0;
};

const environment: Program = function* (process) {
  const words = process.argv.slice(1);
  const env = new Map(process.env);
  while (words[0] !== undefined && (words[0].includes('=') || words[0] === '-i')) {
    const word = words.shift()!;
    if (word === '-i') env.clear();
    else env.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
  }
  if (words.length > 0) return yield* call(derive(process, { argv: words, env }), 'env');
  for (const [name, value] of env) process.stdout(`${name}=${value}\n`);
  return 0;
};

const printenv: Program = ({ argv, env, stdout }) => {
  if (argv.length < 2) {
    for (const [name, value] of env) stdout(`${name}=${value}\n`);
    return 0;
  }
  let status = 0;
  for (const name of argv.slice(1)) {
    const value = env.get(name);
    if (value === undefined) status = 1;
    else stdout(`${value}\n`);
  }
  return status;
};

/** `hostname`, with `-i` the addresses that it stands for, `-s` its first label. */
const hostname: Program = (process) => {
  const option = process.argv[1] ?? '';
  if (option === '-i') {
    const addresses = hostAddresses(process, process.hostname);
    if (addresses.length === 0) {
      process.stderr(`hostname: ${process.hostname}: Unknown host\n`);
      return 1;
    }
    process.stdout(`${addresses.map((address) => `${address} `).join('')}\n`);
  } else process.stdout(`${option === '-s' ? process.hostname.split('.')[0] : process.hostname}\n`);
  return 0;
};

export const basicPrograms: Readonly<Record<string, Program>> = {
  sleep: sleepProgram,
  echo,
  printf,
  true: () => 0,
  false: () => 1,
  test,
  '[': test,
  hostname,
  env: environment,
  printenv,
  pwd: ({ cwd, stdout }) => {
    stdout(`${cwd}\n`);
    return 0;
  },
  whoami: ({ user, stdout }) => {
    stdout(`${user || 'root'}\n`);
    return 0;
  },
  date,
  seq,
  yes,
};
