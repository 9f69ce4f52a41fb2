import type { ContainerConfig, EndpointSettings, HostConfig } from '../../api';
import { DaemonError } from '../errors';
import { mergeConfig } from './configuration';
import type { TaskPlan } from './container';
import { Container } from './container';
import type { ContainerTable } from './container-table';
import type { ContainerContext } from './context';
import { planMounts } from './mounts';
import { checkName, randomName } from './names';

export interface CreateRequest {
  readonly name?: string;
  readonly config: ContainerConfig;
  readonly hostConfig?: HostConfig;
  readonly networks?: Readonly<Record<string, EndpointSettings>>;
  readonly task?: TaskPlan;
}

const noHostConfig: HostConfig = {};
const noNetworks: Readonly<Record<string, EndpointSettings>> = {};

/** The container that is asked for, with its volumes. Throws: no such image, name taken, mounts, command missing. */
export function makeContainer(request: CreateRequest, table: ContainerTable, context: ContainerContext): Container {
  const { config } = request;
  const hostConfig = request.hostConfig ?? noHostConfig;
  const name = request.name?.replace(/^\//, '');
  if (name !== undefined && name !== '') {
    checkName(request.name!);
    table.checkFree(name);
  }
  const image = context.images.get(config.Image ?? '');
  const id = context.random.hexId();
  const merged = mergeConfig(config, image, id);
  if (!merged.Entrypoint?.length && !merged.Cmd?.length) throw new DaemonError('invalid', 'no command specified');
  const mounts = planMounts(merged, hostConfig, image.definition, context.volumes, context.hostFiles);
  const container = new Container(
    id,
    name || randomName(context.random, (candidate) => table.hasName(candidate)),
    context.sim.now,
    image,
    merged,
    hostConfig,
    request.networks ?? noNetworks,
    mounts,
    request.task,
  );
  for (const { volume } of mounts) volume?.users.add(id);
  return container;
}
