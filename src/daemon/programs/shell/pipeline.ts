import { Pipe, Source } from '../pipe';
import type { Run } from '../run-command';
import { Interrupted } from './control';
import type { Job } from './jobs';
import { inFront, roomToFork, startJob } from './jobs';
import type { Shell } from './shell';
import type { PipelineNode } from './syntax';

/** Runs the commands of a pipeline beside each other, each in a shell of its own. */
export function* runPipeline(shell: Shell, { commands, pipeStderr }: PipelineNode): Run {
  // Functions that pipe into themselves would grow for ever within one moment.
  if (commands.length > 1) yield* roomToFork(shell);
  const jobs: Job[] = [];
  // The readers are started first, so that they hear what the first writer writes.
  let output: Pipe | undefined;
  for (let index = commands.length - 1; index >= 0; index--) {
    const command = commands[index]!;
    const input = index > 0 ? new Pipe() : undefined;
    const into = output;
    const fds = new Map(shell.fds);
    if (input) fds.set(0, { source: new Source(input) });
    if (into) {
      const writer = { write: (text: string) => into.write(text) };
      fds.set(1, writer);
      if (pipeStderr?.[index]) fds.set(2, writer);
    }
    const name =
      command.type === 'SimpleCommand' ? (command.name?.parts[0] as { value?: string } | undefined) : undefined;
    const job = startJob(
      (process) => {
        const child = shell.child({ process, fds });
        if (typeof child === 'number') return child;
        child.leaf = command.type === 'SimpleCommand';
        return child.whole([
          {
            type: 'Statement',
            pipelines: [{ type: 'Pipeline', commands: [command], negated: false }],
            operators: [],
            background: false,
          },
        ]);
      },
      shell.process,
      { argv: [name?.value ?? 'sh'], cwd: shell.cwd, env: shell.process.env },
    );
    const over = (): void => {
      into?.end();
      input?.close();
    };
    if (job.code === undefined) job.listeners.unshift(over);
    else over();
    jobs.unshift(job);
    output = input;
  }
  yield* inFront(jobs, shell.process);
  if (shell.interrupted) throw new Interrupted();
  const codes = jobs.map(({ code }) => code ?? 137);
  shell.variables.set('PIPESTATUS', new Map(codes.map((code, index) => [String(index), String(code)])));
  if (shell.options.has('pipefail')) return codes.findLast((code) => code !== 0) ?? 0;
  return codes.at(-1) ?? 0;
}
