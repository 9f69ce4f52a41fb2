import * as vscode from 'vscode';
import type { App } from '../app';
import { escapeMarkdown } from '../model/markdown';

/** Something happens before pages are made anew; what comes together makes one page, in milliseconds. */
const RENDER_DELAY = 200;

/** Read-only Markdown pages of one kind, shown rendered where the editor can do that, and made anew when told. */
export class MarkdownPages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #app: App;
  readonly #scheme: string;
  readonly #render: (key: string) => Promise<string>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `render` makes the page of a key; what it throws is the page. */
  constructor(app: App, scheme: string, render: (key: string) => Promise<string>) {
    this.#app = app;
    this.#scheme = scheme;
    this.#render = render;
    app.context.subscriptions.push(this, vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    try {
      await this.#app.start();
      return await this.#render(uri.query);
    } catch (error) {
      return `${escapeMarkdown(error instanceof Error ? error.message : String(error))}\n`;
    }
  }

  /** Shows the page of a key; the title names its tab. */
  async show(title: string, key: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: this.#scheme, path: `/${title.replace(/[\\/]/g, '_')}.md`, query: key });
    await vscode.workspace.openTextDocument(uri);
    this.#changed.fire(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  /** What open pages show may have changed. Nothing is done when none is open. */
  refresh(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === this.#scheme) this.#changed.fire(uri);
    }, RENDER_DELAY);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }
}
