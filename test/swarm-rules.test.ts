// Rules of the swarm that are seen at the door only: whole clusters, asked as clients ask.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Node, Service, ServiceSpec, SystemInfo, Task } from '../src/api';
import { Cluster } from '../src/engine/cluster';
import { defaultConfig } from '../src/engine/config';
import { Door } from '../src/engine/door';
import type { EngineResponse } from '../src/engine/http';
import { allRoutes } from '../src/engine/routes';
import { second } from '../src/sim';

const door = new Door(allRoutes());
let cluster: Cluster;

function ask(method: string, path: string, body?: unknown, node = 'swarm-1'): EngineResponse {
  const request = { method, path, body, headers: { 'content-type': 'application/json' } };
  const answer = door.open(cluster.machine(node), request).begin(request);
  if (answer instanceof Promise) throw new Error(`${method} ${path} takes time`);
  return answer;
}

const get = <T>(path: string, node?: string): T => ask('GET', path, undefined, node).json as T;

/** Status and message of a refusal. */
function refused(method: string, path: string, body?: unknown, node?: string): [number, string] {
  const { status, json } = ask(method, path, body, node);
  return [status, (json as { message: string }).message];
}

function form(change: Partial<typeof defaultConfig> = {}): void {
  cluster = new Cluster({ ...defaultConfig, ...change });
}

function create(spec: Partial<ServiceSpec> = {}): string {
  const answer = ask('POST', '/services/create', {
    Name: 'web',
    TaskTemplate: { ContainerSpec: { Image: 'nginx' } },
    ...spec,
  });
  expect(answer.status).toBe(201);
  cluster.sim.runFor(20 * second);
  return (answer.json as { ID: string }).ID;
}

beforeEach(() => form());

describe('joining, leaving, locking', () => {
  it('CTRL-25: leaving without a swarm, and a second swarm', () => {
    form({ init: false });
    expect(refused('POST', '/swarm/leave')).toEqual([503, 'This node is not part of a swarm']);
    form();
    expect(refused('POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377' })).toEqual([
      503,
      'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.',
    ]);
  });

  it('CTRL-43: managers are reached on port 2377, data on 4789', () => {
    const info = get<{ Swarm: { RemoteManagers: { Addr: string }[] } }>('/info').Swarm;
    expect(info.RemoteManagers.map(({ Addr }) => Addr)).toEqual(['192.168.99.101:2377']);
    expect(get<{ DataPathPort: number }>('/swarm').DataPathPort).toBe(4789);
    const [manager] = get<Node[]>('/nodes').filter((node) => node.Spec.Role === 'manager');
    expect(manager?.ManagerStatus?.Addr).toBe('192.168.99.101:2377');
  });

  it('CTRL-51: a locked manager tells so, and takes the right key only', () => {
    expect(refused('POST', '/swarm/unlock', { UnlockKey: 'x' })).toEqual([409, 'swarm is not locked']);
    const swarm = get<{ Version: { Index: number }; Spec: object }>('/swarm');
    const EncryptionConfig = { AutoLockManagers: true };
    ask('POST', `/swarm/update?version=${swarm.Version.Index}`, { ...swarm.Spec, EncryptionConfig });
    const { UnlockKey } = get<{ UnlockKey: string }>('/swarm/unlockkey');
    cluster.powerOff('swarm-1');
    cluster.sim.runFor(5 * second);
    cluster.powerOn('swarm-1');
    expect(refused('GET', '/services')).toEqual([
      503,
      'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.',
    ]);
    expect(refused('POST', '/swarm/leave')).toEqual([
      503,
      'Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this message.',
    ]);
    expect(refused('POST', '/swarm/unlock', { UnlockKey: 'SWMKEY-1-wrong' })).toEqual([400, 'invalid key string']);
    expect(refused('POST', '/swarm/unlock', { UnlockKey: `SWMKEY-1-${'A'.repeat(43)}` })).toEqual([
      401,
      'swarm could not be unlocked: invalid key provided',
    ]);
    ask('POST', '/swarm/unlock', { UnlockKey });
    cluster.sim.runFor(30 * second);
    expect(ask('GET', '/services').status).toBe(200);
  });

  it('CTRL-70: two managers are warned of', () => {
    expect((get<SystemInfo>('/info').Swarm as { Warnings?: string[] }).Warnings ?? []).toEqual([]);
    form({ managers: 2 });
    expect((get<SystemInfo>('/info').Swarm as { Warnings?: string[] }).Warnings).toEqual([
      `WARNING: Running Swarm in a two-manager configuration. This configuration provides
         no fault tolerance, and poses a high risk to lose control over the cluster.
         Refer to https://docs.docker.com/engine/swarm/admin_guide/ to configure the
         Swarm for fault-tolerance.`,
    ]);
  });
});

