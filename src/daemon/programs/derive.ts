import type { Process } from './process';

/** The same process with some things of its own. */
export function derive(process: Process, changes: Partial<Process>): Process {
  const properties: PropertyDescriptorMap = {};
  for (const [name, value] of Object.entries(changes))
    properties[name] = { value, writable: true, enumerable: true, configurable: true };
  return Object.create(process, properties) as Process;
}
