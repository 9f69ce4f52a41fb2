import type { Profile } from '../../api';
import { millisecond } from '../../sim';
import { DaemonError } from '../errors';
import { noInput, Terminal } from '../programs';
import type { Container } from './container';
import type { ProcessHost } from './container-process';
import { ContainerProcess } from './container-process';
import type { ContainerContext } from './context';
import { watchHealth } from './health-checks';
import { joinNetworks } from './join-networks';
import { mainOf, programOf, serverProgram } from './main-process';
import type { NodePorts } from './node-ports';
import { deliver } from './signals';
import { checkUser } from './users';

const first = { first: true };

/** What a start needs of the node's containers. */
export interface StartHost extends ProcessHost {
  readonly ports: NodePorts;
  /** Throws 404. */
  get(reference: string): Container;
  /** The number of a first process. */
  takePid(): number;
  /** Tells an event of a container. */
  emit(container: Container, action: string): void;
  /** The first process ended. */
  ended(container: Container, exitCode: number): void;
}

/** Texts of an error at a container's start, in the engine's words; those of older engines begin later. */
function runtimeError(text: string, profile: Profile): string {
  const task = profile.name === '20.10' ? '' : 'failed to create task for container: ';
  return `${task}failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${text}`;
}

/**
 * Starts a container that does not run: ports, networks, process, health checks. Throws what hinders it; what was opened
 * and connected before stays for the caller to close.
 */
export function begin(
  container: Container,
  addresses: ReadonlyMap<string, string>,
  context: ContainerContext,
  host: StartHost,
): void {
  for (const mount of container.mounts) {
    if (mount.type === 'bind' && !context.hostFiles.exists(mount.source)) {
      throw new DaemonError(
        'invalid',
        `invalid mount config for type "bind": bind source path does not exist: ${mount.source}`,
      );
    }
  }
  const main = mainOf(container.image.definition, container.argv);
  container.oomKilled = false;
  container.exitCode = 0;
  container.error = '';
  container.heldExit = undefined;
  container.shellServer = undefined;
  const process = firstProcess(container, main.kind === 'program' ? main.argv : container.argv, context, host);
  const program = main.kind === 'server' ? serverProgram(container, main.behaviour) : programOf(process);
  if (typeof program !== 'function') {
    container.exitCode = program.exitCode;
    throw new DaemonError('invalid', runtimeError(program.error, context.profile));
  }
  // Most name no user: their files, which the check would make, may never be looked at.
  const user = container.given.User || container.image.definition.user;
  if (user) checkUser(user, container, host.filesOf(container));
  host.ports.open(container);
  joinNetworks(container, addresses, context, (reference) => host.get(reference));
  container.status = 'running';
  container.pid = host.takePid();
  container.startedAt = context.sim.now;
  host.emit(container, 'start');
  watchHealth(container, context, host, (one, action) => host.emit(one, action));
  container.running = process.start(program, (exitCode) => {
    context.after(millisecond, () => host.ended(container, exitCode));
  });
}

function firstProcess(
  container: Container,
  argv: readonly string[],
  context: ContainerContext,
  host: ProcessHost,
): ContainerProcess {
  const { logs } = container;
  const { sim } = context;
  const input = container.given.OpenStdin ? context.inputOf(container) : noInput;
  const stdout = (text: string): void => logs.write(sim.now, 'stdout', text);
  if (!container.given.Tty) {
    const stderr = (text: string): void => logs.write(sim.now, 'stderr', text);
    return new ContainerProcess(host, container, argv, input, stdout, stderr, first);
  }
  // The terminal is there as long as the container is, whoever looks at it.
  const terminal = new Terminal(input, stdout, true);
  terminal.onSignal = (number) => {
    const front = container.running?.front ?? [];
    deliver(container, number, context);
    for (const one of front) one.typed(number);
  };
  const write = (text: string): void => terminal.write(text);
  return new ContainerProcess(host, container, argv, terminal, write, write, { first: true, tty: true, terminal });
}
