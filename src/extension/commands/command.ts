import * as vscode from 'vscode';
import type { App } from '../app';
import { t } from '../model/l10n';
import { hostname } from '../model/node-rows';
import { TreeElement } from '../model/row-tree';
import type { ObjectType, RowObject } from '../model/rows';
import { byName } from '../model/rows';
import { modeOf, replicasOf } from '../model/service-rows';
import { isHistory, nodeName, sortTasks, stateWord, taskName } from '../model/task-rows';
import { showError } from '../ui/errors';
import { confirm } from '../ui/undo';

/** What a command was called with: a row of a tree, the fields of a call by a program, or nothing (palette). */
export class Input {
  readonly row: RowObject | undefined;
  /** Set when a program called: then nothing is asked, and errors are thrown instead of shown. */
  readonly form: Readonly<Record<string, unknown>> | undefined;

  constructor(argument: unknown) {
    if (argument instanceof TreeElement) this.row = argument.row.object;
    else if (typeof argument === 'string') this.form = { id: argument };
    else if (typeof argument === 'object' && argument !== null) this.form = argument as Record<string, unknown>;
  }

  /** A text of the form, if it has one of these names. */
  text(...names: string[]): string | undefined {
    for (const name of names) {
      const value = this.form?.[name];
      if (typeof value === 'string' && value !== '') return value;
      if (typeof value === 'number') return String(value);
    }
    return undefined;
  }

  flag(name: string): boolean {
    return this.form?.[name] === true;
  }
}

export interface Command {
  /** Without the `swarmscope.` in front. */
  readonly id: string;
  readonly run: (app: App, input: Input) => Promise<unknown>;
  /** Whether the cluster is opened first; so unless it is said. */
  readonly opens?: boolean;
}

/** Registers commands: opens the cluster first, and shows what goes wrong unless a program called. */
export function registerAll(app: App, commands: readonly Command[]): void {
  for (const { id, run, opens = true } of commands) {
    app.context.subscriptions.push(
      vscode.commands.registerCommand(`swarmscope.${id}`, async (argument?: unknown) => {
        const input = new Input(argument);
        try {
          if (opens) await app.start(true);
          return await run(app, input);
        } catch (error) {
          if (input.form) throw error;
          void showError(app.log, error);
          return undefined;
        }
      }),
    );
  }
}

/** Asks before something is done to a real cluster that stops or replaces what runs there; a program is not asked. */
export async function sure(app: App, input: Input, question: string): Promise<boolean> {
  if (!app.real || input.form) return true;
  return confirm(question, t('Do It'), t('{0} is a real cluster: what runs there is stopped or replaced.', app.real));
}

/**
 * The object that a command is for: the row, the one that a program names, or the one that is picked from a list.
 * Undefined when nothing was picked. Throws the engine's "not found" for names of nothing.
 */
export async function target(app: App, type: ObjectType, input: Input): Promise<RowObject | undefined> {
  if (input.row?.type === type) return input.row;
  if (input.form) {
    const wanted = input.text(type, 'id', 'name');
    if (wanted === undefined) throw new Error(`"${type}" is missing: the name or ID of the ${type}`);
    return find(app, type, wanted);
  }
  const items = candidates(app, type);
  if (items.length === 0) {
    void vscode.window.showInformationMessage(nothing(type));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, { placeHolder: question(type), matchOnDescription: true });
  return picked?.object;
}

async function find(app: App, type: ObjectType, wanted: string): Promise<RowObject> {
  const { client } = app;
  switch (type) {
    case 'service': {
      const service = await client.services.inspect(wanted);
      return { type, id: service.ID, name: service.Spec.Name };
    }
    case 'node': {
      const node = await client.nodes.inspect(wanted);
      return { type, id: node.ID, name: hostname(node) };
    }
    case 'network': {
      const network = await client.networks.inspect(wanted);
      return { type, id: network.Id, name: network.Name };
    }
    case 'task': {
      const task = await client.tasks.inspect(wanted);
      return { type, id: task.ID, name: taskName(app.model, task) };
    }
    case 'container': {
      const container = await client.containers.inspect(wanted);
      return { type, id: container.Id, name: container.Name.replace(/^\//, '') };
    }
  }
}

type Candidate = vscode.QuickPickItem & { readonly object: RowObject };

function candidates({ model }: App, type: ObjectType): Candidate[] {
  const { nodes, services, networks, tasks } = model.objects;
  const make = (object: RowObject, description: string, detail?: string): Candidate => ({
    label: object.name,
    description,
    ...(detail && { detail }),
    object,
  });
  switch (type) {
    case 'service':
      return services
        .values()
        .map((service) =>
          make({ type, id: service.ID, name: service.Spec.Name }, `${replicasOf(service)} · ${modeOf(service)}`),
        )
        .sort((a, b) => byName(a.label, b.label));
    case 'node':
      return nodes
        .values()
        .map((node) =>
          make(
            { type, id: node.ID, name: hostname(node) },
            `${node.Spec.Role} · ${node.Spec.Availability} · ${node.Status.State}`,
          ),
        )
        .sort((a, b) => byName(a.label, b.label));
    case 'network':
      return networks
        .values()
        .map((network) => make({ type, id: network.Id, name: network.Name }, `${network.Driver} · ${network.Scope}`))
        .sort((a, b) => byName(a.label, b.label));
    case 'task':
      return sortTasks(model, tasks.values())
        .sort((a, b) => Number(isHistory(a)) - Number(isHistory(b)))
        .map((task) =>
          make(
            { type, id: task.ID, name: taskName(model, task) },
            [stateWord(task.Status.State), nodeName(model, task.NodeID)].filter(Boolean).join(' · '),
            task.Status.Err,
          ),
        );
    case 'container':
      return [];
  }
}

function question(type: ObjectType): string {
  switch (type) {
    case 'service':
      return t('Which service?');
    case 'node':
      return t('Which node?');
    case 'network':
      return t('Which network?');
    default:
      return t('Which task?');
  }
}

function nothing(type: ObjectType): string {
  switch (type) {
    case 'service':
      return t('There are no services yet.');
    case 'node':
      return t('There are no nodes: this node is not in a swarm.');
    case 'network':
      return t('There are no networks.');
    default:
      return t('There are no tasks yet.');
  }
}
