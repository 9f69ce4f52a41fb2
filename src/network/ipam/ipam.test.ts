import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { profiles } from '../../api';
import { Ipam, localDefaultPools } from './index';

const swarmDefaults = [{ base: '10.0.0.0/8', size: 24 }];

function ipam(profile: '20.10' | '28' = '28', defaults = swarmDefaults, reserved: string[] = []): Ipam {
  return new Ipam({ defaults, profile: profiles[profile], reserved });
}

describe('subnets', () => {
  it('ALLOC-13: engines from 27 fill the lowest gap', () => {
    const pools = ipam('28');
    const got = [1, 2, 3].map(() => pools.requestPool());
    expect(got.map((pool) => pool.subnet)).toEqual(['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']);
    pools.releasePool(got[1]!.id);
    expect(pools.requestPool().subnet).toBe('10.0.1.0/24');
    expect(pools.requestPool().subnet).toBe('10.0.3.0/24');
  });

  it('ALLOC-13: engine 20.10 goes on after the last one, and wraps', () => {
    const pools = ipam('20.10', [{ base: '10.20.0.0/24', size: 26 }]);
    const got = [1, 2, 3].map(() => pools.requestPool());
    pools.releasePool(got[0]!.id);
    pools.releasePool(got[1]!.id);
    expect(pools.requestPool().subnet).toBe('10.20.0.192/26');
    expect(pools.requestPool().subnet).toBe('10.20.0.0/26');
  });

  it('ALLOC-13: subnets asked for by name are skipped and do not move the next-fit pointer', () => {
    const pools = ipam('20.10');
    pools.requestPool();
    pools.requestPool({ subnet: '10.0.3.0/24' });
    expect([1, 2, 3].map(() => pools.requestPool().subnet)).toEqual(['10.0.1.0/24', '10.0.2.0/24', '10.0.4.0/24']);
  });

  it.each(['20.10', '28'] as const)('ALLOC-14: all subnets used up (%s)', (profile) => {
    const pools = ipam(profile, [{ base: '10.9.0.0/24', size: 25 }]);
    pools.requestPool();
    const last = pools.requestPool();
    expect(() => pools.requestPool()).toThrow(profiles[profile].poolsExhausted);
    pools.releasePool(last.id);
    expect(pools.requestPool().subnet).toBe('10.9.0.128/25');
  });

  it('ALLOC-14: a wide foreign allocation is stepped over, a reserved one too, and a contained pool is dropped', () => {
    const defaults = [
      { base: '10.0.0.0/16', size: 24 },
      { base: '10.0.4.0/24', size: 25 },
      { base: '10.7.0.0/24', size: 25 },
    ];
    const pools = ipam('28', defaults, ['10.7.0.0/25']);
    pools.requestPool({ subnet: '10.0.0.0/15' });
    expect(pools.requestPool().subnet).toBe('10.7.0.128/25');
    expect(() => pools.requestPool()).toThrow('fully subnetted');
  });

  it('ALLOC-15: overlaps are refused in both directions', () => {
    const pools = ipam();
    pools.requestPool({ subnet: '10.50.0.0/16' });
    for (const subnet of ['10.50.0.0/16', '10.50.3.0/24', '10.0.0.0/8', '10.50.255.255/32']) {
      expect(() => pools.requestPool({ subnet })).toThrow('Pool overlaps with other one on this address space');
    }
    expect(pools.requestPool({ subnet: '10.51.0.0/16' }).subnet).toBe('10.51.0.0/16');
  });

  it('ALLOC-15: networks share a subnet only with different ranges, and the last one frees it', () => {
    const pools = ipam();
    const one = pools.requestPool({ subnet: '10.50.0.0/16', range: '10.50.1.0/24' });
    const two = pools.requestPool({ subnet: '10.50.0.0/16', range: '10.50.2.0/24' });
    expect(() => pools.requestPool({ subnet: '10.50.0.0/16', range: '10.50.2.0/24' })).toThrow('overlaps');
    expect(() => pools.requestPool({ subnet: '10.50.0.0/16' })).toThrow('overlaps');
    pools.releasePool(one.id);
    expect(() => pools.requestPool({ subnet: '10.50.0.0/24' })).toThrow('overlaps');
    pools.releasePool(two.id);
    expect(pools.requestPool({ subnet: '10.50.0.0/24' }).subnet).toBe('10.50.0.0/24');
  });

  it('ALLOC-10: a node has local pools of its own', () => {
    const pools = new Ipam({ defaults: localDefaultPools, profile: profiles['28'], reserved: ['192.168.99.0/24'] });
    const got = Array.from({ length: 31 - 17 + 1 }, () => pools.requestPool().subnet);
    expect([got[0], got[3], got[14]]).toEqual(['172.17.0.0/16', '172.20.0.0/16', '172.31.0.0/16']);
    const rest = Array.from({ length: 15 }, () => pools.requestPool().subnet);
    expect(rest[0]).toBe('192.168.0.0/20');
    expect(rest).not.toContain('192.168.96.0/20');
    expect(() => pools.requestPool()).toThrow('fully subnetted');
  });

  it('property: subnets never overlap, whatever is claimed and released', () => {
    const step = fc.oneof(
      fc.constant({ kind: 'next' as const }),
      fc.record({ kind: fc.constant('named' as const), third: fc.nat(255), length: fc.integer({ min: 18, max: 28 }) }),
      fc.record({ kind: fc.constant('release' as const), index: fc.nat(30) }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('20.10' as const, '28' as const),
        fc.array(step, { maxLength: 60 }),
        (profile, steps) => {
          const pools = ipam(profile, [{ base: '10.0.0.0/16', size: 22 }]);
          const held: { id: string; subnet: string }[] = [];
          for (const one of steps) {
            try {
              if (one.kind === 'next') held.push(pools.requestPool());
              else if (one.kind === 'named')
                held.push(pools.requestPool({ subnet: `10.0.${one.third}.0/${one.length}` }));
              else for (const gone of held.splice(one.index, 1)) pools.releasePool(gone.id);
            } catch (error) {
              expect((error as Error).name).toBe('NetworkError');
            }
            const ranges = held.map(({ subnet }) => bounds(subnet)).sort((a, b) => a[0] - b[0]);
            for (let index = 1; index < ranges.length; index++) {
              expect(ranges[index]![0]).toBeGreaterThan(ranges[index - 1]![1]);
            }
          }
        },
      ),
    );
  });
});

