import type { Container, Daemon } from '../../daemon';
import { containerSummary, DaemonError } from '../../daemon';
import type { Route } from '../http';
import { EngineError } from '../http';
import type { FilterArgs } from '../router/filters';
import { acceptOnly, anyOf, isTrue, matchLabels, parseFilters } from '../router/filters';
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

function check(filters: FilterArgs): void {
  for (const status of filters.get('status') ?? []) {
    if (!states.includes(status)) throw new EngineError(400, `invalid filter 'status=${status}'`);
  }
  for (const health of filters.get('health') ?? []) {
    if (!healths.includes(health)) throw new EngineError(400, `invalid filter 'health=${health}'`);
  }
  for (const code of filters.get('exited') ?? []) {
    if (!/^-?\d+$/.test(code)) throw new EngineError(400, `invalid filter 'exited=${code}'`);
  }
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
    anyOf(filters, 'is-task', (value) => isTrue(value) === (container.task !== undefined)) &&
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
  const filters = parseFilters(query);
  acceptOnly(filters, accepted, daemon.profile.name === '20.10');
  check(filters);
  const limit = Number(query.get('limit') ?? -1);
  const all = isTrue(query.get('all')) || limit > 0 || filters.has('status') || filters.has('exited');
  let containers = daemon.containers.list();
  for (const key of ['before', 'since'] as const) {
    for (const reference of filters.get(key) ?? []) {
      const pivot = daemon.containers.find(reference);
      if (!pivot) throw new DaemonError('not found', `No such container: ${reference}`);
      const index = containers.indexOf(pivot);
      containers = containers.filter((_, place) => (key === 'before' ? place > index : place < index));
    }
  }
  containers = containers.filter((container) => (all || container.isUp) && fits(container, filters, daemon));
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
