import { describe, expect, it } from 'vitest';
import type { LabFaultRequest, LabHttpResponse } from '../../api';
import { Lab } from '../testing/lab';

const sleeper = { Image: 'alpine', Command: ['sleep', '1000000'] };
const onNode = (name: string) => ({ Placement: { Constraints: [`node.hostname==${name}`] } });

/** Three nodes, a network, and a client on swarm-1. */
async function cluster(options: object = {}): Promise<Lab> {
  const lab = await Lab.create();
  await lab.run(10);
  await lab.must('POST', '/networks/create', { Name: 'net', Driver: 'overlay', ...options });
  await lab.service('client', sleeper, { networks: ['net'], task: onNode('swarm-1') });
  await lab.run(10);
  return lab;
}

const breakIt = (lab: Lab, fault: LabFaultRequest): Promise<{ id: string }> => lab.must('POST', '/lab/faults', fault);
const heal = (lab: Lab, { id }: { id: string }) => lab.must('DELETE', `/lab/faults/${id}`);
const client = (lab: Lab) => lab.container('client.');
const ask = async (lab: Lab, url: string): Promise<LabHttpResponse> =>
  lab.must('POST', '/lab/http', { from: (await client(lab)).id, url });

/** Addresses that the client on swarm-1 gets for a name. */
const addresses = async (lab: Lab, name: string): Promise<readonly string[]> => {
  const { reply } = await lab.must('POST', '/lab/dns', { from: (await client(lab)).id, name });
  return reply.answers.map((answer: { data: string }) => answer.data);
};

describe('faults on one plane', () => {
  it('7946 cut: names stay as they were while tasks are scheduled and started; healed, they come', async () => {
    const lab = await cluster();
    const fault = await breakIt(lab, { kind: 'cut', node: 'swarm-1', plane: 'gossip' });
    await lab.service('web', {}, { networks: ['net'], task: onNode('swarm-2') });
    await lab.run(10);
    expect(await lab.states('web')).toEqual(['running']);
    expect(await addresses(lab, 'web')).toEqual([]);
    expect((await lab.get('/nodes/swarm-1')).Status.State).toBe('ready');
    await heal(lab, fault);
    await lab.run(5);
    expect(await addresses(lab, 'web')).toHaveLength(1);
  });

  it('4789 cut: names resolve and connections get no answer, while published ports of the node itself answer', async () => {
    const lab = await cluster();
    await lab.service(
      'web',
      {},
      {
        networks: ['net'],
        task: onNode('swarm-2'),
        spec: { EndpointSpec: { Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080 }] } },
      },
    );
    await lab.run(10);
    expect(await ask(lab, 'http://web/')).toMatchObject({ outcome: 'answer', status: 200 });
    const fault = await breakIt(lab, { kind: 'cut', node: 'swarm-2', plane: 'data' });
    const cut = await ask(lab, 'http://web/');
    expect(cut).toMatchObject({ outcome: 'unreachable' });
    expect(cut.hops.at(-1)).toBe('no answer: swarm-2 is not reachable from swarm-1');
    expect(await lab.must('POST', '/lab/http', { url: 'http://swarm-2:8080/' })).toMatchObject({ outcome: 'answer' });
    expect(await lab.must('POST', '/lab/http', { url: 'http://swarm-1:8080/' })).toMatchObject({
      outcome: 'unreachable',
    });
    await heal(lab, fault);
    expect(await ask(lab, 'http://web/')).toMatchObject({ outcome: 'answer' });
  });

  it('ESP cut: only encrypted networks are struck', async () => {
    for (const [options, outcome] of [
      [{}, 'answer'],
      [{ Options: { encrypted: '' } }, 'unreachable'],
    ] as const) {
      const lab = await cluster(options);
      await lab.service('web', {}, { networks: ['net'], task: onNode('swarm-2') });
      await lab.run(10);
      await breakIt(lab, { kind: 'cut', node: 'swarm-2', plane: 'esp' });
      expect(await ask(lab, 'http://web/')).toMatchObject({ outcome });
    }
  });

  it('ORCH-101: 2377 cut: the node goes down and its tasks are made anew elsewhere; gossip goes on', async () => {
    const lab = await cluster();
    await lab.service('web', {}, { networks: ['net'], replicas: 3 });
    await lab.run(10);
    await breakIt(lab, { kind: 'cut', node: 'swarm-2', plane: 'control' });
    await lab.run(30);
    expect((await lab.get('/nodes/swarm-2')).Status.State).toBe('down');
    const { failed } = await lab.get('/lab/nodes/swarm-1/networkdb');
    expect(failed).toEqual([]);
    const running = (await lab.tasks('web')).filter((task) => task.DesiredState === 'running');
    expect(running).toHaveLength(3);
    // The old container still runs behind the cut, and its name is still known.
    expect(await addresses(lab, 'tasks.web')).toHaveLength(4);
  });

  it('two partitions at once: nodes talk only where they are on the same side of both', async () => {
    const lab = await cluster();
    await breakIt(lab, { kind: 'partition', groups: [['swarm-1', 'swarm-2'], ['swarm-3']] });
    await breakIt(lab, { kind: 'partition', groups: [['swarm-1', 'swarm-3'], ['swarm-2']] });
    await lab.run(60);
    const { failed } = await lab.get('/lab/nodes/swarm-1/networkdb');
    expect(failed.map((one: { node: string }) => one.node).sort()).toEqual(['swarm-2', 'swarm-3']);
  });
});

