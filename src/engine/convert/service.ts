import type { NetworkAttachmentConfig, PortConfig, ServiceSpec, UpdateConfig } from '../../api';
import type { NetworkController } from '../../network/libnetwork';
import type { Random } from '../../sim';
import type { Store } from '../../swarm/store';
import { EngineError } from '../http';
import { taskSpec } from '../projection/task-spec';
import { randomName } from './random-name';

const restartConditions = new Set(['', 'none', 'on-failure', 'any']);
const failureActions = new Set(['', 'pause', 'continue', 'rollback']);
const orders = new Set(['', 'stop-first', 'start-first']);
const mountTypes = new Set(['bind', 'volume', 'tmpfs', 'npipe', 'cluster', 'image']);

function invalid(message: string): EngineError {
  return new EngineError(400, message);
}

/**
 * What the engine makes of a service spec before the managers see it: names of networks become IDs, a name is made up
 * where there is none, and words that it does not know are refused (API-26, API-27).
 */
export function convertServiceSpec(
  given: ServiceSpec,
  store: Store,
  network: NetworkController,
  random: Random,
): ServiceSpec {
  const withNetworks = resolveNetworks(given, store, network);
  checkRuntime(withNetworks);
  const { TaskTemplate: task, EndpointSpec: endpoint } = withNetworks;
  const condition = task.RestartPolicy?.Condition ?? '';
  if (!restartConditions.has(condition)) throw invalid(`invalid RestartCondition: "${condition}"`);
  for (const mount of task.ContainerSpec?.Mounts ?? []) {
    if (mount.Type !== undefined && !mountTypes.has(mount.Type)) throw invalid(`invalid MountType: "${mount.Type}"`);
  }
  checkUpdate(withNetworks.UpdateConfig);
  checkUpdate(withNetworks.RollbackConfig);
  const mode = endpoint?.Mode ?? '';
  if (mode !== '' && mode !== 'vip' && mode !== 'dnsrr') throw invalid(`invalid resolution mode: "${mode}"`);
  const modes = Object.values(withNetworks.Mode ?? {}).filter((value) => value !== undefined && value !== null);
  if (modes.length > 1) throw invalid('must specify only one service mode');
  return {
    ...withNetworks,
    ...(endpoint?.Ports ? { EndpointSpec: { ...endpoint, Ports: endpoint.Ports.map(knownWords) } } : {}),
    Name: withNetworks.Name || randomName(random),
    // Stored in the form in which it is shown: what a client read and sends back is no change (ORCH-80).
    TaskTemplate: { ...taskSpec(task), Runtime: task.Runtime || 'container' },
  };
}

/** Words for a protocol or a way of publishing that are not known count as the first of their kind (API-27). */
function knownWords(port: PortConfig): PortConfig {
  const protocol = (port.Protocol ?? 'tcp').toLowerCase();
  const mode = (port.PublishMode ?? 'ingress').toLowerCase();
  return {
    ...port,
    ...(port.Protocol === undefined ? {} : { Protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp' }),
    ...(port.PublishMode === undefined ? {} : { PublishMode: mode === 'host' ? 'host' : 'ingress' }),
  };
}

function checkRuntime(spec: ServiceSpec): void {
  const { Runtime = '', ContainerSpec, PluginSpec } = spec.TaskTemplate;
  if (Runtime !== '' && Runtime !== 'container' && Runtime !== 'plugin') throw invalid('unsupported runtime');
  if (Runtime === 'plugin' ? !PluginSpec : !ContainerSpec) throw invalid('mismatched Runtime and *Spec fields');
}

function checkUpdate(config: UpdateConfig | null | undefined): void {
  if (!config) return;
  const { FailureAction = '', Order = '' } = config;
  if (!failureActions.has(FailureAction)) throw invalid(`unrecognized update failure action ${FailureAction}`);
  if (!orders.has(Order)) throw invalid(`unrecognized update order ${Order}`);
}

function resolveNetworks(given: ServiceSpec, store: Store, network: NetworkController): ServiceSpec {
  const TaskTemplate = given.TaskTemplate ?? {};
  const resolve = (list: readonly NetworkAttachmentConfig[]) =>
    list.map((attachment) => ({ ...attachment, Target: networkId(attachment.Target ?? '', store, network) }));
  if (TaskTemplate.Networks && TaskTemplate.Networks.length > 0) {
    return { ...given, TaskTemplate: { ...TaskTemplate, Networks: resolve(TaskTemplate.Networks) } };
  }
  if (given.Networks && given.Networks.length > 0) {
    return { ...given, TaskTemplate, Networks: resolve(given.Networks) };
  }
  return { ...given, TaskTemplate };
}

/** An unknown network is an error without a type (500); one that is not the swarm's is forbidden (ALLOC-36). */
function networkId(target: string, store: Store, network: NetworkController): string {
  const exact = store.get('network', target) ?? store.named('network', target);
  if (exact) return exact.ID;
  const byPrefix = [...store.all('network')].filter((candidate) => candidate.ID.startsWith(target));
  if (byPrefix.length === 1) return byPrefix[0]!.ID;
  if (byPrefix.length > 1)
    throw new EngineError(400, `network ${target} is ambiguous (${byPrefix.length} matches found)`);
  const local = network.find(target);
  if (!local || local.scope === 'swarm') throw new EngineError(500, `network ${target} not found`);
  const predefined = store.named('network', local.name);
  if (predefined?.Predefined) return predefined.ID;
  throw new EngineError(
    403,
    `The network ${local.name} cannot be used with services. Only networks scoped to the swarm can be used, such as those created with the overlay driver.`,
  );
}
