import type { EndpointSettings } from '../../api';
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
  const network = findNetwork(engine, params.id!);
  const container = daemon.containers.get(name);
  if (container.status === 'dead' || container.status === 'removing') {
    throw new EngineError(
      403,
      `Container ${container.id} is marked for removal and cannot be connected or disconnected to the network`,
    );
  }
  const settings = EndpointConfig ?? {};
  const local = daemon.networking.network(network.Id);
  daemon.networking.check(local, settings);
  if (container.sandbox && container.isUp) {
    const options = daemon.networking.endpointOptions(container, local, settings);
    daemon.networking.connect(container, container.sandbox, options);
  }
  container.networks = { ...wanted(container), [network.Name]: settings };
  return done;
}

function disconnect({ engine, params, json }: RouteContext<NodeEngine>) {
  const { Container: name = '' } = json<ConnectRequest>('disconnect');
  const { daemon } = engine;
  const network = findNetwork(engine, params.id!);
  const container = daemon.containers.get(name);
  const endpoint = container.sandbox?.endpoints.find(({ networkID }) => networkID === network.Id);
  const known = wanted(container);
  const listed = Object.keys(known).find((key) => key === network.Name || key === network.Id);
  if (!endpoint && listed === undefined) {
    throw new EngineError(403, `container ${container.id} is not connected to network ${network.Name}`);
  }
  if (endpoint) daemon.networking.disconnect(container, network.Id);
  const { [listed ?? '']: _gone, ...rest } = known;
  container.networks = rest;
  return done;
}

/** The networks of a container by name, with the one that its mode names. */
function wanted(container: Container): Readonly<Record<string, EndpointSettings>> {
  const mode = container.hostConfig.NetworkMode || 'default';
  const first = mode === 'default' ? 'bridge' : mode;
  const given = container.networks;
  if (Object.keys(given).length > 0 || first.startsWith('container:')) return given;
  return { [first]: {} };
}
