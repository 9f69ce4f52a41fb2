import { millisecond } from '../../sim';
import { normalizePath } from '../containers/file-system';
import { messageOf } from '../errors';
import { moreInput } from './input';
import type { Process, Program, Wait } from './process';
import { sleep, textInput } from './process';
import type { Run } from './run-command';
import { call, derive } from './run-command';
import { builtin, Exit, LoopControl } from './shell-builtins';
import { parseShell } from './shell-parser';
import type { Command, List, Redirect, Word } from './shell-syntax';
import { ShellSyntaxError } from './shell-syntax';
import { toolName } from './table';

/** What one turn of a loop costs, so that a busy loop cannot hold virtual time still. */
const turn = millisecond;

/** The words that a simple command has become: variables and substitutions filled in, unquoted ones split. */
class Shell {
  status = 0;
  readonly parameters: readonly string[];
  readonly name: string;

  constructor(
    readonly process: Process,
    name: string,
    parameters: readonly string[],
  ) {
    this.name = name;
    this.parameters = parameters;
    // Processes derived from this one share its variables, so they must be there before.
    void process.env;
  }

  *list(list: List): Run {
    let skip = false;
    for (const { pipeline, next } of list) {
      if (!skip) {
        if (next === '&') {
          yield* this.#background(pipeline.commands);
        } else {
          const status = yield* this.#pipeline(pipeline.commands, this.process);
          this.status = pipeline.negated ? (status === 0 ? 1 : 0) : status;
        }
      }
      if (next === '&&') skip = this.status !== 0;
      else if (next === '||') skip = this.status === 0;
      else skip = false;
    }
    return this.status;
  }

  /** A command in the background: its output goes on, its end is not awaited. It ends with its container. */
  *#background(commands: readonly Command[]): Run {
    const run = new Shell(this.process, this.name, this.parameters).#pipeline(commands, this.process);
    const step = (): void => {
      if (!this.process.alive) return;
      try {
        const next = run.next();
        if (!next.done) next.value(step);
      } catch (error) {
        if (!(error instanceof Exit)) throw error;
      }
    };
    this.process.sim.after(0, step);
    this.status = 0;
    return 0;
  }

  *#pipeline(commands: readonly Command[], process: Process): Run {
    let status = 0;
    let input: string | undefined;
    for (const [index, command] of commands.entries()) {
      const last = index === commands.length - 1;
      let output = '';
      const changes: Partial<Process> = {
        ...(input === undefined ? {} : { stdin: textInput(input) }),
        ...(last
          ? {}
          : {
              stdout: (text: string) => {
                output += text;
              },
            }),
      };
      status = yield* this.#command(command, Object.keys(changes).length === 0 ? process : derive(process, changes));
      input = output;
    }
    return status;
  }

  *#command(command: Command, process: Process): Run {
    switch (command.kind) {
      case 'simple':
        return yield* this.#simple(command, process);
      case 'group': {
        const inner = new Shell(yield* this.#redirected(process, command.redirects), this.name, this.parameters);
        return yield* inner.list(command.body);
      }
      case 'if': {
        for (const { condition, body } of command.branches) {
          if ((yield* this.#inside(condition, process)) === 0) return yield* this.#inside(body, process);
        }
        return command.otherwise ? yield* this.#inside(command.otherwise, process) : 0;
      }
      case 'while': {
        let status = 0;
        for (;;) {
          const condition = yield* this.#inside(command.condition, process);
          if ((condition === 0) === command.until) return status;
          try {
            status = yield* this.#inside(command.body, process);
          } catch (error) {
            if (!(error instanceof LoopControl)) throw error;
            if (error.how === 'break') return 0;
          }
          yield sleep(process.sim, turn);
        }
      }
      case 'for': {
        let status = 0;
        for (const word of yield* this.#words(command.words)) {
          process.env.set(command.name, word);
          try {
            status = yield* this.#inside(command.body, process);
          } catch (error) {
            if (!(error instanceof LoopControl)) throw error;
            if (error.how === 'break') return 0;
          }
          yield sleep(process.sim, turn);
        }
        return status;
      }
    }
  }

  *#inside(list: List, process: Process): Run {
    if (process === this.process) return yield* this.list(list);
    const inner = new Shell(process, this.name, this.parameters);
    inner.status = this.status;
    return yield* inner.list(list);
  }

  *#simple(command: Extract<Command, { kind: 'simple' }>, outer: Process): Run {
    const argv = yield* this.#words(command.words);
    const assigned: [string, string][] = [];
    for (const { name, value } of command.assignments) assigned.push([name, yield* this.#text(value)]);
    if (argv.length === 0) {
      for (const [name, value] of assigned) outer.env.set(name, value);
      yield* this.#redirected(outer, command.redirects);
      return 0;
    }
    let process: Process;
    try {
      process = yield* this.#redirected(outer, command.redirects);
    } catch (error) {
      outer.stderr(`${this.name}: ${messageOf(error)}\n`);
      return 1;
    }
    const status = yield* builtin(argv, process, this);
    if (status !== undefined) return status;
    return yield* call(derive(process, { argv, env: new Map([...process.env, ...assigned]) }), this.name);
  }

  *#redirected(process: Process, redirects: readonly Redirect[]): Generator<Wait, Process, void> {
    let result = process;
    for (const redirect of redirects) {
      if (redirect.how === 'dup') {
        const target = redirect.to === 1 ? result.stdout.bind(result) : result.stderr.bind(result);
        result = derive(result, redirect.from === 2 ? { stderr: target } : { stdout: target });
        continue;
      }
      const name = yield* this.#text(redirect.word ?? []);
      const path = normalizePath(name, process.cwd);
      if (redirect.how === '<') {
        const content = path === '/dev/null' ? '' : process.fs.read(path);
        if (content === undefined) throw new Error(`can't open ${name}: no such file`);
        result = derive(result, { stdin: textInput(content) });
        continue;
      }
      const writer = fileWriter(process, path, redirect.how === '>>', name);
      result = derive(result, redirect.from === 2 ? { stderr: writer } : { stdout: writer });
    }
    return result;
  }

  *#words(words: readonly Word[]): Generator<Wait, string[], void> {
    const result: string[] = [];
    for (const word of words) {
      let current: string | undefined;
      for (const part of word) {
        const text = yield* this.#part(part);
        if (part.kind === 'text' || part.quoted) {
          if (part.kind === 'variable' && part.name === '@') {
            result.push(...this.parameters);
            continue;
          }
          current = (current ?? '') + text;
          continue;
        }
        const pieces = text.split(/[ \t\n]+/);
        for (const [index, piece] of pieces.entries()) {
          if (index > 0 && current !== undefined) {
            result.push(current);
            current = undefined;
          }
          if (piece !== '') current = (current ?? '') + piece;
        }
      }
      if (current !== undefined) result.push(current);
    }
    return result;
  }

  *#text(word: Word): Generator<Wait, string, void> {
    let text = '';
    for (const part of word) text += yield* this.#part(part);
    return text;
  }

  *#part(part: Word[number]): Generator<Wait, string, void> {
    if (part.kind === 'text') return part.text;
    if (part.kind === 'variable') return this.#variable(part.name) || part.fallback || '';
    let output = '';
    const inner = new Shell(
      derive(this.process, {
        stdout: (text: string) => {
          output += text;
        },
      }),
      this.name,
      this.parameters,
    );
    this.status = yield* catchExit(inner.list(part.list));
    return output.replace(/\n+$/, '');
  }

  #variable(name: string): string {
    if (name === '?') return String(this.status);
    if (name === '$') return '1';
    if (name === '#') return String(this.parameters.length);
    if (name === '@' || name === '*') return this.parameters.join(' ');
    if (name === '0') return this.name;
    if (/^[1-9]$/.test(name)) return this.parameters[Number(name) - 1] ?? '';
    return this.process.env.get(name) ?? '';
  }
}

