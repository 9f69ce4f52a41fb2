import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LabHttpResponse } from '../src/api';
import { Lab } from '../src/engine/testing/lab';

const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0;
const publish = (...ports: number[]) => ({
  EndpointSpec: { Ports: ports.map((port) => ({ Protocol: 'tcp', TargetPort: port, PublishedPort: port })) },
});

/** The cluster of the talk: go-demo behind three proxies, whose routes are kept in a consul on swarm-1. */
async function talk(): Promise<Lab> {
  const lab = await Lab.create();
  await lab.run(10);
  for (const name of ['proxy', 'go-demo']) await lab.network(name);
  await lab.askFor(60, 'POST', '/images/create?fromImage=progrium/consul&tag=latest');
  const consul = await lab.must('POST', '/containers/create?name=consul', {
    Image: 'progrium/consul',
    Cmd: ['-server', '-bootstrap'],
    ExposedPorts: { '8500/tcp': {} },
    HostConfig: { PortBindings: { '8500/tcp': [{ HostPort: '8500' }] } },
  });
  await lab.askFor(1, 'POST', `/containers/${consul.Id}/start`);
  await lab.service('go-demo-db', { Image: 'mongo' }, { networks: ['go-demo'] });
  await lab.service(
    'go-demo',
    { Image: 'vfarcic/go-demo', Env: ['DB=go-demo-db'] },
    { replicas: 3, networks: ['go-demo', 'proxy'] },
  );
  await lab.run(20);
  const CONSUL_ADDRESS = '192.168.99.101:8500';
  await lab.service(
    'proxy',
    { Image: 'vfarcic/docker-flow-proxy', Env: ['MODE=swarm', `CONSUL_ADDRESS=${CONSUL_ADDRESS}`] },
    { replicas: 3, networks: ['proxy'], spec: publish(80, 443, 8080) },
  );
  await lab.run(20);
  return lab;
}

const http = (lab: Lab, url: string, more: object = {}): Promise<LabHttpResponse> =>
  lab.must('POST', '/lab/http', { url, ...more });
const reconfigure = '/v1/docker-flow-proxy/reconfigure?serviceName=go-demo&servicePath=/demo&port=8080';

