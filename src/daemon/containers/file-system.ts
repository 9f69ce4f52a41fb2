/** A volume or host folder shown at a path of a container. */
export interface MountedFiles {
  /** Absolute, without a final slash. */
  readonly target: string;
  readonly files: FileSystem;
  /** Folder of `files` that is shown; empty: its root. */
  readonly source: string;
  readonly readOnly: boolean;
}

export interface FileSystemLayers {
  /** The image's files; shared by all its containers and never written. */
  readonly base?: ReadonlyMap<string, string>;
  /** Files whose content is made when it is read, as /etc/hosts. */
  readonly dynamic?: (path: string) => string | undefined;
  readonly mounts?: readonly MountedFiles[];
}

/** Makes a path absolute and free of `.`, `..` and doubled slashes. */
export function normalizePath(path: string, cwd = '/'): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const deleted = null;

/**
 * Files by absolute path: what was written over a shared base. Folders exist when something is in them or when they
 * were made. Nothing is stored until something is written, so an idle container costs nothing.
 */
export class FileSystem {
  readonly #base: ReadonlyMap<string, string> | undefined;
  readonly #dynamic: ((path: string) => string | undefined) | undefined;
  readonly #mounts: readonly MountedFiles[];
  #own: Map<string, string | typeof deleted> | undefined;
  #folders: Set<string> | undefined;
  /** Called after every change: health probes that look at files wake by it. */
  onChange: (() => void) | undefined;
  /** Paths that others put there and that cannot be written (secrets, configs). */
  #given: Map<string, string> | undefined;

  constructor(layers: FileSystemLayers = {}) {
    this.#base = layers.base;
    this.#dynamic = layers.dynamic;
    this.#mounts = layers.mounts ?? [];
  }

  /** Content of a file; undefined when there is none at the path. */
  read(path: string): string | undefined {
    const mounted = this.#mounted(path);
    if (mounted) return mounted.files.read(mounted.path);
    const own = this.#own?.get(path);
    if (own !== undefined) return own === deleted ? undefined : own;
    return this.#given?.get(path) ?? this.#dynamic?.(path) ?? this.#base?.get(path);
  }

  /** Throws the text of the reason (`Read-only file system`, `Is a directory`). */
  write(path: string, content: string): void {
    const mounted = this.#mounted(path);
    if (mounted) {
      if (mounted.readOnly) throw new Error('Read-only file system');
      mounted.files.write(mounted.path, content);
      this.onChange?.();
      return;
    }
    if (this.#given?.has(path)) throw new Error('Read-only file system');
    if (this.isFolder(path)) throw new Error('Is a directory');
    this.#own ??= new Map();
    this.#own.set(path, content);
    this.onChange?.();
  }

  /** Puts a file there that the container cannot change. */
  give(path: string, content: string): void {
    this.#given ??= new Map();
    this.#given.set(path, content);
  }

  /** Takes a file, or a folder with all in it, away; false when there is nothing at the path. */
  remove(path: string): boolean {
    const mounted = this.#mounted(path);
    if (mounted) {
      if (mounted.readOnly) throw new Error('Read-only file system');
      const removed = mounted.files.remove(mounted.path);
      if (removed) this.onChange?.();
      return removed;
    }
    if (!this.exists(path)) return false;
    this.#own ??= new Map();
    for (const name of [...this.#paths()].filter((name) => name === path || name.startsWith(`${path}/`))) {
      if (this.#base?.has(name) || this.#dynamic?.(name) !== undefined) this.#own.set(name, deleted);
      else this.#own.delete(name);
    }
    if (this.#folders) {
      for (const name of [...this.#folders])
        if (name === path || name.startsWith(`${path}/`)) this.#folders.delete(name);
    }
    this.onChange?.();
    return true;
  }

  makeFolder(path: string): void {
    const mounted = this.#mounted(path);
    if (mounted) {
      mounted.files.makeFolder(mounted.path);
      return;
    }
    this.#folders ??= new Set();
    this.#folders.add(path);
    this.onChange?.();
  }

  isFolder(path: string): boolean {
    if (path === '/') return true;
    const mounted = this.#mounted(path);
    if (mounted) return mounted.path === '/' || mounted.files.isFolder(mounted.path);
    if (this.#folders?.has(path)) return true;
    const prefix = `${path}/`;
    if (this.#mounts.some((mount) => mount.target.startsWith(prefix))) return true;
    for (const name of this.#paths()) if (name.startsWith(prefix) && this.read(name) !== undefined) return true;
    if (this.#folders) for (const name of this.#folders) if (name.startsWith(prefix)) return true;
    return false;
  }

  exists(path: string): boolean {
    return this.read(path) !== undefined || this.isFolder(path);
  }

  /** Names in a folder, sorted. */
  list(path: string): string[] {
    const mounted = this.#mounted(path);
    if (mounted) return mounted.files.list(mounted.path);
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = new Set<string>();
    const add = (name: string) => {
      if (name.startsWith(prefix) && name.length > prefix.length) names.add(name.slice(prefix.length).split('/')[0]!);
    };
    for (const name of this.#paths()) if (this.read(name) !== undefined) add(name);
    for (const folder of this.#folders ?? []) add(folder);
    for (const mount of this.#mounts) add(mount.target);
    return [...names].sort();
  }

  /** Bytes written by the container itself. */
  get writtenBytes(): number {
    let bytes = 0;
    for (const content of this.#own?.values() ?? []) bytes += content?.length ?? 0;
    return bytes;
  }

  /** The written files: path -> content. */
  get written(): ReadonlyMap<string, string | null> {
    return this.#own ?? new Map();
  }

  *#paths(): Iterable<string> {
    if (this.#base) yield* this.#base.keys();
    if (this.#own) yield* this.#own.keys();
    if (this.#given) yield* this.#given.keys();
  }

  #mounted(path: string): { files: FileSystem; path: string; readOnly: boolean } | undefined {
    for (const mount of this.#mounts) {
      if (path !== mount.target && !path.startsWith(`${mount.target}/`)) continue;
      const inside = `${mount.source}${path.slice(mount.target.length)}`;
      return { files: mount.files, path: inside === '' ? '/' : inside, readOnly: mount.readOnly };
    }
    return undefined;
  }
}
