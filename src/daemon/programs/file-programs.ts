import { normalizePath } from '../containers/file-system';
import { messageOf } from '../errors';
import { dd } from './dd';
import { du } from './du';
import { moreInput } from './input';
import { ls } from './ls';
import { df, mount, umount } from './mount';
import type { Process, Program } from './process';
import { stat } from './stat';

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
        yield moreInput(process.stdin);
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

/** Programs that look at files and change them. */
export const filePrograms: Readonly<Record<string, Program>> = {
  cat,
  touch,
  rm: remove,
  mkdir: makeFolder,
  ls,
  stat,
  du,
  dd,
  df,
  mount,
  umount,
};
