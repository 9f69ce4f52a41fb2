import * as vscode from 'vscode';
import type { App } from '../app';
import type { Change } from '../model/cluster-state';
import type { ObjectType, RowObject } from '../model/rows';

const SCHEME = 'swarmscope-inspect';

/** Where the inspect document of an object is. */
export function inspectUri({ type, id, name }: RowObject): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${type}s/${name.replaceAll('/', '_')}.json`, query: id });
}

/** Read-only JSON of nodes, services, tasks, networks and containers, fresh whenever the object changes. */
export class InspectDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #stop: () => void;

  constructor(app: App) {
    this.#app = app;
    this.#stop = app.model.onDidChange((change) => this.#refresh(change));
    app.context.subscriptions.push(this, vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { type, id } = parse(uri);
    await this.#app.start();
    try {
      return `${JSON.stringify(await this.read(type, id), undefined, 2)}\n`;
    } catch (error) {
      // The object is gone, or the engine refuses: its own words are the document.
      return `${JSON.stringify({ message: error instanceof Error ? error.message : String(error) }, undefined, 2)}\n`;
    }
  }

  /** The object as the engine inspects it. */
  read(type: ObjectType, id: string): Promise<unknown> {
    const { client } = this.#app;
    switch (type) {
      case 'node':
        return client.nodes.inspect(id);
      case 'service':
        return client.services.inspect(id);
      case 'task':
        return client.tasks.inspect(id);
      case 'network':
        return client.networks.inspect(id, { verbose: true });
      case 'container':
        return client.containers.inspect(id);
    }
  }

  dispose(): void {
    this.#stop();
    this.#changed.dispose();
  }

  #refresh(change: Change): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme !== SCHEME) continue;
      const { type, id } = parse(document.uri);
      if (type === 'container' || change[`${type}s` as const].has(id)) this.#changed.fire(document.uri);
    }
  }
}

function parse(uri: vscode.Uri): { readonly type: ObjectType; readonly id: string } {
  return { type: uri.path.split('/')[1]?.replace(/s$/, '') as ObjectType, id: uri.query };
}
