import type { Container } from '../../daemon';
import type { NodeEngine } from '../node-engine';

/** A container of any node that runs: by ID, the beginning of it, or name; or by its task's ID. */
export function findContainer(
  engine: NodeEngine,
  reference: string,
): { readonly engine: NodeEngine; readonly container: Container } | undefined {
  for (const other of engine.cluster.engines) {
    if (other.power === 'off') continue;
    const { containers } = other.daemon;
    const container = containers.find(reference) ?? containers.list().find((one) => one.task?.taskID === reference);
    if (container) return { engine: other, container };
  }
  return undefined;
}
