import type { Micros } from '../../sim';
import { second, timestamp } from '../../sim';
import { normalizePath } from '../containers/file-system';
import { messageOf } from '../errors';
import type { Process, Program } from './process';
import { forever, sleep } from './process';
import { call, derive } from './shell';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds, or with a unit, as `sleep` takes them; `infinity` for ever; undefined when it is no duration. */
function duration(text: string): Micros | undefined {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * units[match[2] || 's']! * second : undefined;
}

const sleepProgram: Program = function* (process) {
  let total = 0;
  if (process.argv.length < 2) {
    process.stderr('BusyBox multi-call binary.\n\nUsage: sleep [N]...\n');
    return 1;
  }
  for (const argument of process.argv.slice(1)) {
    const part = duration(argument);
    if (part === undefined) {
      process.stderr(`sleep: invalid number '${argument}'\n`);
      return 1;
    }
    total += part;
  }
  // Beyond what the clock can count, it is for ever.
  if (process.sim.now + total > Number.MAX_SAFE_INTEGER) yield forever;
  else yield sleep(process.sim, total);
  return 0;
};

function unescaped(text: string): string {
  return text.replace(/\\(n|t|r|\\|0[0-7]{0,3}|x[0-9a-f]{2})/gi, (_, code: string) => {
    if (code === 'n') return '\n';
    if (code === 't') return '\t';
    if (code === 'r') return '\r';
    if (code === '\\') return '\\';
    return String.fromCharCode(Number.parseInt(code.slice(1) || '0', code[0] === '0' ? 8 : 16));
  });
}

const echo: Program = ({ argv, stdout }) => {
  let words = argv.slice(1);
  let end = '\n';
  let escapes = false;
  while (words[0] !== undefined && /^-[neE]+$/.test(words[0])) {
    if (words[0].includes('n')) end = '';
    if (words[0].includes('e')) escapes = true;
    words = words.slice(1);
  }
  const text = words.join(' ');
  stdout((escapes ? unescaped(text) : text) + end);
  return 0;
};

const printf: Program = ({ argv, stdout }) => {
  const [, format = '', ...values] = argv;
  do {
    stdout(
      unescaped(format).replace(/%(?:%|-?\d*(s|d|i))/g, (all, kind: string | undefined) => {
        if (kind === undefined) return '%';
        const width = /-?\d+/.exec(all)?.[0];
        const value = kind === 's' ? (values.shift() ?? '') : String(Number.parseInt(values.shift() ?? '0', 10) || 0);
        if (!width) return value;
        return width.startsWith('-') ? value.padEnd(-Number(width)) : value.padStart(Number(width));
      }),
    );
  } while (values.length > 0 && /%-?\d*[sdi]/.test(format));
  return 0;
};

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

