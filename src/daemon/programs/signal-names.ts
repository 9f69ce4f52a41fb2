/** Names of the signals, from 1 on. */
export const signalNames: readonly string[] =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS'.split(
    ' ',
  );

/** `9`, `KILL`, `sigkill` -> 9; `0` asks only whether a process is there. Undefined for what is no signal. */
export function signalOf(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 64 ? Number(text) : undefined;
  const index = signalNames.indexOf(text.toUpperCase().replace(/^SIG/, ''));
  return index < 0 ? undefined : index + 1;
}
