import type { EndpointSettings, NetworkResource } from '../../api';
import type { Container } from '../../daemon';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import type { NodeRoute } from './answers';
import { done, writes } from './answers';
import { findNetwork } from './networks';

interface ConnectRequest {
  readonly Container?: string;
  readonly EndpointConfig?: EndpointSettings | null;
  readonly Force?: boolean;
}

/** Puts a plain container on a network of this node, or takes it off. */
export const networkConnectRoutes: readonly NodeRoute[] = [
  writes('POST', '/networks/{id}/connect', connect),
  writes('POST', '/networks/{id}/disconnect', disconnect),
];

function connect({ engine, params, json }: RouteContext<NodeEngine>) {
  const { Container: name = '', EndpointConfig } = json<ConnectRequest>('connect');
  const { daemon } = engine;
  const network = networkToJoin(engine, params.id!);
  const container = containerOf(engine, name);
  checkModes(network.Name);
  if (network.Scope === 'swarm' && !network.Attachable) {
    throw new EngineError(
      500,
      `Could not attach to network ${params.id}: rpc error: code = PermissionDenied desc = network ${network.Name} not manually attachable`,
    );
  }
  if (container.status === 'dead' || container.status === 'removing') {
    throw new EngineError(
      403,
      `Container ${container.id} is marked for removal and cannot be connected or disconnected to the network`,
    );
  }
  const settings = EndpointConfig ?? {};
  if (network.Scope === 'swarm' && container.isUp && container.sandbox) {
    return daemon.attachTo(container, network.Name, settings).then((address) => {
      join(engine, container, network, settings, address);
      return done;
    });
  }
  join(engine, container, network, settings);
  return done;
}

/** Puts a container on a network that is on this node; `address` is what the managers gave it there. */
function join(
  { daemon }: NodeEngine,
  container: Container,
  network: NetworkResource,
  settings: EndpointSettings,
  address?: string,
): void {
  const local = daemon.networking.network(network.Id);
  daemon.networking.check(local, settings);
  if (container.sandbox && container.isUp) {
    const options = daemon.networking.endpointOptions(container, local, settings, address);
    daemon.networking.connect(container, container.sandbox, options);
  }
  container.networks = { ...wanted(container), [network.Name]: settings };
}

function disconnect({ engine, params, json }: RouteContext<NodeEngine>) {
  const { Container: name = '', Force } = json<ConnectRequest>('disconnect');
  const { daemon } = engine;
  const network = findNetwork(engine, params.id!);
  if (Force && engine.network.cleanStale(network.Id, name)) return done;
  if (Force && name !== '' && !daemon.containers.find(name)) throw new EngineError(404, `endpoint ${name} not found`);
  const container = containerOf(engine, name);
  const endpoint = container.sandbox?.endpoints.find(({ networkID }) => networkID === network.Id);
  const known = wanted(container);
  const listed = Object.keys(known).find((key) => key === network.Name || key === network.Id);
  if (!endpoint && listed === undefined) {
    const status = engine.profile.name === '20.10' ? 500 : 403;
    throw new EngineError(status, `container ${container.id} is not connected to network ${network.Name}`);
  }
  if (endpoint) daemon.networking.disconnect(container, network.Id);
  daemon.detachFrom(container, network.Id);
  const { [listed ?? '']: _gone, ...rest } = known;
  container.networks = rest;
  return done;
}

function containerOf({ daemon }: NodeEngine, name: string): Container {
  if (name === '') throw new EngineError(400, 'invalid name or ID supplied: ""');
  return daemon.containers.get(name);
}

/** A member of a swarm asks the managers for what it does not know, and tells what they say. */
function networkToJoin(engine: NodeEngine, term: string): NetworkResource {
  try {
    return findNetwork(engine, term);
  } catch (error) {
    if (!(error instanceof EngineError) || error.status !== 404 || !engine.membership) throw error;
    throw new EngineError(
      500,
      `Could not attach to network ${term}: rpc error: code = NotFound desc = network ${term} not found`,
    );
  }
}

/** The host's network and none are chosen when a container is made, or never. */
function checkModes(network: string): void {
  if (network === 'host') {
    throw new EngineError(400, 'container cannot be disconnected from host network or connected to host network');
  }
  if (network === 'none') {
    throw new EngineError(
      400,
      'container cannot be connected to multiple networks with one of the networks in private (none) mode',
    );
  }
}

/** The networks of a container by name, with the one that its mode names. */
function wanted(container: Container): Readonly<Record<string, EndpointSettings>> {
  const mode = container.hostConfig.NetworkMode || 'default';
  const first = mode === 'default' ? 'bridge' : mode;
  const given = container.networks;
  if (Object.keys(given).length > 0 || first.startsWith('container:')) return given;
  return { [first]: {} };
}
