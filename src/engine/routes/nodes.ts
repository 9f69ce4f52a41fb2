import type { NodeSpec } from '../../api';
import type { StoredNode } from '../../swarm/objects';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { projectNode } from '../projection/node';
import { acceptOnly, anyOf, anyPrefix, isTrue, matchLabels, parseFilters } from '../router/filters';
import type { NodeRoute } from './answers';
import { done, ok, reads, readVersion, writes } from './answers';
import { lookup } from './lookup';

const filterKeys = ['id', 'label', 'node.label', 'name', 'role', 'membership'];

export const nodeRoutes: readonly NodeRoute[] = [
  reads('GET', '/nodes', list),
  reads('GET', '/nodes/{id}', ({ engine, params }) => {
    const swarm = engine.manager();
    return ok(show(engine, lookup(swarm.store, 'node', params.id!)));
  }),
  writes('POST', '/nodes/{id}/update', update),
  writes('DELETE', '/nodes/{id}', ({ engine, params, query }) => {
    const swarm = engine.manager();
    const node = lookup(swarm.store, 'node', params.id!);
    swarm.control.removeNode(node.ID, { force: isTrue(query.get('force')) });
    return done;
  }),
];

function show(engine: NodeEngine, node: StoredNode) {
  const swarm = engine.manager();
  return projectNode(node, swarm.managerStatus(node.ID), swarm.store.cluster?.TLSInfo);
}

function list({ engine, query }: RouteContext<NodeEngine>) {
  const { store } = engine.manager();
  const filters = parseFilters(query, engine.profile);
  acceptOnly(filters, filterKeys, engine.profile.name === '20.10');
  for (const role of filters.get('role') ?? []) {
    if (role !== 'worker' && role !== 'manager') throw new EngineError(500, `Invalid role filter: '${role}'`);
  }
  for (const membership of filters.get('membership') ?? []) {
    if (membership !== 'accepted' && membership !== 'pending') {
      throw new EngineError(500, `Invalid membership filter: '${membership}'`);
    }
  }
  const nodes: StoredNode[] = [];
  for (const node of store.all('node')) {
    if (
      anyPrefix(filters, 'id', node.ID) &&
      anyPrefix(filters, 'name', node.Description.Hostname ?? '') &&
      matchLabels(filters, 'label', node.Description.Engine?.Labels) &&
      matchLabels(filters, 'node.label', node.Spec.Labels) &&
      anyOf(filters, 'role', (role) => node.Role === role) &&
      anyOf(filters, 'membership', (membership) => membership === 'accepted')
    ) {
      nodes.push(node);
    }
  }
  return ok(nodes.map((node) => show(engine, node)));
}

function update({ engine, params, query, json }: RouteContext<NodeEngine>) {
  const spec = json<Partial<NodeSpec>>('node');
  const version = readVersion(query, 'node');
  const swarm = engine.manager();
  const role = (spec.Role ?? '').toLowerCase();
  const availability = (spec.Availability ?? '').toLowerCase();
  if (role !== 'worker' && role !== 'manager') throw new EngineError(400, `invalid Role: "${spec.Role ?? ''}"`);
  if (availability !== 'active' && availability !== 'pause' && availability !== 'drain') {
    throw new EngineError(400, `invalid Availability: "${spec.Availability ?? ''}"`);
  }
  const node = lookup(swarm.store, 'node', params.id!);
  swarm.control.updateNode(node.ID, version, {
    ...(spec.Name ? { Name: spec.Name } : {}),
    Labels: spec.Labels ?? {},
    Role: role,
    Availability: availability,
  });
  return done;
}
