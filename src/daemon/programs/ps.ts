import { second } from '../../sim';
import { usualMachine } from './machine';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';
import { sleep } from './process';
import type { ProcessEntry } from './process-table';
import { toolName } from './table';

/** `0:00`, minutes and seconds. */
function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, '0')}`;
}

/** Columns of `ps -o`: title, width and text. */
const columns: Readonly<
  Record<string, readonly [title: string, width: number, text: (entry: ProcessEntry, process: Process) => string]>
> = {
  user: ['USER', -8, ({ user }) => user],
  group: ['GROUP', -8, ({ user }) => user],
  comm: ['COMMAND', -16, ({ argv }) => toolName(argv[0] ?? '')],
  args: ['COMMAND', 0, ({ argv }) => argv.join(' ')],
  pid: ['PID', 5, ({ pid }) => String(pid)],
  ppid: ['PPID', 5, ({ parent }) => String(parent)],
  pgid: ['PGID', 5, ({ pid }) => String(pid)],
  etime: ['ELAPSED', 7, ({ started }, { sim }) => clock((sim.now - started) / second)],
  time: ['TIME', 5, () => '0:00'],
  stat: ['STAT', -4, (entry, { pid }) => (entry.pid === pid ? 'R' : 'S')],
  vsz: ['VSZ', 4, () => '2268'],
  rss: ['RSS', 4, () => '1024'],
  tty: ['TT', -6, () => '?'],
  nice: ['NI', 5, () => '0'],
};

function cell(text: string, width: number, last: boolean): string {
  if (width > 0) return text.padStart(width);
  return last ? text : text.padEnd(-width);
}

/** Owner of a process as a name. */
function owner(process: Process, { user }: ProcessEntry): ProcessEntry['user'] {
  return user === '' || user === '0' ? 'root' : (user.split(':')[0] ?? user) || process.user;
}

/** All processes of the container, with the one that asks. */
function entriesOf(process: Process): readonly ProcessEntry[] {
  const { processes, pid, argv, user, sim } = process;
  const all = processes.list();
  if (all.some((entry) => entry.pid === pid)) return all;
  const own = { pid, parent: 0, user, argv, started: sim.now, signal: () => {}, vanish: () => {} };
  return [...all, own].sort((a, b) => a.pid - b.pid);
}

/** `ps` of BusyBox: all processes of the container whatever is asked, with `-o` the columns that are. */
export const ps: Program = (process) => {
  const entries = entriesOf(process).map((entry) => ({ ...entry, user: owner(process, entry) }));
  const options = readOptions(
    process.argv.slice(1).filter((word) => word.startsWith('-')).length > 0 ? process.argv.slice(1) : [],
    {
      flags: 'TefaulxwAj',
      values: 'o',
    },
  );
  const wanted = options.values.get('o')?.flatMap((list) => list.split(',')) ?? ['pid', 'user', 'args'];
  const bad = wanted.find((name) => columns[name.split('=')[0]!] === undefined);
  if (bad !== undefined) {
    process.stderr(`ps: bad -o argument '${bad}', supported arguments: ${Object.keys(columns).join(',')}\n`);
    return 1;
  }
  const shown = wanted.map((name) => columns[name.split('=')[0]!]!);
  const line = (texts: readonly string[]) =>
    `${texts.map((text, index) => cell(text, shown[index]![1], index === texts.length - 1)).join(' ')}\n`;
  // The titles stand to the left, whatever the column does.
  const titles = shown.map(([title, width], index) =>
    index === shown.length - 1 ? title : title.padEnd(Math.abs(width)),
  );
  process.stdout(`${titles.join(' ')}\n`);
  for (const entry of entries) process.stdout(line(shown.map(([, , text]) => text(entry, process))));
  return 0;
};

/** `top -b [-n N] [-d S]` of BusyBox; without a terminal or with `-b` page after page. */
export const top: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: 'bHm', values: 'nd' });
  if (options.wrong !== undefined) return usage(process, 'top [-bmH] [-n COUNT] [-d SECONDS]', options.wrong);
  const pages = Number(options.value('n') ?? Number.POSITIVE_INFINITY);
  const pause = Number(options.value('d') ?? 5) * second;
  const memory = Math.floor((process.machine ?? usualMachine).memory / 1_024);
  const used = Math.floor(memory / 8);
  for (let page = 0; page < pages; page++) {
    if (page > 0) yield sleep(process.sim, pause);
    const entries = entriesOf(process);
    const lines = entries.map(
      (entry) =>
        `${String(entry.pid).padStart(5)} ${String(entry.parent).padStart(5)} ${owner(process, entry).slice(0, 8).padEnd(8)} ${entry.pid === process.pid ? 'R' : 'S'}     2268   0%   0% ${entry.argv.join(' ')}\n`,
    );
    const home = options.has('b') || !process.tty ? '' : '\x1b[H\x1b[J';
    process.stdout(
      `${home}Mem: ${used}K used, ${memory - used}K free, 8952K shrd, 14084K buff, ${Math.floor(used / 2)}K cached\n` +
        `CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq\n` +
        `Load average: 0.00 0.00 0.00 1/${entries.length + 100} ${entries.at(-1)?.pid ?? 1}\n` +
        `  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND\n${lines.join('')}\n`,
    );
  }
  return 0;
};
