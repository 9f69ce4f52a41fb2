import type { GenericResource, ResourceObject } from '../../../api';

function kindOf(resource: GenericResource): string {
  return 'DiscreteResourceSpec' in resource ? resource.DiscreteResourceSpec.Kind : resource.NamedResourceSpec.Kind;
}

/** What a node has, less what the tasks looked at so far reserved (ORCH-76). */
export class Available {
  #memory: number;
  #cpus: number;
  #generic: GenericResource[];

  constructor(resources: ResourceObject | undefined) {
    this.#memory = resources?.MemoryBytes ?? 0;
    this.#cpus = resources?.NanoCPUs ?? 0;
    this.#generic = [...(resources?.GenericResources ?? [])];
  }

  /** Takes memory and CPU for a task; false, and nothing taken, when it does not fit. */
  reserve(reservations: ResourceObject): boolean {
    const memory = reservations.MemoryBytes ?? 0;
    const cpus = reservations.NanoCPUs ?? 0;
    if (memory > this.#memory || cpus > this.#cpus) return false;
    this.#memory -= memory;
    this.#cpus -= cpus;
    return true;
  }

  /** Whether a generic resource that a task holds is (still) there. */
  has(resource: GenericResource): boolean {
    return this.#generic.some((own) => {
      if (kindOf(own) !== kindOf(resource)) return false;
      if ('DiscreteResourceSpec' in own) {
        return (
          'DiscreteResourceSpec' in resource && own.DiscreteResourceSpec.Value >= resource.DiscreteResourceSpec.Value
        );
      }
      return 'NamedResourceSpec' in resource && own.NamedResourceSpec.Value === resource.NamedResourceSpec.Value;
    });
  }

  claim(resources: readonly GenericResource[]): void {
    for (const resource of resources) {
      this.#generic = this.#generic.flatMap((own) => {
        if (kindOf(own) !== kindOf(resource)) return own;
        if ('DiscreteResourceSpec' in own && 'DiscreteResourceSpec' in resource) {
          const Value = own.DiscreteResourceSpec.Value - resource.DiscreteResourceSpec.Value;
          return { DiscreteResourceSpec: { ...own.DiscreteResourceSpec, Value } };
        }
        const taken =
          'NamedResourceSpec' in own &&
          'NamedResourceSpec' in resource &&
          own.NamedResourceSpec.Value === resource.NamedResourceSpec.Value;
        return taken ? [] : own;
      });
    }
  }
}
