import { normalizePath } from '../../containers/file-system';
import type { Source } from '../pipe';
import type { Process, Program } from '../process';
import type { Run } from '../run-command';
import { toolName } from '../table';
import { nextLine } from './builtins-read';
import { setOptions } from './builtins-variables';
import { completion } from './completion';
import { Exit, FunctionReturn, Interrupted, LoopControl, ShellFailure } from './control';
import { LineEditor } from './line-editor';
import { Shell } from './shell';
import type { ScriptNode } from './syntax';
import { parseShell, parseWhole, ShellSyntaxError } from './syntax';
import { hear, pendingTraps } from './traps';

/** Signals that an interactive shell does not mind. */
const minded = new Set([3, 15, 20, 21, 22]);

function listen(shell: Shell): void {
  shell.process.signals.handler = (number) => {
    if (hear(shell, number)) return true;
    if (!shell.interactive) return false;
    if (number === 2) {
      shell.interrupted = true;
      shell.wake?.();
      return true;
    }
    return minded.has(number);
  };
}

function prompt(shell: Shell, continued: boolean): string {
  const text = continued ? (shell.variables.text('PS2') ?? '> ') : (shell.variables.text('PS1') ?? usualPrompt(shell));
  const home = shell.variables.text('HOME') ?? '/root';
  const folder =
    shell.cwd === home ? '~' : shell.cwd.startsWith(`${home}/`) ? `~${shell.cwd.slice(home.length)}` : shell.cwd;
  const root = shell.process.user === '' || /^(root|0)(:|$)/.test(shell.process.user);
  const parts: Readonly<Record<string, string>> = {
    w: folder,
    W: folder.slice(folder.lastIndexOf('/') + 1) || '/',
    h: shell.process.hostname.split('.')[0]!,
    H: shell.process.hostname,
    u: shell.process.user || 'root',
    $: root ? '#' : '$',
    n: '\n',
  };
  return text.replace(/\\([wWhHu$n])/g, (_, key: string) => parts[key] ?? '');
}

function usualPrompt(shell: Shell): string {
  if (shell.name === 'bash') return '\\u@\\h:\\w\\$ ';
  return shell.name === 'dash' || shell.process.fs.read('/etc/debian_version') !== undefined ? '\\$ ' : '\\w \\$ ';
}

/** Runs one script that was read; gives its exit code when it ends the shell. */
function* runTree(shell: Shell, tree: ScriptNode): Run<number | undefined> {
  try {
    yield* shell.statements(tree.statements);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof Interrupted) {
      shell.err('\n');
      shell.status = 130;
      return undefined;
    }
    shell.status = shell.told(error);
    const ends = !(error instanceof LoopControl || error instanceof FunctionReturn);
    if (ends && !shell.interactive) return shell.status;
  }
  return undefined;
}

/** The next line of the input: at a terminal behind a prompt and with an editor. Empty or undefined at the end. */
function* typedLine(shell: Shell, source: Source, continued: boolean): Run<string | undefined> {
  const { editor } = shell;
  if (!editor) {
    if (shell.interactive) shell.err(prompt(shell, continued));
    return yield* nextLine(source, shell, Number.POSITIVE_INFINITY);
  }
  const typed = yield* editor.line(prompt(shell, continued));
  if (typed === 'interrupted') shell.interrupted = true;
  return typeof typed === 'string' ? undefined : typed.line;
}

