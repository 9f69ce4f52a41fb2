import * as vscode from 'vscode';
import type { App } from './app';
import type { RealPlace } from './cluster/real';
import { openReal } from './cluster/real';
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
  const labChanged = new vscode.EventEmitter<string>();
  session.onLabChange = (path) => {
    model.touchAll();
    labChanged.fire(path);
  };

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
  let real: string | undefined;
  const show = async (place: RealPlace | undefined): Promise<void> => {
    // What cannot even be spoken to is refused before anything changes.
    const cluster = place && (await openReal(place));
    try {
      await cluster?.transportFor().request({ method: 'GET', path: '/version' });
    } catch (error) {
      await cluster?.close();
      throw error;
    }
    model.stop();
    real = place?.label;
    started = undefined;
    await session.show(cluster);
    await start();
  };
  const reconnect = async (): Promise<void> => {
    model.stop();
    started = undefined;
    await start();
  };
  const startOver = async (): Promise<void> => {
    if (real !== undefined) throw new Error(t('A real cluster is on show: return to the simulation first.'));
    model.stop();
    started = session.startOver().then(() => model.start());
    started.catch((error: unknown) => model.fail(error));
    await started;
  };

  let checkpoint: ReturnType<typeof setTimeout> | undefined;
  let before = model.state;
  const stop = model.onDidChange((change) => {
    tellMenus(model, real);
    if (model.state === 'failed' && before === 'running' && real !== undefined) void tellLost(real, model.failure);
    before = model.state;
    if (model.clock && model.state === 'running') rememberPace(context, model.clock);
    if (!change.clock || change.services.size + change.nodes.size + change.networks.size > 0) changed.fire();
    checkpoint ??= setTimeout(() => {
      checkpoint = undefined;
      session.checkpoint().catch((error: unknown) => log.warn(String(error)));
    }, CHECKPOINT_DELAY);
  });
  context.subscriptions.push(log, changed, labChanged, { dispose: stop }, { dispose: () => clearTimeout(checkpoint) });
  const open = () => started !== undefined && real === undefined;
  context.subscriptions.push(vscode.workspace.onDidChangeConfiguration(offerStartOver(open)));
  return {
    context,
    log,
    session,
    client,
    model,
    onDidChange: changed.event,
    onDidChangeLab: labChanged.event,
    start,
    startOver,
    get real() {
      return real;
    },
    connect: (place) => show(place),
    disconnect: () => show(undefined),
    reconnect,
  };
}

/** A real cluster went away: what can be done about it. */
async function tellLost(label: string, why: string): Promise<void> {
  const again = t('Reconnect');
  const back = t('Return to the Simulation');
  const chosen = await vscode.window.showErrorMessage(t('The connection to {0} is lost: {1}', label, why), again, back);
  if (chosen === again) await vscode.commands.executeCommand('swarmscope.reconnect');
  else if (chosen === back) await vscode.commands.executeCommand('swarmscope.disconnectReal');
}

/** Context keys that menus and welcome texts look at. */
function tellMenus(model: ClusterModel, real: string | undefined): void {
  const { clock, state } = model;
  const keys = {
    'swarmscope.state': state,
    'swarmscope.swarm': model.swarm,
    'swarmscope.real': real !== undefined,
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
