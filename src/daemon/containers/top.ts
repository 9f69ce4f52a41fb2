import { timestamp } from '../../sim';
import { DaemonError } from '../errors';
import type { Container } from './container';
import type { Exec } from './execs';

/** What `ps` on the machine is asked for that it does not know. */
export class TopError extends DaemonError {
  constructor(message: string) {
    super('system', `ps: ${message}`);
  }
}

interface Line {
  readonly pid: number;
  readonly parent: number;
  readonly user: string;
  readonly start: string;
  readonly argv: readonly string[];
}

/** Columns of `ps` by the names that `-o` takes: heading and value. */
const columns: Readonly<Record<string, readonly [string, (line: Line) => string]>> = {
  pid: ['PID', ({ pid }) => String(pid)],
  ppid: ['PPID', ({ parent }) => String(parent)],
  user: ['USER', ({ user }) => user],
  uid: ['UID', ({ user }) => (user === 'root' ? '0' : user)],
  comm: ['COMMAND', ({ argv }) => nameOf(argv)],
  cmd: ['CMD', ({ argv }) => argv.join(' ')],
  args: ['COMMAND', ({ argv }) => argv.join(' ')],
  command: ['COMMAND', ({ argv }) => argv.join(' ')],
  time: ['TIME', () => '00:00:00'],
  etime: ['ELAPSED', () => '00:00'],
  stime: ['STIME', ({ start }) => start],
  start: ['STARTED', ({ start }) => start],
  tty: ['TT', () => '?'],
  tt: ['TT', () => '?'],
  stat: ['STAT', () => 'Ss'],
  state: ['S', () => 'S'],
  c: ['C', () => '0'],
  ni: ['NI', () => '0'],
  rss: ['RSS', () => '1380'],
  vsz: ['VSZ', () => '2268'],
  '%cpu': ['%CPU', () => '0.0'],
  pcpu: ['%CPU', () => '0.0'],
  '%mem': ['%MEM', () => '0.0'],
  pmem: ['%MEM', () => '0.0'],
};

const full = ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'];
const bsd = ['USER', 'PID', '%CPU', '%MEM', 'VSZ', 'RSS', 'TTY', 'STAT', 'START', 'TIME', 'COMMAND'];

function nameOf([program = '']: readonly string[]): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

/**
 * `GET /containers/{id}/top`: the processes of a container as `ps` with these arguments shows them. Throws 500 for columns
 * that there are not, and where the process number is not among them.
 */
export function containerTop(
  container: Container,
  execs: readonly Exec[],
  psArgs = '-ef',
): { Titles: readonly string[]; Processes: string[][] } {
  const start = (at: number) => timestamp(at).slice(11, 16);
  const user = container.config.User || 'root';
  const parent = Math.max(1, container.pid - 22);
  const lines: Line[] = [
    { pid: container.pid, parent, user, start: start(container.startedAt), argv: container.argv },
    ...execs
      .filter(({ running }) => running)
      .map((exec) => ({
        pid: exec.pid,
        parent,
        user: exec.config.User || user,
        start: start(exec.startedAt),
        argv: exec.config.Cmd ?? [],
      })),
  ];
  const words = psArgs.trim().split(/\s+/);
  const wanted = chosen(words);
  if (wanted) {
    if (!wanted.includes('pid')) throw new DaemonError('system', "Couldn't find PID field in ps output");
    const shown = wanted.map((name) => columns[name]!);
    return {
      Processes: lines.map((line) => shown.map(([, value]) => value(line))),
      Titles: shown.map(([title]) => title),
    };
  }
  if (!words[0]!.startsWith('-') && /u/.test(words[0]!)) {
    return {
      Processes: lines.map(({ pid, user: owner, start: at, argv }) => [
        ...[owner, String(pid), '0.0', '0.0', '2268', '1380', '?', 'Ss', at, '0:00'],
        argv.join(' '),
      ]),
      Titles: bsd,
    };
  }
  return {
    Processes: lines.map((line) => [
      ...[line.user, String(line.pid), String(line.parent), '0', line.start, '?', '00:00:00'],
      line.argv.join(' '),
    ]),
    Titles: full,
  };
}

/** The columns that `-o` or `o` names, in lower case; undefined without such. Throws 500 for those that there are not. */
function chosen(words: readonly string[]): string[] | undefined {
  const names: string[] = [];
  for (const [index, word] of words.entries()) {
    const given = /^-?(?:o|-format)$/.test(word) ? words[index + 1] : /^-o(.+)$/.exec(word)?.[1];
    if (given === undefined) continue;
    for (const name of given.split(',').map((one) => one.split('=')[0]!)) {
      if (!(name.toLowerCase() in columns))
        throw new TopError(`error: unknown user-defined format specifier "${name}"`);
      names.push(name.toLowerCase());
    }
  }
  return names.length > 0 ? names : undefined;
}
