import type { Profile } from '../../api';
import { anonymousLabel } from '../../daemon';
import type { EngineResponse, Route } from '../http';
import { EngineError } from '../http';
import type { FilterArgs } from '../router/filters';
import { acceptOnly, anyOf, flagOf, isTrue, matchLabels, parseFilters } from '../router/filters';
import type { ContainerContext, ContainerEngine } from './containers-context';
import { atLeast, jsonAnswer, noContent } from './containers-context';

interface CreateBody {
  readonly Name?: string;
  readonly Driver?: string;
  readonly DriverOpts?: Readonly<Record<string, string>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** The list's own words stand before what is wrong with the filters. */
function volumeFilters(query: URLSearchParams, profile: Profile): FilterArgs {
  try {
    return parseFilters(query, profile);
  } catch (error) {
    if (profile.name !== '20.10') throw error;
    throw new EngineError(400, `error reading volume filters: ${(error as Error).message}`);
  }
}

function list({ engine: { daemon }, query }: ContainerContext): EngineResponse {
  const filters = volumeFilters(query, daemon.profile);
  acceptOnly(filters, ['dangling', 'driver', 'label', 'name'], daemon.profile.name === '20.10');
  const dangling = flagOf(filters, 'dangling', daemon.profile.name === '20.10');
  const volumes = daemon.volumes
    .list()
    .filter(
      (volume) =>
        (dangling === undefined || dangling === (volume.users.size === 0)) &&
        anyOf(filters, 'driver', (driver) => volume.driver === driver) &&
        anyOf(filters, 'name', (name) => volume.name.includes(name)) &&
        matchLabels(filters, 'label', volume.labels),
    );
  return jsonAnswer({ Volumes: volumes.map((volume) => daemon.volumes.view(volume)), Warnings: null });
}

function prune({ engine: { daemon }, query, apiVersion }: ContainerContext): EngineResponse {
  const filters = parseFilters(query, daemon.profile);
  acceptOnly(filters, ['all', 'label', 'label!'], daemon.profile.name === '20.10');
  // From 1.42 only anonymous ones, unless all are asked for (TALK-20).
  const named = !atLeast(apiVersion, 42) || (filters.get('all') ?? []).some((value) => isTrue(value));
  const deleted: string[] = [];
  for (const volume of daemon.volumes.list()) {
    if (volume.users.size > 0 || (!named && volume.labels[anonymousLabel] === undefined)) continue;
    if (!matchLabels(filters, 'label', volume.labels)) continue;
    if (filters.has('label!') && matchLabels(filters, 'label!', volume.labels)) continue;
    daemon.volumes.remove(volume.name, false);
    deleted.push(volume.name);
  }
  return jsonAnswer({ VolumesDeleted: deleted, SpaceReclaimed: 0 });
}

/** The volume routes of a node. */
export const volumeRoutes: Route<ContainerEngine>[] = [
  { method: 'GET', path: '/volumes', writes: false, handle: list },
  {
    method: 'POST',
    path: '/volumes/create',
    writes: true,
    handle: ({ engine: { daemon }, json }) => {
      const { Name, Driver, DriverOpts, Labels } = json<CreateBody>('volume');
      const volume = daemon.volumes.create({
        ...(Name ? { name: Name } : {}),
        ...(Driver ? { driver: Driver } : {}),
        options: DriverOpts ?? null,
        labels: Labels ?? null,
      });
      return jsonAnswer(daemon.volumes.view(volume), 201);
    },
  },
  { method: 'POST', path: '/volumes/prune', writes: true, handle: prune },
  {
    method: 'GET',
    path: '/volumes/{name}',
    writes: false,
    handle: ({ engine: { daemon }, params }) => jsonAnswer(daemon.volumes.view(daemon.volumes.get(params.name ?? ''))),
  },
  {
    method: 'DELETE',
    path: '/volumes/{name}',
    writes: true,
    handle: ({ engine: { daemon }, params, query }) => {
      daemon.volumes.remove(params.name ?? '', isTrue(query.get('force')));
      return noContent;
    },
  },
];