function bounds(subnet: string): [number, number] {
  const [address, length] = subnet.split('/') as [string, string];
  const first = address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
  return [first, first + 2 ** (32 - Number(length)) - 1];
}

describe('addresses', () => {
  let pools: Ipam;
  beforeEach(() => {
    pools = ipam();
  });
  const take = (id: string, count: number, serial = true): string[] =>
    Array.from({ length: count }, () => pools.requestAddress(id, undefined, { serial }));

  it('ALLOC-21: network and broadcast addresses are never given', () => {
    const { id } = pools.requestPool({ subnet: '10.1.0.0/29' });
    expect(take(id, 6)).toEqual([1, 2, 3, 4, 5, 6].map((host) => `10.1.0.${host}/29`));
    expect(() => take(id, 1)).toThrow('no available addresses on this pool');
    expect(() => pools.requestAddress(id, '10.1.0.0')).toThrow('Address already in use');
    expect(() => pools.requestAddress(id, '10.1.0.7')).toThrow('Address already in use');
  });

  it('ALLOC-22: serial requests go on after the last one; releases and named requests do not move the pointer', () => {
    const { id } = pools.requestPool({ subnet: '10.1.0.0/24' });
    expect(take(id, 4).map(host)).toEqual([1, 2, 3, 4]);
    pools.releaseAddress(id, '10.1.0.3/24');
    expect(pools.requestAddress(id, '10.1.0.6')).toBe('10.1.0.6/24');
    expect(take(id, 3).map(host)).toEqual([5, 7, 8]);
    take(id, 246);
    expect(take(id, 1).map(host)).toEqual([3]);
  });

  it('ALLOC-22: local requests take the lowest free address', () => {
    const { id } = pools.requestPool({ subnet: '172.18.0.0/16' });
    take(id, 4, false);
    pools.releaseAddress(id, '172.18.0.2');
    expect(take(id, 2, false)).toEqual(['172.18.0.2/16', '172.18.0.5/16']);
  });

  it('ALLOC-25: the errors of requests by name', () => {
    const { id } = pools.requestPool({ subnet: '10.1.0.0/24' });
    pools.requestAddress(id, '10.1.0.9/24');
    expect(() => pools.requestAddress(id, '10.1.0.9')).toThrow('Address already in use');
    expect(() => pools.requestAddress(id, '10.2.0.9')).toThrow('requested address is out of range');
    expect(() => pools.requestAddress(id, 'nonsense')).toThrow('invalid address nonsense');
  });

  it('ALLOC-16: a range begins with its own first address, as recorded', () => {
    const { id } = pools.requestPool({ subnet: '10.51.0.0/16', range: '10.51.5.0/24' });
    expect(take(id, 2)).toEqual(['10.51.5.0/16', '10.51.5.1/16']);
    take(id, 254);
    expect(() => take(id, 1)).toThrow('no available addresses on this pool');
  });

  it('ALLOC-16: a subnet of one address has it to give from 27 on, and none in 20.10', () => {
    const { id } = pools.requestPool({ subnet: '10.60.0.0/32' });
    expect(take(id, 1)).toEqual(['10.60.0.0/32']);
    const old = ipam('20.10');
    const tiny = old.requestPool({ subnet: '10.60.0.0/32' });
    expect(() => old.requestAddress(tiny.id)).toThrow('no available addresses');
  });

  it('ALLOC-60: IPv6 subnets hand out addresses from ::1', () => {
    const { id, subnet } = pools.requestPool({ subnet: 'fd00:1::/64' });
    expect(subnet).toBe('fd00:1::/64');
    expect(take(id, 2)).toEqual(['fd00:1::1/64', 'fd00:1::2/64']);
    expect(pools.requestAddress(id, 'fd00:1::ffff:0:0:1')).toBe('fd00:1::ffff:0:0:1/64');
    expect(() => pools.requestAddress(id, 'fd00:1::ffff:0:0:1')).toThrow('Address already in use');
    pools.releaseAddress(id, 'fd00:1::ffff:0:0:1');
    expect(pools.requestAddress(id, 'fd00:1::ffff:0:0:1')).toBe('fd00:1::ffff:0:0:1/64');
  });

  it('bad CIDRs are refused', () => {
    for (const subnet of ['10.0.3.0', '999.0.0.0/24', '10.57.0.0/33', '10.01.0.0/24', '10.0.0/24', 'x/8']) {
      expect(() => pools.requestPool({ subnet })).toThrow(`invalid CIDR address: ${subnet}`);
    }
    expect(pools.requestPool({ subnet: '10.58.0.5/24' }).subnet).toBe('10.58.0.0/24');
  });

  it('property: serial next-fit against a plain model; no address twice, freed ones come back', () => {
    const step = fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, { weight: 2, arbitrary: fc.nat(70) });
    fc.assert(
      fc.property(fc.integer({ min: 26, max: 30 }), fc.array(step, { maxLength: 200 }), (length, steps) => {
        const space = ipam();
        const { id } = space.requestPool({ subnet: `10.1.0.0/${length}` });
        const highest = 2 ** (32 - length) - 2;
        const used = new Set<number>();
        let last = 0;
        for (const release of steps) {
          if (release >= 0) {
            if (used.delete(release)) space.releaseAddress(id, `10.1.0.${release}`);
            continue;
          }
          let expected: number | undefined;
          for (let ahead = 1; ahead <= highest && expected === undefined; ahead++) {
            const candidate = ((last - 1 + ahead + highest) % highest) + 1;
            if (!used.has(candidate)) expected = candidate;
          }
          if (expected === undefined) {
            expect(() => space.requestAddress(id, undefined, { serial: true })).toThrow('no available');
          } else {
            expect(host(space.requestAddress(id, undefined, { serial: true }))).toBe(expected);
            used.add(expected);
            last = expected;
          }
        }
      }),
    );
  });

  it('ALLOC-22: a wide subnet that is nearly full still finds what is free', () => {
    const { id } = pools.requestPool({ subnet: '10.64.0.0/15' });
    expect(new Set(take(id, 2 ** 17 - 2)).size).toBe(2 ** 17 - 2);
    for (const address of ['10.64.0.1', '10.64.255.255', '10.65.77.7']) pools.releaseAddress(id, address);
    expect(take(id, 3)).toEqual(['10.64.0.1/15', '10.64.255.255/15', '10.65.77.7/15']);
    expect(() => take(id, 1)).toThrow('no available');
  });
});

function host(address: string): number {
  return Number(address.split('/')[0]!.split('.')[3]);
}
