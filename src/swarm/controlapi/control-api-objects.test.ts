import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../api';
import { parseJoinToken } from '../ca';
import { addNode, addTask, api, manager, members, refusal, setRemovable, sim, spec, store } from './testbed';

describe('networks', () => {
  const bad = (config: object | null) =>
    refusal(() => api.createNetwork({ Name: 'n', IPAMOptions: { Configs: [config as object] } }));

  it('ALLOC-18: the checks of a spec', () => {
    expect(bad(null)).toBe('InvalidArgument: ipam configuration: cannot be empty');
    expect(bad({ Subnet: '10.0.3.0' })).toBe('InvalidArgument: ipam configuration: invalid subnet 10.0.3.0');
    const Subnet = '10.55.0.0/24';
    expect(bad({ Subnet, Range: 'x' })).toBe('InvalidArgument: ipam configuration: invalid range x');
    expect(bad({ Subnet, Range: '10.56.0.0/24' })).toBe(
      'InvalidArgument: ipam configuration: subnet 10.55.0.0/24 does not contain range 10.56.0.0/24',
    );
    expect(bad({ Subnet, Gateway: 'x' })).toBe('InvalidArgument: ipam configuration: invalid gateway x');
    expect(bad({ Subnet, Gateway: '10.56.0.1' })).toBe(
      'InvalidArgument: ipam configuration: subnet 10.55.0.0/24 does not contain gateway 10.56.0.1',
    );
    expect(refusal(() => api.createNetwork({ Name: 'a_b-c.d' }))).toMatch(/DNS name component/);
    expect(refusal(() => api.createNetwork({ Name: 'n', Labels: { 'com.docker.swarm.predefined': '' } }))).toBe(
      'PermissionDenied: label com.docker.swarm.predefined is for internally created predefined networks and cannot be applied by users',
    );
    expect(refusal(() => api.createNetwork({ Name: 'n', IPAMOptions: { Driver: { Name: 'nosuch' } } }))).toBe(
      'InvalidArgument: error during lookup of plugin nosuch',
    );
  });

  it('ALLOC-18, ALLOC-20: one ingress network, not attachable, of the overlay driver', () => {
    const { ID } = store.named('network', 'ingress')!;
    expect(refusal(() => api.createNetwork({ Name: 'i', Ingress: true, Attachable: true }))).toBe(
      'InvalidArgument: ingress network cannot be attachable',
    );
    expect(refusal(() => api.createNetwork({ Name: 'i', Ingress: true }))).toBe(
      `AlreadyExists: ingress network (${ID}) is already present`,
    );
    expect(
      refusal(() => api.createNetwork({ Name: 'i', Ingress: true, DriverConfiguration: { Name: 'bridge' } })),
    ).toMatch('only overlay driver is currently supported for ingress network');
    api.removeNetwork(ID);
    expect(api.createNetwork({ Name: 'i', Ingress: true }).Spec.Ingress).toBe(true);
  });

  it('ALLOC-19: refusals of removal', () => {
    const { ID } = api.createNetwork({ Name: 'n' });
    const service = api.createService(
      spec({ task: { Networks: [{ Target: ID }] }, Mode: { Replicated: { Replicas: 0 } } }),
    );
    expect(refusal(() => api.removeNetwork(ID))).toBe(
      `FailedPrecondition: network ${ID} is in use by service ${service.ID}`,
    );
    const task = addTask(service, 'running');
    const ending = addTask(service, 'running', { DesiredState: 'remove' });
    api.removeService(service.ID);
    expect(refusal(() => api.removeNetwork(ID))).toBe(`FailedPrecondition: network ${ID} is in use by task ${task.ID}`);
    api.removeTask(task.ID);
    api.removeNetwork(ID);
    expect(store.get('task', ending.ID)).toBeDefined();
    const host = store.named('network', 'host')!.ID;
    expect(refusal(() => api.removeNetwork(host))).toBe(
      `FailedPrecondition: network ${host} (host) is a swarm predefined network and cannot be removed`,
    );
    const pub = api.createService(spec({ EndpointSpec: { Ports: [{ TargetPort: 80 }] } }));
    expect(refusal(() => api.removeNetwork(store.named('network', 'ingress')!.ID))).toBe(
      `FailedPrecondition: ingress network cannot be removed because service ${pub.ID} depends on it`,
    );
  });

  it('ALLOC-45: plain containers come onto attachable networks only', () => {
    const closed = api.createNetwork({ Name: 'n1' });
    const request = { nodeID: manager, containerID: 'c1', addresses: ['10.0.1.9'] };
    expect(refusal(() => api.attachNetwork({ ...request, networkID: closed.ID }))).toBe(
      'PermissionDenied: network n1 not manually attachable',
    );
    const open = api.createNetwork({ Name: 'n2', Attachable: true });
    const task = api.attachNetwork({ ...request, networkID: open.ID });
    expect(task).toMatchObject({ NodeID: manager, NetworksAttachments: [{ Addresses: ['10.0.1.9'] }] });
    api.detachNetwork(task.ID);
    expect(store.get('task', task.ID)).toBeUndefined();
  });
});

