import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { OpenSimulation } from '../client/simulation';
import { openSimulation } from '../client/simulation';
import { dnsOpener } from '../engine/listeners/dns-listener';
import { FileSink, readJournalFile, setAside } from '../engine/listeners/file-sink';
import { nodeTimers, wallClock } from '../engine/listeners/host-timers';
import type { ListenAddress } from '../engine/listeners/hosts';
import type { HttpListener } from '../engine/listeners/http-listener';
import { listenHttp } from '../engine/listeners/http-listener';
import { useShellLibrary } from '../engine/listeners/shell-library';
import type { ServeOptions } from './serve-options';
import { readServeOptions, serveUsage } from './serve-options';

/** How often the passing of virtual time is written down, in milliseconds. */
const checkpointEvery = 10_000;

/** `swarmscope serve`: runs until SIGINT or SIGTERM. Prints one line of JSON when it is ready. */
export async function serve(args: readonly string[]): Promise<number> {
  const options = readServeOptions(args);
  if (!options) {
    process.stdout.write(serveUsage);
    return 0;
  }
  const stopped = untilStopped();
  useShellLibrary();
  const simulation = await open(options);
  const places = new Sockets();
  const listeners: HttpListener[] = [];
  try {
    for (const [index, engine] of simulation.cluster.engines.entries()) {
      const place = options.hosts[index] ?? places.next(engine.name);
      listeners.push(await listenHttp(place, (request) => simulation.live.request(engine.name, request)));
    }
    const { dns } = options;
    if (dns) await simulation.live.resolvers.open(dns);
    announce(simulation, listeners);
    const checkpoints = setInterval(() => void simulation.live.checkpoint(), checkpointEvery);
    await stopped;
    clearInterval(checkpoints);
    return 0;
  } finally {
    await Promise.all(listeners.map((listener) => listener.close()));
    await simulation.close();
    places.remove();
  }
}

async function open(options: ServeOptions): Promise<OpenSimulation> {
  const { journal, config } = options;
  const common = {
    config,
    host: nodeTimers,
    wallClock,
    openDns: dnsOpener,
    ...(options.speed === undefined ? {} : { speed: options.speed }),
  };
  if (journal === undefined) return openSimulation(common);
  const sink = new FileSink(journal, { sync: options.sync });
  const lines = readJournalFile(journal);
  if (!lines) return openSimulation({ ...common, sink });
  // The damaged text is kept before the readable part takes its place.
  const copy = `${journal}.before`;
  fs.copyFileSync(journal, copy);
  const simulation = await openSimulation({ ...common, sink, journal: lines });
  if (simulation.damage !== undefined) {
    const kept = setAside(journal, copy);
    if (!options.quiet) process.stderr.write(`swarmscope: ${journal}: ${simulation.damage}; kept as ${kept}\n`);
  }
  fs.rmSync(copy, { force: true });
  return simulation;
}

/** Sockets for nodes that were given no host, in a folder of their own. */
class Sockets {
  #folder: string | undefined;

  next(name: string): ListenAddress {
    this.#folder ??= fs.mkdtempSync(path.join(os.tmpdir(), 'swarmscope-'));
    return { kind: 'unix', path: path.join(this.#folder, `${name}.sock`) };
  }

  remove(): void {
    if (this.#folder) fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

function announce(simulation: OpenSimulation, listeners: readonly HttpListener[]): void {
  const contexts = Object.fromEntries(
    simulation.cluster.engines.map((engine, index) => [engine.name, listeners[index]?.address ?? '']),
  );
  const hosts = listeners.map((listener) => listener.address);
  const dns = simulation.live.resolvers.list().map((resolver) => resolver.address);
  process.stdout.write(`${JSON.stringify({ ready: true, hosts, contexts, ...(dns.length > 0 && { dns }) })}\n`);
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the program at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
