import * as vscode from 'vscode';
import { contextOwner, ownContextHost } from '../../client/node/docker-contexts';
import type { App } from '../app';
import { sharedStorage } from '../cluster/lock';
import { t } from '../model/l10n';
import { NodeSockets } from './sockets';

/** The name of the docker command's context that we write. */
export const contextName = 'swarmscope';

const STATE = 'swarmscope.terminals';
const ASKED = 'swarmscope.terminals.asked';

/** What is kept with the workspace. */
interface State {
  /** The node that new terminals speak with; undefined when the user did not ask for it. */
  readonly node?: string;
  /** Nodes whose sockets open terminals or a docker context may use. */
  readonly open: readonly string[];
}

/**
 * The simulated engines as programs on this machine see them: sockets, and DOCKER_HOST in the terminals. Nothing listens
 * before the user asks for it; what was asked for comes back with the window.
 */
export class Terminals implements vscode.Disposable {
  readonly #app: App;
  readonly #sockets: NodeSockets;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #state: State;

  constructor(app: App) {
    this.#app = app;
    const { storageUri, globalStorageUri, workspaceState } = app.context;
    const key = storageUri ? sharedStorage(storageUri.fsPath) : globalStorageUri.fsPath;
    this.#sockets = new NodeSockets(key, (node) => async (request) => {
      await app.start();
      const { engine } = await app.session.simulation();
      if (!engine) throw new Error('this cluster has no engines to listen for');
      const response = await engine(node)(request);
      // Containers of other nodes have no events here.
      if (request.method !== 'GET' && request.method !== 'HEAD' && !app.real) app.model.touchAll();
      return response;
    });
    this.#state = workspaceState.get<State>(STATE) ?? { open: [] };
  }

  /** The node that new terminals speak with. */
  get node(): string | undefined {
    return this.#state.node;
  }

  /** Nodes that are listened for. */
  get nodes(): readonly string[] {
    return this.#state.open;
  }

  /** Listens again where the last window did, and tells the terminals. */
  async restore(): Promise<void> {
    const { node, open } = this.#state;
    for (const name of open) await this.#sockets.open(name);
    if (node === undefined) this.#app.context.environmentVariableCollection.clear();
    else this.#tell(node, await this.#sockets.open(node));
    this.#changed.fire();
  }

  /** New terminals speak with a node from now on. */
  async use(node: string): Promise<string> {
    const host = await this.open(node);
    await this.#set({ ...this.#state, node });
    this.#tell(node, host);
    this.asked();
    return host;
  }

  /** Listens for a node, and gives its address. */
  async open(node: string): Promise<string> {
    const host = await this.#sockets.open(node);
    if (!this.#state.open.includes(node)) await this.#set({ ...this.#state, open: [...this.#state.open, node] });
    return host;
  }

  /** Terminals are left alone, and nothing listens any more, but for a docker context that the user still has. */
  async stop(): Promise<void> {
    this.#app.context.environmentVariableCollection.clear();
    const host = await ownContextHost(contextName);
    const open: string[] = [];
    for (const node of this.#state.open) if (host && (await this.#sockets.open(node)) === host) open.push(node);
    await this.#set({ open });
    await this.#sockets.close(open);
  }

  /** The context of ours is gone: its socket is closed unless something else may use it. */
  async contextRemoved(): Promise<void> {
    if (this.#state.node === undefined) await this.stop();
  }

  /** Offers it once, when a terminal is opened beside a simulated swarm. */
  async offer(): Promise<void> {
    const { globalState } = this.#app.context;
    if (globalState.get(ASKED) || this.node !== undefined) return;
    this.asked();
    const use = t('Use in Terminals');
    const text = t('Let the docker command in new terminals speak with the simulated swarm?');
    if ((await vscode.window.showInformationMessage(text, use, t('Not Now'))) === use) {
      await vscode.commands.executeCommand('swarmscope.useInTerminals');
    }
  }

  asked(): void {
    void this.#app.context.globalState.update(ASKED, true);
  }

  /** Whether somebody else has our context's name. */
  async contextTaken(): Promise<boolean> {
    return (await contextOwner(contextName)) === 'other';
  }

  async close(): Promise<void> {
    await this.#sockets.close();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #tell(node: string, host: string): void {
    const { environmentVariableCollection: collection } = this.#app.context;
    collection.persistent = true;
    collection.description = t('The docker command speaks with {0} of the simulated swarm.', node);
    const everywhere = { applyAtProcessCreation: true, applyAtShellIntegration: true };
    collection.clear();
    collection.replace('DOCKER_HOST', host, everywhere);
    // The simulation speaks no TLS; the user's own wish for it is meant for another engine.
    for (const name of ['DOCKER_TLS_VERIFY', 'DOCKER_TLS']) {
      if (process.env[name]) collection.replace(name, '', everywhere);
    }
  }

  async #set(state: State): Promise<void> {
    this.#state = state;
    await this.#app.context.workspaceState.update(STATE, state);
    this.#changed.fire();
  }
}
