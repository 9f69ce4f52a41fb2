import { labRoutes } from '../lab/routes';
import type { NodeRoute } from './answers';
import { clusterVolumeRoutes } from './cluster-volumes';
import { containerRoutes } from './containers';
import { listRoute } from './containers-list';
import { logRoutes } from './containers-logs';
import { diskUsageRoutes } from './disk-usage';
import { execRoutes } from './exec';
import { imageRoutes } from './images';
import { networkConnectRoutes } from './network-connect';
import { networkRoutes } from './networks';
import { nodeRoutes } from './nodes';
import { secretRoutes } from './secrets';
import { serviceLogRoutes } from './service-logs';
import { serviceRoutes } from './services';
import { swarmRoutes } from './swarm';
import { systemRoutes } from './system';
import { taskRoutes } from './tasks';
import { volumeRoutes } from './volumes';

/** Every route of an engine. Where paths overlap, the earlier one is taken. */
export function allRoutes(): readonly NodeRoute[] {
  return [
    ...systemRoutes,
    ...diskUsageRoutes,
    ...swarmRoutes,
    ...nodeRoutes,
    ...serviceLogRoutes,
    ...serviceRoutes,
    ...taskRoutes,
    ...networkRoutes,
    ...networkConnectRoutes,
    ...secretRoutes,
    listRoute,
    ...logRoutes,
    ...containerRoutes,
    ...execRoutes,
    ...imageRoutes,
    ...clusterVolumeRoutes,
    ...volumeRoutes,
    ...labRoutes,
  ];
}
