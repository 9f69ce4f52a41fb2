import * as vscode from 'vscode';
import type { App } from './app';
import { Session } from './cluster/session';
import { needNewCluster } from './cluster/settings';
import { rememberPace, simulationOpener } from './cluster/simulation';
import { ClusterModel } from './model/cluster-model';
import { t } from './model/l10n';
import { showError } from './ui/errors';

/** How long after a change the passed time is written down, in wall milliseconds. */
const CHECKPOINT_DELAY = 5_000;

/** Builds what all faces share, and ties it together. */
export function createApp(context: vscode.ExtensionContext): App {
  const log = vscode.window.createOutputChannel('Swarmscope', { log: true });
  const session = new Session(simulationOpener(context, log));
  const client = session.client();
  const model = new ClusterModel(client);
  const changed = new vscode.EventEmitter<void>();
  let started: Promise<void> | undefined;
  session.onLabChange = () => model.touchAll();

  const start = (again = false): Promise<void> => {
    if (again && model.state === 'failed') started = undefined;
    if (!started) {
      started = session.open().then(() => model.start());
      started.catch((error: unknown) => {
        model.fail(error);
        void showError(log, error);
      });
    }
    return started;
  };
  const startOver = async (): Promise<void> => {
    model.stop();
    started = session.startOver().then(() => model.start());
    started.catch((error: unknown) => model.fail(error));
    await started;
  };

  let checkpoint: ReturnType<typeof setTimeout> | undefined;
  const stop = model.onDidChange((change) => {
    tellMenus(model);
    if (model.clock && model.state === 'running') rememberPace(context, model.clock);
    if (!change.clock || change.services.size + change.nodes.size + change.networks.size > 0) changed.fire();
    checkpoint ??= setTimeout(() => {
      checkpoint = undefined;
      session.checkpoint().catch((error: unknown) => log.warn(String(error)));
    }, CHECKPOINT_DELAY);
  });
  context.subscriptions.push(log, changed, { dispose: stop }, { dispose: () => clearTimeout(checkpoint) });
  context.subscriptions.push(vscode.workspace.onDidChangeConfiguration(offerStartOver(() => started !== undefined)));
  return { context, log, session, client, model, onDidChange: changed.event, start, startOver };
}

/** Context keys that menus and welcome texts look at. */
function tellMenus(model: ClusterModel): void {
  const { clock, state } = model;
  const keys = {
    'swarmscope.state': state,
    'swarmscope.swarm': model.swarm,
    'swarmscope.real': state === 'running' && !clock,
    'swarmscope.time': !clock ? 'none' : clock.paused ? 'paused' : 'running',
  };
  for (const [key, value] of Object.entries(keys)) void vscode.commands.executeCommand('setContext', key, value);
}

/** A changed setting that only a new cluster can follow: says so, and offers one. */
function offerStartOver(open: () => boolean): (event: vscode.ConfigurationChangeEvent) => void {
  return async (event) => {
    if (!open() || !needNewCluster.some((name) => event.affectsConfiguration(name))) return;
    const button = t('Start Over');
    const text = t('The setting takes effect with a new swarm.');
    if ((await vscode.window.showInformationMessage(text, button)) === button) {
      await vscode.commands.executeCommand('swarmscope.startOver');
    }
  };
}
