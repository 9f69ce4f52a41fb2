import * as path from 'node:path';
import * as vscode from 'vscode';
import type { OpenSimulation } from '../../client/simulation';
import { openSimulation } from '../../client/simulation';
import { readJournal } from '../../engine/journal/format';
import { dnsOpener } from '../../engine/listeners/dns-listener';
import { FileSink } from '../../engine/listeners/file-sink';
import { useShellLibrary } from '../../engine/listeners/shell-library';
import type { HostTimers } from '../../engine/pacer';
import { t } from '../model/l10n';
import { readJournalFile, setAside } from './journal-file';
import { lock, sharedStorage } from './lock';
import type { OpenCluster, Opener } from './session';
import { configured } from './settings';

/** How time went when the cluster was last seen; kept beside the journal. */
export interface Pace {
  readonly speed: number;
  readonly paused: boolean;
}

const PACE = 'swarmscope.pace';

/** The extension host as the simulation's host: its clock, its timers, its turns. */
const timers: HostTimers = {
  now: () => Math.floor(performance.now() * 1_000),
  schedule(milliseconds, run) {
    if (milliseconds <= 0) {
      const turn = setImmediate(run);
      return () => clearImmediate(turn);
    }
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  drain: () => new Promise((resolve) => setImmediate(resolve)),
};

/** Opens the simulated cluster of this workspace: the saved one, or a new one by the settings. */
export function simulationOpener(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Opener {
  return async ({ fresh }) => {
    const began = performance.now();
    useShellLibrary();
    const { config, speed, save } = configured();
    const storage = save ? await claimStorage(context, log) : undefined;
    const saved = storage && !fresh ? await readSaved(storage.file, log) : undefined;
    const pace = (saved && context.workspaceState.get<Pace>(PACE)) || { speed, paused: false };
    try {
      const simulation = await openSimulation({
        config,
        host: timers,
        openDns: dnsOpener,
        wallClock: () => Date.now() * 1_000,
        ...pace,
        ...(storage && { sink: new FileSink(storage.file) }),
        ...(saved && { journal: saved }),
      });
      log.info(`cluster ${saved ? 'restored' : 'made'} in ${Math.round(performance.now() - began)} ms`);
      return open(simulation, storage);
    } catch (error) {
      await storage?.release();
      throw error;
    }
  };
}

/** Keeps how time goes, for the next window. */
export function rememberPace(context: vscode.ExtensionContext, pace: Pace): void {
  const known = context.workspaceState.get<Pace>(PACE);
  if (known?.speed === pace.speed && known.paused === pace.paused) return;
  void context.workspaceState.update(PACE, { speed: pace.speed, paused: pace.paused });
}

function open(simulation: OpenSimulation, storage: Storage | undefined): OpenCluster {
  const nodeNames = (): string[] => simulation.cluster.engines.map((engine) => engine.name);
  return {
    nodeNames,
    transportFor: (node) => simulation.transportFor(node ?? nodeNames()[0] ?? ''),
    engine: (node) => (request) => simulation.live.request(node, request),
    checkpoint: () => simulation.live.checkpoint(),
    async close() {
      await simulation.close();
      await storage?.release();
    },
  };
}

interface Storage {
  readonly file: string;
  release(): Promise<void>;
}

/** The journal's place: the workspace's storage, or the user's without a workspace. One window at a time may write it. */
async function claimStorage(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): Promise<Storage | undefined> {
  const folder = context.storageUri ? sharedStorage(context.storageUri.fsPath) : context.globalStorageUri.fsPath;
  const file = path.join(folder, 'cluster.jsonl');
  const release = await lock(`${file}.lock`);
  if (release) return { file, release };
  log.warn('another window keeps the cluster of this place; this one is not saved');
  void vscode.window.showWarningMessage(
    t('Another window already shows the saved swarm, so this window begins with a new one that is not saved.'),
    t('OK'),
  );
  return undefined;
}

/** The saved journal as it can be read; a damaged one is kept aside first, and the user is told. */
async function readSaved(file: string, log: vscode.LogOutputChannel): Promise<readonly string[] | undefined> {
  const lines = await readJournalFile(file);
  if (!lines) return undefined;
  const { damage, header } = readJournal(lines);
  if (damage === undefined) return lines;
  const aside = await setAside(file);
  log.warn(`journal damaged (${damage}); kept as ${aside}`);
  void vscode.window.showWarningMessage(
    header
      ? t('The saved swarm was damaged: what could be read was restored, and the damaged file was kept as {0}.', aside)
      : t('The saved swarm could not be read: this window begins with a new one, and the file was kept as {0}.', aside),
    t('OK'),
  );
  return header ? lines : undefined;
}
