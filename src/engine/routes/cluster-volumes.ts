import type { ClusterVolumeSpec, Labels } from '../../api';
import type { StoredVolume } from '../../swarm/objects';
import type { Store } from '../../swarm/store';
import type { EngineResponse, RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { projectVolume } from '../projection/volume';
import { isTrue } from '../router/filters';
import type { NodeRoute } from './answers';
import { created, done, noContent, ok, reads, writes } from './answers';
import { atLeast } from './containers-context';
import { lookup } from './lookup';
import { volumeRoutes } from './volumes';

type Context = RouteContext<NodeEngine>;

interface CreateBody {
  readonly Name?: string;
  readonly Driver?: string;
  readonly DriverOpts?: Labels | null;
  readonly Labels?: Labels | null;
  readonly ClusterVolumeSpec?: ClusterVolumeSpec | null;
}

/**
 * Where a path is the swarm's and the node's: volumes of the swarm (CSI) beside the engine's own, from API 1.42 on and on
 * managers (ORCH-130). What is not theirs goes on to the node's routes.
 */
export const clusterVolumeRoutes: readonly NodeRoute[] = [
  reads('GET', '/volumes', (context) => context.engine.afterWaiting(() => list(context))),
  writes('POST', '/volumes/create', create),
  reads('GET', '/volumes/{name}', inspect),
  writes('PUT', '/volumes/{name}', update),
  writes('DELETE', '/volumes/{name}', remove),
];

/** The node's own route. */
function local(method: string, path: string, context: Context): EngineResponse {
  const route = volumeRoutes.find((one) => one.method === method && one.path === path)!;
  return route.handle(context) as EngineResponse;
}

function isKnown({ engine, apiVersion }: Context): boolean {
  return engine.profile.name !== '20.10' && atLeast(apiVersion, 42);
}

function list(context: Context): EngineResponse {
  const { engine } = context;
  const own = local('GET', '/volumes', context);
  if (!isKnown(context) || !engine.membership || !engine.isManager) return own;
  const { swarm, nodeID } = engine.membership;
  const { Volumes } = own.json as { readonly Volumes: readonly unknown[] };
  // The engine's own volumes are told in any case.
  const why = swarm.leaderless(nodeID);
  if (why) return ok({ Volumes, Warnings: [why.message] });
  return ok({ Volumes: [...Volumes, ...[...swarm.store.all('volume')].map(projectVolume)], Warnings: null });
}

/** A volume of the swarm; undefined where there is none. Throws 400 when several are meant. */
function find(store: Store, name: string): StoredVolume | undefined {
  try {
    return lookup(store, 'volume', name);
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return undefined;
    throw error;
  }
}

/** A volume of this node, or one of the swarm where there is none. */
function inspect(context: Context): EngineResponse {
  const { engine, params } = context;
  const name = params.name ?? '';
  if (engine.daemon.volumes.find(name) || !isKnown(context) || !engine.isManager) {
    return local('GET', '/volumes/{name}', context);
  }
  const shared = find(engine.manager().store, name);
  return shared ? ok(projectVolume(shared)) : local('GET', '/volumes/{name}', context);
}

function create(context: Context): EngineResponse {
  const { Name, Driver, DriverOpts, Labels, ClusterVolumeSpec: spec } = context.json<CreateBody>();
  if (!spec || !isKnown(context)) return local('POST', '/volumes/create', context);
  const volume = context.engine.manager().control.createVolume({
    ...spec,
    Name: Name ?? '',
    Labels: Labels ?? {},
    Driver: { Name: Driver ?? '', ...(DriverOpts ? { Options: DriverOpts } : {}) },
  });
  return created(projectVolume(volume));
}

/** Only a cluster volume can be changed, and of it only the availability. */
function update({ engine, params, query, json }: Context): EngineResponse {
  if (!engine.isManager) {
    throw new EngineError(503, 'volume update only valid for cluster volumes, but swarm is unavailable');
  }
  const text = query.get('version') ?? '';
  if (!/^\d+$/.test(text)) {
    const why = `strconv.ParseUint: parsing "${text}": invalid syntax`;
    throw new EngineError(400, `invalid swarm object version '${text}': ${why}`);
  }
  const { Spec } = json<{ readonly Spec?: ClusterVolumeSpec | null }>();
  const { store, control } = engine.manager();
  control.updateVolume(lookup(store, 'volume', params.name ?? '').ID, Number(text), Spec?.Availability);
  return done;
}

/** The node's volume of that name, else the swarm's; by force both. */
function remove(context: Context): EngineResponse {
  const { engine, params, query } = context;
  const name = params.name ?? '';
  const force = isTrue(query.get('force'));
  const own = engine.daemon.volumes.find(name) !== undefined;
  const shared = isKnown(context) && engine.isManager && (force || !own);
  if (own || !shared) local('DELETE', '/volumes/{name}', context);
  if (!shared) return noContent;
  const { store, control } = engine.manager();
  const volume = find(store, name);
  if (volume) control.removeVolume(volume.ID, { force });
  else if (!own) local('DELETE', '/volumes/{name}', context);
  return noContent;
}
