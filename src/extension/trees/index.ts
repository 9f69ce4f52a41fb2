import type { App, RowTexts } from '../app';
import { NetworkRows } from '../model/network-rows';
import { NodeRows } from '../model/node-rows';
import type { Row, RowSource } from '../model/rows';
import { ServiceRows } from '../model/service-rows';
import { ClusterTree } from './tree-view';

/** The three trees; returns their rows as texts. */
export function registerTrees(app: App): (view: 'nodes' | 'services' | 'networks') => RowTexts[] {
  const sources: Readonly<Record<'nodes' | 'services' | 'networks', RowSource>> = {
    nodes: new NodeRows(app.model),
    services: new ServiceRows(app.model),
    networks: new NetworkRows(app.model),
  };
  for (const [name, source] of Object.entries(sources)) {
    app.context.subscriptions.push(new ClusterTree(app, `swarmscope.${name}`, source));
  }
  return (view) => {
    const source = sources[view];
    const texts = (row: Row): RowTexts => ({
      id: row.id,
      label: row.label,
      description: row.description,
      context: row.context,
      tooltip: source.tooltip(row),
      children: row.folding === 'none' ? [] : source.children(row).map(texts),
    });
    return source.roots().map(texts);
  };
}
