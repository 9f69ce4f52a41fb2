import * as vscode from 'vscode';
import type { App } from '../app';
import { t } from '../model/l10n';
import type { TreeElement } from '../model/row-tree';
import { RowTree } from '../model/row-tree';
import type { RowSource } from '../model/rows';

/** One tree of the Activity Bar container: gives VS Code the rows, and names those that changed. */
export class ClusterTree implements vscode.TreeDataProvider<TreeElement>, vscode.Disposable {
  readonly rows: RowTree;
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<TreeElement[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly view: vscode.TreeView<TreeElement>;
  readonly #disposables: vscode.Disposable[];
  #ageTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App, id: string, source: RowSource) {
    this.#app = app;
    this.rows = new RowTree(source);
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: true });
    const stop = app.model.onDidChange(() => this.refresh());
    this.#disposables = [
      this.view,
      this.#changed,
      { dispose: stop },
      this.view.onDidChangeVisibility(() => this.#keepAges()),
    ];
    this.#keepAges();
  }

  async getChildren(element?: TreeElement): Promise<TreeElement[]> {
    try {
      if (!element) await this.#app.start();
    } catch {
      return []; // shown where the start failed; the welcome text offers what to do
    }
    return this.rows.children(element);
  }

  getParent(element: TreeElement): TreeElement | undefined {
    return element.parent;
  }

  getTreeItem(element: TreeElement): vscode.TreeItem {
    const { row } = element;
    const item = new vscode.TreeItem(
      row.label,
      {
        none: vscode.TreeItemCollapsibleState.None,
        folded: vscode.TreeItemCollapsibleState.Collapsed,
        unfolded: vscode.TreeItemCollapsibleState.Expanded,
      }[row.folding],
    );
    item.id = row.id;
    item.description = row.description;
    item.contextValue = row.context;
    item.iconPath = new vscode.ThemeIcon(
      row.icon.name,
      row.icon.color ? new vscode.ThemeColor(row.icon.color) : undefined,
    );
    // What is read aloud is what is seen; without this it would be the tooltip once it was made.
    item.accessibilityInformation = { label: [row.label, row.description].filter(Boolean).join(' ') };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, element: TreeElement): vscode.TreeItem {
    const text = this.rows.tooltip(element);
    item.tooltip = text ? new vscode.MarkdownString(text) : undefined;
    return item;
  }

  /** Compares what is shown with the present, and refreshes the rows that differ. */
  refresh(): void {
    const { real } = this.#app;
    const description = real === undefined ? '' : t('REAL: {0}', real);
    if ((this.view.description ?? '') !== description) this.view.description = description;
    const changed = this.rows.refresh();
    if (changed === 'all') this.#changed.fire(undefined);
    else if (changed.length > 0) this.#changed.fire(changed);
  }

  dispose(): void {
    clearTimeout(this.#ageTimer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Ages grow without anything happening: while the tree is seen, it is compared about once a minute of the cluster. */
  #keepAges(): void {
    clearTimeout(this.#ageTimer);
    if (!this.view.visible) return;
    const { clock } = this.#app.model;
    const speed = clock?.speed || 1;
    this.#ageTimer = setTimeout(
      () => {
        if (!clock?.paused) this.refresh();
        this.#keepAges();
      },
      Math.max(5_000, 60_000 / speed),
    );
  }
}
