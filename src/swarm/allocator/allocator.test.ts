import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PortConfig } from '../../api';
import { StoreError } from '../store';
import { vxlanIDList } from './networks';
import { Bench } from './testing/bench';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const ips = (task: { NetworksAttachments?: readonly { Addresses?: readonly string[] }[] }) =>
  (task.NetworksAttachments ?? []).flatMap((one) => one.Addresses ?? []);
const publish = (...Ports: PortConfig[]) => ({ EndpointSpec: { Mode: 'vip' as const, Ports } });
const subnets = (...list: string[]) => ({ IPAMOptions: { Configs: list.map((Subnet) => ({ Subnet })) } });

describe('networks', () => {
  it('ALLOC-10, ALLOC-11: ingress comes first, the next network gets the next subnet', () => {
    expect(bench.ingress.IPAMOptions?.Configs).toEqual([{ Subnet: '10.0.0.0/24', Gateway: '10.0.0.1' }]);
    expect(bench.network('a').IPAMOptions).toEqual({
      Driver: { Name: 'default' },
      Configs: [{ Subnet: '10.0.1.0/24', Gateway: '10.0.1.1' }],
    });
  });

  it('ALLOC-10: the pool and subnet size of the cluster count', () => {
    const other = new Bench({ pool: '10.20.0.0/16', size: 26 });
    expect(other.network('n1').IPAMOptions?.Configs).toEqual([{ Subnet: '10.20.0.64/26', Gateway: '10.20.0.65' }]);
  });

  it('ALLOC-12: predefined networks have no subnets, and are allocated', () => {
    const host = bench.store.named('network', 'host');
    expect(host).toMatchObject({ Allocated: true, DriverState: { Name: 'host' }, IPAMOptions: { Driver: {} } });
  });

  it('ALLOC-15: an overlapping network stays unallocated, silently, until the other is gone', () => {
    const one = bench.network('one', subnets('10.3.0.0/24'));
    const two = bench.network('two', subnets('10.3.0.128/25'));
    expect(two).toMatchObject({ AllocationError: 'Pool overlaps with other one on this address space' });
    expect(two.Allocated).toBeUndefined();
    expect(two.IPAMOptions).toBeUndefined();
    const service = bench.service('s', [two.ID]);
    const [task] = bench.tasks(service, 1);
    expect(task!.Status.State).toBe('new');
    expect(bench.allocator.explainNew(task!.ID)).toMatch(
      /service s has pending allocations: network .* is not allocated/,
    );
    bench.remove('network', one);
    expect(bench.store.get('network', two.ID)).toMatchObject({ Allocated: true });
    expect(bench.store.get('network', two.ID)?.AllocationError).toBeUndefined();
    expect(ips(bench.task(task!))).toEqual(['10.3.0.131/25']);
  });

  it('ALLOC-15, ALLOC-17: several subnets, each with a VXLAN id; addresses come from the first with room', () => {
    const network = bench.network('two', subnets('10.53.0.0/30', '10.54.0.0/24'));
    expect(network.IPAMOptions?.Configs?.map((config) => config.Gateway)).toEqual(['10.53.0.1', '10.54.0.1']);
    expect(network.DriverState?.Options?.[vxlanIDList]).toBe('4097,4098');
    const service = bench.service('s', [network.ID]);
    expect(service.Endpoint.VirtualIPs?.[0]?.Addr).toBe('10.53.0.2/30');
    expect(bench.tasks(service, 1).flatMap(ips)).toEqual(['10.54.0.2/24']);
  });

  it('ALLOC-16: a given gateway is taken, the subnet stays as written', () => {
    const network = bench.network('g', {
      IPAMOptions: { Configs: [{ Subnet: '10.50.0.0/16', Gateway: '10.50.0.2' }] },
    });
    expect(network.IPAMOptions?.Configs).toEqual([{ Subnet: '10.50.0.0/16', Gateway: '10.50.0.2' }]);
    expect(bench.service('s', [network.ID]).Endpoint.VirtualIPs?.[0]?.Addr).toBe('10.50.0.1/16');
  });

  it('ALLOC-16: a gateway outside of its subnet is an error of allocation', () => {
    const configs = { IPAMOptions: { Configs: [{ Subnet: '10.50.0.0/16', Gateway: '10.51.0.2' }] } };
    expect(bench.network('g', configs).AllocationError).toBe('requested address is out of range');
    expect(bench.network('h', subnets('10.50.0.0/16')).Allocated).toBe(true);
  });

  it('ALLOC-17: VXLAN ids go up from ingress on, are not used again, and may be asked for', () => {
    const id = (name: string, Options = {}) =>
      bench.network(name, { DriverConfiguration: { Name: 'overlay', Options } }).DriverState?.Options?.[vxlanIDList];
    expect(bench.ingress.DriverState?.Options?.[vxlanIDList]).toBe('4096');
    expect(id('a')).toBe('4097');
    bench.remove('network', bench.store.named('network', 'a')!);
    expect(id('b', { encrypted: '' })).toBe('4098');
    expect(bench.store.named('network', 'b')?.DriverState?.Options).toEqual({ encrypted: '', [vxlanIDList]: '4098' });
    expect(id('c', { [vxlanIDList]: '5000' })).toBe('5000');
    bench.network('d', { DriverConfiguration: { Options: { [vxlanIDList]: '5000' } } });
    expect(bench.store.named('network', 'd')?.AllocationError).toMatch(/could not obtain vxlan id/);
  });
});

