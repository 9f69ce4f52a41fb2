import type { ServiceSpec } from '../../api';
import type { App } from '../app';
import { checkServiceName } from '../model/checks';
import { t } from '../model/l10n';
import { isEncrypted, subnetOf } from '../model/network-rows';
import type { Setting } from '../model/settings';
import { mainSettings, moreSettings } from '../model/settings';
import type { Mode } from '../model/spec';
import { isGlobal, withMode } from '../model/spec';
import type { MenuQuestion, PickItem, WizardQuestion } from '../wizard/wizard';

type Question = WizardQuestion<ServiceSpec>;

export function nameQuestion(app: App): Question {
  return {
    kind: 'input',
    title: t('Name'),
    prompt: t('Name of the service, by which others find it; empty lets the engine make one up'),
    placeholder: 'web',
    value: (spec) => spec.Name,
    check: checkServiceName(app.model.objects.services.values().map((service) => service.Spec.Name)),
    write: (Name, spec) => ({ ...spec, Name }),
    blame: /name (must|conflicts)/,
  };
}

export const modeQuestion = (): Question => ({
  kind: 'pick',
  title: t('Mode'),
  prompt: t('How many tasks, and where'),
  items: () => [
    { label: 'replicated', value: 'replicated', detail: t('A number of tasks, spread over the nodes') },
    { label: 'global', value: 'global', detail: t('One task on every node') },
  ],
  value: (spec) => [isGlobal(spec) ? 'global' : 'replicated'],
  write: ([mode], spec) => withMode(spec, (mode ?? 'replicated') as Mode),
});

/** The swarm's networks but the routing mesh, which services cannot name (ALLOC-35). */
function networkItems(app: App): PickItem[] {
  return app.model.objects.networks
    .values()
    .filter((network) => network.Scope === 'swarm' && !network.Ingress)
    .map((network) => ({
      label: network.Name,
      value: network.Id,
      description: [subnetOf(network), isEncrypted(network) && t('encrypted')].filter(Boolean).join(' · '),
    }));
}

export function networksQuestion(app: App): Question {
  return {
    kind: 'pick',
    many: true,
    title: t('Networks'),
    prompt: t('Networks in which the service is found; none is possible'),
    when: () => networkItems(app).length > 0,
    items: () => networkItems(app),
    value: (spec) => (spec.TaskTemplate.Networks ?? []).map((network) => network.Target ?? ''),
    write: (values, spec) => {
      const before = spec.TaskTemplate.Networks ?? [];
      const Networks = values.map((Target) => before.find((network) => network.Target === Target) ?? { Target });
      return { ...spec, TaskTemplate: { ...spec.TaskTemplate, Networks } };
    },
    blame: /network/,
  };
}

/** A setting as a question: a text to type, or a choice. */
export function settingQuestion(setting: Setting): Question {
  const common = {
    title: setting.title(),
    prompt: setting.prompt(),
    ...(setting.appliesTo && { when: setting.appliesTo }),
    ...(setting.blame && { blame: setting.blame }),
  };
  const { choices } = setting;
  if (choices) {
    return {
      ...common,
      kind: 'pick',
      items: () => choices.map((choice) => ({ label: choice, value: choice })),
      value: (spec) => [setting.read(spec)],
      check: ([value], spec) => setting.check(value ?? '', spec),
      write: ([value], spec) => setting.write(value ?? '', spec),
    };
  }
  return { ...common, kind: 'input', value: setting.read, check: setting.check, write: setting.write };
}

/** The list of settings with their present values, above it what ends it. */
export function settingsMenu(
  app: App,
  done: PickItem,
  settings: readonly Setting[],
  networks: boolean,
): MenuQuestion<ServiceSpec> {
  const question = networksQuestion(app);
  return {
    kind: 'menu',
    title: t('Settings'),
    prompt: t('Choose a setting to change, or the first line to go on'),
    items: (spec) => [
      done,
      ...settings
        .filter((setting) => setting.appliesTo?.(spec) !== false)
        .map((setting) => ({
          label: setting.title(),
          value: setting.key,
          description: setting.read(spec),
          icon: 'edit',
        })),
      ...(networks && question.when?.(spec) !== false
        ? [{ label: question.title, value: 'networks', icon: 'edit', description: networkNames(app, spec) }]
        : []),
    ],
    choose: (value) => {
      if (value === done.value) return [];
      if (value === 'networks') return [question];
      const setting = settings.find((candidate) => candidate.key === value);
      return setting ? [settingQuestion(setting)] : [];
    },
  };
}

function networkNames(app: App, spec: ServiceSpec): string {
  const name = (id = ''): string => app.model.objects.networks.get(id)?.Name ?? id;
  return (spec.TaskTemplate.Networks ?? []).map((network) => name(network.Target)).join(', ');
}

/** What the wizard of a new service asks, in order. */
export function createQuestions(app: App): Question[] {
  return [
    nameQuestion(app),
    settingQuestion(mainSettings.image),
    modeQuestion(),
    settingQuestion(mainSettings.replicas),
    networksQuestion(app),
    settingQuestion(mainSettings.endpointMode),
    settingQuestion(mainSettings.publish),
    settingsMenu(app, { label: t('Create service'), value: 'done', icon: 'check' }, moreSettings, false),
  ];
}
