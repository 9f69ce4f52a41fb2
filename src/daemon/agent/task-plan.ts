import type {
  Config,
  ContainerConfig,
  ContainerSpec,
  Endpoint,
  HostConfig,
  Mount,
  NetworkAttachment,
  Secret,
  SwarmNetwork,
  TaskSpec,
} from '../../api';
import type { EndpointOptions, LocalNetwork, NetworkController, ServiceBinding } from '../../network/libnetwork';
import { fromNanoseconds, second } from '../../sim';
import type { StoredTask } from '../../swarm/objects';
import { taskName } from '../../swarm/objects';
import type { TaskFile, TaskPlan } from '../containers/container';
import type { CreateRequest } from '../containers/create';
import type { FileFacts } from '../containers/file-facts';
import { normalizePath } from '../containers/file-system';
import { checkMounts } from './task-mounts';
import type { TemplateContext } from './template';
import { expand } from './template';

/** Whether the engine itself has the network (`host`, `bridge`), so that nothing is allocated for it (ALLOC-12). */
export function isNodeLocal(network: SwarmNetwork): boolean {
  const driver = network.DriverState?.Name ?? network.Spec.DriverConfiguration?.Name;
  return network.Spec.Labels?.['com.docker.swarm.predefined'] !== undefined || driver === 'host' || driver === 'bridge';
}

const localNetworks = new WeakMap<SwarmNetwork, LocalNetwork>();

/** A swarm network as the node's libnetwork takes it; made once for all nodes, as the network object cannot change. */
export function toLocalNetwork(network: SwarmNetwork): LocalNetwork {
  let local = localNetworks.get(network);
  if (!local) {
    local = makeLocalNetwork(network);
    localNetworks.set(network, local);
  }
  return local;
}

function makeLocalNetwork(network: SwarmNetwork): LocalNetwork {
  const options = { ...network.Spec.DriverConfiguration?.Options, ...network.DriverState?.Options };
  return {
    id: network.ID,
    name: network.Spec.Name,
    driver: network.DriverState?.Name || network.Spec.DriverConfiguration?.Name || 'overlay',
    scope: 'swarm',
    internal: network.Spec.Internal ?? false,
    attachable: network.Spec.Attachable ?? false,
    ingress: network.Spec.Ingress ?? false,
    ipv6: network.Spec.IPv6Enabled ?? false,
    encrypted: options.encrypted !== undefined,
    subnets: (network.IPAMOptions?.Configs ?? []).map(({ Subnet, Gateway, Range }) => ({
      subnet: Subnet ?? '',
      gateway: Gateway ?? '',
      ...(Range ? { range: Range } : {}),
    })),
    options,
    labels: network.Spec.Labels ?? {},
    created: network.CreatedAt,
  };
}

/** Bindings by the endpoint that tasks have of their service: those of one version of a service share one. */
const bindings = new WeakMap<Endpoint, { readonly spec: TaskSpec; readonly binding: ServiceBinding }>();

/** The service behind a task, as its endpoints announce it (DISC-60). */
function serviceBinding(task: StoredTask): ServiceBinding | undefined {
  if (!task.ServiceID) return undefined;
  const { Endpoint: endpoint } = task;
  const shared = endpoint && bindings.get(endpoint);
  if (
    shared?.spec === task.Spec &&
    shared.binding.serviceName === task.ServiceAnnotations.Name &&
    task.NetworksAttachments?.every(({ Network }) => shared.binding.networks[Network.ID])
  ) {
    return shared.binding;
  }
  const binding = makeBinding(task, task.ServiceID);
  if (endpoint) bindings.set(endpoint, { spec: task.Spec, binding });
  return binding;
}

function makeBinding(task: StoredTask, serviceID: string): ServiceBinding {
  const virtual = new Map((task.Endpoint?.VirtualIPs ?? []).map(({ NetworkID, Addr }) => [NetworkID, Addr]));
  const networks: Record<string, { virtualIP?: string; aliases: readonly string[] }> = {};
  for (const { Network, Aliases } of task.NetworksAttachments ?? []) {
    const address = virtual.get(Network.ID)?.split('/')[0];
    networks[Network.ID] = { ...(address ? { virtualIP: address } : {}), aliases: Aliases ?? [] };
  }
  return {
    serviceID,
    serviceName: task.ServiceAnnotations.Name,
    networks,
    ingressPorts: (task.Endpoint?.Ports ?? []).filter((port) => port.PublishMode !== 'host'),
  };
}

