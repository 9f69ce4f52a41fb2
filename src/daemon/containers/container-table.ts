import { DaemonError } from '../errors';
import type { Container } from './container';

/** The containers of one node by ID and name, in the order in which they were made. */
export class ContainerTable {
  readonly #byId = new Map<string, Container>();
  readonly #byName = new Map<string, Container>();

  get size(): number {
    return this.#byId.size;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  hasName(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Oldest first. */
  values(): IterableIterator<Container> {
    return this.#byId.values();
  }

  /** By full ID, name, or ID prefix; undefined when there is none or several. */
  find(reference: string): Container | undefined {
    const exact = this.#byId.get(reference) ?? this.#byName.get(withoutSlash(reference));
    if (exact || !/^[0-9a-f]{1,63}$/.test(reference)) return exact;
    let match: Container | undefined;
    for (const container of this.#byId.values()) {
      if (!container.id.startsWith(reference)) continue;
      if (match) return undefined;
      match = container;
    }
    return match;
  }

  /** Throws 404 `No such container: x` (API-41). */
  get(reference: string): Container {
    const container = this.find(reference);
    if (!container) throw new DaemonError('not found', `No such container: ${reference}`);
    return container;
  }

  /** Throws 409 when a container has the name already. */
  checkFree(name: string): void {
    const owner = this.#byName.get(name);
    if (!owner) return;
    throw new DaemonError(
      'conflict',
      `Conflict. The container name "/${name}" is already in use by container "${owner.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
  }

  add(container: Container): void {
    this.#byId.set(container.id, container);
    this.#byName.set(container.name, container);
  }

  rename(container: Container, name: string): void {
    this.#byName.delete(container.name);
    this.#byName.set(name, container);
    container.rename(name);
  }

  /** False when it was not there any more. */
  delete(container: Container): boolean {
    if (!this.#byId.delete(container.id)) return false;
    this.#byName.delete(container.name);
    return true;
  }
}

function withoutSlash(name: string): string {
  return name.startsWith('/') ? name.slice(1) : name;
}
