import type { ContainerConfig, EndpointSettings, HostConfig } from '../../api';
import { DaemonError } from '../errors';
import { checkHostConfig, completeHostConfig } from './check-host-config';
import { mergeArgv } from './configuration';
import type { TaskPlan } from './container';
import { Container } from './container';
import { filesOf } from './container-files';
import type { ContainerTable } from './container-table';
import type { ContainerContext } from './context';
import { normalizePath } from './file-system';
import { planMounts } from './mounts';
import { checkName, randomName } from './names';
import { signalNumber } from './signals';

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
  const hostConfig = completeHostConfig(request.hostConfig ?? noHostConfig);
  const name = request.name?.replace(/^\//, '');
  if (name !== undefined && name !== '') {
    checkName(request.name!);
    table.checkFree(name);
  }
  const image = context.images.get(config.Image ?? '');
  if (mergeArgv(config, image.definition).length === 0) throw new DaemonError('invalid', 'no command specified');
  if (config.StopSignal && signalNumber(config.StopSignal) === undefined) {
    const word = context.profile.name === '20.10' ? 'Invalid' : 'invalid';
    throw new DaemonError('invalid', `${word} signal: ${config.StopSignal}`);
  }
  checkHostConfig(config, hostConfig, {
    profile: context.profile,
    cpus: context.cpus,
    find: (reference) => table.find(reference),
  });
  const mounts = planMounts(config, hostConfig, image.definition, context.volumes, context.hostFiles);
  const id = context.random.hexId();
  const container = new Container(
    id,
    name || randomName(context.random, (candidate) => table.hasName(candidate)),
    context.sim.now,
    image,
    config,
    hostConfig,
    request.networks ?? noNetworks,
    mounts,
    request.task,
  );
  if (config.WorkingDir && filesOf(container, context).read(normalizePath(config.WorkingDir)) !== undefined)
    throw new DaemonError('invalid', `Cannot mkdir: ${config.WorkingDir} is not a directory`);
  for (const { volume } of mounts) volume?.users.add(id);
  return container;
}
