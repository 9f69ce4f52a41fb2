import { millisecond } from '../../sim';
import { contentsOf } from '../images/contents';
import type { Behaviour, ImageDefinition } from '../images/definition';
import type { Process, Program, Wait } from '../programs';
import { findProgram, forever, isSimulated, sleep, toolName } from '../programs';
import { startServer } from '../servers';
import { usualArgv } from './configuration';
import type { Container } from './container';

/** What a container's first process is: the image's own server, or a program. */
export type Main =
  | { readonly kind: 'server'; readonly behaviour: Behaviour }
  | { readonly kind: 'program'; readonly argv: readonly string[] };

const anyServer: Behaviour = { onTerm: 'ignored' };

function unwrapped(definition: ImageDefinition, argv: readonly string[]): readonly string[] {
  if (!definition.entrypointRunsArguments || argv[0] !== definition.entrypoint?.[0]) return argv;
  const rest = argv.slice(1);
  return rest.length === 0 || rest[0]!.startsWith('-') ? (definition.command ?? []) : rest;
}

/** What images run by themselves is decided once. */
const usualMains = new WeakMap<ImageDefinition, Main>();

/** Decides what runs: the image's server when its own command is given, else the program named. */
export function mainOf(definition: ImageDefinition, argv: readonly string[]): Main {
  if (argv !== usualArgv(definition)) return decide(definition, argv);
  let main = usualMains.get(definition);
  if (!main) {
    main = decide(definition, argv);
    usualMains.set(definition, main);
  }
  return main;
}

function decide(definition: ImageDefinition, argv: readonly string[]): Main {
  const usual = unwrapped(definition, usualArgv(definition));
  const wanted = unwrapped(definition, argv);
  const same = toolName(wanted[0] ?? '') === toolName(usual[0] ?? '');
  if (same && !isSimulated(usual[0] ?? '')) {
    const { runsFor, ...endless } = definition.behaviour;
    const exactly = wanted.length === usual.length && wanted.every((word, index) => word === usual[index]);
    return { kind: 'server', behaviour: exactly || runsFor === undefined ? definition.behaviour : endless };
  }
  if (isSimulated(wanted[0] ?? '')) return { kind: 'program', argv: wanted };
  // What a tool does is not known: it runs until it is stopped, as most first processes do.
  if (definition.unknown) return { kind: 'server', behaviour: definition.behaviour };
  if (contentsOf(definition).tools.has(toolName(wanted[0] ?? ''))) return { kind: 'server', behaviour: anyServer };
  return { kind: 'program', argv: wanted };
}

/** The image's own server, where a shell of its container names the command of it. */
export function serverOf(definition: ImageDefinition, argv: readonly string[]): Behaviour | undefined {
  const main = mainOf(definition, argv);
  return main.kind === 'server' && main.behaviour !== anyServer ? main.behaviour : undefined;
}

/** The image's server as a program. */
export function serverProgram(container: Container, behaviour: Behaviour): Program {
  return (process) => serve(container, behaviour, process);
}

/** One function for all: a generator function of its own for each container would be a class for each in the machine. */
function* serve(container: Container, behaviour: Behaviour, process: Process): Generator<Wait, number, void> {
  if (behaviour.logs !== undefined) process.stdout(behaviour.logs.replaceAll('{{hostname}}', container.hostname));
  const limit = container.hostConfig.Memory ?? 0;
  if (behaviour.memory !== undefined && limit > 0 && limit < behaviour.memory) {
    yield sleep(process.sim, 200 * millisecond);
    container.oomKilled = true;
    return 137;
  }
  if (behaviour.server) {
    container.server = undefined;
    yield sleep(process.sim, behaviour.readyAfter ?? 0);
    container.server = startServer(behaviour.server, process);
  }
  if (behaviour.runsFor === undefined) yield forever;
  else yield sleep(process.sim, behaviour.runsFor);
  return behaviour.exitCode ?? 0;
}

/** Runs a program as the first process; 126/127 with the runtime's text when it cannot be found (API-60). */
export function programOf(process: Process): Program | { readonly exitCode: number; readonly error: string } {
  const name = process.argv[0] ?? '';
  const found = findProgram(process, name);
  if (typeof found !== 'string') return found;
  if (found === 'denied') return { exitCode: 126, error: `exec: "${name}": permission denied: unknown` };
  const why = name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH';
  return { exitCode: 127, error: `exec: "${name}": ${why}: unknown` };
}
