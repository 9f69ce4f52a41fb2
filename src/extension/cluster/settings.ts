import * as vscode from 'vscode';
import type { ClusterConfig, RegistryMode } from '../../engine/config';
import { isEra } from '../../network';

/** What the settings say a new cluster is made from. */
export function configured(): {
  readonly config: Partial<ClusterConfig>;
  readonly speed: number;
  readonly save: boolean;
} {
  const settings = vscode.workspace.getConfiguration('swarmscope');
  const nodes = settings.get('nodes', 3);
  const era = settings.get('era', '1.12');
  return {
    config: {
      seed: settings.get('seed', 1),
      nodes,
      managers: Math.min(settings.get('managers', 1), nodes),
      profile: settings.get<'28' | '20.10'>('profile', '28'),
      init: settings.get('initialSwarm', true),
      registry: settings.get<RegistryMode>('registry', 'any'),
      ...(isEra(era) && { era }),
    },
    speed: settings.get('speed', 1),
    save: settings.get('saveCluster', true),
  };
}

/** Settings that take effect with the next cluster only. */
export const needNewCluster = ['nodes', 'managers', 'initialSwarm', 'profile', 'seed', 'registry', 'era'].map(
  (name) => `swarmscope.${name}`,
);
