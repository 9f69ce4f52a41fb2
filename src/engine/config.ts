import type { GenericResource, ProfileName } from '../api';
import type { Era } from '../network';
import type { Micros } from '../sim';

/** A simulated machine. */
export interface NodeConfig {
  /** The host name; `swarm-N` when absent. */
  readonly name?: string;
  /** An IPv4 address; 192.168.99.101 and following when absent. */
  readonly address?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  /** Labels of the engine (`engine.labels.x`). */
  readonly labels?: Readonly<Record<string, string>>;
  readonly genericResources?: readonly GenericResource[];
  /** Names of drivers of cluster volumes (CSI) that the engine has. */
  readonly csiPlugins?: readonly string[];
}

/** Whether images that no catalogue knows exist (`any`) or not (`strict`), or whether no registry can be reached. */
export type RegistryMode = 'any' | 'strict' | 'offline';

/** All that a cluster is made from, besides the requests to it. Plain JSON: it is the journal's first line. */
export interface ClusterConfig {
  readonly seed: number;
  /** How many machines, or each of them. */
  readonly nodes: number | readonly NodeConfig[];
  /** How many of them, from the first, are managers when `init` forms a swarm. */
  readonly managers: number;
  readonly profile: ProfileName;
  /** Form a swarm of this many nodes at the start: all (true), none (false), or the first so many. */
  readonly init: boolean | number;
  /** Virtual time of the beginning. */
  readonly start: Micros;
  readonly registry: RegistryMode;
  /** Additions to the image catalogue, as text of the YAML form. */
  readonly images?: string;
  /** Kernel release that the machines show. */
  readonly kernelVersion?: string;
  /** How containers find each other: `1.12`, swarm mode, when absent. In earlier eras there are no swarms (TALK-3 … TALK-5). */
  readonly era?: Era;
}

export const defaultConfig: ClusterConfig = {
  seed: 1,
  nodes: 3,
  managers: 1,
  profile: '28',
  init: true,
  // 2026-01-01T00:00:00Z
  start: 1_767_225_600_000_000,
  registry: 'any',
};

/** A machine with every field filled in that has a default. */
export type Machine = Required<Omit<NodeConfig, 'genericResources' | 'csiPlugins'>> &
  Pick<NodeConfig, 'genericResources' | 'csiPlugins'>;

/** The machines of a configuration with every field filled in. */
export function machines(config: ClusterConfig): Machine[] {
  const given = typeof config.nodes === 'number' ? Array.from({ length: config.nodes }, () => ({})) : config.nodes;
  return given.map((node, index) => completeNode(node, index));
}

/** Machine number `index` (from 0) as described, with defaults: 2 CPUs, 8 GiB. */
export function completeNode(node: NodeConfig, index: number) {
  return {
    ...node,
    name: node.name ?? `swarm-${index + 1}`,
    address: node.address ?? defaultAddress(index),
    cpus: node.cpus ?? 2,
    memoryBytes: node.memoryBytes ?? 8 * 1024 ** 3,
    labels: node.labels ?? {},
  };
}

/** 192.168.99.101 upward; the 156th goes on in 192.168.100.x, and so on. */
function defaultAddress(index: number): string {
  if (index < 154) return `192.168.99.${101 + index}`;
  const beyond = index - 154;
  return `192.168.${100 + Math.floor(beyond / 254)}.${1 + (beyond % 254)}`;
}
