import type { ContainerConfig, Labels } from '../../api';
import { contentsOf } from '../images/contents';
import type { ImageDefinition } from '../images/definition';

const noEnv: readonly string[] = [];
const noLabels: Labels = {};
const usual = new WeakMap<ImageDefinition, readonly string[]>();

/**
 * A container's whole configuration: what was not given comes from the image; given variables come first (API-41). `id`
 * gives the host name, if it must. Made when somebody looks at it: most containers only need the parts below.
 */
export function mergeConfig(given: ContainerConfig, definition: ImageDefinition, id: string): ContainerConfig {
  const ports = contentsOf(definition).exposedPorts;
  const stopSignal = given.StopSignal || definition.stopSignal;
  const healthcheck = given.Healthcheck ?? definition.healthcheck;
  const ownEntrypoint = (given.Entrypoint?.length ?? 0) > 0;
  return {
    ...given,
    Hostname: given.Hostname || id.slice(0, 12),
    Env: mergeEnv(given.Env, definition.env ?? noEnv),
    Entrypoint: ownEntrypoint ? entrypointOf(given.Entrypoint!) : (definition.entrypoint ?? null),
    Cmd: (given.Cmd?.length ?? 0) > 0 ? given.Cmd! : ownEntrypoint ? null : (definition.command ?? null),
    ...(given.ExposedPorts
      ? { ExposedPorts: { ...ports, ...given.ExposedPorts } }
      : ports
        ? { ExposedPorts: ports }
        : {}),
    WorkingDir: given.WorkingDir || definition.workingDir || '',
    User: given.User || definition.user || '',
    Labels: mergeLabels(given, definition),
    ...(stopSignal ? { StopSignal: stopSignal } : {}),
    ...(healthcheck ? { Healthcheck: healthcheck } : {}),
  };
}

export function mergeLabels(given: ContainerConfig, definition: ImageDefinition): Labels {
  return definition.labels ? { ...definition.labels, ...given.Labels } : (given.Labels ?? noLabels);
}

/** What an image runs by itself: the same list each time. */
export function usualArgv(definition: ImageDefinition): readonly string[] {
  let argv = usual.get(definition);
  if (!argv) {
    argv = [...(definition.entrypoint ?? []), ...(definition.command ?? [])];
    usual.set(definition, argv);
  }
  return argv;
}

/** Path and arguments of the process: entry point and command of the configuration, where given, else of the image. */
export function mergeArgv(given: ContainerConfig, definition: ImageDefinition): readonly string[] {
  const ownEntrypoint = (given.Entrypoint?.length ?? 0) > 0;
  const ownCommand = (given.Cmd?.length ?? 0) > 0;
  if (!ownEntrypoint && !ownCommand) return usualArgv(definition);
  const entrypoint = ownEntrypoint ? entrypointOf(given.Entrypoint!) : (definition.entrypoint ?? []);
  return [...entrypoint, ...(ownCommand ? given.Cmd! : ownEntrypoint ? [] : (definition.command ?? []))];
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
