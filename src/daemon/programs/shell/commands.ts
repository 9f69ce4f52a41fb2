import { normalizePath } from '../../containers/file-system';
import { messageOf } from '../../errors';
import { BrokenPipe } from '../pipe';
import type { Program } from '../process';
import type { Run } from '../run-command';
import { derive } from '../run-command';
import { findProgram } from '../table';
import { builtins } from './builtins';
import { holds } from './conditional';
import { FunctionReturn, Interrupted, LoopControl, ShellFailure } from './control';
import { startJob } from './jobs';
import { fitsPattern } from './pattern';
import { redirected } from './redirect';
import type { Shell } from './shell';
import type {
  Assignment,
  CompoundCommand,
  FunctionDefinition,
  SimpleCommandNode,
  StatementNode,
  WordNode,
} from './syntax';

/** Builtins whose arguments are assignments: these are not split. */
const declarations = new Set(['export', 'local', 'readonly', 'declare', 'typeset', 'alias']);

/** Runs a compound command or defines a function. */
export function* runCommand(command: CompoundCommand | FunctionDefinition, shell: Shell): Run {
  if (command.type === 'FunctionDef') {
    shell.functions.set(command.name, command);
    return 0;
  }
  return yield* shell.redirected(command.redirections, () => compound(command, shell));
}

function* condition(statements: readonly StatementNode[], shell: Shell): Run<boolean> {
  shell.tolerant++;
  try {
    return (yield* shell.statements(statements)) === 0;
  } finally {
    shell.tolerant--;
  }
}

/** One turn of a loop; false when the loop is over. */
function* turn(body: readonly StatementNode[], shell: Shell): Run<boolean> {
  shell.loops++;
  try {
    yield* shell.statements(body);
  } catch (error) {
    if (!(error instanceof LoopControl)) throw error;
    if (error.levels > 1 && shell.loops > 1) {
      error.levels--;
      throw error;
    }
    shell.status = 0;
    if (error.how === 'break') return false;
  } finally {
    shell.loops--;
  }
  yield shell.pace.turn(shell.process.sim);
  if (shell.interrupted) throw new Interrupted();
  return true;
}

function* compound(command: CompoundCommand, shell: Shell): Run {
  switch (command.type) {
    case 'Group':
      return yield* shell.statements(command.body);
    case 'Subshell':
      return yield* shell.fork().whole(command.body);
    case 'If':
      for (const clause of command.clauses)
        if (yield* condition(clause.condition, shell)) return yield* inside(clause.body, shell);
      return command.elseBody ? yield* inside(command.elseBody, shell) : 0;
    case 'While':
    case 'Until': {
      let status = 0;
      const wanted = command.type === 'While';
      while ((yield* condition(command.condition, shell)) === wanted) {
        shell.status = status;
        const goesOn = yield* turn(command.body, shell);
        status = shell.status;
        if (!goesOn) break;
      }
      return status;
    }
    case 'For': {
      const words = command.words ? yield* shell.expander.words(command.words) : [...shell.parameters];
      shell.status = 0;
      for (const word of words) {
        shell.variables.set(command.variable, word);
        if (!(yield* turn(command.body, shell))) break;
      }
      return shell.status;
    }
    case 'CStyleFor': {
      const { calculator } = shell;
      if (command.init) yield* calculator.value(command.init);
      shell.status = 0;
      while (!command.condition || (yield* calculator.value(command.condition)) !== 0n) {
        if (!(yield* turn(command.body, shell))) break;
        if (command.update) yield* calculator.value(command.update);
      }
      return shell.status;
    }
    case 'Case': {
      const text = yield* shell.expander.text(command.word);
      let falls = false;
      shell.status = 0;
      for (const item of command.items) {
        let fits = falls;
        for (const pattern of item.patterns) fits ||= fitsPattern(yield* shell.expander.pattern(pattern), text);
        if (!fits) continue;
        yield* shell.statements(item.body);
        if (item.terminator === ';;') break;
        falls = item.terminator === ';&';
      }
      return shell.status;
    }
    case 'ArithmeticCommand':
      return (yield* shell.calculator.value(command.expression)) === 0n ? 1 : 0;
    case 'ConditionalCommand':
      return (yield* holds(command.expression, shell)) ? 0 : 1;
  }
}

