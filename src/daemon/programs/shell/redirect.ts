import { normalizePath } from '../../containers/file-system';
import { messageOf } from '../../errors';
import type { Descriptor } from '../pipe';
import { Source } from '../pipe';
import type { Process } from '../process';
import { noInput, textInput } from '../process';
import type { Run } from '../run-command';
import { ShellFailure } from './control';
import type { Shell } from './shell';
import type { Redirection } from './syntax';

const largest = 16 * 1024 ** 2;

function devices(path: string, process: Process, fds: ReadonlyMap<number, Descriptor>): Descriptor | undefined {
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1];
  if (number !== undefined && fds.has(Number(number))) return fds.get(Number(number));
  switch (path) {
    case '/dev/null':
      return { source: new Source(noInput), write: () => {} };
    case '/dev/zero':
    case '/dev/full':
      return { source: new Source(textInput('\0'.repeat(4_096))), write: () => {} };
    case '/dev/stdin':
      return fds.get(0);
    case '/dev/stdout':
      return fds.get(1);
    case '/dev/stderr':
      return fds.get(2);
    case '/dev/tty':
    case '/dev/console':
      return process.tty ? { write: (text) => process.stdout(text) } : undefined;
    case '/proc/1/fd/1':
      return { write: (text) => process.toFirst?.('stdout', text) };
    case '/proc/1/fd/2':
      return { write: (text) => process.toFirst?.('stderr', text) };
    default:
      return undefined;
  }
}

/** Opens a file for a redirection. Throws what the shell says when it cannot. */
function open(
  name: string,
  how: 'read' | 'write' | 'append',
  shell: Shell,
  fds: ReadonlyMap<number, Descriptor>,
): Descriptor {
  const { process } = shell;
  const path = normalizePath(name, shell.cwd);
  const device = devices(path, process, fds);
  if (device) return device;
  const content = process.fs.read(path);
  if (how === 'read') {
    if (content === undefined && !process.fs.isFolder(path))
      throw new ShellFailure(`can't open ${name}: no such file`, 1);
    return { source: new Source(textInput(content ?? '')) };
  }
  try {
    if (name === '' || !process.fs.isFolder(path.slice(0, path.lastIndexOf('/')) || '/'))
      throw new Error('nonexistent directory');
    process.fs.write(path, how === 'write' ? '' : (content ?? ''));
  } catch (error) {
    throw new ShellFailure(`can't create ${name}: ${messageOf(error)}`, 1);
  }
  return {
    write: (text) => {
      const old = process.fs.read(path) ?? '';
      if (old.length + text.length > largest) throw new Error('No space left on device');
      process.fs.write(path, old + text);
    },
  };
}

function copied(target: string, fds: ReadonlyMap<number, Descriptor>): Descriptor {
  const found = fds.get(Number(target));
  if (!found) throw new ShellFailure(`dup2(${target}): Bad file descriptor`, 2);
  return found;
}

/** The open files after some redirections. */
export function* redirected(redirections: readonly Redirection[], shell: Shell): Run<Map<number, Descriptor>> {
  const fds = new Map(shell.fds);
  for (const { operator, target, fd } of redirections) {
    if (target.type === 'HereDoc') {
      let text = yield* shell.expander.text(target.content);
      if (target.stripTabs && target.quoted) text = text.replace(/^\t+/gm, '');
      fds.set(fd ?? 0, { source: new Source(textInput(text)) });
      continue;
    }
    const name = yield* shell.expander.text(target);
    switch (operator) {
      case '<':
      case '<>':
        fds.set(fd ?? 0, open(name, 'read', shell, fds));
        break;
      case '<<<':
        fds.set(fd ?? 0, { source: new Source(textInput(`${name}\n`)) });
        break;
      case '>':
      case '>|':
        if (
          operator === '>' &&
          shell.options.has('noclobber') &&
          shell.process.fs.exists(normalizePath(name, shell.cwd))
        )
          throw new ShellFailure(`can't create ${name}: File exists`, 1);
        fds.set(fd ?? 1, open(name, 'write', shell, fds));
        break;
      case '>>':
        fds.set(fd ?? 1, open(name, 'append', shell, fds));
        break;
      case '>&':
      case '<&':
        if (name === '-') fds.delete(fd ?? (operator === '<&' ? 0 : 1));
        else if (/^\d+$/.test(name)) fds.set(fd ?? (operator === '<&' ? 0 : 1), copied(name, fds));
        else if (operator === '>&') {
          const file = open(name, 'write', shell, fds);
          fds.set(1, file);
          fds.set(2, file);
        } else throw new ShellFailure(`${name}: ambiguous redirect`);
        break;
      case '&>':
      case '&>>': {
        const file = open(name, operator === '&>' ? 'write' : 'append', shell, fds);
        fds.set(1, file);
        fds.set(2, file);
        break;
      }
    }
  }
  return fds;
}
