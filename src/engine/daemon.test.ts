// Tasks on their nodes, seen through the routes, with the real network between the nodes.
import { describe, expect, it } from 'vitest';
import { Lab } from './testing/lab';

const second = 1e9;
/** Healthy as soon as the file is there. */
const withHealth = (seconds: number, retries = 1) => ({
  Healthcheck: { Test: ['CMD-SHELL', 'test ! -f /tmp/bad'], Interval: seconds * second, Retries: retries },
});

/** A container with drill on the network `net`, as a service `util`. */
async function asker(lab: Lab, network: string) {
  await lab.service(
    'util',
    { Image: 'alpine', Command: ['sh'], Args: ['-c', 'apk add drill && sleep 1000000'] },
    { networks: [network] },
  );
  await lab.run(15);
  return lab.container('util.1.');
}

describe('tasks on their nodes', () => {
  it('DISC-50: containers of an overlay find services, tasks and each other by exec drill', async () => {
    const lab = await Lab.create();
    const net = await lab.network('net');
    const inside = await asker(lab, net);
    const web = await lab.service('web', {}, { replicas: 3, networks: [net] });
    await lab.run(30);
    expect(await lab.states(web)).toEqual(['running', 'running', 'running']);
    const service = await lab.get(`/services/${web}`);
    const vip = service.Endpoint.VirtualIPs[0].Addr.split('/')[0];
    const tasks = await lab.tasks(web);
    const own = tasks.map((task) => task.NetworksAttachments![0]!.Addresses![0]!.split('/')[0]!).sort();
    expect(await lab.addresses(inside, 'web')).toEqual([vip]);
    expect(await lab.addresses(inside, 'WEB.net')).toEqual([vip]);
    expect(await lab.addresses(inside, 'tasks.web')).toEqual(own);
    const first = tasks.find((task) => task.Slot === 1)!;
    expect(await lab.addresses(inside, `web.1.${first.ID}`)).toEqual([
      first.NetworksAttachments![0]!.Addresses![0]!.split('/')[0]!,
    ]);
    expect(await lab.addresses(inside, 'nosuch')).toEqual([]);
    const { output } = await lab.exec(inside, ['drill', 'web']);
    expect(output).toContain(`web.\t600\tIN\tA\t${vip}\n`);
    // Each of the three answers in turn behind the virtual address (DISC-72).
    const page = await lab.exec(inside, ['wget', '-qO-', 'http://web']);
    expect(page.exitCode).toBe(0);
  });

  it('ORCH-117: a service with a health check is in DNS, and its tasks RUNNING, from the first healthy probe on', async () => {
    const lab = await Lab.create();
    const net = await lab.network('net');
    const inside = await asker(lab, net);
    const web = await lab.service('web', withHealth(10), { networks: [net] });
    await lab.run(9);
    expect(await lab.states(web)).toEqual(['starting']);
    expect((await lab.container('web.1.')).state).toBe('running');
    expect(await lab.addresses(inside, 'web')).toEqual([]);
    await lab.run(15);
    expect(await lab.states(web)).toEqual(['running']);
    expect(await lab.addresses(inside, 'web')).toHaveLength(1);
  });

  it('ORCH-118: a task that turned unhealthy is stopped and replaced', async () => {
    const lab = await Lab.create();
    const net = await lab.network('net');
    const web = await lab.service(
      'web',
      { ...withHealth(5, 2), Image: 'alpine', Command: ['sleep'], Args: ['1000'] },
      { networks: [net] },
    );
    await lab.run(30);
    expect(await lab.states(web)).toEqual(['running']);
    const before = await lab.container('web.1.');
    await lab.exec(before, ['touch', '/tmp/bad'], 0.1);
    await lab.run(11);
    // Out of names for two seconds, then SIGTERM, which sleep as first process does not hear, then KILL after ten.
    expect(await lab.states(web)).toEqual(['running']);
    expect((await lab.container('web.1.')).state).toBe('running');
    await lab.run(14);
    const [, old] = await lab.tasks(web);
    expect(old!.Status).toMatchObject({
      State: 'failed',
      Err: 'task: non-zero exit (137): dockerexec: unhealthy container',
      ContainerStatus: { ContainerID: before.id, ExitCode: 137 },
    });
    await lab.run(20);
    expect(await lab.states(web)).toEqual(['running', 'failed']);
  });

  it('ORCH-123, ORCH-61: docker kill of a container makes its task FAILED, and another starts after 5 s', async () => {
    const lab = await Lab.create();
    const web = await lab.service('web', {});
    await lab.run(30);
    const { id, node } = await lab.container('web.1.');
    expect((await lab.ask('POST', `/containers/${id}/kill`, undefined, node)).status).toBe(204);
    await lab.run(1);
    const [fresh, old] = await lab.tasks(web);
    expect(old).toMatchObject({
      DesiredState: 'shutdown',
      Status: { State: 'failed', Err: 'task: non-zero exit (137)', Message: 'started' },
    });
    expect(fresh).toMatchObject({ DesiredState: 'ready' });
    await lab.run(2);
    expect((await lab.states(web))[0]).toBe('ready');
    await lab.run(4);
    expect(await lab.states(web)).toEqual(['running', 'failed']);
  });

  it('ORCH-113, ORCH-123: docker stop of a container that exits 0 completes its task; other codes fail it', async () => {
    const lab = await Lab.create();
    const once = { task: { RestartPolicy: { Condition: 'none' } } };
    const web = await lab.service('web', {}, once);
    const ended = await lab.service('ended', { Image: 'alpine', Command: ['true'] }, once);
    const seven = await lab.service('seven', { Image: 'alpine', Command: ['sh', '-c', 'sleep 1; exit 7'] }, once);
    const missing = await lab.service('missing', { Image: 'alpine', Command: ['nosuch'] }, once);
    await lab.run(30);
    const { id, node } = await lab.container('web.1.');
    expect((await lab.askFor(2, 'POST', `/containers/${id}/stop`, node)).status).toBe(204);
    const status = async (service: string) => (await lab.tasks(service))[0]!.Status;
    expect(await status(web)).toMatchObject({ State: 'complete', Message: 'finished' });
    expect(await status(ended)).toMatchObject({ State: 'complete', ContainerStatus: { ExitCode: 0 } });
    expect(await status(seven)).toMatchObject({
      State: 'failed',
      Err: 'task: non-zero exit (7)',
      ContainerStatus: { ExitCode: 7 },
    });
    expect((await status(missing)).State).toBe('failed');
    expect((await status(missing)).Err).toMatch(
      /^starting container failed: .*exec: "nosuch": executable file not found in \$PATH: unknown$/,
    );
  });

  it('ORCH-120: scaling down takes a task out of names first, and stops its container two seconds later', async () => {
    const lab = await Lab.create();
    const net = await lab.network('net');
    const inside = await asker(lab, net);
    await lab.service('web', {}, { replicas: 2, networks: [net] });
    await lab.run(30);
    expect(await lab.addresses(inside, 'tasks.web')).toHaveLength(2);
    await lab.change('web', (spec) => {
      spec.Mode.Replicated.Replicas = 1;
    });
    await lab.run(1);
    expect(await lab.addresses(inside, 'tasks.web')).toHaveLength(1);
    const up = async () =>
      (await lab.containers()).filter(({ name, state }) => name.startsWith('web.') && state === 'running').length;
    expect(await up()).toBe(2);
    await lab.run(2);
    expect(await up()).toBe(1);
    await lab.run(2);
    expect((await lab.containers()).filter(({ name }) => name.startsWith('web.'))).toHaveLength(1);
  });

  it('ORCH-7: secrets and configs are files of a task, which it cannot write', async () => {
    const lab = await Lab.create();
    const secret = (await lab.must('POST', '/secrets/create', { Name: 'password', Data: btoa('s3cret') })).ID;
    const config = (await lab.must('POST', '/configs/create', { Name: 'site', Data: btoa('listen 80\n') })).ID;
    const file = (Name: string) => ({ Name, UID: '0', GID: '0', Mode: 0o444 });
    const web = await lab.service('web', {
      Secrets: [{ SecretID: secret, SecretName: 'password', File: file('password') }],
      Configs: [{ ConfigID: config, ConfigName: 'site', File: file('/etc/site.conf') }],
    });
    await lab.run(30);
    expect(await lab.states(web)).toEqual(['running']);
    const inside = await lab.container('web.1.');
    const read = await lab.exec(inside, ['cat', '/run/secrets/password', '/etc/site.conf']);
    expect(read).toEqual({ output: 's3cretlisten 80\n', exitCode: 0 });
    const write = await lab.exec(inside, ['sh', '-c', 'echo x > /run/secrets/password']);
    expect(write.output).toContain('Read-only file system');
    expect(write.exitCode).not.toBe(0);
  });

  it('ORCH-121: templates of hostname and environment are filled in, and its network knows the hostname', async () => {
    const lab = await Lab.create();
    const net = await lab.network('net');
    const inside = await asker(lab, net);
    await lab.service(
      'web',
      { Hostname: '{{.Service.Name}}-{{.Task.Slot}}', Env: ['NODE={{.Node.Hostname}}', 'TASK={{.Task.Name}}'] },
      { replicas: 2, networks: [net] },
    );
    await lab.run(30);
    const second = await lab.container('web.2.');
    expect((await lab.exec(second, ['hostname'])).output).toBe('web-2\n');
    const env = (await lab.exec(second, ['env'])).output.split('\n');
    expect(env).toContain(`NODE=${second.node}`);
    expect(env).toContain(`TASK=${second.name}`);
    expect(await lab.addresses(inside, 'web-2')).toHaveLength(1);
  });

  it('ORCH-114: an image that the strict registry does not know rejects tasks', async () => {
    const lab = await Lab.create({ registry: 'strict' });
    const web = await lab.service('web', { Image: 'nosuch/image:1' });
    await lab.run(4);
    const task = (await lab.tasks(web)).at(-1)!;
    expect(task.Status).toMatchObject({
      State: 'rejected',
      Err: 'No such image: nosuch/image:1',
      Message: 'preparing',
    });
    expect(await lab.containers()).toEqual([]);
    await lab.run(20);
    expect((await lab.tasks(web)).length).toBeGreaterThan(1);
  });

  it('a container that needs more memory than its limit is killed with 137 and says so', async () => {
    const lab = await Lab.create();
    const web = await lab.service(
      'db',
      { Image: 'mongo' },
      { task: { Resources: { Limits: { MemoryBytes: 6 * 2 ** 20 } }, RestartPolicy: { Condition: 'none' } } },
    );
    await lab.run(30);
    const [task] = await lab.tasks(web);
    expect(task!.Status).toMatchObject({ State: 'failed', Err: 'task: non-zero exit (137)' });
    const { id, node } = await lab.container('db.1.');
    expect((await lab.get(`/containers/${id}/json`, node)).State).toMatchObject({
      OOMKilled: true,
      ExitCode: 137,
      Status: 'exited',
    });
  });

  it('ORCH-104: after a power cut the tasks of a node that is back have failed with 255', async () => {
    const lab = await Lab.create();
    const net = await lab.network('net');
    const inside = await asker(lab, net);
    const web = await lab.service('web', {}, { replicas: 3, networks: [net] });
    await lab.run(30);
    const cut = inside.node === 'swarm-3' ? 'swarm-2' : 'swarm-3';
    const nodeID = (await lab.get('/lab/nodes')).find((node: { Hostname: string }) => node.Hostname === cut).ID;
    const victim = (await lab.tasks(web)).find((task) => task.NodeID === nodeID)!;
    await lab.must('POST', `/lab/nodes/${cut}/power`, { power: 'off' });
    await lab.run(5);
    expect((await lab.tasks(web)).find(({ ID }) => ID === victim.ID)!.Status.State).toBe('running');
    await lab.run(40);
    const lost = (await lab.tasks(web)).find(({ ID }) => ID === victim.ID)!;
    expect(lost).toMatchObject({ DesiredState: 'shutdown', Status: { State: 'running' } });
    expect((await lab.states(web)).filter((state) => state === 'running')).toHaveLength(4);
    expect(await lab.addresses(inside, 'tasks.web')).toHaveLength(3);
    await lab.must('POST', `/lab/nodes/${cut}/power`, { power: 'on' });
    await lab.run(20);
    const failed = (await lab.tasks(web)).find(({ ID }) => ID === victim.ID)!;
    expect(failed.Status).toMatchObject({
      State: 'failed',
      Err: 'task: non-zero exit (255)',
      ContainerStatus: { ExitCode: 255 },
    });
    expect((await lab.states(web)).filter((state) => state === 'running')).toHaveLength(3);
    expect(await lab.addresses(inside, 'tasks.web')).toHaveLength(3);
  });

  it('ORCH-28, ORCH-55: draining a node moves replicas to others and stops its containers', async () => {
    const lab = await Lab.create();
    const net = await lab.network('net');
    const web = await lab.service('web', {}, { replicas: 6, networks: [net] });
    await lab.run(30);
    const onNode = async (name: string) =>
      (await lab.containers()).filter(({ node, state }) => node === name && state === 'running').length;
    expect(await onNode('swarm-2')).toBe(2);
    const { Version, Spec } = await lab.get('/nodes/swarm-2');
    await lab.must('POST', `/nodes/swarm-2/update?version=${Version.Index}`, { ...Spec, Availability: 'drain' });
    await lab.run(20);
    expect(await onNode('swarm-2')).toBe(0);
    expect((await onNode('swarm-1')) + (await onNode('swarm-3'))).toBe(6);
    expect((await lab.states(web)).filter((state) => state === 'running')).toHaveLength(6);
    expect((await lab.states(web)).filter((state) => state === 'shutdown')).toHaveLength(2);
    // The network left with its last task.
    expect((await lab.ask('GET', '/networks/net', undefined, 'swarm-2')).status).toBe(404);
  });

  it('DISC-6, ALLOC-40: a published task is on ingress, has no line for it in hosts, and answers at the port of every node', async () => {
    const lab = await Lab.create();
    const net = await lab.network('alpha');
    await lab.service(
      'web',
      {},
      { networks: [net], spec: { EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort: 8080 }] } } },
    );
    await lab.run(30);
    const inside = await lab.container('web.1.');
    const { NetworkSettings } = await lab.get(`/containers/${inside.id}/json`, inside.node);
    expect(Object.keys(NetworkSettings.Networks).sort()).toEqual(['alpha', 'ingress']);
    const hosts = (await lab.exec(inside, ['cat', '/etc/hosts'])).output;
    expect(hosts).toContain(`${NetworkSettings.Networks.alpha.IPAddress}\t`);
    expect(hosts).not.toContain(NetworkSettings.Networks.ingress.IPAddress);
    // Every node answers at the published port (DISC-71).
    const asking = await lab.exec(inside, ['curl', '-s', 'http://192.168.99.103:8080']);
    expect(asking.exitCode).toBe(0);
  });
});
