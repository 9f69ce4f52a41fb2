import * as vscode from 'vscode';
import { t } from '../model/l10n';
import type { Shell } from './model';
import { aliasText, shellOf, shells, startFiles, talkAliases } from './model';

const shellNames: Readonly<Record<Shell, string>> = {
  bash: 'Bash',
  zsh: 'Zsh',
  fish: 'fish',
  powershell: 'PowerShell',
};

interface AliasArguments {
  readonly shell?: Shell;
  readonly names?: readonly string[];
}

function read(argument: unknown): AliasArguments {
  const { shell, names } = (typeof argument === 'object' && argument !== null ? argument : {}) as Record<
    string,
    unknown
  >;
  return {
    shell: shells.find((known) => known === shell),
    names: Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : undefined,
  };
}

async function pickAliases(): Promise<readonly string[] | undefined> {
  const items = talkAliases.map((alias) => ({
    label: alias.name,
    description: alias.definitions.bash.replace(/^alias \w+=/, ''),
    detail:
      alias.mistake &&
      `$(warning) ${t('In the talk it lacked -q: docker images -a prints a table, and docker rmi would get words like REPOSITORY and latest. This one is right.')}`,
    picked: true,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: t('Aliases for long Docker commands'),
    placeHolder: t('Which aliases?'),
  });
  return picked?.map((item) => item.label);
}

async function pickShell(guess: Shell | undefined): Promise<Shell | undefined> {
  const ordered = [...shells].sort((a, b) => Number(b === guess) - Number(a === guess));
  const items = ordered.map((shell) => ({ label: shellNames[shell], description: startFiles[shell], shell }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Aliases for long Docker commands'),
    placeHolder: t('For which shell?'),
  });
  return picked?.shell;
}

async function compose(
  argument: unknown,
  guess: Shell | undefined,
): Promise<{ readonly text: string; readonly shell: Shell } | undefined> {
  const given = read(argument);
  const names = given.names ?? (await pickAliases());
  if (!names || names.length === 0) return undefined;
  const shell = given.shell ?? (await pickShell(guess));
  return shell && { text: aliasText(names, shell), shell };
}

/** Registers the commands that insert or copy the talk's aliases (TALK-23). */
export function registerAliases(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('swarmscope.insertAliases', async (argument?: unknown) => {
      const editor = vscode.window.activeTextEditor;
      const made = await compose(argument, editor && shellOf(editor.document.languageId, editor.document.fileName));
      if (!made) return undefined;
      if (editor) {
        await editor.edit((edit) => edit.insert(editor.selection.active, made.text));
      } else {
        // Nothing is open to insert into: a new file holds the text, and nothing is lost.
        const language = made.shell === 'powershell' ? 'powershell' : 'shellscript';
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language, content: made.text }));
      }
      return made.text;
    }),
    vscode.commands.registerCommand('swarmscope.copyAliases', async (argument?: unknown) => {
      const made = await compose(argument, undefined);
      if (!made) return undefined;
      await vscode.env.clipboard.writeText(made.text);
      void vscode.window.setStatusBarMessage(t('Aliases copied. Paste them into {0}.', startFiles[made.shell]), 5_000);
      return made.text;
    }),
  );
}
