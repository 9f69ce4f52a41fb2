import type { App } from '../app';
import { registerAll, target } from '../commands/command';
import { MarkdownPages } from '../documents/pages';
import { t } from '../model/l10n';
import { byName } from '../model/rows';
import { networkDbPage } from './model/page';
import type { NodeKnowledge } from './model/read';

/** What a node knows by gossip, and all nodes side by side: pages that follow the cluster. */
export function registerNetworkDb(app: App): void {
  const read = async (node: string, off = false): Promise<NodeKnowledge> =>
    off ? { node, entries: [], failed: [], off } : ((await app.client.lab.networkdb(node)) as NodeKnowledge);

  /** All machines of the swarm, or one of them. */
  const knowledge = async (only: string): Promise<NodeKnowledge[]> => {
    const machines = await app.client.lab.nodes();
    const chosen = machines
      .filter(({ Hostname, ID }) => (only === '' ? ID !== undefined : Hostname === only))
      .sort((a, b) => byName(a.Hostname, b.Hostname));
    return Promise.all(chosen.map(({ Hostname, power }) => read(Hostname, power === 'off')));
  };
  const pages = new MarkdownPages(app, 'swarmscope-networkdb', async (only) => {
    const { networks } = app.model.objects;
    return networkDbPage(await knowledge(only), {
      title: only === '' ? t('Compare nodes') : t('NetworkDB of {0}', only),
      now: (await app.client.lab.clock()).now,
      networkName: (id) => networks.get(id)?.Name ?? id,
    });
  });
  const stop = app.model.onDidChange(() => pages.refresh());
  app.context.subscriptions.push(
    { dispose: stop },
    app.onDidChangeLab(() => pages.refresh()),
  );

  registerAll(app, [
    {
      id: 'showNetworkDb',
      async run(_app, input) {
        const node = await target(app, 'node', input);
        if (!node) return undefined;
        await pages.show(t('NetworkDB of {0}', node.name), node.name);
        return knowledge(node.name);
      },
    },
    {
      id: 'compareNodes',
      async run() {
        await pages.show(t('Compare nodes'), '');
        return knowledge('');
      },
    },
  ]);
}
