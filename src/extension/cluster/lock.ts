import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/** How long a lock of a process that is just ending is waited for, as at a window reload. */
const PATIENCE = 3_000;
/** How often a holder shows that it lives, and after what silence it is taken for dead; wall milliseconds. */
const BEAT = 5_000;
const SILENCE = 4 * BEAT;

/** Tokens of the locks that this process holds. */
const held = new Set<string>();

/**
 * Takes a lock file for this process. A lock is dead, and taken over, when its process is gone or when its holder has not
 * touched the file for a while: then the number of the process belongs to another one now. Returns what gives the lock
 * back, or undefined when another living process keeps it.
 */
export async function lock(file: string, patience = PATIENCE): Promise<(() => Promise<void>) | undefined> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const token = randomUUID();
  const own = JSON.stringify({ pid: process.pid, token });
  for (const end = Date.now() + patience; ; ) {
    try {
      await fs.writeFile(file, own, { flag: 'wx' });
      return keep(file, token);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (!(await isHeld(file))) await fs.rm(file, { force: true });
    else if (Date.now() >= end) return undefined;
    else await new Promise((done) => setTimeout(done, 100));
  }
}

/** Touches the file as long as the lock is ours. */
function keep(file: string, token: string): () => Promise<void> {
  held.add(token);
  const beat = setInterval(() => {
    const now = new Date();
    fs.utimes(file, now, now).catch(() => {});
  }, BEAT);
  beat.unref();
  return async () => {
    clearInterval(beat);
    held.delete(token);
    // Another may have taken it over while this process stood still.
    if ((await holderOf(file))?.token === token) await fs.rm(file, { force: true });
  };
}

async function isHeld(file: string): Promise<boolean> {
  const [holder, state] = await Promise.all([holderOf(file), fs.stat(file).catch(() => undefined)]);
  if (!holder || !state) return false;
  if (Date.now() - state.mtimeMs > SILENCE) return false;
  // A lock of this very process that it does not hold was left by an earlier activation in it, or by a namesake.
  return holder.pid === process.pid ? held.has(holder.token) : isAlive(holder.pid);
}

/** Who wrote the lock; undefined when it is no lock, or one of an earlier version whose process number says too little. */
async function holderOf(file: string): Promise<{ readonly pid: number; readonly token: string } | undefined> {
  try {
    const { pid, token } = JSON.parse(await fs.readFile(file, 'utf8'));
    return typeof pid === 'number' && typeof token === 'string' ? { pid, token } : undefined;
  } catch {
    return undefined;
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
