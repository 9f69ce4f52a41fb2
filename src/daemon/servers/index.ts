import type { ServerName } from '../images/definition';
import type { Process } from '../programs';
import { Consul } from './consul';
import { FlowProxy } from './flow-proxy';
import type { HttpServer } from './server';

export type { HttpReply, HttpServer } from './server';

/** Starts a server of the catalogue in a container's first process. */
export function startServer(name: ServerName, process: Process): HttpServer {
  return name === 'consul' ? new Consul(process) : new FlowProxy(process);
}
