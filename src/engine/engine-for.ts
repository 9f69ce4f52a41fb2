import type { Cluster } from './cluster';
import type { EngineRequest } from './http';
import type { NodeEngine } from './node-engine';

/**
 * The engine that a request to a node is for. What is asked of the simulation itself is answered although the machine is
 * off: else nobody could switch the last one on again. Throws EngineUnreachable.
 */
export function engineFor(cluster: Cluster, node: string, request: EngineRequest): NodeEngine {
  if (/^(\/v[\d.]+)?\/lab\//.test(request.path)) {
    const machine = cluster.engines.find(({ name }) => name === node);
    if (machine) return machine;
  }
  return cluster.reach(node);
}
