import type { Container, Daemon } from '../../daemon';
import { containerSummary, DaemonError } from '../../daemon';
import type { Route } from '../http';
import { EngineError } from '../http';
import type { FilterArgs } from '../router/filters';
import { acceptOnly, anyOf, flagOf, isTrue, matchLabels, parseFilters } from '../router/filters';
import type { ContainerEngine } from './containers-context';
import { atLeast, jsonAnswer } from './containers-context';

const accepted = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
];
const states = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];
const healths = ['none', 'starting', 'healthy', 'unhealthy'];

/** The texts of 20.10 are those that its parts have; later engines have one for all. */
function check(filters: FilterArgs, old: boolean): void {
  const refuse = (key: string, value: string, status: number, text: string) => {
    if (!old) throw new EngineError(400, `invalid filter '${key}=${value}'`);
    throw new EngineError(status, text);
  };
  for (const status of filters.get('status') ?? []) {
    if (!states.includes(status)) refuse('status', status, 400, `Invalid filter 'status=${status}'`);
  }
  for (const health of filters.get('health') ?? []) {
    if (!healths.includes(health)) refuse('health', health, 400, `Unrecognised filter value for health: ${health}`);
  }
  for (const code of filters.get('exited') ?? []) {
    if (!/^-?\d+$/.test(code)) refuse('exited', code, 500, notANumber(code));
  }
}

function notANumber(text: string): string {
  return `strconv.Atoi: parsing "${text}": invalid syntax`;
}

function nameFits(container: Container, wanted: string): boolean {
  try {
    const pattern = new RegExp(wanted);
    return pattern.test(container.name) || pattern.test(`/${container.name}`);
  } catch {
    return container.name.includes(wanted);
  }
}

function portFits(wanted: string, ports: readonly { readonly port: number; readonly type: string }[]): boolean {
  const [range = '', protocol = 'tcp'] = wanted.split('/');
  const [low, high = low] = range.split('-').map(Number);
  return ports.some(({ port, type }) => type === protocol && port >= low! && port <= high!);
}

function fits(container: Container, filters: FilterArgs, daemon: Daemon): boolean {
  const exposed = Object.keys(container.config.ExposedPorts ?? {}).map((key) => {
    const [port = '', type = 'tcp'] = key.split('/');
    return { port: Number(port), type };
  });
  const published = (container.ports ?? []).map((one) => ({ port: one.published, type: one.protocol as string }));
  const ancestors = filters.get('ancestor')?.map((name) => daemon.images.find(name)?.id ?? name);
  return (
    anyOf(filters, 'id', (id) => container.id.startsWith(id)) &&
    anyOf(filters, 'name', (name) => nameFits(container, name)) &&
    matchLabels(filters, 'label', container.config.Labels) &&
    anyOf(filters, 'status', (status) => container.status === status) &&
    anyOf(filters, 'health', (health) => (container.health?.status ?? 'none') === health) &&
    anyOf(filters, 'exited', (code) => container.status === 'exited' && container.exitCode === Number(code)) &&
    anyOf(filters, 'volume', (volume) =>
      container.mounts.some((mount) => mount.source === volume || mount.target === volume),
    ) &&
    anyOf(filters, 'network', (network) => {
      const found = daemon.networks.find(network);
      return (
        container.sandbox?.endpoints.some((endpoint) => endpoint.networkID === found?.id) ??
        container.networks[network] !== undefined
      );
    }) &&
    anyOf(filters, 'expose', (port) => portFits(port, exposed)) &&
    anyOf(filters, 'publish', (port) => portFits(port, published)) &&
    (!ancestors || ancestors.length === 0 || ancestors.includes(container.image.id))
  );
}

/** The containers asked for, newest first (API-40). */
export function listContainers(daemon: Daemon, query: URLSearchParams): Container[] {
  const filters = parseFilters(query, daemon.profile);
  acceptOnly(filters, accepted, daemon.profile.name === '20.10');
  const old = daemon.profile.name === '20.10';
  check(filters, old);
  const isTask = flagOf(filters, 'is-task', old);
  const limitText = query.get('limit') || '-1';
  if (!/^[+-]?\d+$/.test(limitText)) throw new EngineError(old ? 500 : 400, notANumber(limitText));
  const limit = Number(limitText);
  const all = isTrue(query.get('all')) || limit > 0 || filters.has('status') || filters.has('exited');
  let containers = daemon.containers.list();
  for (const key of ['before', 'since'] as const) {
    for (const reference of filters.get(key) ?? []) {
      const pivot = daemon.containers.find(reference);
      if (!pivot && old) throw new EngineError(500, `no such container ${reference}`);
      if (!pivot) throw new DaemonError('not found', `No such container: ${reference}`);
      const index = containers.indexOf(pivot);
      containers = containers.filter((_, place) => (key === 'before' ? place > index : place < index));
    }
  }
  containers = containers.filter(
    (container) =>
      (all || container.isUp) &&
      (isTask === undefined || isTask === (container.task !== undefined)) &&
      fits(container, filters, daemon),
  );
  return limit > 0 ? containers.slice(0, limit) : containers;
}

export const listRoute: Route<ContainerEngine> = {
  method: 'GET',
  path: '/containers/json',
  writes: false,
  handle: ({ engine: { daemon }, query, apiVersion }) =>
    jsonAnswer(
      listContainers(daemon, query).map((container) =>
        containerSummary(container, daemon.sim.now, {
          size: isTrue(query.get('size')),
          dnsNames: atLeast(apiVersion, 44),
        }),
      ),
    ),
};
