import { normalizePath } from '../../containers/file-system';
import { messageOf } from '../../errors';
import { matchExpression } from '../library/expression';
import type { Descriptor } from '../pipe';
import { Source } from '../pipe';
import type { Process } from '../process';
import type { Run } from '../run-command';
import { ArithmeticError, Calculator } from './arithmetic';
import { builtins } from './builtins';
import { dispatch, external, runCommand, runSimple } from './commands';
import { Exit, FunctionReturn, Interrupted, LoopControl, ShellFailure } from './control';
import { Expander } from './expand';
import type { Job } from './jobs';
import { inFront, roomToFork, startJob } from './jobs';
import type { LineEditor } from './line-editor';
import { Pace } from './pace';
import { runPipeline } from './pipeline';
import { redirected } from './redirect';
import type { CommandNode, FunctionDefinition, PipelineNode, Redirection, ScriptNode, StatementNode } from './syntax';
import { parseShell, ShellSyntaxError } from './syntax';
import type { Traps } from './traps';
import { pendingTraps } from './traps';
import { OutOfMemory, ReadOnlyError, Variables } from './variables';

/** How deep functions, subshells and substitutions may be in each other. */
const deepest = 100;
/** What one substitution may give. */
const longestCapture = 4 * 1024 ** 2;

/** One shell: its variables, functions and open files, and what it does with a script. */
export class Shell {
  status = 0;
  name: string;
  parameters: readonly string[];
  cwd: string;
  variables: Variables;
  fds: Map<number, Descriptor>;
  functions = new Map<string, FunctionDefinition>();
  aliases = new Map<string, string>();
  options = new Set<string>();
  traps: Traps = new Map();
  /** Signals that came and whose trap has not run yet. */
  signals: number[] = [];
  /** Wakes a `wait` or `read`. */
  wake: (() => void) | undefined;
  jobs: Job[] = [];
  lastJob: Job | undefined;
  interactive = false;
  /** It is bash: braces make words. */
  isBash = false;
  /** Reads what is typed at its terminal. */
  editor: LineEditor | undefined;
  /** Whether Ctrl-C was typed: one for all shells of a process. */
  #interruption = { typed: false };
  /** Where a failure does not end the script: conditions. */
  tolerant = 0;
  depth = 0;
  loops = 0;
  inFunction = 0;
  /** It has only one command to run, which takes its place. */
  leaf = false;
  /** Files of process substitutions, to be taken away after the command. */
  temporary: string[] = [];
  pace = new Pace();
  /** State of `$RANDOM`. */
  #chance = 0;
  readonly calculator: Calculator;
  readonly expander: Expander;

  constructor(
    readonly process: Process,
    name: string,
    parameters: readonly string[],
    from?: Shell,
  ) {
    this.name = name;
    this.parameters = parameters;
    this.cwd = process.cwd;
    this.variables = from?.variables.copy() ?? new Variables(process.env);
    this.fds =
      from?.fds ??
      new Map<number, Descriptor>([
        [0, { source: process.stdin instanceof Source ? process.stdin : new Source(process.stdin) }],
        [1, { write: (text) => process.stdout(text) }],
        [2, { write: (text) => process.stderr(text) }],
      ]);
    this.calculator = new Calculator({
      variable: (variable) => this.parameter(variable),
      element: (variable, key) => this.element(variable, key),
      assign: (variable, key, value) => {
        if (key === undefined) this.variables.set(variable, value);
        else this.variables.setElement(variable, key, value);
      },
      wordText: (source) => this.expander.source(source),
      parse: (text) => {
        const command = parseShell(`((${text}))`).statements[0]?.pipelines[0]?.commands[0];
        if (command?.type !== 'ArithmeticCommand') throw new ArithmeticError('arithmetic syntax error');
        return command.expression;
      },
    });
    this.expander = new Expander(this);
  }

  /** A shell that begins with all of this one, and whose changes stay its own. */
  fork(changes: { readonly process?: Process; readonly fds?: Map<number, Descriptor> } = {}): Shell {
    if (this.depth >= deepest) throw new ShellFailure('maximum nesting level exceeded');
    const child = new Shell(changes.process ?? this.process, this.name, this.parameters, this);
    child.status = this.status;
    child.isBash = this.isBash;
    child.cwd = this.cwd;
    child.fds = new Map(changes.fds ?? this.fds);
    child.functions = new Map(this.functions);
    child.aliases = this.aliases;
    child.options = new Set(this.options);
    child.tolerant = this.tolerant;
    child.depth = this.depth + 1;
    child.inFunction = this.inFunction;
    child.pace = this.pace;
    if (!changes.process) child.#interruption = this.#interruption;
    for (const [name, action] of this.traps) if (action === '') child.traps.set(name, action);
    return child;
  }

  /** A fork for a child of its own; its exit code, told of, where there can be none. */
  child(changes: { readonly process: Process; readonly fds: Map<number, Descriptor> }): Shell | number {
    try {
      return this.fork(changes);
    } catch (error) {
      if (error instanceof ShellFailure) return this.told(error);
      throw error;
    }
  }

