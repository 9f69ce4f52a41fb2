import * as vscode from 'vscode';
import type { App } from './app';
import { moment } from './model/age';
import { t } from './model/l10n';
import { code } from './model/markdown';
import { speedText, statusText } from './model/status';

/** One item: the cluster, and how its time goes; a click opens the time actions. */
export function registerStatusBar(app: App): void {
  const item = vscode.window.createStatusBarItem('swarmscope.status', vscode.StatusBarAlignment.Left, 10);
  item.name = t('Swarmscope: cluster and time');
  const show = (): void => {
    const { model } = app;
    const { real } = app;
    item.command = real === undefined ? 'swarmscope.timeActions' : 'swarmscope.realActions';
    item.text = statusText(model, real);
    const lines = [
      real === undefined
        ? t('**Swarmscope** simulates this swarm.')
        : t('This is a **real** cluster: {0}. What you do here is done there.', code(real)),
    ];
    if (model.clock) {
      lines.push(t('Cluster time: {0}', code(moment(model.now()))));
      lines.push(model.clock.paused ? t('Time is paused.') : t('Time runs: {0}', speedText(model.clock.speed)));
    }
    if (model.state === 'failed') lines.push(code(model.failure));
    if (real === undefined) lines.push(t('Click for pause, step and speed.'));
    item.tooltip = new vscode.MarkdownString(lines.join('\n\n'));
    item.accessibilityInformation = { label: item.text.replace(/\$\([^)]*\)/g, '').trim(), role: 'button' };
    item.backgroundColor =
      model.state === 'failed'
        ? new vscode.ThemeColor('statusBarItem.errorBackground')
        : real === undefined
          ? undefined
          : new vscode.ThemeColor('statusBarItem.warningBackground');
  };
  show();
  item.show();
  app.context.subscriptions.push(item, { dispose: app.model.onDidChange(show) });
}
