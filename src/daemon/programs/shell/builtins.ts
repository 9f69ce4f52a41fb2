import type { Run } from '../run-command';
import { controlBuiltins } from './builtins-control';
import { readBuiltins } from './builtins-read';
import { variableBuiltins } from './builtins-variables';
import type { Shell } from './shell';

/** A command of the shell's own. */
export type Builtin = (words: readonly string[], shell: Shell) => Run | Generator<never, number, void>;

/** The commands of the shell's own by name. */
export const builtins: ReadonlyMap<string, (words: readonly string[], shell: Shell) => Run | number> = new Map(
  Object.entries({ ...controlBuiltins, ...variableBuiltins, ...readBuiltins }),
);
