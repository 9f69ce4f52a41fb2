import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../api';
import type { StoredService } from '../objects';
import { StoreError } from '../store';
import type { Given } from './testbed';
import { addTask, api, refusal, refused, sim, spec, store } from './testbed';

describe('creating services', () => {
  it('ORCH-3: a service without networks and ports needs no allocation', () => {
    const service = api.createService(spec());
    expect(service).toMatchObject({ Endpoint: { Spec: {} }, SpecVersion: { Index: 0 }, Allocated: true });
    expect(service.ID).toMatch(/^[0-9a-z]{25}$/);
  });

  it.each([
    ['', 'InvalidArgument: meta: name must be provided'],
    ['bad name', 'InvalidArgument: name must be valid as a DNS name component'],
    ['-x', 'InvalidArgument: name must be valid as a DNS name component'],
    ['a-', 'InvalidArgument: name must be valid as a DNS name component'],
    ['_a', 'InvalidArgument: name must be valid as a DNS name component'],
    ['a.b', 'InvalidArgument: name must be valid as a DNS name component'],
    ['é', 'InvalidArgument: name must be valid as a DNS name component'],
    [
      'n123456789012345678901234567890123456789012345678901234567890123',
      'InvalidArgument: name must be 63 characters or fewer',
    ],
  ])('API-26: the name %j is refused', (Name, text) => {
    expect(refused({ Name })).toBe(text);
  });

  it.each(['a_b', 'A', '1', 'a--b'])('API-26: the name %j is good', (Name) => {
    expect(api.createService(spec({ Name })).Spec.Name).toBe(Name);
  });

  const resources = (Limits: object): Given => ({ task: { Resources: { Limits } } });
  it.each<[Given, string]>([
    [resources({ NanoCPUs: -1_000_000_000 }), 'InvalidArgument: invalid cpu value -1: Must be at least 0.001'],
    [resources({ NanoCPUs: 100_000 }), 'InvalidArgument: invalid cpu value 0.0001: Must be at least 0.001'],
    [resources({ NanoCPUs: 1_000 }), 'InvalidArgument: invalid cpu value 1e-06: Must be at least 0.001'],
    [resources({ MemoryBytes: 1024 }), 'InvalidArgument: invalid memory value 1024: Must be at least 4MiB'],
    [{ task: { RestartPolicy: { Delay: -1 } } }, 'InvalidArgument: TaskSpec: restart-delay cannot be negative'],
    [{ task: { RestartPolicy: { Window: -1 } } }, 'InvalidArgument: TaskSpec: restart-window cannot be negative'],
    [{ task: { Placement: { Constraints: ['bogus'] } } }, 'Unknown: constraint expected one operator from ==, !='],
    [{ task: { ContainerSpec: undefined as never } }, 'InvalidArgument: TaskSpec: missing runtime'],
    [{ container: { Image: '' } }, 'InvalidArgument: ContainerSpec: image reference must be provided'],
    [
      { container: { Image: 'UPPER/Case' } },
      'InvalidArgument: ContainerSpec: "UPPER/Case" is not a valid repository/tag',
    ],
    [{ container: { Image: 'alpine:' } }, 'InvalidArgument: ContainerSpec: "alpine:" is not a valid repository/tag'],
    [
      { container: { Image: 'alpine:a:b' } },
      'InvalidArgument: ContainerSpec: "alpine:a:b" is not a valid repository/tag',
    ],
    [
      { container: { Image: 'alpine@sha256:abc' } },
      'InvalidArgument: ContainerSpec: "alpine@sha256:abc" is not a valid repository/tag',
    ],
    [
      { container: { Mounts: [{ Target: '/x' }, { Target: '/x' }] } },
      'InvalidArgument: ContainerSpec: duplicate mount point: /x',
    ],
    [
      { container: { Hostname: '{{.Bogus}}' } },
      'InvalidArgument: expanding hostname failed: template: expansion:1:2: executing "expansion" at <.Bogus>: can\'t evaluate field Bogus in type *template.Context',
    ],
    [
      { container: { Env: ['A={{.Nope}}'] } },
      'InvalidArgument: expanding env failed: expanding env "A={{.Nope}}": template: expansion:1:2: executing "expansion" at <.Nope>: can\'t evaluate field Nope in type *template.Context',
    ],
    [
      { container: { Env: ['A={{.Service.Nope}}'] } },
      'InvalidArgument: expanding env failed: expanding env "A={{.Service.Nope}}": template: expansion:1:10: executing "expansion" at <.Service.Nope>: can\'t evaluate field Nope in type struct { ID string; Name string; Labels map[string]string }',
    ],
    [
      { container: { Env: ['A={{if}}'] } },
      'InvalidArgument: expanding env failed: expanding env "A={{if}}": template: expansion:1: missing value for if',
    ],
    [
      { container: { Healthcheck: { Interval: 1000 } } },
      'InvalidArgument: ContainerSpec: Interval in HealthConfig cannot be less than 1ms',
    ],
    [
      { container: { Healthcheck: { StartPeriod: 1 } } },
      'InvalidArgument: ContainerSpec: StartPeriod in HealthConfig cannot be less than 1ms',
    ],
    [
      { container: { Healthcheck: { Retries: -1 } } },
      'InvalidArgument: ContainerSpec: Retries in HealthConfig cannot be negative',
    ],
    [{ UpdateConfig: { Parallelism: 1, Delay: -1 } }, 'InvalidArgument: TaskSpec: update-delay cannot be negative'],
    [{ UpdateConfig: { Parallelism: 1, Monitor: -1 } }, 'InvalidArgument: TaskSpec: update-monitor cannot be negative'],
    [
      { UpdateConfig: { Parallelism: 1, MaxFailureRatio: 2 } },
      'InvalidArgument: TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1',
    ],
    [{ Mode: { Replicated: { Replicas: -1 } } }, 'InvalidArgument: Number of replicas must be non-negative'],
    [
      { Mode: { GlobalJob: {} }, UpdateConfig: { Parallelism: 1 } },
      'InvalidArgument: Jobs may not have an update config',
    ],
  ])('API-25, SCHED-60, ORCH-45: %j is refused', (given, text) => {
    expect(refused(given)).toBe(text);
  });

  it('API-25: checks go in SwarmKit’s order', () => {
    const wrong: Given = {
      Name: '-',
      task: { Resources: { Limits: { MemoryBytes: 1 } }, RestartPolicy: { Delay: -1 } },
      container: { Image: '' },
    };
    expect(refused(wrong)).toMatch(/DNS name/);
    expect(refused({ ...wrong, Name: 'a' })).toMatch(/memory/);
    expect(refused({ ...wrong, Name: 'a', task: { RestartPolicy: { Delay: -1 } } })).toMatch(/restart-delay/);
  });

  it.each(['sha256:abc', 'nosuch/image', 'localhost:5000/a/b:1.2', `reg.io/x@sha256:${'a'.repeat(64)}`, 'a__b'])(
    'API-25: the image %j is good',
    (Image) => {
      expect(api.createService(spec({ container: { Image } })).Spec.TaskTemplate.ContainerSpec?.Image).toBe(Image);
    },
  );

  it('API-25: templates that can be expanded are good', () => {
    const Env = ['T={{.Task.Name}} {{.Service.Labels.a}} {{index .Service.Labels "a.b"}} {{.Node.Platform.OS}}', 'X'];
    expect(
      api.createService(spec({ container: { Env, Hostname: '{{.Node.Hostname}}-{{.Task.Slot}}' } })).ID,
    ).toBeTruthy();
  });

  it('ALLOC-32, ALLOC-53: ports within one spec', () => {
    const dnsrr = { Mode: 'dnsrr' as const, Ports: [{ TargetPort: 80, PublishedPort: 80 }] };
    expect(refused({ EndpointSpec: dnsrr })).toBe(
      "InvalidArgument: EndpointSpec: port published with ingress mode can't be used with dnsrr mode",
    );
    const twice = {
      Ports: [
        { TargetPort: 1, PublishedPort: 80 },
        { TargetPort: 2, PublishedPort: 80 },
      ],
    };
    expect(refused({ EndpointSpec: twice })).toBe('InvalidArgument: EndpointSpec: duplicate published ports provided');
    const host = {
      Mode: 'dnsrr' as const,
      Ports: [{ TargetPort: 80, PublishedPort: 80, PublishMode: 'host' as const }],
    };
    expect(api.createService(spec({ EndpointSpec: host })).Spec.EndpointSpec).toEqual(host);
  });

  it('ALLOC-53: ports of other services, by spec and by what they were given', () => {
    const ports = (
      PublishedPort: number,
      PublishMode: 'ingress' | 'host' = 'ingress',
      Protocol: 'tcp' | 'udp' = 'tcp',
    ) => ({
      EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort, PublishMode, Protocol }] },
    });
    const one = api.createService(spec({ Name: 'p1', ...ports(80) }));
    const text = `InvalidArgument: port '80' is already in use by service 'p1' (${one.ID}) as an ingress port`;
    expect(refused({ Name: 'p2', ...ports(80) })).toBe(text);
    expect(refused({ Name: 'p2', ...ports(80, 'host') })).toBe(text);
    const host = api.createService(spec({ Name: 'h', ...ports(81, 'host') }));
    expect(refused({ Name: 'p2', ...ports(81) })).toBe(
      `InvalidArgument: port '81' is already in use by service 'h' (${host.ID}) as a host-published port`,
    );
    api.createService(spec({ Name: 'h2', ...ports(81, 'host') }));
    api.createService(spec({ Name: 'u', ...ports(80, 'ingress', 'udp') }));
    const Endpoint = { Ports: [{ TargetPort: 80, PublishedPort: 30_000 }] };
    store.update((tx) => tx.update('service', { ...one, Endpoint }));
    expect(refused({ Name: 'p3', ...ports(30_000) })).toMatch(/port '30000' is already in use by service 'p1'/);
    const now = store.get('service', one.ID)!;
    expect(
      api.updateService(one.ID, now.Version.Index, spec({ Name: 'p1', ...ports(80), Labels: { a: 'b' } })).ID,
    ).toBe(one.ID);
  });

  it('ALLOC-20: ingress ports need an ingress network', () => {
    api.removeNetwork(store.named('network', 'ingress')!.ID);
    expect(refused({ EndpointSpec: { Ports: [{ TargetPort: 80 }] } })).toBe(
      'FailedPrecondition: service needs ingress network, but no ingress network is present',
    );
  });

  it('ALLOC-35: services do not name ingress; their networks are kept in order of ID', () => {
    const Target = store.named('network', 'ingress')!.ID;
    expect(refused({ task: { Networks: [{ Target }] } })).toBe(
      'InvalidArgument: Service cannot be explicitly attached to the ingress network "ingress"',
    );
    const ids = ['a', 'b', 'c'].map((Name) => api.createNetwork({ Name }).ID);
    const service = api.createService(spec({ task: { Networks: ids.map((id) => ({ Target: id })) } }));
    expect(service.Spec.TaskTemplate.Networks?.map((one) => one.Target)).toEqual([...ids].sort());
    expect(service.Allocated).toBeUndefined();
  });

  it('API-25: references to secrets and configs', () => {
    const File = { Name: 'f', UID: '0', GID: '0', Mode: 292 };
    const secrets = (...Secrets: object[]) => ({ container: { Secrets } as ContainerSpec });
    const reference = (SecretID: string, SecretName: string, file: object | undefined = File) => ({
      SecretID,
      SecretName,
      ...(file ? { File: file } : {}),
    });
    expect(refused(secrets(reference('', 'a')))).toBe('InvalidArgument: malformed secret reference');
    expect(refused(secrets({ SecretID: 'x', SecretName: 'a' }))).toBe(
      'InvalidArgument: malformed secret reference, no target provided',
    );
    expect(refused(secrets(reference('x', 'a', { ...File, Name: '' })))).toBe(
      'InvalidArgument: malformed file secret reference, invalid target file name provided',
    );
    expect(refused(secrets(reference('x', 'a'), reference('y', 'b')))).toBe(
      "InvalidArgument: secret references 'a' and 'b' have a conflicting target: 'f'",
    );
    expect(refused(secrets(reference('x', 'a')))).toBe('InvalidArgument: secret not found: a');
    expect(refused(secrets(reference('x', 'a'), reference('y', 'b', { ...File, Name: 'g' })))).toBe(
      'InvalidArgument: secrets not found: a, b',
    );
    expect(refused({ container: { Configs: [{ ConfigID: 'x', ConfigName: 'c', Runtime: {} }] } })).toBe(
      'InvalidArgument: config not found: c',
    );
  });

  it('CTRL-17: names are unique whatever their case', () => {
    api.createService(spec({ Name: 'dup' }));
    expect(refused({ Name: 'DUP' })).toBe(
      'AlreadyExists: name conflicts with an existing object: service DUP already exists',
    );
  });

  it('CTRL-5: without a leader the store’s own error comes through', () => {
    store.guard = () => {
      throw new StoreError('no leader', 'gone');
    };
    expect(() => api.createService(spec())).toThrow(StoreError);
  });
});

