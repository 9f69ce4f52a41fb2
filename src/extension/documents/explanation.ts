import * as vscode from 'vscode';
import type { App } from '../app';
import { explanationPage } from '../model/explain';
import { escapeMarkdown } from '../model/markdown';

const SCHEME = 'swarmscope-why';

/** Why a task is where it is: a read-only Markdown page, fresh whenever the task changes. */
export class ExplanationDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #stop: () => void;

  constructor(app: App) {
    this.#app = app;
    this.#stop = app.model.onDidChange((change) => {
      for (const { uri } of vscode.workspace.textDocuments) {
        if (uri.scheme === SCHEME && change.tasks.has(uri.query)) this.#changed.fire(uri);
      }
    });
    app.context.subscriptions.push(this, vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    await this.#app.start();
    const name = uri.path.replace(/^\/|\.md$/g, '');
    try {
      return explanationPage(name, await this.#app.client.lab.explain(uri.query));
    } catch (error) {
      return `${escapeMarkdown(error instanceof Error ? error.message : String(error))}\n`;
    }
  }

  /** Shows the page of a task, rendered where the editor can do that. */
  async show(id: string, name: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name.replaceAll('/', '_')}.md`, query: id });
    await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  dispose(): void {
    this.#stop();
    this.#changed.dispose();
  }
}
