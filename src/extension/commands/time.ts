import * as vscode from 'vscode';
import type { LabClock } from '../../api';
import type { App } from '../app';
import { moment } from '../model/age';
import { checkDuration } from '../model/checks';
import { t } from '../model/l10n';
import { speedText } from '../model/status';
import { parseDuration } from '../model/units';
import { showError } from '../ui/errors';
import { quickInput } from '../wizard/quick-input';
import { runWizard } from '../wizard/wizard';
import type { Command, Input } from './command';

const speeds = [1, 2, 5, 10, 60, 600, 0] as const;

async function set(app: App, change: { paused?: boolean; speed?: number }): Promise<LabClock> {
  const clock = await app.client.lab.setClock(change);
  app.model.setClock(clock);
  return clock;
}

/** Runs a stretch of virtual time and stops: to the next event, or for some milliseconds. */
async function step(app: App, milliseconds: number | undefined): Promise<LabClock> {
  const clock = await app.client.lab.step(milliseconds === undefined ? {} : { milliseconds });
  app.model.setClock(clock);
  return clock;
}

async function askSpeed(app: App): Promise<LabClock | undefined> {
  const now = app.model.clock?.speed;
  const picked = await vscode.window.showQuickPick(
    speeds.map((speed) => ({ label: speedText(speed), description: speed === now ? t('now') : '', speed })),
    { placeHolder: t('How fast the time of the cluster goes') },
  );
  return picked && set(app, { speed: picked.speed, paused: false });
}

async function askStep(app: App): Promise<LabClock | undefined> {
  return runWizard(quickInput, {
    title: t('Step Time'),
    questions: [
      {
        kind: 'input',
        title: '',
        prompt: t('How far, such as 5s or 1m30s'),
        value: (text) => text,
        check: (text) => (text === '' ? t('Enter a duration.') : checkDuration('step')(text)),
        write: (text) => text,
      },
    ],
    state: '5s',
    finish: async (text) => {
      const read = parseDuration(text);
      if ('error' in read) throw new Error(read.error);
      return step(app, read.value / 1e6);
    },
  });
}

/** The list behind the status bar item. */
async function timeActions(app: App): Promise<void> {
  const { clock } = app.model;
  if (!clock) {
    void vscode.window.showInformationMessage(t('Only a simulated swarm has a time of its own.'));
    return;
  }
  const actions: (vscode.QuickPickItem & { run: () => Promise<unknown> })[] = [
    clock.paused
      ? { label: `$(play) ${t('Resume')}`, run: () => set(app, { paused: false }) }
      : { label: `$(debug-pause) ${t('Pause')}`, run: () => set(app, { paused: true }) },
    { label: `$(debug-step-over) ${t('Step to the next event')}`, run: () => step(app, undefined) },
    { label: `$(debug-step-over) ${t('Step by …')}`, run: () => askStep(app) },
    { label: `$(dashboard) ${t('Speed …')}`, description: speedText(clock.speed), run: () => askSpeed(app) },
    { label: '', kind: vscode.QuickPickItemKind.Separator, run: async () => undefined },
    {
      label: `$(terminal) ${t('Use in terminals')}`,
      run: async () => vscode.commands.executeCommand('swarmscope.useInTerminals'),
    },
    {
      label: `$(plug) ${t('Connect to a real swarm …')}`,
      run: async () => vscode.commands.executeCommand('swarmscope.connectReal'),
    },
    {
      label: `$(debug-restart) ${t('Start over …')}`,
      run: async () => vscode.commands.executeCommand('swarmscope.startOver'),
    },
  ];
  const picked = await vscode.window.showQuickPick(actions, {
    title: t('Time of the cluster: {0}', moment(app.model.now())),
  });
  try {
    await picked?.run();
  } catch (error) {
    await showError(app.log, error);
  }
}

/** A number of a program's fields; undefined when it is not there. */
function number(input: Input, ...names: string[]): number | undefined {
  const text = input.text(...names);
  if (text === undefined) return undefined;
  const value = text === 'max' ? 0 : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`"${names[0]}" must be a number that is not negative`);
  return value;
}

export const timeCommands: readonly Command[] = [
  { id: 'pauseTime', run: (app) => set(app, { paused: true }) },
  { id: 'resumeTime', run: (app) => set(app, { paused: false }) },
  {
    id: 'stepTime',
    run: (app, input) => step(app, number(input, 'milliseconds')),
  },
  {
    id: 'setSpeed',
    async run(app, input) {
      if (!input.form) return askSpeed(app);
      const speed = number(input, 'speed', 'id');
      if (speed === undefined) throw new Error('"speed" is missing: virtual seconds a wall second, or "max"');
      return set(app, { speed });
    },
  },
  { id: 'timeActions', run: timeActions },
];