/** Reads its input line by line, and runs each command as soon as it is whole. */
function* fromInput(shell: Shell): Run {
  const source = shell.fds.get(0)?.source;
  const { terminal } = shell.process;
  if (shell.interactive && terminal && source) shell.editor = new LineEditor(terminal, source, completion(shell));
  let text = '';
  while (source) {
    const line = yield* typedLine(shell, source, text !== '');
    if (shell.interrupted) {
      shell.interrupted = false;
      shell.status = 130;
      text = '';
      continue;
    }
    const over = line === undefined || line === '';
    text += (line ?? '').replace(/\r\n$/, '\n');
    if (text.trim() === '') {
      if (over) break;
      text = '';
      continue;
    }
    let tree: ScriptNode;
    try {
      tree = over ? parseWhole(text) : parseShell(text.replace(/\n$/, ''));
      if (/\\\n$/.test(text) && !over) continue;
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      if (error.incomplete && !over) continue;
      shell.err(`${shell.name}: ${error.message}\n`);
      shell.status = 2;
      text = '';
      if (!shell.interactive || over) return 2;
      continue;
    }
    text = '';
    const code = yield* runTree(shell, tree);
    shell.interrupted = false;
    if (code !== undefined) return code;
    if (over) break;
  }
  return shell.status;
}

function* fromText(shell: Shell, text: string): Run {
  let tree: ScriptNode;
  try {
    tree = parseWhole(text);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    shell.err(`${shell.name}: ${error.message}\n`);
    return 2;
  }
  const [statement] = tree.statements;
  const [pipeline] = statement?.pipelines ?? [];
  const [command] = pipeline?.commands ?? [];
  // The only command takes the shell's place.
  shell.leaf =
    tree.statements.length === 1 &&
    statement?.pipelines.length === 1 &&
    !statement.background &&
    pipeline?.commands.length === 1 &&
    command?.type === 'SimpleCommand' &&
    shell.process.pid !== 1;
  return yield* shell.guarded(() => shell.statements(tree.statements));
}

interface Invocation {
  readonly options: readonly string[];
  readonly command: string | undefined;
  readonly rest: readonly string[];
  readonly interactive: boolean;
}

function read(argv: readonly string[]): Invocation {
  const words = argv.slice(1);
  const options: string[] = [];
  let [command, interactive] = [false, false];
  while (words[0] !== undefined && /^[-+]./.test(words[0])) {
    const word = words.shift()!;
    if (word === '--') break;
    if (word.startsWith('--')) continue;
    if (word.startsWith('-') && word.includes('c')) command = true;
    if (word.startsWith('-') && word.includes('i')) interactive = true;
    const plain = word.replace(/[cils]/g, '');
    if (plain.length > 1) options.push(plain);
    if (plain.endsWith('o') && words.length > 0) options.push(words.shift()!);
  }
  return { options, command: command ? (words.shift() ?? '') : undefined, rest: words, interactive };
}

/** `sh -c LINE [NAME ARGS...]`, `sh FILE ARGS...`, or `sh` reading its input. */
export const shellProgram: Program = function* (process: Process): Run {
  const own = toolName(process.argv[0] ?? 'sh');
  const { options, command, rest, interactive } = read(process.argv);
  const [first, ...others] = rest;
  if (command !== undefined) {
    const shell = new Shell(process, first ?? own, others);
    return yield* lived(shell, options, () => fromText(shell, command));
  }
  if (first !== undefined) {
    const path = normalizePath(first, process.cwd);
    const content = process.fs.read(path) ?? (first.includes('/') ? undefined : process.fs.read(`/usr/bin/${first}`));
    if (content === undefined) {
      process.stderr(`${own}: can't open '${first}': No such file or directory\n`);
      return 2;
    }
    const shell = new Shell(process, first, others);
    return yield* lived(shell, options, () => fromText(shell, content));
  }
  const shell = new Shell(process, own, []);
  shell.interactive = process.tty === true || interactive;
  return yield* lived(shell, options, () => fromInput(shell));
};

function* lived(shell: Shell, options: readonly string[], run: () => Run): Run {
  shell.isBash = toolName(shell.process.argv[0] ?? '') === 'bash';
  if (!setOptions(options, shell)) {
    shell.err(`${shell.name}: illegal option ${options.join(' ')}\n`);
    return 2;
  }
  listen(shell);
  try {
    const code = yield* run();
    yield* pendingTraps(shell);
    return yield* shell.leave(code);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof ShellFailure) return shell.told(error);
    throw error;
  }
}