const lostQuorum =
  "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.";

/** A request that may have to wait; its answer once there is one. */
async function wait(method: string, path: string, seconds: number, body?: unknown, node = 'swarm-1') {
  const request = { method, path, body, headers: { 'content-type': 'application/json' } };
  let answer: EngineResponse | undefined;
  void Promise.resolve(door.open(cluster.machine(node), request).begin(request)).then((response) => {
    answer = response;
  });
  for (let passed = 0; passed < seconds; passed++) {
    cluster.sim.runFor(second);
    await new Promise((resolve) => setImmediate(resolve));
    if (answer) return { after: passed + 1, status: answer.status, json: answer.json as Record<string, unknown> };
  }
  return undefined;
}

describe('the swarm itself', () => {
  const swarm = () => get<{ Version: { Index: number }; Spec: object; DefaultAddrPool: string[] | null }>('/swarm');

  it('ORCH-9: an update replaces the whole spec; another name, and nonsense, are refused', () => {
    const path = () => `/swarm/update?version=${swarm().Version.Index}`;
    expect(refused('POST', path(), { Name: 'x' })).toEqual([400, 'swarm spec must be named "default"']);
    const Orchestration = { TaskHistoryRetentionLimit: -1 };
    expect(ask('POST', path(), { Name: 'default', Orchestration }).status).toBe(200);
    expect(swarm().Spec).toEqual({
      Name: 'default',
      Labels: {},
      Orchestration,
      Raft: { KeepOldSnapshots: 0, ElectionTick: 0, HeartbeatTick: 0 },
      Dispatcher: {},
      CAConfig: {},
      TaskDefaults: {},
      EncryptionConfig: { AutoLockManagers: false },
    });
  });

  it('ALLOC-10, CTRL-8: a sole manager leads again soon after it is back, and shows the default pool from then on', () => {
    expect(swarm().DefaultAddrPool).toBeNull();
    cluster.powerOff('swarm-1');
    cluster.sim.runFor(5 * second);
    cluster.powerOn('swarm-1');
    cluster.sim.runFor(2 * second);
    expect(swarm().DefaultAddrPool).toEqual(['10.0.0.0/8']);
    cluster.sim.runFor(10 * second);
    expect(get<Node[]>('/nodes').map(({ Status }) => Status.State)).toEqual(['ready', 'ready', 'ready']);
  });

  it('CTRL-51: a sealed manager does not know who it is', () => {
    const { Version, Spec } = swarm();
    const EncryptionConfig = { AutoLockManagers: true };
    ask('POST', `/swarm/update?version=${Version.Index}`, { ...Spec, EncryptionConfig });
    cluster.powerOff('swarm-1');
    cluster.powerOn('swarm-1');
    expect(get<SystemInfo>('/info').Swarm).toMatchObject({
      LocalNodeState: 'locked',
      NodeID: '',
      NodeAddr: '192.168.99.101',
      RemoteManagers: null,
    });
  });
});

