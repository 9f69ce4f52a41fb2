import type { Labels } from '../../api';
import type { Micros, Random } from '../../sim';
import { timestamp } from '../../sim';
import { FileSystem } from '../containers/file-system';
import { DaemonError } from '../errors';
import type { EventLog } from '../events/event-log';

export interface Volume {
  readonly name: string;
  readonly driver: string;
  readonly options: Labels;
  readonly labels: Labels;
  readonly created: Micros;
  readonly files: FileSystem;
  /** IDs of the containers that have it. */
  readonly users: Set<string>;
}

/** What the label of an anonymous volume is called. */
export const anonymousLabel = 'com.docker.volume.anonymous';

const localOptions: readonly string[] = ['type', 'o', 'device', 'size'];

/** What the local driver is not given. Throws 400. */
function checkLocalOptions(name: string, options: Labels): void {
  const unknown = Object.keys(options).find((option) => !localOptions.includes(option));
  const refuse = (why: string) => new DaemonError('invalid', `create ${name}: ${why}`);
  if (unknown !== undefined) throw refuse(`invalid option: "${unknown}"`);
  // None of the options of a mount can be without the others.
  const mounts = ['type', 'o', 'device'].some((option) => option in options);
  const missing = mounts ? ['device', 'type'].find((option) => !options[option]) : undefined;
  if (missing) throw refuse(`missing required option: "${missing}"`);
  if (options.size) throw refuse('quota size requested but no quota support');
}

/** The volumes of one node. */
export class VolumeStore {
  readonly #volumes = new Map<string, Volume>();

  constructor(
    private readonly clock: { readonly now: Micros },
    private readonly random: Random,
    private readonly events: EventLog,
    /** Volumes without a name of their own carry a label that says so; engines of 20.10 give none. */
    private readonly marksAnonymous = true,
  ) {}

  /** By name. */
  list(): readonly Volume[] {
    return [...this.#volumes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): Volume | undefined {
    return this.#volumes.get(name);
  }

  /** Throws 404 `get x: no such volume`. */
  get(name: string): Volume {
    const volume = this.#volumes.get(name);
    if (!volume) throw new DaemonError('not found', `get ${name}: no such volume`);
    return volume;
  }

  /** The volume of that name, made when it is not there; an empty name makes an anonymous one (TALK-20). */
  create(request: {
    readonly name?: string;
    readonly driver?: string;
    readonly options?: Labels | null;
    readonly labels?: Labels | null;
  }): Volume {
    const driver = request.driver || 'local';
    const anonymous = !request.name && this.marksAnonymous;
    const name = request.name || this.random.hexId();
    const existing = this.#volumes.get(name);
    if (existing) {
      if (existing.driver !== driver) {
        throw new DaemonError(
          'conflict',
          `a volume with the name ${name} already exists with driver ${existing.driver}`,
        );
      }
      return existing;
    }
    if (driver !== 'local') {
      throw new DaemonError(
        'not found',
        `create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`,
      );
    }
    if (name.length < 2) {
      throw new DaemonError(
        'invalid',
        `create ${name}: volume name is too short, names should be at least two alphanumeric characters`,
      );
    }
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
      throw new DaemonError(
        'invalid',
        `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
      );
    }
    checkLocalOptions(name, request.options ?? {});
    const volume: Volume = {
      name,
      driver,
      options: request.options ?? {},
      labels: anonymous ? { ...request.labels, [anonymousLabel]: '' } : (request.labels ?? {}),
      created: this.clock.now,
      files: new FileSystem(),
      users: new Set(),
    };
    this.#volumes.set(name, volume);
    this.events.emit('volume', 'create', name, { driver });
    return volume;
  }

  /** Throws 404, or 409 while containers have it. */
  remove(name: string, force: boolean): void {
    const volume = this.#volumes.get(name);
    if (!volume) {
      if (force) return;
      throw new DaemonError('not found', `get ${name}: no such volume`);
    }
    if (volume.users.size > 0) {
      throw new DaemonError('conflict', `remove ${name}: volume is in use - [${[...volume.users].join(', ')}]`);
    }
    this.#volumes.delete(name);
    this.events.emit('volume', 'destroy', name, { driver: volume.driver });
  }

  /** As `GET /volumes/{name}`. */
  view(volume: Volume): Record<string, unknown> {
    return {
      CreatedAt: timestamp(volume.created).replace(/\.\d+Z$/, 'Z'),
      Driver: volume.driver,
      Labels: Object.keys(volume.labels).length > 0 ? volume.labels : null,
      Mountpoint: `/var/lib/docker/volumes/${volume.name}/_data`,
      Name: volume.name,
      Options: Object.keys(volume.options).length > 0 ? volume.options : null,
      Scope: 'local',
    };
  }
}
