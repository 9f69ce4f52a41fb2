import type { LabAddNode, LabContainer, LabDnsLookup, LabDnsRequest, LabNode } from '../../api';
import { timestamp } from '../../sim';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import type { NodeRoute } from '../routes/answers';
import { created, done, noContent, ok, reads, writes } from '../routes/answers';
import { lookup } from '../routes/lookup';
import { clockRoutes } from './clock';
import { findContainer } from './find-container';
import { http } from './http';
import { resolverRoutes } from './resolvers';
import { upstreamRoutes } from './upstream';

/** What only a simulation has: time, faults, explanations. Any node's engine answers for the whole cluster. */
export const labRoutes: readonly NodeRoute[] = [
  ...clockRoutes,
  ...resolverRoutes,
  ...upstreamRoutes,
  // A lookup advances the resolver's chance, so it is part of the history.
  writes('POST', '/lab/dns', dns),
  // For those who watch a name: the same answer, but no chance is drawn and nothing is written down.
  reads('GET', '/lab/dns', lookUp),
  // As does a request the round robin of virtual servers.
  writes('POST', '/lab/http', http),
  reads('GET', '/lab/tasks/{id}/explain', explain),
  reads('GET', '/lab/containers', ({ engine }) => ok([...containers(engine)])),
  reads('GET', '/lab/nodes', ({ engine }) => ok(engine.cluster.engines.map(showNode))),
  writes('POST', '/lab/nodes', ({ engine, json }) => {
    const added = engine.cluster.addMachine(json<LabAddNode>());
    return created({ ID: added.membership?.nodeID ?? '', Hostname: added.name });
  }),
  writes('POST', '/lab/nodes/{id}/power', power),
  reads('GET', '/lab/nodes/{id}/networkdb', ({ engine, params }) => {
    const { name } = engine.cluster.machine(params.id!);
    const { fabric } = engine.cluster;
    return ok({ node: name, entries: fabric.networkdb(name), failed: fabric.failed(name) });
  }),
  reads('GET', '/lab/faults', ({ engine }) => ok(engine.cluster.faults.list())),
  writes('POST', '/lab/faults', ({ engine, json }) => created(engine.cluster.faults.add(json<unknown>()))),
  writes('DELETE', '/lab/faults/{id}', ({ engine, params }) => {
    engine.cluster.faults.remove(params.id!);
    return noContent;
  }),
];

function showNode(engine: NodeEngine): LabNode {
  return {
    Hostname: engine.name,
    Address: engine.address,
    ...(engine.membership ? { ID: engine.membership.nodeID } : {}),
    power: engine.power,
  };
}

function power({ engine, params, json }: RouteContext<NodeEngine>) {
  const { power: wanted } = json<{ power?: unknown }>();
  const { cluster } = engine;
  const { name } = cluster.machine(params.id!);
  switch (wanted) {
    case 'off':
      cluster.powerOff(name);
      return done;
    case 'on':
      cluster.faults.forgetDown(name);
      cluster.powerOn(name);
      return done;
    case 'remove':
      cluster.removeMachine(name);
      return done;
    default:
      throw new EngineError(400, 'power must be off, on or remove');
  }
}

function dns({ engine, json }: RouteContext<NodeEngine>) {
  const { from, name, type } = json<LabDnsRequest>();
  if (typeof from !== 'string' || typeof name !== 'string') throw new EngineError(400, 'give from and name');
  const sandbox = findContainer(engine, from)?.container.sandbox;
  if (!sandbox) throw new EngineError(404, `No such container: ${from}`);
  return ok(sandbox.ask(name, type ?? 'A'));
}

function lookUp({ engine, query }: RouteContext<NodeEngine>) {
  const from = query.get('from');
  // The resolver sees names with their final dot.
  const name = query.get('name')?.replace(/\.?$/, '.');
  if (!from || name === undefined) throw new EngineError(400, 'give from and name');
  const sandbox = findContainer(engine, from)?.container.sandbox;
  if (!sandbox) throw new EngineError(404, `No such container: ${from}`);
  const { rcode, answers } = sandbox.lookup(name, query.get('type') ?? 'A', { hosts: true });
  const steadyUntil = sandbox.steadyUntil();
  return ok({
    rcode,
    answers,
    now: engine.cluster.sim.timestamp,
    ...(Number.isFinite(steadyUntil) && { steadyUntil: timestamp(steadyUntil) }),
  } satisfies LabDnsLookup);
}

function* containers(engine: NodeEngine): Iterable<LabContainer> {
  for (const node of engine.cluster.engines) {
    if (node.power === 'off') continue;
    for (const container of node.daemon.containers.list()) {
      yield {
        id: container.id,
        name: container.name,
        node: node.name,
        image: container.config.Image ?? '',
        state: container.status,
        networks: container.sandbox?.endpoints.map((endpoint) => endpoint.networkName) ?? [],
      };
    }
  }
}

/** What the scheduler decided, or what holds the task before it gets there. */
function explain({ engine, params }: RouteContext<NodeEngine>) {
  const swarm = engine.cluster.managedSwarm(engine);
  const task = lookup(swarm.store, 'task', params.id!);
  return ok(swarm.explain(task));
}
