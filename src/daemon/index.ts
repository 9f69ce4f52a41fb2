/** One simulated dockerd a node: images, containers, volumes, health checks, programs inside, and the swarm agent. */
export { TaskAgent } from './agent/agent';
export type { Container } from './containers/container';
export type { LogLine, LogQuery, LogStream } from './containers/log-buffer';
export { Daemon, type DaemonOptions, type NetworkAttacher } from './daemon';
export { DaemonError, type DaemonErrorKind } from './errors';
export type { Behaviour, ImageDefinition } from './images/definition';
export { familiarName, parseReference, type Reference } from './images/reference';
export { Registry, type RegistryOptions } from './images/registry';
export { describeNode, pluginsOf } from './node-description';
export { Wire } from './wire';
export { containerInspect, containerState, containerSummary, containerTop, statusText } from './containers/views';
export type { Exec, ExecConfig } from './containers/execs';
export { TypedInput } from './containers/stdin';
export { asDaemonError } from './containers/containers';
export type { LocalImage } from './images/image-store';
export { anonymousLabel } from './volumes/volume-store';
