import * as vscode from 'vscode';
import { configuredContext, ownContextHost, removeContext, writeContext } from '../../client/node/docker-contexts';
import type { App } from '../app';
import type { Input } from '../commands/command';
import { t } from '../model/l10n';
import { confirm } from '../ui/undo';
import type { Terminals } from './terminals';
import { contextName } from './terminals';

/** Writes the docker context, so that any program may use `docker --context swarmscope`. Asks before it replaces another's. */
export async function createDockerContext(
  terminals: Terminals,
  input: Input,
  node: string,
): Promise<{ context: string; host: string } | undefined> {
  if (await terminals.contextTaken()) {
    const question = t('There is a Docker context {0} that is not from this extension. Replace it?', contextName);
    if (input.form && !input.flag('force')) throw new Error(`context "${contextName}" already exists`);
    if (!input.form && !(await confirm(question, t('Replace')))) return undefined;
  }
  const host = await terminals.open(node);
  await writeContext(contextName, host, 'Simulated swarm in VS Code', { overwrite: true });
  if (!input.form) {
    const command = `docker --context ${contextName} node ls`;
    const copy = t('Copy Command');
    void vscode.window
      .showInformationMessage(t('The Docker context {0} leads to {1}. Try: {2}', contextName, node, command), copy)
      .then((chosen) => (chosen === copy ? vscode.env.clipboard.writeText(command) : undefined));
  }
  return { context: contextName, host };
}

/** Removes the context that we wrote; another's stays. */
export async function removeDockerContext(terminals: Terminals, input: Input): Promise<boolean> {
  const ours = (await ownContextHost(contextName)) !== undefined;
  const removed = ours && (await removeContext(contextName));
  if (removed) await terminals.contextRemoved();
  if (!input.form) {
    const current = removed && (await configuredContext()) === contextName;
    const text = !removed
      ? t('There is no Docker context {0} from this extension.', contextName)
      : current
        ? t('The Docker context {0} is removed. It was the current one: run "docker context use default".', contextName)
        : t('The Docker context {0} is removed.', contextName);
    void vscode.window.showInformationMessage(text);
  }
  return removed;
}

/** The window that wrote the context may have gone without a word; a new one takes its place over. */
export async function renewContext(app: App, terminals: Terminals): Promise<void> {
  const host = await ownContextHost(contextName);
  if (host === undefined) return;
  for (const node of terminals.nodes) if ((await terminals.open(node)) === host) return;
  app.log.info(`the Docker context ${contextName} leads to ${host}, which another window may have`);
}