describe('updating services', () => {
  const update = (service: StoredService, given: Given, rollback = false) =>
    api.updateService(service.ID, store.get('service', service.ID)!.Version.Index, spec(given), { rollback });

  it('ORCH-94: keeps the previous spec, takes the version, clears the status', () => {
    const service = api.createService(spec());
    store.update((tx) => tx.update('service', { ...service, UpdateStatus: { State: 'paused', Message: 'm' } }));
    const { Version } = store.get('service', service.ID)!;
    const changed = update(service, { Labels: { a: 'b' } });
    expect(changed).toMatchObject({
      PreviousSpec: service.Spec,
      SpecVersion: Version,
      PreviousSpecVersion: { Index: 0 },
    });
    expect(changed.UpdateStatus).toBeUndefined();
    expect(changed.Allocated).toBe(true);
  });

  it('CTRL-16: a stale version is out of sequence', () => {
    const service = api.createService(spec());
    update(service, { Labels: { a: 'b' } });
    expect(refusal(() => api.updateService(service.ID, service.Version.Index, spec()))).toBe(
      'Unknown: update out of sequence',
    );
    expect(refusal(() => api.updateService('nosuch', 1, spec()))).toBe('NotFound: service nosuch not found');
  });

  it('API-28, CTRL-18: mode, name and the old place of networks do not change', () => {
    const service = api.createService(spec());
    expect(refusal(() => update(service, { Mode: { Global: {} } }))).toBe(
      'Unimplemented: service mode change is not allowed',
    );
    expect(refusal(() => update(service, { Name: 'other' }))).toBe('Unimplemented: renaming services is not supported');
    const { ID } = api.createNetwork({ Name: 'n' });
    expect(refusal(() => update(service, { Networks: [{ Target: ID }] }))).toBe(
      'Unimplemented: networks must be migrated to TaskSpec before being changed',
    );
    expect(update(service, { Mode: { Replicated: { Replicas: 3 } } }).Spec.Mode).toEqual({
      Replicated: { Replicas: 3 },
    });
  });

  it('ORCH-95: a rollback swaps specs, and a second one swaps them back', () => {
    const service = api.createService(spec());
    expect(refusal(() => update(service, {}, true))).toBe(
      `FailedPrecondition: service ${service.ID} does not have a previous spec`,
    );
    const changed = update(service, { Labels: { a: 'b' } });
    const back = update(service, { Labels: { ignored: 'x' } }, true);
    expect(back).toMatchObject({
      Spec: service.Spec,
      PreviousSpec: changed.Spec,
      SpecVersion: { Index: 0 },
      PreviousSpecVersion: changed.SpecVersion,
      UpdateStatus: { State: 'rollback_started', Message: 'manually requested rollback', StartedAt: sim.timestamp },
    });
    expect(update(service, {}, true).Spec).toEqual(changed.Spec);
    expect(refusal(() => update(service, { container: { Image: '' } }, true))).toMatch(/image reference/);
  });

  it('ORCH-44: every update of a job begins an iteration', () => {
    const job = api.createService(spec({ Mode: { ReplicatedJob: { MaxConcurrent: 1 } } }));
    expect(job.JobStatus?.JobIteration.Index).toBe(0);
    sim.runFor(1_000_000);
    const again = update(job, { Mode: { ReplicatedJob: { MaxConcurrent: 1 } } });
    expect(again.JobStatus).toEqual({ JobIteration: { Index: 1 }, LastExecution: sim.timestamp });
  });

  it('ALLOC-33: changed networks or ports are not allocated yet', () => {
    const service = api.createService(spec());
    expect(update(service, { EndpointSpec: { Ports: [{ TargetPort: 80 }] } }).Allocated).toBe(false);
  });

  it('ORCH-27: removal is immediate', () => {
    const service = api.createService(spec());
    api.removeService(service.ID);
    expect(api.createService(spec()).ID).not.toBe(service.ID);
    expect(refusal(() => api.removeService(service.ID))).toBe(`NotFound: service ${service.ID} not found`);
  });
});

