import type { ContainerConfig, HostConfig, Profile } from '../../api';
import { DaemonError } from '../errors';
import type { Container } from './container';

/** What the checks need of the node. */
export interface CheckHost {
  readonly profile: Profile;
  readonly cpus: number;
  find(reference: string): Container | undefined;
}

const capabilities = new Set(
  'ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM'.split(
    ' ',
  ),
);
const logDrivers = new Set(
  'json-file local none syslog journald gelf fluentd awslogs splunk etwlogs gcplogs logentries'.split(' '),
);
const runtimes = new Set(['', 'runc', 'io.containerd.runc.v2', 'io.containerd.runtime.v1.linux']);
const restartPolicies = new Set(['', 'no', 'always', 'on-failure', 'unless-stopped']);
const leastMemory = 6 * 1024 * 1024;

function invalid(text: string): DaemonError {
  return new DaemonError('invalid', text);
}

/** Refuses settings of a new container that cannot be, in the order and with the words of the engine. */
export function checkHostConfig(config: ContainerConfig, hostConfig: HostConfig, host: CheckHost): void {
  const old = host.profile.name === '20.10';
  checkRestartPolicy(hostConfig.RestartPolicy, old);
  const restarts = hostConfig.RestartPolicy?.Name && hostConfig.RestartPolicy.Name !== 'no';
  if (hostConfig.AutoRemove && restarts) throw invalid("can't create 'AutoRemove' container with restart policy");
  checkCapabilities(hostConfig);
  checkNetworkMode(config, hostConfig);
  checkResources(hostConfig, host);
  const runtime = String(hostConfig.Runtime ?? '');
  if (!runtimes.has(runtime)) {
    throw invalid(old ? `Unknown runtime specified ${runtime}` : `unknown or invalid runtime name: ${runtime}`);
  }
  const driver = (hostConfig.LogConfig as { readonly Type?: string } | undefined)?.Type ?? '';
  if (driver !== '' && !logDrivers.has(driver)) {
    throw invalid(`error looking up logging plugin ${driver}: plugin "${driver}" not found`);
  }
  const pid = String(hostConfig.PidMode ?? '');
  if (pid.startsWith('container:') && !host.find(pid.slice('container:'.length)))
    throw invalid(`No such container: ${pid.slice('container:'.length)}`);
  for (const link of hostConfig.Links ?? []) {
    const [name = ''] = link.split(':');
    if (!host.find(name)) throw invalid(`could not get container for ${name}: No such container: ${name}`);
  }
}

/** Throws 400 for a policy that is none. */
export function checkRestartPolicy(policy: HostConfig['RestartPolicy'], old: boolean): void {
  const { Name: name = '', MaximumRetryCount: retries = 0 } = policy ?? {};
  if (!restartPolicies.has(name)) {
    throw invalid(
      old
        ? `invalid restart policy '${name}'`
        : `invalid restart policy: unknown policy '${name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    );
  }
  if (name !== 'on-failure' && name !== '' && retries !== 0) {
    throw invalid(
      old
        ? `maximum retry count cannot be used with restart policy '${name}'`
        : `invalid restart policy: maximum retry count can only be used with 'on-failure'`,
    );
  }
  if (retries < 0) {
    throw invalid(
      old
        ? 'maximum retry count cannot be negative'
        : `invalid restart policy: maximum retry count cannot be negative${name === 'on-failure' ? '' : " and can only be used with 'on-failure'"}`,
    );
  }
}

function checkCapabilities(hostConfig: HostConfig): void {
  for (const key of ['CapAdd', 'CapDrop'] as const) {
    for (const given of (hostConfig[key] as readonly string[] | null | undefined) ?? []) {
      const name = given.toUpperCase().replace(/^CAP_/, '');
      if (!capabilities.has(name)) throw invalid(`invalid ${key}: unknown capability: "CAP_${name}"`);
    }
  }
}

/** What does not go with another container's network, or with the host's (TALK-4). */
function checkNetworkMode(config: ContainerConfig, hostConfig: HostConfig): void {
  const mode = hostConfig.NetworkMode ?? '';
  const other = mode.startsWith('container:');
  const filled = (value: unknown) => Object.keys(value ?? {}).length > 0;
  if (!other && mode !== 'host') return;
  if (mode === 'host') {
    if (filled(hostConfig.Links))
      throw invalid(
        "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
      );
    return;
  }
  const rules: readonly (readonly [unknown, string])[] = [
    [config.Hostname, 'hostname and the network mode'],
    [
      filled(hostConfig.Links),
      "container type network can't be used with links. This would result in undefined behavior",
    ],
    [filled(hostConfig.Dns), 'dns and the network mode'],
    [filled(hostConfig.ExtraHosts), 'custom host-to-IP mapping and the network mode'],
    [(config as { readonly MacAddress?: string }).MacAddress, 'mac-address and the network mode'],
    [
      filled(hostConfig.PortBindings) || hostConfig.PublishAllPorts === true,
      'port publishing and the container type network mode',
    ],
    [filled(config.ExposedPorts), 'port exposing and the container type network mode'],
  ];
  for (const [conflicts, text] of rules) if (conflicts) throw invalid(`conflicting options: ${text}`);
}

/** Limits that cannot be; also of an update. */
export function checkResources(hostConfig: HostConfig, { profile, cpus }: Pick<CheckHost, 'profile' | 'cpus'>): void {
  const old = profile.name === '20.10';
  const { Memory: memory = 0, NanoCpus: nano = 0 } = hostConfig;
  const number = (key: string) => Number(hostConfig[key] ?? 0);
  const swap = number('MemorySwap');
  if (memory !== 0 && memory < leastMemory) throw invalid('Minimum memory limit allowed is 6MB');
  if (memory > 0 && swap > 0 && swap < memory)
    throw invalid('Minimum memoryswap limit should be larger than memory limit, see usage');
  if (memory === 0 && swap > 0)
    throw invalid('You should always set the Memory limit when using Memoryswap limit, see usage');
  const reservation = number('MemoryReservation');
  if (reservation > 0 && reservation < leastMemory) throw invalid('Minimum memory reservation allowed is 6MB');
  if (memory > 0 && reservation > memory)
    throw invalid('Minimum memory limit can not be less than memory reservation limit, see usage');
  if (nano > 0 && number('CpuPeriod') > 0)
    throw invalid(
      old
        ? 'Conflicting options: Nano CPUs and CPU Period cannot both be set'
        : 'conflicting options: NanoCPUs and CPU Period cannot both be set',
    );
  if (nano > 0 && number('CpuQuota') > 0)
    throw invalid(
      old
        ? 'Conflicting options: Nano CPUs and CPU Quota cannot both be set'
        : 'conflicting options: NanoCPUs and CPU Quota cannot both be set',
    );
  if (nano < 0 || nano > cpus * 1e9)
    throw invalid(
      `${old ? 'R' : 'r'}ange of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`,
    );
}

/** The settings with what the engine adds to them: swap of the same size as the memory. */
export function completeHostConfig(hostConfig: HostConfig): HostConfig {
  const { Memory: memory = 0 } = hostConfig;
  return memory > 0 && !hostConfig.MemorySwap ? { ...hostConfig, MemorySwap: 2 * memory } : hostConfig;
}
