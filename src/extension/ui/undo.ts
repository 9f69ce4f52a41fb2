import * as vscode from 'vscode';
import { t } from '../model/l10n';
import { showError } from './errors';

/** Says what was done, with a button that puts the former value back. Does not wait for an answer. */
export function tellWithUndo(log: vscode.LogOutputChannel, message: string, undo: () => Promise<unknown>): void {
  const button = t('Undo');
  void vscode.window.showInformationMessage(message, button).then(async (chosen) => {
    if (chosen !== button) return;
    try {
      await undo();
    } catch (error) {
      await showError(log, error);
    }
  });
}

/** Asks before something is lost; true when the user wants it. */
export async function confirm(question: string, button: string, detail?: string): Promise<boolean> {
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, ...(detail && { detail }) }, button);
  return chosen === button;
}
