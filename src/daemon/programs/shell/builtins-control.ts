import { normalizePath } from '../../containers/file-system';
import { echoed } from '../printf';
import type { Run } from '../run-command';
import { toolName } from '../table';
import { evaluateTest } from '../test-program';
import { Exit, FunctionReturn, LoopControl } from './control';
import type { Job } from './jobs';
import type { Shell } from './shell';
import { parseWhole } from './syntax';
import { hear, pendingTraps, signalName, signalOf } from './traps';

function number(shell: Shell, word: string | undefined, fallback: number): number {
  if (word === undefined) return fallback;
  if (!/^[+-]?\d+$/.test(word)) shell.fail(`Illegal number: ${word}`);
  return Number(word);
}

function* source(words: readonly string[], shell: Shell): Run {
  const [file, ...parameters] = words;
  if (file === undefined) return 2;
  const content = shell.process.fs.read(normalizePath(file, shell.cwd));
  if (content === undefined) shell.fail(`.: line 0: can't open '${file}': No such file or directory`);
  const before = shell.parameters;
  if (parameters.length > 0) shell.parameters = parameters;
  try {
    return yield* shell.statements(parseWhole(content!).statements);
  } catch (error) {
    if (error instanceof FunctionReturn) return error.code;
    throw error;
  } finally {
    shell.parameters = before;
  }
}

function* evaluate(words: readonly string[], shell: Shell): Run {
  const text = words.join(' ');
  if (text.trim() === '') return 0;
  shell.status = 0;
  return yield* shell.statements(parseWhole(text).statements);
}

function place(shell: Shell, name: string): string | undefined {
  if (name.includes('/'))
    return shell.process.fs.exists(normalizePath(name, shell.cwd)) || shell.process.hasTool(toolName(name))
      ? name
      : undefined;
  return shell.process.hasTool(name) ? shell.process.placeOf(name) : undefined;
}

/** `type`, `command -v`: what a name stands for. */
function about(words: readonly string[], shell: Shell, short: boolean): number {
  let status = 0;
  for (const name of words) {
    const alias = shell.aliases.get(name);
    const path = place(shell, name);
    const builtin = shell.isBuiltin(name);
    if (alias !== undefined) shell.out(short ? `alias ${name}='${alias}'\n` : `${name} is an alias for ${alias}\n`);
    else if (shell.functions.has(name)) shell.out(short ? `${name}\n` : `${name} is a function\n`);
    else if (builtin) shell.out(short ? `${name}\n` : `${name} is a shell builtin\n`);
    else if (path !== undefined) shell.out(short ? `${path}\n` : `${name} is ${path}\n`);
    else {
      if (!short) shell.err(`${name}: not found\n`);
      status = 127;
    }
  }
  return status;
}

function* command(words: readonly string[], shell: Shell): Run {
  const [option, ...rest] = words;
  if (option === '-v') return about(rest, shell, true);
  if (option === '-V') return about(rest, shell, false);
  const plain = option === '-p' || option === '--' ? rest : words;
  return plain.length === 0 ? 0 : yield* shell.dispatch(plain, true);
}

function jobOf(shell: Shell, word: string): Job | undefined {
  if (word.startsWith('%')) return shell.jobs[Number(word.slice(1)) - 1] ?? shell.jobs.at(-1);
  return shell.jobs.find(({ pid }) => pid === Number(word));
}

/** Waits for children; a signal with a trap ends the waiting with 128 and its number. */
function* wait(words: readonly string[], shell: Shell): Run {
  const wanted = words.filter((word) => !word.startsWith('-'));
  const jobs = wanted.length === 0 ? [...shell.jobs] : wanted.map((word) => jobOf(shell, word));
  let status = 0;
  for (const job of jobs) {
    if (!job) {
      status = 127;
      continue;
    }
    while (job.code === undefined) {
      yield (resume) => {
        shell.wake = resume;
        job.listeners.push(resume);
        return () => {
          shell.wake = undefined;
        };
      };
      shell.wake = undefined;
      if (shell.interrupted) return 130;
      const signal = shell.signals[0];
      if (signal !== undefined && job.code === undefined) {
        yield* pendingTraps(shell);
        return 128 + signal;
      }
    }
    status = job.code;
    shell.jobs = shell.jobs.filter((one) => one !== job);
  }
  return wanted.length === 0 ? 0 : status;
}

