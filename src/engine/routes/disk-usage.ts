import type { ContainerSummary, ImageSummary } from '../../api';
import type { EngineResponse, RouteContext } from '../http';
import type { NodeEngine } from '../node-engine';
import type { NodeRoute } from './answers';
import { ok, reads } from './answers';
import { listRoute } from './containers-list';
import { imageRoutes } from './images';
import { volumeRoutes } from './volumes';

/** What takes room on a node's disk, put together from the lists of its parts. */
export const diskUsageRoutes: readonly NodeRoute[] = [reads('GET', '/system/df', diskUsage)];

async function diskUsage(context: RouteContext<NodeEngine>) {
  const all: RouteContext<NodeEngine> = { ...context, query: new URLSearchParams({ all: '1', size: '1' }) };
  const images = await listOf<readonly ImageSummary[]>(imageRoutes, '/images/json', all);
  const containers = await listOf<readonly ContainerSummary[]>([listRoute], '/containers/json', all);
  const volumes = await listOf<{ readonly Volumes: readonly { readonly Name: string }[] | null }>(
    volumeRoutes,
    '/volumes',
    all,
  );
  const old = context.engine.profile.name === '20.10';
  return ok({
    LayersSize: images.reduce((sum, image) => Math.max(sum, image.Size), 0),
    Images: images.map((image) => ({
      ...image,
      Containers: containers.filter((container) => container.ImageID === image.Id).length,
      SharedSize: old ? image.Size : 0,
    })),
    Containers: containers,
    Volumes: (volumes.Volumes ?? []).map((volume) => ({
      ...volume,
      UsageData: { RefCount: context.engine.daemon.volumes.find(volume.Name)?.users.size ?? 0, Size: 0 },
    })),
    BuildCache: old ? null : [],
    ...(old ? { BuilderSize: 0 } : {}),
  });
}

type Parts = readonly { readonly method: string; readonly path: string; readonly handle: NodeRoute['handle'] }[];

async function listOf<T>(routes: Parts, path: string, context: RouteContext<NodeEngine>): Promise<T> {
  const route = routes.find((one) => one.method === 'GET' && one.path === path);
  const response: EngineResponse | undefined = await route?.handle(context);
  return response?.json as T;
}
