import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { EngineClient } from '../../client/engine-client';
import type { ClusterState } from '../model/cluster-state';
import { t } from '../model/l10n';
import { askDns, askEverywhere } from './asking';
import { dnsHtml } from './html';
import { ClientCaches } from './model/client-cache';
import { digArguments, knownNames } from './model/names';
import type { Answer, Asker, Everywhere, FromPage, OpenResolver, Question, ToPage } from './protocol';
import { readFromPage } from './protocol';
import { pageStrings } from './strings';
import { NameWatch } from './watch';

const historyKey = 'swarmscope.dns.history';
const askerKey = 'swarmscope.dns.asker';
const historyLength = 50;

/** Messages that are not about doing something with a question or a resolver. */
type Settled = 'ready' | 'select' | 'cancel' | 'clear' | 'ask' | 'watch' | 'unwatch';

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
  /** Fires when something was done to the simulation itself: time, faults, reset. */
  readonly onDidChangeLab: vscode.Event<string>;
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
  readonly #caches = new ClientCaches();
  #everywhere: Everywhere | undefined;
  #watch: NameWatch | undefined;
  #resolvers: readonly OpenResolver[] = [];
  #pendingFill: Extract<ToPage, { kind: 'fill' }> | undefined;
  readonly #disposables: vscode.Disposable[] = [];

  constructor(context: vscode.ExtensionContext, host: DnsHost) {
    this.#context = context;
    this.#host = host;
    this.#history = context.workspaceState.get<Answer[]>(historyKey, []);
    const changed = (): void => {
      this.#watch?.touch();
      this.#refreshSoon();
    };
    this.#disposables.push(
      host.onDidChange(changed),
      host.onDidChangeLab((path) => this.#labChanged(path, changed)),
    );
  }

  /** In a cluster that began anew nobody remembers an answer. */
  #labChanged(path: string, changed: () => void): void {
    if (/^\/lab\/(reset|rewind|journal)/.test(path)) this.#caches.clear();
    changed();
  }

  dispose(): void {
    clearTimeout(this.#refresh);
    this.#running?.abort();
    this.#watch?.stop();
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
      caches: this.#caches,
      progress: (done) => this.#post({ kind: 'busy', done, of: question.times }),
    });
    const { replies: _, ...kept } = answer;
    this.#everywhere = undefined;
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
        this.#everywhere = undefined;
        this.#caches.clear();
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
      case 'watch':
        await this.watch(message.question);
        break;
      case 'unwatch':
        this.unwatch();
        await this.#sendState();
        break;
      default:
        await this.#try(() => this.#act(message));
    }
  }

  /** What is done with a question apart from asking it. Throws what the engine refuses. */
  async #act(message: Exclude<FromPage, { kind: Settled }>): Promise<void> {
    const { client } = this.#host;
    switch (message.kind) {
      case 'everywhere':
        this.#everywhere = await askEverywhere(client, message.question, t);
        break;
      case 'copyDig':
        await this.#copy(await this.#digCommand(message.question));
        break;
      case 'openResolver': {
        const { name, from } = message.question;
        const { address } = await client.lab.openResolver({ container: from });
        this.#post({ kind: 'told', message: digCommand(address, { ...message.question, name: name || 'web' }) });
        break;
      }
      case 'closeResolver':
        await client.lab.closeResolver(message.id);
        break;
      case 'copyResolver': {
        const open = this.#resolvers.find(({ id }) => id === message.id);
        if (open) await this.#copy(open.command);
        break;
      }
    }
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await this.#host.start();
      await act();
    } catch (error) {
      this.#post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
    await this.#sendState();
  }

  async #copy(text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    this.#post({ kind: 'told', message: t('Copied: {0}', text) });
  }

  /** For a terminal: of the resolver that is open to this machine, or by way of the container. */
  async #digCommand(question: Question): Promise<string> {
    const open = (await this.#host.client.lab.resolvers()).find(({ answering }) => answering?.id === question.from);
    if (open) return digCommand(open.address, question);
    const name = this.#askers.find(({ id }) => id === question.from)?.name ?? question.from;
    return `docker exec ${name} dig ${digArguments(question)}`;
  }

  /** Watches a name in place of an earlier one: a line each time what the container would be answered changes. */
  async watch(question: Question): Promise<NameWatch> {
    await this.#host.start();
    const { client } = this.#host;
    this.unwatch();
    const { service, node } = this.#describe(question.from);
    this.#watch = new NameWatch(client, question, {
      changed: () => this.#refreshSoon(),
      successor: async () => {
        this.#askers = await this.#listAskers(client);
        const same = this.#askers.filter(({ name }) => service !== '' && serviceOf(name) === service);
        return (same.find((asker) => asker.node === node) ?? same[0])?.id;
      },
    });
    await this.#sendState();
    return this.#watch;
  }

  unwatch(): void {
    this.#watch?.stop();
    this.#watch = undefined;
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
      const last = this.#history[0]?.question ?? { name: 'web', type: 'A' };
      this.#resolvers = (await client.lab.resolvers()).map(({ id, container, address, answering }) => ({
        id,
        container: answering ? `${answering.name} · ${answering.node}` : container,
        command: digCommand(address, last),
      }));
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
      ...(this.#everywhere && { everywhere: this.#everywhere }),
      ...(this.#watch && { watch: { question: this.#watch.question, lines: this.#watch.lines } }),
      resolvers: this.#resolvers,
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

/** A command line for real dig on this machine: `address` is `127.0.0.1:PORT`. */
function digCommand(address: string, question: { readonly name: string; readonly type: string }): string {
  const [host, port] = address.split(':');
  return `dig @${host} -p ${port} ${digArguments(question)}`;
}
