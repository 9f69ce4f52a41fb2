import { describe, expect, it } from 'vitest';
import type { DnsReply } from '../../../api';
import { second } from '../../../sim';
import type { ClientCache } from './client-cache';
import { ClientCaches, cacheKey, keptFor } from './client-cache';

const reply = (addresses: string[]): DnsReply => ({
  id: 1,
  silent: false,
  rcode: addresses.length > 0 ? 'NOERROR' : 'NXDOMAIN',
  flags: { qr: true, aa: false, tc: false, rd: true, ra: true },
  question: { name: 'web', type: 'A' },
  answers: addresses.map((data) => ({ name: 'web.', type: 'A', ttl: 600, data })),
  authority: [],
  size: 40,
  server: '127.0.0.11',
});
const asked = { from: 'c', name: 'web', type: 'A' };

describe('caches of clients', () => {
  it('C libraries keep nothing, a JVM 30 s or for ever, a caching resolver the TTL of 600 s (DISC-11)', () => {
    const found = reply(['10.0.1.3']);
    const seconds = (caches: ClientCache[], of: DnsReply) => caches.map((cache) => keptFor(cache, of));
    expect(seconds(['none', 'glibc', 'musl'], found)).toEqual([0, 0, 0]);
    expect(seconds(['jvm', 'jvm-forever', 'ttl'], found)).toEqual([30, Number.POSITIVE_INFINITY, 600]);
    expect(seconds(['jvm', 'jvm-forever', 'ttl'], reply([]))).toEqual([10, 10, 0]);
  });

  it('give what they have until its time is over', () => {
    const caches = new ClientCaches();
    const key = cacheKey('jvm', asked);
    const start = 1_000 * second;
    caches.put(key, 'jvm', reply(['10.0.1.3']), start);
    expect(caches.get(cacheKey('jvm', { ...asked, name: 'WEB.' }), start + 29 * second)?.at).toBe(start);
    expect(caches.get(cacheKey('ttl', asked), start)).toBeUndefined();
    expect(caches.get(key, start + 30 * second)).toBeUndefined();
    caches.put(key, 'jvm', reply(['10.0.1.3']), start);
    expect(caches.get(key, start - 1)).toBeUndefined();
  });
});
