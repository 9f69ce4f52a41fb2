import * as vscode from 'vscode';
import { adviceFor } from '../model/advice';
import { t } from '../model/l10n';

/** The one place where refusals and failures are shown: Docker's own text, and what to do next. */
export async function showError(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  log.error(error instanceof Error ? (error.stack ?? message) : message);
  const advice = adviceFor(message);
  const text = advice ? `${message.replace(/\.?$/, '.')} ${advice.text}` : message;
  const showLog = t('Show Log');
  // With a button the notification is shown unfolded; a long refusal would be cut off otherwise.
  const buttons = [advice?.command?.title ?? showLog];
  const chosen = await vscode.window.showErrorMessage(text, ...buttons);
  if (chosen === showLog) log.show();
  else if (chosen && advice?.command) await vscode.commands.executeCommand(advice.command.id);
}
