import { parse } from 'yaml';
import type { Micros } from '../../sim';
import { hour, millisecond, minute, second } from '../../sim';
import type { Behaviour, ImageDefinition } from './definition';

/** A catalogue that cannot be read: says which entry and field is wrong. */
export class CatalogueError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

const units: Readonly<Record<string, Micros>> = { us: 1, ms: millisecond, s: second, m: minute, h: hour };
const bases = ['alpine', 'busybox', 'debian', 'scratch'];
const known = [
  'name',
  'tags',
  'entrypoint',
  'entrypointRunsArguments',
  'command',
  'environment',
  'ports',
  'workingDir',
  'user',
  'volumes',
  'labels',
  'stopSignal',
  'healthcheck',
  'onBuild',
  'files',
  'tools',
  'base',
  'size',
  'created',
  'behaviour',
];
const knownBehaviour = [
  'runsFor',
  'exitCode',
  'onTerm',
  'termDelay',
  'logs',
  'stopLogs',
  'readyAfter',
  'listens',
  'memory',
  'http',
];

/** Reads one entry; every wrong field is told with its place. */
class Reader {
  constructor(
    private readonly fields: Fields,
    private readonly place: string,
    names: readonly string[],
  ) {
    for (const name of Object.keys(fields)) if (!names.includes(name)) throw this.wrong(name, 'is not known');
  }

  wrong(name: string, why: string): CatalogueError {
    return new CatalogueError(`${this.place}: ${name} ${why}`);
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined && this.fields[name] !== null;
  }

  text(name: string): string {
    const value = this.fields[name];
    if (typeof value !== 'string') throw this.wrong(name, 'must be a text');
    return value;
  }

  number(name: string): number {
    const value = this.fields[name];
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw this.wrong(name, 'must be a number, not below 0');
    return value;
  }

  /** `1.5s`, `20ms`, or a number of seconds. */
  duration(name: string): Micros {
    const value = this.fields[name];
    if (typeof value === 'number' && value >= 0) return Math.round(value * second);
    const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(typeof value === 'string' ? value : '');
    if (!match) throw this.wrong(name, 'must be a duration as 20ms or 1.5s');
    return Math.round(Number(match[1]) * units[match[2]!]!);
  }

  /** A list of texts; a single text is split at blanks, as in a Dockerfile's shell form without quotes. */
  words(name: string): readonly string[] {
    const value = this.fields[name];
    if (typeof value === 'string') return value.split(/\s+/).filter(Boolean);
    if (!Array.isArray(value)) throw this.wrong(name, 'must be a list');
    return value.map(String);
  }

  map(name: string): Readonly<Record<string, string>> {
    const value = this.fields[name];
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.wrong(name, 'must be a mapping');
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]));
  }

  fieldsOf(name: string): Fields {
    const value = this.fields[name];
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.wrong(name, 'must be a mapping');
    return value as Fields;
  }

  value(name: string): unknown {
    return this.fields[name];
  }
}

function behaviourOf(fields: Fields, place: string): Behaviour {
  const read = new Reader(fields, place, knownBehaviour);
  const onTerm = read.value('onTerm');
  if (onTerm !== undefined && onTerm !== 'ignored' && typeof onTerm !== 'number')
    throw read.wrong('onTerm', "must be an exit code or 'ignored'");
  return {
    onTerm: (onTerm as number | 'ignored' | undefined) ?? 0,
    ...(read.has('runsFor') ? { runsFor: read.duration('runsFor') } : {}),
    ...(read.has('exitCode') ? { exitCode: read.number('exitCode') } : {}),
    ...(read.has('termDelay') ? { termDelay: read.duration('termDelay') } : {}),
    ...(read.has('readyAfter') ? { readyAfter: read.duration('readyAfter') } : {}),
    ...(read.has('logs') ? { logs: read.text('logs') } : {}),
    ...(read.has('stopLogs') ? { stopLogs: read.text('stopLogs') } : {}),
    ...(read.has('listens') ? { listens: read.words('listens').map(Number) } : {}),
    ...(read.has('memory') ? { memory: read.number('memory') } : {}),
    ...(read.has('http') ? { http: read.map('http') } : {}),
  };
}