function endpointsOf(attachments: readonly NetworkAttachment[], networks: NetworkController): EndpointOptions[] {
  if (attachments.length === 0) return [{ networkID: networks.find('bridge')?.id ?? 'bridge' }];
  return attachments.map(({ Network, Addresses }) => {
    if (isNodeLocal(Network)) return { networkID: networks.find(Network.Spec.Name)?.id ?? Network.Spec.Name };
    const address = Addresses?.[0];
    return { networkID: Network.ID, ...(address === undefined ? {} : { address }) };
  });
}

const decoder = new TextDecoder();

function decode(data: string | undefined): string {
  return decoder.decode(Uint8Array.from(atob(data ?? ''), (character) => character.charCodeAt(0)));
}

/** Owner and permission bits of a secret or config, as its reference asks for them. */
function factsOf(
  file: { readonly UID?: string; readonly GID?: string; readonly Mode?: number } | undefined,
): FileFacts {
  return { uid: Number(file?.UID) || 0, gid: Number(file?.GID) || 0, mode: (file?.Mode ?? 0o444) & 0o777 };
}

/** Secrets and configs of a task by their path inside (ORCH-7). */
function filesOf(
  spec: ContainerSpec,
  context: TemplateContext,
  secrets: ReadonlyMap<string, Secret>,
  configs: ReadonlyMap<string, Config>,
): ReadonlyMap<string, TaskFile> | undefined {
  if (!spec.Secrets?.length && !spec.Configs?.length) return undefined;
  const files = new Map<string, TaskFile>();
  const env = new Map((spec.Env ?? []).map((pair) => [pair.split('=')[0]!, pair.slice(pair.indexOf('=') + 1)]));
  const functions = {
    env: (name: string) => env.get(name) ?? '',
    secret: (name: string) => files.get(`/run/secrets/${name}`)?.content,
    config: (name: string) => files.get(normalizePath(`/${name}`))?.content,
  };
  const content = (object: Secret | Config) => {
    const text = decode(object.Spec.Data);
    // Of its node, a payload's template knows the ID only.
    return object.Spec.Templating ? expand(text, { ...context, description: {} }, functions) : text;
  };
  for (const reference of spec.Secrets ?? []) {
    const secret = secrets.get(reference.SecretID);
    if (!secret) throw new Error(`unable to get secret from the store: secret ${reference.SecretID} not found`);
    const name = reference.File?.Name ?? reference.SecretName;
    files.set(normalizePath(name, '/run/secrets'), { content: content(secret), facts: factsOf(reference.File) });
  }
  for (const reference of spec.Configs ?? []) {
    if (!reference.File) continue;
    const config = configs.get(reference.ConfigID);
    if (!config) throw new Error(`unable to get config from the store: config ${reference.ConfigID} not found`);
    files.set(normalizePath(`/${reference.File.Name}`), { content: content(config), facts: factsOf(reference.File) });
  }
  return files;
}

function expandMount(mount: Mount, context: TemplateContext): Mount {
  return {
    ...mount,
    ...(mount.Source ? { Source: expand(mount.Source, context) } : {}),
    ...(mount.Target ? { Target: expand(mount.Target, context) } : {}),
  };
}

function hostOf(text: string): { ip: string; names: string[] } {
  const [ip = '', ...names] = text.trim().split(/\s+/);
  if (names.length > 0) return { ip, names };
  const colon = text.indexOf(':');
  return { ip: text.slice(colon + 1), names: [text.slice(0, colon)] };
}

const noEnv: readonly string[] = [];
const noHosts: TaskPlan['extraHosts'] = [];
const noHostPorts: TaskPlan['ports'] = [];

/** The ports that a task has on its node itself (ALLOC-51). */
function hostPorts(endpoint: Endpoint | undefined): TaskPlan['ports'] {
  if (!endpoint?.Ports?.length) return noHostPorts;
  return endpoint.Ports.filter((port) => port.PublishMode === 'host').map((port) => ({
    protocol: port.Protocol ?? 'tcp',
    target: port.TargetPort ?? 0,
    published: port.PublishedPort ?? 0,
  }));
}

/** Host configurations of specifications without mounts: nothing in them is a task's own. */
const hostConfigs = new WeakMap<TaskSpec, { readonly onHost: boolean; readonly hostConfig: HostConfig }>();

