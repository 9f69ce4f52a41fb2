import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../../src/engine/testing/lab';

/** Every route that takes a body, with one that it accepts: each field in turn gets a value that it cannot have. */
const bodies: readonly (readonly [string, Record<string, unknown>])[] = [
  [
    '/services/create',
    {
      Name: 'fuzz',
      Labels: { a: 'b' },
      TaskTemplate: {
        ContainerSpec: {
          Image: 'nginx',
          Command: ['a'],
          Args: ['b'],
          Env: ['A=1'],
          Labels: { a: 'b' },
          Mounts: [{ Type: 'volume', Source: 'v', Target: '/v', ReadOnly: false }],
          Healthcheck: { Test: ['NONE'], Interval: 1_000_000_000 },
          DNSConfig: { Nameservers: ['1.1.1.1'] },
          StopGracePeriod: 1,
          Hosts: ['1.2.3.4 a'],
        },
        Resources: { Limits: { MemoryBytes: 10_000_000 }, Reservations: { NanoCPUs: 1 } },
        RestartPolicy: { Condition: 'any', Delay: 1, MaxAttempts: 1 },
        Placement: {
          Constraints: ['node.role==worker'],
          Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.a' } }],
        },
        Networks: [{ Target: 'ingress', Aliases: ['a'] }],
        ForceUpdate: 1,
      },
      Mode: { Replicated: { Replicas: 1 } },
      UpdateConfig: { Parallelism: 1, Delay: 1, FailureAction: 'pause', MaxFailureRatio: 0.5, Order: 'stop-first' },
      EndpointSpec: {
        Mode: 'vip',
        Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 9_000, PublishMode: 'ingress' }],
      },
    },
  ],
  [
    '/containers/create',
    {
      Image: 'alpine',
      Cmd: ['true'],
      Env: ['A=1'],
      Labels: { a: 'b' },
      Tty: false,
      Healthcheck: { Test: ['NONE'] },
      HostConfig: {
        Memory: 10_000_000,
        Binds: ['v:/v'],
        RestartPolicy: { Name: 'no' },
        Dns: ['1.1.1.1'],
        AutoRemove: false,
      },
      NetworkingConfig: { EndpointsConfig: { bridge: { Links: ['a:b'], DriverOpts: { a: 'b' } } } },
    },
  ],
  [
    '/networks/create',
    { Name: 'fuzz', Driver: 'overlay', IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] }, Options: { a: 'b' } },
  ],
  ['/volumes/create', { Name: 'fuzz', Driver: 'local', DriverOpts: { a: 'b' }, Labels: { a: 'b' } }],
  ['/secrets/create', { Name: 'fuzz', Data: 'YQ==', Labels: { a: 'b' } }],
  ['/configs/create', { Name: 'fuzz', Data: 'YQ==', Labels: { a: 'b' } }],
  [
    '/swarm/init',
    { ListenAddr: '0.0.0.0', AdvertiseAddr: '1.1.1.1', ForceNewCluster: true, Spec: { Name: 'default' } },
  ],
  ['/swarm/join', { RemoteAddrs: ['10.0.0.1'], JoinToken: 'x', ListenAddr: '0.0.0.0' }],
  ['/swarm/unlock', { UnlockKey: 'x' }],
  [
    '/swarm/update?version=1',
    { Name: 'default', Orchestration: { TaskHistoryRetentionLimit: 1 }, Raft: { ElectionTick: 1 } },
  ],
  ['/nodes/swarm-2/update?version=1', { Role: 'worker', Availability: 'active', Labels: { a: 'b' } }],
  ['/networks/ingress/connect', { Container: 'x', EndpointConfig: { Aliases: ['a'] } }],
  ['/networks/ingress/disconnect', { Container: 'x', Force: true }],
  ['/containers/fuzzed/exec', { Cmd: ['true'], Env: ['A=1'], AttachStdout: true }],
  ['/containers/fuzzed/update', { Memory: 10_000_000, RestartPolicy: { Name: 'no' } }],
  ['/exec/nosuch/start', { Detach: false, Tty: false }],
];

/** Copies of a value, each with one place taken by something else. */
function* broken(value: unknown, put: unknown): Iterable<unknown> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      for (const other of broken(member, put)) {
        yield Array.isArray(value)
          ? value.map((one, index) => (String(index) === key ? other : one))
          : { ...value, [key]: other };
      }
    }
  }
  yield put;
}

/** Of a type that no field in the bodies has at its place, or that some have: both must end well. */
const odd: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  '',
  'text',
  [],
  [[]],
  [null],
  {},
  { a: {} },
  { __proto__: 1 },
];

describe('requests that nobody should send', () => {
  let lab: Lab;
  const state = async () => {
    const lists = [
      '/services',
      '/networks',
      '/secrets',
      '/configs',
      '/nodes',
      '/tasks',
      '/volumes',
      '/containers/json?all=1',
    ];
    return JSON.stringify(await Promise.all(lists.map((list) => lab.get(list))));
  };
  const send = async (method: string, path: string, body: Uint8Array | string) => {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const headers = { 'content-type': 'application/json' };
    return lab.live.request('swarm-1', { method, path, body: bytes, headers });
  };

  beforeAll(async () => {
    lab = await Lab.create();
  });

  for (const [path, body] of bodies) {
    it(`${path}: any field with any type is accepted or refused in Docker's form, and a refusal changes nothing`, async () => {
      for (const put of odd) {
        for (const bad of broken(body, put)) {
          const before = await state();
          const { status, json } = await send('POST', path, JSON.stringify(bad));
          if (status < 400) {
            lab = await Lab.create();
            continue;
          }
          expect(Object.keys(json as object)).toEqual(['message']);
          const { message } = json as { message: string };
          expect(message).not.toMatch(/undefined|is not a function|Cannot read|\[object|call stack/);
          expect(await state()).toBe(before);
        }
      }
    }, 120_000);
  }

  it('any bytes as a body are refused with 4xx', async () => {
    const before = await state();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...bodies.map(([path]) => path)),
        fc.uint8Array({ minLength: 1 }),
        async (path, bytes) => {
          const { status, json } = await send('POST', path, bytes);
          expect(status).toBeGreaterThanOrEqual(400);
          expect(Object.keys(json as object)).toEqual(['message']);
        },
      ),
      { numRuns: 300 },
    );
    expect(await state()).toBe(before);
  });

  it('any path and query is answered', async () => {
    const word = fc.oneof(
      fc.webPath(),
      fc.constantFrom('/services', '/containers/json', '/tasks', '/events', '/images/json'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'HEAD', 'PATCH'),
        word,
        fc.string(),
        async (method, path, text) => {
          const query = `?filters=${encodeURIComponent(text)}&limit=${encodeURIComponent(text)}`;
          const { status } = await send(method, `${path}${query}`, '');
          expect(status).toBeGreaterThanOrEqual(200);
          expect(status).toBeLessThan(502);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('nesting without end is refused', async () => {
    const deep = '['.repeat(100_000);
    for (const text of [deep, `{"Labels":${deep}${']'.repeat(100_000)}}`]) {
      const { status, json } = await send('POST', '/services/create', text);
      expect(status).toBe(400);
      expect((json as { message: string }).message).not.toMatch(/call stack/);
    }
  });
});
