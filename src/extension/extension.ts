import * as vscode from 'vscode';
import { registerAliases } from './aliases';
import type { App, SwarmscopeApi } from './app';
import { registerCommands } from './commands';
import { createApp } from './create-app';
import { registerDns } from './dns';
import { registerFaults } from './faults';
import { registerHttp } from './http';
import { useTranslator } from './model/l10n';
import { registerNetworkDb } from './networkdb';
import { registerStatusBar } from './status-bar';
import { registerTerminals } from './terminals';
import { registerTrees } from './trees';

let app: App | undefined;
let terminals: { close(): Promise<void> } | undefined;

/** The extension as a list: what all faces share, then each face. Nothing is simulated before a face needs it. */
export function activate(context: vscode.ExtensionContext): SwarmscopeApi {
  const began = performance.now();
  useTranslator((message, ...values) => vscode.l10n.t(message, ...values));
  const shared = createApp(context);
  app = shared;

  const rows = registerTrees(shared);
  registerCommands(shared);
  registerStatusBar(shared);
  registerDns(context, shared);
  registerFaults(shared);
  registerNetworkDb(shared);
  registerHttp(shared);
  registerAliases(context);
  terminals = registerTerminals(shared);

  shared.log.info(`activated in ${Math.round(performance.now() - began)} ms`);
  return {
    client: shared.client,
    get ready() {
      return shared.start();
    },
    rows,
  };
}

/** Closes what listens, and writes the cluster's last moment down, before the window goes. */
export async function deactivate(): Promise<void> {
  app?.model.stop();
  await terminals?.close();
  await app?.session.close();
}
