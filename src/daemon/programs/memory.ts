import { millisecond } from '../../sim';
import type { Process, Program } from './process';
import { forever, OutOfMemoryKill, sleep } from './process';

const keepers = new Set(['tail', 'sort', 'tac']);
const endless = new Set(['/dev/zero', '/dev/urandom']);

/** Whether a command keeps all that it reads of a file that never ends. */
export function outgrowsMemory(name: string, { argv }: Process): boolean {
  return keepers.has(name) && argv.some((word, index) => index > 0 && endless.has(word));
}

/** Grows until its container's limit; without one the machine has enough for it. */
export const growing: Program = function* (process) {
  yield sleep(process.sim, 200 * millisecond);
  process.exhaust?.();
  yield forever;
  throw new OutOfMemoryKill();
};
