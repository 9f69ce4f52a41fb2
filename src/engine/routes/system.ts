import type { EventMessage } from '../../api';
import { includes } from '../events/event-filter';
import { parseEventTime } from '../events/event-times';
import { keptEvents } from '../events/swarm-events';
import type { EngineResponse, RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { acceptOnly, parseFilters } from '../router/filters';
import { systemInfo } from '../system/info';
import { systemVersion } from '../system/version';
import type { NodeRoute } from './answers';
import { ok, outOfScope, reads } from './answers';

/** `_ping`, `version`, `info`, `events`, and what the simulation leaves out (API-5, 70, 80, 81). */
export const systemRoutes: readonly NodeRoute[] = [
  reads('GET', '/_ping', ({ engine }) => ping(engine, false)),
  reads('HEAD', '/_ping', ({ engine }) => ping(engine, true)),
  reads('GET', '/version', ({ engine }) => ok(systemVersion(engine.profile, engine.cluster.config.kernelVersion))),
  reads('GET', '/info', ({ engine }) => engine.afterWaiting(() => ok(systemInfo(engine)))),
  reads('GET', '/events', events),
  reads('GET', '/plugins', ({ engine, query }) => {
    acceptOnly(parseFilters(query, engine.profile), ['capability', 'enabled'], engine.profile.name === '20.10');
    return ok([]);
  }),
  reads('POST', '/auth', ({ engine }) => {
    const { down } = engine.cluster.registry;
    if (down !== undefined) throw new EngineError(500, down);
    return ok({ Status: 'Login Succeeded', IdentityToken: '' });
  }),
  outOfScope('POST', '/plugins/pull', 'installing plugins'),
  reads('GET', '/plugins/{name*}/json', ({ params }) => {
    throw new EngineError(404, `plugin "${params.name}" not found`);
  }),
  outOfScope('POST', '/build', 'building images'),
  outOfScope('POST', '/build/prune', 'the build cache'),
  outOfScope('POST', '/commit', 'making images from containers'),
  outOfScope('POST', '/grpc', 'the build engine'),
  outOfScope('POST', '/session', 'the build engine'),
  outOfScope('GET', '/containers/{id}/checkpoints', 'checkpoints'),
  outOfScope('POST', '/containers/{id}/checkpoints', 'checkpoints'),
  outOfScope('DELETE', '/containers/{id}/checkpoints/{name}', 'checkpoints'),
];

/** The swarm's state is told by newer engines only. */
function ping(engine: NodeEngine, head: boolean): EngineResponse {
  return {
    status: 200,
    headers: {
      ...(head ? { 'Content-Length': '0' } : {}),
      'Cache-Control': 'no-cache, no-store, must-revalidate',
      Pragma: 'no-cache',
      ...(engine.profile.pingSwarmHeader ? { 'Builder-Version': '2', Swarm: engine.swarmHeader } : {}),
      'Content-Type': 'text/plain; charset=utf-8',
    },
    text: 'OK',
  };
}

/** What is kept and wanted at once, then what happens until `until` or until the client leaves. */
function events({ engine, query }: RouteContext<NodeEngine>): EngineResponse {
  const since = parseEventTime(query.get('since'), engine.profile);
  const until = parseEventTime(query.get('until'), engine.profile);
  const filters = parseFilters(query, engine.profile);
  const { sim } = engine.cluster;
  const past =
    since === undefined && until === undefined
      ? []
      : keptOf(engine).filter((event) => {
          const time = event.timeNano / 1_000;
          return time >= (since ?? 0) && time <= (until ?? Number.POSITIVE_INFINITY);
        });
  const line = (event: EventMessage) => `${JSON.stringify(event)}\n`;
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    stream: (sink) => {
      for (const event of past) if (includes(filters, event)) sink.write(line(event));
      if (until !== undefined && until <= sim.now) {
        sink.end();
        return;
      }
      const stop = engine.subscribeEvents((event) => {
        if (includes(filters, event)) sink.write(line(event));
      });
      const end = until === undefined ? undefined : sim.at(until, () => sink.end());
      sink.onClose(() => {
        stop();
        end?.cancel();
      });
    },
  };
}

/** The engine keeps its own events and those of its swarm together. */
function keptOf(engine: NodeEngine): EventMessage[] {
  const all = [...engine.daemon.events.list(), ...(engine.managedSwarm?.events.list() ?? [])];
  return all.sort((a, b) => a.timeNano - b.timeNano).slice(-keptEvents);
}
