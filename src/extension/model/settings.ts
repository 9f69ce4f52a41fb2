import type { ContainerSpec, ResourceObject, ServiceSpec, TaskSpec, UpdateConfig } from '../../api';
import type { Check } from './checks';
import {
  checkConstraints,
  checkCount,
  checkCpus,
  checkDuration,
  checkEndpoint,
  checkEnv,
  checkImage,
  checkLabels,
  checkMemory,
  checkWords,
} from './checks';
import { t } from './l10n';
import { formatPorts, parsePorts } from './ports';
import { isGlobal, replicas, scaled } from './spec';
import type { Parsed } from './units';
import {
  formatBytes,
  formatCpus,
  formatDuration,
  joinWords,
  parseBytes,
  parseCpus,
  parseDuration,
  parsePairs,
  splitList,
  splitWords,
} from './units';

/** One setting of a service: how it reads as text, whether a text will do, and the spec with the text in it. */
export interface Setting {
  /** As in the form that commands take: `{ env: 'A=1' }`. */
  readonly key: string;
  readonly title: () => string;
  /** What to type, with an example. */
  readonly prompt: () => string;
  /** The only answers; without it, text is typed. */
  readonly choices?: readonly string[];
  readonly appliesTo?: (spec: ServiceSpec) => boolean;
  readonly read: (spec: ServiceSpec) => string;
  readonly check: (text: string, spec: ServiceSpec) => string | undefined;
  readonly write: (text: string, spec: ServiceSpec) => ServiceSpec;
  /** Words of a refusal by the engine that this setting caused. */
  readonly blame?: RegExp;
}

/** The value of a text that was checked before; an unchecked bad one is thrown. */
function must<T>(parsed: Parsed<T>): T {
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.value;
}

/** A client of Docker sends images with a tag: `nginx` means `nginx:latest`. */
function withTag(image: string): string {
  return image === '' || image.includes('@') || /:[^/]+$/.test(image) ? image : `${image}:latest`;
}

const container = (spec: ServiceSpec): ContainerSpec => spec.TaskTemplate.ContainerSpec ?? {};

function task(spec: ServiceSpec, change: Partial<TaskSpec>): ServiceSpec {
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ...change } };
}

function inContainer(spec: ServiceSpec, change: Partial<ContainerSpec>): ServiceSpec {
  return task(spec, { ContainerSpec: { ...container(spec), ...change } });
}

/** An update config that had no parallelism would mean "all at once" (ORCH-85), so the default is written with it. */
function update(spec: ServiceSpec, change: Partial<UpdateConfig>): ServiceSpec {
  return { ...spec, UpdateConfig: { Parallelism: 1, ...spec.UpdateConfig, ...change } };
}

function resource(
  spec: ServiceSpec,
  kind: 'Reservations' | 'Limits',
  field: keyof Pick<ResourceObject, 'NanoCPUs' | 'MemoryBytes'>,
  value: number,
): ServiceSpec {
  const { [field]: _old, ...others } = spec.TaskTemplate.Resources?.[kind] ?? {};
  const resources = { ...others, ...(value > 0 && { [field]: value }) };
  return task(spec, { Resources: { ...spec.TaskTemplate.Resources, [kind]: resources } });
}

function cpus(key: string, title: () => string, kind: 'Reservations' | 'Limits'): Setting {
  return {
    key,
    title,
    prompt: () => t('Number of CPUs, such as 0.5; empty for none'),
    read: (spec) => {
      const nano = spec.TaskTemplate.Resources?.[kind]?.NanoCPUs;
      return nano ? formatCpus(nano) : '';
    },
    check: checkCpus,
    write: (text, spec) => resource(spec, kind, 'NanoCPUs', text === '' ? 0 : must(parseCpus(text))),
    blame: /invalid cpu value/,
  };
}

function memory(key: string, title: () => string, kind: 'Reservations' | 'Limits'): Setting {
  return {
    key,
    title,
    prompt: () => t('Memory, such as 100m or 1g; empty for none'),
    read: (spec) => {
      const bytes = spec.TaskTemplate.Resources?.[kind]?.MemoryBytes;
      return bytes ? formatBytes(bytes) : '';
    },
    check: checkMemory,
    write: (text, spec) => resource(spec, kind, 'MemoryBytes', text === '' ? 0 : must(parseBytes(text))),
    blame: /invalid memory value/,
  };
}

const isReplicated = (spec: ServiceSpec): boolean => !isGlobal(spec);

