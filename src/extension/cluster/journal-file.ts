import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { JournalSink } from '../../engine/journal/format';

/** Lines of a journal file that were wholly written; undefined when there is none. */
export async function readJournalFile(file: string): Promise<readonly string[] | undefined> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const lines = text.split('\n');
  // After the last newline stands nothing, or a line that the death of its writer cut off: it was never answered.
  lines.pop();
  return lines.length > 0 ? lines : undefined;
}

/** Keeps a copy of a damaged journal beside it, and returns its name. */
export async function setAside(file: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = file.replace(/(\.[^.]*)?$/, `.damaged-${n}$1`);
    try {
      await fs.copyFile(file, name, fs.constants.COPYFILE_EXCL);
      return path.basename(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** A journal in a file: lines are written one after the other, and a promise keeps the answer until its line is safe. */
export class JournalFile implements JournalSink {
  readonly #file: string;
  #handle: Promise<fs.FileHandle> | undefined;
  #tail: Promise<void> = Promise.resolve();
  #waiting: string[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Lines that come while one is being written go into the next write together. */
  append(line: string): Promise<void> {
    this.#waiting.push(`${line}\n`);
    return this.#inTurn(async () => {
      const text = this.#waiting.join('');
      this.#waiting = [];
      if (text) await (await this.#open()).appendFile(text);
    });
  }

  replace(lines: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      this.#waiting = [];
      await this.#release();
      const next = `${this.#file}.new`;
      await fs.mkdir(path.dirname(this.#file), { recursive: true });
      await fs.writeFile(next, lines.map((line) => `${line}\n`).join(''));
      await fs.rename(next, this.#file);
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#release());
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(act);
    this.#tail = done.catch(() => {});
    return done;
  }

  async #open(): Promise<fs.FileHandle> {
    this.#handle ??= fs.mkdir(path.dirname(this.#file), { recursive: true }).then(() => fs.open(this.#file, 'a'));
    return this.#handle;
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await (await handle)?.close();
  }
}
