import type { DnsReply } from '../../api';
import type { QueryOptions } from '../../network/libnetwork';
import type { Micros } from '../../sim';
import { millisecond, second } from '../../sim';
import type { Process } from './process';
import { sleep } from './process';
import type { Run } from './run-command';

const addressPattern = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Whether a text is an IPv4 address. */
export function isAddress(text: string): boolean {
  const match = addressPattern.exec(text);
  return match?.slice(1).every((part) => Number(part) <= 255) ?? false;
}

/** Name of the question for who has an address; of another text as dig would make it. */
export function reverseName(address: string): string {
  const groups = expandIpv6(address);
  if (groups) return `${[...groups.join('')].reverse().join('.')}.ip6.arpa`;
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

/** The eight groups of an IPv6 address, four digits each; undefined when it is none. */
function expandIpv6(address: string): string[] | undefined {
  if (!/^[0-9a-fA-F:]+$/.test(address) || !address.includes(':')) return undefined;
  const [left = '', right, ...rest] = address.toLowerCase().split('::');
  if (rest.length > 0) return undefined;
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(left), groups(right ?? '')];
  const missing = 8 - first.length - last.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...first, ...Array<string>(missing).fill('0'), ...last];
  return all.every((group) => /^[0-9a-f]{1,4}$/.test(group)) ? all.map((group) => group.padStart(4, '0')) : undefined;
}

/** The first server of /etc/resolv.conf. */
export function serverOf(process: Process): string {
  const text = process.fs.read('/etc/resolv.conf') ?? '';
  return /^nameserver\s+(\S+)/m.exec(text)?.[1] ?? '127.0.0.1';
}

/** What came of a question. */
export interface Found {
  readonly reply: DnsReply;
  /** An upstream answered. */
  readonly forwarded: boolean;
  /** How long the resolver takes until it answers. */
  readonly took: Micros;
}

/** Asks the container's resolver once; undefined without a network. The answer is there after the time that it took. */
export function lookup(process: Process, name: string, type: string, options: QueryOptions = {}): Found | undefined {
  if (!process.sandbox) return undefined;
  const { reply, trace } = process.sandbox.resolve(name, type, { recursionDesired: true, ...options });
  return {
    reply,
    forwarded: trace.some((hop) => hop.hop === 'forward' && hop.outcome !== 'silence' && hop.outcome !== 'skipped'),
    took: trace.reduce((sum, hop) => sum + (hop.hop === 'forward' ? (hop.tookMilliseconds ?? 0) * millisecond : 0), 0),
  };
}

/** The domains that a C library tries: with `ndots`, then as it is (DISC-3). */
export function searchList(process: Process, name: string): string[] {
  if (name.endsWith('.')) return [name];
  const text = process.fs.read('/etc/resolv.conf') ?? '';
  const search = /^search\s+(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const ndots = Number(/ndots:(\d+)/.exec(text)?.[1] ?? 1);
  const dots = name.split('.').length - 1;
  const searched = search.map((domain) => `${name}.${domain}`);
  return dots >= ndots ? [name, ...searched] : [...searched, name];
}

/** Asks and waits until the answer is there; undefined when none came in time. */
export function* asked(
  process: Process,
  name: string,
  type: string,
  timeout: Micros,
  options: QueryOptions = {},
): Run<Found | undefined> {
  const found = lookup(process, name, type, options);
  const inTime = found !== undefined && !found.reply.silent && found.took <= timeout;
  const wait = inTime ? found.took : timeout;
  if (wait > 0) yield sleep(process.sim, wait);
  return inTime ? found : undefined;
}

/** Addresses that need no question: addresses themselves, `localhost`, /etc/hosts. */
function knownAddresses(process: Process, name: string): string[] | undefined {
  if (isAddress(name)) return [name];
  if (name === 'localhost') return ['127.0.0.1'];
  const wanted = name.toLowerCase();
  for (const line of (process.fs.read('/etc/hosts') ?? '').split('\n')) {
    const [address, ...names] = line.trim().split(/\s+/);
    if (address && isAddress(address) && names.some((one) => one.toLowerCase() === wanted)) return [address];
  }
  return undefined;
}

/** Addresses of a host name as getaddrinfo finds them: /etc/hosts first, then DNS. Empty when there are none. */
export function hostAddresses(process: Process, name: string): string[] {
  const known = knownAddresses(process, name);
  if (known) return known;
  for (const candidate of searchList(process, name)) {
    const addresses = lookup(process, candidate, 'A')?.reply.answers.filter((record) => record.type === 'A') ?? [];
    if (addresses.length > 0) return addresses.map((record) => record.data);
  }
  return [];
}

/** What a C library waits for an answer before it asks again, and how often it asks. */
const resolverTimeout = 5 * second;
const resolverAttempts = 2;

/** As `hostAddresses`, with the waiting that the questions bring. */
export function* addressesOf(process: Process, name: string): Run<string[]> {
  const known = knownAddresses(process, name);
  if (known) return known;
  if (!process.sandbox) return [];
  for (const candidate of searchList(process, name)) {
    let found: Found | undefined;
    for (let attempt = 0; attempt < resolverAttempts && !found; attempt++)
      found = yield* asked(process, candidate, 'A', resolverTimeout);
    // Nobody answers: the other names would not be answered either.
    if (!found) return [];
    const addresses = found.reply.answers.filter((record) => record.type === 'A');
    if (addresses.length > 0) return addresses.map((record) => record.data);
  }
  return [];
}
