import { normalizePath } from '../containers/file-system';
import { readAll } from './input';
import type { Program } from './process';
import { forever } from './process';

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

/** Programs that pass lines of text on. */
export const textPrograms: Readonly<Record<string, Program>> = {
  head: ends(true),
  tail: ends(false),
  grep,
  wc: wordCount,
};