/** Writes to a file of a redirection: emptied at once, or appended to. Throws the shell's text. */
function fileWriter(process: Process, path: string, append: boolean, name: string): (text: string) => void {
  if (path === '/dev/null') return () => {};
  if (path === '/dev/stdout' || path === '/proc/1/fd/1') return (text) => process.stdout(text);
  if (path === '/dev/stderr' || path === '/proc/1/fd/2') return (text) => process.stderr(text);
  try {
    if (!append || process.fs.read(path) === undefined) process.fs.write(path, '');
  } catch (error) {
    throw new Error(`can't create ${name}: ${messageOf(error)}`);
  }
  return (text) => process.fs.write(path, (process.fs.read(path) ?? '') + text);
}

function* catchExit(run: Run): Run {
  try {
    return yield* run;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof LoopControl) return 0;
    throw error;
  }
}

/** `sh -c LINE [NAME ARGS...]`, `sh FILE`, or `sh` reading its input line by line. */
export const shell: Program = function* (process) {
  const options = process.argv.slice(1);
  const own = toolName(process.argv[0] ?? 'sh');
  let command = false;
  while (options[0] !== undefined && /^-[a-z]+$/i.test(options[0])) {
    if (options[0].includes('c')) command = true;
    options.shift();
  }
  if (command || options[0] !== undefined) {
    let text: string;
    let name = own;
    if (command) {
      text = options.shift() ?? '';
      name = options.shift() ?? own;
    } else {
      const file = options.shift()!;
      const content = process.fs.read(normalizePath(file, process.cwd));
      if (content === undefined) {
        process.stderr(`${own}: can't open '${file}': No such file or directory\n`);
        return 2;
      }
      text = content.startsWith('#!') ? content.slice(content.indexOf('\n') + 1) : content;
      name = file;
    }
    return yield* runText(new Shell(process, name, options), text);
  }
  const interactive = new Shell(process, own, []);
  let pending = '';
  for (;;) {
    pending += process.stdin.take();
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      const line = pending.slice(0, end).replace(/\r$/, '');
      pending = pending.slice(end + 1);
      try {
        yield* runLine(interactive, line);
      } catch (error) {
        if (error instanceof Exit) return error.code;
        throw error;
      }
    }
    if (process.stdin.ended) {
      if (pending !== '') return yield* runText(interactive, pending);
      return interactive.status;
    }
    yield moreInput(process.stdin);
  }
};

function* runText(shell: Shell, text: string): Run {
  return yield* catchExit(runLine(shell, text));
}

function* runLine(shell: Shell, text: string): Run {
  let list: List;
  try {
    list = parseShell(text);
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    shell.process.stderr(`${shell.name}: ${error.message}\n`);
    shell.status = 2;
    return 2;
  }
  try {
    return yield* shell.list(list);
  } catch (error) {
    if (error instanceof LoopControl) return shell.status;
    throw error;
  }
}
