import type { ContainerConfig } from '../../api';
import { contentsOf } from '../images/contents';
import type { LocalImage } from '../images/image-store';

const noEnv: readonly string[] = [];

/** Fills what was not given from the image; given variables come first (API-41). */
export function mergeConfig(config: ContainerConfig, image: LocalImage): ContainerConfig {
  const { definition } = image;
  const env = config.Env ?? [];
  const names = new Set(env.map((pair) => pair.split('=')[0]));
  const inherited = (definition.env ?? []).filter((pair) => !names.has(pair.split('=')[0]!));
  const entrypoint =
    config.Entrypoint && config.Entrypoint.length > 0
      ? config.Entrypoint.filter((word) => word !== '' || config.Entrypoint!.length > 1)
      : undefined;
  const ownEntrypoint = config.Entrypoint !== undefined && config.Entrypoint !== null && config.Entrypoint.length > 0;
  const command =
    config.Cmd && config.Cmd.length > 0 ? config.Cmd : ownEntrypoint ? null : (definition.command ?? null);
  const ports = contentsOf(definition).exposedPorts;
  return {
    ...config,
    Env: env.length === 0 ? (definition.env ?? noEnv) : [...env, ...inherited],
    Entrypoint: ownEntrypoint ? (entrypoint ?? null) : (definition.entrypoint ?? null),
    Cmd: command,
    ...(config.ExposedPorts
      ? { ExposedPorts: { ...ports, ...config.ExposedPorts } }
      : ports
        ? { ExposedPorts: ports }
        : {}),
    WorkingDir: config.WorkingDir || definition.workingDir || '',
    User: config.User || definition.user || '',
    Labels: definition.labels ? { ...definition.labels, ...config.Labels } : (config.Labels ?? {}),
    ...(config.StopSignal || definition.stopSignal ? { StopSignal: config.StopSignal || definition.stopSignal! } : {}),
    ...(definition.healthcheck && !config.Healthcheck ? { Healthcheck: definition.healthcheck } : {}),
  };
}
