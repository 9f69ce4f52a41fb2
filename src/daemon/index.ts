/** One simulated dockerd a node: images, containers, volumes, health checks, programs inside, and the swarm agent. */
export { TaskAgent } from './agent/agent';
export type { PathStat } from './containers/archive';
export { exportArchive, readArchive, statPath, writeArchive } from './containers/archive';
export { changesOf } from './containers/changes';
export type { Container } from './containers/container';
export type { Exec, ExecConfig } from './containers/execs';
export type { LogLine, LogQuery, LogStream } from './containers/log-buffer';
export { containerStats } from './containers/stats';
export { TypedInput } from './containers/stdin';
export { containerTop, TopError } from './containers/top';
export {
  containerInspect,
  containerState,
  containerSummary,
  layerIdOf,
  statusText,
} from './containers/views';
export { Daemon, type DaemonOptions, type NetworkAttacher } from './daemon';
export { asDaemonError, DaemonError, type DaemonErrorKind } from './errors';
export { CatalogueError, parseCatalogue } from './images/catalogue-file';
export type { Behaviour, ImageDefinition } from './images/definition';
export type { LocalImage } from './images/image-store';
export { familiarName, parseReference, type Reference } from './images/reference';
export { Registry, type RegistryOptions } from './images/registry';
export { describeNode, pluginsOf } from './node-description';
export { type HttpOutcome, type HttpRequest, isAddress, provideShellLibrary } from './programs';
export { anonymousLabel } from './volumes/volume-store';
export { Wire } from './wire';
