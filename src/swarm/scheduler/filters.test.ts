import { describe, expect, it } from 'vitest';
import { Cluster, errOf, GiB, port80, reserve, started } from './fixture';

function network(driver: string): { readonly NetworksAttachments: never } {
  const Network = { ID: 'net', Spec: { Name: 'net' }, DriverState: { Name: driver } };
  return { NetworksAttachments: [{ Network }] as never };
}

describe('filters', () => {
  it('SCHED-11: a node must be ready and active', () => {
    const cluster = new Cluster();
    cluster.node('down', { Status: { State: 'down' } });
    cluster.node('unknown', { Status: { State: 'unknown' } });
    cluster.node('drained', { Spec: { Role: 'worker', Availability: 'drain' } });
    cluster.node('paused', { Spec: { Role: 'worker', Availability: 'pause' } });
    cluster.start();
    const [id] = cluster.tasks('s', 1);
    expect(errOf(cluster, id!)).toBe('no suitable node (4 nodes not available for new tasks)');
    cluster.availability('paused', 'active');
    cluster.settle();
    expect(cluster.nodeOf(id!)).toBe('paused');
  });

  it('SCHED-12: reservations count, limits do not', () => {
    const cluster = started('a');
    const [big] = cluster.tasks('big', 1, { Resources: { Limits: { NanoCPUs: 64e9, MemoryBytes: 64 * GiB } } });
    const [memory] = cluster.tasks('memory', 1, reserve(0, 3 * GiB));
    const [fits] = cluster.tasks('fits', 1, reserve(2, 2 * GiB));
    const [cpu] = cluster.tasks('cpu', 1, reserve(0.5));
    expect(errOf(cluster, memory!)).toBe('no suitable node (insufficient resources on 1 node)');
    expect(cluster.nodeOf(big!)).toBe('a');
    expect(cluster.nodeOf(fits!)).toBe('a');
    expect(errOf(cluster, cpu!)).toBe('no suitable node (insufficient resources on 1 node)');
  });

  it('SCHED-12: generic resources are claimed, named ones by name', () => {
    const cluster = new Cluster();
    const GenericResources = [
      { NamedResourceSpec: { Kind: 'GPU', Value: 'g1' } },
      { NamedResourceSpec: { Kind: 'GPU', Value: 'g2' } },
      { DiscreteResourceSpec: { Kind: 'SSD', Value: 3 } },
    ];
    cluster.node('a', { Description: { Resources: { GenericResources } } });
    cluster.start();
    const need = (Kind: string, Value: number) => ({
      Resources: { Reservations: { GenericResources: [{ DiscreteResourceSpec: { Kind, Value } }] } },
    });
    const gpus = cluster.tasks('gpu', 3, need('GPU', 1));
    const ssds = cluster.tasks('ssd', 2, need('SSD', 2));
    cluster.settle();
    expect(gpus.map((id) => cluster.task(id).GenericResources)).toEqual([
      [{ NamedResourceSpec: { Kind: 'GPU', Value: 'g1' } }],
      [{ NamedResourceSpec: { Kind: 'GPU', Value: 'g2' } }],
      undefined,
    ]);
    expect(cluster.task(ssds[0]!).GenericResources).toEqual([{ DiscreteResourceSpec: { Kind: 'SSD', Value: 2 } }]);
    expect(cluster.task(ssds[1]!).Status.Err).toBe('no suitable node (insufficient resources on 1 node)');
    cluster.state(gpus[0]!, 'complete');
    cluster.settle();
    expect(cluster.task(gpus[2]!).GenericResources).toEqual([{ NamedResourceSpec: { Kind: 'GPU', Value: 'g1' } }]);
  });

  it('SCHED-13: network, volume and log drivers must be there', () => {
    const cluster = new Cluster();
    const Plugins = [
      { Type: 'Network', Name: 'weave:latest' },
      { Type: 'Volume', Name: 'rexray' },
    ];
    cluster.node('a', { Description: { Engine: { Plugins } } });
    cluster.start();
    const volume = (Name: string) => ({
      ContainerSpec: { Mounts: [{ Type: 'volume' as const, VolumeOptions: { DriverConfig: { Name } } }] },
    });
    const at = (ids: string[]) => {
      cluster.settle();
      return cluster.nodeOf(ids[0]!) ?? cluster.task(ids[0]!).Status.Err;
    };
    const missing = 'no suitable node (missing plugin on 1 node)';
    expect(at(cluster.tasks('n1', 1, {}, network('weave')))).toBe('a');
    expect(at(cluster.tasks('n2', 1, {}, network('overlay')))).toBe(missing);
    expect(at(cluster.tasks('v1', 1, volume('rexray')))).toBe('a');
    expect(at(cluster.tasks('v2', 1, volume('nfs')))).toBe(missing);
    // No log plugins are listed at all, so log drivers are not asked for.
    expect(at(cluster.tasks('l1', 1, { LogDriver: { Name: 'splunk' } }))).toBe('a');
    cluster.changeNode('a', ({ Description }) => ({
      Description: { ...Description, Engine: { Plugins: [...Plugins, { Type: 'Log', Name: 'json-file' }] } },
    }));
    expect(at(cluster.tasks('l2', 1, { LogDriver: { Name: 'splunk' } }))).toBe(missing);
    expect(at(cluster.tasks('l3', 1, { LogDriver: { Name: 'json-file' } }))).toBe('a');
    expect(at(cluster.tasks('l4', 1, { LogDriver: { Name: 'none' } }))).toBe('a');
    cluster.changeNode('a', () => ({ Description: { Hostname: 'a' } }));
    expect(at(cluster.tasks('n3', 1, {}, network('overlay')))).toBe('a');
  });

  it('SCHED-14: constraints; unreadable ones accept every node', () => {
    const cluster = started('a', 'b');
    const [id] = cluster.tasks('s', 1, { Placement: { Constraints: ['node.hostname==b'] } });
    const [none] = cluster.tasks('t', 1, { Placement: { Constraints: ['node.labels.zone==x'] } });
    const [odd] = cluster.tasks('u', 1, { Placement: { Constraints: ['nonsense'] } });
    expect(errOf(cluster, none!)).toBe('no suitable node (scheduling constraints not satisfied on 2 nodes)');
    expect(cluster.nodeOf(id!)).toBe('b');
    expect(cluster.nodeOf(odd!)).toBe('a');
    cluster.labels('b', { zone: 'X' });
    cluster.settle();
    expect(cluster.nodeOf(none!)).toBe('b');
  });

  it('SCHED-15: platforms, with names of architectures that mean the same and wildcards', () => {
    const cluster = new Cluster();
    cluster.node('x', { Description: { Platform: { OS: 'linux', Architecture: 'x86_64' } } });
    cluster.node('arm', { Description: { Platform: { OS: 'linux', Architecture: 'aarch64' } } });
    cluster.start();
    const at = (OS: string, Architecture: string) => {
      const [id] = cluster.tasks(`${OS}-${Architecture}`, 1, { Placement: { Platforms: [{ OS, Architecture }] } });
      cluster.settle();
      return cluster.nodeOf(id!) ?? cluster.task(id!).Status.Err;
    };
    expect(at('linux', 'arm64')).toBe('arm');
    expect(at('linux', 'amd64')).toBe('x');
    expect(at('', 'arm64')).toBe('arm');
    expect(at('windows', 'amd64')).toBe('no suitable node (unsupported platform on 2 nodes)');
    expect(at('linux', '')).toBe('x');
  });

  it('SCHED-16: a host port is used once a node; ingress ports and unpublished ones do not matter', () => {
    const cluster = started('a', 'b');
    const ids = cluster.tasks('s', 3, {}, { hostPorts: port80 });
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 1, b: 1, none: 1 });
    expect(cluster.task(ids[2]!).Status.Err).toBe('no suitable node (host-mode port already in use on 2 nodes)');
    const udp = cluster.tasks('udp', 1, {}, { hostPorts: [{ ...port80[0]!, Protocol: 'udp' }] });
    const ingress = cluster.tasks('ing', 1, {}, { hostPorts: [{ ...port80[0]!, PublishMode: 'ingress' }] });
    const any = cluster.tasks('any', 1, {}, { hostPorts: [{ ...port80[0]!, PublishedPort: 0 }] });
    cluster.settle();
    for (const [id] of [udp, ingress, any]) expect(cluster.nodeOf(id!)).toBeDefined();
  });

  it('SCHED-17: at most so many replicas per node', () => {
    const cluster = started('a', 'b');
    const ids = cluster.tasks('s', 5, { Placement: { MaxReplicas: 2 } });
    cluster.settle();
    expect(cluster.spread(ids)).toEqual({ a: 2, b: 2, none: 1 });
    expect(cluster.task(ids[4]!).Status.Err).toBe('no suitable node (max replicas per node limit exceed)');
  });

  it('SCHED-18: resources and ports are held until the task really ended, activity ends with the desired state', () => {
    const cluster = started('a');
    const [old] = cluster.tasks('s', 1, { ...reserve(2), Placement: { MaxReplicas: 1 } }, { hostPorts: port80 });
    cluster.settle();
    cluster.state(old!, 'running');
    cluster.change(old!, { DesiredState: 'shutdown' });
    cluster.settle();
    const [next] = cluster.tasks('s', 1, { ...reserve(1), Placement: { MaxReplicas: 1 } });
    const [port] = cluster.tasks('p', 1, {}, { hostPorts: port80 });
    expect(errOf(cluster, next!)).toBe('no suitable node (insufficient resources on 1 node)');
    expect(errOf(cluster, port!)).toBe('no suitable node (host-mode port already in use on 1 node)');
    cluster.state(old!, 'shutdown');
    cluster.settle();
    expect(cluster.nodeOf(next!)).toBe('a');
    expect(cluster.nodeOf(port!)).toBe('a');
  });

  it('SCHED-19: what is free follows the description, may be negative, and is zero without one', () => {
    const cluster = started('a');
    const [first] = cluster.tasks('s', 1, reserve(2));
    cluster.settle();
    expect(cluster.nodeOf(first!)).toBe('a');
    cluster.changeNode('a', ({ Description }) => ({ Description: { ...Description, Resources: { NanoCPUs: 1e9 } } }));
    const [second] = cluster.tasks('t', 1, reserve(0.5));
    expect(errOf(cluster, second!)).toContain('insufficient resources');
    expect(cluster.scheduler.explain(second!)!.nodes[0]!.verdicts[1]).toEqual({
      filter: 'Resource',
      enabled: true,
      passed: false,
      value: '-1 of 1 CPUs free',
    });
    cluster.changeNode('a', ({ Description }) => ({ Description: { ...Description, Resources: { NanoCPUs: 4e9 } } }));
    cluster.settle();
    expect(cluster.nodeOf(second!)).toBe('a');
    cluster.changeNode('a', () => ({ Description: {} }));
    const [third] = cluster.tasks('u', 1, reserve(0.1));
    expect(errOf(cluster, third!)).toContain('insufficient resources');
  });

  it('SCHED-20: tasks on a node that is down keep what they hold', () => {
    const cluster = started('a');
    const [id] = cluster.tasks('s', 1, reserve(2));
    cluster.settle();
    cluster.state(id!, 'running');
    cluster.changeNode('a', () => ({ Status: { State: 'down' } }));
    cluster.settle();
    cluster.changeNode('a', () => ({ Status: { State: 'ready' } }));
    const [other] = cluster.tasks('t', 1, reserve(1));
    expect(errOf(cluster, other!)).toContain('insufficient resources');
  });
});
