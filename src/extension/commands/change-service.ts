import type { Service, ServiceSpec } from '../../api';
import type { App } from '../app';
import { checkCount, checkImage } from '../model/checks';
import { t } from '../model/l10n';
import { allSettings, applyForm, mainSettings } from '../model/settings';
import { isGlobal, replicas, scaled } from '../model/spec';
import type { Undo } from '../ui/convergence';
import { converge, showConvergence } from '../ui/convergence';
import { confirm } from '../ui/undo';
import { quickInput } from '../wizard/quick-input';
import { runWizard } from '../wizard/wizard';
import type { Input } from './command';
import { sure, target } from './command';
import { settingQuestion, settingsMenu } from './service-questions';

/** Sends a changed spec of the service's present version, and follows it: in a notification, or when asked to wait. */
async function send(
  app: App,
  input: Input,
  service: Service,
  spec: ServiceSpec,
  title: string,
  undo?: Undo,
): Promise<void> {
  const fewer = (replicas(spec) ?? 0) < (replicas(service.Spec) ?? 0);
  const replaces = JSON.stringify(spec.TaskTemplate) !== JSON.stringify(service.Spec.TaskTemplate);
  const question = t('Change the service {0}?', service.Spec.Name);
  if ((fewer || replaces) && !(await sure(app, input, question))) return;
  const answer = await app.client.services.update(service.ID, service.Version.Index, spec);
  for (const warning of answer?.Warnings ?? []) app.log.warn(warning);
  app.model.touch(service.ID);
  await follow(app, input, service.ID, title, undo);
}

async function follow(app: App, input: Input, id: string, title: string, undo?: Undo): Promise<void> {
  if (!input.form) showConvergence(app, id, title, undo);
  else if (input.flag('wait')) await converge(app, id);
}

/**
 * The service as it is now. Its version moves with every step of an update, so it is only held against the user's
 * change when the spec itself was changed by others: then the engine is left to refuse the old version.
 */
async function latest(app: App, before: Service): Promise<Service> {
  const now = await app.client.services.inspect(before.ID);
  return JSON.stringify(now.Spec) === JSON.stringify(before.Spec) ? now : before;
}

/** `docker service scale`: asks how many, or `{ service, replicas, wait? }`; can be undone. */
export async function scaleService(app: App, input: Input): Promise<{ service: string; replicas: number } | undefined> {
  const object = await target(app, 'service', input);
  if (!object) return undefined;
  const service = await app.client.services.inspect(object.id);
  const before = replicas(service.Spec);
  const scale = async (count: number): Promise<number> => {
    const now = await latest(app, service);
    const title = t('Scaling {0} to {1}', object.name, count);
    await send(app, input, now, scaled(now.Spec, count), title, before === count ? undefined : undoOf(count));
    return count;
  };
  /** Told once the scaling is through, in place of its progress: one notification at a time. */
  const undoOf = (count: number): Undo => ({
    text: `${object.name} scaled to ${count}`,
    async run() {
      if (before === undefined) return;
      const now = await app.client.services.inspect(object.id);
      await send(app, input, now, scaled(now.Spec, before), t('Scaling {0} to {1}', object.name, before));
    },
  });
  if (isGlobal(service.Spec)) scaled(service.Spec, 0); // throws the command line's refusal
  let count: number | undefined;
  if (input.form) {
    const wanted = input.text('replicas') ?? '';
    const error = checkCount()(wanted);
    if (error) throw new Error(error);
    count = await scale(Number(wanted));
  } else {
    count = await runWizard(quickInput, {
      title: t('Scale {0}', object.name),
      questions: [
        {
          kind: 'input',
          title: '',
          prompt: t('Number of tasks; now {0}', before ?? 1),
          value: String,
          check: checkCount(),
          write: (text) => Number(text),
        },
      ],
      state: before ?? 1,
      finish: scale,
    });
  }
  if (count === undefined) return undefined;
  return { service: object.id, replicas: count };
}

