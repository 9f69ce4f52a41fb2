import type { LocalNetwork } from '../libnetwork';
import type { TableEntry } from '../records/endpoint-record';
import type { EndpointTable } from '../records/endpoint-table';

/** A line that the engine keeps in every container's /etc/hosts for a container elsewhere on its networks (TALK-3). */
export interface NeighbourLine {
  readonly text: string;
  readonly network: LocalNetwork;
  readonly entry: TableEntry;
}

/** The lines for all others on a network, in the order in which they came: `NAME`, then `NAME.NETWORK`. */
export function neighbourLines(network: LocalNetwork, table: EndpointTable, ownKey: string): readonly NeighbourLine[] {
  const lines: NeighbourLine[] = [];
  const entries = [...table.entries.values()].sort((a, b) => a.head.at - b.head.at);
  for (const entry of entries) {
    const { record } = entry.head;
    if (!record || entry.key === ownKey || record.endpointIP === '') continue;
    for (const name of [record.name, `${record.name}.${network.name}`]) {
      lines.push({ text: `${record.endpointIP}\t${name}`, network, entry });
    }
  }
  return lines;
}

/** The first line of a hosts file that has the name, as getaddrinfo reads it. */
export function lineWith(text: string, name: string): { readonly number: number; readonly text: string } | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  for (const [index, line] of text.split('\n').entries()) {
    const [, ...names] = line.split(/\s+/);
    if (names.some((one) => one.toLowerCase() === wanted)) return { number: index + 1, text: line };
  }
  return undefined;
}
