/** `Meta.Version` of a swarm object: the raft index known when the writing transaction began (CTRL-15). */
export interface Version {
  readonly Index: number;
}

/** An RFC 3339 time with nine fractional digits, made by `timestamp()` of src/sim; such strings sort by time. */
export type Timestamp = string;

/** A duration of the Engine API in nanoseconds. */
export type Nanoseconds = number;

export type Labels = Readonly<Record<string, string>>;

/** What every swarm object carries (ORCH-1). */
export interface Meta {
  readonly ID: string;
  readonly Version: Version;
  readonly CreatedAt: Timestamp;
  readonly UpdatedAt: Timestamp;
}

export interface Annotations {
  readonly Name: string;
  readonly Labels: Labels;
}

/** A driver with its options, as in networks, volumes, logs and secrets. */
export interface Driver {
  readonly Name?: string;
  readonly Options?: Readonly<Record<string, string>>;
}

/** One kind of generic resource of a node or reservation (SCHED-12). */
export type GenericResource =
  | { readonly DiscreteResourceSpec: { readonly Kind: string; readonly Value: number } }
  | { readonly NamedResourceSpec: { readonly Kind: string; readonly Value: string } };

export interface ResourceObject {
  readonly NanoCPUs?: number;
  readonly MemoryBytes?: number;
  readonly Pids?: number;
  readonly GenericResources?: readonly GenericResource[];
}