/** Image, replicas, endpoint mode and ports: what the wizard of a new service always asks. */
export const mainSettings = {
  image: {
    key: 'image',
    title: () => t('Image'),
    prompt: () => t('Image of the tasks, such as nginx or nginx:1.25'),
    read: (spec) => container(spec).Image ?? '',
    check: checkImage,
    write: (text, spec) => inContainer(spec, { Image: withTag(text) }),
    blame: /image reference|not a valid repository/,
  },
  replicas: {
    key: 'replicas',
    title: () => t('Replicas'),
    prompt: () => t('Number of tasks'),
    appliesTo: isReplicated,
    read: (spec) => String(replicas(spec) ?? ''),
    check: (text) => checkCount()(text),
    write: (text, spec) => scaled(spec, Number(text)),
    blame: /replicas/,
  },
  endpointMode: {
    key: 'endpointMode',
    title: () => t('Endpoint mode'),
    prompt: () => t('vip: one virtual address for all tasks; dnsrr: the name gives the addresses of the tasks'),
    choices: ['vip', 'dnsrr'],
    read: (spec) => spec.EndpointSpec?.Mode ?? 'vip',
    check: (text, spec) => checkEndpoint(text, spec.EndpointSpec?.Ports ?? []),
    write: (text, spec) => ({ ...spec, EndpointSpec: { ...spec.EndpointSpec, Mode: text as 'vip' | 'dnsrr' } }),
    blame: /resolution mode/,
  },
  publish: {
    key: 'publish',
    title: () => t('Published ports'),
    prompt: () =>
      t('Published port and port of the task, such as 80:80/tcp, 8080:80; @host publishes on the node only'),
    read: (spec) => formatPorts(spec.EndpointSpec?.Ports ?? []),
    check: (text, spec) => {
      const ports = parsePorts(text);
      return 'error' in ports ? ports.error : checkEndpoint(spec.EndpointSpec?.Mode ?? 'vip', ports.value);
    },
    write: (text, spec) => {
      const { Ports: _old, ...endpoint } = spec.EndpointSpec ?? {};
      const ports = must(parsePorts(text));
      return { ...spec, EndpointSpec: { ...endpoint, ...(ports.length > 0 && { Ports: ports }) } };
    },
    blame: /port/i,
  },
} satisfies Record<string, Setting>;

const durationOf = (duration: number | undefined): string => (duration ? formatDuration(duration) : '');

