import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseListenAddress } from '../../engine/listeners/hosts';
import type { HttpListener, RequestHandler } from '../../engine/listeners/http-listener';
import { listenHttp } from '../../engine/listeners/http-listener';
import { lock } from '../cluster/lock';

/** Longest path of a socket that every system takes. */
const longest = 100;
/** How many windows may have the same workspace open at once. */
const windows = 20;

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10);

/**
 * The sockets of simulated nodes that programs of this machine may use, in a folder that only the user can enter. A window
 * gets the same places each time it opens the same workspace; a second window at the same time gets others.
 */
export class NodeSockets {
  readonly #key: string;
  readonly #handler: (node: string) => RequestHandler;
  readonly #open = new Map<string, Promise<HttpListener>>();
  #place: Promise<{ readonly folder: string; release(): Promise<void> }> | undefined;

  /** `key` names the workspace; `handler` answers for a node. */
  constructor(key: string, handler: (node: string) => RequestHandler) {
    this.#key = short(key);
    this.#handler = handler;
  }

  /** Nodes that are listened for. */
  get nodes(): string[] {
    return [...this.#open.keys()];
  }

  /** Listens for a node, if that is not done yet. Gives the address as DOCKER_HOST takes it. */
  async open(node: string): Promise<string> {
    let listener = this.#open.get(node);
    if (!listener) {
      listener = this.#listen(node);
      this.#open.set(node, listener);
      listener.catch(() => this.#open.delete(node));
    }
    return (await listener).address;
  }

  /** Closes all sockets but those of some nodes. */
  async close(keep: readonly string[] = []): Promise<void> {
    for (const [node, listener] of [...this.#open]) {
      if (keep.includes(node)) continue;
      this.#open.delete(node);
      await (await listener.catch(() => undefined))?.close();
    }
    if (this.#open.size > 0) return;
    const place = this.#place;
    this.#place = undefined;
    await (await place?.catch(() => undefined))?.release();
  }

  async #listen(node: string): Promise<HttpListener> {
    this.#place ??= process.platform === 'win32' ? this.#pipes() : this.#folder();
    const place = this.#place;
    place.catch(() => {
      if (this.#place === place) this.#place = undefined;
    });
    const { folder } = await place;
    const name = /^[\w.-]{1,20}$/.test(node) ? node : short(node);
    const address =
      process.platform === 'win32' ? `npipe:////./pipe/${folder}-${name}` : `unix://${folder}/${name}.sock`;
    return listenHttp(parseListenAddress(address), this.#handler(node));
  }

  /** Claims the first folder that no other window has. */
  async #folder(): Promise<{ folder: string; release(): Promise<void> }> {
    const base = await privateFolder();
    for (let window = 1; window <= windows; window++) {
      const folder = path.join(base, window === 1 ? this.#key : `${this.#key}-${window}`);
      await fs.mkdir(folder, { mode: 0o700, recursive: true });
      const release = await lock(path.join(folder, 'lock'));
      if (release) return { folder, release };
    }
    throw new Error('too many windows on this workspace');
  }

  async #pipes(): Promise<{ folder: string; release(): Promise<void> }> {
    for (let window = 1; window <= windows; window++) {
      const name = `swarmscope-${this.#key}${window === 1 ? '' : `-${window}`}`;
      const release = await lock(path.join(os.tmpdir(), `${name}.lock`));
      if (release) return { folder: name, release };
    }
    throw new Error('too many windows on this workspace');
  }
}

/** A folder of the user's own for sockets, with a path that is short enough. Throws when another user prepared it. */
async function privateFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const runtime = process.env.XDG_RUNTIME_DIR;
  const candidates = [
    ...(runtime ? [path.join(runtime, 'swarmscope')] : []),
    ...[os.tmpdir(), '/tmp'].map((folder) => path.join(folder, `swarmscope-${uid}`)),
  ];
  // Beside the folder: ten letters of the key, the number of a window, a node's name.
  const fits = candidates.filter((folder) => Buffer.byteLength(folder) + 40 <= longest);
  let refusal = new Error('there is no folder with a path that is short enough for a socket');
  for (const folder of fits) {
    try {
      await fs.mkdir(folder, { mode: 0o700, recursive: true });
      const state = await fs.lstat(folder);
      if (!state.isDirectory() || state.uid !== uid) throw new Error(`${folder} belongs to somebody else`);
      if (state.mode & 0o077) await fs.chmod(folder, 0o700);
      return folder;
    } catch (error) {
      refusal = error as Error;
    }
  }
  throw refusal;
}
