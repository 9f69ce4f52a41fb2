import { lab } from './lab';
import { serve } from './serve';
import { UsageError } from './usage';

const usage = `Usage: swarmscope COMMAND [OPTIONS]

  serve   Run a simulated swarm behind Docker's own API
  lab     Act on a running simulation: its time, faults and explanations

Run 'swarmscope COMMAND --help' for more information on a command.
`;

/** The `swarmscope` program: gives the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case 'serve':
      return serve(rest);
    case 'lab':
      return lab(rest);
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(usage);
      return command === undefined ? 1 : 0;
    default:
      throw new UsageError(`unknown command: ${command}`);
  }
}

void main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`swarmscope: ${message}\n`);
    process.exitCode = error instanceof UsageError ? 125 : 1;
  },
);
