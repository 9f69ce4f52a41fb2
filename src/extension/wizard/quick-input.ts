import * as vscode from 'vscode';
import { t } from '../model/l10n';
import type { Answer, Asking, InputAsking, PickAsking, PickItem, WizardUi } from './wizard';

type Item = vscode.QuickPickItem & { readonly value: string };

/** Asks a wizard's questions in the editor's quick input, which stays open when the focus goes elsewhere. */
export const quickInput: WizardUi = {
  input(asking: InputAsking): Promise<Answer<string>> {
    const box = vscode.window.createInputBox();
    dress(box, asking);
    box.prompt = asking.prompt;
    box.placeholder = asking.placeholder;
    box.value = asking.value;
    const complain = (): boolean => {
      const error = asking.check(box.value);
      box.validationMessage = error ?? (asking.refusal && box.value === asking.value ? asking.refusal : undefined);
      return error === undefined;
    };
    // An empty box is not yet wrong: first it says what it wants.
    if (asking.value !== '' || asking.refusal) complain();
    return new Promise((resolve) => {
      const end = (answer: Answer<string>): void => {
        resolve(answer);
        box.dispose();
      };
      box.onDidChangeValue(complain);
      box.onDidAccept(() => {
        if (complain()) end({ go: 'on', value: box.value.trim() });
      });
      box.onDidTriggerButton(() => end({ go: 'back', draft: box.value }));
      box.onDidHide(() => end({ go: 'away' }));
      box.show();
    });
  },

  pick(asking: PickAsking): Promise<Answer<readonly string[]>> {
    const list = vscode.window.createQuickPick<Item>();
    dress(list, asking);
    list.placeholder = asking.prompt;
    list.canSelectMany = asking.many;
    list.matchOnDescription = true;
    list.items = asking.items.map((item) => quickItem(item));
    const picked = list.items.filter((item) => asking.picked.includes(item.value));
    if (asking.many) list.selectedItems = picked;
    else list.activeItems = picked;
    if (asking.refusal) list.prompt = `$(error) ${asking.refusal}`;
    return new Promise((resolve) => {
      const end = (answer: Answer<readonly string[]>): void => {
        resolve(answer);
        list.dispose();
      };
      list.onDidAccept(() => {
        const values = list.selectedItems.map((item) => item.value);
        if (!asking.many && values.length === 0) return;
        const error = asking.check(values);
        if (error) list.prompt = `$(error) ${error}`;
        else end({ go: 'on', value: values });
      });
      list.onDidTriggerButton(() => end({ go: 'back' }));
      list.onDidHide(() => end({ go: 'away' }));
      list.show();
    });
  },

  async busy<T>(title: string, work: () => Promise<T>): Promise<T> {
    const box = vscode.window.createInputBox();
    Object.assign(box, {
      title,
      busy: true,
      enabled: false,
      ignoreFocusOut: true,
      prompt: t('Waiting for the engine'),
    });
    // Shown only when the engine takes its time, so that nothing flickers.
    const timer = setTimeout(() => box.show(), 300);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      box.dispose();
    }
  },
};

function dress(input: vscode.InputBox | vscode.QuickPick<Item>, asking: Asking): void {
  input.title = asking.title;
  input.ignoreFocusOut = true;
  if (asking.steps > 1) {
    input.step = asking.step;
    input.totalSteps = asking.steps;
  }
  if (asking.canGoBack) input.buttons = [vscode.QuickInputButtons.Back];
}

function quickItem(item: PickItem): Item {
  return {
    label: item.label,
    value: item.value,
    ...(item.description && { description: item.description }),
    ...(item.detail && { detail: item.detail }),
    ...(item.icon && { iconPath: new vscode.ThemeIcon(item.icon) }),
  };
}
