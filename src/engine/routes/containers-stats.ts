import { containerStats } from '../../daemon';
import type { Micros } from '../../sim';
import { second } from '../../sim';
import type { EngineResponse, Route } from '../http';
import { isTrue } from '../router/filters';
import type { ContainerContext, ContainerEngine } from './containers-context';

/** A sample each virtual second, or one (API-41): the same question at the same moment has the same answer. */
function stats({ engine: { daemon }, params, query }: ContainerContext): EngineResponse {
  const container = daemon.containers.get(params.id ?? '');
  const { sim } = daemon;
  const once = query.has('stream') && !isTrue(query.get('stream'));
  const single = once && isTrue(query.get('one-shot'));
  const sample = (before: Micros | undefined) =>
    `${JSON.stringify(containerStats(container, sim.now, before, daemon))}\n`;
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    stream: (sink) => {
      if (once) {
        sink.write(sample(single ? undefined : sim.now - second));
        sink.end();
        return;
      }
      let last: Micros | undefined;
      let next = { cancel: () => {} };
      const tell = () => {
        sink.write(sample(last));
        last = sim.now;
        next = sim.after(second, tell);
      };
      tell();
      const stopRemoval = container.onceRemoved(() => sink.end());
      sink.onClose(() => {
        next.cancel();
        stopRemoval();
      });
    },
  };
}

export const statsRoutes: readonly Route<ContainerEngine>[] = [
  { method: 'GET', path: '/containers/{id}/stats', writes: false, handle: stats },
];
