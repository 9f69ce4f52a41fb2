import type { ServiceSpec } from '../../api';
import type { StoredService } from '../../swarm/objects';
import { convertServiceSpec } from '../convert/service';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { projectService } from '../projection/service';
import { acceptOnly, anyOf, anyPrefix, matchLabels, parseFilters, readFlag } from '../router/filters';
import type { NodeRoute } from './answers';
import { created, done, ok, reads, readVersion, writes } from './answers';
import { lookup } from './lookup';

export const serviceRoutes: readonly NodeRoute[] = [
  reads('GET', '/services', list),
  writes('POST', '/services/create', ({ engine, json }) => {
    const given = json<ServiceSpec>('service');
    const swarm = engine.manager();
    const spec = convertServiceSpec(given, swarm.store, engine.network, swarm.random);
    const service = swarm.control.createService(spec);
    return created({ ID: service.ID });
  }),
  reads('GET', '/services/{id}', ({ engine, params, query }) => {
    const insertDefaults = readFlag(query, 'insertDefaults');
    const { store, control } = engine.manager();
    const { ID } = lookup(store, 'service', params.id!);
    return ok(projectService(control.getService(ID, { insertDefaults })));
  }),
  writes('POST', '/services/{id}/update', update),
  writes('DELETE', '/services/{id}', ({ engine, params }) => {
    const swarm = engine.manager();
    swarm.control.removeService(lookup(swarm.store, 'service', params.id!).ID);
    return done;
  }),
];

function list({ engine, query }: RouteContext<NodeEngine>) {
  const { store, control } = engine.manager();
  const filters = parseFilters(query, engine.profile, 400);
  acceptOnly(filters, ['name', 'id', 'label', 'mode', 'runtime'], engine.profile.name === '20.10');
  const withStatus = readFlag(query, 'status');
  const services: StoredService[] = [];
  for (const service of store.all('service')) {
    if (
      anyPrefix(filters, 'id', service.ID) &&
      anyPrefix(filters, 'name', service.Spec.Name) &&
      matchLabels(filters, 'label', service.Spec.Labels) &&
      anyOf(filters, 'mode', (mode) => mode === modeOf(service)) &&
      anyOf(filters, 'runtime', (runtime) => runtime === (service.Spec.TaskTemplate.Runtime || 'container'))
    ) {
      services.push(service);
    }
  }
  const statuses = withStatus ? control.listServiceStatuses(services.map(({ ID }) => ID)) : undefined;
  return ok(services.map((service) => projectService(service, statuses?.get(service.ID))));
}

function modeOf({ Spec: { Mode } }: StoredService): string {
  if (Mode?.Global) return 'global';
  if (Mode?.ReplicatedJob) return 'replicated-job';
  return Mode?.GlobalJob ? 'global-job' : 'replicated';
}

function update({ engine, params, query, json }: RouteContext<NodeEngine>) {
  const given = json<ServiceSpec>('service');
  const version = readVersion(query, 'service');
  const swarm = engine.manager();
  const rollback = query.get('rollback') ?? '';
  if (rollback !== '' && rollback !== 'none' && rollback !== 'previous') {
    throw new EngineError(500, `unrecognized rollback option ${rollback}`);
  }
  const spec = convertServiceSpec(given, swarm.store, engine.network, swarm.random);
  const service = lookup(swarm.store, 'service', params.id!);
  const from = query.get('registryAuthFrom') ?? '';
  if (!['', 'spec', 'previous-spec'].includes(from)) throw new EngineError(500, 'unsupported registryAuthFrom value');
  swarm.control.updateService(service.ID, version, spec, { rollback: rollback === 'previous' });
  return ok({ Warnings: null });
}
