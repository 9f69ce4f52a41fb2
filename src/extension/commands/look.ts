import * as vscode from 'vscode';
import type { App } from '../app';
import type { ExplanationDocuments } from '../documents/explanation';
import type { InspectDocuments } from '../documents/inspect';
import { inspectUri } from '../documents/inspect';
import type { LogChannels } from '../documents/logs';
import { t } from '../model/l10n';
import type { ObjectType, RowObject } from '../model/rows';
import type { Command, Input } from './command';
import { target } from './command';

const types: readonly ObjectType[] = ['service', 'node', 'network', 'task', 'container'];

/** The object that a command for several kinds is for; a program says `{ type, id }`, or `{ service }`, `{ node }` ... */
async function anyTarget(app: App, input: Input, kinds: readonly ObjectType[]): Promise<RowObject | undefined> {
  if (input.row && kinds.includes(input.row.type)) return input.row;
  const named = kinds.find((kind) => input.text('type') === kind || input.text(kind) !== undefined);
  if (input.form) return target(app, named ?? (kinds[0] as ObjectType), input);
  const labels: Readonly<Partial<Record<ObjectType, string>>> = {
    service: t('Service'),
    node: t('Node'),
    network: t('Network'),
    task: t('Task'),
  };
  const picked = await vscode.window.showQuickPick(
    kinds.flatMap((type) => {
      const label = labels[type];
      return label ? [{ label, type }] : [];
    }),
    { placeHolder: t('What kind of object?') },
  );
  return picked && target(app, picked.type, input);
}

/** Commands that show something and change nothing. */
export function lookCommands(inspect: InspectDocuments, why: ExplanationDocuments, logs: LogChannels): Command[] {
  return [
    {
      id: 'inspect',
      async run(app, input) {
        const object = await anyTarget(app, input, types);
        if (!object) return undefined;
        const document = await vscode.workspace.openTextDocument(inspectUri(object));
        await vscode.window.showTextDocument(document, { preview: true });
        return inspect.read(object.type, object.id);
      },
    },
    {
      id: 'showLogs',
      async run(app, input) {
        const object = await anyTarget(app, input, ['service', 'task']);
        if (!object) return undefined;
        await logs.show(object.type as 'service' | 'task', object.id, object.name);
        return { [object.type]: object.id };
      },
    },
    {
      id: 'explainTask',
      async run(app, input) {
        const object = await target(app, 'task', input);
        if (!object) return undefined;
        const explanation = await app.client.lab.explain(object.id);
        await why.show(object.id, object.name);
        return explanation;
      },
    },
    {
      id: 'copyId',
      async run(app, input) {
        const object = await anyTarget(app, input, types);
        if (!object) return undefined;
        await vscode.env.clipboard.writeText(object.id);
        return object.id;
      },
    },
    {
      id: 'refresh',
      run: (app) => app.model.refresh(),
    },
    {
      id: 'showLog',
      run: async (app) => app.log.show(),
      opens: false,
    },
  ];
}
