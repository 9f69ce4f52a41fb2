import type { ServiceSpec } from '../../api';
import type { App } from '../app';
import { t } from '../model/l10n';
import { applyForm } from '../model/settings';
import { emptyService, withMode } from '../model/spec';
import { converge, showConvergence } from '../ui/convergence';
import { quickInput } from '../wizard/quick-input';
import { runWizard } from '../wizard/wizard';
import type { Input } from './command';
import { createQuestions } from './service-questions';

type Created = { readonly ID: string; readonly Warnings?: string[] | null };

/**
 * `docker service create`: by a wizard; with `{ spec }` or a spec itself; or with fields as on the command line
 * (`name, image, mode, replicas, networks, endpointMode, publish, env, args, constraints, updateDelay ...`).
 * With `wait: true` it resolves when the service has converged.
 */
export async function createService(app: App, input: Input): Promise<Created | undefined> {
  if (input.form) {
    const created = await create(app, specOf(input.form));
    if (input.flag('wait')) await converge(app, created.ID);
    return created;
  }
  const made = await runWizard(quickInput, {
    title: t('Create Service'),
    questions: createQuestions(app),
    state: emptyService(),
    finish: (spec) => create(app, spec).then((created) => ({ spec, created })),
  });
  if (made) showConvergence(app, made.created.ID, t('Creating {0}', made.spec.Name || made.created.ID));
  return made?.created;
}

async function create(app: App, spec: ServiceSpec): Promise<Created> {
  const created = await app.client.services.create(spec);
  for (const warning of created.Warnings ?? []) app.log.warn(warning);
  app.model.touch(created.ID);
  return created;
}

/** The spec that a program's fields make. */
function specOf(form: Readonly<Record<string, unknown>>): ServiceSpec {
  if (typeof form.spec === 'object') return form.spec as ServiceSpec;
  if (typeof form.TaskTemplate === 'object') return form as unknown as ServiceSpec;
  const empty = emptyService(typeof form.name === 'string' ? form.name : '');
  const mode = withMode(empty, form.mode === 'global' ? 'global' : 'replicated');
  const spec = applyForm(mode, form);
  const networks = Array.isArray(form.networks) ? form.networks.map((name) => ({ Target: String(name) })) : [];
  return networks.length > 0 ? { ...spec, TaskTemplate: { ...spec.TaskTemplate, Networks: networks } } : spec;
}
