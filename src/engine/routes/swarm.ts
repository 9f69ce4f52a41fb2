import type { ClusterSpec, InitRequest, JoinRequest } from '../../api';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { projectSwarm } from '../projection/cluster';
import { isTrue } from '../router/filters';
import type { NodeRoute } from './answers';
import { done, ok, reads, readVersion, writes } from './answers';

/** The swarm itself: beginning, joining, leaving, its settings and keys. */
export const swarmRoutes: readonly NodeRoute[] = [
  writes('POST', '/swarm/init', ({ engine, json }) => ok(engine.membershipOffice.init(json<InitRequest>()))),
  writes('POST', '/swarm/join', async ({ engine, json }) => {
    await engine.membershipOffice.join(json<JoinRequest>());
    return done;
  }),
  writes('POST', '/swarm/leave', ({ engine, query }) => {
    engine.membershipOffice.leave(isTrue(query.get('force')));
    return done;
  }),
  reads('GET', '/swarm', ({ engine }) => {
    const { store } = engine.manager();
    if (!store.cluster) throw new EngineError(500, 'rpc error: code = NotFound desc = cluster not found');
    return ok(projectSwarm(store.cluster));
  }),
  writes('POST', '/swarm/update', update),
  reads('GET', '/swarm/unlockkey', ({ engine }) => ok({ UnlockKey: engine.manager().store.cluster?.UnlockKey ?? '' })),
  writes('POST', '/swarm/unlock', ({ engine, json }) => {
    engine.membershipOffice.unlock(json<{ readonly UnlockKey?: string }>().UnlockKey ?? '');
    return done;
  }),
];

function update({ engine, query, json }: RouteContext<NodeEngine>) {
  const spec = json<ClusterSpec>();
  const version = readVersion(query, 'swarm');
  const swarm = engine.manager();
  const rotate = (name: string): boolean => {
    const text = query.get(name);
    if (text === null || text === '') return false;
    if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
    if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
    throw new EngineError(400, `invalid value for ${name}: ${text}`);
  };
  swarm.control.updateCluster(version, spec, {
    workerToken: rotate('rotateWorkerToken'),
    managerToken: rotate('rotateManagerToken'),
    managerUnlockKey: rotate('rotateManagerUnlockKey'),
  });
  return done;
}
