import type { ClusterModel } from './cluster-model';
import { t } from './l10n';

/** Text of the status bar: the cluster, and how its time goes. `real` names a real cluster, which is to be seen at a glance. */
export function statusText(model: ClusterModel, real?: string): string {
  if (real !== undefined) return `$(warning) ${t('REAL: {0}', real)}${realText(model)}`;
  if (model.state === 'starting') return `$(loading~spin) ${t('Swarm starting')}`;
  if (model.state === 'failed') return `$(error) ${t('Swarm')}`;
  if (model.state === 'stopped') return `$(server-environment) ${t('Swarm')}`;
  if (model.swarm === 'off') return `$(server-environment) ${t('all nodes are off')}`;
  if (model.swarm !== 'active') return `$(server-environment) ${model.nodeName}: ${t('no swarm')}`;
  return `$(server-environment) ${nodesText(model)}${timeText(model)}`;
}

function nodesText(model: ClusterModel): string {
  const nodes = model.objects.nodes.values();
  const ready = nodes.filter((node) => node.Status.State === 'ready').length;
  if (ready !== nodes.length) return t('{0} of {1} nodes', ready, nodes.length);
  return nodes.length === 1 ? t('1 node') : t('{0} nodes', nodes.length);
}

function realText(model: ClusterModel): string {
  if (model.state === 'failed') return ` · ${t('not connected')}`;
  if (model.state !== 'running') return ' · …';
  return ` · ${model.swarm === 'active' ? nodesText(model) : t('no swarm')}`;
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