describe('addresses of services, tasks and nodes', () => {
  it('ALLOC-4: without networks and ports a task is PENDING at once, and its service is left alone', () => {
    const service = bench.service('plain', []);
    expect(service.UpdatedAt).toBe(service.CreatedAt);
    expect(service.Endpoint).toEqual({});
    expect(bench.tasks(service, 1)[0]!.Status).toMatchObject({ State: 'pending', Message: 'pending task scheduling' });
  });

  it('ALLOC-22, ALLOC-30, ALLOC-42, ALLOC-43: gateway, VIP, tasks, then load balancers; nothing is used again', () => {
    const network = bench.network('n');
    const service = bench.service('s', [network.ID]);
    expect(service).toMatchObject({ Allocated: true, Endpoint: { VirtualIPs: [{ Addr: '10.0.1.2/24' }] } });
    const tasks = bench.tasks(service, 2);
    expect(tasks.flatMap(ips).sort()).toEqual(['10.0.1.3/24', '10.0.1.4/24']);
    bench.set(tasks[0]!, 'assigned', { NodeID: bench.node.ID });
    const attachments = () => bench.store.get('node', bench.node.ID)?.Attachments;
    expect(attachments()).toEqual([
      { NetworkID: bench.ingress.ID, Address: '10.0.0.2/24' },
      { NetworkID: network.ID, Address: '10.0.1.5/24' },
    ]);
    bench.set(tasks[1]!, 'running', { NodeID: bench.node.ID });
    bench.set(tasks[0]!, 'failed');
    expect(attachments()).toHaveLength(2);
    bench.remove('task', tasks[1]!);
    expect(attachments()).toHaveLength(1);
    expect(bench.tasks(service, 1).flatMap(ips)).toEqual(['10.0.1.6/24']);
  });

  it('ALLOC-42: a new ingress gives nodes nothing before their next event', () => {
    bench.remove('network', bench.ingress);
    expect(bench.store.get('node', bench.node.ID)?.Attachments).toEqual([]);
    const ingress = bench.network('other', { Ingress: true, ...subnets('10.11.0.0/24') });
    const service = bench.service('pub', [], publish({ TargetPort: 80, PublishedPort: 80 }));
    expect(service.Endpoint.VirtualIPs).toEqual([{ NetworkID: ingress.ID, Addr: '10.11.0.2/24' }]);
    const node = bench.store.get('node', bench.node.ID)!;
    bench.store.update((tx) => tx.update('node', { ...node, Status: { State: 'ready' } }));
    bench.settle();
    expect(bench.store.get('node', node.ID)?.Attachments).toEqual([{ NetworkID: ingress.ID, Address: '10.11.0.3/24' }]);
  });

  it('ALLOC-42: a removed node gives its address back', () => {
    const network = bench.network('n', subnets('10.9.0.0/29'));
    const service = bench.service('s', [network.ID]);
    const [task] = bench.tasks(service, 1);
    bench.set(task!, 'running', { NodeID: bench.node.ID });
    expect(bench.addresses()).toContain(`${network.ID} 10.9.0.4/29`);
    bench.remove('node', bench.node);
    expect(bench.tasks(service, 3).flatMap(ips).sort()).toEqual(['10.9.0.4/29', '10.9.0.5/29', '10.9.0.6/29']);
  });

  it('ALLOC-24: a full subnet leaves tasks NEW, a freed address lets the next one go on', () => {
    const network = bench.network('n', subnets('10.9.0.0/29'));
    const service = bench.service('s', [network.ID]);
    const tasks = bench.tasks(service, 6);
    const fresh = tasks.filter((task) => task.Status.State === 'new');
    expect(fresh).toHaveLength(2);
    expect(bench.allocator.explainNew(fresh[0]!.ID)).toBe('network n: could not find an available IP');
    const running = tasks.filter((task) => task.Status.State === 'pending');
    bench.set(running[0]!, 'shutdown');
    expect(fresh.map((task) => bench.task(task).Status.State).sort()).toEqual(['new', 'pending']);
    expect(fresh.map((task) => bench.task(task)).flatMap(ips)).toEqual(ips(running[0]!));
  });

  it('ALLOC-24: no address for a VIP leaves the service and its tasks waiting', () => {
    const network = bench.network('n', subnets('10.9.0.0/30'));
    const first = bench.service('a', [network.ID]);
    const second = bench.service('b', [network.ID]);
    expect(second.Allocated).toBeUndefined();
    expect(bench.allocator.explainUnallocated(second.ID)).toBe('could not find an available IP while allocating VIP');
    bench.remove('service', first);
    expect(bench.store.get('service', second.ID)?.Endpoint.VirtualIPs?.[0]?.Addr).toBe('10.9.0.2/30');
  });

  it('ALLOC-26: desired SHUTDOWN frees nothing, an observed end does', () => {
    const network = bench.network('n', subnets('10.9.0.0/29'));
    const service = bench.service('s', [network.ID]);
    const [task] = bench.tasks(service, 1);
    bench.set(task!, 'running', { DesiredState: 'shutdown' });
    expect(bench.tasks(service, 5).filter((one) => one.Status.State === 'pending')).toHaveLength(3);
    bench.set(task!, 'orphaned');
    expect([...bench.store.all('task')].filter((one) => one.Status.State === 'pending')).toHaveLength(4);
  });

  it('ALLOC-26: tasks that outlive their network do not free addresses of the next one', () => {
    const first = bench.network('n', subnets('10.9.0.0/24'));
    const old = bench.tasks(bench.service('a', [first.ID]), 2);
    bench.remove('network', first);
    const second = bench.network('m', subnets('10.9.0.0/24'));
    const service = bench.service('b', [second.ID]);
    bench.tasks(service, 2);
    for (const task of old) bench.remove('task', task);
    bench.tasks(service, 249);
    const all = bench.addresses().filter((text) => text.startsWith(second.ID));
    expect(new Set(all).size).toBe(all.length);
  });

  it('ALLOC-31: the ingress VIP is first; node-local networks give an entry without address', () => {
    const network = bench.network('n');
    const host = bench.store.named('network', 'host')!;
    const service = bench.service('s', [network.ID, host.ID], publish({ TargetPort: 80 }));
    expect(service.Endpoint.VirtualIPs).toEqual([
      { NetworkID: bench.ingress.ID, Addr: '10.0.0.3/24' },
      { NetworkID: network.ID, Addr: '10.0.1.2/24' },
      { NetworkID: host.ID },
    ]);
  });

  it('ALLOC-32: dnsrr has no VIPs; changing to it gives them back', () => {
    const network = bench.network('n');
    const dnsrr = bench.service('d', [network.ID], { EndpointSpec: { Mode: 'dnsrr' } });
    expect(dnsrr.Endpoint).toEqual({});
    const service = bench.service('s', [network.ID]);
    expect(service.Endpoint.VirtualIPs).toHaveLength(1);
    const changed = bench.change(service, { EndpointSpec: { Mode: 'dnsrr' } });
    expect(changed.Endpoint).toEqual({ Spec: { Mode: 'dnsrr' } });
    expect(bench.addresses().filter((text) => text.startsWith(network.ID))).toEqual([]);
  });

  it('ALLOC-33: on update other VIPs stay; publishing again gives the next one', () => {
    const [one, two] = [bench.network('one'), bench.network('two')];
    const service = bench.service('s', [one!.ID], publish({ TargetPort: 80, PublishedPort: 80 }));
    const more = bench.change(service, { TaskTemplate: { Networks: [{ Target: one!.ID }, { Target: two!.ID }] } });
    expect(more.Endpoint.VirtualIPs?.map((vip) => vip.Addr)).toEqual(['10.0.0.3/24', '10.0.1.2/24', '10.0.2.2/24']);
    const closed = bench.change(more, { EndpointSpec: {} });
    expect(closed.Endpoint.VirtualIPs?.map((vip) => vip.Addr)).toEqual(['10.0.1.2/24', '10.0.2.2/24']);
    expect(closed.Endpoint.Ports).toBeUndefined();
    const open = bench.change(closed, publish({ TargetPort: 80, PublishedPort: 80 }));
    expect(open.Endpoint.VirtualIPs?.map((vip) => vip.Addr)).toContain('10.0.0.4/24');
  });

  it('ALLOC-34: a service without tasks has VIPs, which go when it is deleted', () => {
    const network = bench.network('n', subnets('10.9.0.0/30'));
    bench.remove('service', bench.service('a', [network.ID], { Mode: { Replicated: { Replicas: 0 } } }));
    expect(bench.service('b', [network.ID]).Endpoint.VirtualIPs?.[0]?.Addr).toBe('10.9.0.2/30');
  });

  it('ALLOC-35: a network that does not exist is left out', () => {
    const network = bench.network('n');
    const service = bench.service('s', [], {});
    const [task] = bench.tasks(service, 1, { Spec: { Networks: [{ Target: 'gone' }, { Target: network.ID }] } });
    expect(task!.NetworksAttachments?.map((one) => one.Network.Spec.Name)).toEqual(['n']);
  });

  it('ALLOC-40, ALLOC-41: attachments in order with aliases, and a copy of the endpoint that stays', () => {
    const network = bench.network('n');
    const service = bench.service('s', [], {
      ...publish({ TargetPort: 80, PublishedPort: 80 }),
      TaskTemplate: { Networks: [{ Target: network.ID, Aliases: ['web'] }] },
    });
    const [task] = bench.tasks(service, 1);
    expect(task!.NetworksAttachments?.map(({ Network, Aliases }) => [Network.Spec.Name, Aliases])).toEqual([
      ['ingress', undefined],
      ['n', ['web']],
    ]);
    expect(task!.NetworksAttachments?.[1]?.Network.IPAMOptions?.Configs).toHaveLength(1);
    expect(task!.Endpoint).toEqual(service.Endpoint);
    bench.change(service, publish({ TargetPort: 80, PublishedPort: 81 }));
    expect(bench.task(task!).Endpoint?.Ports?.[0]?.PublishedPort).toBe(80);
  });

  it('ALLOC-45: a container brings its own attachment and address', () => {
    const network = bench.network('n', { Attachable: true });
    const attach = (address: string) =>
      bench.store.update((tx) =>
        tx.create('task', {
          ID: bench.random.objectId(),
          NodeID: bench.node.ID,
          ServiceAnnotations: { Name: '', Labels: {} },
          Spec: { NetworkAttachmentSpec: { ContainerID: 'c' }, Networks: [{ Target: network.ID }] },
          Status: { Timestamp: bench.sim.timestamp, State: 'new' },
          DesiredState: 'running',
          NetworksAttachments: [{ Network: network, Addresses: [address] }],
        }),
      );
    const [one, two] = [attach('10.0.1.77'), attach('10.0.1.77')];
    bench.settle();
    const states = [one, two].map((task) => bench.task(task!));
    expect(states.map((task) => task.Status.State).sort()).toEqual(['new', 'pending']);
    expect(ips(states.find((task) => task.Status.State === 'pending')!)).toEqual(['10.0.1.77/24']);
    const waiting = states.find((task) => task.Status.State === 'new')!;
    expect(bench.allocator.explainNew(waiting.ID)).toBe('network n: Address already in use');
  });
});

