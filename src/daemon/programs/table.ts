import { derive } from './derive';
import { growing, outgrowsMemory } from './memory';
import type { Process, Program } from './process';

/** The programs that are simulated, by name. Filled by `install`, so that the shell and its programs need not know each other's files. */
const programs = new Map<string, Program>();

/** Adds programs to the table. */
export function install(entries: Readonly<Record<string, Program>>): void {
  for (const [name, program] of Object.entries(entries)) programs.set(name, program);
}

/** Names of all programs that are simulated. */
export function programNames(): string[] {
  return [...programs.keys()];
}

/** `/usr/bin/env` -> `env`. */
export function toolName(command: string): string {
  return command.slice(command.lastIndexOf('/') + 1);
}

/** A tool that the image has and whose doings are not simulated. */
const unsimulated: Program = (process) => {
  process.stderr(`${process.argv[0]}: is in the image, but what it does is not simulated\n`);
  return 0;
};

/** The program for a command: `missing` when the container has none of that name, `denied` when it is a file that cannot be run. */
export function findProgram(process: Process, command: string): Program | 'missing' | 'denied' {
  const name = toolName(command);
  if (command.includes('/')) {
    const content = process.fs.read(command);
    if (content !== undefined && (process.fs.isWritten(command) || !process.hasTool(name))) {
      const script = programs.get('sh');
      if (script && ((process.fs.stat(command)?.mode ?? 0) & 0o111) !== 0) {
        return (inner) => script(derive(inner, { argv: ['sh', ...inner.argv] }));
      }
      return 'denied';
    }
    // A path that leads to no program's folder is none.
    if (
      !/^(\/usr(\/local)?)?\/s?bin\//.test(command) &&
      !command.startsWith('/docker-entrypoint') &&
      content === undefined &&
      process.fs.isFolder(command)
    )
      return 'denied';
  }
  if (!process.hasTool(name)) return 'missing';
  if (outgrowsMemory(name, process)) return growing;
  return programs.get(name) ?? process.serverFor?.(process.argv, process.takesPlace ?? false) ?? unsimulated;
}

/** Whether what a program does is simulated. */
export function isSimulated(command: string): boolean {
  return programs.has(toolName(command));
}
