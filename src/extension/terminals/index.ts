import * as vscode from 'vscode';
import type { App } from '../app';
import type { Input } from '../commands/command';
import { registerAll, target } from '../commands/command';
import { t } from '../model/l10n';
import { hostname } from '../model/node-rows';
import { showError } from '../ui/errors';
import { createDockerContext, removeDockerContext, renewContext } from './docker-context';
import { openShell } from './shell';
import { Terminals } from './terminals';

/** Terminals, docker contexts and shells in containers. Returns how to close what listens. */
export function registerTerminals(app: App): { close(): Promise<void> } {
  const terminals = new Terminals(app);
  showState(app, terminals);
  registerAll(app, [
    {
      id: 'useInTerminals',
      run: async (_app, input) => use(app, terminals, input, input.text('node') ?? (await firstNode(app))),
    },
    {
      id: 'chooseTerminalNode',
      async run(_app, input) {
        const node = input.text('node') ?? (await pickNode(app, terminals));
        return node === undefined ? undefined : use(app, terminals, input, node);
      },
    },
    {
      id: 'useNodeInTerminals',
      async run(_app, input) {
        const object = await target(app, 'node', input);
        return object && use(app, terminals, input, object.name);
      },
    },
    {
      id: 'openTerminalHere',
      async run(_app, input) {
        const object = await target(app, 'node', input);
        return object && openTerminal(terminals, object.name);
      },
    },
    {
      id: 'stopUsingInTerminals',
      async run(_app, input) {
        await terminals.stop();
        if (!input.form) {
          void vscode.window.showInformationMessage(
            t('New terminals are as they were before; nothing listens any more.'),
          );
        }
      },
    },
    {
      id: 'copyDockerHost',
      async run(_app, input) {
        const host = await terminals.open(input.text('node') ?? terminals.node ?? (await firstNode(app)));
        await vscode.env.clipboard.writeText(host);
        if (!input.form) void vscode.window.showInformationMessage(t('Copied: {0}', host));
        return host;
      },
    },
    {
      id: 'createDockerContext',
      run: async (_app, input) =>
        createDockerContext(terminals, input, input.text('node') ?? terminals.node ?? (await firstNode(app))),
    },
    { id: 'removeDockerContext', run: (_app, input) => removeDockerContext(terminals, input) },
    { id: 'terminalActions', run: () => terminalActions(terminals) },
    { id: 'openShell', run: openShell },
  ]);
  terminals
    .restore()
    .then(() => renewContext(app, terminals))
    .catch((error: unknown) => showError(app.log, error));
  app.context.subscriptions.push(
    terminals,
    vscode.window.onDidOpenTerminal((terminal) => {
      const ours = 'pty' in terminal.creationOptions;
      if (!ours && app.model.state === 'running' && app.model.simulated) void terminals.offer();
    }),
  );
  return terminals;
}

async function firstNode(app: App): Promise<string> {
  const [first] = (await app.session.simulation()).nodeNames();
  if (first === undefined) throw new Error(t('There are no nodes.'));
  return first;
}

async function use(app: App, terminals: Terminals, input: Input, node: string): Promise<string> {
  if (!(await app.session.simulation()).nodeNames().includes(node)) throw new Error(`node ${node} not found`);
  const host = await terminals.use(node);
  if (!input.form) {
    const open = t('Open Terminal');
    void vscode.window
      .showInformationMessage(t('The docker command in new terminals speaks with {0}, simulated.', node), open)
      .then((chosen) => chosen === open && vscode.commands.executeCommand('workbench.action.terminal.new'));
  }
  return host;
}

async function openTerminal(terminals: Terminals, node: string): Promise<string> {
  const host = await terminals.open(node);
  terminals.asked();
  const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: null, DOCKER_TLS: null };
  // The terminal's own node must win over the one that all terminals are told.
  const terminal = vscode.window.createTerminal({
    name: node,
    env,
    iconPath: new vscode.ThemeIcon('server'),
    ...(terminals.node !== undefined &&
      terminals.node !== node && { strictEnv: true, env: { ...process.env, ...env } }),
  });
  terminal.show();
  return host;
}

async function pickNode(app: App, terminals: Terminals): Promise<string | undefined> {
  const nodes = app.model.objects.nodes.values();
  const names = (await app.session.simulation()).nodeNames();
  const picked = await vscode.window.showQuickPick(
    names.map((label) => ({
      label,
      description: [
        app.real ? '' : (nodes.find((node) => hostname(node) === label)?.Spec.Role ?? ''),
        label === terminals.node ? t('now') : '',
      ]
        .filter(Boolean)
        .join(' · '),
    })),
    { placeHolder: t('Which node does the docker command in new terminals speak with?') },
  );
  return picked?.label;
}

/** The list behind the status bar item. */
async function terminalActions(terminals: Terminals): Promise<void> {
  const act = (icon: string, label: string, command: string) => ({ label: `$(${icon}) ${label}`, command });
  const picked = await vscode.window.showQuickPick(
    [
      act('terminal', t('Open Terminal'), 'workbench.action.terminal.new'),
      act('server', t('Choose another node …'), 'swarmscope.chooseTerminalNode'),
      act('copy', t('Copy DOCKER_HOST'), 'swarmscope.copyDockerHost'),
      act('plug', t('Create a Docker context'), 'swarmscope.createDockerContext'),
      act('debug-disconnect', t('Stop using it in terminals'), 'swarmscope.stopUsingInTerminals'),
    ],
    {
      title: terminals.node ? t('Terminals speak with {0}', terminals.node) : t('Sockets of simulated nodes are open'),
    },
  );
  if (picked) await vscode.commands.executeCommand(picked.command);
}

/** An item of the status bar as long as something listens. */
function showState(app: App, terminals: Terminals): void {
  const item = vscode.window.createStatusBarItem('swarmscope.terminals', vscode.StatusBarAlignment.Left, 9);
  item.name = t('Swarmscope: terminals');
  item.command = 'swarmscope.terminalActions';
  const show = (): void => {
    const { node, nodes } = terminals;
    void vscode.commands.executeCommand('setContext', 'swarmscope.terminals', node !== undefined || nodes.length > 0);
    if (node === undefined && nodes.length === 0) {
      item.hide();
      return;
    }
    item.text = `$(terminal) ${node ?? nodes.join(', ')}`;
    item.tooltip = node
      ? t('The docker command in new terminals speaks with {0} of the simulated swarm. Click to change that.', node)
      : t(
          'Programs on this machine may speak with {0} of the simulated swarm. Click to change that.',
          nodes.join(', '),
        );
    item.accessibilityInformation = { label: item.tooltip as string, role: 'button' };
    item.show();
  };
  show();
  app.context.subscriptions.push(item, terminals.onDidChange(show));
}