function entryOf(value: unknown, index: number): ImageDefinition {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CatalogueError(`image ${index + 1}: must be a mapping`);
  const fields = value as Fields;
  const place = `image ${typeof fields.name === 'string' ? fields.name : index + 1}`;
  const read = new Reader(fields, place, known);
  const base = read.has('base') ? read.text('base') : 'alpine';
  if (!bases.includes(base)) throw read.wrong('base', `must be one of ${bases.join(', ')}`);
  const environment = !read.has('environment')
    ? []
    : Array.isArray(read.value('environment'))
      ? read.words('environment')
      : Object.entries(read.map('environment')).map(([key, one]) => `${key}=${one}`);
  const ports = read.has('ports') ? read.words('ports').map((port) => (port.includes('/') ? port : `${port}/tcp`)) : [];
  const behaviour = behaviourOf(read.has('behaviour') ? read.fieldsOf('behaviour') : {}, `${place}: behaviour`);
  const listens = ports.filter((port) => port.endsWith('/tcp')).map((port) => Number.parseInt(port, 10));
  const texts = ['workingDir', 'user', 'stopSignal'] as const;
  return {
    name: read.text('name'),
    base: base as ImageDefinition['base'],
    size: read.has('size') ? read.number('size') : 20_000_000,
    created: read.has('created') ? String(read.value('created')) : '2025-06-01T12:00:00Z',
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...environment],
    behaviour: listens.length > 0 && !behaviour.listens ? { ...behaviour, listens } : behaviour,
    ...(ports.length > 0 ? { exposedPorts: ports } : {}),
    ...(read.has('tags') ? { tags: read.words('tags') } : {}),
    ...(read.has('entrypoint') ? { entrypoint: read.words('entrypoint') } : {}),
    ...(read.value('entrypointRunsArguments') === true ? { entrypointRunsArguments: true } : {}),
    ...(read.has('command') ? { command: read.words('command') } : {}),
    ...Object.fromEntries(texts.filter((name) => read.has(name)).map((name) => [name, read.text(name)])),
    ...(read.has('volumes') ? { volumes: read.words('volumes') } : {}),
    ...(read.has('labels') ? { labels: read.map('labels') } : {}),
    ...(read.has('onBuild') ? { onBuild: read.words('onBuild') } : {}),
    ...(read.has('files') ? { files: read.map('files') } : {}),
    ...(read.has('tools') ? { tools: read.words('tools') } : {}),
    ...(read.has('healthcheck') ? { healthcheck: healthOf(read.fieldsOf('healthcheck'), place) } : {}),
  };
}

function healthOf(fields: Fields, place: string) {
  const read = new Reader(fields, `${place}: healthcheck`, ['test', 'interval', 'timeout', 'retries', 'startPeriod']);
  const test = read.value('test');
  return {
    Test: typeof test === 'string' ? ['CMD-SHELL', test] : read.words('test'),
    ...(read.has('interval') ? { Interval: read.duration('interval') * 1_000 } : {}),
    ...(read.has('timeout') ? { Timeout: read.duration('timeout') * 1_000 } : {}),
    ...(read.has('startPeriod') ? { StartPeriod: read.duration('startPeriod') * 1_000 } : {}),
    ...(read.has('retries') ? { Retries: read.number('retries') } : {}),
  };
}

/** Reads additions to the catalogue: a YAML list of images, or a mapping with `images`. Throws CatalogueError. */
export function parseCatalogue(text: string): readonly ImageDefinition[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new CatalogueError(`not valid YAML: ${(error as Error).message}`);
  }
  const list = value !== null && typeof value === 'object' && 'images' in value ? value.images : value;
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list)) throw new CatalogueError('must be a list of images');
  return list.map(entryOf);
}