describe('without a leader', () => {
  const loseQuorum = () => {
    form({ managers: 3 });
    for (const name of ['swarm-2', 'swarm-3']) cluster.powerOff(name);
  };

  it('CTRL-4, CTRL-5: requests wait out their 20 s at first, reads and writes alike, and change nothing', async () => {
    loseQuorum();
    const late = { message: 'rpc error: code = DeadlineExceeded desc = context deadline exceeded' };
    expect(await wait('GET', '/services', 19)).toBeUndefined();
    loseQuorum();
    expect(await wait('GET', '/tasks', 30)).toEqual({ after: 20, status: 500, json: late });
    loseQuorum();
    const spec = { Name: 'web', TaskTemplate: { ContainerSpec: { Image: 'nginx' } } };
    expect(await wait('POST', '/services/create', 30, spec)).toEqual({ after: 20, status: 500, json: late });
    for (const name of ['swarm-2', 'swarm-3']) cluster.powerOn(name);
    cluster.sim.runFor(60 * second);
    expect(get('/services')).toEqual([]);
  });

  it('CTRL-3, CTRL-5: later all that goes through the leader is refused at once, reads too', async () => {
    loseQuorum();
    cluster.sim.runFor(30 * second);
    for (const path of [
      '/services',
      '/services/x',
      '/tasks',
      '/nodes',
      '/nodes/swarm-1',
      '/secrets',
      '/configs',
      '/swarm',
    ]) {
      expect(refused('GET', path), path).toEqual([500, lostQuorum]);
    }
    expect(refused('DELETE', '/services/x')).toEqual([500, lostQuorum]);
    expect(refused('POST', '/networks/create', { Name: 'net', Driver: 'overlay' })).toEqual([500, lostQuorum]);
    expect(ask('GET', '/containers/json').status).toBe(200);
    expect(ask('GET', '/networks').status).toBe(200);
  });

  it('CTRL-7: GET /info waits as well, then tells the error and a cluster that holds nothing', async () => {
    loseQuorum();
    const answer = (await wait('GET', '/info', 30))!;
    expect(answer).toMatchObject({ after: 20, status: 200 });
    cluster.sim.runFor(20 * second);
    const { Swarm } = get<SystemInfo>('/info');
    expect(Swarm).toMatchObject({ LocalNodeState: 'active', ControlAvailable: true, Error: lostQuorum });
    expect(Swarm.Cluster).toMatchObject({ ID: '', Version: {}, DefaultAddrPool: null });
    for (const absent of ['Nodes', 'Managers']) expect(Swarm).not.toHaveProperty(absent);
  });

  it('CTRL-4, CTRL-8: a write waits for the next leader, and is done then', async () => {
    form({ managers: 3 });
    cluster.powerOff('swarm-1');
    const spec = { Name: 'web', TaskTemplate: { ContainerSpec: { Image: 'nginx' } } };
    const answer = (await wait('POST', '/services/create', 30, spec, 'swarm-2'))!;
    expect(answer.status).toBe(201);
    expect(answer.after).toBeGreaterThanOrEqual(10);
    expect(answer.after).toBeLessThanOrEqual(20);
    const create = { ...spec, Name: 'web' };
    expect(refused('POST', '/services/create', create, 'swarm-3')[0]).toBe(409);
  });

  it('CTRL-62: a promoted node is told so until its manager has joined', () => {
    const { ID, Spec, Version } = get<Node>('/nodes/swarm-2');
    ask('POST', `/nodes/${ID}/update?version=${Version.Index}`, { ...Spec, Role: 'manager' });
    const heard = new Set<string>();
    for (let passed = 0; passed < 50; passed++) {
      const answer = ask('GET', '/nodes', undefined, 'swarm-2');
      heard.add(answer.status === 200 ? 'served' : `${answer.status} ${(answer.json as { message: string }).message}`);
      cluster.sim.runFor(second / 10);
    }
    expect([...heard]).toEqual([
      "503 This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.",
      '503 This node is not a swarm manager. Manager is being prepared or has trouble connecting to the cluster.',
      'served',
    ]);
  });
});

describe('nodes', () => {
  it('ORCH-2: a node shows its wish, its description and its state; workers have no manager status', () => {
    const nodes = get<Node[]>('/nodes');
    const worker = nodes.find((node) => node.Description.Hostname === 'swarm-2')!;
    expect(worker).toMatchObject({
      Spec: { Role: 'worker', Availability: 'active' },
      Description: {
        Platform: { Architecture: 'x86_64', OS: 'linux' },
        Engine: { EngineVersion: expect.any(String), Plugins: expect.any(Array) },
      },
      Status: { State: 'ready', Addr: '192.168.99.102' },
    });
    expect(worker).not.toHaveProperty('ManagerStatus');
    // What only the managers keep is not shown.
    for (const hidden of ['Role', 'Attachments']) expect(worker).not.toHaveProperty(hidden);
    const { Version, Spec, ID } = worker;
    ask('POST', `/nodes/${ID}/update?version=${Version.Index}`, { ...Spec, Role: 'manager' });
    expect(get<Node>(`/nodes/${ID}`).Spec.Role).toBe('manager');
  });

  it('SCHED-61: resources follow the machine', () => {
    form({ nodes: [{ cpus: 3, memoryBytes: 5 * 2 ** 30 }] });
    expect(get<Node[]>('/nodes')[0]?.Description.Resources).toMatchObject({
      NanoCPUs: 3e9,
      MemoryBytes: 5 * 2 ** 30,
    });
  });

  it('SCHED-62: plugins are sorted by type, then name, with the built-in ones', () => {
    const Plugins = get<Node[]>('/nodes')[0]!.Description.Engine!.Plugins!;
    const names = Plugins.map(({ Type, Name }) => `${Type} ${Name}`);
    expect(names).toEqual([...names].sort());
    for (const name of ['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay']) {
      expect(names).toContain(`Network ${name}`);
    }
    expect(names).toContain('Volume local');
  });

  it('CTRL-26: availability changes also while the node is away; nonsense is refused', () => {
    cluster.powerOff('swarm-3');
    cluster.sim.runFor(30 * second);
    const node = get<Node>('/nodes/swarm-3');
    expect(node.Status.State).toBe('down');
    const path = `/nodes/${node.ID}/update?version=${node.Version.Index}`;
    expect(refused('POST', path, { ...node.Spec, Availability: 'x' })).toEqual([400, 'invalid Availability: "x"']);
    expect(refused('POST', path, { ...node.Spec, Role: 'x' })).toEqual([400, 'invalid Role: "x"']);
    expect(ask('POST', path, { ...node.Spec, Availability: 'drain' }).status).toBe(200);
    expect(get<Node>('/nodes/swarm-3').Spec.Availability).toBe('drain');
  });

  it('ORCH-100: pause keeps what runs, drain moves it, and active moves nothing back', () => {
    const id = create({ Mode: { Replicated: { Replicas: 3 } } });
    const node = get<Node>('/nodes/swarm-2');
    const set = (Availability: string) => {
      const { ID, Spec, Version } = get<Node>(`/nodes/${node.ID}`);
      ask('POST', `/nodes/${ID}/update?version=${Version.Index}`, { ...Spec, Availability });
      cluster.sim.runFor(30 * second);
      return tasksOf(id).filter((task) => task.NodeID === node.ID && task.DesiredState === 'running').length;
    };
    expect([set('active'), set('pause'), set('drain'), set('active')]).toEqual([1, 1, 0, 0]);
    expect(tasksOf(id).filter((task) => task.Status.State === 'running')).toHaveLength(3);
  });
});