function* inside(body: readonly StatementNode[], shell: Shell): Run {
  shell.status = 0;
  return yield* shell.statements(body);
}

function* assign(assignment: Assignment, shell: Shell): Run<void> {
  const { value, append, array } = assignment;
  const element = /^([A-Za-z_]\w*)\[([\s\S]*)\]$/.exec(assignment.name);
  const name = element?.[1] ?? assignment.name;
  if (array) {
    yield* assignList(name, array, append, shell);
    return;
  }
  const text = yield* shell.expander.text(value);
  if (element) {
    const key = yield* shell.subscript(name, element[2]!);
    shell.variables.setElement(name, key, append ? (shell.element(name, key) ?? '') + text : text);
  } else shell.variables.set(name, append ? (shell.variables.text(name) ?? '') + text : text);
  if (shell.options.has('allexport')) shell.variables.declare(name, { exported: true });
}

function* assignList(name: string, words: readonly WordNode[], append: boolean, shell: Shell): Run<void> {
  const old = shell.variables.get(name)?.value;
  const list = new Map(append && old !== undefined ? (typeof old === 'string' ? [['0', old]] : old) : []);
  let next = append ? list.size : 0;
  for (const word of words) {
    const [first] = word.parts;
    const keyed = first?.type === 'Literal' || first?.type === 'Glob' ? yield* shell.expander.text(word) : '';
    const match = /^\[([^\]]*)\]=([\s\S]*)$/.exec(keyed);
    if (match) {
      const key = yield* shell.subscript(name, match[1]!);
      list.set(key, match[2]!);
      if (/^\d+$/.test(key)) next = Number(key) + 1;
    } else for (const text of yield* shell.expander.words([word])) list.set(String(next++), text);
  }
  shell.variables.set(name, list);
}

/** The words of a command; of `export` and its like, assignments stay whole. */
function* commandWords({ name, args }: SimpleCommandNode, shell: Shell): Run<string[]> {
  const words = name ? yield* shell.expander.words([name]) : [];
  if (!declarations.has(words[0] ?? '')) {
    words.push(...(yield* shell.expander.words(args)));
    return words;
  }
  for (const word of args) {
    const [first] = word.parts;
    if (first?.type === 'Literal' && /^[A-Za-z_]\w*\+?=/.test(first.value))
      words.push(yield* shell.expander.text(word));
    else words.push(...(yield* shell.expander.words([word])));
  }
  return words;
}

/** Runs a command with its assignments and redirections: a function, a builtin or a program. */
export function* runSimple(command: SimpleCommandNode, shell: Shell): Run {
  // A substitution's exit code is that of a command that has no other.
  shell.status = command.name || command.redirections.length > 0 ? shell.status : 0;
  const argv = yield* commandWords(command, shell);
  if (shell.options.has('xtrace')) trace(command, argv, shell);
  if (argv.length === 0) {
    for (const assignment of command.assignments) yield* assign(assignment, shell);
    if (command.redirections.length > 0) yield* redirected(command.redirections, shell);
    return shell.status;
  }
  const expanded = expandAlias(argv, shell);
  const own = shell.functions.get(expanded[0]!) ? undefined : builtins.get(expanded[0]!);
  if (expanded[0] === 'exec' && expanded.length === 1) {
    shell.fds = yield* redirected(command.redirections, shell);
    return 0;
  }
  return yield* shell.redirected(command.redirections, function* () {
    if (command.assignments.length === 0) return yield* dispatch(expanded, shell);
    // Assignments before a command hold for it only.
    const { variables } = shell;
    shell.variables = variables.copy();
    try {
      for (const assignment of command.assignments) {
        yield* assign(assignment, shell);
        shell.variables.declare(assignment.name, { exported: true });
      }
      if (own && expanded[0] !== 'eval' && expanded[0] !== 'read') return yield* dispatch(expanded, shell);
      return yield* dispatch(expanded, shell);
    } finally {
      const changed = shell.variables;
      shell.variables = variables;
      if (own) keepWritten(changed, command, shell);
    }
  });
}

