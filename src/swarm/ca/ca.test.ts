import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Random, Simulation } from '../../sim';
import { Store } from '../store';
import { createCluster, joinNode, newUnlockKey, parseJoinToken, roleOfToken, sha256 } from './index';

let store: Store;
let context: { store: Store; random: Random };
beforeEach(() => {
  store = new Store(new Simulation({ seed: 1, start: 0 }), { freeze: true });
  context = { store, random: new Random(5) };
});

const create = (request = {}) => createCluster(context, request, { addr: '192.168.99.101' });

describe('the digest', () => {
  it('property: is SHA-256', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
      }),
    );
  });
});

describe('swarm init', () => {
  it('ORCH-9: makes the one cluster object with its defaults', () => {
    const { cluster } = create();
    expect(cluster.Spec).toEqual({
      Name: 'default',
      Labels: {},
      Orchestration: { TaskHistoryRetentionLimit: 5 },
      Raft: {
        SnapshotInterval: 10000,
        KeepOldSnapshots: 0,
        LogEntriesForSlowFollowers: 500,
        ElectionTick: 10,
        HeartbeatTick: 1,
      },
      Dispatcher: { HeartbeatPeriod: 5e9 },
      CAConfig: { NodeCertExpiry: 7776000000000000 },
      TaskDefaults: {},
      EncryptionConfig: { AutoLockManagers: false },
    });
    expect(cluster).toMatchObject({ DefaultAddrPool: [], SubnetSize: 24, DataPathPort: 4789 });
    expect(cluster.TLSInfo.TrustRoot).toMatch(/^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERT/);
    expect(cluster.TLSInfo.CertIssuerPublicKey).toMatch(/^MFkwEwYH[A-Za-z0-9+/]{114}==$/);
    expect(() => create()).toThrow('a cluster exists already');
  });

  it('ALLOC-11, ALLOC-12: and the ingress and predefined networks', () => {
    create();
    const networks = [...store.all('network')].map(({ Spec, Predefined }) => [Spec.Name, Spec.Ingress, Predefined]);
    expect(networks).toEqual([
      ['ingress', true, undefined],
      ['bridge', undefined, true],
      ['host', undefined, true],
    ]);
    expect(store.named('network', 'host')?.Spec.Labels).toEqual({ 'com.docker.swarm.predefined': 'true' });
  });

  it('ALLOC-10, CTRL-50: takes pools, and autolock makes a key', () => {
    const { cluster } = create({ DefaultAddrPool: ['10.20.0.0/16'], SubnetSize: 26, AutoLockManagers: true });
    expect(cluster).toMatchObject({ DefaultAddrPool: ['10.20.0.0/16'], SubnetSize: 26 });
    expect(cluster.Spec.EncryptionConfig).toEqual({ AutoLockManagers: true });
    expect(cluster.UnlockKey).toMatch(/^SWMKEY-1-[A-Za-z0-9+/]{43}$/);
  });

  it('is the same for the same seed', () => {
    const { cluster } = create();
    store = new Store(new Simulation({ seed: 1, start: 0 }));
    context = { store, random: new Random(5) };
    expect(create().cluster).toEqual(cluster);
  });
});

describe('join tokens', () => {
  it('CTRL-40: name the root by its digest, the role by their secret', () => {
    const { cluster } = create();
    const { Worker, Manager } = cluster.JoinTokens;
    for (const token of [Worker, Manager]) expect(token).toMatch(/^SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}$/);
    expect(parseJoinToken(Worker).digest).toBe(createHash('sha256').update(cluster.TLSInfo.TrustRoot!).digest('hex'));
    expect([roleOfToken(cluster, Worker), roleOfToken(cluster, Manager)]).toEqual(['worker', 'manager']);
  });

  it('CTRL-27, CTRL-41: a joined node is unknown at first, with the token’s role', () => {
    const { cluster } = create();
    const worker = joinNode(context, cluster.JoinTokens.Worker, { addr: '192.168.99.102', availability: 'drain' });
    expect(worker).toMatchObject({
      Role: 'worker',
      Spec: { Role: 'worker', Availability: 'drain' },
      Status: { State: 'unknown', Addr: '192.168.99.102' },
    });
    expect(joinNode(context, cluster.JoinTokens.Manager, { addr: '192.168.99.103' }).Role).toBe('manager');
  });

  it('CTRL-41: the texts of bad tokens', () => {
    const { cluster } = create();
    const [, , digest, secret] = cluster.JoinTokens.Worker.split('-') as [string, string, string, string];
    for (const bad of [
      '',
      'bogus',
      'SWMTKN-1-x-y',
      `SWMTKN-3-${digest}-${secret}`,
      `SWMTKN-1-${'z'.repeat(50)}-${secret}`,
    ]) {
      expect(() => joinNode(context, bad, { addr: 'x' })).toThrow(/^invalid join token$/);
    }
    expect(() => joinNode(context, `SWMTKN-1-${digest}-${'0'.repeat(25)}`, { addr: 'x' })).toThrow(
      'rpc error: code = InvalidArgument desc = A valid join token is necessary to join this cluster',
    );
    const other = `SWMTKN-1-${'1'.padStart(50, '0')}-${secret}`;
    expect(() => joinNode(context, other, { addr: 'x' })).toThrow(
      `remote CA does not match fingerprint. Expected: ${'1'.padStart(64, '0')}`,
    );
    expect(store.count('node')).toBe(1);
  });

  it('CTRL-50: unlock keys are 32 bytes in unpadded base64', () => {
    const key = newUnlockKey(new Random(1)).slice('SWMKEY-1-'.length);
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(Buffer.from(key, 'base64').toString('base64').replace(/=+$/, '')).toBe(key);
  });
});
