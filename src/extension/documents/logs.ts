import * as vscode from 'vscode';
import type { App } from '../app';
import { t } from '../model/l10n';
import { logLines, splitDetails } from '../model/logs';
import { nodeName, taskName } from '../model/task-rows';

interface Following {
  readonly channel: vscode.OutputChannel;
  abort: AbortController;
  live: boolean;
}

/** Logs of services and tasks, each in an output channel of its own that follows as long as it is there. */
export class LogChannels implements vscode.Disposable {
  readonly #app: App;
  readonly #following = new Map<string, Following>();

  constructor(app: App) {
    this.#app = app;
    app.context.subscriptions.push(this);
  }

  /** Shows the channel, and follows the logs if it does not yet. */
  async show(type: 'service' | 'task', id: string, name: string): Promise<void> {
    await this.#app.start();
    const known = this.#following.get(id);
    const following: Following = known ?? {
      channel: vscode.window.createOutputChannel(`Swarmscope: ${name}`, 'log'),
      abort: new AbortController(),
      live: false,
    };
    this.#following.set(id, following);
    following.channel.show(true);
    if (!following.live) void this.#follow(following, type, id);
  }

  async #follow(following: Following, type: 'service' | 'task', id: string): Promise<void> {
    following.live = true;
    following.abort = new AbortController();
    following.channel.clear();
    const { client } = this.#app;
    try {
      const options = { follow: true, details: type === 'service', tail: '1000', signal: following.abort.signal };
      const stream = type === 'service' ? client.services.logs(id, options) : client.tasks.logs(id, options);
      for await (const { stream: from, text } of logLines(stream, this.#isRaw(type, id))) {
        const { taskID, text: line } = splitDetails(text);
        following.channel.appendLine(
          `${taskID ? this.#prefix(taskID) : ''}${from === 'stderr' ? '[stderr] ' : ''}${line}`,
        );
      }
      if (!following.abort.signal.aborted) following.channel.appendLine(`-- ${t('end of the logs')} --`);
    } catch (error) {
      if (!following.abort.signal.aborted)
        following.channel.appendLine(`-- ${error instanceof Error ? error.message : String(error)} --`);
    } finally {
      following.live = false;
    }
  }

  #isRaw(type: 'service' | 'task', id: string): boolean {
    const { services, tasks } = this.#app.model.objects;
    const spec = type === 'service' ? services.get(id)?.Spec.TaskTemplate : tasks.get(id)?.Spec;
    return spec?.ContainerSpec?.TTY === true;
  }

  /** As the command line does: `web.1.<id>@swarm-2    | ` (API-32). */
  #prefix(taskID: string): string {
    const { model } = this.#app;
    const task = model.objects.tasks.get(taskID);
    if (!task) return `${taskID} | `;
    return `${taskName(model, task)}.${taskID.slice(0, 12)}@${nodeName(model, task.NodeID)}    | `;
  }

  dispose(): void {
    for (const { abort, channel } of this.#following.values()) {
      abort.abort();
      channel.dispose();
    }
    this.#following.clear();
  }
}