/** What a builtin such as `read` set beside the assignments before it stays. */
function keepWritten(changed: Shell['variables'], { assignments }: SimpleCommandNode, shell: Shell): void {
  const own = new Set(assignments.map(({ name }) => name));
  for (const name of changed.names()) {
    const variable = changed.get(name)!;
    if (!own.has(name) && shell.variables.get(name)?.value !== variable.value && !shell.variables.get(name)?.readonly)
      shell.variables.set(name, variable.value);
  }
}

function expandAlias(argv: string[], shell: Shell): string[] {
  const text = shell.aliases.get(argv[0]!);
  return text === undefined ? argv : [...text.split(/\s+/).filter((word) => word !== ''), ...argv.slice(1)];
}

function trace({ assignments }: SimpleCommandNode, argv: readonly string[], shell: Shell): void {
  const quoted = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  if (argv.length > 0 || assignments.length > 0)
    shell.err(`+ ${[...assignments.map(({ name }) => `${name}=...`), ...quoted].join(' ')}\n`);
}

/** Runs what a name stands for. `plain`: functions are passed over. */
export function* dispatch(argv: readonly string[], shell: Shell, plain = false): Run {
  const name = argv[0]!;
  const defined = plain ? undefined : shell.functions.get(name);
  if (defined) return yield* callFunction(defined, argv, shell);
  const builtin = builtins.get(name);
  if (builtin) {
    try {
      const code = builtin(argv.slice(1), shell);
      return typeof code === 'number' ? code : yield* code;
    } catch (error) {
      if (!(error instanceof Error) || error instanceof BrokenPipe || error instanceof ShellFailure) throw error;
      if (!/space left|Read-only|directory|denied/.test(error.message)) throw error;
      shell.err(`${shell.name}: write error: ${messageOf(error)}\n`);
      return 1;
    }
  }
  return yield* external(argv, shell, false);
}

function* callFunction(definition: FunctionDefinition, argv: readonly string[], shell: Shell): Run {
  if (shell.inFunction >= 100) shell.fail('maximum nesting level exceeded');
  const { parameters, loops } = shell;
  shell.parameters = argv.slice(1);
  shell.variables.enterFunction();
  shell.inFunction++;
  shell.loops = 0;
  try {
    return yield* shell.redirected(definition.redirections, () => runCommand(definition.body, shell));
  } catch (error) {
    if (error instanceof FunctionReturn) return error.code;
    throw error;
  } finally {
    shell.loops = loops;
    shell.inFunction--;
    shell.variables.leaveFunction();
    shell.parameters = parameters;
  }
}

/** Runs a program of the container: 127 with the shell's words when there is none. */
export function* external(argv: readonly string[], shell: Shell, takesPlace: boolean): Run {
  const name = argv[0]!;
  const outer = derive(shell.process, { cwd: shell.cwd, argv, takesPlace, env: shell.variables.environment() });
  const found: Program | 'missing' | 'denied' = findProgram(
    outer,
    name.includes('/') ? normalizePath(name, shell.cwd) : name,
  );
  if (typeof found === 'string') {
    const folder = name.includes('/') && shell.process.fs.isFolder(normalizePath(name, shell.cwd));
    shell.err(`${shell.name}: ${name}: ${found === 'denied' || folder ? 'Permission denied' : 'not found'}\n`);
    return found === 'denied' || folder ? 126 : 127;
  }
  const [input, output, errors] = [shell.fds.get(0), shell.fds.get(1), shell.fds.get(2)];
  const options = {
    argv,
    cwd: shell.cwd,
    env: outer.env,
    ...(input?.source ? { stdin: input.source } : {}),
    stdout: output?.write ?? (() => {}),
    stderr: errors?.write ?? (() => {}),
  };
  if (takesPlace || shell.leaf) {
    if (shell.traps.size === 0) delete shell.process.signals.handler;
    const process = derive(outer, { ...options, ...(input?.source ? {} : { stdin: noStandardInput }) });
    if (shell.leaf) process.processes.rename(process.pid, argv);
    const result = found(process);
    return typeof result === 'number' ? result : yield* result;
  }
  return yield* shell.front(() => startJob(found, outer, options));
}

const noStandardInput = { take: () => '', ended: true, onMore: () => {} };
