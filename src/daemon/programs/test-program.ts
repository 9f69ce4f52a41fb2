import type { FileSystem } from '../containers/file-system';
import { normalizePath } from '../containers/file-system';
import { messageOf } from '../errors';
import type { Program } from './process';

/** What `test -f` and its like say of a file; undefined for what is no test of files. */
export function testFile(operator: string, name: string, fs: FileSystem, cwd: string): boolean | undefined {
  const path = normalizePath(name, cwd);
  if (name === '') return false;
  const device = /^\/dev\/(null|zero|full|random|urandom|tty|stdin|stdout|stderr)$/.test(path);
  const found = fs.stat(path, operator === '-L' || operator === '-h');
  switch (operator) {
    case '-e':
    case '-a':
      return found !== undefined || device;
    case '-f':
      return found?.kind === 'file';
    case '-d':
      return found?.kind === 'folder';
    case '-s':
      return (found?.size ?? 0) > 0;
    case '-L':
    case '-h':
      return found?.kind === 'link';
    case '-r':
      return found !== undefined || device;
    case '-w':
      return device || (found !== undefined && (found.mode & 0o222) !== 0);
    case '-x':
      return found !== undefined && (found.mode & 0o111) !== 0;
    case '-u':
      return ((found?.mode ?? 0) & 0o4000) !== 0;
    case '-g':
      return ((found?.mode ?? 0) & 0o2000) !== 0;
    case '-k':
      return ((found?.mode ?? 0) & 0o1000) !== 0;
    case '-O':
    case '-G':
      return found !== undefined;
    case '-c':
      return device;
    case '-b':
    case '-p':
    case '-S':
    case '-N':
      return false;
    default:
      return undefined;
  }
}

/** Reads the words of `test` from left to right. */
class Evaluation {
  #at = 0;

  constructor(
    private readonly words: readonly string[],
    private readonly fs: FileSystem,
    private readonly cwd: string,
    private readonly tty: boolean,
  ) {}

  whole(): boolean {
    if (this.words.length === 0) return false;
    const result = this.#or();
    if (this.#at < this.words.length) throw new Error(`${this.words[this.#at]}: unknown operand`);
    return result;
  }

  #or(): boolean {
    let result = this.#and();
    while (this.words[this.#at] === '-o') {
      this.#at++;
      result = this.#and() || result;
    }
    return result;
  }

  #and(): boolean {
    let result = this.#not();
    while (this.words[this.#at] === '-a') {
      this.#at++;
      result = this.#not() && result;
    }
    return result;
  }

  #not(): boolean {
    if (this.words[this.#at] === '!' && this.words.length - this.#at > 1 && !this.#binaryNext()) {
      this.#at++;
      return !this.#not();
    }
    return this.#primary();
  }

  #binaryNext(): boolean {
    return this.words[this.#at + 2] !== undefined && isBinary(this.words[this.#at + 1]);
  }

  #primary(): boolean {
    const word = this.words[this.#at];
    if (word === undefined) throw new Error('argument expected');
    const rest = this.words.length - this.#at;
    if (rest >= 3 && isBinary(this.words[this.#at + 1])) {
      const [left = '', operator = '', right = ''] = this.words.slice(this.#at, this.#at + 3);
      this.#at += 3;
      return this.#compare(left, operator, right);
    }
    if (word === '(' && rest > 1) {
      this.#at++;
      const result = this.#or();
      if (this.words[this.#at] !== ')') throw new Error('closing paren expected');
      this.#at++;
      return result;
    }
    if (/^-[a-zA-Z]$/.test(word) && rest >= 2) {
      const operand = this.words[this.#at + 1]!;
      const result = this.#unary(word, operand);
      if (result !== undefined) {
        this.#at += 2;
        return result;
      }
      if (rest === 2) throw new Error(`${word}: unknown operand`);
    }
    this.#at++;
    return word !== '';
  }

  #unary(operator: string, operand: string): boolean | undefined {
    if (operator === '-n') return operand !== '';
    if (operator === '-z') return operand === '';
    if (operator === '-t') return this.tty;
    return testFile(operator, operand, this.fs, this.cwd);
  }

  #compare(left: string, operator: string, right: string): boolean {
    if (operator === '=' || operator === '==') return left === right;
    if (operator === '!=') return left !== right;
    if (operator === '<') return left < right;
    if (operator === '>') return left > right;
    if (operator === '-nt' || operator === '-ot' || operator === '-ef') {
      const time = (name: string) => this.fs.stat(normalizePath(name, this.cwd))?.modified ?? -1;
      if (operator === '-ef') return normalizePath(left, this.cwd) === normalizePath(right, this.cwd);
      return operator === '-nt' ? time(left) > time(right) : time(left) < time(right);
    }
    const [a, b] = [number(left), number(right)];
    if (operator === '-eq') return a === b;
    if (operator === '-ne') return a !== b;
    if (operator === '-lt') return a < b;
    if (operator === '-le') return a <= b;
    return operator === '-gt' ? a > b : a >= b;
  }
}

function isBinary(word: string | undefined): boolean {
  return /^(=|==|!=|<|>|-(eq|ne|lt|le|gt|ge|nt|ot|ef))$/.test(word ?? '');
}

function number(word: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(word)) throw new Error(`${word}: bad number`);
  return Number(word);
}

/** `test` and `[`: 0 when it holds, 1 when not, 2 when it cannot be read. */
export function evaluateTest(
  name: 'test' | '[',
  given: readonly string[],
  fs: FileSystem,
  cwd: string,
  tty: boolean,
  err: (text: string) => void,
): number {
  let words = given;
  if (name === '[') {
    if (words.at(-1) !== ']') {
      err('sh: missing ]\n');
      return 2;
    }
    words = words.slice(0, -1);
  }
  try {
    return new Evaluation(words, fs, cwd, tty).whole() ? 0 : 1;
  } catch (error) {
    err(`sh: ${messageOf(error)}\n`);
    return 2;
  }
}

/** `test` and `[` as programs. */
export const test: Program = ({ argv: [name, ...words], fs, cwd, tty, stderr }) =>
  evaluateTest(name?.endsWith('[') ? '[' : 'test', words, fs, cwd, tty ?? false, stderr);
