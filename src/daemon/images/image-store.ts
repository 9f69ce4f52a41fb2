import type { Micros, Random } from '../../sim';
import { millisecond, second } from '../../sim';
import { DaemonError } from '../errors';
import type { EventLog } from '../events/event-log';
import type { ImageDefinition } from './definition';
import type { Reference } from './reference';
import { familiarName, parseReference } from './reference';
import type { Manifest, Registry } from './registry';

/** An image that is on a node. */
export interface LocalImage {
  /** `sha256:...` */
  readonly id: string;
  readonly definition: ImageDefinition;
  /** `repository:tag`; several names may stand for one image. */
  tags: readonly string[];
  /** `repository@sha256:...` */
  digests: readonly string[];
}

/** An image that is on its way. */
export interface PullTransfer {
  readonly imageID: string;
  /** Bytes. */
  readonly size: number;
  /** Time until it is here. */
  readonly duration: Micros;
}

export type PullResult =
  | { readonly image: LocalImage; readonly fresh: boolean; readonly digest: string }
  | { readonly error: DaemonError };

interface Clock {
  readonly now: Micros;
  after(delay: Micros, run: () => void): { cancel(): void };
}

/** The images of one node: what was pulled, under which names (ORCH-114). */
export class ImageStore {
  readonly #images = new Map<string, LocalImage>();
  readonly #names = new Map<string, LocalImage>();
  /** Pulls under way, by familiar name: who asks again waits for the same one. */
  readonly #pulls = new Map<string, ((result: PullResult) => void)[]>();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #events: EventLog;

