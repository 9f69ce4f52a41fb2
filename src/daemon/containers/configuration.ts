import type { ContainerConfig } from '../../api';
import { contentsOf } from '../images/contents';
import type { LocalImage } from '../images/image-store';

const noEnv: readonly string[] = [];
const noLabels = {};

/** Fills what was not given from the image; given variables come first (API-41). `id` gives the host name, if it must. */
export function mergeConfig(config: ContainerConfig, image: LocalImage, id: string): ContainerConfig {
  const { definition } = image;
  const ownEntrypoint = (config.Entrypoint?.length ?? 0) > 0;
  const ports = contentsOf(definition).exposedPorts;
  const stopSignal = config.StopSignal || definition.stopSignal;
  const healthcheck = config.Healthcheck ?? definition.healthcheck;
  const merged: { -readonly [Key in keyof ContainerConfig]: ContainerConfig[Key] } = { ...config };
  merged.Hostname = config.Hostname || id.slice(0, 12);
  merged.Env = mergeEnv(config.Env, definition.env ?? noEnv);
  merged.Entrypoint = ownEntrypoint ? entrypointOf(config.Entrypoint!) : (definition.entrypoint ?? null);
  merged.Cmd = (config.Cmd?.length ?? 0) > 0 ? config.Cmd! : ownEntrypoint ? null : (definition.command ?? null);
  if (config.ExposedPorts) merged.ExposedPorts = { ...ports, ...config.ExposedPorts };
  else if (ports) merged.ExposedPorts = ports;
  merged.WorkingDir = config.WorkingDir || definition.workingDir || '';
  merged.User = config.User || definition.user || '';
  merged.Labels = definition.labels ? { ...definition.labels, ...config.Labels } : (config.Labels ?? noLabels);
  if (stopSignal) merged.StopSignal = stopSignal;
  if (healthcheck) merged.Healthcheck = healthcheck;
  return merged;
}

/** A single empty word stands for no entry point. */
function entrypointOf(words: readonly string[]): readonly string[] {
  return words.length === 1 && words[0] === '' ? [] : words;
}

function mergeEnv(own: readonly string[] | null | undefined, inherited: readonly string[]): readonly string[] {
  if (!own || own.length === 0) return inherited;
  const names = new Set(own.map((pair) => pair.split('=')[0]));
  return [...own, ...inherited.filter((pair) => !names.has(pair.split('=')[0]!))];
}
