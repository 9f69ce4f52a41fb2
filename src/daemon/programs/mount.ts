import { normalizePath } from '../containers/file-system';
import { humanSize } from './human';
import { usualMachine } from './machine';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';

interface Mounted {
  readonly device: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
  /** Blocks of 1,024 bytes: all, and used. Without them `df` does not show it. */
  readonly blocks?: readonly [all: number, used: number];
}

const disk = [61_255_492, 12_406_608] as const;
const onDisk = { device: '/dev/sda1', type: 'ext4', blocks: disk };
const small = [65_536, 0] as const;

/** A secret or config that the swarm gave: each is a mount of its own. */
function givenFiles({ fs }: Process): Mounted[] {
  if (!fs.isFolder('/run/secrets')) return [];
  return fs.list('/run/secrets').map((name) => ({
    device: 'tmpfs',
    target: `/run/secrets/${name}`,
    type: 'tmpfs',
    options: 'ro,relatime',
    blocks: [4_096_000, 4] as const,
  }));
}

/** The mounts of a container, in the order in which its runtime makes them. */
function mountsOf(process: Process): Mounted[] {
  const { memory, mounts } = process.machine ?? usualMachine;
  const half = [Math.floor(memory / 2_048), 0] as const;
  const layers = '/var/lib/docker/overlay2';
  const plain = 'rw,nosuid,nodev,noexec,relatime';
  const readOnly = 'ro,nosuid,nodev,noexec,relatime';
  return [
    {
      device: 'overlay',
      target: '/',
      type: 'overlay',
      options: `rw,relatime,lowerdir=${layers}/l/base,upperdir=${layers}/container/diff,workdir=${layers}/container/work`,
      blocks: disk,
    },
    { device: 'proc', target: '/proc', type: 'proc', options: plain },
    { device: 'tmpfs', target: '/dev', type: 'tmpfs', options: 'rw,nosuid,size=65536k,mode=755', blocks: small },
    {
      device: 'devpts',
      target: '/dev/pts',
      type: 'devpts',
      options: 'rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666',
    },
    { device: 'sysfs', target: '/sys', type: 'sysfs', options: readOnly },
    { device: 'cgroup', target: '/sys/fs/cgroup', type: 'cgroup2', options: readOnly },
    { device: 'mqueue', target: '/dev/mqueue', type: 'mqueue', options: plain },
    { device: 'shm', target: '/dev/shm', type: 'tmpfs', options: `${plain},size=65536k`, blocks: small },
    ...mounts.map(
      ({ type, target, readOnly: ro }): Mounted =>
        type === 'tmpfs'
          ? { device: 'tmpfs', target, type: 'tmpfs', options: plain, blocks: half }
          : { ...onDisk, target, options: `${ro ? 'ro' : 'rw'},relatime` },
    ),
    ...['/etc/resolv.conf', '/etc/hostname', '/etc/hosts'].map((target) => ({
      ...onDisk,
      target,
      options: 'rw,relatime',
    })),
    ...givenFiles(process),
    ...['bus', 'fs', 'irq', 'sys'].map((name) => ({
      device: 'proc',
      target: `/proc/${name}`,
      type: 'proc',
      options: readOnly,
    })),
    { device: 'tmpfs', target: '/proc/acpi', type: 'tmpfs', options: 'ro,relatime', blocks: half },
    { device: 'tmpfs', target: '/proc/keys', type: 'tmpfs', options: 'rw,nosuid,size=65536k,mode=755', blocks: small },
    {
      device: 'tmpfs',
      target: '/proc/timer_list',
      type: 'tmpfs',
      options: 'rw,nosuid,size=65536k,mode=755',
      blocks: small,
    },
    { device: 'tmpfs', target: '/sys/firmware', type: 'tmpfs', options: 'ro,relatime', blocks: half },
  ];
}

/** `mount [-t TYPE]` shows; what would change something is refused as it is without privileges. */
export const mount: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'arwiflnsv', values: 'tO' });
  if (options.operands.length > 0 || options.has('a')) {
    process.stderr('mount: permission denied (are you root?)\n');
    return 1;
  }
  const type = options.value('t');
  for (const one of mountsOf(process)) {
    if (type === undefined || one.type === type)
      process.stdout(`${one.device} on ${one.target} type ${one.type} (${one.options})\n`);
  }
  return 0;
};

/** `umount`: a container may not. */
export const umount: Program = (process) => {
  const targets = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  if (targets.length === 0) return usage(process, 'umount [-rlfda] FILESYSTEM|DIRECTORY');
  for (const target of targets) process.stderr(`umount: can't unmount ${target}: Operation not permitted\n`);
  return 1;
};

/** `df [-hkmPT] [FILE...]` of BusyBox. */
export const df: Program = (process) => {
  const options = readOptions(process.argv.slice(1), { flags: 'PkmhTai', values: 'Bt' });
  if (options.wrong !== undefined)
    return usage(process, 'df [-PkmhTai] [-B SIZE] [-t TYPE] [FILESYSTEM]...', options.wrong);
  const human = options.has('h');
  const shown = (blocks: number) =>
    human ? humanSize(blocks * 1_024) : String(options.has('m') ? Math.round(blocks / 1_024) : blocks);
  const all = mountsOf(process).filter(({ blocks }) => blocks !== undefined || options.has('a'));
  let status = 0;
  const wanted: Mounted[] = options.operands.length > 0 ? [] : all;
  const lost: string[] = [];
  for (const name of options.operands) {
    const path = normalizePath(name, process.cwd);
    const inside = all.filter(({ target }) => target === '/' || path === target || path.startsWith(`${target}/`));
    const found =
      process.fs.exists(path) || path === '/' ? inside.sort((a, b) => b.target.length - a.target.length)[0] : undefined;
    if (found) wanted.push(found);
    else lost.push(name);
  }
  const typed = options.has('T');
  const title = human ? '     Size' : options.has('m') ? '1M-blocks' : '1K-blocks';
  process.stdout(`Filesystem           ${typed ? 'Type       ' : ''}${title}      Used Available Use% Mounted on\n`);
  for (const { device, type, target, blocks = [0, 0] } of wanted) {
    const [total, used] = blocks;
    const free = total - used;
    const percent = total === 0 ? 0 : Math.ceil((used * 100) / total);
    process.stdout(
      `${device.padEnd(20)} ${typed ? `${type.padEnd(10)} ` : ''}${shown(total).padStart(9)} ${shown(used).padStart(9)} ${shown(free).padStart(9)} ${String(percent).padStart(3)}% ${target}\n`,
    );
  }
  for (const name of lost) {
    process.stderr(`df: ${name}: can't find mount point\n`);
    status = 1;
  }
  return status;
};
