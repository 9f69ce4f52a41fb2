import { describe, expect, it } from 'vitest';
import { nodeTimers } from '../engine/listeners/host-timers';
import { second } from '../sim';
import { EngineClient } from './engine-client';
import { openSimulation } from './simulation';

async function open() {
  const simulation = await openSimulation({ host: nodeTimers, paused: true });
  const client = new EngineClient(simulation.transportFor('swarm-1'));
  const run = (seconds: number) => simulation.live.pacer.advanceTo(simulation.cluster.sim.now + seconds * second);
  return { simulation, client, run };
}

const web = {
  Name: 'web',
  TaskTemplate: { ContainerSpec: { Image: 'nginx:latest' } },
  Mode: { Replicated: { Replicas: 3 } },
};

describe('openSimulation', () => {
  it('serves the whole Engine API in the same process, and /lab beside it', async () => {
    const { simulation, client, run } = await open();
    expect(await client.lab.available()).toBe(true);
    const { Id } = await client.networks.create({ Name: 'net', Driver: 'overlay' });
    await client.services.create({ ...web, TaskTemplate: { ...web.TaskTemplate, Networks: [{ Target: 'net' }] } });
    await run(30);
    const tasks = await client.tasks.list({ service: ['web'] });
    expect(tasks.map((task) => task.Status.State)).toEqual(['running', 'running', 'running']);
    const [container] = await client.lab.containers();
    expect(container?.networks).toContain('net');
    const { reply, trace } = await client.lab.dns({ from: container!.id, name: 'web' });
    expect(reply.answers).toHaveLength(1);
    expect(trace.length).toBeGreaterThan(3);
    const explanation = await client.lab.explain(tasks[0]!.ID);
    expect(explanation.outcome).toBe('assigned');
    expect(explanation.nodes).toHaveLength(3);
    await expect(client.networks.remove(Id)).rejects.toThrow('is in use by service');
    await simulation.close();
  });

  it('CTRL-30, ORCH-101: a node without power goes down, its tasks move, and healing brings it back', async () => {
    const { simulation, client, run } = await open();
    await client.services.create(web);
    await run(30);
    const fault = await client.lab.addFault({ kind: 'node down', node: 'swarm-3' });
    await run(60);
    const states = async () =>
      Object.fromEntries((await client.nodes.list()).map((node) => [node.Description.Hostname, node.Status.State]));
    expect(await states()).toEqual({ 'swarm-1': 'ready', 'swarm-2': 'ready', 'swarm-3': 'down' });
    await expect(new EngineClient(simulation.transportFor('swarm-3')).system.info()).rejects.toThrow('Cannot connect');
    const running = (await client.tasks.list({ 'desired-state': ['running'] })).map((task) => task.NodeID);
    expect(running).toHaveLength(3);
    await client.lab.removeFault(fault.id);
    await run(30);
    expect((await states())['swarm-3']).toBe('ready');
    await simulation.close();
  });

  it('a node that is cut off goes down and comes back when the cable is mended', async () => {
    const { simulation, client, run } = await open();
    const fault = await client.lab.addFault({ kind: 'cut', node: 'swarm-2' });
    await run(40);
    expect((await client.nodes.inspect('swarm-2')).Status.State).toBe('down');
    await client.lab.removeFault(fault.id);
    await run(40);
    expect((await client.nodes.inspect('swarm-2')).Status.State).toBe('ready');
    await expect(client.lab.addFault({ kind: 'cut', node: 'nosuch' })).rejects.toThrow('node nosuch not found');
    await simulation.close();
  });

  it('adds nodes, and steps and reads the clock', async () => {
    const { simulation, client, run } = await open();
    expect((await client.lab.addNode()).Hostname).toBe('swarm-4');
    await run(5);
    expect(await client.nodes.list()).toHaveLength(4);
    const before = await client.lab.clock();
    const after = await client.lab.step({ milliseconds: 500 });
    expect(Date.parse(after.now) - Date.parse(before.now)).toBe(500);
    await expect(client.lab.setClock({ speed: -1 })).rejects.toThrow('speed must be a number');
    await simulation.close();
  });

  it('a machine is switched on again although all of them are off', async () => {
    const { simulation, client } = await open();
    for (const name of ['swarm-1', 'swarm-2', 'swarm-3']) await client.lab.power(name, 'off');
    await expect(client.system.info()).rejects.toThrow('Cannot connect');
    expect((await client.lab.nodes()).map(({ power }) => power)).toEqual(['off', 'off', 'off']);
    await client.lab.power('swarm-1', 'on');
    expect((await client.lab.nodes()).map(({ power }) => power)).toEqual(['on', 'off', 'off']);
    expect((await client.system.version()).Version).toMatch(/^28/);
    await simulation.close();
  });

  it('CTRL-5: two of three managers gone leave no leader', async () => {
    const { simulation, client, run } = await open();
    await client.lab.reset('managers3');
    await run(5);
    await client.lab.addFault({ kind: 'node down', node: 'swarm-2' });
    await client.lab.addFault({ kind: 'node down', node: 'swarm-3' });
    await run(60);
    await expect(client.services.list()).rejects.toThrow('The swarm does not have a leader.');
    expect((await client.system.info()).Swarm.Error).toContain('does not have a leader');
    await simulation.close();
  });
});
