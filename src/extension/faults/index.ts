import * as vscode from 'vscode';
import type { LabFault, LabFaultRequest } from '../../api';
import type { App } from '../app';
import type { Command, Input } from '../commands/command';
import { registerAll, target } from '../commands/command';
import { t } from '../model/l10n';
import { hostname } from '../model/node-rows';
import { byName } from '../model/rows';
import { tellWithUndo } from '../ui/undo';
import { FaultList } from './fault-list';
import { askContainer, askImage, askNumber, askPlane, askSide } from './questions';

/** Asks for what is missing and says what to break; undefined when nothing was chosen. */
type Ask = (app: App, input: Input) => Promise<LabFaultRequest | undefined>;

const times = (factor: number): string => t('{0} times as slow', factor);

const cut: Ask = async (app, input) => {
  const node = await target(app, 'node', input);
  const plane = node && (await askPlane(t('What {0} is cut off from', node.name)));
  return node && plane && { kind: 'cut', node: node.name, ...(plane.plane && { plane: plane.plane }) };
};

const slowNode: Ask = async (app, input) => {
  const node = await target(app, 'node', input);
  const factor = node && (await askNumber(t('How slow {0} becomes', node.name), [2, 5, 10, 60], times));
  return node && factor ? { kind: 'slow node', node: node.name, factor } : undefined;
};

const losePackets: Ask = async (app, input) => {
  const node = await target(app, 'node', input);
  const share = t('Share of the packets that get lost');
  const percent = node && (await askNumber(share, [5, 20, 50, 80, 99], (value) => `${value} %`));
  const plane = percent && (await askPlane(t('Which packets'), [undefined, 'gossip', 'data']));
  if (!node || !percent || !plane) return undefined;
  const lossy = plane.plane === 'gossip' || plane.plane === 'data' ? { plane: plane.plane } : {};
  return { kind: 'packet loss', percent, node: node.name, ...lossy };
};

const split: Ask = async (app) => {
  const side = await askSide(app);
  const plane = side && (await askPlane(t('What no longer gets from one side to the other')));
  if (!side || !plane) return undefined;
  const rest = app.model.objects.nodes
    .values()
    .map(hostname)
    .filter((name) => !side.includes(name));
  return { kind: 'partition', groups: [rest.sort(byName), side], ...(plane.plane && { plane: plane.plane }) };
};

const slowPulls: Ask = async () => {
  const factor = await askNumber(t('How slow pulls become'), [2, 10, 60], times);
  return factor ? { kind: 'slow pulls', factor } : undefined;
};

const failPull: Ask = async (app) => {
  const image = await askImage(app);
  return image === undefined ? undefined : { kind: 'failing pull', image };
};

const ofContainer =
  (kind: 'crash' | 'unhealthy'): Ask =>
  async (app, { row }) => {
    const container = row?.containerID ?? (await askContainer(app))?.id;
    return container === undefined ? undefined : { kind, container };
  };

const asks: Readonly<Record<string, { readonly kind: LabFault['kind']; readonly ask: Ask }>> = {
  cutNode: { kind: 'cut', ask: cut },
  slowNode: { kind: 'slow node', ask: slowNode },
  losePackets: { kind: 'packet loss', ask: losePackets },
  splitCluster: { kind: 'partition', ask: split },
  slowPulls: { kind: 'slow pulls', ask: slowPulls },
  failPull: { kind: 'failing pull', ask: failPull },
  registryDown: { kind: 'registry down', ask: async () => ({ kind: 'registry down' }) },
  upstreamDown: { kind: 'upstream dns down', ask: async () => ({ kind: 'upstream dns down' }) },
  crashContainer: { kind: 'crash', ask: ofContainer('crash') },
  makeUnhealthy: { kind: 'unhealthy', ask: ofContainer('unhealthy') },
};

/** The view of what is broken, and the commands that break and heal. Programs give the body of a fault. */
export function registerFaults(app: App): { readonly faults: readonly LabFault[] } {
  const list = new FaultList(app);
  app.context.subscriptions.push(list);

  const add = async (request: LabFaultRequest, tell: boolean): Promise<LabFault> => {
    const fault = await app.client.lab.addFault(request);
    await list.read();
    if (!tell) return fault;
    const { label, detail } = list.text(fault);
    const message = detail ? `${label}: ${detail}` : label;
    if (fault.kind === 'crash') void vscode.window.showInformationMessage(message);
    else tellWithUndo(app.log, message, () => app.client.lab.removeFault(fault.id));
    return fault;
  };
  const commands: Command[] = Object.entries(asks).map(([id, { kind, ask }]) => ({
    id,
    async run(_app, input) {
      if (input.form) return add({ ...input.form, kind } as LabFaultRequest, false);
      const request = await ask(app, input);
      return request && add(request, true);
    },
  }));
  commands.push({
    id: 'addFault',
    async run(_app, input) {
      if (input.form) return add(input.form as unknown as LabFaultRequest, false);
      const items = Object.keys(asks).map((id) => ({ label: askTitle(id), id }));
      const picked = await vscode.window.showQuickPick(items, { placeHolder: t('What is to break?') });
      return picked && vscode.commands.executeCommand(`swarmscope.${picked.id}`);
    },
  });
  commands.push({
    id: 'healFault',
    async run(_app, input) {
      // A row of the view is the fault itself.
      let id = input.text('id');
      if (id === undefined) {
        const items = list.faults.map((fault) => ({ ...pickOf(list.text(fault)), id: fault.id }));
        id = (await vscode.window.showQuickPick(items, { placeHolder: t('What is to be healed?') }))?.id;
      }
      if (id !== undefined) await app.client.lab.removeFault(id);
      await list.read();
      return id;
    },
  });
  commands.push({
    id: 'healAll',
    async run() {
      const faults = await app.client.lab.faults();
      for (const { id } of faults) await app.client.lab.removeFault(id);
      await list.read();
      return faults.map(({ id }) => id);
    },
  });
  registerAll(app, commands);
  return list;
}

function pickOf({ label, detail }: { readonly label: string; readonly detail: string }) {
  return { label, description: detail };
}

function askTitle(id: string): string {
  switch (id) {
    case 'cutNode':
      return t('Cut a node off …');
    case 'slowNode':
      return t('Slow a node down …');
    case 'losePackets':
      return t('Lose packets of a node …');
    case 'splitCluster':
      return t('Split the cluster …');
    case 'slowPulls':
      return t('Slow pulls …');
    case 'failPull':
      return t('Fail pulls of an image …');
    case 'registryDown':
      return t('Switch the registry off');
    case 'upstreamDown':
      return t('Switch the upstream DNS off');
    case 'crashContainer':
      return t('Crash a container …');
    default:
      return t('Make a container unhealthy …');
  }
}