describe('ports', () => {
  const ports = (service: { Endpoint: { Ports?: readonly PortConfig[] } }) =>
    (service.Endpoint.Ports ?? []).map((port) => port.PublishedPort);

  it('ALLOC-50: dynamic ports go up from 30000, skipping what is claimed by name', () => {
    bench.service('x', [], publish({ TargetPort: 1, PublishedPort: 30_001 }));
    const one = bench.service('a', [], publish({ TargetPort: 80 }, { TargetPort: 81 }));
    expect(ports(one)).toEqual([30_000, 30_002]);
    bench.remove('service', one);
    expect(ports(bench.service('b', [], publish({ TargetPort: 80 })))).toEqual([30_003]);
  });

  it('ALLOC-51: host ports are copied as given', () => {
    const service = bench.service('h', [], publish({ TargetPort: 80, PublishMode: 'host' }));
    expect(service.Endpoint).toMatchObject({ Ports: [{ TargetPort: 80, PublishMode: 'host' }] });
    expect(service.Endpoint.VirtualIPs).toBeUndefined();
    expect(ports(service)).toEqual([undefined]);
    expect(bench.tasks(service, 1)[0]!.Endpoint?.Ports).toHaveLength(1);
  });

  it('ALLOC-52: one number on two protocols is no conflict', () => {
    const both = publish({ TargetPort: 53, PublishedPort: 53 }, { TargetPort: 53, PublishedPort: 53, Protocol: 'udp' });
    expect(bench.service('dns', [], both).Allocated).toBe(true);
  });

  it('ALLOC-54, ALLOC-55: dynamic ports stick while the count is the same, explicit ones come first', () => {
    const service = bench.service('s', [], publish({ TargetPort: 80 }, { TargetPort: 81, PublishedPort: 8081 }));
    expect(ports(service)).toEqual([30_000, 8081]);
    const same = bench.change(service, publish({ TargetPort: 80 }, { TargetPort: 81, PublishedPort: 8082 }));
    expect(ports(same)).toEqual([8082, 30_000]);
    const more = bench.change(same, publish({ TargetPort: 80 }, { TargetPort: 81 }, { TargetPort: 82 }));
    expect(ports(more)).toEqual([30_001, 30_002, 30_003]);
  });

  it('ALLOC-56: a conflicting service waits until the port is free; its tasks stay NEW', () => {
    const one = bench.service('a', [], publish({ TargetPort: 80, PublishedPort: 80 }));
    const two = bench.service('b', [], publish({ TargetPort: 80, PublishedPort: 80 }));
    const [task] = bench.tasks(two, 1);
    expect(bench.allocator.explainNew(task!.ID)).toBe(
      'service b has pending allocations: requested bit is already allocated',
    );
    bench.remove('service', one);
    expect(ports(bench.store.get('service', two.ID)!)).toEqual([80]);
    expect(bench.task(task!).Status.State).toBe('pending');
  });

  it('ALLOC-56: a service whose update conflicts keeps what it had', () => {
    bench.service('a', [], publish({ TargetPort: 80, PublishedPort: 80 }));
    const two = bench.service('b', [], publish({ TargetPort: 80, PublishedPort: 81 }));
    expect(bench.change(two, publish({ TargetPort: 80, PublishedPort: 80 })).Endpoint).toEqual(two.Endpoint);
    const three = bench.service('c', [], publish({ TargetPort: 80, PublishedPort: 81 }));
    expect(three.Allocated).toBeUndefined();
  });

  it('ALLOC-57: ports are free as soon as the service is deleted', () => {
    const one = bench.service('a', [], publish({ TargetPort: 80, PublishedPort: 80 }));
    bench.tasks(one, 1);
    bench.remove('service', one);
    expect(ports(bench.service('b', [], publish({ TargetPort: 80, PublishedPort: 80 })))).toEqual([80]);
  });
});

