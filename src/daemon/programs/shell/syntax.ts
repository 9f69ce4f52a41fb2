import type { CommandNode, ScriptNode, SimpleCommandNode, WordNode } from 'just-bash';
import { messageOf } from '../../errors';
import { parseWithLibrary } from '../library/library';

export type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode } from 'just-bash';
export type WordPart = WordNode['parts'][number];
export type Assignment = SimpleCommandNode['assignments'][number];
export type Redirection = SimpleCommandNode['redirections'][number];
export type CompoundCommand = Exclude<CommandNode, { type: 'SimpleCommand' | 'FunctionDef' }>;
export type FunctionDefinition = Extract<CommandNode, { type: 'FunctionDef' }>;
export type Arithmetic = Extract<CommandNode, { type: 'ArithmeticCommand' }>['expression'];
export type ArithmeticTerm = Arithmetic['expression'];
export type Condition = Extract<CommandNode, { type: 'ConditionalCommand' }>['expression'];
export type Parameter = Extract<WordPart, { type: 'ParameterExpansion' }>;

/** A script that cannot be read, in the words of BusyBox's shell. */
export class ShellSyntaxError extends Error {
  /** `incomplete`: more lines may make it whole. */
  constructor(
    message: string,
    readonly incomplete: boolean,
  ) {
    super(message);
  }
}

const endOfFile = 'syntax error: unexpected end of file';
const remembered = 500;
const trees = new Map<string, ScriptNode>();

/** Scripts are read once: the trees of the last ones are kept. Throws `ShellSyntaxError`. */
export function parseShell(text: string): ScriptNode {
  let tree = trees.get(text);
  if (tree) return tree;
  tree = read(text);
  const [oldest] = trees.keys();
  if (trees.size >= remembered && oldest !== undefined) trees.delete(oldest);
  trees.set(text, tree);
  return tree;
}

function read(text: string): ScriptNode {
  let tree: ScriptNode;
  try {
    tree = parseWithLibrary(text);
  } catch (error) {
    throw translated(error, text);
  }
  // The parser lets a line end in an operator.
  const lastLine = text.trimEnd().split('\n').at(-1) ?? '';
  if (/(?<!\\)(?:&&|\|)$/.test(lastLine) && !/(?:^|\s)#/.test(lastLine)) throw new ShellSyntaxError(endOfFile, true);
  for (const statement of tree.statements) {
    const { deferredError } = statement as { deferredError?: { token: string } };
    if (deferredError) throw new ShellSyntaxError(`syntax error: unexpected "${deferredError.token}"`, false);
  }
  return tree;
}

function translated(error: unknown, text: string): ShellSyntaxError {
  const message = messageOf(error);
  if (/unterminated here-document/.test(message)) return new ShellSyntaxError('unterminated here-document', true);
  const { token } = error as { token?: { type: string; value: string } };
  const quote = /looking for matching [`'](.)'$/.exec(message)?.[1];
  if (quote === '"' || quote === "'") return new ShellSyntaxError('syntax error: unterminated quoted string', true);
  if (/bad substitution/.test(message)) return new ShellSyntaxError('syntax error: bad substitution', false);
  if (quote !== undefined || token?.type === 'EOF') {
    if (/redirection target/.test(message)) return new ShellSyntaxError('syntax error: unexpected newline', false);
    return new ShellSyntaxError(endOfFile, true);
  }
  if (token?.type === 'NEWLINE') return new ShellSyntaxError('syntax error: unexpected newline', false);
  if (token) return new ShellSyntaxError(`syntax error: unexpected "${token.value}"`, false);
  return new ShellSyntaxError(text.length > 1_000_000 ? 'syntax error: script too long' : 'syntax error', false);
}

/** A script without the end of its here-document is read as if its end were there. */
export function parseWhole(text: string): ScriptNode {
  try {
    return parseShell(text);
  } catch (error) {
    const delimiter = [...text.matchAll(/<<-?[ \t]*\\?(["']?)([^\s"'<>|&;()]+)\1/g)].at(-1)?.[2];
    if (!(error instanceof ShellSyntaxError) || error.message !== 'unterminated here-document' || !delimiter)
      throw error;
    try {
      return parseShell(`${text.replace(/\n?$/, '\n')}${delimiter}\n`);
    } catch {
      throw new ShellSyntaxError(endOfFile, false);
    }
  }
}
