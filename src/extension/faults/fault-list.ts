import * as vscode from 'vscode';
import type { LabFault } from '../../api';
import type { App } from '../app';
import { faultIcon, faultSince, faultText } from './model/fault-text';

/** Something happens before the list is read again; what comes together is answered by one reading, in milliseconds. */
const READ_DELAY = 60;

/** What is broken now, as a view that is there as long as something is; each row can be healed. */
export class FaultList implements vscode.TreeDataProvider<LabFault>, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<LabFault>;
  readonly #disposables: vscode.Disposable[];
  #faults: readonly LabFault[] = [];
  /** Names of containers of which there are faults, also when they are gone. */
  readonly #names = new Map<string, string>();
  #reading: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.#app = app;
    this.#view = vscode.window.createTreeView('swarmscope.faults', { treeDataProvider: this });
    const stop = app.model.onDidChange(() => this.#soon());
    this.#disposables = [this.#changed, this.#view, { dispose: stop }, app.onDidChangeLab(() => this.#soon())];
  }

  get faults(): readonly LabFault[] {
    return this.#faults;
  }

  getChildren(fault?: LabFault): LabFault[] {
    return fault ? [] : [...this.#faults];
  }

  getTreeItem(fault: LabFault): vscode.TreeItem {
    const { label, detail } = this.text(fault);
    const item = new vscode.TreeItem(label);
    item.id = fault.id;
    item.description = [detail, faultSince(fault)].filter(Boolean).join(' · ');
    item.iconPath = new vscode.ThemeIcon(faultIcon(fault.kind), new vscode.ThemeColor('testing.iconFailed'));
    item.contextValue = ` fault ${fault.kind.replaceAll(' ', '-')} `;
    item.accessibilityInformation = { label: `${label} ${item.description}` };
    item.tooltip = `${label}\n${item.description}`;
    return item;
  }

  text(fault: LabFault) {
    return faultText(fault, (id) => this.#names.get(id) ?? id.slice(0, 12));
  }

  /** Reads the list again at once. */
  async read(): Promise<void> {
    clearTimeout(this.#reading);
    this.#reading = undefined;
    const faults = this.#app.real === undefined ? await this.#app.client.lab.faults() : [];
    if (JSON.stringify(faults) === JSON.stringify(this.#faults)) return;
    const unnamed = faults.some((fault) => 'container' in fault && !this.#names.has(fault.container));
    if (unnamed) for (const { id, name } of await this.#app.client.lab.containers()) this.#names.set(id, name);
    this.#faults = faults;
    this.#view.badge = faults.length > 0 ? { value: faults.length, tooltip: this.#view.title ?? '' } : undefined;
    await vscode.commands.executeCommand('setContext', 'swarmscope.faults', faults.length);
    this.#changed.fire();
  }

  #soon(): void {
    if (this.#reading || this.#app.model.state !== 'running') return;
    this.#reading = setTimeout(() => {
      this.read().catch((error: unknown) => this.#app.log.warn(String(error)));
    }, READ_DELAY);
  }

  dispose(): void {
    clearTimeout(this.#reading);
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