function hostConfigOf(context: TemplateContext): HostConfig {
  const { task } = context;
  const { NetworksAttachments: attachments } = task;
  const onHost = attachments?.some(({ Network }) => Network.Spec.Name === 'host' && isNodeLocal(Network)) ?? false;
  const shared = hostConfigs.get(task.Spec);
  if (shared?.onHost === onHost) return shared.hostConfig;
  const spec = task.Spec.ContainerSpec ?? {};
  const limits = task.Spec.Resources?.Limits;
  const dns = spec.DNSConfig;
  const hostConfig: HostConfig = {
    NetworkMode: onHost ? 'host' : 'default',
    ...(spec.Mounts?.length
      ? { Mounts: spec.Mounts.map((mount) => published(expandMount(mount, context), task)) }
      : {}),
    ...(limits?.MemoryBytes ? { Memory: limits.MemoryBytes } : {}),
    ...(limits?.NanoCPUs ? { NanoCpus: limits.NanoCPUs } : {}),
    ...(dns?.Nameservers?.length ? { Dns: dns.Nameservers } : {}),
    ...(dns?.Search?.length ? { DnsSearch: dns.Search } : {}),
    ...(dns?.Options?.length ? { DnsOptions: dns.Options } : {}),
    ...(spec.ReadOnly ? { ReadonlyRootfs: true } : {}),
    ...(spec.Init === undefined ? {} : { Init: spec.Init }),
  };
  if (!spec.Mounts?.length) hostConfigs.set(task.Spec, { onHost, hostConfig });
  return hostConfig;
}

/** A cluster volume is published at a path of its node, and bound from there. */
function published(mount: Mount, { Volumes }: StoredTask): Mount {
  if (mount.Type !== 'cluster') return mount;
  const id = Volumes?.find(({ Target }) => Target === mount.Target)?.ID ?? '';
  const Source = `/var/lib/docker/csi/${id}/published`;
  return { ...mount, Type: 'bind', Source, BindOptions: { CreateMountpoint: true } };
}

/** The container that a task asks for (ORCH-121). Throws for templates that cannot be filled and for missing secrets. */
export function containerRequest(
  context: TemplateContext,
  networks: NetworkController,
  secrets: ReadonlyMap<string, Secret>,
  configs: ReadonlyMap<string, Config>,
): CreateRequest {
  const { task, nodeID } = context;
  const spec = task.Spec.ContainerSpec ?? {};
  const attachments = task.NetworksAttachments ?? [];
  const name = taskName(task);
  const config: { -readonly [Key in keyof ContainerConfig]: ContainerConfig[Key] } = {
    Image: spec.Image ?? '',
    Labels: {
      ...spec.Labels,
      'com.docker.swarm.node.id': nodeID,
      'com.docker.swarm.service.id': task.ServiceID ?? '',
      'com.docker.swarm.service.name': task.ServiceAnnotations.Name,
      'com.docker.swarm.task': '',
      'com.docker.swarm.task.id': task.ID,
      'com.docker.swarm.task.name': name,
    },
    Env: spec.Env?.length ? spec.Env.map((pair) => expand(pair, context)) : noEnv,
    Tty: spec.TTY ?? false,
    OpenStdin: spec.OpenStdin ?? false,
  };
  if (spec.Command?.length) config.Entrypoint = spec.Command;
  if (spec.Args?.length) config.Cmd = spec.Args;
  if (spec.Hostname) config.Hostname = expand(spec.Hostname, context);
  if (spec.Dir) config.WorkingDir = spec.Dir;
  if (spec.User) config.User = spec.User;
  if (spec.StopSignal) config.StopSignal = spec.StopSignal;
  if (spec.Healthcheck) config.Healthcheck = spec.Healthcheck;
  if (spec.StopGracePeriod !== undefined) config.StopTimeout = fromNanoseconds(spec.StopGracePeriod) / second;
  checkMounts(spec.Mounts ?? []);
  const plan: TaskPlan = {
    taskID: task.ID,
    service: serviceBinding(task),
    endpoints: endpointsOf(attachments, networks),
    extraHosts: spec.Hosts?.length ? spec.Hosts.map(hostOf) : noHosts,
    ports: hostPorts(task.Endpoint),
    files: filesOf(spec, context, secrets, configs),
  };
  return { name, config, hostConfig: hostConfigOf(context), task: plan };
}
