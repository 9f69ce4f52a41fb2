import type { Container } from './container';
import type { ContainerContext } from './context';
import { mainOf } from './main-process';

const names =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

/** `SIGTERM`, `term` or `15` -> 15; undefined for what is no signal. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= 64 ? number : undefined;
  }
  const index = names.indexOf(text.toUpperCase().replace(/^SIG/, ''));
  return index < 0 ? undefined : index + 1;
}

/** The signal that asks a container to stop. */
export function stopSignal(container: Container): number {
  return signalNumber(container.stopSignal) ?? 15;
}

/** Gives a signal to the first process (API-42). */
export function deliver(container: Container, number: number, context: ContainerContext): void {
  const { running } = container;
  if (!running) return;
  if (number === 9) {
    running.end(137);
    return;
  }
  const main = mainOf(container.image.definition, container.argv);
  const heard = [2, 3, 15, signalNumber(container.stopSignal)];
  const { shellServer } = container;
  const behaviour = main.kind === 'server' ? main.behaviour : shellServer?.exec ? shellServer.behaviour : undefined;
  if (behaviour) {
    const { onTerm, termDelay = 0, stopLogs } = behaviour;
    if (onTerm === 'ignored' || !heard.includes(number)) return;
    if (stopLogs !== undefined) container.logs.write(context.sim.now, 'stdout', stopLogs);
    context.after(termDelay, () => running.end(onTerm));
    return;
  }
  if (running.hears(number)) return;
  // A first process without a handler does not hear signals; an init in front of it hears them and passes them on.
  if (container.hostConfig.Init && (number === 1 || heard.includes(number))) running.end(128 + number);
}
