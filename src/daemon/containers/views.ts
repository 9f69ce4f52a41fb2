import type { ContainerInspect, ContainerState, ContainerSummary, EndpointSettings, PortSummary } from '../../api';
import type { Micros } from '../../sim';
import { second, timestamp, zeroTime } from '../../sim';
import type { Container } from './container';
import { humanDuration } from './duration';
import { networkMode, wantedNetworks } from './networking';

const time = (at: Micros) => (at === 0 ? zeroTime : timestamp(at));

/** `Up 5 seconds (healthy)`, `Exited (0) 3 minutes ago`, ... (API-40). */
export function statusText(container: Container, now: Micros): string {
  const up = humanDuration(now - container.startedAt);
  switch (container.status) {
    case 'running': {
      const health = container.health?.status;
      if (health === undefined) return `Up ${up}`;
      return `Up ${up} (${health === 'starting' ? 'health: starting' : health})`;
    }
    case 'paused':
      return `Up ${up} (Paused)`;
    case 'restarting':
      return `Restarting (${container.exitCode}) ${humanDuration(now - container.finishedAt)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'created':
      return 'Created';
    case 'exited':
      return `Exited (${container.exitCode}) ${humanDuration(now - container.finishedAt)} ago`;
  }
}

/** The container's networks by name, with what it has there while it runs. */
export function networksOf(
  container: Container,
  dnsNames: boolean,
  aliases: boolean,
): Record<string, EndpointSettings> {
  const networks: Record<string, EndpointSettings> = {};
  const given = new Map<string, EndpointSettings>(container.task ? [] : wantedNetworks(container));
  const own = container.joined ? undefined : container.sandbox;
  for (const endpoint of own?.endpoints ?? []) {
    if (endpoint.networkName === 'docker_gwbridge') continue;
    const settings = given.get(endpoint.networkName) ?? given.get(endpoint.networkID) ?? {};
    const [address = '', prefix = '0'] = endpoint.address.split('/');
    const fixed =
      container.task &&
      address !== '' &&
      container.task.endpoints.some((one) => one.networkID === endpoint.networkID && one.address);
    networks[endpoint.networkName] = {
      IPAMConfig: fixed ? { IPv4Address: address } : (settings.IPAMConfig ?? null),
      Links: settings.Links ?? null,
      Aliases: aliases && endpoint.aliases.length > 0 ? endpoint.aliases : null,
      MacAddress: endpoint.macAddress,
      DriverOpts: null,
      NetworkID: endpoint.networkID,
      EndpointID: endpoint.id,
      Gateway: endpoint.gateway,
      IPAddress: address,
      IPPrefixLen: Number(prefix),
      IPv6Gateway: '',
      GlobalIPv6Address: '',
      GlobalIPv6PrefixLen: 0,
      ...(dnsNames ? { DNSNames: endpoint.dnsNames } : {}),
    };
  }
  if (container.sandbox || container.joined) return networks;
  for (const [name, settings] of given) {
    networks[name === 'default' ? 'bridge' : name] = {
      IPAMConfig: settings.IPAMConfig ?? null,
      Links: settings.Links ?? null,
      Aliases: settings.Aliases ?? null,
      MacAddress: '',
      DriverOpts: null,
      NetworkID: settings.NetworkID ?? '',
      EndpointID: '',
      Gateway: '',
      IPAddress: '',
      IPPrefixLen: 0,
      IPv6Gateway: '',
      GlobalIPv6Address: '',
      GlobalIPv6PrefixLen: 0,
      ...(dnsNames ? { DNSNames: null } : {}),
    };
  }
  return networks;
}

function portsOf(container: Container): PortSummary[] {
  if (container.status !== 'running' && container.status !== 'paused') return [];
  const ports: PortSummary[] = [];
  for (const { protocol, target, published, hostIP } of container.ports ?? []) {
    ports.push({ IP: hostIP, PrivatePort: target, PublicPort: published, Type: protocol });
    if (hostIP === '0.0.0.0') ports.push({ IP: '::', PrivatePort: target, PublicPort: published, Type: protocol });
  }
  for (const key of Object.keys(container.config.ExposedPorts ?? {})) {
    const [port = '', protocol = 'tcp'] = key.split('/');
    if (ports.some((one) => one.PrivatePort === Number(port) && one.Type === protocol)) continue;
    ports.push({ PrivatePort: Number(port), Type: protocol });
  }
  return ports;
}

function mountsOf(container: Container): Record<string, unknown>[] {
  return container.mounts.map((mount) => ({
    Type: mount.type,
    ...(mount.volume
      ? { Name: mount.volume.name, Source: `/var/lib/docker/volumes/${mount.volume.name}/_data` }
      : { Source: mount.source }),
    Destination: mount.target,
    ...(mount.volume ? { Driver: mount.volume.driver } : {}),
    Mode: mount.type === 'volume' ? 'z' : '',
    RW: !mount.readOnly,
    Propagation: mount.type === 'bind' ? 'rprivate' : '',
  }));
}

/** `ports` on the host by `80/tcp`, null for those that are only exposed. */
export function portMap(container: Container): Record<string, { HostIp: string; HostPort: string }[] | null> {
  if (!container.sandbox || container.joined) return {};
  const ports: Record<string, { HostIp: string; HostPort: string }[] | null> = {};
  for (const key of Object.keys(container.config.ExposedPorts ?? {}))
    ports[key.includes('/') ? key : `${key}/tcp`] = null;
  for (const { protocol, target, published, hostIP } of container.ports ?? []) {
    const list = ports[`${target}/${protocol}`] ?? [];
    list.push({ HostIp: hostIP, HostPort: String(published) });
    if (hostIP === '0.0.0.0') list.push({ HostIp: '::', HostPort: String(published) });
    ports[`${target}/${protocol}`] = list;
  }
  return ports;
}

/** A row of `GET /containers/json` (API-40). */
export function containerSummary(
  container: Container,
  now: Micros,
  options: { readonly size: boolean; readonly dnsNames: boolean },
): ContainerSummary {
  const command = container.argv
    .map((word, index) => (index > 0 && /[\s"']/.test(word) ? `'${word}'` : word))
    .join(' ');
  const written = container.files?.writtenBytes ?? 0;
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: shownImage(container),
    ImageID: container.image.id,
    Command: command,
    Created: Math.floor(container.created / second),
    Ports: portsOf(container),
    ...(options.size
      ? { ...(written > 0 ? { SizeRw: written } : {}), SizeRootFs: container.image.definition.size + written }
      : {}),
    Labels: container.config.Labels ?? {},
    State: container.status,
    Status: statusText(container, now),
    HostConfig: { NetworkMode: networkMode(container.hostConfig) },
    NetworkSettings: { Networks: networksOf(container, options.dnsNames, false) },
    Mounts: mountsOf(container),
  };
}

/** The name it was made with; its ID when that name is now another image's. */
function shownImage(container: Container): string {
  const name = container.config.Image ?? '';
  return container.image.tags.length === 0 && container.image.digests.length === 0 ? container.image.id : name;
}

/** `State` of an inspect. */
export function containerState(container: Container): ContainerState {
  const { status } = container;
  return {
    Status: status,
    Running: status === 'running' || status === 'paused' || status === 'restarting',
    Paused: status === 'paused',
    Restarting: status === 'restarting',
    OOMKilled: container.oomKilled,
    Dead: status === 'dead',
    Pid: container.pid,
    ExitCode: container.exitCode,
    Error: container.error,
    StartedAt: time(container.startedAt),
    FinishedAt: time(container.finishedAt),
    ...(container.health ? { Health: container.health.view() } : {}),
  };
}

const folder = '/var/lib/docker/containers';
const layers = '/var/lib/docker/overlay2';
/** What every container that is not privileged cannot see, and cannot write. */
const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** Folder of an image's layer: an identity of its own, which follows from the image's. */
export function layerIdOf(imageID: string): string {
  const hex = imageID.slice(7);
  return `${hex.slice(7)}${hex.slice(0, 7)}`;
}

/** What the engine puts where a client gave nothing, or a value that stands for nothing. */
function withDefaults(given: Container['hostConfig'], old: boolean) {
  const { LogConfig } = given as { LogConfig?: { Type?: string; Config?: unknown } };
  const hidden = given.Privileged !== true;
  return {
    LogConfig: { Type: LogConfig?.Type || 'json-file', Config: LogConfig?.Config ?? {} },
    CgroupnsMode: given.CgroupnsMode || (old ? 'host' : 'private'),
    IpcMode: given.IpcMode || 'private',
    Runtime: given.Runtime || 'runc',
    ShmSize: given.ShmSize || 67_108_864,
    MemorySwappiness: given.MemorySwappiness === -1 ? null : (given.MemorySwappiness ?? null),
    PidsLimit: given.PidsLimit || null,
    MaskedPaths: given.MaskedPaths ?? (hidden ? maskedPaths : null),
    ReadonlyPaths: given.ReadonlyPaths ?? (hidden ? readonlyPaths : null),
  };
}

/** `GET /containers/{id}/json` (API-41). */
export function containerInspect(
  container: Container,
  options: {
    readonly dnsNames: boolean;
    readonly shortIdAlias: boolean;
    readonly kernelMemory: boolean;
    readonly size?: boolean;
  },
): ContainerInspect {
  const { id, config, hostConfig, sandbox } = container;
  const networks = networksOf(container, options.dnsNames, true);
  if (options.shortIdAlias && sandbox) {
    for (const [name, settings] of Object.entries(networks)) {
      if (name === 'bridge' || name === 'host' || name === 'none') continue;
      const own = [...(settings.Aliases ?? []), container.shortId];
      if (container.hostname !== container.shortId && !container.task) own.push(container.hostname);
      networks[name] = { ...settings, Aliases: [...new Set(own)] };
    }
  }
  const bridge = networks.bridge;
  const argv = container.argv;
  return {
    Id: id,
    Created: timestamp(container.created),
    Path: argv[0] ?? '',
    Args: argv.slice(1),
    State: containerState(container),
    Image: container.image.id,
    ResolvConfPath: `${folder}/${id}/resolv.conf`,
    HostnamePath: `${folder}/${id}/hostname`,
    HostsPath: `${folder}/${id}/hosts`,
    LogPath: `${folder}/${id}/${id}-json.log`,
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: container.execs ?? null,
    HostConfig: {
      Binds: null,
      ContainerIDFile: '',
      PortBindings: {},
      AutoRemove: false,
      VolumeDriver: '',
      VolumesFrom: null,
      CapAdd: null,
      CapDrop: null,
      Dns: null,
      DnsOptions: null,
      DnsSearch: null,
      ExtraHosts: null,
      GroupAdd: null,
      Cgroup: '',
      OomScoreAdj: 0,
      PidMode: '',
      Privileged: false,
      PublishAllPorts: false,
      ReadonlyRootfs: false,
      SecurityOpt: null,
      UTSMode: '',
      UsernsMode: '',
      ConsoleSize: [0, 0],
      Isolation: 'default',
      CpuShares: 0,
      Memory: 0,
      NanoCpus: 0,
      CgroupParent: '',
      BlkioWeight: 0,
      BlkioWeightDevice: null,
      BlkioDeviceReadBps: null,
      BlkioDeviceWriteBps: null,
      BlkioDeviceReadIOps: null,
      BlkioDeviceWriteIOps: null,
      CpuPeriod: 0,
      CpuQuota: 0,
      CpuRealtimePeriod: 0,
      CpuRealtimeRuntime: 0,
      CpusetCpus: '',
      CpusetMems: '',
      Devices: null,
      DeviceCgroupRules: null,
      DeviceRequests: null,
      ...(options.kernelMemory ? { KernelMemory: 0, KernelMemoryTCP: 0 } : {}),
      MemoryReservation: 0,
      MemorySwap: 0,
      OomKillDisable: false,
      Ulimits: [],
      CpuCount: 0,
      CpuPercent: 0,
      IOMaximumIOps: 0,
      IOMaximumBandwidth: 0,
      ...hostConfig,
      ...withDefaults(hostConfig, options.shortIdAlias),
      NetworkMode: networkMode(hostConfig),
      Links: hostConfig.Links?.length ? hostConfig.Links.map((link) => fullLink(link, container.name)) : null,
      RestartPolicy: {
        Name: hostConfig.RestartPolicy?.Name ?? '',
        MaximumRetryCount: hostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
      },
    },
    ...(options.size
      ? {
          SizeRw: container.files?.writtenBytes ?? 0,
          SizeRootFs: container.image.definition.size + (container.files?.writtenBytes ?? 0),
        }
      : {}),
    GraphDriver: {
      Data: {
        LowerDir: `${layers}/${id}-init/diff:${layers}/${layerIdOf(container.image.id)}/diff`,
        MergedDir: `${layers}/${id}/merged`,
        UpperDir: `${layers}/${id}/diff`,
        WorkDir: `${layers}/${id}/work`,
      },
      Name: 'overlay2',
    },
    Mounts: mountsOf(container),
    Config: {
      Hostname: container.joined ? container.hostname : (config.Hostname ?? ''),
      Domainname: config.Domainname ?? '',
      User: config.User ?? '',
      AttachStdin: config.AttachStdin ?? false,
      AttachStdout: config.AttachStdout ?? false,
      AttachStderr: config.AttachStderr ?? false,
      ...(config.ExposedPorts ? { ExposedPorts: config.ExposedPorts } : {}),
      Tty: config.Tty ?? false,
      OpenStdin: config.OpenStdin ?? false,
      StdinOnce: config.StdinOnce ?? false,
      Env: config.Env ?? [],
      Cmd: config.Cmd ?? null,
      ...(config.Healthcheck ? { Healthcheck: config.Healthcheck } : {}),
      Image: config.Image ?? '',
      Volumes: config.Volumes && Object.keys(config.Volumes).length > 0 ? config.Volumes : null,
      WorkingDir: config.WorkingDir ?? '',
      Entrypoint: config.Entrypoint ?? null,
      OnBuild: null,
      Labels: config.Labels ?? {},
      ...(config.StopSignal ? { StopSignal: config.StopSignal } : {}),
      ...(config.StopTimeout === undefined ? {} : { StopTimeout: config.StopTimeout }),
    },
    NetworkSettings: {
      Bridge: '',
      SandboxID: sandbox?.id ?? '',
      SandboxKey: sandbox ? `/var/run/docker/netns/${sandbox.id.slice(0, 12)}` : '',
      Ports: portMap(container),
      HairpinMode: false,
      LinkLocalIPv6Address: '',
      LinkLocalIPv6PrefixLen: 0,
      SecondaryIPAddresses: null,
      SecondaryIPv6Addresses: null,
      EndpointID: bridge?.EndpointID ?? '',
      Gateway: bridge?.Gateway ?? '',
      GlobalIPv6Address: '',
      GlobalIPv6PrefixLen: 0,
      IPAddress: bridge?.IPAddress ?? '',
      IPPrefixLen: bridge?.IPPrefixLen ?? 0,
      IPv6Gateway: '',
      MacAddress: bridge?.MacAddress ?? '',
      Networks: networks,
    },
  };
}

/** `db:store` of a container is `/db:/web/store`. */
function fullLink(link: string, name: string): string {
  const [other = '', alias = other] = link.split(':');
  return `/${other}:/${name}/${alias}`;
}
