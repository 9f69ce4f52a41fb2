import * as vscode from 'vscode';
import type { LabPlane } from '../../api';
import type { App } from '../app';
import { t } from '../model/l10n';
import { hostname } from '../model/node-rows';
import { byName } from '../model/rows';
import { planeDetail, planeLabel } from './model/fault-text';

const allPlanes = [undefined, 'control', 'gossip', 'data', 'esp'] as const;

/** Which plane: undefined when nothing was chosen, `plane` undefined for all of them. */
export async function askPlane(
  prompt: string,
  planes: readonly (LabPlane | undefined)[] = allPlanes,
): Promise<{ readonly plane: LabPlane | undefined } | undefined> {
  const items = planes.map((plane) => ({ label: planeLabel(plane), detail: planeDetail(plane), plane }));
  return vscode.window.showQuickPick(items, { placeHolder: prompt, matchOnDetail: true });
}

/** One of some numbers. */
export async function askNumber(
  prompt: string,
  numbers: readonly number[],
  text: (value: number) => string,
): Promise<number | undefined> {
  const items = numbers.map((value) => ({ label: text(value), value }));
  return (await vscode.window.showQuickPick(items, { placeHolder: prompt }))?.value;
}

/** Some nodes by their host names, at least one and not all. */
export async function askSide(app: App): Promise<readonly string[] | undefined> {
  const names = app.model.objects.nodes.values().map(hostname).sort(byName);
  const picked = await vscode.window.showQuickPick(names, {
    placeHolder: t('Nodes on one side; the rest is on the other'),
    canPickMany: true,
  });
  if (!picked) return undefined;
  if (picked.length > 0 && picked.length < names.length) return picked;
  void vscode.window.showInformationMessage(t('Choose at least one node, and not all.'));
  return undefined;
}

/** An image whose pulls are to fail: one that services run, or any other. */
export async function askImage(app: App): Promise<string | undefined> {
  const images = app.model.objects.services
    .values()
    .map((service) => (service.Spec.TaskTemplate.ContainerSpec?.Image ?? '').replace(/@.*/, ''));
  const other = t('Another image …');
  const picked = await vscode.window.showQuickPick([...new Set(images.filter(Boolean))].sort().concat(other), {
    placeHolder: t('Image whose pulls fail'),
  });
  if (picked !== other) return picked;
  const typed = await vscode.window.showInputBox({ prompt: t('Image whose pulls fail'), placeHolder: 'nginx:1.29' });
  return typed?.trim() || undefined;
}

/** A container that runs on any node. */
export async function askContainer(app: App): Promise<{ readonly id: string; readonly name: string } | undefined> {
  const containers = (await app.client.lab.containers()).filter(({ state }) => state === 'running');
  const items = containers
    .map(({ id, name, node, image }) => ({ label: name, description: `${node} · ${image}`, id, name }))
    .sort((a, b) => byName(a.label, b.label));
  if (items.length > 0) return vscode.window.showQuickPick(items, { placeHolder: t('Which container?') });
  void vscode.window.showInformationMessage(t('No container runs.'));
  return undefined;
}
