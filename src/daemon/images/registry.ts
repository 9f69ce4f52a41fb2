import { Random } from '../../sim';
import { DaemonError } from '../errors';
import { catalogue } from './catalogue';
import type { ImageDefinition } from './definition';
import type { Reference } from './reference';
import { familiarName, parseReference } from './reference';

/** What a registry says about one image name. */
export interface Manifest {
  readonly definition: ImageDefinition;
  readonly reference: Reference;
  /** `sha256:` ID of the image's configuration. */
  readonly id: string;
  /** `sha256:` digest of its manifest. */
  readonly digest: string;
}

export interface RegistryOptions {
  /** `any`: names that are in no catalogue are accepted; `strict`: they are refused. */
  readonly mode?: 'any' | 'strict';
  /** Entries that are added to the catalogue, or replace those of the same name. */
  readonly images?: readonly ImageDefinition[];
}

/** IDs depend on the name alone, so that every cluster shows the same ones. */
const identities = new Random(0x1d5);

function sha256(kind: string, name: string): string {
  return `sha256:${identities.stream(`${kind} ${name}`).hexId()}`;
}

/** The image for a name that nobody described: a server that runs until it is told to stop, with a usual set of tools. */
function unknownImage(repository: string): ImageDefinition {
  const short = repository.slice(repository.lastIndexOf('/') + 1);
  return {
    name: repository,
    command: [`/usr/local/bin/${short}`],
    base: 'alpine',
    size: 42_000_000,
    created: '2025-06-01T12:00:00Z',
    behaviour: { onTerm: 0, termDelay: 20_000, logs: `${short} started\n` },
    unknown: true,
  };
}

/** The registry that all nodes pull from, with its faults. */
export class Registry {
  readonly #mode: 'any' | 'strict';
  readonly #images = new Map<string, ImageDefinition>();
  readonly #manifests = new Map<string, Manifest>();
  readonly #byDigest = new Map<string, Manifest>();
  /** Text of the error while the registry cannot be reached; undefined while all is well. */
  down: string | undefined;
  /** Pulls take this many times as long. */
  slowness = 1;
  /** Familiar `repository:tag` -> error text of every pull of it. */
  readonly failures = new Map<string, string>();

  constructor(options: RegistryOptions = {}) {
    this.#mode = options.mode ?? 'any';
    for (const image of catalogue) this.#images.set(image.name, image);
    for (const image of options.images ?? []) this.#images.set(image.name, image);
  }

  /** The repositories of the catalogue. */
  get repositories(): readonly string[] {
    return [...this.#images.keys()];
  }

  /** What the registry has under a name, without asking whether it can be reached; undefined: nothing. */
  known(reference: Reference): Manifest | undefined {
    const name = familiarName(reference);
    const found = this.#manifests.get(name);
    if (found) return found;
    if (reference.digest !== undefined && reference.tag === undefined) {
      const manifest = this.#byDigest.get(`${reference.repository}@${reference.digest}`);
      if (manifest) return manifest;
    }
    const listed = this.#images.get(reference.repository);
    if (!listed && this.#mode === 'strict') return undefined;
    if (listed?.tags && this.#mode === 'strict' && reference.tag !== undefined) {
      if (reference.tag !== 'latest' && !listed.tags.includes(reference.tag)) return undefined;
    }
    const manifest: Manifest = {
      definition: listed ?? unknownImage(reference.repository),
      reference,
      id: sha256('image', name),
      digest: reference.tag === undefined ? reference.digest! : sha256('manifest', name),
    };
    this.#manifests.set(name, manifest);
    this.#byDigest.set(`${reference.repository}@${manifest.digest}`, manifest);
    return manifest;
  }

  /** Asks for an image; throws the engine's pull error. */
  resolve(reference: Reference): Manifest {
    if (this.down !== undefined) throw new DaemonError('system', this.down);
    const failure = this.failures.get(familiarName(reference));
    if (failure !== undefined) throw new DaemonError('system', failure);
    const manifest = this.known(reference);
    if (manifest) return manifest;
    if (this.#images.has(reference.repository)) {
      throw new DaemonError(
        'not found',
        `manifest for ${familiarName(reference)} not found: manifest unknown: manifest unknown`,
      );
    }
    throw new DaemonError(
      'not found',
      `pull access denied for ${reference.repository}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    );
  }

  /** `GET /distribution/{name}/json`: digest and platform of a name (API-100). */
  distribution(name: string): Manifest {
    return this.resolve(parseReference(name));
  }
}