/** Settings beyond those, in the order of the picker. */
export const moreSettings: readonly Setting[] = [
  {
    key: 'env',
    title: () => t('Environment'),
    prompt: () => t('Variables, separated by blanks, such as DB=go-demo-db GREETING="good day"'),
    read: (spec) => joinWords(container(spec).Env ?? []),
    check: checkEnv,
    write: (text, spec) => inContainer(spec, { Env: must(splitWords(text)) }),
  },
  {
    key: 'command',
    title: () => t('Command'),
    prompt: () => t("Replaces the image's entrypoint, such as /bin/sh -c; empty for the image's own"),
    read: (spec) => joinWords(container(spec).Command ?? []),
    check: checkWords,
    write: (text, spec) => inContainer(spec, { Command: must(splitWords(text)) }),
  },
  {
    key: 'args',
    title: () => t('Arguments'),
    prompt: () => t("What follows the image on Docker's command line, such as sleep 1000000000"),
    read: (spec) => joinWords(container(spec).Args ?? []),
    check: checkWords,
    write: (text, spec) => inContainer(spec, { Args: must(splitWords(text)) }),
  },
  {
    key: 'constraints',
    title: () => t('Placement constraints'),
    prompt: () => t('Separated by commas, such as node.role==worker, node.labels.disk!=slow'),
    read: (spec) => (spec.TaskTemplate.Placement?.Constraints ?? []).join(', '),
    check: checkConstraints,
    write: (text, spec) => task(spec, { Placement: { ...spec.TaskTemplate.Placement, Constraints: splitList(text) } }),
    blame: /constraint|key '|value '/,
  },
  {
    key: 'maxReplicas',
    title: () => t('Most replicas on one node'),
    prompt: () => t('A number; 0 for any'),
    appliesTo: isReplicated,
    read: (spec) => String(spec.TaskTemplate.Placement?.MaxReplicas ?? 0),
    check: (text) => checkCount()(text),
    write: (text, spec) => task(spec, { Placement: { ...spec.TaskTemplate.Placement, MaxReplicas: Number(text) } }),
  },
  memory('reserveMemory', () => t('Reserved memory'), 'Reservations'),
  cpus('reserveCpu', () => t('Reserved CPUs'), 'Reservations'),
  memory('limitMemory', () => t('Memory limit'), 'Limits'),
  cpus('limitCpu', () => t('CPU limit'), 'Limits'),
  {
    key: 'updateParallelism',
    title: () => t('Update: tasks at a time'),
    prompt: () => t('How many tasks are replaced at a time; 0 for all at once'),
    read: (spec) => String(spec.UpdateConfig?.Parallelism ?? 1),
    check: (text) => checkCount()(text),
    write: (text, spec) => update(spec, { Parallelism: Number(text) }),
  },
  {
    key: 'updateDelay',
    title: () => t('Update: delay between tasks'),
    prompt: () => t('A duration, such as 5s or 1m30s'),
    read: (spec) => durationOf(spec.UpdateConfig?.Delay),
    check: checkDuration('update-delay'),
    write: (text, spec) => update(spec, { Delay: text === '' ? 0 : must(parseDuration(text)) }),
    blame: /update-delay/,
  },
  {
    key: 'updateOrder',
    title: () => t('Update: order'),
    prompt: () => t('Whether the old task stops before the new one starts'),
    choices: ['stop-first', 'start-first'],
    read: (spec) => spec.UpdateConfig?.Order ?? 'stop-first',
    check: () => undefined,
    write: (text, spec) => update(spec, { Order: text as 'stop-first' | 'start-first' }),
  },
  {
    key: 'updateFailureAction',
    title: () => t('Update: on failure'),
    prompt: () => t('What to do when new tasks fail'),
    choices: ['pause', 'continue', 'rollback'],
    read: (spec) => spec.UpdateConfig?.FailureAction ?? 'pause',
    check: () => undefined,
    write: (text, spec) => update(spec, { FailureAction: text as 'pause' | 'continue' | 'rollback' }),
  },
  {
    key: 'updateMonitor',
    title: () => t('Update: time to watch new tasks'),
    prompt: () => t('A duration, such as 5s or 1m30s'),
    read: (spec) => durationOf(spec.UpdateConfig?.Monitor),
    check: checkDuration('update-monitor'),
    write: (text, spec) => update(spec, { Monitor: text === '' ? 0 : must(parseDuration(text)) }),
    blame: /update-monitor/,
  },
  {
    key: 'restartCondition',
    title: () => t('Restart: when'),
    prompt: () => t('When a task that ended is replaced'),
    choices: ['any', 'on-failure', 'none'],
    read: (spec) => spec.TaskTemplate.RestartPolicy?.Condition || 'any',
    check: () => undefined,
    write: (text, spec) =>
      task(spec, {
        RestartPolicy: { ...spec.TaskTemplate.RestartPolicy, Condition: text as 'any' | 'on-failure' | 'none' },
      }),
  },
  {
    key: 'restartDelay',
    title: () => t('Restart: delay'),
    prompt: () => t('A duration, such as 5s or 1m30s'),
    read: (spec) => durationOf(spec.TaskTemplate.RestartPolicy?.Delay),
    check: checkDuration('restart-delay') satisfies Check,
    write: (text, spec) => {
      const { Delay: _old, ...policy } = spec.TaskTemplate.RestartPolicy ?? {};
      return task(spec, { RestartPolicy: { ...policy, ...(text !== '' && { Delay: must(parseDuration(text)) }) } });
    },
    blame: /restart-delay/,
  },
  {
    key: 'labels',
    title: () => t('Service labels'),
    prompt: () => t('Separated by blanks, such as team=web tier=front'),
    read: (spec) => joinWords(Object.entries(spec.Labels ?? {}).map(([key, value]) => `${key}=${value}`)),
    check: checkLabels,
    write: (text, spec) => ({ ...spec, Labels: parsePairs(must(splitWords(text))) }),
  },
  {
    key: 'hostname',
    title: () => t('Host name of the containers'),
    prompt: () => t('May use templates, such as {0}', '{{.Node.Hostname}}'),
    read: (spec) => container(spec).Hostname ?? '',
    check: () => undefined,
    write: (text, spec) => inContainer(spec, { Hostname: text }),
  },
];

export const allSettings: readonly Setting[] = [...Object.values(mainSettings), ...moreSettings];

/** A spec with texts by setting key written into it. Throws what a check says of a bad one. */
export function applyForm(spec: ServiceSpec, form: Readonly<Record<string, unknown>>): ServiceSpec {
  let made = spec;
  for (const setting of allSettings) {
    const given = form[setting.key];
    if (given === undefined) continue;
    const text = Array.isArray(given)
      ? setting.key === 'constraints' || setting.key === 'publish'
        ? given.join(', ')
        : joinWords(given.map(String))
      : String(given);
    const error = setting.check(text, made);
    if (error) throw new Error(error);
    made = setting.write(text, made);
  }
  return made;
}
