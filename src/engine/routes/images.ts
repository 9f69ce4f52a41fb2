import type { ImageSummary } from '../../api';
import type { Daemon, LocalImage } from '../../daemon';
import { DaemonError, layerIdOf } from '../../daemon';
import { parseTimestamp, second } from '../../sim';
import type { EngineResponse, Route } from '../http';
import { EngineError } from '../http';
import { acceptOnly, anyOf, flagOf, isTrue, matchLabels, parseFilters } from '../router/filters';
import type { ContainerContext, ContainerEngine } from './containers-context';
import { jsonAnswer } from './containers-context';
import { pull } from './image-pull';

const layersFolder = '/var/lib/docker/overlay2';

function createdOf(image: LocalImage): number {
  return Math.floor(parseTimestamp(image.definition.created) / second);
}

function commentOf(image: LocalImage): string {
  return image.definition.imported ? 'Imported from -' : '';
}

/** What `ContainerConfig` of an image is that no container was committed to; engines before 25 showed it (API-63). */
const emptyConfig = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};

/** The image of a container's own; `onbuild` triggers belong to the `-onbuild` tags (TALK-21). */
function onBuildOf(image: LocalImage): readonly string[] | null {
  const triggers = image.definition.onBuild;
  return triggers && image.tags.some((tag) => tag.endsWith('onbuild')) ? triggers : null;
}

/** With `wanted` only the names that one of these patterns fits. */
function summary(image: LocalImage, wanted?: readonly string[]): ImageSummary {
  const { size } = image.definition;
  const tags = wanted?.length ? image.tags.filter((tag) => wanted.some((one) => tagFits(tag, one))) : image.tags;
  return {
    Containers: -1,
    Created: createdOf(image),
    Id: image.id,
    Labels: image.definition.labels ?? null,
    ParentId: '',
    RepoDigests: image.digests.length > 0 ? image.digests : null,
    RepoTags: tags,
    SharedSize: -1,
    Size: size,
    VirtualSize: size,
  };
}

/** `alp*`, `alpine`, `alpine:3` of the `reference` filter. */
function referenceFits(image: LocalImage, wanted: string): boolean {
  return image.tags.some((tag) => tagFits(tag, wanted));
}

function tagFits(tag: string, wanted: string): boolean {
  const pattern = new RegExp(
    `^${wanted
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '[^/]*')
      .replace(/\?/g, '[^/]')}$`,
  );
  return pattern.test(tag) || pattern.test(tag.slice(0, tag.lastIndexOf(':')));
}

function list({ engine: { daemon }, query }: ContainerContext): EngineResponse {
  const filters = parseFilters(query, daemon.profile);
  acceptOnly(filters, ['before', 'dangling', 'label', 'reference', 'since', 'until'], daemon.profile.name === '20.10');
  const dangling = flagOf(filters, 'dangling', daemon.profile.name === '20.10');
  const order = daemon.images.list();
  const beside = (key: string) => (filters.get(key) ?? []).map((name) => order.indexOf(daemon.images.get(name)));
  const before = Math.min(order.length, ...beside('before'));
  const since = Math.max(-1, ...beside('since'));
  const images = order
    .filter((_, place) => place < before && place > since)
    .filter(
      (image) =>
        (dangling === undefined || dangling === (image.tags.length === 0)) &&
        anyOf(filters, 'reference', (wanted) => referenceFits(image, wanted)) &&
        matchLabels(filters, 'label', image.definition.labels ?? {}),
    );
  images.reverse().sort((a, b) => createdOf(b) - createdOf(a));
  const wanted = filters.get('reference');
  return jsonAnswer(images.map((image) => summary(image, wanted)));
}

/** An engine of 20.10 says it twice when there is no such image. */
function imageToShow(daemon: Daemon, name: string): LocalImage {
  try {
    return daemon.images.get(name);
  } catch (error) {
    if (!(error instanceof DaemonError) || daemon.profile.name !== '20.10') throw error;
    throw new EngineError(error.status, `no such image: ${name}: ${error.message}`);
  }
}

function inspect({ engine: { daemon }, params }: ContainerContext): EngineResponse {
  const image = imageToShow(daemon, params.name ?? '');
  const { definition } = image;
  const hex = image.id.slice(7);
  const layer = layerIdOf(image.id);
  return jsonAnswer({
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: image.digests,
    Parent: '',
    Comment: commentOf(image),
    Created: definition.created,
    ...(daemon.profile.name === '20.10' ? { Container: '', ContainerConfig: emptyConfig } : {}),
    DockerVersion: definition.imported ? daemon.profile.engineVersion : '',
    Author: '',
    Config: {
      Hostname: '',
      Domainname: '',
      User: definition.user ?? '',
      AttachStdin: false,
      AttachStdout: false,
      AttachStderr: false,
      ...(definition.exposedPorts
        ? { ExposedPorts: Object.fromEntries(definition.exposedPorts.map((port) => [port, {}])) }
        : {}),
      Tty: false,
      OpenStdin: false,
      StdinOnce: false,
      Env: definition.env ?? null,
      Cmd: definition.command ?? null,
      ...(definition.healthcheck ? { Healthcheck: definition.healthcheck } : {}),
      Image: '',
      Volumes: definition.volumes ? Object.fromEntries(definition.volumes.map((path) => [path, {}])) : null,
      WorkingDir: definition.workingDir ?? '',
      Entrypoint: definition.entrypoint ?? null,
      OnBuild: onBuildOf(image),
      Labels: definition.labels ?? null,
      ...(definition.stopSignal ? { StopSignal: definition.stopSignal } : {}),
    },
    Architecture: 'amd64',
    Os: 'linux',
    Size: definition.size,
    VirtualSize: definition.size,
    GraphDriver: {
      Data: {
        MergedDir: `${layersFolder}/${layer}/merged`,
        UpperDir: `${layersFolder}/${layer}/diff`,
        WorkDir: `${layersFolder}/${layer}/work`,
      },
      Name: 'overlay2',
    },
    RootFS: { Type: 'layers', Layers: [`sha256:${[...hex].reverse().join('')}`] },
    Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
  });
}

