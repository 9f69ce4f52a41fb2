import * as vscode from 'vscode';
import type { LabHttpRequest } from '../../api';
import type { App } from '../app';
import type { Input } from '../commands/command';
import { registerAll } from '../commands/command';
import { MarkdownPages } from '../documents/pages';
import { t } from '../model/l10n';
import { byName } from '../model/rows';
import { httpPage } from './model/page';

interface Sender {
  /** Container ID; empty for outside of the cluster. */
  readonly id: string;
  readonly name: string;
}

/** HTTP requests from a container or from outside, each with the way that it took on a page of its own. */
export function registerHttp(app: App): void {
  const made = new Map<string, string>();
  const pages = new MarkdownPages(app, 'swarmscope-http', async (key) => made.get(key) ?? '');

  const send = async (request: LabHttpRequest, name: string, show: boolean) => {
    const response = await app.client.lab.http(request);
    if (!show) return response;
    const { now } = await app.client.lab.clock();
    const key = String(made.size + 1);
    made.set(key, httpPage(request, name, response, now));
    await pages.show(`HTTP ${key}`, key);
    return response;
  };

  registerAll(app, [
    {
      id: 'sendHttp',
      async run(_app, input) {
        const url = input.text('url');
        if (input.form) {
          if (url === undefined) throw new Error('"url" is missing');
          const from = input.text('from');
          return send({ ...input.form, url, ...(from && { from }) }, from ?? '', false);
        }
        const sender = await askSender(app, input);
        const typed = sender && (await askUrl(app, sender));
        return typed && send({ url: typed, ...(sender.id && { from: sender.id }) }, sender.name, true);
      },
    },
  ]);
}

async function askSender(app: App, { row }: Input): Promise<Sender | undefined> {
  if (row?.containerID !== undefined) return { id: row.containerID, name: row.name };
  const outside = { label: t('From outside of the cluster'), description: '', id: '', name: '' };
  const containers = (await app.client.lab.containers())
    .filter(({ state }) => state === 'running')
    .map(({ id, name, node, image }) => ({ label: name, description: `${node} · ${image}`, id, name }))
    .sort((a, b) => byName(a.label, b.label));
  return vscode.window.showQuickPick([outside, ...containers], { placeHolder: t('Who asks?') });
}

async function askUrl(app: App, { id, name }: Sender): Promise<string | undefined> {
  const service = app.model.objects.services.values()[0]?.Spec.Name ?? 'web';
  const typed = await vscode.window.showInputBox({
    prompt:
      id === ''
        ? t('URL, such as http://swarm-1:8080/')
        : t('URL that {0} asks for, such as http://web:80/', name.replace(/\.[0-9a-z]{25}$/, '')),
    ignoreFocusOut: true,
    value: id === '' ? 'http://swarm-1/' : `http://${service}/`,
    validateInput: (text) =>
      /^(http:\/\/)?[^\s/:]+(:\d{1,5})?(\/\S*)?$/.test(text.trim()) ? undefined : t('A URL, with http:// in front'),
  });
  return typed?.trim() || undefined;
}