const test: Program = (process) => {
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

/** All of the input, waiting for its end. */
export function* readAll(process: Process) {
  let text = process.stdin.take();
  while (!process.stdin.ended) {
    yield (resume: () => void) => {
      let live = true;
      process.stdin.onMore(() => {
        if (live) resume();
      });
      return () => {
        live = false;
      };
    };
    text += process.stdin.take();
  }
  return text + process.stdin.take();
}

const cat: Program = function* (process) {
  const files = process.argv.slice(1).filter((name) => !/^-[a-z]/.test(name));
  if (files.length === 0) files.push('-');
  let status = 0;
  for (const file of files) {
    if (file === '-') {
      for (;;) {
        const text = process.stdin.take();
        if (text !== '') process.stdout(text);
        if (process.stdin.ended) break;
        yield (resume) => {
          let live = true;
          process.stdin.onMore(() => {
            if (live) resume();
          });
          return () => {
            live = false;
          };
        };
      }
      continue;
    }
    const path = normalizePath(file, process.cwd);
    const content = path === '/dev/null' ? '' : process.fs.read(path);
    if (content === undefined) {
      process.stderr(
        process.fs.isFolder(path)
          ? `cat: read error: Is a directory\n`
          : `cat: can't open '${file}': No such file or directory\n`,
      );
      status = 1;
    } else process.stdout(content);
  }
  return status;
};

const environment: Program = function* (process) {
  const words = process.argv.slice(1);
  const env = new Map(process.env);
  while (words[0] !== undefined && (words[0].includes('=') || words[0] === '-i')) {
    const word = words.shift()!;
    if (word === '-i') env.clear();
    else env.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
  }
  if (words.length > 0) return yield* call(derive(process, { argv: words, env }), 'env');
  for (const [name, value] of env) process.stdout(`${name}=${value}\n`);
  return 0;
};

const printenv: Program = ({ argv, env, stdout }) => {
  if (argv.length < 2) {
    for (const [name, value] of env) stdout(`${name}=${value}\n`);
    return 0;
  }
  let status = 0;
  for (const name of argv.slice(1)) {
    const value = env.get(name);
    if (value === undefined) status = 1;
    else stdout(`${value}\n`);
  }
  return status;
};

/** Runs something on each path given; errors are told as `name: what 'path': why`. */
function onPaths(
  what: string,
  action: (process: Process, path: string, options: string) => string | undefined,
): Program {
  return (process) => {
    const options = process.argv.filter((word, index) => index > 0 && word.startsWith('-')).join('');
    const paths = process.argv.slice(1).filter((word) => !word.startsWith('-'));
    let status = 0;
    for (const given of paths) {
      let why: string | undefined;
      try {
        why = action(process, normalizePath(given, process.cwd), options);
      } catch (error) {
        why = messageOf(error);
      }
      if (why === undefined) continue;
      process.stderr(`${process.argv[0]}: ${what} '${given}': ${why}\n`);
      status = 1;
    }
    return status;
  };
}

const touch = onPaths("can't create", ({ fs }, path) => {
  if (!fs.exists(path)) fs.write(path, '');
  return undefined;
});

const remove = onPaths("can't remove", ({ fs }, path, options) => {
  if (fs.isFolder(path) && fs.read(path) === undefined && !/r/i.test(options)) return 'Is a directory';
  return fs.remove(path) || options.includes('f') ? undefined : 'No such file or directory';
});

const makeFolder = onPaths("can't create directory", ({ fs }, path, options) => {
  if (fs.exists(path)) return options.includes('p') ? undefined : 'File exists';
  fs.makeFolder(path);
  return undefined;
});

const list: Program = (process) => {
  const paths = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  let status = 0;
  for (const given of paths.length > 0 ? paths : ['.']) {
    const path = normalizePath(given, process.cwd);
    if (process.fs.read(path) !== undefined) process.stdout(`${given}\n`);
    else if (process.fs.isFolder(path))
      process.stdout(
        process.fs
          .list(path)
          .map((name) => `${name}\n`)
          .join(''),
      );
    else {
      process.stderr(`ls: ${given}: No such file or directory\n`);
      status = 1;
    }
  }
  return status;
};

const ends = (first: boolean): Program =>
  function* (process) {
    const words = process.argv.slice(1);
    let count = 10;
    const files: string[] = [];
    let follow = false;
    while (words.length > 0) {
      const word = words.shift()!;
      if (word === '-n' || word === '-c') count = Math.abs(Number(words.shift()));
      else if (/^-n?\d+$/.test(word)) count = Number(word.replace(/^-n?/, ''));
      else if (/^-[fF]$/.test(word)) follow = true;
      else if (!word.startsWith('-')) files.push(word);
    }
    const path = files[0] === undefined ? undefined : normalizePath(files[0], process.cwd);
    const content = path === undefined ? yield* readAll(process) : path === '/dev/null' ? '' : process.fs.read(path);
    if (content === undefined) {
      process.stderr(`${process.argv[0]}: ${files[0]}: No such file or directory\n`);
      return 1;
    }
    const lines = content.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const shown = first ? lines.slice(0, count) : count === 0 ? [] : lines.slice(-count);
    process.stdout(shown.map((line) => `${line}\n`).join(''));
    if (follow) yield forever;
    return 0;
  };

const grep: Program = function* (process) {
  const words = process.argv.slice(1);
  const options = words.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('');
  const [pattern = '', ...files] = words.filter((word) => !/^-[a-zA-Z]+$/.test(word));
  let expression: RegExp;
  try {
    const source = options.includes('F') ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : pattern;
    expression = new RegExp(source, options.includes('i') ? 'i' : '');
  } catch {
    process.stderr(`grep: bad regex '${pattern}'\n`);
    return 2;
  }
  let content = '';
  if (files.length === 0) content = yield* readAll(process);
  for (const file of files) content += process.fs.read(normalizePath(file, process.cwd)) ?? '';
  const lines = content.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const hits = lines.filter((line) => expression.test(line) !== options.includes('v'));
  if (options.includes('c')) process.stdout(`${hits.length}\n`);
  else if (!options.includes('q')) process.stdout(hits.map((line) => `${line}\n`).join(''));
  return hits.length > 0 ? 0 : 1;
};

const wordCount: Program = function* (process) {
  const files = process.argv.slice(1).filter((word) => !word.startsWith('-'));
  const options = process.argv
    .slice(1)
    .filter((word) => word.startsWith('-'))
    .join('');
  const content =
    files[0] === undefined ? yield* readAll(process) : (process.fs.read(normalizePath(files[0], process.cwd)) ?? '');
  const lines = content.split('\n').length - 1;
  if (options.includes('l')) process.stdout(`${lines}\n`);
  else process.stdout(`${lines} ${content.split(/\s+/).filter(Boolean).length} ${content.length}\n`);
  return 0;
};

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Tue Nov 24 14:35:16 UTC 2026`. */
export function dateText(time: Micros, zone = ' UTC'): string {
  const text = timestamp(time);
  const day = weekdays[(Math.floor(time / (86_400 * second)) + 4) % 7];
  return `${day} ${months[Number(text.slice(5, 7)) - 1]} ${text.slice(8, 10).replace(/^0/, ' ')} ${text.slice(11, 19)}${zone} ${text.slice(0, 4)}`;
}

const date: Program = ({ argv, sim, stdout }) => {
  const format = argv[1];
  if (format === '+%s') stdout(`${Math.floor(sim.now / second)}\n`);
  else if (format?.startsWith('+')) {
    const text = timestamp(sim.now);
    const parts: Record<string, string> = {
      Y: text.slice(0, 4),
      m: text.slice(5, 7),
      d: text.slice(8, 10),
      H: text.slice(11, 13),
      M: text.slice(14, 16),
      S: text.slice(17, 19),
      F: text.slice(0, 10),
      T: text.slice(11, 19),
      s: String(Math.floor(sim.now / second)),
    };
    stdout(`${format.slice(1).replace(/%(\w)/g, (all, key: string) => parts[key] ?? all)}\n`);
  } else stdout(`${dateText(sim.now)}\n`);
  return 0;
};

const unameProgram: Program = ({ argv, hostname, stdout }) => {
  const option = argv[1] ?? '-s';
  if (option === '-a') stdout(`Linux ${hostname} 6.8.0 #1 SMP x86_64 Linux\n`);
  else if (option === '-n') stdout(`${hostname}\n`);
  else if (option === '-m') stdout('x86_64\n');
  else if (option === '-r') stdout('6.8.0\n');
  else stdout('Linux\n');
  return 0;
};

