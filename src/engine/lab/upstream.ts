import type { LabUpstream, LabUpstreamRecord } from '../../api';
import type { Upstream, UpstreamEntry, UpstreamRecord } from '../../network';
import { millisecond } from '../../sim';
import { labelsOf } from '../dns/name';
import { recordData } from '../dns/record-data';
import type { RouteContext } from '../http';
import { EngineError } from '../http';
import type { NodeEngine } from '../node-engine';
import type { NodeRoute } from '../routes/answers';
import { ok, reads, writes } from '../routes/answers';

/** The DNS servers outside of the cluster: which names exist there, and how they answer (DISC-21). */
export const upstreamRoutes: readonly NodeRoute[] = [
  reads('GET', '/lab/upstream', ({ engine }) => ok(show(engine.cluster.fabric.upstream))),
  writes('PUT', '/lab/upstream', put),
];

const defaultTtl = 300;
const longestLatency = 3_600_000;
const codes = ['SERVFAIL', 'REFUSED', 'silence'] as const;

/** Changes what is given and leaves the rest; `records` and `failures` each take the place of all there were. */
function put({ engine, json }: RouteContext<NodeEngine>) {
  const wanted = json<Readonly<Record<keyof LabUpstream, unknown>>>();
  const { upstream } = engine.cluster.fabric;
  const present = show(upstream);
  const mode = wanted.mode ?? present.mode;
  if (mode !== 'on' && mode !== 'off' && mode !== 'silent') throw bad('mode must be on, off or silent');
  const latency = wanted.latencyMilliseconds ?? present.latencyMilliseconds;
  if (typeof latency !== 'number' || !(latency >= 0 && latency <= longestLatency)) {
    throw bad('latencyMilliseconds must be a number from 0 to 3600000');
  }
  const servers = wanted.servers ?? present.servers;
  if (!isTexts(servers)) throw bad('servers must be a list of addresses');
  const authoritative = wanted.authoritative ?? present.authoritative;
  if (typeof authoritative !== 'boolean') throw bad('authoritative must be true or false');
  const names = zone(wanted.records ?? present.records, wanted.failures ?? present.failures);
  upstream.mode = mode;
  upstream.latency = Math.round(latency * millisecond);
  upstream.servers = servers;
  upstream.authoritative = authoritative;
  upstream.setNames(names);
  return ok(show(upstream));
}

function bad(message: string): EngineError {
  return new EngineError(400, message);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function zone(records: unknown, failures: unknown): ReadonlyMap<string, UpstreamEntry> {
  const names = new Map<string, UpstreamRecord[]>();
  if (!Array.isArray(records)) throw bad('records must be a list');
  for (const given of records as readonly Partial<Record<keyof LabUpstreamRecord, unknown>>[]) {
    const record = readRecord(given ?? {});
    const name = readName(given.name);
    const known = names.get(name);
    if (known) known.push(record);
    else names.set(name, [record]);
  }
  const entries = new Map<string, UpstreamEntry>(names);
  if (typeof failures !== 'object' || failures === null || Array.isArray(failures)) {
    throw bad('failures must be an object of names');
  }
  for (const [text, code] of Object.entries(failures)) {
    const known = codes.find((one) => one === code);
    if (!known) throw bad(`${text}: SERVFAIL, REFUSED or silence, not ${JSON.stringify(code)}`);
    entries.set(readName(text), known);
  }
  return entries;
}

function readRecord({
  type,
  ttl = defaultTtl,
  data,
}: Partial<Record<keyof LabUpstreamRecord, unknown>>): UpstreamRecord {
  if (typeof type !== 'string' || typeof data !== 'string') throw bad('a record has name, type and data');
  if (typeof ttl !== 'number' || !Number.isInteger(ttl) || ttl < 0 || ttl > 2 ** 31 - 1)
    throw bad('ttl must be seconds');
  const upper = type.toUpperCase();
  try {
    recordData(upper, data);
  } catch (error) {
    throw bad((error as Error).message);
  }
  // Aliases are followed by their name with its final dot.
  return { type: upper, ttl, data: upper === 'CNAME' && !data.endsWith('.') ? `${data}.` : data };
}

function readName(name: unknown): string {
  if (typeof name !== 'string' || name === '' || !labelsOf(name)) throw bad(`${String(name)} is no domain name`);
  return `${name.toLowerCase().replace(/\.$/, '')}.`;
}

function show(upstream: Upstream): LabUpstream {
  const records: LabUpstreamRecord[] = [];
  const failures: Record<string, 'SERVFAIL' | 'REFUSED' | 'silence'> = {};
  for (const [name, entry] of upstream.names) {
    if (typeof entry === 'string') failures[name] = entry;
    else records.push(...entry.map((record) => ({ name, ...record })));
  }
  return {
    mode: upstream.mode,
    latencyMilliseconds: upstream.latency / millisecond,
    servers: upstream.servers,
    authoritative: upstream.authoritative,
    records,
    failures,
  };
}
