import * as vscode from 'vscode';
import type { DnsHost } from './panel';
import { DnsPanel } from './panel';
import { readQuestion } from './protocol';

/** What a tree item may hand over: the container of its task, or the name of its service. */
interface AskTarget {
  readonly containerID?: string;
  readonly serviceName?: string;
}

function readTarget(value: unknown): AskTarget {
  const { containerID, serviceName } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return {
    containerID: typeof containerID === 'string' ? containerID : undefined,
    serviceName: typeof serviceName === 'string' ? serviceName : undefined,
  };
}

/** Registers the DNS panel and its commands. */
export function registerDns(context: vscode.ExtensionContext, host: DnsHost): void {
  const panel = new DnsPanel(context, host);
  context.subscriptions.push(
    panel,
    vscode.window.registerWebviewViewProvider(DnsPanel.viewType, panel),
    // With a question as argument it is asked at once and the answer returned; else the panel opens, filled as far as known.
    vscode.commands.registerCommand('swarmscope.askDns', async (argument?: unknown) => {
      const question = readQuestion(argument);
      if (question) return panel.ask(question);
      const { containerID, serviceName } = readTarget(argument);
      await panel.open({ from: containerID, name: serviceName });
      return undefined;
    }),
  );
}
