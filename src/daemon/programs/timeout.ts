import { second } from '../../sim';
import { normalizePath } from '../containers/file-system';
import { readOptions, usage } from './options';
import type { Program } from './process';
import { Running } from './process';
import { derive } from './run-command';
import { signalOf } from './signal-names';
import { findProgram } from './table';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function seconds(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * units[match[2] || 's']! : undefined;
}

/** `timeout [-s SIGNAL] [-k SECONDS] SECONDS COMMAND...` of BusyBox: 128 and the signal's number when time ran out. */
export const timeout: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), {
    values: 'skt',
    long: { signal: 's', 'kill-after': 'k' },
    inOrder: true,
  });
  const words = [...options.operands];
  const limitText = options.value('t') ?? words.shift();
  if (options.wrong !== undefined || limitText === undefined || words.length === 0)
    return usage(
      process,
      'timeout [-s SIG] [-k KILL_SECS] SECS PROG ARGS\n\nRun PROG. Send SIG to it if it is not gone in SECS seconds.\nDefault SIG: TERM.If it still exists in KILL_SECS seconds, send KILL.',
      options.wrong,
    );
  const limit = seconds(limitText);
  const kill = options.value('k') === undefined ? undefined : seconds(options.value('k')!);
  if (limit === undefined || (options.value('k') !== undefined && kill === undefined)) {
    process.stderr(`timeout: invalid number '${limit === undefined ? limitText : options.value('k')}'\n`);
    return 1;
  }
  const number = signalOf(options.value('s') ?? 'TERM');
  if (number === undefined) {
    process.stderr(`timeout: bad signal name '${options.value('s')}'\n`);
    return 1;
  }
  const name = words[0]!;
  const child = derive(process, { argv: words, signals: {}, takesPlace: false });
  const found = findProgram(child, name.includes('/') ? normalizePath(name, process.cwd) : name);
  if (typeof found === 'string') {
    const why = found === 'denied' ? 'Permission denied' : 'No such file or directory';
    process.stderr(`timeout: can't execute '${name}': ${why}\n`);
    return found === 'denied' ? 126 : 127;
  }
  let code: number | undefined;
  let wake: (() => void) | undefined;
  const running = new Running(found, child, (exit) => {
    code = exit;
    wake?.();
  });
  const { sim } = process;
  // A limit of 0 is none.
  const timers = limit > 0 ? [sim.after(limit * second, () => running.signal(number))] : [];
  if (kill !== undefined && limit > 0) timers.push(sim.after((limit + kill) * second, () => running.signal(9)));
  try {
    while (code === undefined) {
      yield (resume) => {
        wake = resume;
        return () => {
          wake = undefined;
        };
      };
    }
  } finally {
    for (const timer of timers) timer.cancel();
    running.end(137);
  }
  return code;
};
