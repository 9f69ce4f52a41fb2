import type { ContainerConfig, EndpointSettings, HostConfig, Profile } from '../../api';
import type { Container } from '../../daemon';
import { containerInspect, containerTop, DaemonError } from '../../daemon';
import { second } from '../../sim';
import type { EngineResponse, Route } from '../http';
import { acceptOnly, isTrue, matchLabels, parseFilters } from '../router/filters';
import { archiveRoutes } from './containers-archive';
import type { ContainerContext, ContainerEngine } from './containers-context';
import { atLeast, jsonAnswer, noContent, settled } from './containers-context';
import { listRoute } from './containers-list';
import { logRoutes, moment } from './containers-logs';
import { statsRoutes } from './containers-stats';

type CreateBody = ContainerConfig & {
  readonly HostConfig?: HostConfig;
  readonly NetworkingConfig?: {
    readonly EndpointsConfig?: Readonly<Record<string, EndpointSettings | null>> | null;
  } | null;
};

function containerOf({ engine, params }: ContainerContext): Container {
  return engine.daemon.containers.get(params.id ?? '');
}

function create({ engine, query, json }: ContainerContext): EngineResponse {
  const { daemon } = engine;
  const body = json<CreateBody>('container');
  const { HostConfig: hostConfig, NetworkingConfig: networking, ...config } = body;
  if (!config.Image)
    throw new DaemonError(
      'invalid',
      config.Image === undefined && Object.keys(body).length === 0
        ? 'config cannot be empty in order to create a container'
        : 'invalid reference format',
    );
  const name = query.get('name') ?? undefined;
  const networks = Object.fromEntries(
    Object.entries(networking?.EndpointsConfig ?? {}).map(([key, settings]) => [key, settings ?? {}]),
  );
  // Settings that the engine's own networks cannot have are refused here, those of other networks at start.
  for (const [network, settings] of Object.entries(networks)) {
    const found = daemon.networks.find(network === 'default' ? 'bridge' : network);
    if (found && (found.name === 'bridge' || found.name === 'host' || found.name === 'none'))
      daemon.networking.check(found, settings);
  }
  const mode = hostConfig?.NetworkMode || 'default';
  // There is no resolver to know a link's alias on networks that users make (TALK-3).
  if (engine.era === '1.9' && hostConfig?.Links?.length && !['default', 'bridge', 'host', 'none'].includes(mode))
    throw new DaemonError(
      'invalid',
      "conflicting options: --net=<NETWORK> can't be used with links. This would result in undefined behavior",
    );
  const container = daemon.containers.create({
    ...(name === undefined ? {} : { name }),
    config,
    ...(hostConfig ? { hostConfig } : {}),
    networks,
  });
  return jsonAnswer({ Id: container.id, Warnings: [] }, 201);
}

/** `t` in seconds; below zero: no limit. */
function timeoutOf(query: URLSearchParams): number | undefined {
  const text = query.get('t');
  if (text === null || text === '') return undefined;
  if (!/^-?\d+$/.test(text)) throw new DaemonError('invalid', `strconv.Atoi: parsing "${text}": invalid syntax`);
  return Number(text) < 0 ? 365 * 86_400 * second : Number(text) * second;
}

/** How a container ended; why it could not begin, if it could not. */
function outcome(profile: Profile, { exitCode, error, status }: Container) {
  const none = profile.name === '20.10' ? { Error: null } : {};
  return { ...(error === '' || status === 'removing' ? none : { Error: { Message: error } }), StatusCode: exitCode };
}

function wait(context: ContainerContext): EngineResponse {
  const { engine } = context;
  const container = containerOf(context);
  const condition = context.query.get('condition') || 'not-running';
  if (!['not-running', 'next-exit', 'removed'].includes(condition))
    throw new DaemonError('invalid', `invalid condition: "${condition}"`);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    stream: (sink) => {
      let said = false;
      const say = () => {
        if (said) return;
        said = true;
        sink.write(`${JSON.stringify(outcome(engine.daemon.profile, container))}\n`);
        sink.end();
      };
      if (condition === 'not-running' && !container.isUp) say();
      else sink.onClose(condition === 'removed' ? container.onceRemoved(say) : container.onceExited(say));
    },
  };
}

function notRunning({ engine }: ContainerContext, { id }: Container): string {
  return `${engine.daemon.profile.name === '20.10' ? 'Container' : 'container'} ${id} is not running`;
}

