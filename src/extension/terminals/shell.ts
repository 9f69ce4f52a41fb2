import * as vscode from 'vscode';
import type { EngineClient } from '../../client/engine-client';
import type { RawLine } from '../../client/transport';
import type { App } from '../app';
import type { Input } from '../commands/command';
import { target } from '../commands/command';
import { t } from '../model/l10n';
import type { RowObject } from '../model/rows';
import { nodeName, taskName } from '../model/task-rows';

interface Place {
  readonly container: string;
  readonly name: string;
  readonly node: string | undefined;
}

/** A shell in a container, in a terminal of the editor, over the exec stream of the engine that has the container. */
export async function openShell(app: App, input: Input): Promise<{ container: string } | undefined> {
  const place = await placeOf(app, input);
  if (!place) return undefined;
  if (app.real && place.node && place.node !== app.model.nodeName) {
    throw new Error(
      t('The container is on {0}, and this is {1}: connect to that node to go in.', place.node, app.model.nodeName),
    );
  }
  const client = app.real || !place.node ? app.client : app.session.client(place.node);
  const command = input.text('command') ?? 'sh';
  const pty = new ContainerShell(client, place.container, command);
  vscode.window.createTerminal({ name: place.name, pty, iconPath: new vscode.ThemeIcon('package') }).show();
  return { container: place.container };
}

async function placeOf(app: App, input: Input): Promise<Place | undefined> {
  const container = input.text('container');
  if (container) return { container, name: container.slice(0, 12), node: input.text('node') };
  const row = input.row?.containerID ? input.row : await pickTask(app, input);
  return row?.containerID ? { container: row.containerID, name: row.name, node: row.node } : undefined;
}

/** A task with a container: of a program's choice, or picked. */
async function pickTask(app: App, input: Input): Promise<RowObject | undefined> {
  const { model } = app;
  const running = model.objects.tasks.values().filter((task) => task.Status.State === 'running');
  const rows = running.flatMap((task): RowObject[] => {
    const containerID = task.Status.ContainerStatus?.ContainerID;
    if (!containerID) return [];
    return [
      { type: 'task', id: task.ID, name: taskName(model, task), containerID, node: nodeName(model, task.NodeID) },
    ];
  });
  if (input.form) {
    const object = await target(app, 'task', input);
    const found = rows.find(({ id }) => id === object?.id);
    if (!found) throw new Error(t('The task {0} has no running container.', object?.name ?? ''));
    return found;
  }
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(t('No container of a service runs.'));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    rows
      .map((row) => ({ label: row.name, description: row.node ?? '', row }))
      .sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true })),
    { placeHolder: t('In which container?') },
  );
  return picked?.row;
}

/** The terminal's other side: what is typed goes to the command, and what it says is shown. */
class ContainerShell implements vscode.Pseudoterminal {
  readonly #client: EngineClient;
  readonly #container: string;
  readonly #command: string;
  readonly #write = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.#write.event;
  readonly #close = new vscode.EventEmitter<number | undefined>();
  readonly onDidClose = this.#close.event;
  #size: vscode.TerminalDimensions | undefined;
  #exec: string | undefined;
  #line: RawLine | undefined;
  /** Typed before the command was there. */
  #held = '';

  constructor(client: EngineClient, container: string, command: string) {
    this.#client = client;
    this.#container = container;
    this.#command = command;
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    this.#size = size;
    this.#run().catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      this.#write.fire(`\x1b[31m${text.replaceAll('\n', '\r\n')}\x1b[0m\r\n`);
      this.#write.fire(`${t('Close this terminal, and try again once the container runs.')}\r\n`);
    });
  }

  handleInput(text: string): void {
    if (this.#line) this.#line.write(text);
    else this.#held += text;
  }

  setDimensions(size: vscode.TerminalDimensions): void {
    this.#size = size;
    void this.#resize();
  }

  close(): void {
    this.#line?.close();
  }

  async #run(): Promise<void> {
    const { Id } = await this.#client.execs.create(this.#container, {
      Cmd: [this.#command],
      Tty: true,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    });
    this.#exec = Id;
    const line = await this.#client.execs.start(Id, { Tty: true });
    this.#line = line;
    await this.#resize();
    if (this.#held !== '') line.write(this.#held);
    const decoder = new TextDecoder();
    for await (const chunk of line.output) this.#write.fire(decoder.decode(chunk, { stream: true }));
    const { ExitCode } = await this.#client.execs.inspect(Id).catch(() => ({ ExitCode: null }));
    this.#close.fire(ExitCode ?? undefined);
  }

  /** An engine refuses the size of a command that is over; nobody needs to hear that. */
  async #resize(): Promise<void> {
    const { rows, columns } = this.#size ?? {};
    if (!this.#exec || !rows || !columns) return;
    await this.#client.execs.resize(this.#exec, rows, columns).catch(() => {});
  }
}