function users(daemon: Daemon) {
  return (image: LocalImage) => {
    const found = daemon.containers.list().filter((container) => container.image === image);
    const user = found.find((container) => container.isUp) ?? found[0];
    return user && { id: user.id, running: user.isUp };
  };
}

function remove({ engine: { daemon }, params, query }: ContainerContext): EngineResponse {
  return jsonAnswer(daemon.images.remove(params.name ?? '', isTrue(query.get('force')), users(daemon)));
}

function prune({ engine: { daemon }, query }: ContainerContext): EngineResponse {
  const filters = parseFilters(query, daemon.profile);
  acceptOnly(filters, ['dangling', 'label', 'label!', 'until'], daemon.profile.name === '20.10');
  const all = (filters.get('dangling') ?? []).some((value) => !isTrue(value));
  const used = new Set(daemon.containers.list().map((container) => container.image));
  const deleted: unknown[] = [];
  let space = 0;
  for (const image of daemon.images.list()) {
    if (used.has(image) || (!all && image.tags.length > 0)) continue;
    if (!matchLabels(filters, 'label', image.definition.labels ?? {})) continue;
    space += image.definition.size;
    deleted.push(...daemon.images.remove(image.id, true, () => undefined));
  }
  return jsonAnswer({ ImagesDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: space });
}

function tag({ engine: { daemon }, params, query }: ContainerContext): EngineResponse {
  const image = daemon.images.get(params.name ?? '');
  daemon.images.tag(image, `${query.get('repo') ?? ''}${query.get('tag') ? `:${query.get('tag')}` : ''}`);
  return { status: 201, headers: {} };
}

function distribution({ engine: { daemon }, params }: ContainerContext): EngineResponse {
  const manifest = daemon.images.registry.distribution(params.name ?? '');
  return jsonAnswer({
    Descriptor: { mediaType: 'application/vnd.oci.image.index.v1+json', digest: manifest.digest, size: 1_638 },
    Platforms: [{ architecture: 'amd64', os: 'linux' }],
  });
}

/** A part of an engine that the simulation leaves out; where a name is given it must be an image's. */
function leftOut(method: string, path: string, what: string): Route<ContainerEngine> {
  return {
    method,
    path,
    writes: false,
    handle: ({ engine: { daemon }, params, query }) => {
      for (const name of params.name === undefined ? query.getAll('names') : [params.name]) {
        if (!daemon.images.find(name)) throw new DaemonError('not found', `No such image: ${name}`);
      }
      throw new DaemonError('not implemented', `${what} is not part of the simulated engine`);
    },
  };
}

/** What the simulated registry knows by a word, best-known first. */
function search({ engine: { daemon }, query }: ContainerContext): EngineResponse {
  const limitText = query.get('limit') || '25';
  if (!/^[+-]?\d+$/.test(limitText))
    throw new DaemonError('invalid', `strconv.Atoi: parsing ${JSON.stringify(limitText)}: invalid syntax`);
  const limit = Number(limitText) || 25;
  if (limit < 1 || limit > 100) throw new DaemonError('invalid', `Limit ${limit} is outside the range of [1, 100]`);
  const filters = parseFilters(query, daemon.profile);
  acceptOnly(filters, ['is-automated', 'is-official', 'stars'], daemon.profile.name === '20.10');
  const term = query.get('term') ?? '';
  const { registry } = daemon.images;
  if (registry.down !== undefined) throw new DaemonError('system', registry.down);
  const found = registry.repositories
    .filter((name) => name.includes(term))
    .map((name) => ({
      name,
      description: '',
      star_count: 0,
      is_official: !name.includes('/'),
      is_automated: false,
    }));
  const official = filters.get('is-official');
  return jsonAnswer(
    found.filter((one) => !official || official.some((value) => isTrue(value) === one.is_official)).slice(0, limit),
  );
}

/** The image routes of a node. `{name*}` takes the slashes of repository names. */
export const imageRoutes: Route<ContainerEngine>[] = [
  { method: 'GET', path: '/images/json', writes: false, handle: list },
  { method: 'POST', path: '/images/create', writes: true, handle: pull },
  { method: 'GET', path: '/images/search', writes: false, handle: search },
  leftOut('GET', '/images/get', 'saving images'),
  leftOut('GET', '/images/{name*}/get', 'saving images'),
  leftOut('POST', '/images/load', 'loading images'),
  leftOut('POST', '/images/{name*}/push', 'pushing images'),
  { method: 'POST', path: '/images/prune', writes: true, handle: prune },
  { method: 'GET', path: '/images/{name*}/json', writes: false, handle: inspect },
  {
    method: 'GET',
    path: '/images/{name*}/history',
    writes: false,
    handle: ({ engine: { daemon }, params }) => {
      const image = daemon.images.get(params.name ?? '');
      const { definition } = image;
      const command = JSON.stringify(definition.command ?? []);
      return jsonAnswer([
        {
          Comment: commentOf(image),
          Created: createdOf(image),
          CreatedBy: definition.imported ? '' : `CMD ${command}`,
          Id: image.id,
          Size: definition.size,
          Tags: image.tags,
        },
      ]);
    },
  },
  { method: 'POST', path: '/images/{name*}/tag', writes: true, handle: tag },
  { method: 'DELETE', path: '/images/{name*}', writes: true, handle: remove },
  { method: 'GET', path: '/distribution/{name*}/json', writes: false, handle: distribution },
];
