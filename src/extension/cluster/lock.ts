import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/** How long a lock of a process that is just ending is waited for, as at a window reload. */
const PATIENCE = 3_000;

/**
 * Takes a lock file for this process; a lock whose process is dead is taken over. Returns what gives it back, or
 * undefined when another living process keeps it.
 */
export async function lock(file: string, patience = PATIENCE): Promise<(() => Promise<void>) | undefined> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const own = String(process.pid);
  for (const end = Date.now() + patience; ; ) {
    try {
      await fs.writeFile(file, own, { flag: 'wx' });
      return () => fs.rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await fs.readFile(file, 'utf8').catch(() => ''));
    // A lock of this very process was left by an earlier activation in it.
    if (!isAlive(holder) || holder === process.pid) await fs.rm(file, { force: true });
    else if (Date.now() >= end) return undefined;
    else await new Promise((done) => setTimeout(done, 100));
  }
}

/**
 * The storage folder that all windows on a workspace share. VS Code gives a second window on the same one a folder of its
 * own, `<workspace>-1/<extension>`; there a cluster would be kept that nobody sees again.
 */
export function sharedStorage(folder: string): string {
  const workspace = path.dirname(folder);
  const name = /^(-?[0-9a-f]+)-\d+$/.exec(path.basename(workspace))?.[1];
  return name === undefined ? folder : path.join(path.dirname(workspace), name, path.basename(folder));
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
