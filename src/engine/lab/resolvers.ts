import type { LabOpenResolver } from '../../api';
import type { Resolvers } from '../dns/resolvers';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import type { NodeRoute } from '../routes/answers';
import { created, noContent, ok } from '../routes/answers';

/**
 * Containers' resolvers on loopback ports. They act on the keeper, not inside the simulation: sockets are no part of a
 * cluster's history, so these requests are not written down.
 */
export const resolverRoutes: readonly NodeRoute[] = [
  outside('GET', '/lab/resolvers', ({ engine }) => ok(resolvers(engine).list())),
  outside('POST', '/lab/resolvers', async ({ engine, json }) => {
    const { container, network, address } = json<Readonly<Record<keyof LabOpenResolver, unknown>>>();
    if (typeof container !== 'string' || container === '') throw new EngineError(400, 'give container');
    if (network !== undefined && typeof network !== 'string') throw new EngineError(400, 'network must be a name');
    if (address !== undefined && typeof address !== 'string') throw new EngineError(400, 'address must be a text');
    const request = { container, ...(network !== undefined && { network }), ...(address !== undefined && { address }) };
    return created(await resolvers(engine).openFor(request));
  }),
  outside('DELETE', '/lab/resolvers/{id}', async ({ engine, params }) => {
    await resolvers(engine).close(params.id!);
    return noContent;
  }),
];

function outside(method: string, path: string, handle: NodeRoute['handle']): NodeRoute {
  return { method, path, writes: false, handle };
}

function resolvers(engine: NodeEngine): Resolvers {
  const { keeper } = engine.cluster;
  if (!keeper) throw new EngineError(501, 'this cluster has no time of its own, so nobody can ask it from outside');
  return keeper.resolvers;
}