describe('TALK-17: the proxy', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await talk();
  });

  it('has no route at first: 503 from the proxy itself', async () => {
    expect(await http(lab, 'http://swarm-2/demo/hello')).toMatchObject({ outcome: 'answer', status: 503 });
  });

  it('is told by any node; consul keeps the route and every replica writes it down', async () => {
    const told = await http(lab, `http://swarm-3:8080${reconfigure}`);
    expect(told).toMatchObject({ outcome: 'answer', status: 200 });
    expect(JSON.parse(told.body!)).toMatchObject({ Status: 'OK', ServiceName: 'go-demo', Port: '8080', Mode: 'swarm' });
    expect(told.hops.filter((hop) => /^told 10\.\S+: 200$/.test(hop))).toHaveLength(2);
    const kept = await http(lab, 'http://swarm-1:8500/v1/kv/docker-flow/?keys');
    expect(JSON.parse(kept.body!)).toEqual(['docker-flow/go-demo/route']);
    const proxies = (await lab.containers()).filter(({ name }) => name.startsWith('proxy.'));
    expect(proxies).toHaveLength(3);
    const files = await Promise.all(
      proxies.map(async (one) => (await lab.exec(one, ['cat', '/cfg/haproxy.cfg'])).output),
    );
    expect(new Set(files).size).toBe(1);
    expect(files[0]).toContain('use_backend go-demo-be if url_go-demo');
  });

  it('sends a request to port 80 of any node by mesh, proxy and VIP to a task, and back', async () => {
    const vip = (await lab.get('/services/go-demo')).Endpoint.VirtualIPs;
    const seen = new Set<string>();
    for (const node of ['swarm-1', 'swarm-2', 'swarm-3', 'swarm-1', '192.168.99.102', 'swarm-3']) {
      const { outcome, status, body, hops } = await http(lab, `http://${node}/demo/hello`);
      expect({ outcome, status, body }).toEqual({ outcome: 'answer', status: 200, body: 'hello, world!\n' });
      const way = hops.join('\n');
      expect(way).toMatch(/^outside\nswarm-\d port 80\/tcp\n.*ingress-sbox[\s\S]*IPVS on swarm-\d[\s\S]*proxy\.\d/);
      const forward = /haproxy on \S+: backend go-demo-be, go-demo is (\S+), port 8080/.exec(way);
      expect(vip.map((one: { Addr: string }) => one.Addr.split('/')[0])).toContain(forward?.[1]);
      const task = /\n(go-demo\.\d)\.\S+ port 8080\nback through haproxy on \S+: 200$/.exec(way);
      seen.add(task?.[1] ?? 'nobody');
    }
    expect([...seen].sort()).toEqual(['go-demo.1', 'go-demo.2', 'go-demo.3']);
  });

  it('gives a replica that starts later the routes from consul', async () => {
    await lab.change('proxy', (spec) => {
      spec.Mode.Replicated.Replicas = 4;
    });
    await lab.run(20);
    const fourth = await lab.container('proxy.4');
    expect((await lab.exec(fourth, ['cat', '/cfg/haproxy.cfg'])).output).toContain('server go-demo go-demo:8080');
  });

  it('loses no request during a rolling update', async () => {
    await lab.change('go-demo', (spec) => {
      spec.TaskTemplate.ContainerSpec.Image = 'vfarcic/go-demo:1.1';
      spec.UpdateConfig = { Parallelism: 1, Delay: 5e9, Order: 'stop-first' };
    });
    let [sent, failed] = [0, 0];
    let state = '';
    while (state !== 'completed' && sent < 2000) {
      const { outcome, status } = await http(lab, `http://swarm-${(sent % 3) + 1}/demo/hello`);
      sent++;
      if (outcome !== 'answer' || status !== 200) failed++;
      await lab.run(0.1);
      state = (await lab.get('/services/go-demo')).UpdateStatus?.State;
    }
    expect({ state, failed }).toEqual({ state: 'completed', failed: 0 });
    expect(sent).toBeGreaterThan(100);
    const images = (await lab.tasks('go-demo'))
      .filter((task) => task.DesiredState === 'running')
      .map((task) => task.Spec.ContainerSpec!.Image);
    expect(images).toEqual(Array(3).fill(expect.stringContaining('vfarcic/go-demo:1.1')));
  });

  it('refuses what would change the meaning of haproxy.cfg, and changes nothing', async () => {
    const before = await http(lab, 'http://swarm-1:8080/v1/docker-flow-proxy/config');
    for (const bad of [
      'serviceName=a%0Abackend+x&servicePath=/a&port=80',
      'serviceName=a&servicePath=/a%0A+acl&port=80',
      'serviceName=a&servicePath=/a',
      'serviceName=a&port=80',
      'servicePath=/a&port=80',
      'serviceName=a&servicePath=/a&port=99999',
      'serviceName=a&servicePath=/a&port=80&pathType=lua.x',
    ]) {
      const { status } = await http(lab, `http://swarm-1:8080/v1/docker-flow-proxy/reconfigure?${bad}`);
      expect([bad, status]).toEqual([bad, 400]);
    }
    expect((await http(lab, 'http://swarm-1:8080/v1/docker-flow-proxy/config')).body).toBe(before.body);
  });

  it.skipIf(!hasHaproxy && !process.env.CI)('writes a file that a real haproxy accepts', async () => {
    const more =
      '/v1/docker-flow-proxy/reconfigure?serviceName=shop&servicePath=/cart,/pay&serviceDomain=shop.example&port=80&srcPort=8443';
    expect((await http(lab, `http://swarm-1:8080${more}`)).status).toBe(200);
    const { body } = await http(lab, 'http://swarm-1:8080/v1/docker-flow-proxy/config');
    expect(body).toContain('acl domain_shop hdr(host) -i shop.example');
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'haproxy-')), 'haproxy.cfg');
    writeFileSync(file, body!);
    // Throws with haproxy's words when it does not accept the file.
    execFileSync('haproxy', ['-c', '-f', file], { encoding: 'utf8', stdio: 'pipe' });
  });

  it('forgets a service in every replica and in consul', async () => {
    expect((await http(lab, 'http://swarm-2:8080/v1/docker-flow-proxy/remove?serviceName=go-demo')).status).toBe(200);
    const answers = await Promise.all([1, 2, 3].map((n) => http(lab, `http://swarm-${n}/demo/hello`)));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    const { body } = await http(lab, 'http://swarm-1:8500/v1/kv/docker-flow/?keys');
    expect(body).not.toContain('go-demo');
  });
});

describe('POST /lab/http', () => {
  it('DISC-70: says how the name was resolved, which backend was chosen, and what did not answer', async () => {
    const lab = await Lab.create();
    await lab.run(10);
    await lab.network('net');
    await lab.service('web', { Image: 'nginx' }, { replicas: 2, networks: ['net'] });
    await lab.service('client', { Image: 'alpine', Command: ['sleep', '1000000'] }, { networks: ['net'] });
    await lab.run(20);
    const { id } = await lab.container('client.1');
    const first = await http(lab, 'http://web/', { from: id });
    expect(first).toMatchObject({ outcome: 'answer', status: 200, body: '<h1>Welcome to nginx!</h1>\n' });
    expect(first.dns?.at(-1)).toMatchObject({ hop: 'answer', rcode: 'NOERROR', addresses: [first.address] });
    expect(await http(lab, 'http://nobody/', { from: id })).toMatchObject({ outcome: 'unresolved' });
    expect(await http(lab, 'http://web:81/', { from: id })).toMatchObject({ outcome: 'refused' });
    expect(await http(lab, 'http://swarm-1:9999/')).toMatchObject({ outcome: 'refused' });
    expect(await http(lab, 'http://10.99.0.1/', { from: 'swarm-2' })).toMatchObject({ outcome: 'unreachable' });
    for (const [body, status] of [
      [{}, 400],
      [{ url: 'ftp://x/' }, 400],
      [{ url: 'http://x:70000/' }, 400],
      [{ url: 'http://web/', from: 'nobody' }, 404],
      [{ url: 'http://web/', method: 'G T' }, 400],
    ] as const)
      expect((await lab.ask('POST', '/lab/http', body)).status).toBe(status);
  });
});
