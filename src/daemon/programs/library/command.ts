import type { Bash, BashExecResult, Command, ExecResult } from 'just-bash';
import { messageOf } from '../../errors';
import { readAll } from '../input';
import type { Process, Program } from '../process';
import { Running, textInput } from '../process';
import type { Run } from '../run-command';
import { derive } from '../run-command';
import { findProgram } from '../table';
import { LibraryFiles } from './files';
import { enterLibrary, libraryLimits, shellLibrary } from './library';
import { OwnPromise, runTurns } from './own-promise';

/** Commands that the library does; all others are the simulation's own. */
export const libraryCommands: ReadonlySet<string> = new Set(
  (
    'awk base64 basename chmod column comm cp cut diff dirname du egrep expand expr fgrep file find fold grep gunzip gzip ' +
    'join jq ln md5sum mv nl od paste readlink rev rmdir sed sha1sum sha256sum sort split stat strings tac tar tr tree ' +
    'unexpand uniq wc yq zcat'
  ).split(' '),
);

/** A shell of the library: it runs one command at a time, on the files of the process that it was taken for. */
interface Worker {
  readonly bash: Bash;
  readonly files: LibraryFiles;
  process: Process | undefined;
  /** Called when a program that it started has ended. */
  wake: (() => void) | undefined;
  /** Programs that it started and that run still. */
  readonly started: Set<Running>;
}

const idle: Worker[] = [];
const mostIdle = 4;
const mostTurns = 2_000_000;

/** Programs of the simulation, as the library's `find -exec` and its like start them. */
function bridge(name: string, worker: () => Worker): Command {
  return {
    name,
    execute: (words, context) => {
      const { process } = worker();
      const outcome = new OwnPromise<ExecResult>((resolve) => {
        let [stdout, stderr] = ['', ''];
        const answer = (exitCode: number) => resolve({ stdout, stderr, exitCode });
        if (!process) {
          answer(127);
          return;
        }
        const child = derive(process, {
          argv: [name, ...words],
          env: new Map(context.env),
          cwd: context.cwd,
          stdin: textInput(String(context.stdin ?? '')),
          stdout: (text) => {
            stdout += text;
          },
          stderr: (text) => {
            stderr += text;
          },
          signals: {},
        });
        const found = findProgram(child, name);
        if (typeof found === 'string') {
          stderr = `${name}: not found\n`;
          answer(127);
          return;
        }
        const { started } = worker();
        let running: Running | undefined;
        running = new Running(found, child, (code) => {
          if (running) started.delete(running);
          answer(code);
          worker().wake?.();
        });
        if (running.alive) started.add(running);
      });
      return outcome as unknown as Promise<ExecResult>;
    },
  };
}

function makeWorker(bridged: readonly string[]): Worker {
  const files = new LibraryFiles(new Set([...libraryCommands, ...bridged]));
  const bash = new (shellLibrary().Bash)({
    fs: files,
    cwd: '/',
    defenseInDepth: false,
    executionLimits: libraryLimits,
    customCommands: bridged.map((name) => bridge(name, () => worker)),
  });
  const worker: Worker = { bash, files, process: undefined, wake: undefined, started: new Set() };
  return worker;
}

/** Output in the columns of BusyBox. */
function asBusyBox(argv: readonly string[], text: string): string {
  const counted = argv[0] === 'uniq' && argv.some((word) => /^-[a-z]*c/.test(word) || word === '--count');
  return counted ? text.replace(/^ *(\d+) /gm, (_, count: string) => `${count.padStart(7)} `) : text;
}

/** What the library's messages say of itself, in the words of a container. */
function wording(text: string): string {
  return text
    .replaceAll('bash: line 1: ', '')
    .replaceAll('bash: ', 'sh: ')
    .replace(/: E[A-Z]+: ([A-Z][^,\n]*), '[^'\n]*'/g, ': $1');
}

/** Programs that commands of the library may start. */
let startable: readonly string[] = [];

/** Says which programs the simulation has itself. */
export function bridgePrograms(names: readonly string[]): void {
  startable = names.filter((name) => !libraryCommands.has(name));
  idle.length = 0;
}

const needsInput = new Set(['tr']);
/** Commands that do not read their input. */
const deaf = new Set('basename chmod cp dirname du expr find ln mv readlink rmdir stat tree file'.split(' '));

/** Whether a command reads its input: it has no file to read, or `-`. */
function readsInput([name = '', ...words]: readonly string[]): boolean {
  return !deaf.has(name) || needsInput.has(name) || words.includes('-');
}

/** Runs a command of the library: its input is read to the end first, and it computes within one event. */
export const libraryProgram: Program = function* (process): Run {
  const stdin = readsInput(process.argv) && !hasFiles(process) ? yield* readAll(process) : '';
  const worker = idle.pop() ?? makeWorker(startable);
  worker.process = process;
  worker.files.target = process.fs;
  enterLibrary(process.sim.now);
  let result: BashExecResult | undefined;
  let failure: unknown;
  try {
    const running = worker.bash.exec(process.argv[0]!.slice(process.argv[0]!.lastIndexOf('/') + 1), {
      args: process.argv.slice(1),
      env: Object.fromEntries([...process.env, ['PATH', '/usr/bin']]),
      replaceEnv: true,
      cwd: process.fs.isFolder(process.cwd) ? process.cwd : '/',
      stdin,
      rawScript: true,
    });
    OwnPromise.resolve(running).then(
      (outcome) => {
        result = outcome;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    while (runTurns(mostTurns) && result === undefined && failure === undefined) {
      if (worker.started.size === 0) break;
      yield (resume) => {
        worker.wake = resume;
        return () => {
          worker.wake = undefined;
        };
      };
      worker.wake = undefined;
      enterLibrary(process.sim.now);
      worker.files.target = process.fs;
    }
  } finally {
    for (const running of worker.started) running.end(137);
    worker.started.clear();
    worker.process = undefined;
    if (result && idle.length < mostIdle) idle.push(worker);
  }
  if (!result) {
    process.stderr(
      `${process.argv[0]}: ${failure === undefined ? 'it is too much for this container' : messageOf(failure)}\n`,
    );
    return 1;
  }
  if (result.stdout !== '') process.stdout(asBusyBox(process.argv, result.stdout));
  if (result.stderr !== '') process.stderr(wording(result.stderr));
  return result.exitCode;
};

/** Whether what a command reads are files, as far as its last word tells; then it does not wait for its input. */
function hasFiles({ argv, fs, cwd }: Process): boolean {
  const last = argv.at(-1) ?? '';
  if (argv.length < 3 || last.startsWith('-')) return false;
  return argv[0] !== 'tr' && fs.exists(last.startsWith('/') ? last : `${cwd === '/' ? '' : cwd}/${last}`);
}