/** `docker service update --image`: asks for the image, or `{ service, image, updateDelay?, ..., wait? }`. */
export async function updateImage(app: App, input: Input): Promise<{ service: string } | undefined> {
  if (input.form) {
    const error = checkImage(input.text('image') ?? '');
    if (error) throw new Error(error);
    return updateService(app, input);
  }
  const object = await target(app, 'service', input);
  if (!object) return undefined;
  const service = await app.client.services.inspect(object.id);
  const done = await runWizard(quickInput, {
    title: t('Update image of {0}', object.name),
    questions: [{ ...settingQuestion(mainSettings.image), title: '' }],
    state: service.Spec,
    finish: async (spec) => {
      await send(app, input, await latest(app, service), spec, t('Updating {0}', object.name));
      return true;
    },
  });
  return done ? { service: object.id } : undefined;
}

const FORCE = 'force';

/** `docker service update`: a list of settings, or `{ service, image?, env?, networks?, spec?, force?, wait? }`. */
export async function updateService(app: App, input: Input): Promise<{ service: string } | undefined> {
  const object = await target(app, 'service', input);
  if (!object) return undefined;
  const service = await app.client.services.inspect(object.id);
  const title = t('Updating {0}', object.name);
  if (input.form) {
    const given = input.form.spec as ServiceSpec | undefined;
    let spec = given ?? applyForm(service.Spec, input.form);
    const networks = input.form.networks;
    if (Array.isArray(networks)) {
      spec = { ...spec, TaskTemplate: { ...spec.TaskTemplate, Networks: networks.map((Target) => ({ Target })) } };
    }
    await send(app, input, service, input.flag(FORCE) ? forced(spec) : spec, title);
    return { service: object.id };
  }
  const menu = settingsMenu(app, { label: t('Apply the changes'), value: 'done', icon: 'check' }, allSettings, true);
  const restart = { label: t('Restart all tasks'), value: FORCE, icon: 'refresh' };
  const done = await runWizard(quickInput, {
    title: t('Update {0}', object.name),
    questions: [
      {
        ...menu,
        title: '',
        items: (spec) => {
          const [first, ...rest] = menu.items(spec);
          const will = spec.TaskTemplate.ForceUpdate !== service.Spec.TaskTemplate.ForceUpdate;
          return [first!, { ...restart, description: will ? t('yes') : '' }, ...rest];
        },
        choose: (value, spec) => (value === FORCE ? [forceQuestion()] : menu.choose(value, spec)),
      },
    ],
    state: service.Spec,
    finish: async (spec) => {
      await send(app, input, await latest(app, service), spec, title);
      return true;
    },
  });
  return done ? { service: object.id } : undefined;
}

/** ORCH-82: a higher ForceUpdate makes every task out of date. */
function forced(spec: ServiceSpec): ServiceSpec {
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: (spec.TaskTemplate.ForceUpdate ?? 0) + 1 } };
}

function forceQuestion() {
  return {
    kind: 'pick' as const,
    title: t('Restart all tasks'),
    prompt: t('Replace the tasks even where nothing changed'),
    items: () => [
      { label: t('yes'), value: 'yes' },
      { label: t('no'), value: 'no' },
    ],
    value: () => ['yes'],
    write: ([value]: readonly string[], spec: ServiceSpec) => (value === 'yes' ? forced(spec) : spec),
  };
}

/** `docker service rollback`: back to the spec before the last update. */
export async function rollbackService(app: App, input: Input): Promise<{ service: string } | undefined> {
  const object = await target(app, 'service', input);
  if (!object) return undefined;
  if (!(await sure(app, input, t('Roll the service {0} back?', object.name)))) return undefined;
  const service = await app.client.services.inspect(object.id);
  await app.client.services.update(service.ID, service.Version.Index, service.Spec, { rollback: 'previous' });
  app.model.touch(object.id);
  await follow(app, input, object.id, t('Rolling back {0}', object.name));
  return { service: object.id };
}

/** `docker service rm`, after a question unless a program called. */
export async function removeService(app: App, input: Input): Promise<{ service: string } | undefined> {
  const object = await target(app, 'service', input);
  if (!object) return undefined;
  const detail = t('Its tasks are stopped and its name is no longer found. This cannot be undone.');
  if (!input.form && !(await confirm(t('Remove the service {0}?', object.name), t('Remove'), detail))) return undefined;
  await app.client.services.remove(object.id);
  app.model.touch(object.id);
  return { service: object.id };
}
