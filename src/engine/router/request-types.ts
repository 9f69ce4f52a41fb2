import type { ProfileName } from '../../api';
import type { GoType } from './go-types';
import { GoTypes } from './go-types';

/** The types of request bodies, as the engine's own packages have them. */
const text = `
swarm.Annotations: Name string, Labels map[string]string
swarm.ServiceSpec: ...swarm.Annotations, TaskTemplate swarm.TaskSpec, Mode swarm.ServiceMode, UpdateConfig *swarm.UpdateConfig, RollbackConfig *swarm.UpdateConfig, Networks []swarm.NetworkAttachmentConfig, EndpointSpec *swarm.EndpointSpec
swarm.ServiceMode: Replicated *swarm.ReplicatedService, Global *swarm.GlobalService, ReplicatedJob *swarm.ReplicatedJob, GlobalJob *swarm.GlobalJob
swarm.ReplicatedService: Replicas *uint64
swarm.GlobalService:
swarm.ReplicatedJob: MaxConcurrent *uint64, TotalCompletions *uint64
swarm.GlobalJob:
swarm.UpdateConfig: Parallelism uint64, Delay time.Duration, FailureAction string, Monitor time.Duration, MaxFailureRatio float32, Order string
swarm.TaskSpec: ContainerSpec *swarm.ContainerSpec, PluginSpec *runtime.PluginSpec, NetworkAttachmentSpec *swarm.NetworkAttachmentSpec, Resources *swarm.ResourceRequirements, RestartPolicy *swarm.RestartPolicy, Placement *swarm.Placement, Networks []swarm.NetworkAttachmentConfig, LogDriver *swarm.Driver, ForceUpdate uint64, Runtime swarm.RuntimeType
swarm.NetworkAttachmentSpec: ContainerID string
runtime.PluginSpec: name string, remote string, privileges []*runtime.PluginPrivilege, disabled bool, env []string
runtime.PluginPrivilege: name string, description string, value []string
swarm.ContainerSpec: Image string, Labels map[string]string, Command []string, Args []string, Hostname string, Env []string, Dir string, User string, Groups []string, Privileges *swarm.Privileges, Init *bool, StopSignal string, TTY bool, OpenStdin bool, ReadOnly bool, Mounts []mount.Mount, StopGracePeriod *time.Duration, Healthcheck *container.HealthConfig, Hosts []string, DNSConfig *swarm.DNSConfig, Secrets []*swarm.SecretReference, Configs []*swarm.ConfigReference, Isolation container.Isolation, Sysctls map[string]string, CapabilityAdd []string, CapabilityDrop []string, Ulimits []*units.Ulimit, OomScoreAdj int64
swarm.Privileges: CredentialSpec *swarm.CredentialSpec, SELinuxContext *swarm.SELinuxContext, Seccomp *swarm.SeccompOpts, AppArmor *swarm.AppArmorOpts, NoNewPrivileges bool
swarm.CredentialSpec: Config string, File string, Registry string
swarm.SELinuxContext: Disable bool, User string, Role string, Type string, Level string
swarm.SeccompOpts: Mode swarm.SeccompMode, Profile []byte
swarm.AppArmorOpts: Mode swarm.AppArmorMode
mount.Mount: Type mount.Type, Source string, Target string, ReadOnly bool, Consistency mount.Consistency, BindOptions *mount.BindOptions, VolumeOptions *mount.VolumeOptions, TmpfsOptions *mount.TmpfsOptions, ClusterOptions *mount.ClusterOptions
mount.BindOptions: Propagation mount.Propagation, NonRecursive bool, CreateMountpoint bool, ReadOnlyNonRecursive bool, ReadOnlyForceRecursive bool
mount.VolumeOptions: NoCopy bool, Labels map[string]string, Subpath string, DriverConfig *mount.Driver
mount.Driver: Name string, Options map[string]string
mount.TmpfsOptions: SizeBytes int64, Mode fs.FileMode, Options [][]string
mount.ClusterOptions:
container.HealthConfig: Test []string, Interval time.Duration, Timeout time.Duration, StartPeriod time.Duration, StartInterval time.Duration, Retries int
swarm.DNSConfig: Nameservers []string, Search []string, Options []string
swarm.SecretReference: File *swarm.SecretReferenceFileTarget, SecretID string, SecretName string
swarm.SecretReferenceFileTarget: Name string, UID string, GID string, Mode fs.FileMode
swarm.ConfigReference: File *swarm.ConfigReferenceFileTarget, Runtime *swarm.ConfigReferenceRuntimeTarget, ConfigID string, ConfigName string
swarm.ConfigReferenceFileTarget: Name string, UID string, GID string, Mode fs.FileMode
swarm.ConfigReferenceRuntimeTarget:
swarm.ResourceRequirements: Limits *swarm.Limit, Reservations *swarm.Resources
swarm.Limit: NanoCPUs int64, MemoryBytes int64, Pids int64
swarm.Resources: NanoCPUs int64, MemoryBytes int64, GenericResources []swarm.GenericResource
swarm.GenericResource: NamedResourceSpec *swarm.NamedGenericResource, DiscreteResourceSpec *swarm.DiscreteGenericResource
swarm.NamedGenericResource: Kind string, Value string
swarm.DiscreteGenericResource: Kind string, Value int64
swarm.RestartPolicy: Condition swarm.RestartPolicyCondition, Delay *time.Duration, MaxAttempts *uint64, Window *time.Duration
swarm.Placement: Constraints []string, Preferences []swarm.PlacementPreference, MaxReplicas uint64, Platforms []swarm.Platform
swarm.PlacementPreference: Spread *swarm.SpreadOver
swarm.SpreadOver: SpreadDescriptor string
swarm.Platform: Architecture string, OS string
swarm.NetworkAttachmentConfig: Target string, Aliases []string, DriverOpts map[string]string
swarm.Driver: Name string, Options map[string]string
swarm.EndpointSpec: Mode swarm.ResolutionMode, Ports []swarm.PortConfig
swarm.PortConfig: Name string, Protocol swarm.PortConfigProtocol, TargetPort uint32, PublishedPort uint32, PublishMode swarm.PortConfigPublishMode
swarm.NodeSpec: ...swarm.Annotations, Role swarm.NodeRole, Availability swarm.NodeAvailability
swarm.Spec: ...swarm.Annotations, Orchestration swarm.OrchestrationConfig, Raft swarm.RaftConfig, Dispatcher swarm.DispatcherConfig, CAConfig swarm.CAConfig, TaskDefaults swarm.TaskDefaults, EncryptionConfig swarm.EncryptionConfig
swarm.OrchestrationConfig: TaskHistoryRetentionLimit *int64
swarm.RaftConfig: SnapshotInterval uint64, KeepOldSnapshots *uint64, LogEntriesForSlowFollowers uint64, ElectionTick int, HeartbeatTick int
swarm.DispatcherConfig: HeartbeatPeriod time.Duration
swarm.CAConfig: NodeCertExpiry time.Duration, ExternalCAs []*swarm.ExternalCA, SigningCACert string, SigningCAKey string, ForceRotate uint64
swarm.ExternalCA: Protocol swarm.ExternalCAProtocol, URL string, Options map[string]string, CACert string
swarm.TaskDefaults: LogDriver *swarm.Driver
swarm.EncryptionConfig: AutoLockManagers bool
swarm.InitRequest: ListenAddr string, AdvertiseAddr string, DataPathAddr string, DataPathPort uint32, ForceNewCluster bool, Spec swarm.Spec, AutoLockManagers bool, Availability swarm.NodeAvailability, DefaultAddrPool []string, SubnetSize uint32
swarm.JoinRequest: ListenAddr string, AdvertiseAddr string, DataPathAddr string, RemoteAddrs []string, JoinToken string, Availability swarm.NodeAvailability
swarm.UnlockRequest: UnlockKey string
swarm.SecretSpec: ...swarm.Annotations, Data []byte, Driver *swarm.Driver, Templating *swarm.Driver
swarm.ConfigSpec: ...swarm.Annotations, Data []byte, Templating *swarm.Driver
types.NetworkCreateRequest: ...network.CreateOptions, Name string
network.CreateRequest: ...network.CreateOptions, Name string
network.CreateOptions: CheckDuplicate bool, Driver string, Scope string, EnableIPv4 *bool, EnableIPv6 bool, IPAM *network.IPAM, Internal bool, Attachable bool, Ingress bool, ConfigOnly bool, ConfigFrom *network.ConfigReference, Options map[string]string, Labels map[string]string
network.IPAM: Driver string, Options map[string]string, Config []network.IPAMConfig
network.IPAMConfig: Subnet string, IPRange string, Gateway string, AuxiliaryAddresses map[string]string
network.ConfigReference: Network string
types.NetworkConnect: Container string, EndpointConfig *network.EndpointSettings
network.ConnectOptions: Container string, EndpointConfig *network.EndpointSettings
types.NetworkDisconnect: Container string, Force bool
network.DisconnectOptions: Container string, Force bool
network.NetworkingConfig: EndpointsConfig map[string]*network.EndpointSettings
network.EndpointSettings: IPAMConfig *network.EndpointIPAMConfig, Links []string, Aliases []string, MacAddress string, DriverOpts map[string]string, GwPriority int, NetworkID string, EndpointID string, Gateway string, IPAddress string, IPPrefixLen int, IPv6Gateway string, GlobalIPv6Address string, GlobalIPv6PrefixLen int, DNSNames []string
network.EndpointIPAMConfig: IPv4Address string, IPv6Address string, LinkLocalIPs []string
volume.VolumeCreateBody: Driver string, DriverOpts map[string]string, Labels map[string]string, Name string
volume.CreateOptions: Driver string, DriverOpts map[string]string, Labels map[string]string, Name string, ClusterVolumeSpec any
runconfig.ContainerConfigWrapper: ...container.Config, HostConfig *container.HostConfig, NetworkingConfig *network.NetworkingConfig
container.CreateRequest: ...container.Config, HostConfig *container.HostConfig, NetworkingConfig *network.NetworkingConfig
container.Config: Hostname string, Domainname string, User string, AttachStdin bool, AttachStdout bool, AttachStderr bool, ExposedPorts nat.PortSet, Tty bool, OpenStdin bool, StdinOnce bool, Env []string, Cmd strslice.StrSlice, Healthcheck *container.HealthConfig, ArgsEscaped bool, Image string, Volumes map[string]struct, WorkingDir string, Entrypoint strslice.StrSlice, NetworkDisabled bool, MacAddress string, OnBuild []string, Labels map[string]string, StopSignal string, StopTimeout *int, Shell strslice.StrSlice
container.HostConfig: Binds []string, ContainerIDFile string, LogConfig container.LogConfig, NetworkMode container.NetworkMode, PortBindings nat.PortMap, RestartPolicy container.RestartPolicy, AutoRemove bool, VolumeDriver string, VolumesFrom []string, ConsoleSize any, Annotations map[string]string, CapAdd strslice.StrSlice, CapDrop strslice.StrSlice, CgroupnsMode container.CgroupnsMode, Dns []string, DnsOptions []string, DnsSearch []string, ExtraHosts []string, GroupAdd []string, IpcMode container.IpcMode, Cgroup container.CgroupSpec, Links []string, OomScoreAdj int, PidMode container.PidMode, Privileged bool, PublishAllPorts bool, ReadonlyRootfs bool, SecurityOpt []string, StorageOpt map[string]string, Tmpfs map[string]string, UTSMode container.UTSMode, UsernsMode container.UsernsMode, ShmSize int64, Sysctls map[string]string, Runtime string, Isolation container.Isolation, ...container.Resources, Mounts []mount.Mount, MaskedPaths []string, ReadonlyPaths []string, Init *bool
container.Resources: CpuShares int64, Memory int64, NanoCpus int64, CgroupParent string, BlkioWeight uint16, BlkioWeightDevice any, BlkioDeviceReadBps any, BlkioDeviceWriteBps any, BlkioDeviceReadIOps any, BlkioDeviceWriteIOps any, CpuPeriod int64, CpuQuota int64, CpuRealtimePeriod int64, CpuRealtimeRuntime int64, CpusetCpus string, CpusetMems string, Devices any, DeviceCgroupRules []string, DeviceRequests any, KernelMemory int64, KernelMemoryTCP int64, MemoryReservation int64, MemorySwap int64, MemorySwappiness *int64, OomKillDisable *bool, PidsLimit *int64, Ulimits []*units.Ulimit, CpuCount int64, CpuPercent int64, IOMaximumIOps uint64, IOMaximumBandwidth uint64
container.LogConfig: Type string, Config map[string]string
container.RestartPolicy: Name container.RestartPolicyMode, MaximumRetryCount int
container.UpdateConfig: ...container.Resources, RestartPolicy container.RestartPolicy
units.Ulimit: Name string, Hard int64, Soft int64
types.ExecConfig: User string, Privileged bool, Tty bool, ConsoleSize any, AttachStdin bool, AttachStderr bool, AttachStdout bool, Detach bool, DetachKeys string, Env []string, WorkingDir string, Cmd []string
container.ExecOptions: User string, Privileged bool, Tty bool, ConsoleSize any, AttachStdin bool, AttachStderr bool, AttachStdout bool, Detach bool, DetachKeys string, Env []string, WorkingDir string, Cmd []string
types.ExecStartCheck: Detach bool, Tty bool, ConsoleSize any
container.ExecStartOptions: Detach bool, Tty bool, ConsoleSize any
types.AuthConfig: username string, password string, auth string, email string, serveraddress string, identitytoken string, registrytoken string
registry.AuthConfig: username string, password string, auth string, email string, serveraddress string, identitytoken string, registrytoken string
nat.PortSet = any
nat.PortMap = any
struct = any
time.Duration = int64
fs.FileMode = uint32
strslice.StrSlice = words
swarm.RuntimeType = string
swarm.RestartPolicyCondition = string
swarm.ResolutionMode = string
swarm.PortConfigProtocol = string
swarm.PortConfigPublishMode = string
swarm.NodeRole = string
swarm.NodeAvailability = string
swarm.ExternalCAProtocol = string
swarm.SeccompMode = string
swarm.AppArmorMode = string
mount.Type = string
mount.Consistency = string
mount.Propagation = string
container.Isolation = string
container.NetworkMode = string
container.RestartPolicyMode = string
container.CgroupnsMode = string
container.IpcMode = string
container.CgroupSpec = string
container.PidMode = string
container.UTSMode = string
container.UsernsMode = string
`;