describe('reading services', () => {
  const status = (service: StoredService) => api.listServiceStatuses([service.ID, 'gone']).get(service.ID);

  it('API-30: replicated and global services', () => {
    const one = api.createService(spec({ Name: 'r', Mode: { Replicated: { Replicas: 3 } } }));
    addTask(one, 'running', { DesiredState: 'shutdown' });
    addTask(one, 'running');
    addTask(one, 'failed');
    expect(status(one)).toEqual({ RunningTasks: 2, DesiredTasks: 3, CompletedTasks: 0 });
    const two = api.createService(spec({ Name: 'g', Mode: { Global: {} } }));
    addTask(two, 'new');
    addTask(two, 'running', { DesiredState: 'shutdown' });
    expect(status(two)).toEqual({ RunningTasks: 1, DesiredTasks: 1, CompletedTasks: 0 });
  });

  it('API-30: jobs count the present iteration only', () => {
    const job = api.createService(
      spec({ Name: 'j', Mode: { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 9 } } }),
    );
    addTask(job, 'complete', { JobIteration: { Index: 0 }, DesiredState: 'complete' });
    addTask(job, 'complete', { JobIteration: { Index: 7 }, DesiredState: 'complete' });
    expect(status(job)).toEqual({ RunningTasks: 0, DesiredTasks: 2, CompletedTasks: 1 });
    const global = api.createService(spec({ Name: 'gj', Mode: { GlobalJob: {} } }));
    addTask(global, 'running', { JobIteration: { Index: 0 }, DesiredState: 'complete' });
    addTask(global, 'complete', { JobIteration: { Index: 0 }, DesiredState: 'complete' });
    expect(status(global)).toEqual({ RunningTasks: 1, DesiredTasks: 1, CompletedTasks: 1 });
  });

  it('API-31: insertDefaults writes the defaults out', () => {
    const { ID } = api.createService(spec({ UpdateConfig: { Parallelism: 2 } }));
    expect(api.getService(ID).Spec.RollbackConfig).toBeUndefined();
    expect(api.getService(ID, { insertDefaults: true }).Spec).toEqual({
      Name: 'web',
      TaskTemplate: {
        ContainerSpec: { Image: 'nginx:latest', StopGracePeriod: 1e10, DNSConfig: {} },
        RestartPolicy: { Condition: 'any', Delay: 5e9, MaxAttempts: 0 },
        Placement: {},
      },
      UpdateConfig: { Parallelism: 2, FailureAction: 'pause', Monitor: 5e9, MaxFailureRatio: 0, Order: 'stop-first' },
      RollbackConfig: { Parallelism: 1, FailureAction: 'pause', Monitor: 5e9, MaxFailureRatio: 0, Order: 'stop-first' },
      EndpointSpec: { Mode: 'vip' },
    });
  });
});
