import type { EventMessage, HostConfig } from '../../api';
import { profiles } from '../../api';
import { Random, Simulation } from '../../sim';
import type { Container } from '../containers/container';
import type { DaemonOptions } from '../daemon';
import { Daemon } from '../daemon';
import { FakeNetwork } from './fake-network';

export const start = Date.UTC(2026, 0, 1) * 1_000;

/** A node with its clock and a fake network, for tests. Common images are on it. */
export function testNode(options: Partial<DaemonOptions> = {}) {
  const sim = options.sim ?? new Simulation({ seed: 1, start });
  const networks = (options.networks as FakeNetwork | undefined) ?? new FakeNetwork(options.hostname ?? 'node-1');
  const daemon = new Daemon({
    sim,
    random: new Random(7),
    profile: profiles['28'],
    hostname: 'node-1',
    address: '192.168.99.101',
    cpus: 2,
    memory: 8 * 1024 ** 3,
    preload: ['alpine', 'nginx', 'redis', 'postgres', 'jwilder/whoami'],
    ...options,
    networks,
  });
  return { sim, networks, daemon };
}

/** Makes and starts a container at once. */
export function run(
  daemon: Daemon,
  image: string,
  cmd: readonly string[] = [],
  more: object = {},
  host: HostConfig = {},
  name?: string,
): Container {
  const container = daemon.containers.create({
    config: { Image: image, ...(cmd.length > 0 ? { Cmd: cmd } : {}), ...more },
    hostConfig: host,
    ...(name === undefined ? {} : { name }),
  });
  daemon.containers.startNow(container);
  return container;
}

/** Actions of the container events so far. */
export function actions(daemon: Daemon, type = 'container'): string[] {
  return daemon.events
    .list()
    .filter((event: EventMessage) => event.Type === type)
    .map((event: EventMessage) => event.Action);
}

/** Runs a command inside a container to its end, at most a virtual hour: output and exit code. */
export function exec(
  daemon: Daemon,
  container: Container,
  cmd: readonly string[],
): { out: string; err: string; code: number | undefined } {
  const made = daemon.execs.create(container, { Cmd: cmd });
  let out = '';
  let err = '';
  daemon.execs.start(made, {
    input: { take: () => '', ended: true, onMore: () => {} },
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    ended: () => {},
  });
  const limit = daemon.sim.now + 3_600_000_000;
  while (made.running && daemon.sim.step(limit));
  return { out, err, code: made.exitCode };
}
