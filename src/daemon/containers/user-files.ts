import type { FileFacts, FileStat } from './file-facts';
import { FileSystem } from './file-system';

const denied = 'Permission denied';

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** A container's files as a user other than root sees them: what the permission bits keep from them stays so. */
export class UserFiles extends FileSystem {
  constructor(
    private readonly files: FileSystem,
    private readonly uid: number,
    private readonly gid: number,
  ) {
    super();
  }

  #may(stat: FileStat | undefined, bit: 1 | 2 | 4): boolean {
    if (!stat) return false;
    const shift = stat.uid === this.uid ? 6 : stat.gid === this.gid ? 3 : 0;
    return ((stat.mode >> shift) & bit) !== 0;
  }

  /** Whether all folders on the way may be gone through. */
  #reaches(path: string): boolean {
    for (let folder = parentOf(path); folder !== '/'; folder = parentOf(folder)) {
      const stat = this.files.stat(folder);
      if (stat && !this.#may(stat, 1)) return false;
    }
    return true;
  }

  #checkFolder(path: string, existing: FileStat | undefined): void {
    const folder = this.files.stat(parentOf(path));
    if (!this.#reaches(path) || !this.#may(folder, 2)) throw new Error(denied);
    // In a sticky folder only the owner takes a file away.
    if (existing && folder && (folder.mode & 0o1000) !== 0 && existing.uid !== this.uid) throw new Error(denied);
  }

  override read(path: string): string | undefined {
    return this.#reaches(path) && this.#may(this.files.stat(path), 4) ? this.files.read(path) : undefined;
  }

  override write(path: string, content: string): void {
    const existing = this.files.stat(path);
    if (existing?.kind === 'file') {
      if (!this.#reaches(path) || !this.#may(existing, 2)) throw new Error(denied);
      this.files.write(path, content);
      return;
    }
    if (!existing) this.#checkFolder(path, undefined);
    this.files.write(path, content);
    this.files.change(path, { uid: this.uid, gid: this.gid });
  }

  override isWritten(path: string): boolean {
    return this.files.isWritten(path);
  }

  override stat(path: string, link = false): FileStat | undefined {
    return this.#reaches(path) ? this.files.stat(path, link) : undefined;
  }

  override change(path: string, facts: FileFacts): void {
    const found = this.files.stat(path);
    const owner = found?.uid === this.uid;
    if (!owner || (facts.uid !== undefined && facts.uid !== this.uid)) throw new Error('Operation not permitted');
    this.files.change(path, facts);
  }

  override link(path: string, target: string): void {
    this.#checkFolder(path, undefined);
    this.files.link(path, target);
  }

  override resolve(path: string): string {
    return this.files.resolve(path);
  }

  override readLink(path: string): string | undefined {
    return this.files.readLink(path);
  }

  override give(path: string, content: string, facts?: FileFacts): void {
    this.files.give(path, content, facts);
  }

  override remove(path: string): boolean {
    const existing = this.files.stat(path, true);
    if (existing) this.#checkFolder(path, existing);
    return this.files.remove(path);
  }

  override makeFolder(path: string): void {
    // `mkdir -p` makes what is missing on the way, too.
    let nearest = path;
    while (!this.files.isFolder(parentOf(nearest))) nearest = parentOf(nearest);
    this.#checkFolder(nearest, undefined);
    const made: string[] = [];
    for (let folder = path; folder !== parentOf(nearest); folder = parentOf(folder)) made.push(folder);
    this.files.makeFolder(path);
    for (const folder of made) this.files.change(folder, { uid: this.uid, gid: this.gid });
  }

  override isFolder(path: string): boolean {
    return this.files.isFolder(path);
  }

  override exists(path: string): boolean {
    return this.#reaches(path) && this.files.exists(path);
  }

  override list(path: string): string[] {
    return this.#reaches(path) && this.#may(this.files.stat(path), 4) ? this.files.list(path) : [];
  }
}
