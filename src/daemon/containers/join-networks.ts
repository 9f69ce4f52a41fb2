import { hostOf } from '../../network/address';
import { DaemonError } from '../errors';
import type { Container } from './container';
import type { ContainerContext } from './context';
import { setLinkVariables, variablesOf } from './link-variables';
import type { ExtraHost } from './networking';
import { wantedNetworks } from './networking';

/**
 * Makes a container's sandbox and connects it to its networks. `get` finds other containers, `addresses` are those of
 * its attachments by network ID. Throws what hinders it; what was connected before stays until it is closed.
 */
export function joinNetworks(
  container: Container,
  addresses: ReadonlyMap<string, string>,
  context: ContainerContext,
  get: (reference: string) => Container,
): void {
  const { networking } = context;
  if (container.hostConfig.NetworkMode?.startsWith('container:')) {
    const other = get(container.hostConfig.NetworkMode.slice(10));
    if (!other.sandbox)
      throw new DaemonError('conflict', `cannot join network of a non running container: ${other.id}`);
    container.sandbox = other.sandbox;
    container.joined = other;
    return;
  }
  const { task } = container;
  const hosts: ExtraHost[] = task?.extraHosts.length ? [...task.extraHosts] : [];
  for (const text of container.hostConfig.ExtraHosts ?? []) {
    const split = text.search(/[:=]/);
    const ip = text.slice(split + 1);
    hosts.push({ ip: ip === 'host-gateway' ? context.hostGateway() : ip, names: [text.slice(0, split)] });
  }
  const endpoints = task
    ? task.endpoints
    : wantedNetworks(container).map(([name, settings]) => {
        const network = networking.network(name);
        networking.check(network, settings);
        return networking.endpointOptions(container, network, settings, addresses.get(network.id));
      });
  if (container.hostConfig.Links?.length) hosts.push(...legacyLinks(container, get, networking.network('bridge').id));
  const sandbox = networking.createSandbox(container, hosts);
  container.sandbox = sandbox;
  for (const options of endpoints) networking.connect(container, sandbox, options);
  // A task enters names and virtual servers when its agent says so (ORCH-116, ORCH-117).
  if (task) sandbox.start();
  else sandbox.activate();
}

/** `--link` on the default bridge: lines in /etc/hosts, as there is no resolver there (DISC-36). */
function legacyLinks(container: Container, get: (name: string) => Container, bridge: string): ExtraHost[] {
  const mode = container.hostConfig.NetworkMode || 'default';
  if (mode !== 'default' && mode !== 'bridge') return [];
  const hosts: ExtraHost[] = [];
  const variables: (readonly [string, string])[] = [];
  for (const link of container.hostConfig.Links ?? []) {
    const [name = '', alias = name] = link.split(':');
    const other = get(name);
    const endpoint = other.sandbox?.endpoints.find((one) => one.networkID === bridge);
    if (!endpoint)
      throw new DaemonError(
        'invalid',
        `Cannot link to a non running container: /${other.name} AS /${container.name}/${alias}`,
      );
    const address = hostOf(endpoint.address);
    hosts.push({ ip: address, names: [...new Set([alias, other.hostname, other.name])] });
    variables.push(...variablesOf(container, alias, other, address));
  }
  setLinkVariables(container, variables);
  return hosts;
}
