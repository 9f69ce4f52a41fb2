import type { DnsReply } from '../../api';
import type { QueryOptions } from '../../network/libnetwork';
import type { Process } from './process';

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

/** Asks the container's resolver once; undefined without a network. `forwarded`: an upstream answered. */
export function lookup(
  process: Process,
  name: string,
  type: string,
  options: QueryOptions = {},
): { readonly reply: DnsReply; readonly forwarded: boolean } | undefined {
  if (!process.sandbox) return undefined;
  const { reply, trace } = process.sandbox.resolve(name, type, { recursionDesired: true, ...options });
  return {
    reply,
    forwarded: trace.some((hop) => hop.hop === 'forward' && hop.outcome !== 'silence' && hop.outcome !== 'skipped'),
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

/** Addresses of a host name as getaddrinfo finds them: /etc/hosts first, then DNS. Empty when there are none. */
export function hostAddresses(process: Process, name: string): string[] {
  if (isAddress(name)) return [name];
  if (name === 'localhost') return ['127.0.0.1'];
  const wanted = name.toLowerCase();
  for (const line of (process.fs.read('/etc/hosts') ?? '').split('\n')) {
    const [address, ...names] = line.trim().split(/\s+/);
    if (address && isAddress(address) && names.some((one) => one.toLowerCase() === wanted)) return [address];
  }
  for (const candidate of searchList(process, name)) {
    const addresses = lookup(process, candidate, 'A')?.reply.answers.filter((record) => record.type === 'A') ?? [];
    if (addresses.length > 0) return addresses.map((record) => record.data);
  }
  return [];
}
