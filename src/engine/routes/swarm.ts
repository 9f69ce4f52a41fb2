import type { ClusterSpec, InitRequest, JoinRequest } from '../../api';
import { wholeClusterSpec } from '../convert/cluster';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { projectSwarm } from '../projection/cluster';
import { isTrue } from '../router/filters';
import type { NodeRoute } from './answers';
import { done, ok, reads, readVersion, writes } from './answers';

/** The swarm itself: beginning, joining, leaving, its settings and keys. */
export const swarmRoutes: readonly NodeRoute[] = [
  writes('POST', '/swarm/init', ({ engine, json }) => {
    const request = json<InitRequest>('init');
    if (!engine.membership) checkListen(request);
    return ok(engine.membershipOffice.init(request));
  }),
  writes('POST', '/swarm/join', async ({ engine, json }) => {
    const request = json<JoinRequest>('join');
    if (!engine.membership) checkListen(request);
    await engine.membershipOffice.join(request);
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
    engine.membershipOffice.unlock(json<{ readonly UnlockKey?: string }>('unlock').UnlockKey ?? '');
    return done;
  }),
];

/** Clients say where a node is to listen, an address or an interface, and whether it takes tasks (CTRL-41). */
function checkListen({ ListenAddr = '', Availability = '' }: InitRequest & JoinRequest): void {
  if (ListenAddr === '') throw new EngineError(400, 'invalid ListenAddr "": invalid empty address');
  const [, host = ListenAddr] = /^(.*):\d+$/.exec(ListenAddr) ?? [];
  const known = host === '' || host === 'eth0' || host === 'lo' || /^[\d.]+$/.test(host) || host.includes(':');
  if (!known) {
    throw new EngineError(400, 'listen address must be an IP address or network interface (with optional port number)');
  }
  if (!['', 'active', 'pause', 'drain'].includes(Availability)) {
    throw new EngineError(500, `invalid Availability: "${Availability}"`);
  }
}

function update({ engine, query, json }: RouteContext<NodeEngine>) {
  const spec = json<ClusterSpec>('swarm');
  const version = readVersion(query, 'swarm');
  if (spec.Name && spec.Name !== 'default') throw new EngineError(400, 'swarm spec must be named "default"');
  const swarm = engine.manager();
  const rotate = (name: string): boolean => {
    const text = query.get(name);
    if (text === null || text === '') return false;
    if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
    if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
    throw new EngineError(400, `invalid value for ${name}: ${text}`);
  };
  swarm.control.updateCluster(version, wholeClusterSpec(spec), {
    workerToken: rotate('rotateWorkerToken'),
    managerToken: rotate('rotateManagerToken'),
    managerUnlockKey: rotate('rotateManagerUnlockKey'),
  });
  return done;
}