describe('lost packets', () => {
  it('DISC-83: half of the gossip lost: names come later, by the next sync at the latest', async () => {
    const arrivals = async (percent: number) => {
      const lab = await cluster();
      if (percent > 0) await breakIt(lab, { kind: 'packet loss', percent, plane: 'gossip' });
      let waited = 0;
      for (let round = 0; round < 6; round++) {
        await lab.service(`web${round}`, {}, { networks: ['net'], task: onNode('swarm-2') });
        while ((await lab.states(`web${round}`))[0] !== 'running') await lab.run(0.1);
        const begin = lab.now;
        while ((await addresses(lab, `web${round}`)).length === 0) await lab.run(0.1);
        waited += lab.now - begin;
        expect(lab.now - begin).toBeLessThan(33);
      }
      return waited;
    };
    expect(await arrivals(80)).toBeGreaterThan((await arrivals(0)) * 2);
  });

  it('half of the packets of one node lost: pings to it are, pings between others are not', async () => {
    const lab = await cluster();
    for (const node of ['swarm-2', 'swarm-3'])
      await lab.service(node, sleeper, { networks: ['net'], task: onNode(node) });
    await lab.run(10);
    await breakIt(lab, { kind: 'packet loss', percent: 50, node: 'swarm-2', plane: 'data' });
    const received = async (name: string) => {
      const { output } = await lab.exec(await client(lab), ['ping', '-c', '40', name], 500);
      return Number(/(\d+) packets received/.exec(output)?.[1]);
    };
    expect(await received('tasks.swarm-3')).toBe(40);
    expect(await received('tasks.swarm-2')).toSatisfy((count: number) => count > 0 && count < 30);
  });
});

describe('machines, pulls and containers', () => {
  it('a slow machine takes longer to start a task', async () => {
    const time = async (factor: number) => {
      const lab = await cluster();
      if (factor > 1) await breakIt(lab, { kind: 'slow node', node: 'swarm-2', factor });
      const begin = lab.now;
      await lab.service('web', {}, { task: onNode('swarm-2') });
      while ((await lab.states('web'))[0] !== 'running') await lab.run(0.5);
      return lab.now - begin;
    };
    expect(await time(20)).toBeGreaterThan(10 * (await time(1)));
  });

  it('ORCH-113: a failing pull rejects the tasks with its message, until it is healed', async () => {
    const lab = await cluster();
    const fault = await breakIt(lab, { kind: 'failing pull', image: 'redis:7', message: 'toomanyrequests' });
    await lab.service('cache', { Image: 'redis:7' });
    await lab.run(10);
    const failed = (await lab.tasks('cache')).find((task) => task.Status.State === 'rejected');
    expect(failed?.Status.Err).toContain('No such image: redis:7');
    await heal(lab, fault);
    await lab.run(30);
    expect(await lab.states('cache')).toContain('running');
  });

  it('a crash is over at once; an unhealthy container is listed until it is healed', async () => {
    const lab = await cluster();
    const test = { Test: ['CMD-SHELL', 'true'], Interval: 1e9, Timeout: 1e9, Retries: 1 };
    await lab.service('web', { Healthcheck: test });
    await lab.run(10);
    const [first] = await lab.tasks('web');
    await breakIt(lab, { kind: 'crash', container: (await lab.container('web.')).id, exitCode: 3 });
    expect(await lab.get('/lab/faults')).toEqual([]);
    await lab.run(20);
    const crashed = (await lab.tasks('web')).find((task) => task.ID === first!.ID);
    expect(crashed?.Status.ContainerStatus?.ExitCode).toBe(3);
    const running = (await lab.containers()).find(({ name, state }) => name.startsWith('web.') && state === 'running')!;
    const fault = await breakIt(lab, { kind: 'unhealthy', container: running.id });
    expect(await lab.get('/lab/faults')).toHaveLength(1);
    await lab.run(20);
    expect((await lab.containers()).find(({ id }) => id === running.id)?.state ?? 'gone').not.toBe('running');
    await heal(lab, fault);
    expect(await lab.get('/lab/faults')).toEqual([]);
  });

  it('what is no fault is refused and breaks nothing', async () => {
    const lab = await cluster();
    for (const [fault, status] of [
      [{ kind: 'earthquake' }, 400],
      [[], 400],
      [{ kind: 'cut', node: 'nosuch' }, 404],
      [{ kind: 'cut', node: 'swarm-1', plane: 'astral' }, 400],
      [{ kind: 'partition', groups: 'all' }, 400],
      [{ kind: 'partition', groups: [['swarm-1'], ['nosuch']] }, 404],
      [{ kind: 'packet loss', percent: 100 }, 400],
      [{ kind: 'packet loss', percent: '5' }, 400],
      [{ kind: 'packet loss', percent: 5, plane: 'control' }, 400],
      [{ kind: 'slow node', node: 'swarm-1' }, 400],
      [{ kind: 'crash', container: 'nosuch' }, 404],
      [{ kind: 'failing pull' }, 400],
    ] as const)
      expect([fault, (await lab.ask('POST', '/lab/faults', fault)).status]).toEqual([fault, status]);
    expect(await lab.get('/lab/faults')).toEqual([]);
  });
});
