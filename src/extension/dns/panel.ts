import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { EngineClient } from '../../client/engine-client';
import type { ClusterState } from '../model/cluster-state';
import { t } from '../model/l10n';
import { askDns } from './asking';
import { dnsHtml } from './html';
import { knownNames } from './model/names';
import type { Answer, Asker, FromPage, Question, ToPage } from './protocol';
import { readFromPage } from './protocol';
import { pageStrings } from './strings';

const historyKey = 'swarmscope.dns.history';
const askerKey = 'swarmscope.dns.asker';
const historyLength = 50;

/** What the panel needs of the extension. */
export interface DnsHost {
  /** The client of the cluster on show. */
  readonly client: EngineClient;
  /** Opens the cluster if it is not open yet. */
  start(): Promise<void>;
  /** What is known of the cluster; kept up to date by the trees' model. */
  readonly model: { readonly objects: ClusterState };
  /** Fires when services, tasks or networks changed. */
  readonly onDidChange: vscode.Event<void>;
}

/** The DNS panel: who asks, a name, a type; the answer as dig prints it, with the trace of the lookup beside it. */
export class DnsPanel implements vscode.WebviewViewProvider, vscode.Disposable {
  static readonly viewType = 'swarmscope.dns';
  readonly #context: vscode.ExtensionContext;
  readonly #host: DnsHost;
  #view: vscode.WebviewView | undefined;
  #pageReady = false;
  #askers: readonly Asker[] = [];
  #history: Answer[];
  #running: AbortController | undefined;
  #refresh: NodeJS.Timeout | undefined;
  #pendingFill: Extract<ToPage, { kind: 'fill' }> | undefined;
  readonly #disposables: vscode.Disposable[] = [];

  constructor(context: vscode.ExtensionContext, host: DnsHost) {
    this.#context = context;
    this.#host = host;
    this.#history = context.workspaceState.get<Answer[]>(historyKey, []);
    this.#disposables.push(host.onDidChange(() => this.#refreshSoon()));
  }

  dispose(): void {
    clearTimeout(this.#refresh);
    this.#running?.abort();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { webview } = view;
    const folder = vscode.Uri.joinPath(this.#context.extensionUri, 'dist', 'webview');
    const resource = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    this.#view = view;
    this.#pageReady = false;
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    webview.onDidReceiveMessage((message: unknown) => {
      const read = readFromPage(message);
      if (read) void this.#receive(read);
    });
    view.onDidChangeVisibility(() => this.#refreshSoon());
    view.onDidDispose(() => {
      this.#view = undefined;
      this.#pageReady = false;
    });
    webview.html = dnsHtml({
      script: resource('dns.js'),
      style: resource('dns.css'),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
    });
  }

  /** Opens the panel with the form filled as far as given. */
  async open(fill: { readonly from?: string; readonly name?: string; readonly type?: string }): Promise<void> {
    this.#pendingFill = { kind: 'fill', ...fill };
    await vscode.commands.executeCommand(`${DnsPanel.viewType}.focus`);
    if (this.#pageReady) await this.#sendState();
  }

  /**
   * Asks, puts the answer into the history and shows it; with a `signal` the caller shows it. Throws what the engine
   * refuses.
   */
  async ask(question: Question, signal?: AbortSignal): ReturnType<typeof askDns> {
    await this.#host.start();
    const { client } = this.#host;
    if (!this.#askers.some((asker) => asker.id === question.from)) this.#askers = await this.#listAskers(client);
    const asker = this.#askers.find(
      ({ id, name }) => id === question.from || id.startsWith(question.from) || name === question.from,
    );
    const answer = await askDns(client, asker ? { ...question, from: asker.id } : question, {
      asker: asker?.name ?? question.from,
      t,
      signal,
      progress: (done) => this.#post({ kind: 'busy', done, of: question.times }),
    });
    const { replies: _, ...kept } = answer;
    this.#history = [kept, ...this.#history].slice(0, historyLength);
    await this.#context.workspaceState.update(historyKey, this.#history);
    if (!signal) await this.#sendState();
    return answer;
  }

  async #receive(message: FromPage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.#pageReady = true;
        await this.#sendState();
        break;
      case 'select':
        await this.#context.workspaceState.update(askerKey, this.#describe(message.from));
        break;
      case 'cancel':
        this.#running?.abort();
        break;
      case 'clear':
        this.#history = [];
        await this.#context.workspaceState.update(historyKey, undefined);
        await this.#sendState();
        break;
      case 'ask': {
        this.#running?.abort();
        const running = new AbortController();
        this.#running = running;
        this.#post({ kind: 'busy', done: 0, of: message.question.times });
        try {
          await this.#context.workspaceState.update(askerKey, this.#describe(message.question.from));
          await this.ask(message.question, running.signal);
        } catch (error) {
          this.#post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
        }
        if (this.#running === running) this.#running = undefined;
        await this.#sendState();
        break;
      }
    }
  }

  /** Containers come and go; who asked last is remembered by service and node as well as by ID. */
  #describe(id: string): { readonly id: string; readonly service: string; readonly node: string } {
    const asker = this.#askers.find((candidate) => candidate.id === id);
    return { id, service: serviceOf(asker?.name ?? ''), node: asker?.node ?? '' };
  }

  #remembered(): string {
    const last = this.#context.workspaceState.get<{ id: string; service: string; node: string }>(askerKey);
    const find = (test: (asker: Asker) => boolean) => this.#askers.find(test)?.id;
    if (!last) return this.#askers[0]?.id ?? '';
    return (
      find((asker) => asker.id === last.id) ??
      find((asker) => serviceOf(asker.name) === last.service && asker.node === last.node) ??
      this.#askers[0]?.id ??
      ''
    );
  }

  async #listAskers(client: EngineClient): Promise<Asker[]> {
    const containers = await client.lab.containers();
    return containers
      .filter((container) => container.state === 'running')
      .map(({ id, name, node, networks }) => ({ id, name, node, networks }))
      .sort(
        (a, b) =>
          a.node.localeCompare(b.node, 'en', { numeric: true }) ||
          a.name.localeCompare(b.name, 'en', { numeric: true }),
      );
  }

  #refreshSoon(): void {
    if (!this.#view?.visible || this.#refresh) return;
    this.#refresh = setTimeout(() => {
      this.#refresh = undefined;
      void this.#sendState();
    }, 250);
  }

  async #sendState(): Promise<void> {
    if (!this.#view || !this.#pageReady) return;
    let names: string[] = [];
    try {
      await this.#host.start();
      const { client } = this.#host;
      this.#askers = await this.#listAskers(client);
      const { services, tasks, networks } = this.#host.model.objects;
      const wanted = tasks.values().filter((task) => task.DesiredState === 'running');
      names = knownNames(services.values(), wanted, networks.values()).slice(0, 5_000);
    } catch (error) {
      this.#post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      return;
    }
    this.#post({
      kind: 'state',
      askers: this.#askers,
      selected: this.#remembered(),
      names,
      history: this.#history,
      busy: this.#running !== undefined,
      strings: pageStrings(),
    });
    if (this.#pendingFill) {
      this.#post(this.#pendingFill);
      this.#pendingFill = undefined;
    }
  }

  #post(message: ToPage): void {
    void this.#view?.webview.postMessage(message);
  }
}

function serviceOf(containerName: string): string {
  return containerName.split('.').slice(0, -2).join('.');
}
