import type { IFileSystem } from 'just-bash';
import type { FileSystem } from '../../containers/file-system';
import { normalizePath } from '../../containers/file-system';
import { messageOf } from '../../errors';
import { OwnPromise } from './own-promise';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Stat = Awaited<ReturnType<IFileSystem['stat']>>;
type Content = Parameters<IFileSystem['writeFile']>[1];

function errno(code: string, text: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${text}, '${path}'`), { code });
}

function missing(path: string): Error {
  return errno('ENOENT', 'no such file or directory', path);
}

function textOf(content: Content): string {
  return typeof content === 'string' ? content : decoder.decode(content);
}

/** Runs something at once, as a promise. */
function promised<Result>(run: () => Result): Promise<Result> {
  return new OwnPromise<Result>((resolve) => resolve(run())) as unknown as Promise<Result>;
}

/** The files of a container as the library sees them; `/usr/bin` has the library's own commands. */
export class LibraryFiles implements IFileSystem {
  /** Those of the process that runs now. */
  target!: FileSystem;

  constructor(private readonly commands: ReadonlySet<string>) {}

  readFile: IFileSystem['readFile'] = (path) => promised(() => this.#read(path));

  readFileBuffer(path: string): Promise<Uint8Array> {
    return promised(() => encoder.encode(this.#read(path)));
  }

  writeFile: IFileSystem['writeFile'] = (path, content) => promised(() => this.#write(path, textOf(content)));

  appendFile: IFileSystem['appendFile'] = (path, content) =>
    promised(() => this.#write(path, (this.target.read(path) ?? '') + textOf(content)));

  exists(path: string): Promise<boolean> {
    return promised(() => this.#isCommand(path) || this.target.exists(path));
  }

  stat(path: string): Promise<Stat> {
    return promised(() => this.#stat(path, false));
  }

  lstat(path: string): Promise<Stat> {
    return promised(() => this.#stat(path, true));
  }

  mkdir(path: string, options?: { recursive?: boolean }): Promise<void> {
    return promised(() => {
      if (this.target.exists(path)) {
        if (options?.recursive) return;
        throw errno('EEXIST', 'file already exists', path);
      }
      const parent = normalizePath(`${path}/..`);
      if (!options?.recursive && !this.target.isFolder(parent)) throw missing(path);
      this.#change(path, () => this.target.makeFolder(path));
    });
  }

  readdir(path: string): Promise<string[]> {
    return promised(() => {
      if (!this.target.isFolder(path)) {
        if (this.target.exists(path)) throw errno('ENOTDIR', 'not a directory', path);
        throw missing(path);
      }
      return this.target.list(path);
    });
  }

  rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void> {
    return promised(() => {
      if (!this.target.stat(path, true)) {
        if (options?.force) return;
        throw missing(path);
      }
      if (!options?.recursive && this.target.isFolder(path) && this.target.list(path).length > 0)
        throw errno('ENOTEMPTY', 'directory not empty', path);
      this.#change(path, () => this.target.remove(path));
    });
  }

  cp(from: string, to: string, options?: { recursive?: boolean }): Promise<void> {
    return promised(() => this.#copy(from, to, options?.recursive ?? false));
  }

  mv(from: string, to: string): Promise<void> {
    return promised(() => {
      this.#copy(from, to, true);
      this.#change(from, () => this.target.remove(from));
    });
  }

  resolvePath(base: string, path: string): string {
    return normalizePath(path, base);
  }

  getAllPaths(): string[] {
    const all: string[] = [];
    const visit = (folder: string): void => {
      for (const name of this.target.list(folder)) {
        const path = folder === '/' ? `/${name}` : `${folder}/${name}`;
        all.push(path);
        if (all.length < 20_000 && this.target.isFolder(path) && this.target.readLink(path) === undefined) visit(path);
      }
    };
    visit('/');
    return all;
  }

  chmod(path: string, mode: number): Promise<void> {
    return promised(() => {
      if (!this.target.exists(path)) throw missing(path);
      this.#change(path, () => this.target.change(path, { mode: mode & 0o7777 }));
    });
  }

  symlink(target: string, path: string): Promise<void> {
    return promised(() => {
      if (this.target.stat(path, true)) throw errno('EEXIST', 'file already exists', path);
      this.#change(path, () => this.target.link(path, target));
    });
  }

  link(from: string, path: string): Promise<void> {
    return promised(() => this.#write(path, this.#read(from)));
  }

  readlink(path: string): Promise<string> {
    return promised(() => {
      const target = this.target.readLink(path);
      if (target === undefined) throw errno('EINVAL', 'invalid argument', path);
      return target;
    });
  }

  realpath(path: string): Promise<string> {
    return promised(() => {
      if (!this.#isCommand(path) && !this.target.exists(path)) throw missing(path);
      return this.#isCommand(path) ? path : this.target.resolve(normalizePath(path));
    });
  }

  utimes(path: string, _: Date, modified: Date): Promise<void> {
    return promised(() => this.#change(path, () => this.target.change(path, { modified: modified.getTime() * 1_000 })));
  }

  #isCommand(path: string): boolean {
    return path.startsWith('/usr/bin/') && this.commands.has(path.slice(9));
  }

  #read(path: string): string {
    const content = path === '/dev/null' ? '' : this.target.read(path);
    if (content !== undefined) return content;
    throw this.target.isFolder(path) ? errno('EISDIR', 'illegal operation on a directory', path) : missing(path);
  }

  #write(path: string, content: string): void {
    if (path === '/dev/null') return;
    if (!this.target.isFolder(normalizePath(`${path}/..`))) throw missing(path);
    this.#change(path, () => this.target.write(path, content));
  }

  #change(path: string, run: () => unknown): void {
    try {
      run();
    } catch (error) {
      const text = messageOf(error);
      throw errno(
        /Read-only/.test(text)
          ? 'EROFS'
          : /busy/.test(text)
            ? 'EBUSY'
            : /denied/.test(text)
              ? 'EACCES'
              : /permitted/.test(text)
                ? 'EPERM'
                : 'EISDIR',
        text,
        path,
      );
    }
  }

  #copy(from: string, to: string, recursive: boolean): void {
    const content = this.target.read(from);
    if (content !== undefined) {
      this.#write(to, content);
      const mode = this.target.stat(from)?.mode;
      if (mode !== undefined && to !== '/dev/null') this.#change(to, () => this.target.change(to, { mode }));
      return;
    }
    if (!this.target.isFolder(from)) throw missing(from);
    if (!recursive) throw errno('EISDIR', 'is a directory', from);
    if (to === from || to.startsWith(`${from}/`)) throw errno('EINVAL', 'invalid argument', to);
    if (!this.target.isFolder(to)) this.#change(to, () => this.target.makeFolder(to));
    for (const name of this.target.list(from)) this.#copy(normalizePath(name, from), normalizePath(name, to), true);
  }

  #stat(path: string, link: boolean): Stat {
    if (this.#isCommand(path)) return this.#shown({ kind: 'file', size: 0, mode: 0o755, modified: 0 });
    const found = this.target.stat(path, link);
    if (!found) throw missing(path);
    return this.#shown(found);
  }

  #shown(found: { kind: string; size: number; mode: number; modified: number }): Stat {
    return {
      isFile: found.kind === 'file' || found.kind === 'device',
      isDirectory: found.kind === 'folder',
      isSymbolicLink: found.kind === 'link',
      mode: found.mode,
      size: found.size,
      mtime: new Date(found.modified / 1_000),
    };
  }
}
