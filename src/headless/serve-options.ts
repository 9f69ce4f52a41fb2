import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import type { ProfileName } from '../api';
import type { ClusterConfig, RegistryMode } from '../engine/config';
import { defaultConfig } from '../engine/config';
import { readAddress } from '../engine/dns/resolvers';
import type { ListenAddress } from '../engine/listeners/hosts';
import { parseListenAddress } from '../engine/listeners/hosts';
import type { Era } from '../network';
import { isEra } from '../network';
import { UsageError, wholeNumber } from './usage';

export const serveUsage = `Usage: swarmscope serve [OPTIONS]

Run a simulated swarm behind Docker's own API

Options:
      --host ADDRESS      unix:///path/docker.sock or tcp://127.0.0.1:PORT; the first is swarm-1's, the next swarm-2's ...
      --nodes N           How many machines (default 3)
      --managers N        How many of them are managers (default 1)
      --no-init           Machines without a swarm
      --seed N            Seed of all chance (default 1)
      --speed N|max       Virtual seconds a second (default 1)
      --profile P         Engine that is imitated: 20.10 or 28 (default 28)
      --era ERA           How containers find each other: 1.9 (hosts files), 1.10 (embedded DNS and an
                          external key-value store) or 1.12 (swarm mode, the default)
      --images FILE       Additions to the image catalogue (YAML)
      --registry MODE     any, strict or offline (default any)
      --dns-port 127.0.0.1:PORT
                          Let programs of this machine ask a container's resolver there, by UDP and TCP
      --dns-from CONTAINER
                          Whose: a container, a task, or a service (its first task); it may come later
      --journal FILE      Keep the cluster in this file, and come back from it
      --sync              Have each journal line on the disk before its request is answered
      --log-level LEVEL   error, info or debug (default info)
`;

export interface ServeOptions {
  readonly hosts: readonly ListenAddress[];
  readonly config: Partial<ClusterConfig>;
  /** A container's resolver that is to be open from the start. */
  readonly dns?: { readonly address: string; readonly container: string };
  readonly speed?: number;
  readonly journal?: string;
  readonly sync: boolean;
  readonly quiet: boolean;
}

/** Reads the options of `serve`; undefined when help was asked for. Throws UsageError. */
export function readServeOptions(args: readonly string[]): ServeOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const nodes = values.nodes === undefined ? 3 : wholeNumber(values.nodes, '--nodes', 1, 2_000);
  const managers = values.managers === undefined ? 1 : wholeNumber(values.managers, '--managers', 1, nodes);
  const hosts = (values.host ?? []).map(readHost);
  if (hosts.length > nodes) throw new UsageError(`${hosts.length} hosts are more than ${nodes} nodes`);
  const profile = readProfile(values.profile ?? defaultConfig.profile);
  return {
    hosts,
    config: {
      nodes,
      managers,
      profile,
      init: !values['no-init'],
      seed: values.seed === undefined ? defaultConfig.seed : wholeNumber(values.seed, '--seed', 0, 2 ** 31 - 1),
      registry: readRegistry(values.registry, profile),
      kernelVersion: os.release(),
      ...(values.era === undefined ? {} : { era: readEra(values.era) }),
      ...(values.images === undefined ? {} : { images: readImages(values.images) }),
    },
    ...readDns(values['dns-port'], values['dns-from']),
    ...(values.speed === undefined ? {} : { speed: readSpeed(values.speed) }),
    ...(values.journal === undefined ? {} : { journal: values.journal }),
    sync: values.sync ?? false,
    quiet: values['log-level'] === 'error',
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: { type: 'string', multiple: true },
        nodes: { type: 'string' },
        managers: { type: 'string' },
        'no-init': { type: 'boolean' },
        seed: { type: 'string' },
        speed: { type: 'string' },
        era: { type: 'string' },
        profile: { type: 'string' },
        images: { type: 'string' },
        registry: { type: 'string' },
        'dns-port': { type: 'string' },
        'dns-from': { type: 'string' },
        journal: { type: 'string' },
        sync: { type: 'boolean' },
        'log-level': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A port alone is one of 127.0.0.1. */
function readDns(place: string | undefined, container: string | undefined): Pick<ServeOptions, 'dns'> {
  if (place === undefined && container === undefined) return {};
  if (place === undefined || container === undefined) throw new UsageError('--dns-port and --dns-from go together');
  const address = /^\d+$/.test(place) ? `127.0.0.1:${place}` : place;
  try {
    readAddress(address);
  } catch (error) {
    throw new UsageError(`--dns-port ${(error as Error).message}`);
  }
  return { dns: { address, container } };
}

function readHost(text: string): ListenAddress {
  try {
    return parseListenAddress(text);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readProfile(text: string): ProfileName {
  if (text === '20.10' || text === '28') return text;
  throw new UsageError(`--profile must be 20.10 or 28, not '${text}'`);
}

function readEra(text: string): Era {
  if (isEra(text)) return text;
  throw new UsageError(`--era must be 1.9, 1.10 or 1.12, not '${text}'`);
}

/** The recorded 20.10 engines could not reach a registry, and answer accordingly unless told otherwise. */
function readRegistry(text: string | undefined, profile: ProfileName): RegistryMode {
  if (text === undefined) return profile === '20.10' ? 'offline' : 'any';
  if (text === 'any' || text === 'strict' || text === 'offline') return text;
  throw new UsageError(`--registry must be any, strict or offline, not '${text}'`);
}

function readSpeed(text: string): number {
  if (text === 'max') return 0;
  const speed = Number(text);
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new UsageError(`--speed must be a positive number or max, not '${text}'`);
}

function readImages(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--images ${file}: ${(error as Error).message}`);
  }
}
