import { describe, expect, it } from 'vitest';
import { EngineClient } from '../../client/engine-client';
import { openSimulation } from '../../client/simulation';
import { nodeTimers } from '../../engine/listeners/host-timers';
import { withoutLab } from './real';

describe('a real engine', () => {
  it('is an engine and no more, even where a simulation answers', async () => {
    const simulation = await openSimulation({ host: nodeTimers, paused: true });
    const transport = simulation.transportFor('swarm-1');
    expect(await new EngineClient(transport).lab.available()).toBe(true);
    const client = new EngineClient(withoutLab(transport));
    expect(await client.lab.available()).toBe(false);
    await expect(client.lab.clock()).rejects.toMatchObject({ status: 404 });
    expect((await client.system.info()).Name).toBe('swarm-1');
    await simulation.close();
  });
});
