import type { Cluster } from '../engine/cluster';
import type { ClusterConfig } from '../engine/config';
import { defaultConfig } from '../engine/config';
import type { DnsOpener } from '../engine/dns/resolvers';
import type { JournalSink } from '../engine/journal/format';
import { LiveCluster } from '../engine/live-cluster';
import type { HostTimers } from '../engine/pacer';
import { InProcessTransport } from './in-process';
import type { Transport } from './transport';

export interface OpenSimulationOptions {
  /** What differs from the default cluster: three nodes in a swarm. */
  readonly config?: Partial<ClusterConfig>;
  readonly host: HostTimers;
  /** Where the journal is kept; without one it is in memory only. */
  readonly sink?: JournalSink;
  /** Lines of a journal to come back from. */
  readonly journal?: readonly string[];
  /** Opens containers' resolvers on sockets; without it they cannot be opened. */
  readonly openDns?: DnsOpener;
  readonly speed?: number;
  readonly paused?: boolean;
  /** The wall clock in microseconds since the epoch; a new or reset cluster begins at its time. */
  readonly wallClock?: () => number;
}

export interface OpenSimulation {
  /** The cluster of now; another one after a reset or rewind. */
  readonly cluster: Cluster;
  readonly live: LiveCluster;
  /** What was wrong with the journal; the caller keeps the damaged text aside. */
  readonly damage?: string;
  /** A client's way to the engine of a node, by host name. */
  transportFor(nodeName: string): Transport;
  /** Stops time and lets the journal go. */
  close(): Promise<void>;
}

/** Makes a simulated cluster that lives in this process, new or from its journal. */
export async function openSimulation(options: OpenSimulationOptions): Promise<OpenSimulation> {
  const start = options.wallClock ? { start: options.wallClock() } : {};
  const config = { ...defaultConfig, ...start, ...options.config };
  const whole = { ...options, config };
  const { live, damage } = options.journal
    ? await LiveCluster.restore(options.journal, whole)
    : { live: await LiveCluster.create(whole), damage: undefined };
  return {
    get cluster() {
      return live.cluster;
    },
    live,
    ...(damage === undefined ? {} : { damage }),
    transportFor: (nodeName) =>
      new InProcessTransport(`${nodeName} (simulated)`, (request) => live.request(nodeName, request)),
    close: () => live.close(),
  };
}