  constructor(
    readonly registry: Registry,
    options: { readonly clock: Clock; readonly random: Random; readonly events: EventLog },
  ) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#events = options.events;
  }

  get size(): number {
    return this.#images.size;
  }

  list(): readonly LocalImage[] {
    return [...this.#images.values()];
  }

  /** Puts an image there as if it had always been; for nodes that begin with images. */
  preload(name: string): void {
    const manifest = this.registry.known(parseReference(name));
    if (manifest) this.#keep(manifest);
  }

  /** By name, digest, ID or ID prefix; undefined when it is not here. */
  find(name: string): LocalImage | undefined {
    const id = name.startsWith('sha256:') ? name.slice(7) : name;
    const mayBeId = /^[0-9a-f]{1,64}$/.test(id);
    if (mayBeId) {
      const exact = this.#images.get(`sha256:${id}`);
      if (exact) return exact;
    }
    let reference: Reference | undefined;
    try {
      reference = parseReference(name);
    } catch {
      reference = undefined;
    }
    if (reference) {
      if (reference.digest !== undefined) {
        const pinned = this.#names.get(`${reference.repository}@${reference.digest}`);
        if (pinned) return pinned;
      } else {
        const named = this.#names.get(familiarName(reference));
        if (named) return named;
      }
    }
    if (!mayBeId) return undefined;
    const matches = [...this.#images.values()].filter((image) => image.id.startsWith(`sha256:${id}`));
    return matches.length === 1 ? matches[0] : undefined;
  }

  /** As `find`; throws 404 `No such image: <name with tag>`. */
  get(name: string): LocalImage {
    const image = this.find(name);
    if (image) return image;
    let shown = name;
    try {
      shown = familiarName(parseReference(name));
    } catch {
      // An ID or nonsense is shown as it is.
    }
    throw new DaemonError('not found', `No such image: ${name.includes('@') ? name : shown}`);
  }

  /**
   * Pulls an image in virtual time: long when it is not here yet, short when the registry only confirms it.
   * `done` is called once; before it, `found` when the registry has said what there is and bytes begin to come. The
   * result takes both listeners away; the pull itself goes on.
   */
  pull(
    name: string,
    done: (result: PullResult) => void,
    found: (transfer: PullTransfer) => void = () => {},
  ): () => void {
    let listener: ((result: PullResult) => void) | undefined = done;
    const stop = () => {
      listener = undefined;
    };
    const tell = (result: PullResult) => listener?.(result);
    let reference: Reference;
    try {
      reference = parseReference(name);
    } catch (error) {
      const refused = error as DaemonError;
      this.#clock.after(0, () => tell({ error: refused }));
      return stop;
    }
    const key =
      reference.digest === undefined ? familiarName(reference) : `${reference.repository}@${reference.digest}`;
    const underway = this.#pulls.get(key);
    if (underway) {
      underway.push(tell);
      return stop;
    }
    this.#pulls.set(key, [tell]);
    const finish = (result: PullResult) => {
      const listeners = this.#pulls.get(key) ?? [];
      this.#pulls.delete(key);
      for (const one of listeners) one(result);
    };
    const ask = this.#random.integer(80, 250) * millisecond * this.registry.slowness;
    this.#clock.after(ask, () => {
      let manifest: Manifest;
      try {
        manifest = this.registry.resolve(reference);
      } catch (error) {
        finish({ error: error as DaemonError });
        return;
      }
      const fresh = !this.#images.has(manifest.id);
      const end = () => {
        const image = this.#keep(manifest);
        this.#events.emit('image', 'pull', familiarName(reference), { name: reference.repository });
        finish({ image, fresh, digest: manifest.digest });
      };
      if (!fresh) {
        end();
        return;
      }
      const duration = this.#transferTime(manifest.definition.size);
      if (listener) found({ imageID: manifest.id, size: manifest.definition.size, duration });
      this.#clock.after(duration, end);
    });
    return stop;
  }

  /** The machine lost power: pulls that were under way never end, and whoever asks again starts a new one. */
  powerCut(): void {
    this.#pulls.clear();
  }

  /** Adds a name to an image. */
  tag(image: LocalImage, name: string): void {
    const reference = parseReference(name);
    const familiar = familiarName(reference);
    const old = this.#names.get(familiar);
    if (old && old !== image) old.tags = old.tags.filter((one) => one !== familiar);
    if (!image.tags.includes(familiar)) image.tags = [...image.tags, familiar];
    this.#names.set(familiar, image);
    this.#events.emit('image', 'tag', image.id, { name: familiar });
  }

  /**
   * Removes a name, and with the last one the image. `users` are the containers of it: `running` decides the text.
   * Answers as `DELETE /images/{name}`.
   */
  remove(
    name: string,
    force: boolean,
    users: (image: LocalImage) => { readonly id: string; readonly running: boolean } | undefined,
  ): ({ Untagged: string } | { Deleted: string })[] {
    const image = this.get(name);
    const byId = image.id === name || image.id.slice(7).startsWith(name);
    const familiar = byId ? undefined : familiarName(parseReference(name));
    const user = users(image);
    const last =
      familiar === undefined ? image.tags.length <= 1 : image.tags.filter((tag) => tag !== familiar).length === 0;
    const short = image.id.slice(7, 19);
    if (familiar === undefined && image.tags.length > 1 && !force) {
      throw new DaemonError(
        'conflict',
        `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
      );
    }
    if (user && last) {
      if (user.running && (byId || !force)) {
        throw new DaemonError(
          'conflict',
          byId
            ? `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container ${user.id.slice(0, 12)}`
            : `conflict: unable to remove repository reference "${name}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${short}`,
        );
      }
      if (!force) {
        throw new DaemonError(
          'conflict',
          byId
            ? `conflict: unable to delete ${short} (must be forced) - image is being used by stopped container ${user.id.slice(0, 12)}`
            : `conflict: unable to remove repository reference "${name}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${short}`,
        );
      }
    }
    const result: ({ Untagged: string } | { Deleted: string })[] = [];
    for (const tag of familiar === undefined ? image.tags : [familiar]) {
      this.#names.delete(tag);
      result.push({ Untagged: tag });
      this.#events.emit('image', 'untag', image.id, { name: image.id });
    }
    image.tags = familiar === undefined ? [] : image.tags.filter((tag) => tag !== familiar);
    if (image.tags.length > 0) return result;
    for (const digest of image.digests) {
      this.#names.delete(digest);
      result.push({ Untagged: digest });
    }
    this.#images.delete(image.id);
    result.push({ Deleted: image.id });
    this.#events.emit('image', 'delete', image.id, { name: image.id });
    return result;
  }

  #keep({ id, definition, reference, digest }: Manifest): LocalImage {
    let image = this.#images.get(id);
    if (!image) {
      image = { id, definition, tags: [], digests: [] };
      this.#images.set(id, image);
    }
    const pinned = `${reference.repository}@${digest}`;
    if (!image.digests.includes(pinned)) image.digests = [...image.digests, pinned];
    this.#names.set(pinned, image);
    if (reference.digest === undefined && reference.tag !== undefined) {
      const tag = familiarName(reference);
      if (!image.tags.includes(tag)) image.tags = [...image.tags, tag];
      this.#names.set(tag, image);
    }
    return image;
  }

  /** 20 to 60 MB a second, and half a second for unpacking. */
  #transferTime(size: number): Micros {
    return (
      (second / 2 + Math.floor((size / 3 / (this.#random.integer(20, 60) * 1_000_000)) * second)) *
      this.registry.slowness
    );
  }
}
