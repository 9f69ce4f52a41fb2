import * as vscode from 'vscode';
import type { Service } from '../../api';
import { EngineApiError } from '../../client/transport';
import { parseTimestamp } from '../../sim';
import type { App } from '../app';
import { t } from '../model/l10n';
import type { Report } from '../model/progress';
import { Convergence, progressOf } from '../model/progress';
import { showError } from './errors';
import { tellWithUndo } from './undo';

/** How often the command line looks (API-110), in wall milliseconds. */
const LOOK = 200;

/**
 * Follows a service until it is at rest. Resolves with the last report; when `signal` aborts, with the one before.
 * Rejects when the update was paused, with the command line's text.
 */
export async function converge(
  app: App,
  id: string,
  options: { readonly signal?: AbortSignal; readonly report?: (report: Report) => void } = {},
): Promise<Report> {
  const convergence = new Convergence();
  let last: Report = { text: '', fraction: 0 };
  while (!options.signal?.aborted) {
    const service = await find(app, id);
    if (!service) throw new EngineApiError(404, `service ${id} not found`);
    const [tasks, nodes, clock] = await Promise.all([
      app.client.tasks.list({ service: [id], '_up-to-date': ['true'] }),
      app.client.nodes.list(),
      app.model.simulated ? app.client.lab.clock().catch(() => undefined) : undefined,
    ]);
    const now = clock ? parseTimestamp(clock.now) / 1_000 : Date.now();
    last = convergence.look(service, progressOf(service, tasks, nodes), now);
    if (clock?.paused && !last.outcome) last = { ...last, text: `${last.text} · ${t('time is paused')}` };
    options.report?.(last);
    if (last.outcome === 'paused') throw new Error(last.text);
    if (last.outcome) return last;
    await new Promise((done) => setTimeout(done, LOOK));
  }
  return last;
}

async function find(app: App, id: string): Promise<Service | undefined> {
  const services = await app.client.services.list({ filters: { id: [id] }, status: true });
  return services.find((service) => service.ID === id);
}

/** What is followed in a notification, by service: a later change takes the place of an earlier one. */
const followed = new Map<string, AbortController>();

/** What is told when a change is through, and how it is taken back. */
export interface Undo {
  readonly text: string;
  readonly run: () => Promise<unknown>;
}

/**
 * Shows the convergence of a service in a notification; cancelling it leaves the operation running, and says so. When it
 * is over, the way back is offered in its place.
 */
export function showConvergence(app: App, id: string, title: string, undo?: Undo): void {
  void vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      followed.get(id)?.abort();
      followed.set(id, abort);
      token.onCancellationRequested(() => {
        abort.abort();
        const show = t('Show Services');
        const back = t('Undo');
        void vscode.window
          .showInformationMessage(
            `Operation continuing in background. ${t('The Services tree shows how far it is.')}`,
            ...(undo ? [back, show] : [show]),
          )
          .then(async (chosen) => {
            if (chosen === show) await vscode.commands.executeCommand('swarmscope.services.focus');
            else if (chosen === back) await undo?.run().catch((error: unknown) => showError(app.log, error));
          });
      });
      let shown = 0;
      try {
        await converge(app, id, {
          signal: abort.signal,
          report: ({ text, fraction }) => {
            progress.report({ message: text, increment: Math.max(0, fraction * 100 - shown) });
            shown = Math.max(shown, fraction * 100);
          },
        });
        if (undo && !abort.signal.aborted) tellWithUndo(app.log, undo.text, undo.run);
      } catch (error) {
        // A service that was removed meanwhile has nothing more to tell.
        if (!(error instanceof EngineApiError && error.status === 404)) void showError(app.log, error);
      } finally {
        if (followed.get(id) === abort) followed.delete(id);
      }
    },
  );
}
