import type {
  Config,
  ContainerConfig,
  ContainerSpec,
  HostConfig,
  Mount,
  NetworkAttachment,
  Secret,
  SwarmNetwork,
} from '../../api';
import type { EndpointOptions, LocalNetwork, NetworkController, ServiceBinding } from '../../network/libnetwork';
import { fromNanoseconds, second } from '../../sim';
import type { StoredTask } from '../../swarm/objects';
import { taskName } from '../../swarm/objects';
import type { TaskPlan } from '../containers/container';
import type { CreateRequest } from '../containers/create';
import { normalizePath } from '../containers/file-system';
import type { TemplateContext } from './template';
import { expand } from './template';

/** Whether the engine itself has the network (`host`, `bridge`), so that nothing is allocated for it (ALLOC-12). */
export function isNodeLocal(network: SwarmNetwork): boolean {
  const driver = network.DriverState?.Name ?? network.Spec.DriverConfiguration?.Name;
  return network.Spec.Labels?.['com.docker.swarm.predefined'] !== undefined || driver === 'host' || driver === 'bridge';
}

/** A swarm network as the node's libnetwork takes it. */
export function toLocalNetwork(network: SwarmNetwork): LocalNetwork {
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

/** The service behind a task, as its endpoints announce it (DISC-60). */
function serviceBinding(task: StoredTask): ServiceBinding | undefined {
  if (!task.ServiceID) return undefined;
  const virtual = new Map((task.Endpoint?.VirtualIPs ?? []).map(({ NetworkID, Addr }) => [NetworkID, Addr]));
  const networks: Record<string, { virtualIP?: string; aliases: readonly string[] }> = {};
  for (const { Network, Aliases } of task.NetworksAttachments ?? []) {
    const address = virtual.get(Network.ID)?.split('/')[0];
    networks[Network.ID] = { ...(address ? { virtualIP: address } : {}), aliases: Aliases ?? [] };
  }
  return {
    serviceID: task.ServiceID,
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

/** Secrets and configs of a task by their path inside (ORCH-7). */
function filesOf(
  spec: ContainerSpec,
  context: TemplateContext,
  secrets: ReadonlyMap<string, Secret>,
  configs: ReadonlyMap<string, Config>,
): ReadonlyMap<string, string> | undefined {
  if (!spec.Secrets?.length && !spec.Configs?.length) return undefined;
  const files = new Map<string, string>();
  const env = new Map((spec.Env ?? []).map((pair) => [pair.split('=')[0]!, pair.slice(pair.indexOf('=') + 1)]));
  const functions = {
    env: (name: string) => env.get(name) ?? '',
    secret: (name: string) => files.get(`/run/secrets/${name}`),
    config: (name: string) => files.get(normalizePath(`/${name}`)),
  };
  const content = (object: Secret | Config) => {
    const text = decode(object.Spec.Data);
    return object.Spec.Templating ? expand(text, context, functions) : text;
  };
  for (const reference of spec.Secrets ?? []) {
    const secret = secrets.get(reference.SecretID);
    if (!secret) throw new Error(`unable to get secret from the store: secret ${reference.SecretID} not found`);
    const name = reference.File?.Name ?? reference.SecretName;
    files.set(name.startsWith('/') ? name : `/run/secrets/${name}`, content(secret));
  }
  for (const reference of spec.Configs ?? []) {
    if (!reference.File) continue;
    const config = configs.get(reference.ConfigID);
    if (!config) throw new Error(`unable to get config from the store: config ${reference.ConfigID} not found`);
    files.set(normalizePath(`/${reference.File.Name}`), content(config));
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
  const labels = {
    ...spec.Labels,
    'com.docker.swarm.node.id': nodeID,
    'com.docker.swarm.service.id': task.ServiceID ?? '',
    'com.docker.swarm.service.name': task.ServiceAnnotations.Name,
    'com.docker.swarm.task': '',
    'com.docker.swarm.task.id': task.ID,
    'com.docker.swarm.task.name': name,
  };
  const config: ContainerConfig = {
    Image: spec.Image ?? '',
    Labels: labels,
    ...(spec.Command?.length ? { Entrypoint: spec.Command } : {}),
    ...(spec.Args?.length ? { Cmd: spec.Args } : {}),
    ...(spec.Hostname ? { Hostname: expand(spec.Hostname, context) } : {}),
    Env: (spec.Env ?? []).map((pair) => expand(pair, context)),
    ...(spec.Dir ? { WorkingDir: spec.Dir } : {}),
    ...(spec.User ? { User: spec.User } : {}),
    Tty: spec.TTY ?? false,
    OpenStdin: spec.OpenStdin ?? false,
    ...(spec.StopSignal ? { StopSignal: spec.StopSignal } : {}),
    ...(spec.Healthcheck ? { Healthcheck: spec.Healthcheck } : {}),
    ...(spec.StopGracePeriod === undefined ? {} : { StopTimeout: fromNanoseconds(spec.StopGracePeriod) / second }),
  };
  const limits = task.Spec.Resources?.Limits;
  const onHost = attachments.some(({ Network }) => Network.Spec.Name === 'host' && isNodeLocal(Network));
  const dns = spec.DNSConfig;
  const hostConfig: HostConfig = {
    NetworkMode: onHost ? 'host' : 'default',
    ...(spec.Mounts?.length ? { Mounts: spec.Mounts.map((mount) => expandMount(mount, context)) } : {}),
    ...(limits?.MemoryBytes ? { Memory: limits.MemoryBytes } : {}),
    ...(limits?.NanoCPUs ? { NanoCpus: limits.NanoCPUs } : {}),
    ...(dns?.Nameservers?.length ? { Dns: dns.Nameservers } : {}),
    ...(dns?.Search?.length ? { DnsSearch: dns.Search } : {}),
    ...(dns?.Options?.length ? { DnsOptions: dns.Options } : {}),
    ...(spec.Init === undefined ? {} : { Init: spec.Init }),
  };
  const ports = (task.Endpoint?.Ports ?? [])
    .filter((port) => port.PublishMode === 'host')
    .map((port) => ({
      protocol: port.Protocol ?? 'tcp',
      target: port.TargetPort ?? 0,
      published: port.PublishedPort ?? 0,
    }));
  const plan: TaskPlan = {
    taskID: task.ID,
    service: serviceBinding(task),
    endpoints: endpointsOf(attachments, networks),
    extraHosts: (spec.Hosts ?? []).map(hostOf),
    ports,
    files: filesOf(spec, context, secrets, configs),
  };
  return { name, config, hostConfig, task: plan };
}