function* kill(words: readonly string[], shell: Shell): Run {
  let signal = 15;
  const targets = [...words];
  if (targets[0] === '-l') {
    shell.out(`${Array.from({ length: 31 }, (_, index) => signalName(index + 1)).join(' ')}\n`);
    return 0;
  }
  if (targets[0] === '-s') {
    targets.shift();
    signal = signalOf(targets.shift() ?? '') ?? 15;
  } else if (/^-\w+$/.test(targets[0] ?? '')) {
    const word = targets.shift()!.slice(1);
    const found = signalOf(word);
    if (found === undefined) {
      shell.err(`${shell.name}: bad signal name '${word}'\n`);
      return 1;
    }
    signal = found;
  }
  if (targets.length === 0) {
    shell.err(`${shell.name}: you need to specify whom to kill\n`);
    return 1;
  }
  let status = 0;
  for (const word of targets) {
    const pid = word.startsWith('%') ? jobOf(shell, word)?.pid : Number(word);
    if (pid === shell.process.pid && hear(shell, signal)) continue;
    if (pid === shell.process.pid && signal !== 0 && pid !== 1) throw new Exit(128 + signal);
    const entry = pid === undefined ? undefined : shell.process.processes.get(pid);
    if (!entry) {
      shell.err(`${shell.name}: can't kill pid ${word}: No such process\n`);
      status = 1;
    } else if (signal !== 0) entry.signal(signal);
  }
  return status;
}

function trap(words: readonly string[], shell: Shell): number {
  const [action, ...conditions] = words;
  if (action === undefined) {
    for (const [name, text] of shell.traps) shell.out(`trap -- '${text}' ${name}\n`);
    return 0;
  }
  const names = conditions.length === 0 ? [action] : conditions;
  let status = 0;
  for (const word of names) {
    const signal = signalOf(word);
    if (signal === undefined) {
      shell.err(`${shell.name}: trap: ${word}: invalid signal specification\n`);
      status = 1;
    } else if (conditions.length === 0 || action === '-') shell.traps.delete(signalName(signal));
    else shell.traps.set(signalName(signal), action);
  }
  return status;
}

/** The shell's commands that steer what runs. */
export const controlBuiltins: Readonly<Record<string, (words: readonly string[], shell: Shell) => Run | number>> = {
  ':'() {
    return 0;
  },
  true() {
    return 0;
  },
  false() {
    return 1;
  },
  exit([word], shell) {
    throw new Exit(number(shell, word, shell.status) & 255);
  },
  return([word], shell) {
    throw new FunctionReturn(number(shell, word, shell.status) & 255);
  },
  break([word], shell) {
    if (shell.loops === 0) return 0;
    throw new LoopControl('break', number(shell, word, 1));
  },
  continue([word], shell) {
    if (shell.loops === 0) return 0;
    throw new LoopControl('continue', number(shell, word, 1));
  },
  *exec(words, shell) {
    throw new Exit(yield* shell.external(words[0] === '--' ? words.slice(1) : words, true));
  },
  eval: evaluate,
  '.': source,
  source,
  command,
  *builtin(words, shell) {
    return words.length === 0 ? 0 : yield* shell.dispatch(words, true);
  },
  type(words, shell) {
    return about(words, shell, false);
  },
  hash() {
    return 0;
  },
  wait,
  kill,
  trap,
  *jobs(_, shell) {
    shell.jobs = shell.jobs.filter(({ code }) => code === undefined);
    for (const [index, { text }] of shell.jobs.entries())
      shell.out(`[${index + 1}]+  Running                    ${text}\n`);
    return 0;
  },
  *fg([word], shell) {
    const job = word === undefined ? shell.jobs.at(-1) : jobOf(shell, word);
    if (!job) {
      shell.err(`${shell.name}: fg: no current job\n`);
      return 1;
    }
    shell.out(`${job.text}\n`);
    return yield* wait([String(job.pid)], shell);
  },
  bg() {
    return 0;
  },
  *cd(words, shell) {
    const [word] = words.filter((one) => !/^-[LP]$/.test(one));
    const named = word === '-' ? shell.variables.text('OLDPWD') : (word ?? shell.variables.text('HOME') ?? '/');
    const target = normalizePath(named ?? '', shell.cwd);
    if (named === undefined || !shell.process.fs.isFolder(target)) {
      const why =
        named !== undefined && shell.process.fs.exists(target) ? 'Not a directory' : 'No such file or directory';
      shell.err(`${shell.name}: cd: line 0: can't cd to ${word}: ${why}\n`);
      return 2;
    }
    if (word === '-') shell.out(`${target}\n`);
    shell.variables.set('OLDPWD', shell.cwd);
    shell.variables.set('PWD', target);
    shell.cwd = target;
    return 0;
  },
  pwd(_, shell) {
    shell.out(`${shell.cwd}\n`);
    return 0;
  },
  echo(words, shell) {
    shell.out(echoed(words));
    return 0;
  },
  *test(words, shell) {
    return evaluateTest('test', words, shell.process.fs, shell.cwd, shell.process.tty ?? false, (text) =>
      shell.err(text),
    );
  },
  *'['(words, shell) {
    return evaluateTest('[', words, shell.process.fs, shell.cwd, shell.process.tty ?? false, (text) => shell.err(text));
  },
  umask([word], shell) {
    if (word === undefined) shell.out('0022\n');
    return 0;
  },
  ulimit(words, shell) {
    if (words.length <= 1) shell.out(words[0] === '-n' ? '1048576\n' : 'unlimited\n');
    return 0;
  },
  times(_, shell) {
    shell.out('0m0.00s 0m0.00s\n0m0.00s 0m0.00s\n');
    return 0;
  },
};
