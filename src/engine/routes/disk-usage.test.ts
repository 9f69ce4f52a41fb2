import { expect, it } from 'vitest';
import { second } from '../../sim';
import { defaultConfig } from '../config';
import { nodeTimers } from '../listeners/host-timers';
import { LiveCluster } from '../live-cluster';

it('docker system df: a volume tells how many containers have it', async () => {
  const config = { ...defaultConfig, profile: '20.10' as const, registry: 'offline' as const };
  const live = await LiveCluster.create({ config, host: nodeTimers, paused: true });
  try {
    await live.pacer.advanceTo(live.cluster.sim.now + 5 * second);
    const headers = { 'content-type': 'application/json' };
    const body = { Image: 'alpine', HostConfig: { Binds: ['used:/data'] } };
    await live.request('swarm-1', { method: 'POST', path: '/containers/create', body, headers });
    await live.request('swarm-1', { method: 'POST', path: '/volumes/create', body: { Name: 'free' }, headers });
    const { json } = await live.request('swarm-1', { method: 'GET', path: '/system/df', headers: {} });
    const { Volumes } = json as { Volumes: { Name: string; UsageData: { RefCount: number } }[] };
    expect(Volumes.map(({ Name, UsageData }) => [Name, UsageData.RefCount])).toEqual([
      ['free', 0],
      ['used', 1],
    ]);
  } finally {
    await live.close();
  }
});
