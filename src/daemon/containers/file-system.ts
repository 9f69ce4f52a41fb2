import type { Micros } from '../../sim';
import type { FileFacts, FileStat } from './file-facts';
import { byteLength, usualFileMode, usualFolderMode } from './file-facts';
import type { MadeFiles } from './made-files';
import { isKernels } from './made-files';

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
  /** Files whose content is made when it is read, as /etc/hosts: mounts that can be written but not taken away. */
  readonly made?: MadeFiles;
  readonly mounts?: readonly MountedFiles[];
  /** Time for what is written; without it nothing has a time. */
  readonly now?: () => Micros;
  /** Time of what was there from the beginning. */
  readonly born?: Micros;
  /** Nothing but mounts can be written. */
  readonly readOnly?: boolean;
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

const busy = 'Device or resource busy';
const deleted = null;
const noFolders: ReadonlySet<string> = new Set();

/**
 * Files by absolute path: what was written over a shared base. Folders exist when something is in them or when they
 * were made. Nothing is stored until something is written, so an idle container costs nothing.
 */
export class FileSystem {
  readonly #base: ReadonlyMap<string, string> | undefined;
  readonly #made: MadeFiles | undefined;
  readonly #mounts: readonly MountedFiles[];
  #own: Map<string, string | typeof deleted> | undefined;
  #folders: Set<string> | undefined;
  /** Called after every change: health probes that look at files wake by it. */
  onChange: (() => void) | undefined;
  /** Paths that others put there and that cannot be written (secrets, configs). */
  #given: Map<string, string> | undefined;
  #facts: Map<string, FileFacts> | undefined;
  /** Symbolic links: path -> absolute target. */
  #links: Map<string, string> | undefined;
  readonly #now: (() => Micros) | undefined;
  readonly #born: Micros;
  readonly #readOnly: boolean;

  constructor(layers: FileSystemLayers = {}) {
    this.#now = layers.now;
    this.#born = layers.born ?? 0;
    this.#readOnly = layers.readOnly ?? false;
    this.#base = layers.base;
    this.#made = layers.made;
    this.#mounts = layers.mounts ?? [];
  }

  /** Content of a file; undefined when there is none at the path. */
  read(path: string): string | undefined {
    const mounted = this.#mounted(path);
    if (mounted) return mounted.files.read(mounted.path);
    if (this.#links) {
      const followed = this.#followed(path);
      if (followed !== path) return this.read(followed);
    }
    const own = this.#own?.get(path);
    if (own !== undefined) return own === deleted ? undefined : own;
    return this.#given?.get(path) ?? this.#made?.read(path) ?? this.#base?.get(path);
  }

  /** Throws the text of the reason (`Read-only file system`, `Is a directory`). */
  write(path: string, content: string): void {
    const mounted = this.#mounted(path);
    if (mounted) {
      if (mounted.readOnly) throw new Error('Read-only file system');
      mounted.files.write(mounted.path, content);
      mounted.files.#stamp(mounted.path, this.#now);
      this.onChange?.();
      return;
    }
    const place = this.#followed(path);
    if (place !== path) {
      this.write(place, content);
      return;
    }
    this.#checkWritable(path);
    if (this.isFolder(path)) throw new Error('Is a directory');
    this.#own ??= new Map();
    this.#own.set(path, content);
    this.#stamp(path);
    this.onChange?.();
  }

  /** Whether a file was written here, and is not the image's. */
  isWritten(path: string): boolean {
    return this.#mounted(path) !== undefined || typeof this.#own?.get(path) === 'string';
  }

  /** What `stat` tells; `link`: of a link itself. Undefined when there is nothing at the path. */
  stat(path: string, link = false): FileStat | undefined {
    const mounted = this.#mounted(path);
    if (mounted) {
      const found = mounted.files.stat(mounted.path, link);
      return found && mounted.path === '/' && mounted.files.#facts?.get('/') === undefined
        ? { ...found, mode: 0o755 }
        : found;
    }
    const target = this.#links?.get(path);
    const facts = this.#facts?.get(path);
    const owner = { uid: facts?.uid ?? 0, gid: facts?.gid ?? 0, modified: facts?.modified ?? this.#born };
    if (target !== undefined && link) return { kind: 'link', size: target.length, mode: 0o777, target, ...owner };
    const place = this.#followed(path);
    if (place !== path) return this.stat(place);
    const content = this.read(path);
    if (content !== undefined) {
      const fromImage = this.#own?.get(path) === undefined;
      const mode = facts?.mode ?? usualFileMode(path, content, fromImage);
      return { kind: 'file', size: path.startsWith('/proc/') ? 0 : byteLength(content), mode, ...owner };
    }
    if (!this.isFolder(path)) return undefined;
    return { kind: 'folder', size: 4_096, mode: facts?.mode ?? usualFolderMode(path), ...owner };
  }

  /** Changes mode, owner or time of what is at a path. Throws like `write`. */
  change(path: string, facts: FileFacts): void {
    const mounted = this.#mounted(path);
    if (mounted) {
      if (mounted.readOnly) throw new Error('Read-only file system');
      mounted.files.change(mounted.path, facts);
      return;
    }
    const place = this.#followed(path);
    if (place !== path) {
      this.change(place, facts);
      return;
    }
    this.#checkWritable(path);
    this.#facts ??= new Map();
    this.#facts.set(path, { ...this.#facts.get(path), ...facts });
    this.onChange?.();
  }

  /** Makes a symbolic link. Throws like `write`. */
  link(path: string, target: string): void {
    const mounted = this.#mounted(path);
    if (mounted) {
      if (mounted.readOnly) throw new Error('Read-only file system');
      // A link inside a mount leads to a place of the mount.
      const inside = target.startsWith('/') ? this.#mounted(normalizePath(target))?.path : undefined;
      mounted.files.link(mounted.path, inside ?? target);
      return;
    }
    this.#checkWritable(path);
    this.#links ??= new Map();
    this.#links.set(path, target);
    this.#stamp(path);
    this.onChange?.();
  }

  /** Where a symbolic link leads, as it was made; undefined for what is none. */
  readLink(path: string): string | undefined {
    const mounted = this.#mounted(path);
    return mounted ? mounted.files.readLink(mounted.path) : this.#links?.get(path);
  }

  /** The path of what a path leads to, without symbolic links. */
  resolve(path: string): string {
    return this.#followed(path);
  }

  /** The place that a path means once its symbolic links are followed; of a circle, some place in it. */
  #followed(path: string): string {
    if (!this.#links) return path;
    let place = path;
    for (let turn = 0; turn < 40; turn++) {
      let next: string | undefined;
      for (let end = place.length; end > 0; end = place.lastIndexOf('/', end - 1)) {
        const target = this.#links.get(place.slice(0, end));
        if (target === undefined) continue;
        const folder = place.slice(0, place.lastIndexOf('/', end - 1)) || '/';
        next = normalizePath(normalizePath(target, folder) + place.slice(end));
        break;
      }
      if (next === undefined || next === place) return place;
      place = next;
    }
    return place;
  }

  #checkWritable(path: string): void {
    if (this.#readOnly || this.#given?.has(path) || (this.#made && isKernels(path)))
      throw new Error('Read-only file system');
  }

  #stamp(path: string, now = this.#now): void {
    if (!now) return;
    this.#facts ??= new Map();
    this.#facts.set(path, { ...this.#facts.get(path), modified: now() });
  }

