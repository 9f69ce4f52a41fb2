import * as fs from 'node:fs/promises';
import * as path from 'node:path';

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