function tasksOf(service: string): Task[] {
  return get<Task[]>('/tasks').filter((task) => task.ServiceID === service);
}

describe('services, tasks, networks', () => {
  it('ORCH-5, ORCH-6: what a task template says is kept, and a task shows it with where it runs', () => {
    ask('POST', '/networks/create', { Name: 'net', Driver: 'overlay' });
    const { Id } = get<{ Id: string }>('/networks/net');
    const TaskTemplate = {
      ContainerSpec: { Image: 'nginx' },
      Resources: { Limits: { NanoCPUs: 1e9 }, Reservations: { MemoryBytes: 2 ** 23 } },
      RestartPolicy: { Condition: 'any' as const, Delay: 7e9, MaxAttempts: 3, Window: 9e9 },
      Placement: { Constraints: ['node.role==worker'], MaxReplicas: 1 },
      Networks: [{ Target: 'net', Aliases: ['a'] }],
      ForceUpdate: 4,
    };
    const id = create({ TaskTemplate });
    const kept = get<Service>(`/services/${id}`).Spec.TaskTemplate;
    expect(kept).toMatchObject({ ...TaskTemplate, Networks: [{ Target: Id, Aliases: ['a'] }] });
    const [task] = tasksOf(id);
    expect(task).toMatchObject({
      ServiceID: id,
      Slot: 1,
      NodeID: expect.any(String),
      Labels: {},
      Spec: { RestartPolicy: TaskTemplate.RestartPolicy },
      DesiredState: 'running',
      Status: { State: 'running', ContainerStatus: { ContainerID: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });
    const attachments = task!.NetworksAttachments!;
    expect(attachments.map(({ Network }) => Network.Spec.Name)).toContain('net');
    expect(attachments[0]!.Addresses![0]).toMatch(/^10\.0\.\d+\.\d+\/24$/);
    for (const hidden of ['Name', 'SpecVersion', 'ServiceAnnotations', 'Endpoint', 'LogDriver']) {
      expect(task).not.toHaveProperty(hidden);
    }
    const before = task!.Version.Index;
    ask('DELETE', `/services/${id}`);
    cluster.sim.runFor(second);
    expect(get<Task>(`/tasks/${task!.ID}`).Version.Index).toBeGreaterThan(before);
  });

  it('ORCH-97: what a client asks again and again while it waits for a service changes nothing', () => {
    const id = create({ Mode: { Replicated: { Replicas: 2 } } });
    const { Version, Spec } = get<Service>(`/services/${id}`);
    ask('POST', `/services/${id}/update?version=${Version.Index}`, {
      ...Spec,
      TaskTemplate: { ...Spec.TaskTemplate, ForceUpdate: 1 },
    });
    cluster.sim.runFor(second);
    const { store } = cluster.machine('swarm-1').manager();
    const twin = new Cluster(defaultConfig).machine('swarm-1').manager().store;
    expect(twin.index).toBeLessThan(store.index);
    const before = store.index;
    const filters = encodeURIComponent(JSON.stringify({ service: { [id]: true }, '_up-to-date': { true: true } }));
    for (let poll = 0; poll < 20; poll++) {
      get(`/services/${id}`);
      expect(get<Task[]>(`/tasks?filters=${filters}`).length).toBeGreaterThan(0);
      get('/nodes');
      get(`/services?status=true`);
    }
    expect(store.index).toBe(before);
    // The update goes its way, looked at or not.
    expect(get<Service>(`/services/${id}`).UpdateStatus?.State).toBe('updating');
    cluster.sim.runFor(60 * second);
    expect(get<Service>(`/services/${id}`).UpdateStatus?.State).toBe('completed');
  });

  it('SCHED-28, ORCH-88: a task that fitted nowhere ends when it is replaced, and does not hold its successor up', () => {
    const Placement = { Constraints: ['node.labels.disk==ssd'] };
    const id = create({ TaskTemplate: { ContainerSpec: { Image: 'nginx' }, Placement } });
    expect(tasksOf(id)[0]!.Status.Err).toContain('scheduling constraints not satisfied on 3 nodes');
    const { Version, Spec } = get<Service>(`/services/${id}`);
    ask('POST', `/services/${id}/update?version=${Version.Index}`, {
      ...Spec,
      TaskTemplate: { ...Spec.TaskTemplate, Placement: {} },
    });
    cluster.sim.runFor(10 * second);
    const states = tasksOf(id).map(({ Status, DesiredState }) => [DesiredState, Status.State, Status.Err ?? '']);
    expect(states.sort()).toEqual([
      ['running', 'running', ''],
      ['shutdown', 'shutdown', ''],
    ]);
  });

  it('ORCH-3, ORCH-44: the first iteration of a job is shown as an empty version, later ones by their number', () => {
    const TaskTemplate = { ContainerSpec: { Image: 'alpine', Command: ['true'] } };
    const id = create({ Name: 'job', TaskTemplate, Mode: { ReplicatedJob: {} } });
    expect(get<Service>(`/services/${id}`).JobStatus?.JobIteration).toEqual({});
    expect(tasksOf(id).map(({ JobIteration }) => JobIteration)).toEqual([{}]);
    const { Version, Spec } = get<Service>(`/services/${id}`);
    ask('POST', `/services/${id}/update?version=${Version.Index}`, Spec);
    expect(get<Service>(`/services/${id}`).JobStatus?.JobIteration).toEqual({ Index: 1 });
  });

  it('ORCH-8: networks in tasks have the shape of swarm objects, with the VXLAN ID', () => {
    ask('POST', '/networks/create', { Name: 'net', Driver: 'overlay', Attachable: true });
    const id = create({ TaskTemplate: { ContainerSpec: { Image: 'nginx' }, Networks: [{ Target: 'net' }] } });
    expect(tasksOf(id)[0]!.NetworksAttachments![0]!.Network).toMatchObject({
      Spec: { Name: 'net', DriverConfiguration: { Name: 'overlay' }, Attachable: true, Scope: 'swarm' },
      DriverState: { Name: 'overlay', Options: { 'com.docker.network.driver.overlay.vxlanid_list': '4097' } },
      IPAMOptions: { Driver: { Name: 'default' }, Configs: [{ Subnet: '10.0.1.0/24', Gateway: '10.0.1.1' }] },
    });
    expect(get<object>('/networks/net')).toHaveProperty('Scope', 'swarm');
  });

  it('ORCH-115: a bind mount without its source is rejected, again and again', () => {
    const Mounts = [{ Type: 'bind' as const, Source: '/no/such', Target: '/data' }];
    const id = create({ TaskTemplate: { ContainerSpec: { Image: 'nginx', Mounts } } });
    const rejected = tasksOf(id).filter((task) => task.Status.State === 'rejected');
    expect(rejected.length).toBeGreaterThan(1);
    expect(rejected[0]!.Status.Err).toBe(
      'invalid mount config for type "bind": bind source path does not exist: /no/such',
    );
  });

  it('ALLOC-36: networks of one node are not for services', () => {
    ask('POST', '/networks/create', { Name: 'local', Driver: 'bridge' });
    const TaskTemplate = { ContainerSpec: { Image: 'nginx' }, Networks: [{ Target: 'local' }] };
    expect(refused('POST', '/services/create', { Name: 'web', TaskTemplate })).toEqual([
      403,
      'The network local cannot be used with services. Only networks scoped to the swarm can be used, such as those created with the overlay driver.',
    ]);
  });

  it('CTRL-63: overlay networks need a manager', () => {
    form({ init: false });
    expect(refused('POST', '/networks/create', { Name: 'net', Driver: 'overlay' })).toEqual([
      403,
      'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    ]);
  });
});
