import { normalizePath } from '../containers/file-system';
import { messageOf } from '../errors';
import { moreInput } from './input';
import { readOptions, usage } from './options';
import type { Process, Program } from './process';

/** Writes a file from the start or at its end; tells what went wrong. */
export function writeFile(process: Process, name: string, content: string, append = false): boolean {
  const path = normalizePath(name, process.cwd);
  if (/^\/dev\/(null|stdout|stderr|full)$/.test(path)) {
    if (path === '/dev/stdout') process.stdout(content);
    if (path === '/dev/stderr') process.stderr(content);
    return true;
  }
  try {
    if (!process.fs.isFolder(normalizePath(`${path}/..`))) throw new Error('No such file or directory');
    process.fs.write(path, append ? (process.fs.read(path) ?? '') + content : content);
    return true;
  } catch (error) {
    process.stderr(`${process.argv[0]}: ${name}: ${messageOf(error)}\n`);
    return false;
  }
}

/** `tee [-a] [FILE...]`: passes on what comes as it comes. */
export const tee: Program = function* (process) {
  const options = readOptions(process.argv.slice(1), { flags: 'ai', long: { append: 'a' } });
  if (options.wrong !== undefined) return usage(process, 'tee [-ai] [FILE]...', options.wrong);
  let status = 0;
  const files = options.operands.filter((name) => {
    const fine = writeFile(process, name, '', options.has('a'));
    if (!fine) status = 1;
    return fine;
  });
  for (;;) {
    const text = process.stdin.take();
    if (text !== '') {
      for (const name of files) writeFile(process, name, text, true);
      process.stdout(text);
    }
    if (process.stdin.ended) return status;
    yield moreInput(process.stdin);
  }
};
