/** What `GET /lab/nodes/{id}/networkdb` says of one node. Times are microseconds since the epoch. */
export interface NodeKnowledge {
  readonly node: string;
  readonly entries: readonly KnownEntry[];
  /** Nodes that this one takes for dead. */
  readonly failed: readonly { readonly node: string; readonly since: number }[];
  /** Without power: it knows nothing that could be asked for. */
  readonly off?: boolean;
}

export interface KnownEntry {
  readonly network: string;
  /** Endpoint ID. */
  readonly key: string;
  readonly owner: string;
  /** Lamport time of the version that the node has. */
  readonly lamport: number;
  readonly since: number;
  /** Absent: the entry was deleted, and this is its tombstone. */
  readonly record?: {
    readonly name: string;
    readonly serviceName: string;
    readonly endpointIP: string;
    readonly virtualIP: string;
    readonly serviceDisabled: boolean;
  };
  readonly reapAt?: number;
}

/** One entry over all nodes: a row of the comparison. */
export interface ComparedEntry {
  readonly key: string;
  readonly owner: string;
  /** Name and address as the newest version that anybody still has them; empty for what all have deleted. */
  readonly name: string;
  readonly service: string;
  readonly address: string;
  /** By node, in the order of the nodes; undefined for one that does not know the entry. */
  readonly known: readonly (KnownEntry | undefined)[];
  /** Whether the nodes that are on the network differ. */
  readonly differs: boolean;
}

export interface ComparedNetwork {
  readonly id: string;
  /** By node: whether it knows anything of the network. */
  readonly members: readonly boolean[];
  readonly entries: readonly ComparedEntry[];
}

/** Puts what the nodes know side by side: networks by ID, entries by service and name. */
export function compare(nodes: readonly NodeKnowledge[]): ComparedNetwork[] {
  const networks = new Map<string, Map<string, (KnownEntry | undefined)[]>>();
  for (const [index, { entries }] of nodes.entries()) {
    for (const entry of entries) {
      const rows = networks.get(entry.network) ?? new Map<string, (KnownEntry | undefined)[]>();
      networks.set(entry.network, rows);
      const row = rows.get(entry.key) ?? nodes.map(() => undefined);
      rows.set(entry.key, row);
      row[index] = entry;
    }
  }
  return [...networks].map(([id, rows]) => {
    const members = nodes.map((_, index) => [...rows.values()].some((row) => row[index] !== undefined));
    const entries = [...rows]
      .map(([key, known]) => entryOf(key, known, members))
      .sort((a, b) => order(a.service, b.service) || order(a.name, b.name) || order(a.key, b.key));
    return { id, members, entries };
  });
}

function entryOf(key: string, known: readonly (KnownEntry | undefined)[], members: readonly boolean[]): ComparedEntry {
  const there = known.filter((entry) => entry !== undefined);
  const newest = there.filter((entry) => entry.record).sort((a, b) => b.lamport - a.lamport)[0];
  const versions = new Set(
    known.flatMap((entry, index) => (members[index] ? [entry ? `${entry.lamport} ${!entry.record}` : 'unknown'] : [])),
  );
  return {
    key,
    owner: there[0]?.owner ?? '',
    name: newest?.record?.name ?? '',
    service: newest?.record?.serviceName ?? '',
    address: newest?.record?.endpointIP ?? '',
    known,
    differs: versions.size > 1,
  };
}

const collator = new Intl.Collator('en', { numeric: true });
const order = (a: string, b: string): number => collator.compare(a, b);