describe('nodes', () => {
  const role = (id: string, Role: 'worker' | 'manager') =>
    api.updateNode(id, store.get('node', id)!.Version.Index, { Role, Availability: 'active' });

  it('CTRL-20: an update changes the wish, not the role', () => {
    const worker = addNode('worker', 'ready');
    expect(role(worker, 'manager')).toMatchObject({ Spec: { Role: 'manager' }, Role: 'worker' });
    expect(refusal(() => api.updateNode('x', 1, { Role: 'worker', Availability: 'active' }))).toBe(
      'NotFound: node x not found',
    );
    const { Spec } = store.get('node', worker)!;
    expect(refusal(() => api.updateNode(worker, 1, { ...Spec, Availability: 'pause' }))).toBe(
      'Unknown: update out of sequence',
    );
  });

  it('CTRL-21: demotions that would end the swarm or its quorum', () => {
    expect(refusal(() => role(manager, 'worker'))).toBe(
      'FailedPrecondition: attempting to demote the last manager of the swarm',
    );
    const second = addNode('manager', 'ready');
    setRemovable(false);
    expect(refusal(() => role(second, 'worker'))).toBe(
      "FailedPrecondition: can't remove member from the raft: this would result in a loss of quorum",
    );
    setRemovable(true);
    members.delete(second);
    expect(refusal(() => role(second, 'worker'))).toBe("NotFound: can't find manager in raft memberlist");
    members.add(second);
    expect(role(second, 'worker').Spec.Role).toBe('worker');
  });

  it('CTRL-23: refusals of removal', () => {
    const text = `FailedPrecondition: node ${manager} is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal`;
    expect(refusal(() => api.removeNode(manager))).toBe(text);
    expect(refusal(() => api.removeNode(manager, { force: true }))).toBe(text);
    const worker = addNode('worker', 'ready');
    expect(refusal(() => api.removeNode(worker))).toBe(
      `FailedPrecondition: node ${worker} is not down and can't be removed`,
    );
    expect(refusal(() => api.removeNode('x'))).toBe('NotFound: node x not found');
    api.removeNode(worker, { force: true });
    expect(store.get('node', worker)).toBeUndefined();
    expect(store.cluster?.BlacklistedNodes).toEqual([worker]);
  });

  it('ORCH-107: tasks of a removed node are orphaned, finished ones stay', () => {
    const worker = addNode('worker', 'down');
    const service = api.createService(spec());
    const running = addTask(service, 'running', { NodeID: worker });
    const finished = addTask(service, 'complete', { NodeID: worker });
    api.removeNode(worker);
    expect(store.get('task', running.ID)?.Status).toEqual({
      Timestamp: sim.timestamp,
      State: 'orphaned',
      Message: 'Task belonged to a node that has been deleted',
    });
    expect(store.get('task', finished.ID)).toEqual(finished);
  });
});

