import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import path from 'node:path';
import type { JournalSink } from '../journal/format';

/**
 * A journal in a file, whose folder is made if need be. Each line is handed to the system before `append` resolves, and
 * with `sync` it is on the disk by then; lines that come while one is being written go into the next write together.
 * `replace` writes a new file and renames it over the old one, so a crash leaves one or the other.
 */
export class FileSink implements JournalSink {
  readonly #path: string;
  readonly #sync: boolean;
  #file: fsPromises.FileHandle | undefined;
  #writing: Promise<void> = Promise.resolve();
  #waiting: string[] = [];

  constructor(file: string, options: { readonly sync?: boolean } = {}) {
    this.#path = path.resolve(file);
    this.#sync = options.sync ?? false;
  }

  append(line: string): Promise<void> {
    this.#waiting.push(`${line}\n`);
    return this.#inOrder(async () => {
      const text = this.#waiting.join('');
      this.#waiting = [];
      if (text === '') return;
      if (!this.#file) {
        await this.#makeFolder();
        this.#file = await fsPromises.open(this.#path, 'a', 0o600);
      }
      await this.#file.appendFile(text);
      if (this.#sync) await this.#file.datasync();
    });
  }

  replace(lines: readonly string[]): Promise<void> {
    return this.#inOrder(async () => {
      this.#waiting = [];
      await this.#file?.close();
      this.#file = undefined;
      await this.#makeFolder();
      const fresh = `${this.#path}.new`;
      const file = await fsPromises.open(fresh, 'w', 0o600);
      try {
        await file.appendFile(lines.map((line) => `${line}\n`).join(''));
        await file.datasync();
      } finally {
        await file.close();
      }
      await fsPromises.rename(fresh, this.#path);
    });
  }

  close(): Promise<void> {
    return this.#inOrder(async () => {
      await this.#file?.close();
      this.#file = undefined;
    });
  }

  async #makeFolder(): Promise<void> {
    await fsPromises.mkdir(path.dirname(this.#path), { recursive: true });
  }

  #inOrder(write: () => Promise<void>): Promise<void> {
    const result = this.#writing.then(write);
    this.#writing = result.catch(() => {});
    return result;
  }
}

/** The lines of a journal file; undefined when there is none. */
export function readJournalFile(file: string): string[] | undefined {
  try {
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps the damaged text that `copy` holds under a name beside the journal, and returns that name. */
export function setAside(file: string, copy: string): string {
  for (let number = 1; ; number++) {
    const name = `${file}.damaged${number > 1 ? `-${number}` : ''}`;
    if (fs.existsSync(name)) continue;
    fs.copyFileSync(copy, name, fs.constants.COPYFILE_EXCL);
    return name;
  }
}
