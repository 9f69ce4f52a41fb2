import type { Process, Wait } from './process';
import { findProgram } from './table';

export { derive } from './derive';

/** A command under way; its exit code in the end. */
export type Run<Result = number> = Generator<Wait, Result, void>;

/** Runs `argv` of a process as a command of a shell: 127 with the shell's words when there is no such program. */
export function* call(process: Process, shell = 'sh'): Run {
  const name = process.argv[0] ?? '';
  const found = findProgram(process, name);
  if (typeof found === 'string') {
    process.stderr(`${shell}: ${name}: ${found === 'denied' ? 'Permission denied' : 'not found'}\n`);
    return found === 'denied' ? 126 : 127;
  }
  const result = found(process);
  return typeof result === 'number' ? result : yield* result;
}
