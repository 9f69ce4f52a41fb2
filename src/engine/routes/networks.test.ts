import { afterEach, describe, expect, it } from 'vitest';
import type { ProfileName } from '../../api';
import { second } from '../../sim';
import { defaultConfig } from '../config';
import { nodeTimers } from '../listeners/host-timers';
import { LiveCluster } from '../live-cluster';

/** What the tests read of answers. */
interface Answer {
  readonly Id: string;
  readonly Scope: string;
  readonly IPAM: { readonly Options: unknown };
  readonly Endpoint: unknown;
}

let live: LiveCluster;

async function open(profile: ProfileName): Promise<void> {
  const config = { ...defaultConfig, profile, registry: 'offline' as const };
  live = await LiveCluster.create({ config, host: nodeTimers, paused: true });
}

afterEach(() => live.close());

async function ask(method: string, path: string, body?: unknown) {
  const headers = { 'content-type': 'application/json' };
  const { status, json } = await live.request('swarm-1', { method, path, body, headers });
  return { status, json: json as Answer };
}

async function run(seconds: number): Promise<void> {
  await live.pacer.advanceTo(live.cluster.sim.now + seconds * second);
}

const service = (Name: string, more: object = {}, networks: readonly string[] = []) => ({
  Name,
  TaskTemplate: {
    ContainerSpec: { Image: 'nginx:latest' },
    ...(networks.length > 0 ? { Networks: networks.map((Target) => ({ Target })) } : {}),
  },
  Mode: { Replicated: { Replicas: 1 } },
  ...more,
});

async function endpointOf(name: string) {
  return (await ask('GET', `/services/${name}`)).json.Endpoint;
}

describe('networks at the door', () => {
  it('API-37: prune removes what nobody uses, of the swarm and of the node, but neither ingress nor the built-in ones', async () => {
    await open('28');
    await run(5);
    await ask('POST', '/networks/create', { Name: 'used', Driver: 'overlay' });
    await ask('POST', '/networks/create', { Name: 'free', Driver: 'overlay' });
    await ask('POST', '/networks/create', { Name: 'kept', Driver: 'overlay', Labels: { keep: 'yes' } });
    await ask('POST', '/networks/create', { Name: 'local' });
    await ask('POST', '/services/create', service('web', {}, ['used']));
    await run(5);
    const filters = encodeURIComponent(JSON.stringify({ 'label!': ['keep=yes'] }));
    expect((await ask('POST', `/networks/prune?filters=${filters}`)).json).toEqual({
      NetworksDeleted: ['free', 'local'],
    });
    expect((await ask('POST', '/networks/prune')).json).toEqual({ NetworksDeleted: ['kept'] });
    expect((await ask('POST', '/networks/prune')).json).toEqual({ NetworksDeleted: null });
    const left = ((await ask('GET', '/networks')).json as unknown as { Name: string }[]).map(({ Name }) => Name);
    expect(left.sort()).toEqual(['bridge', 'docker_gwbridge', 'host', 'ingress', 'none', 'used']);
  });

  it("ALLOC-12: the swarm's own host network is found where the swarm's is meant, and services may use it", async () => {
    await open('20.10');
    const here = await ask('GET', '/networks/host');
    const there = await ask('GET', '/networks/host?scope=swarm');
    expect([here.json.Scope, there.json.Scope]).toEqual(['local', 'swarm']);
    expect((await ask('GET', `/networks/${there.json.Id}`)).json.Id).toBe(there.json.Id);
    expect((await ask('GET', '/networks/none?scope=swarm')).status).toBe(404);
    expect((await ask('POST', '/services/create', service('h', {}, [there.json.Id]))).status).toBe(201);
  });

  it('API-36: options of the address manager are shown as they were given', async () => {
    await open('28');
    await ask('POST', '/networks/create', { Name: 'given', IPAM: { Driver: 'default', Options: {} } });
    await ask('POST', '/networks/create', { Name: 'bare' });
    const options = async (name: string) => (await ask('GET', `/networks/${name}`)).json.IPAM.Options;
    expect(await options('given')).toEqual({});
    expect(await options('bare')).toBeNull();
  });
});

describe('endpoints of services', () => {
  it('ALLOC-30: the spec is copied only where the allocator had something to do', async () => {
    await open('20.10');
    await ask('POST', '/networks/create', { Name: 'net', Driver: 'overlay' });
    await ask('POST', '/services/create', service('plain'));
    await ask('POST', '/services/create', service('rr', { EndpointSpec: { Mode: 'dnsrr' } }, ['net']));
    await ask('POST', '/services/create', service('vip', {}, ['net']));
    await ask('POST', '/services/create', service('empty', { EndpointSpec: {} }, ['net']));
    await run(1);
    expect(await endpointOf('plain')).toEqual({ Spec: {} });
    expect(await endpointOf('rr')).toEqual({ Spec: {} });
    expect(await endpointOf('vip')).toMatchObject({ Spec: { Mode: 'vip' }, VirtualIPs: [{}] });
    expect(await endpointOf('empty')).toMatchObject({ Spec: { Mode: 'vip' } });
  });
});

describe('images that were imported', () => {
  it('API-63: say so, and older engines show an empty container with them', async () => {
    await open('20.10');
    const old = await ask('GET', '/images/alpine/json');
    expect(old.json).toMatchObject({ Comment: 'Imported from -', Container: '', ContainerConfig: { Cmd: null } });
    await live.close();
    await open('28');
    const now = await ask('GET', '/images/alpine/json');
    expect(now.json).toMatchObject({ Comment: 'Imported from -' });
    expect(now.json).not.toHaveProperty('ContainerConfig');
  });
});