const seq: Program = ({ argv, stdout }) => {
  const numbers = argv.slice(1).map(Number);
  const [first, last] = numbers.length > 1 ? [numbers[0]!, numbers.at(-1)!] : [1, numbers[0] ?? 0];
  for (let value = first; value <= last && value - first < 100_000; value++) stdout(`${value}\n`);
  return 0;
};

const identity: Program = ({ argv, user, stdout }) => {
  const root = user === '' || user === 'root' || user === '0';
  if (argv.includes('-u')) stdout(root ? '0\n' : `${/^\d+$/.test(user) ? user : 1000}\n`);
  else stdout(root ? 'uid=0(root) gid=0(root) groups=0(root)\n' : `uid=1000(${user}) gid=1000(${user})\n`);
  return 0;
};

export const basicPrograms: Readonly<Record<string, Program>> = {
  sleep: sleepProgram,
  echo,
  printf,
  true: () => 0,
  false: () => 1,
  test,
  '[': test,
  cat,
  hostname: ({ hostname, stdout }) => {
    stdout(`${hostname}\n`);
    return 0;
  },
  env: environment,
  printenv,
  touch,
  rm: remove,
  mkdir: makeFolder,
  ls: list,
  pwd: ({ cwd, stdout }) => {
    stdout(`${cwd}\n`);
    return 0;
  },
  id: identity,
  whoami: ({ user, stdout }) => {
    stdout(`${user || 'root'}\n`);
    return 0;
  },
  date,
  uname: unameProgram,
  head: ends(true),
  tail: ends(false),
  grep,
  wc: wordCount,
  seq,
  yes: function* ({ sim, stdout }) {
    for (;;) {
      stdout('y\n');
      yield sleep(sim, second);
    }
  },
};