/** Bodies by what they are for: the name of their type in an engine of 20.10, and in one of 28 where it has another. */
const bodies = {
  service: ['swarm.ServiceSpec'],
  node: ['swarm.NodeSpec'],
  swarm: ['swarm.Spec'],
  init: ['swarm.InitRequest'],
  join: ['swarm.JoinRequest'],
  unlock: ['swarm.UnlockRequest'],
  secret: ['swarm.SecretSpec'],
  config: ['swarm.ConfigSpec'],
  network: ['types.NetworkCreateRequest', 'network.CreateRequest'],
  connect: ['types.NetworkConnect', 'network.ConnectOptions'],
  disconnect: ['types.NetworkDisconnect', 'network.DisconnectOptions'],
  volume: ['volume.VolumeCreateBody', 'volume.CreateOptions'],
  container: ['runconfig.ContainerConfigWrapper', 'container.CreateRequest'],
  update: ['container.UpdateConfig'],
  exec: ['types.ExecConfig', 'container.ExecOptions'],
  'exec start': ['types.ExecStartCheck', 'container.ExecStartOptions'],
  auth: ['types.AuthConfig', 'registry.AuthConfig'],
} as const;

export type BodyKind = keyof typeof bodies;

/** Bodies that an engine of 20.10 reads whatever their content type says: those of the swarm's routes. */
export const anyContentType: ReadonlySet<BodyKind> = new Set<BodyKind>([
  'service',
  'node',
  'swarm',
  'init',
  'join',
  'unlock',
  'secret',
  'config',
  'auth',
]);

const types = new GoTypes(text);

/** The type of a request's body. */
export function bodyType(kind: BodyKind, profile: ProfileName): GoType {
  const [older, newer] = bodies[kind] as readonly [string, string?];
  return types.read(profile === '20.10' ? older : (newer ?? older));
}
