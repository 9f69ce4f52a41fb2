import type { SwarmInfo, SystemInfo } from '../../api';
import type { Daemon } from '../../daemon';
import type { NodeEngine } from '../node-engine';
import { projectClusterInfo, unknownCluster } from '../projection/cluster';
import { builds, defaultKernel } from './version';

const loggers = [
  'awslogs',
  'fluentd',
  'gcplogs',
  'gelf',
  'journald',
  'json-file',
  'local',
  'logentries',
  'splunk',
  'syslog',
];

/** CTRL-70. */
const twoManagers = [
  'WARNING: Running Swarm in a two-manager configuration. This configuration provides',
  '         no fault tolerance, and poses a high risk to lose control over the cluster.',
  '         Refer to https://docs.docker.com/engine/swarm/admin_guide/ to configure the',
  '         Swarm for fault-tolerance.',
].join('\n');

/** The swarm's part of `GET /info` (API-80, CTRL-7). */
export function swarmInfo(engine: NodeEngine): SwarmInfo {
  const { membership } = engine;
  // A sealed manager does not know who it is.
  const managers = membership && !engine.locked ? membership.swarm.remoteManagers() : null;
  const common = {
    NodeID: engine.locked ? '' : (membership?.nodeID ?? ''),
    NodeAddr: membership ? engine.address : '',
    LocalNodeState: engine.localState,
    ControlAvailable: engine.isManager,
    Error: engine.swarmError,
    RemoteManagers: managers && managers.length > 0 ? managers : null,
  };
  const swarm = engine.managedSwarm;
  if (!swarm) return common;
  const why = swarm.leaderless(engine.membership?.nodeID ?? '');
  if (why) return { ...common, Error: why.message, Cluster: unknownCluster };
  const count = swarm.raft.members.length;
  const cluster = swarm.store.cluster;
  return {
    ...common,
    Nodes: swarm.store.count('node'),
    Managers: count,
    ...(cluster ? { Cluster: projectClusterInfo(cluster) } : {}),
    ...(count === 2 ? { Warnings: [twoManagers] } : {}),
  };
}

function containerCounts(daemon: Daemon) {
  const counts = { running: 0, paused: 0, stopped: 0 };
  for (const { status } of daemon.containers.list()) {
    if (status === 'running' || status === 'restarting') counts.running++;
    else if (status === 'paused') counts.paused++;
    else counts.stopped++;
  }
  return counts;
}

/** Where an engine of an era before swarm mode keeps what hosts share (TALK-4). */
function clusterStore({ cluster, address }: NodeEngine): { ClusterStore?: string; ClusterAdvertise?: string } {
  const { old } = cluster.fabric;
  return old ? { ClusterStore: old.store.url, ClusterAdvertise: `${address}:2376` } : {};
}

/** `GET /info` (API-80). */
export function systemInfo(engine: NodeEngine): SystemInfo {
  const { profile, cluster, daemon, machine } = engine;
  const old = profile.name === '20.10';
  const build = builds[profile.name];
  const counts = containerCounts(daemon);
  const commit = (id: string) => (old ? { ID: id, Expected: id } : { ID: id });
  const network = ['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'];
  return {
    ID: old ? engine.oldEngineId : engine.engineId,
    Containers: counts.running + counts.paused + counts.stopped,
    ContainersRunning: counts.running,
    ContainersPaused: counts.paused,
    ContainersStopped: counts.stopped,
    Images: daemon.images.size,
    Driver: 'overlay2',
    DriverStatus: [
      ['Backing Filesystem', 'extfs'],
      ['Supports d_type', 'true'],
      ...(old ? [] : [['Using metacopy', 'false']]),
      ['Native Overlay Diff', 'true'],
      ['userxattr', 'false'],
    ],
    Plugins: {
      Volume: ['local'],
      Network: network,
      Authorization: null,
      Log: old ? loggers : loggers.filter((name) => name !== 'logentries'),
    },
    MemoryLimit: true,
    SwapLimit: true,
    ...(old ? { KernelMemory: true, KernelMemoryTCP: true } : {}),
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    ...(old ? { BridgeNfIptables: true, BridgeNfIp6tables: true } : {}),
    Debug: old,
    NFd: 40,
    OomKillDisable: old,
    NGoroutines: 170,
    SystemTime: cluster.sim.timestamp,
    LoggingDriver: 'json-file',
    CgroupDriver: old ? 'cgroupfs' : 'systemd',
    CgroupVersion: old ? '1' : '2',
    NEventsListener: 0,
    KernelVersion: cluster.config.kernelVersion ?? defaultKernel,
    OperatingSystem: old ? 'Debian GNU/Linux 12 (bookworm) (containerized)' : 'Debian GNU/Linux 12 (bookworm)',
    OSVersion: '12',
    OSType: 'linux',
    Architecture: 'x86_64',
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      ...(old ? { AllowNondistributableArtifactsCIDRs: [], AllowNondistributableArtifactsHostnames: [] } : {}),
      InsecureRegistryCIDRs: old ? ['127.0.0.0/8'] : ['::1/128', '127.0.0.0/8'],
      IndexConfigs: { 'docker.io': { Name: 'docker.io', Mirrors: [], Secure: true, Official: true } },
      Mirrors: old ? [] : null,
    },
    NCPU: machine.cpus,
    MemTotal: machine.memoryBytes,
    GenericResources: machine.genericResources ?? null,
    DockerRootDir: '/var/lib/docker',
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: engine.name,
    Labels: Object.entries(machine.labels).map(([name, value]) => `${name}=${value}`),
    ExperimentalBuild: false,
    ServerVersion: profile.engineVersion,
    Runtimes: {
      'io.containerd.runc.v2': { path: 'runc' },
      ...(old ? { 'io.containerd.runtime.v1.linux': { path: 'runc' } } : {}),
      runc: { path: 'runc' },
    },
    DefaultRuntime: 'runc',
    Swarm: swarmInfo(engine),
    ...clusterStore(engine),
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: commit(build.containerd[1]),
    RuncCommit: commit(build.runc[1]),
    InitCommit: commit(build.init[1]),
    SecurityOptions: old
      ? ['name=seccomp,profile=default']
      : ['name=apparmor', 'name=seccomp,profile=builtin', 'name=cgroupns'],
    ...(old ? {} : { FirewallBackend: { Driver: 'iptables' }, CDISpecDirs: ['/etc/cdi', '/var/run/cdi'] }),
    Warnings: null,
  };
}