describe('a new leader', () => {
  it('ALLOC-5, ALLOC-23: everything is claimed again, then the lowest free address is next', () => {
    const network = bench.network('n');
    const service = bench.service('s', [network.ID], publish({ TargetPort: 80 }));
    const tasks = bench.tasks(service, 3);
    bench.set(tasks[0]!, 'running', { NodeID: bench.node.ID });
    const first = tasks.find((task) => ips(task).includes('10.0.1.3/24'))!;
    bench.remove('task', first);
    const before = bench.addresses();
    const { index } = bench.store;
    bench.allocator.stop();
    bench.allocator.start();
    bench.settle();
    expect(bench.store.index).toBe(index);
    expect(bench.addresses()).toEqual(before);
    expect(bench.tasks(service, 1).flatMap(ips)).toContain('10.0.1.3/24');
    const other = bench.service('t', [], publish({ TargetPort: 80, PublishedPort: 30_000 }));
    expect(other.Allocated).toBeUndefined();
  });

  it('ALLOC-3: new tasks come last and in random order, all in the commit that answers', () => {
    const network = bench.network('n');
    const service = bench.service('s', [network.ID]);
    const made = bench.tasks(service, 30);
    const order = made.flatMap((task) => bench.store.get('task', task.ID)!.NetworksAttachments![0]!.Addresses!);
    const sorted = [...order].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    expect(new Set(order).size).toBe(30);
    expect(order).not.toEqual(sorted);

    const { index } = bench.store;
    const Networks = [{ Target: 'late' }];
    const Status = { Timestamp: bench.sim.timestamp, State: 'new' as const };
    const ServiceAnnotations = { Name: 'x', Labels: {} };
    bench.store.update((tx) => {
      tx.create('network', { ID: 'late', Spec: { Name: 'late', DriverConfiguration: { Name: 'overlay' } } });
      tx.create('task', {
        ID: 'x1',
        ServiceID: 'x',
        ServiceAnnotations,
        Spec: { Networks },
        Status,
        DesiredState: 'running',
      });
      tx.create('service', {
        ID: 'x',
        Spec: { Name: 'x', TaskTemplate: { Networks } },
        SpecVersion: { Index: 0 },
        Endpoint: {},
      });
    });
    bench.settle();
    // All of it in the one commit that answered.
    expect(bench.store.index).toBe(index + 2);
    const address = (text: string | undefined) => text?.split('.').at(-1);
    expect(address(bench.store.get('service', 'x')?.Endpoint.VirtualIPs?.[0]?.Addr)).toBe('2/24');
    expect(address(bench.store.get('task', 'x1')?.NetworksAttachments?.[0]?.Addresses?.[0])).toBe('3/24');
  });

  it('ALLOC-2: without quorum nothing is lost: it goes on when writing works', () => {
    const network = bench.network('n');
    bench.store.update((tx) => {
      tx.create('service', {
        ID: 'svc',
        Spec: { Name: 's', TaskTemplate: { Networks: [{ Target: network.ID }] } },
        SpecVersion: { Index: 0 },
        Endpoint: {},
      });
    });
    bench.store.guard = () => {
      throw new StoreError('no leader', 'no leader');
    };
    bench.sim.runFor(500_000);
    expect(bench.store.get('service', 'svc')?.Allocated).toBeUndefined();
    bench.store.guard = () => {};
    bench.store.resume();
    bench.settle();
    expect(bench.store.get('service', 'svc')?.Endpoint.VirtualIPs?.[0]?.Addr).toBe('10.0.1.2/24');
  });

  it('property: no address and no port twice, freed ones come back, and a new leader changes nothing', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('service' as const), network: fc.nat(1), dynamic: fc.boolean() }),
      fc.record({ kind: fc.constant('tasks' as const), which: fc.nat(5), count: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('end' as const), which: fc.nat(20), gone: fc.boolean() }),
      fc.record({ kind: fc.constant('unservice' as const), which: fc.nat(5) }),
      fc.record({ kind: fc.constant('run' as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constant('leader' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const one = new Bench();
        const networks = [one.network('a', subnets('10.9.0.0/28')), one.network('b', subnets('10.8.0.0/29'))];
        let count = 0;
        for (const now of steps) {
          const services = [...one.store.all('service')];
          const tasks = [...one.store.all('task')];
          const service = 'which' in now ? services[now.which % Math.max(1, services.length)] : undefined;
          const task = 'which' in now ? tasks[now.which % Math.max(1, tasks.length)] : undefined;
          if (now.kind === 'service') {
            one.service(`s${count++}`, [networks[now.network]!.ID], now.dynamic ? publish({ TargetPort: 80 }) : {});
          } else if (now.kind === 'tasks' && service) one.tasks(service, now.count);
          else if (now.kind === 'unservice' && service) one.remove('service', service);
          else if (now.kind === 'end' && task) now.gone ? one.remove('task', task) : one.set(task, 'failed');
          else if (now.kind === 'run' && task?.Status.State === 'pending') {
            one.set(task, 'running', { NodeID: one.node.ID });
          } else if (now.kind === 'leader') {
            const before = one.addresses();
            one.allocator.start();
            one.settle();
            expect(one.addresses()).toEqual(expect.arrayContaining(before));
          }
          const addresses = one.addresses();
          expect(new Set(addresses).size).toBe(addresses.length);
          const ports = [...one.store.all('service')].flatMap((each) => each.Endpoint.Ports ?? []);
          expect(new Set(ports.map((port) => port.PublishedPort)).size).toBe(ports.length);
        }
        for (const each of [...one.store.all('task')]) one.remove('task', each);
        for (const each of [...one.store.all('service')]) one.remove('service', each);
        // All of the /28 but network, broadcast, gateway and the VIP is to be had again.
        expect(one.tasks(one.service('last', [networks[0]!.ID]), 12).flatMap(ips)).toHaveLength(12);
      }),
      { numRuns: 60 },
    );
  });
});
