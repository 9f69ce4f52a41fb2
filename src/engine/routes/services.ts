import type { ServiceSpec, ServiceStatus } from '../../api';
import { isTerminal } from '../../api';
import type { StoredService } from '../../swarm/objects';
import type { Store } from '../../swarm/store';
import { convertServiceSpec } from '../convert/service';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import { insertDefaults, projectService } from '../projection/service';
import { acceptOnly, anyOf, anyPrefix, isTrue, matchLabels, parseFilters } from '../router/filters';
import type { NodeRoute } from './answers';
import { created, done, ok, reads, readVersion, writes } from './answers';
import { lookup } from './lookup';

export const serviceRoutes: readonly NodeRoute[] = [
  reads('GET', '/services', list),
  writes('POST', '/services/create', ({ engine, json }) => {
    const given = json<ServiceSpec>();
    const swarm = engine.manager();
    const spec = convertServiceSpec(given, swarm.store, engine.network, swarm.random);
    const service = swarm.control.createService(spec);
    return created({ ID: service.ID });
  }),
  reads('GET', '/services/{id}', ({ engine, params, query }) => {
    const service = projectService(lookup(engine.manager().store, 'service', params.id!));
    if (!isTrue(query.get('insertDefaults'))) return ok(service);
    return ok({ ...service, Spec: insertDefaults(service.Spec) });
  }),
  writes('POST', '/services/{id}/update', update),
  writes('DELETE', '/services/{id}', ({ engine, params }) => {
    const swarm = engine.manager();
    swarm.control.removeService(lookup(swarm.store, 'service', params.id!).ID);
    return done;
  }),
];

function list({ engine, query }: RouteContext<NodeEngine>) {
  const { store } = engine.manager();
  const filters = parseFilters(query);
  acceptOnly(filters, ['name', 'id', 'label', 'mode', 'runtime'], engine.profile.name === '20.10');
  const withStatus = isTrue(query.get('status'));
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
  return ok(services.map((service) => projectService(service, withStatus ? countTasks(store, service) : undefined)));
}

function modeOf({ Spec: { Mode } }: StoredService): string {
  if (Mode?.Global) return 'global';
  if (Mode?.ReplicatedJob) return 'replicated-job';
  return Mode?.GlobalJob ? 'global-job' : 'replicated';
}

/** How many tasks run and should run (API-30). */
function countTasks(store: Store, service: StoredService): ServiceStatus {
  const { Mode } = service.Spec;
  const job = Mode?.ReplicatedJob ?? Mode?.GlobalJob;
  const iteration = service.JobStatus?.JobIteration.Index ?? 0;
  let running = 0;
  let wanted = 0;
  let completed = 0;
  for (const task of store.tasksOfService(service.ID).values()) {
    if (job && (task.JobIteration?.Index ?? 0) !== iteration) continue;
    const { State } = task.Status;
    if (State === 'running') running++;
    if (State === 'complete') completed++;
    if (Mode?.Global && task.DesiredState === 'running') wanted++;
    if (Mode?.GlobalJob && task.DesiredState === 'complete' && !isTerminal(State)) wanted++;
  }
  if (Mode?.ReplicatedJob) wanted = Mode.ReplicatedJob.MaxConcurrent ?? 1;
  else if (!Mode?.Global && !Mode?.GlobalJob) wanted = Mode?.Replicated?.Replicas ?? 1;
  return { RunningTasks: running, DesiredTasks: wanted, CompletedTasks: job ? completed : 0 };
}

function update({ engine, params, query, json }: RouteContext<NodeEngine>) {
  const given = json<ServiceSpec>();
  const version = readVersion(query, 'service');
  const swarm = engine.manager();
  const rollback = query.get('rollback') ?? '';
  if (rollback !== '' && rollback !== 'none' && rollback !== 'previous') {
    throw new EngineError(500, `unrecognized rollback option ${rollback}`);
  }
  const spec = convertServiceSpec(given, swarm.store, engine.network, swarm.random);
  const service = lookup(swarm.store, 'service', params.id!);
  swarm.control.updateService(service.ID, version, spec, { rollback: rollback === 'previous' });
  return ok({ Warnings: null });
}
