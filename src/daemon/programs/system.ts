import { second, timestamp } from '../../sim';
import { humanSize } from './human';
import { usualMachine } from './machine';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';

function memoryLines(total: number): readonly number[] {
  const used = Math.floor(total / 16);
  const cached = Math.floor(total / 8);
  return [total, used, total - used - cached, 9_166_848, cached, total - used - 10 * 1_024 ** 2];
}

/** `free [-bkmgh]` of BusyBox: memory of the machine, whatever the container may have of it. */
export const free: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'bkmgth' });
  if (options.wrong !== undefined) return usage(process, 'free [-bkmgh]', options.wrong);
  const unit = options.has('b') ? 1 : options.has('m') ? 1_024 ** 2 : options.has('g') ? 1_024 ** 3 : 1_024;
  const text = (bytes: number) => (options.has('h') ? humanSize(bytes) : String(Math.floor(bytes / unit)));
  const titles = ['total', 'used', 'free', 'shared', 'buff/cache', 'available'];
  const numbers = memoryLines((process.machine ?? usualMachine).memory).map((bytes) => text(bytes));
  process.stdout(`       ${titles.map((title) => title.padStart(12)).join('')}\n`);
  process.stdout(`Mem:   ${numbers.map((number) => number.padStart(12)).join('')}\n`);
  process.stdout(`Swap:  ${['0', '0', '0'].map((number) => number.padStart(12)).join('')}\n`);
  return 0;
};

/** `uptime`: the container's first process is as old as the answer. */
export const uptime: Program = ({ sim, processes, stdout }) => {
  const minutes = Math.floor((sim.now - (processes.get(1)?.started ?? sim.now)) / (60 * second));
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60];
  const since = `${days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : ''}${hours > 0 ? `${String(hours).padStart(2)}:${String(rest).padStart(2, '0')}` : `${rest} min`}`;
  stdout(` ${timestamp(sim.now).slice(11, 19)} up ${since},  0 users,  load average: 0.00, 0.00, 0.00\n`);
  return 0;
};

/** `nproc`. */
export const nproc: Program = ({ machine, stdout }) => {
  stdout(`${(machine ?? usualMachine).cpus}\n`);
  return 0;
};

const kernel = '6.1.0-40-amd64';
const build = '#1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1';

/** `uname [-amnrspvo]`. */
export const uname: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'amnrspvio', long: { all: 'a' } });
  if (options.wrong !== undefined) return usage(process, 'uname [-amnrspvio]', options.wrong);
  const musl = process.hasTool('apk');
  const parts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', process.hostname],
    ['r', kernel],
    ['v', build],
    ['m', 'x86_64'],
    ['o', musl ? 'Linux' : 'GNU/Linux'],
  ];
  const given = parts.filter(([name]) => options.has(name) || options.has('a') || (name === 'm' && options.has('p')));
  process.stdout(`${(given.length > 0 ? given : parts.slice(0, 1)).map(([, text]) => text).join(' ')}\n`);
  return 0;
};

/** `which NAME...`: paths of programs; 1 when one is missing. */
export const which: Program = (process) => {
  let status = 0;
  for (const name of process.argv.slice(1).filter((word) => !word.startsWith('-'))) {
    if (
      name.includes('/') ? process.fs.exists(name) || process.hasTool(name.split('/').at(-1)!) : process.hasTool(name)
    )
      process.stdout(`${name.includes('/') ? name : process.placeOf(name)}\n`);
    else status = 1;
  }
  return status;
};

/** A line of /etc/passwd as its fields. */
function account({ fs }: Process, name: string): readonly string[] | undefined {
  const lines = (fs.read('/etc/passwd') ?? '').split('\n').map((line) => line.split(':'));
  return lines.find(([one, , uid]) => one === name || uid === name);
}

/** `id [-ugnG] [USER]`. */
export const id: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'ugnGr', long: { user: 'u', group: 'g', name: 'n' } });
  const [asked] = options.operands;
  const [given, givenGroup] = (process.user || 'root').split(':');
  const name = asked ?? given!;
  const fields = account(process, name);
  if (!fields && asked !== undefined) {
    process.stderr(`id: unknown user ${asked}\n`);
    return 1;
  }
  const uid = fields?.[2] ?? (name === 'root' ? '0' : /^\d+$/.test(name) ? name : '0');
  const gid = (asked === undefined ? givenGroup : undefined) ?? fields?.[3] ?? '0';
  const user = fields?.[0] ?? (uid === '0' ? 'root' : undefined);
  const group =
    gid === '0'
      ? 'root'
      : ((process.fs.read('/etc/group') ?? '')
          .split('\n')
          .map((line) => line.split(':'))
          .find((line) => line[2] === gid)?.[0] ?? (gid === fields?.[3] ? user : undefined));
  const named = (number: string, text: string | undefined) => (text === undefined ? number : `${number}(${text})`);
  if (options.has('u')) process.stdout(`${options.has('n') ? (user ?? uid) : uid}\n`);
  else if (options.has('g') || options.has('G')) process.stdout(`${options.has('n') ? (group ?? gid) : gid}\n`);
  else process.stdout(`uid=${named(uid, user)} gid=${named(gid, group)} groups=${named(gid, group)}\n`);
  return 0;
};
