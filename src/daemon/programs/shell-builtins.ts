import { normalizePath } from '../containers/file-system';
import type { Process, Wait } from './process';
import { call, derive } from './run-command';
import { toolName } from './table';

/** Thrown through the interpreter by `exit`. */
export class Exit {
  constructor(readonly code: number) {}
}
/** Thrown through the interpreter by `break` and `continue`. */
export class LoopControl {
  constructor(readonly how: 'break' | 'continue') {}
}

/** The shell that a builtin belongs to. */
export interface BuiltinHost {
  readonly name: string;
  readonly status: number;
  readonly process: Process;
}

/** Runs a command of the shell's own; undefined when it is none. */
export function* builtin(
  argv: readonly string[],
  process: Process,
  shell: BuiltinHost,
): Generator<Wait, number | undefined, void> {
  switch (argv[0]) {
    case ':':
      return 0;
    case 'exit':
      throw new Exit(argv[1] === undefined ? shell.status : Number.parseInt(argv[1], 10) & 255);
    case 'break':
    case 'continue':
      throw new LoopControl(argv[0]);
    case 'exec': {
      if (argv.length === 1) return 0;
      throw new Exit(yield* call(derive(process, { argv: argv.slice(1), takesPlace: true }), shell.name));
    }
    case 'export':
    case 'local':
      for (const pair of argv.slice(1)) {
        const equals = pair.indexOf('=');
        if (equals > 0) process.env.set(pair.slice(0, equals), pair.slice(equals + 1));
      }
      return 0;
    case 'unset':
      for (const name of argv.slice(1)) process.env.delete(name);
      return 0;
    case 'cd': {
      const target = normalizePath(argv[1] ?? process.env.get('HOME') ?? '/', shell.process.cwd);
      if (!process.fs.isFolder(target)) {
        process.stderr(`${shell.name}: cd: can't cd to ${argv[1]}: No such file or directory\n`);
        return 2;
      }
      shell.process.cwd = target;
      return 0;
    }
    case 'set':
    case 'trap':
    case 'wait':
    case 'umask':
      return 0;
    case 'command':
    case 'type':
    case 'which': {
      const name = argv.at(-1) ?? '';
      if (argv[0] === 'command' && argv[1] !== '-v') return undefined;
      if (!process.hasTool(toolName(name))) return 1;
      process.stdout(name.includes('/') ? `${name}\n` : `/usr/bin/${name}\n`);
      return 0;
    }
    default:
      return undefined;
  }
}
