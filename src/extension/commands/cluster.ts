import type { App } from '../app';
import { t } from '../model/l10n';
import { confirm } from '../ui/undo';
import type { Input } from './command';
import { sure, target } from './command';

/** Forgets everything and begins with a factory-new cluster by the present settings; asks first. */
export async function startOver(app: App, input: Input): Promise<boolean> {
  const detail = t('All services, networks and nodes of the simulated swarm are forgotten. This cannot be undone.');
  if (!input.form && !(await confirm(t('Start over with a new swarm?'), t('Start Over'), detail))) return false;
  await app.startOver();
  return true;
}

/** `docker swarm init` on the node at the other end. */
export async function initSwarm(app: App, input: Input): Promise<string | undefined> {
  if (!(await sure(app, input, t('Create a swarm on {0}?', app.real ?? '')))) return undefined;
  const id = await app.client.swarm.init({ ListenAddr: '0.0.0.0:2377', AdvertiseAddr: '', Availability: 'active' });
  await app.model.refresh();
  return id;
}

/** `docker network rm`, after a question unless a program called. */
export async function removeNetwork(app: App, input: Input): Promise<{ network: string } | undefined> {
  const object = await target(app, 'network', input);
  if (!object) return undefined;
  if (!input.form && !(await confirm(t('Remove the network {0}?', object.name), t('Remove')))) return undefined;
  await app.client.networks.remove(object.id);
  return { network: object.id };
}