/** Rows and columns of a terminal. Throws 400 for what are no numbers. */
export function terminalSize(query: URLSearchParams): readonly [number, number] {
  const number = (key: string) => {
    const text = query.get(key) ?? '';
    if (!/^[+-]?\d+$/.test(text))
      throw new DaemonError('invalid', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    return Number(text);
  };
  return [number('h'), number('w')];
}

function prune({ engine: { daemon }, query }: ContainerContext): EngineResponse {
  const filters = parseFilters(query, daemon.profile);
  acceptOnly(filters, ['label', 'label!', 'until'], daemon.profile.name === '20.10');
  const until = moment(filters.get('until')?.[0] ?? null);
  const removed: string[] = [];
  let space = 0;
  for (const container of daemon.containers.list()) {
    if (container.isUp || !matchLabels(filters, 'label', container.config.Labels)) continue;
    if (filters.has('label!') && matchLabels(filters, 'label!', container.config.Labels)) continue;
    if (until !== undefined && container.created > until) continue;
    space += container.files?.writtenBytes ?? 0;
    daemon.containers.remove(container, { force: false, volumes: false }, () => {});
    removed.push(container.id);
  }
  return jsonAnswer({ ContainersDeleted: removed.length > 0 ? removed : null, SpaceReclaimed: space });
}

function route(
  method: string,
  path: string,
  writes: boolean,
  handle: Route<ContainerEngine>['handle'],
): Route<ContainerEngine> {
  return { method, path, writes, handle };
}

/** The container routes of a node (API-40 to API-42, API-61, API-62). */
export const containerRoutes: Route<ContainerEngine>[] = [
  listRoute,
  route('POST', '/containers/create', true, create),
  route('POST', '/containers/prune', true, prune),
  route('GET', '/containers/{id}/json', false, (context) =>
    jsonAnswer(
      containerInspect(containerOf(context), {
        size: isTrue(context.query.get('size')),
        dnsNames: atLeast(context.apiVersion, 44),
        shortIdAlias: context.engine.daemon.profile.name === '20.10',
        kernelMemory: context.engine.daemon.profile.name === '20.10',
      }),
    ),
  ),
  route('GET', '/containers/{id}/top', false, (context) => {
    const container = containerOf(context);
    if (!container.isUp) throw new DaemonError('conflict', notRunning(context, container));
    if (container.status === 'restarting')
      throw new DaemonError('conflict', `Container ${container.id} is restarting, wait until the container is running`);
    const { execs } = context.engine.daemon;
    return jsonAnswer(containerTop(container, execs.of(container), context.query.get('ps_args') || '-ef'));
  }),
  route('POST', '/containers/{id}/update', true, (context) => {
    const change = context.json<HostConfig>('update');
    const { daemon } = context.engine;
    daemon.containers.update(containerOf(context), change);
    return jsonAnswer({ Warnings: daemon.profile.name === '20.10' ? [] : null });
  }),
  route('POST', '/containers/{id}/start', true, (context) => {
    const container = containerOf(context);
    return settled((done) => context.engine.daemon.containers.start(container, done), noContent);
  }),
  route('POST', '/containers/{id}/stop', true, (context) => {
    const container = containerOf(context);
    const timeout = timeoutOf(context.query);
    return settled((done) => context.engine.daemon.containers.stop(container, timeout, done), noContent);
  }),
  route('POST', '/containers/{id}/restart', true, (context) => {
    const container = containerOf(context);
    const timeout = timeoutOf(context.query);
    return settled((done) => context.engine.daemon.containers.restart(container, timeout, done), noContent);
  }),
  route('POST', '/containers/{id}/kill', true, (context) => {
    const signal = context.query.get('signal') || 'SIGKILL';
    context.engine.daemon.containers.kill(containerOf(context), signal, context.params.id);
    return noContent;
  }),
  route('POST', '/containers/{id}/pause', true, (context) => {
    context.engine.daemon.containers.pause(containerOf(context));
    return noContent;
  }),
  route('POST', '/containers/{id}/unpause', true, (context) => {
    context.engine.daemon.containers.unpause(containerOf(context));
    return noContent;
  }),
  route('POST', '/containers/{id}/rename', true, (context) => {
    context.engine.daemon.containers.rename(containerOf(context), context.query.get('name') ?? '');
    return noContent;
  }),
  route('POST', '/containers/{id}/resize', true, (context) => {
    const container = containerOf(context);
    terminalSize(context.query);
    if (!container.isUp) throw new DaemonError('conflict', notRunning(context, container));
    return { status: 200, headers: {} };
  }),
  // The answer is a stream, so that a client that waits does not hold the desk up; it changes nothing.
  route('POST', '/containers/{id}/wait', true, wait),
  route('DELETE', '/containers/{id}', true, (context) => {
    const container = containerOf(context);
    const { query } = context;
    return settled(
      (done) =>
        context.engine.daemon.containers.remove(
          container,
          { force: isTrue(query.get('force')), volumes: isTrue(query.get('v')) },
          done,
        ),
      noContent,
    );
  }),
  ...logRoutes,
  ...archiveRoutes,
  ...statsRoutes,
];
