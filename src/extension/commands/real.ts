import * as vscode from 'vscode';
import { listDockerContexts } from '../../client/node/docker-contexts';
import { parseHost } from '../../client/node/endpoint';
import type { App } from '../app';
import type { RealPlace } from '../cluster/real';
import { t } from '../model/l10n';
import { quickInput } from '../wizard/quick-input';
import { runWizard } from '../wizard/wizard';
import type { Command, Input } from './command';

type Choice = vscode.QuickPickItem & { readonly place?: RealPlace };

/** Shows a real swarm: asks for a Docker context or an address, or `{ context }`, `{ host }`. */
async function connect(app: App, input: Input): Promise<{ label: string } | undefined> {
  const place = input.form ? await placeOf(input) : await askPlace();
  if (!place) return undefined;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Connecting to {0}', place.label) },
    () => app.connect(place),
  );
  return { label: place.label };
}

async function placeOf(input: Input): Promise<RealPlace> {
  const host = input.text('host');
  if (host) {
    parseHost({ host });
    return { label: host, endpoint: { host } };
  }
  const name = input.text('context', 'id');
  const context = (await listDockerContexts()).find((candidate) => candidate.name === name);
  if (!context) throw new Error(`context "${name ?? ''}": not found`);
  return { label: context.name, endpoint: context.endpoint };
}

async function askPlace(): Promise<RealPlace | undefined> {
  const contexts = (await listDockerContexts()).filter(({ ours }) => !ours);
  const choices: Choice[] = contexts.map(({ name, description, endpoint, current }) => ({
    label: `$(plug) ${name}`,
    description: [current ? t('current') : '', description].filter(Boolean).join(' · '),
    detail: endpoint.host,
    place: { label: name, endpoint },
  }));
  choices.push({
    label: `$(edit) ${t('Enter an address …')}`,
    detail: 'unix:// · npipe:// · tcp:// · https:// · ssh://',
  });
  const picked = await vscode.window.showQuickPick(choices, {
    title: t('Connect to a Real Swarm'),
    placeHolder: t('Which Docker context? What you do then is done to a real cluster.'),
    matchOnDetail: true,
  });
  if (!picked) return undefined;
  if (picked.place) return picked.place;
  const host = await runWizard(quickInput, {
    title: t('Connect to a Real Swarm'),
    questions: [
      {
        kind: 'input',
        title: '',
        prompt: t('Address of a manager, such as unix:///var/run/docker.sock or ssh://user@host'),
        value: (text) => text,
        check: checkHost,
        write: (text) => text,
      },
    ],
    state: '',
    finish: async (text) => text,
  });
  return host ? { label: host, endpoint: { host } } : undefined;
}

function checkHost(host: string): string | undefined {
  try {
    parseHost({ host });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The list behind the status bar item while a real cluster is on show. */
async function realActions(app: App): Promise<void> {
  const act = (icon: string, label: string, command: string) => ({ label: `$(${icon}) ${label}`, command });
  const picked = await vscode.window.showQuickPick(
    [
      act('debug-disconnect', t('Return to the simulation'), 'swarmscope.disconnectReal'),
      act('refresh', t('Reconnect'), 'swarmscope.reconnect'),
      act('plug', t('Connect to another one …'), 'swarmscope.connectReal'),
    ],
    { title: t('REAL: {0}', app.real ?? '') },
  );
  if (picked) await vscode.commands.executeCommand(picked.command);
}

/** Real clusters: connect, connect again, and back to the simulation. They begin nothing by themselves. */
export const realCommands: readonly Command[] = [
  { id: 'connectReal', run: connect, opens: false },
  { id: 'disconnectReal', run: (app) => app.disconnect(), opens: false },
  { id: 'reconnect', run: (app) => app.reconnect(), opens: false },
  { id: 'realActions', run: realActions, opens: false },
];