describe('secrets and configs', () => {
  const data = (size: number) => Buffer.alloc(size, 'x').toString('base64');

  it('API-26: names', () => {
    const text =
      'InvalidArgument: invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]';
    for (const Name of ['-a', 'a b', 'a.', 'x'.repeat(65)]) {
      expect(refusal(() => api.createSecret({ Name, Data: data(1) }))).toBe(text);
    }
    expect(api.createConfig({ Name: 'a_b-c.d', Data: data(1) }).Spec.Name).toBe('a_b-c.d');
  });

  it('API-29: sizes', () => {
    for (const size of [0, 512_000]) {
      expect(refusal(() => api.createSecret({ Name: 's', Data: data(size) }))).toBe(
        'InvalidArgument: secret data must be larger than 0 and less than 512000 bytes',
      );
    }
    expect(refusal(() => api.createConfig({ Name: 'c', Data: data(1_024_000) }))).toBe(
      'InvalidArgument: config data must be larger than 0 and less than 1024000 bytes',
    );
    api.createSecret({ Name: 's', Data: data(511_999) });
    api.createConfig({ Name: 'c', Data: data(1_023_999) });
  });

  it('CTRL-17, CTRL-18: unique names; only labels change', () => {
    const secret = api.createSecret({ Name: 'a', Data: data(3) });
    expect(refusal(() => api.createSecret({ Name: 'A', Data: data(3) }))).toBe(
      'AlreadyExists: secret A already exists',
    );
    const update = (extra: object) => () => api.updateSecret(secret.ID, secret.Version.Index, { Name: 'a', ...extra });
    for (const extra of [{ Name: 'b' }, { Data: data(4) }]) {
      expect(refusal(update(extra))).toBe('InvalidArgument: only updates to Labels are allowed');
    }
    expect(update({ Labels: { k: 'v' } })().Spec).toEqual({ Name: 'a', Data: data(3), Labels: { k: 'v' } });
    const config = api.createConfig({ Name: 'a', Data: data(3) });
    expect(refusal(() => api.updateConfig(config.ID, 1, { Name: 'a', Labels: {} }))).toBe(
      'Unknown: update out of sequence',
    );
  });

  it('API-29: in use by a spec, even with no tasks', () => {
    const secret = api.createSecret({ Name: 'a', Data: data(3) });
    const config = api.createConfig({ Name: 'c', Data: data(3) });
    const File = { Name: 'f', UID: '0', GID: '0', Mode: 292 };
    const container: ContainerSpec = {
      Secrets: [{ SecretID: secret.ID, SecretName: 'a', File }],
      Configs: [{ ConfigID: config.ID, ConfigName: 'c', File }],
    };
    const one = api.createService(spec({ Name: 's1', container, Mode: { Replicated: { Replicas: 0 } } }));
    expect(refusal(() => api.removeSecret(secret.ID))).toBe(
      "InvalidArgument: secret 'a' is in use by the following service: s1",
    );
    const two = api.createService(spec({ Name: 's2', container }));
    expect(refusal(() => api.removeConfig(config.ID))).toBe(
      "InvalidArgument: config 'c' is in use by the following services: s1, s2",
    );
    for (const { ID } of [one, two]) api.removeService(ID);
    api.removeSecret(secret.ID);
    api.removeConfig(config.ID);
    expect(store.count('secret') + store.count('config')).toBe(0);
  });
});

describe('the cluster', () => {
  const update = (given = {}, rotation = {}) => api.updateCluster(store.cluster!.Version.Index, given, rotation);

  it('CTRL-40: rotation replaces the secret of one token', () => {
    const before = store.cluster!.JoinTokens;
    const after = update({}, { workerToken: true }).JoinTokens;
    expect(after.Manager).toBe(before.Manager);
    expect(after.Worker).not.toBe(before.Worker);
    expect(parseJoinToken(after.Worker).digest).toBe(parseJoinToken(before.Worker).digest);
  });

  it('CTRL-40: a new root changes the digests and leaves the secrets', () => {
    const before = store.cluster!;
    const after = update({ CAConfig: { NodeCertExpiry: 7776000000000000, ForceRotate: 1 } });
    expect(after.TLSInfo.TrustRoot).not.toBe(before.TLSInfo.TrustRoot);
    const [old, now] = [before, after].map((cluster) => parseJoinToken(cluster.JoinTokens.Manager));
    expect(now!.digest).not.toBe(old!.digest);
    expect(now!.secret).toBe(old!.secret);
  });

  it('CTRL-42, ORCH-9: checks', () => {
    expect(refusal(() => update({ CAConfig: { NodeCertExpiry: 60_000_000_000 } }))).toBe(
      'InvalidArgument: minimum certificate expiry time is: 1h0m0s',
    );
    expect(refusal(() => update({ Name: 'other' }))).toBe(
      'InvalidArgument: modification of cluster name is not allowed',
    );
    expect(refusal(() => api.updateCluster(1, {}))).toBe('Unknown: update out of sequence');
    const limit = { Orchestration: { TaskHistoryRetentionLimit: -5 } };
    expect(update(limit).Spec).toMatchObject({ ...limit, Name: 'default', Dispatcher: { HeartbeatPeriod: 5e9 } });
  });

  it('CTRL-50, CTRL-52: autolock makes a key, rotation another, turning it off none', () => {
    expect(api.unlockKey()).toBe('');
    const locked = { EncryptionConfig: { AutoLockManagers: true } };
    update(locked);
    const key = api.unlockKey();
    expect(key).toMatch(/^SWMKEY-1-/);
    update({ Labels: { a: 'b' } });
    expect(api.unlockKey()).toBe(key);
    update({}, { managerUnlockKey: true });
    expect(api.unlockKey()).not.toBe(key);
    update({ EncryptionConfig: { AutoLockManagers: false } });
    expect(api.unlockKey()).toBe('');
  });
});
