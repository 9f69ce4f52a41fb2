import type { Run } from '../run-command';
import type { Shell } from './shell';
import { parseWhole } from './syntax';

/** Action by name: `EXIT`, `TERM`, `INT`; an empty action ignores. */
export type Traps = Map<string, string>;

const names =
  'EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU'.split(
    ' ',
  );

/** `SIGTERM`, `term` or `15` -> 15; undefined for what is no signal. */
export function signalOf(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) < 65 ? Number(text) : undefined;
  const index = names.indexOf(text.toUpperCase().replace(/^SIG/, ''));
  return index < 0 ? undefined : index;
}

/** 15 -> `TERM`. */
export function signalName(number: number): string {
  return names[number] ?? String(number);
}

/** How a shell hears a signal: true when its trap will run or it is ignored. */
export function hear(shell: Shell, number: number): boolean {
  const action = shell.traps.get(signalName(number));
  if (action === undefined) return false;
  if (action !== '') {
    shell.signals.push(number);
    shell.wake?.();
  }
  return true;
}

/** Runs the traps of the signals that came. */
export function* pendingTraps(shell: Shell): Run<void> {
  while (shell.signals.length > 0) {
    const action = shell.traps.get(signalName(shell.signals.shift()!));
    if (!action) continue;
    const { status } = shell;
    yield* shell.statements(parseWhole(action).statements);
    shell.status = status;
  }
}
