import { second } from '../../sim';
import type { Container } from './container';
import type { ContainerContext } from './context';

/** Files of a container whose content is made when somebody reads it. */
export interface MadeFiles {
  read(path: string): string | undefined;
  /** Where there are any. */
  paths(): Iterable<string>;
}

const always = ['/etc/hostname', '/etc/hosts', '/etc/resolv.conf'];
const ofKernel = ['cpuinfo', 'loadavg', 'meminfo', 'mounts', 'stat', 'uptime', 'version'].map(
  (name) => `/proc/${name}`,
);
const ofProcess = ['cgroup', 'cmdline', 'comm', 'mounts', 'status'];

/** Whether a path belongs to the kernel: it cannot be written or taken away. */
export function isKernels(path: string): boolean {
  return /^\/(?:proc|sys)(?:\/|$)/.test(path);
}

/** The files that the engine and the kernel show in a container: names and addresses, processes, interfaces. */
export function madeFiles(container: Container, context: Pick<ContainerContext, 'sim' | 'cpus' | 'memory'>): MadeFiles {
  const processes = () =>
    container.processes?.list() ?? (container.isUp ? [{ pid: 1, parent: 0, argv: container.argv }] : []);
  const links = () => {
    const ends = container.sandbox?.endpoints ?? [];
    const gateway = container.sandbox?.gatewayEndpoint;
    return [...ends, ...(gateway ? [gateway] : [])].filter(({ interfaceName }) => interfaceName !== '');
  };
  const mounts = (): string => {
    const own = container.mounts.map(({ type, target, readOnly }) => {
      const kind = type === 'tmpfs' ? 'tmpfs' : '/dev/sda1';
      return `${kind} ${target} ${type === 'tmpfs' ? 'tmpfs' : 'ext4'} ${readOnly ? 'ro' : 'rw'},relatime 0 0`;
    });
    const given = [...(container.task?.files?.keys() ?? [])].map((path) => `tmpfs ${path} tmpfs ro,relatime 0 0`);
    const root = container.hostConfig.ReadonlyRootfs ? 'ro' : 'rw';
    return `${[
      `overlay / overlay ${root},relatime 0 0`,
      'proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0',
      'tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0',
      'devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666 0 0',
      'sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0',
      'mqueue /dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime 0 0',
      'shm /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k 0 0',
      ...own,
      ...always.map((path) => `/dev/sda1 ${path} ext4 ${root},relatime 0 0`).reverse(),
      ...given,
    ].join('\n')}\n`;
  };
  const kernel = (name: string): string | undefined => {
    switch (name) {
      case 'cpuinfo':
        return Array.from(
          { length: context.cpus },
          (_, index) => `processor\t: ${index}\nmodel name\t: Swarmscope Virtual CPU\ncpu MHz\t\t: 2000.000\n\n`,
        ).join('');
      case 'meminfo': {
        const total = Math.floor(context.memory / 1_024);
        const line = (title: string, part: number) => `${`${title}:`.padEnd(16)}${String(part).padStart(8)} kB\n`;
        const free = total - Math.floor(total / 8);
        return line('MemTotal', total) + line('MemFree', free) + line('MemAvailable', free) + line('SwapTotal', 0);
      }
      case 'loadavg':
        return `0.00 0.00 0.00 1/${processes().length} ${processes().at(-1)?.pid ?? 1}\n`;
      case 'uptime': {
        const seconds = (86_400 + Math.max(0, context.sim.now - container.startedAt) / second).toFixed(2);
        return `${seconds} ${seconds}\n`;
      }
      case 'version':
        return 'Linux version 6.1.0 (swarmscope) #1 SMP\n';
      case 'stat':
        return `cpu  0 0 0 0 0 0 0 0 0 0\nbtime ${Math.floor(container.startedAt / second) - 86_400}\n`;
      case 'mounts':
        return mounts();
      default:
        return undefined;
    }
  };
  const ofPid = (pid: number, name: string): string | undefined => {
    const entry = processes().find((one) => one.pid === pid);
    if (!entry) return undefined;
    const command = (entry.argv[0] ?? '').replace(/^.*\//, '').slice(0, 15);
    switch (name) {
      case 'cmdline':
        return entry.argv.map((word) => `${word}\0`).join('');
      case 'comm':
        return `${command}\n`;
      case 'status':
        return `Name:\t${command}\nState:\tS (sleeping)\nPid:\t${pid}\nPPid:\t${entry.parent}\n`;
      case 'cgroup':
        return '0::/\n';
      case 'mounts':
        return mounts();
      default:
        return undefined;
    }
  };
  return {
    read(path) {
      if (path === '/etc/hostname') return `${container.hostname}\n`;
      if (path === '/etc/hosts') return container.sandbox?.hosts();
      if (path === '/etc/resolv.conf') return container.sandbox?.resolvConf();
      const process = /^\/proc\/(self|\d+)\/(\w+)$/.exec(path);
      if (process) return ofPid(process[1] === 'self' ? 1 : Number(process[1]), process[2]!);
      if (path.startsWith('/proc/')) return kernel(path.slice(6));
      const device = /^\/sys\/class\/net\/([^/]+)\/(address|mtu|operstate)$/.exec(path);
      if (!device) return undefined;
      const link = links().find(({ interfaceName }) => interfaceName === device[1]);
      if (!link && (device[1] !== 'lo' || !container.isUp)) return undefined;
      if (device[2] === 'address') return `${link?.macAddress ?? '00:00:00:00:00:00'}\n`;
      return device[2] === 'mtu' ? `${link ? 1_500 : 65_536}\n` : link ? 'up\n' : 'unknown\n';
    },
    *paths() {
      yield always[0]!;
      if (container.sandbox) yield* always.slice(1);
      if (!container.isUp) return;
      yield* ofKernel;
      for (const { pid } of processes()) for (const name of ofProcess) yield `/proc/${pid}/${name}`;
      for (const name of ofProcess) yield `/proc/self/${name}`;
      for (const name of ['lo', ...links().map(({ interfaceName }) => interfaceName)])
        for (const file of ['address', 'mtu', 'operstate']) yield `/sys/class/net/${name}/${file}`;
    },
  };
}