  /** Ctrl-C was typed. */
  get interrupted(): boolean {
    return this.#interruption.typed;
  }

  set interrupted(typed: boolean) {
    this.#interruption.typed = typed;
  }

  out(text: string): void {
    const write = this.fds.get(1)?.write;
    if (!write) throw new ShellFailure('write error: Bad file descriptor', 1);
    write(text);
  }

  err(text: string): void {
    this.fds.get(2)?.write?.(text);
  }

  /** Ends the script with a message. */
  fail(message: string, code = 2): never {
    throw new ShellFailure(message, code);
  }

  /** A parameter or variable by name; undefined when it is not set. */
  parameter(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.status);
      case '$':
        return String(this.process.pid);
      case '!':
        return this.lastJob === undefined ? undefined : String(this.lastJob.pid);
      case '#':
        return String(this.parameters.length);
      case '@':
      case '*':
        return this.parameters.join(' ');
      case '0':
        return this.name;
      case '-':
        return this.interactive ? 'i' : '';
      case 'RANDOM':
        return String(this.#draw());
      case 'SECONDS':
        return String(Math.floor(this.process.sim.now / 1_000_000));
      case 'PPID':
        return this.process.pid === 1 ? '0' : '1';
      case 'PWD':
        return this.cwd;
    }
    if (/^\d+$/.test(name)) return this.parameters[Number(name) - 1];
    return this.variables.text(name);
  }

  /** A number below 32768 that follows from when it is asked for, so that a replay gives it again. */
  #draw(): number {
    const seed = this.#chance + Math.floor(this.process.sim.now / 1_000) + this.process.pid * 7_919;
    this.#chance = (((seed % 0x7ffffffe) + 1) * 48_271) % 0x7fffffff;
    return Math.floor(this.#chance / 65_536);
  }

  element(name: string, key: string): string | undefined {
    const value = this.variables.get(name)?.value;
    if (value === undefined) return undefined;
    const index = key.startsWith('-') && typeof value !== 'string' ? String(value.size + Number(key)) : key;
    if (typeof value === 'string') return index === '0' ? value : undefined;
    return value.get(index);
  }

  /** The key that the text between `[` and `]` stands for. */
  *subscript(name: string, text: string): Run<string> {
    if (this.variables.get(name)?.table) return yield* this.expander.source(text.replace(/^(["'])(.*)\1$/, '$2'));
    if (/^\d+$/.test(text)) return text;
    return String(yield* this.calculator.text(yield* this.expander.source(text)));
  }

  stat(name: string) {
    const path = normalizePath(name, this.cwd);
    const found = this.process.fs.stat(path);
    return found && { path, modified: found.modified };
  }

  /** `text =~ expression`, by the library's own engine: it is safe from expressions that never end. */
  *matchExpression(text: string, expression: string): Run<boolean> {
    const groups = matchExpression(text, expression, this.process.sim.now);
    this.variables.set('BASH_REMATCH', new Map((groups ?? []).map((group, index) => [String(index), group])));
    return groups !== undefined;
  }

  // Scripts

  *statements(statements: readonly StatementNode[]): Run {
    for (const statement of statements) {
      yield* this.#statement(statement);
      if (this.interrupted) throw new Interrupted();
    }
    return this.status;
  }

  *#statement(statement: StatementNode): Run {
    if (statement.background) {
      this.#background(statement);
      this.status = 0;
      return 0;
    }
    yield* this.#chain(statement);
    yield* pendingTraps(this);
    return this.status;
  }

  *#chain({ pipelines, operators }: StatementNode): Run {
    for (const [index, pipeline] of pipelines.entries()) {
      const before = index > 0 ? operators[index - 1] : undefined;
      if ((before === '&&' && this.status !== 0) || (before === '||' && this.status === 0)) continue;
      const last = index === pipelines.length - 1;
      if (!last) this.tolerant++;
      try {
        yield* this.#pipeline(pipeline);
      } finally {
        if (!last) this.tolerant--;
      }
      if (last && this.status !== 0 && !pipeline.negated) this.#failed();
    }
    return this.status;
  }

  #failed(): void {
    if (this.options.has('errexit') && this.tolerant === 0) throw new Exit(this.status);
  }

  *#pipeline(pipeline: PipelineNode): Run {
    const { commands, negated } = pipeline;
    const began = this.process.sim.now;
    if (negated) this.tolerant++;
    try {
      this.status = commands.length === 1 ? yield* this.command(commands[0]!) : yield* runPipeline(this, pipeline);
    } finally {
      if (negated) this.tolerant--;
    }
    if (negated) this.status = this.status === 0 ? 1 : 0;
    if (pipeline.timed) {
      const seconds = (this.process.sim.now - began) / 1_000_000;
      const real = `${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s`;
      this.err(`real\t${real}\nuser\t0m 0.00s\nsys\t0m 0.00s\n`);
    }
    return this.status;
  }

  *command(command: CommandNode): Run {
    try {
      return yield* command.type === 'SimpleCommand' ? runSimple(command, this) : runCommand(command, this);
    } catch (error) {
      if (!(error instanceof ShellFailure) || error.code !== 1) throw error;
      this.err(`${this.name}: ${error.message}\n`);
      return 1;
    } finally {
      for (const path of this.temporary.splice(0)) this.process.fs.remove(path);
    }
  }

  /** Runs something with other open files. */
  *redirected<Result>(redirections: readonly Redirection[], run: () => Run<Result>): Run<Result> {
    if (redirections.length === 0) return yield* run();
    const before = this.fds;
    this.fds = yield* redirected(redirections, this);
    try {
      return yield* run();
    } finally {
      this.fds = before;
    }
  }

  #background(statement: StatementNode): void {
    const shell = this.fork();
    const fds = new Map(this.fds);
    if (!this.interactive) fds.delete(0);
    const job = startJob(
      function* (process) {
        // The shell goes on first.
        yield* roomToFork(shell);
        const child = shell.child({ process, fds });
        if (typeof child === 'number') return child;
        const [pipeline] = statement.pipelines;
        child.leaf = statement.pipelines.length === 1 && pipeline?.commands.length === 1;
        return yield* child.whole([{ ...statement, background: false }]);
      },
      this.process,
      {
        argv: [statement.sourceText?.replace(/\s*&\s*$/, '') ?? 'sh'],
        cwd: this.cwd,
        env: this.variables.environment(),
      },
    );
    this.jobs.push(job);
    this.lastJob = job;
  }

  /** Runs what a name stands for. `plain`: functions are passed over. */
  dispatch(argv: readonly string[], plain = false): Run {
    return dispatch(argv, this, plain);
  }

  isBuiltin(name: string): boolean {
    return builtins.has(name);
  }

  /** Runs a program; `takesPlace`: instead of the shell. */
  external(argv: readonly string[], takesPlace: boolean): Run {
    return external(argv, this, takesPlace);
  }

  /** Starts a program in front and waits for its end. */
  *front(start: () => Job): Run {
    const job = start();
    yield* inFront([job], this.process);
    if (this.interrupted) throw new Interrupted();
    return job.code ?? 137;
  }

  /** What the commands of a substitution write. */
  *capture(script: ScriptNode): Run<string> {
    let text = '';
    const fds = new Map(this.fds);
    fds.set(1, {
      write: (more) => {
        text += more;
        if (text.length > longestCapture) throw new OutOfMemory();
      },
    });
    this.status = yield* this.fork({ fds }).whole(script.statements);
    return text;
  }

  /** `$(...)`: without the ends of lines at its end. */
  *substitute(script: ScriptNode): Run<string> {
    const only = script.statements.length === 1 ? script.statements[0]! : undefined;
    const command = only?.pipelines.length === 1 ? only.pipelines[0]!.commands[0] : undefined;
    if (command?.type === 'SimpleCommand' && !command.name && command.redirections[0]?.operator === '<') {
      const fds = yield* redirected(command.redirections, this);
      return (fds.get(0)?.source?.take() ?? '').replace(/\n+$/, '');
    }
    return (yield* this.capture(script)).replace(/\0/g, '').replace(/\n+$/, '');
  }

  /** Runs statements to the end of this shell: with its EXIT trap. Gives the exit code. */
  *whole(statements: readonly StatementNode[]): Run {
    return yield* this.leave(yield* this.guarded(() => this.statements(statements)));
  }

  /** The shell ends with an exit code: its EXIT trap runs, and may give another. */
  *leave(code: number): Run {
    const action = this.traps.get('EXIT');
    if (action) {
      this.traps.delete('EXIT');
      this.status = code;
      const after = yield* this.guarded(() => this.statements(parseShell(action).statements));
      if (this.exited) return after;
    }
    return code;
  }

  /** Whether `exit` was called in what ran last under `guarded`. */
  exited = false;

  /** Runs something; what ends a script becomes its exit code, with its message told. */
  *guarded(run: () => Run): Run {
    this.exited = false;
    try {
      return yield* run();
    } catch (error) {
      if (error instanceof Exit) {
        this.exited = true;
        return error.code;
      }
      return this.told(error);
    }
  }

  /** Tells what went wrong and gives the exit code for it. Throws what is no error of a script. */
  told(error: unknown): number {
    if (error instanceof LoopControl) return 0;
    if (error instanceof FunctionReturn) return error.code;
    if (error instanceof ShellFailure) {
      this.err(`${this.name}: ${error.message}\n`);
      return error.code;
    }
    if (error instanceof ShellSyntaxError || error instanceof ArithmeticError || error instanceof ReadOnlyError) {
      this.err(`${this.name}: ${messageOf(error)}\n`);
      return 2;
    }
    if (error instanceof OutOfMemory) {
      this.process.exhaust?.();
      this.err(`${this.name}: out of memory\n`);
      return 2;
    }
    throw error;
  }
}
