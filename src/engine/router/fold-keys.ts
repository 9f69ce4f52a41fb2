/**
 * Go reads JSON keys without regard to case. The engine's fields by their lower-case form; keys of maps that belong
 * to the user (labels, options) are left alone.
 */
const fields = `
AdvertiseAddr Aliases Annotations Args AttachStderr AttachStdin AttachStdout Attachable AutoLockManagers AutoRemove
Availability AuxiliaryAddresses BindOptions Binds CAConfig CapabilityAdd CapabilityDrop CheckDuplicate Cmd Command
Condition Config ConfigFrom ConfigID ConfigName ConfigOnly Configs Consistency Constraints Container ContainerSpec
CreateMountpoint DNSConfig Data DataPathAddr DataPathPort DefaultAddrPool Delay Detach DetachKeys Dir
DiscreteResourceSpec Dispatcher Dns DnsOptions DnsSearch Domainname Driver DriverConfig DriverConfiguration DriverOpts
ElectionTick EnableIPv4 EnableIPv6 EncryptionConfig EndpointConfig EndpointSpec Entrypoint Env ExposedPorts ExtraHosts
FailureAction File Force ForceNewCluster ForceRotate ForceUpdate GID Gateway GenericResources Global GlobalJob Groups
Hard Healthcheck HeartbeatPeriod HeartbeatTick HostConfig HostIp HostPort Hostname Hosts IPAM IPAMConfig IPAMOptions
IPRange IPv4Address IPv6Address Image Ingress Init Internal Interval Isolation JoinToken KeepOldSnapshots Kind Labels
Limits LinkLocalIPs Links ListenAddr LogDriver LogEntriesForSlowFollowers MacAddress MaxAttempts MaxConcurrent
MaxFailureRatio MaxReplicas Memory MemoryBytes Mode Monitor Mounts Name NamedResourceSpec Nameservers NanoCPUs NanoCpus
NetworkAttachmentSpec NetworkMode NetworkingConfig Networks NoCopy NodeCertExpiry NonRecursive OS OomScoreAdj OpenStdin
Options Orchestration Order Parallelism Pids Placement Platforms PluginSpec PortBindings Ports Preferences Privileges
Propagation Protocol PublishMode PublishedPort Raft ReadOnly RemoteAddrs Replicas Replicated ReplicatedJob Reservations
Resources RestartPolicy Retries Role RollbackConfig Runtime Scope Search SecretID SecretName Secrets SizeBytes
SnapshotInterval Soft Source Spec Spread SpreadDescriptor StartInterval StartPeriod StdinOnce StopGracePeriod StopSignal
StopTimeout Subnet SubnetSize Subpath Sysctls TTY Target TargetPort TaskDefaults TaskHistoryRetentionLimit TaskTemplate
Templating Test Timeout TmpfsOptions TotalCompletions Tty Type UID Ulimits UnlockKey UpdateConfig User Value
VolumeOptions Volumes Window WorkingDir
`.trim();

const canonical = new Map(fields.split(/\s+/).map((name) => [name.toLowerCase(), name]));
/** `TTY` (of a ContainerSpec) and `Tty` (of a container) are both fields: such keys are taken as they are written. */
const exact = new Set(fields.split(/\s+/));
const userMaps = new Set([
  'Labels',
  'Options',
  'DriverOpts',
  'Sysctls',
  'AuxiliaryAddresses',
  'ExposedPorts',
  'Volumes',
]);

/** A copy of a parsed body with its keys as the engine spells them. Unknown keys stay. `parent` is the key it is under. */
export function foldKeys(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map((member) => foldKeys(member));
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const name = exact.has(key) ? key : nameOf(key.toLowerCase(), key, parent);
    result[name] = userMaps.has(name) ? member : foldKeys(member, name);
  }
  return result;
}

function nameOf(lower: string, key: string, parent: string): string {
  if (lower === 'tty') return parent === 'ContainerSpec' ? 'TTY' : 'Tty';
  if (lower === 'nanocpus') return parent === 'HostConfig' ? 'NanoCpus' : 'NanoCPUs';
  return canonical.get(lower) ?? key;
}
