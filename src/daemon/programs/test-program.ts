import { normalizePath } from '../containers/file-system';
import { messageOf } from '../errors';
import type { Process, Program } from './process';

/** `test` and `[`: files, strings and numbers, `!`, `-a`, `-o`. */
function evaluate(words: readonly string[], { fs, cwd }: Process): boolean {
  const or = words.lastIndexOf('-o');
  if (or > 0 && words.length > 3)
    return (
      evaluate(words.slice(0, or), { fs, cwd } as Process) || evaluate(words.slice(or + 1), { fs, cwd } as Process)
    );
  const and = words.lastIndexOf('-a');
  if (and > 0 && words.length > 3)
    return (
      evaluate(words.slice(0, and), { fs, cwd } as Process) && evaluate(words.slice(and + 1), { fs, cwd } as Process)
    );
  if (words[0] === '!') return !evaluate(words.slice(1), { fs, cwd } as Process);
  if (words.length === 0) return false;
  if (words.length === 1) return words[0] !== '';
  if (words.length === 2) {
    const path = normalizePath(words[1]!, cwd);
    switch (words[0]) {
      case '-n':
        return words[1] !== '';
      case '-z':
        return words[1] === '';
      case '-d':
        return fs.isFolder(path);
      case '-f':
        return fs.read(path) !== undefined;
      case '-s':
        return (fs.read(path) ?? '') !== '';
      case '-e':
      case '-r':
      case '-w':
      case '-x':
      case '-L':
      case '-S':
        return fs.exists(path);
    }
    throw new Error(`${words[0]}: unknown operand`);
  }
  const [left, operator, right] = words as [string, string, string];
  const numbers = [Number(left), Number(right)] as const;
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '-eq':
      return numbers[0] === numbers[1];
    case '-ne':
      return numbers[0] !== numbers[1];
    case '-lt':
      return numbers[0] < numbers[1];
    case '-le':
      return numbers[0] <= numbers[1];
    case '-gt':
      return numbers[0] > numbers[1];
    case '-ge':
      return numbers[0] >= numbers[1];
  }
  throw new Error(`${operator}: unknown operand`);
}

/** `test` and `[`. */
export const test: Program = (process) => {
  const name = process.argv[0] ?? 'test';
  let words = process.argv.slice(1);
  if (name === '[') {
    if (words.at(-1) !== ']') {
      process.stderr('[: missing ]\n');
      return 2;
    }
    words = words.slice(0, -1);
  }
  try {
    return evaluate(words, process) ? 0 : 1;
  } catch (error) {
    process.stderr(`${name}: ${messageOf(error)}\n`);
    return 2;
  }
};
