import type { ClusterModel } from './cluster-model';
import { t } from './l10n';

/** Text of the status bar: the cluster, and how its time goes. */
export function statusText(model: ClusterModel): string {
  if (model.state === 'starting') return `$(loading~spin) ${t('Swarm starting')}`;
  if (model.state === 'failed') return `$(error) ${t('Swarm')}`;
  if (model.state === 'stopped') return `$(server-environment) ${t('Swarm')}`;
  if (model.swarm !== 'active') return `$(server-environment) ${model.nodeName}: ${t('no swarm')}`;
  const nodes = model.objects.nodes.values();
  const ready = nodes.filter((node) => node.Status.State === 'ready').length;
  const count = ready === nodes.length ? t('{0} nodes', nodes.length) : t('{0} of {1} nodes', ready, nodes.length);
  return `$(server-environment) ${count}${timeText(model)}`;
}

function timeText(model: ClusterModel): string {
  const { clock } = model;
  if (!clock) return '';
  if (clock.paused) return ` $(debug-pause) ${t('paused')}`;
  return ` $(play) ${speedText(clock.speed)}`;
}

/** A speed for people: `1×`, `60×`, or "as fast as it can". */
export function speedText(speed: number): string {
  return speed === 0 ? t('as fast as it can') : `${speed}×`;
}