  /** Puts a file there that the container cannot change. */
  give(path: string, content: string, facts: FileFacts = {}): void {
    this.#given ??= new Map();
    this.#given.set(path, content);
    this.#facts ??= new Map();
    this.#facts.set(path, this.#now ? { modified: this.#now(), ...facts } : facts);
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
    if (this.#links?.has(path)) {
      this.#checkWritable(path);
      this.#links.delete(path);
      this.onChange?.();
      return true;
    }
    const place = this.#followed(path);
    if (place !== path) return this.remove(place);
    if (!this.exists(path)) return false;
    if (this.#given?.has(path) || (this.#made && this.#isMade(path))) throw new Error(busy);
    this.#checkWritable(path);
    this.#own ??= new Map();
    this.#facts?.delete(path);
    for (const name of this.#links?.keys() ?? []) if (name.startsWith(`${path}/`)) this.#links?.delete(name);
    for (const name of [...this.#paths()].filter((name) => name === path || name.startsWith(`${path}/`))) {
      if (this.#base?.has(name)) this.#own.set(name, deleted);
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
      if (mounted.readOnly) throw new Error('Read-only file system');
      mounted.files.makeFolder(mounted.path);
      mounted.files.#stamp(mounted.path, this.#now);
      return;
    }
    this.#checkWritable(path);
    this.#folders ??= new Set();
    this.#folders.add(path);
    this.#stamp(path);
    this.onChange?.();
  }

  isFolder(path: string): boolean {
    if (path === '/') return true;
    const mounted = this.#mounted(path);
    if (mounted) return mounted.path === '/' || mounted.files.isFolder(mounted.path);
    const place = this.#followed(path);
    if (place !== path) return this.isFolder(place);
    if (this.#folders?.has(path)) return true;
    const prefix = `${path}/`;
    if (this.#mounts.some((mount) => mount.target.startsWith(prefix))) return true;
    for (const name of this.#paths()) if (name.startsWith(prefix) && this.read(name) !== undefined) return true;
    if (this.#folders) for (const name of this.#folders) if (name.startsWith(prefix)) return true;
    if (this.#made) for (const name of this.#made.paths()) if (name.startsWith(prefix)) return true;
    return false;
  }

  exists(path: string): boolean {
    return this.read(path) !== undefined || this.isFolder(path);
  }

  /** Names in a folder, sorted. */
  list(path: string): string[] {
    const mounted = this.#mounted(path);
    if (mounted) return mounted.files.list(mounted.path);
    const place = this.#followed(path);
    if (place !== path) return this.list(place);
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = new Set<string>();
    const add = (name: string) => {
      if (name.startsWith(prefix) && name.length > prefix.length) names.add(name.slice(prefix.length).split('/')[0]!);
    };
    for (const name of this.#paths()) if (this.read(name) !== undefined) add(name);
    for (const name of this.#made?.paths() ?? []) add(name);
    for (const folder of this.#folders ?? []) add(folder);
    for (const link of this.#links?.keys() ?? []) add(link);
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

  /** Folders that were made. */
  get madeFolders(): ReadonlySet<string> {
    return this.#folders ?? noFolders;
  }

  /** Whether the image has a file or folder at a path, whatever became of it. */
  isOriginal(path: string): boolean {
    if (this.#base?.has(path) || this.#made?.read(path) !== undefined) return true;
    const prefix = `${path}/`;
    for (const name of this.#base?.keys() ?? []) if (name.startsWith(prefix)) return true;
    return false;
  }

  /** Whether something at a path, or below it, is made when it is read. */
  #isMade(path: string): boolean {
    for (const name of this.#made?.paths() ?? []) if (name === path || name.startsWith(`${path}/`)) return true;
    return false;
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
