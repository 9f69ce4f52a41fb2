import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { EngineEndpoint, EngineTls } from './endpoint';

/** Where the docker command keeps its settings, and what of its environment counts. */
export interface DockerPlace {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  readonly platform?: NodeJS.Platform;
}

export interface DockerContext {
  readonly name: string;
  readonly description: string;
  readonly endpoint: EngineEndpoint;
  /** The one that the docker command uses when it is told nothing else. */
  readonly current: boolean;
  /** Written by this extension. */
  readonly ours: boolean;
}

/** What marks a context as ours; the docker command keeps fields that it does not know. */
const MARK = 'Swarmscope';

interface Meta {
  readonly Name?: unknown;
  readonly Metadata?: Record<string, unknown>;
  readonly Endpoints?: { readonly docker?: { readonly Host?: unknown; readonly SkipTLSVerify?: unknown } };
}

/** The folder of the docker command's settings: DOCKER_CONFIG, or `.docker` at home. */
export function dockerFolder({ env = process.env, home = os.homedir() }: DockerPlace = {}): string {
  return env.DOCKER_CONFIG || path.join(home, '.docker');
}

function metaFile(name: string, place: DockerPlace): string {
  return path.join(dockerFolder(place), 'contexts', 'meta', idOf(name), 'meta.json');
}

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/**
 * The contexts of the docker command, `default` first. Contexts that cannot be read are left out. Current is what the
 * command itself would take: DOCKER_HOST, then DOCKER_CONTEXT, then the settings.
 */
export async function listDockerContexts(place: DockerPlace = {}): Promise<DockerContext[]> {
  const current = await currentContext(place);
  const folder = path.join(dockerFolder(place), 'contexts', 'meta');
  const ids = await fs.readdir(folder).catch(() => []);
  const found = await Promise.all(ids.map((id) => readContext(path.join(folder, id, 'meta.json'), current, place)));
  const named = found.filter((context) => context !== undefined).sort((a, b) => a.name.localeCompare(b.name));
  return [await defaultContext(current, place), ...named];
}

async function currentContext(place: DockerPlace): Promise<string> {
  const { env = process.env } = place;
  if (env.DOCKER_HOST) return 'default';
  return env.DOCKER_CONTEXT || (await configuredContext(place)) || 'default';
}

/** The context that `docker context use` chose. */
export async function configuredContext(place: DockerPlace = {}): Promise<string | undefined> {
  const config = (await readJson(path.join(dockerFolder(place), 'config.json'))) as { currentContext?: unknown };
  return typeof config?.currentContext === 'string' ? config.currentContext : undefined;
}

async function defaultContext(current: string, place: DockerPlace): Promise<DockerContext> {
  const { env = process.env, platform = process.platform } = place;
  const usual = platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';
  const host = env.DOCKER_HOST || usual;
  const overTls = env.DOCKER_TLS_VERIFY || env.DOCKER_TLS;
  const folder = env.DOCKER_CERT_PATH || dockerFolder(place);
  const tls = overTls && !/^(unix|npipe|ssh):/.test(host) ? await readTls(folder, !env.DOCKER_TLS_VERIFY) : undefined;
  return {
    name: 'default',
    description: env.DOCKER_HOST ? 'DOCKER_HOST' : '',
    endpoint: { host, ...(tls && { tls }) },
    current: current === 'default',
    ours: false,
  };
}

async function readContext(file: string, current: string, place: DockerPlace): Promise<DockerContext | undefined> {
  const meta = (await readJson(file)) as Meta | undefined;
  const { Name: name, Metadata: metadata } = meta ?? {};
  const host = meta?.Endpoints?.docker?.Host;
  if (typeof name !== 'string' || typeof host !== 'string' || host === '') return undefined;
  const skip = meta?.Endpoints?.docker?.SkipTLSVerify === true;
  const tls = await readTls(path.join(dockerFolder(place), 'contexts', 'tls', idOf(name), 'docker'), skip);
  return {
    name,
    description: typeof metadata?.Description === 'string' ? metadata.Description : '',
    endpoint: { host, ...(tls && { tls }) },
    current: name === current,
    ours: metadata?.[MARK] === true,
  };
}

/** Certificates in a folder; undefined when there are none and none are waived. */
async function readTls(folder: string, skipVerify: boolean): Promise<EngineTls | undefined> {
  const read = (name: string) => fs.readFile(path.join(folder, name), 'utf8').catch(() => undefined);
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map(read));
  if (!ca && !cert && !skipVerify) return undefined;
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(skipVerify && { skipVerify }) };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Who has the name of a context: nobody, this extension, or somebody else. */
export async function contextOwner(name: string, place: DockerPlace = {}): Promise<'nobody' | 'us' | 'other'> {
  const file = metaFile(name, place);
  const there = await fs.stat(file).catch(() => undefined);
  if (!there) return 'nobody';
  const meta = (await readJson(file)) as Meta | undefined;
  return meta?.Metadata?.[MARK] === true ? 'us' : 'other';
}

/** The address in a context of ours. */
export async function ownContextHost(name: string, place: DockerPlace = {}): Promise<string | undefined> {
  const meta = (await readJson(metaFile(name, place))) as Meta | undefined;
  const host = meta?.Endpoints?.docker?.Host;
  return meta?.Metadata?.[MARK] === true && typeof host === 'string' ? host : undefined;
}

/**
 * Writes a context in the docker command's own form, in one step. Nothing else in its folder is touched. Throws when the
 * name is another's, unless `overwrite`.
 */
export async function writeContext(
  name: string,
  host: string,
  description: string,
  options: DockerPlace & { readonly overwrite?: boolean } = {},
): Promise<void> {
  if (!options.overwrite && (await contextOwner(name, options)) === 'other') {
    throw new Error(`context "${name}" already exists`);
  }
  const file = metaFile(name, options);
  const meta = {
    Name: name,
    Metadata: { Description: description, [MARK]: true },
    Endpoints: { docker: { Host: host, SkipTLSVerify: false } },
  };
  await fs.mkdir(path.dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  await fs.writeFile(fresh, JSON.stringify(meta), { mode: 0o644 });
  await fs.rename(fresh, file);
}

/** Removes a context that this extension wrote; false when there is none of ours. */
export async function removeContext(name: string, place: DockerPlace = {}): Promise<boolean> {
  if ((await contextOwner(name, place)) !== 'us') return false;
  await fs.rm(path.dirname(metaFile(name, place)), { recursive: true, force: true });
  return true;
}
