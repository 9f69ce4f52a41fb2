// The allocator with the real address space: neither floor may import the other, so what they do together is tested here.
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProfileName, ServiceSpec } from '../src/api';
import { profiles } from '../src/api';
import { Ipam } from '../src/network/ipam';
import { Random, Simulation } from '../src/sim';
import { Allocator } from '../src/swarm/allocator';
import { createCluster } from '../src/swarm/ca';
import { ControlAPI } from '../src/swarm/controlapi';
import type { StoredTask } from '../src/swarm/objects';
import { Store } from '../src/swarm/store';

function swarm(profileName: ProfileName, freeze = true) {
  const profile = profiles[profileName];
  const sim = new Simulation({ seed: 1, start: Date.UTC(2026, 0, 1) * 1_000 });
  const store = new Store(sim, { freeze });
  const random = new Random(2);
  const { node } = createCluster({ store, random }, {}, { addr: '192.168.99.101' });
  const makePools = (defaults: readonly string[], size: number) =>
    new Ipam({ defaults: defaults.map((base) => ({ base, size })), profile });
  const allocator = new Allocator({ sim, store, random, profile }, makePools);
  const membership = { isMember: () => true, canRemoveMember: () => true };
  const api = new ControlAPI({ sim, store, random, profile, membership });
  allocator.start();
  sim.runUntilQuiet();
  const network = (Name: string, configs: object[] = []): string => {
    const { ID } = api.createNetwork({ Name, IPAMOptions: { Configs: configs } });
    sim.runUntilQuiet();
    return ID;
  };
  const config = (name: string) => store.named('network', name)?.IPAMOptions?.Configs;
  const service = (Name: string, networks: string[], rest: Partial<ServiceSpec> = {}) => {
    const Networks = networks.map((Target) => ({ Target }));
    const { ID } = api.createService({ Name, TaskTemplate: { ContainerSpec: { Image: 'a' }, Networks }, ...rest });
    sim.runUntilQuiet();
    return store.get('service', ID)!;
  };
  const tasks = (ServiceID: string, count: number): StoredTask[] => {
    const { Spec } = store.get('service', ServiceID)!;
    const made = store.update((tx) =>
      Array.from({ length: count }, (_, index) =>
        tx.create('task', {
          ID: random.objectId(),
          ServiceID,
          ServiceAnnotations: { Name: Spec.Name, Labels: {} },
          Slot: index + 1,
          Spec: Spec.TaskTemplate,
          Status: { Timestamp: sim.timestamp, State: 'new' },
          DesiredState: 'running',
        }),
      ),
    );
    sim.runUntilQuiet();
    return made.map(({ ID }) => store.get('task', ID)!);
  };
  return { sim, store, api, node, network, config, service, tasks };
}

describe('engine 20.10, as recorded', () => {
  let one: ReturnType<typeof swarm>;
  beforeEach(() => {
    one = swarm('20.10');
  });

  it('ALLOC-13, ALLOC-17: subnets and VXLAN ids go on, taken subnets are skipped', () => {
    one.network('collabnet', [{ Subnet: '10.0.3.0/24' }]);
    const a = one.network('a');
    for (const name of ['b', 'c', 'd']) one.network(name);
    one.api.removeNetwork(a);
    one.network('a2');
    expect(['collabnet', 'b', 'c', 'a2'].map((name) => one.config(name)?.[0])).toEqual([
      { Subnet: '10.0.3.0/24', Gateway: '10.0.3.1' },
      { Subnet: '10.0.2.0/24', Gateway: '10.0.2.1' },
      { Subnet: '10.0.4.0/24', Gateway: '10.0.4.1' },
      { Subnet: '10.0.6.0/24', Gateway: '10.0.6.1' },
    ]);
    const vxlan = one.store.named('network', 'a2')?.DriverState?.Options;
    expect(vxlan).toEqual({ 'com.docker.network.driver.overlay.vxlanid_list': '4102' });
  });

  it('ALLOC-16: gateways of ranges, of subnets with host bits, of IPv6; none in a subnet of one address', () => {
    one.network('range', [{ Subnet: '10.51.0.0/16', Range: '10.51.5.0/24' }]);
    one.network('host30', [{ Subnet: '10.58.0.5/24' }]);
    one.network('v6', [{ Subnet: 'fd00:1::/64' }]);
    one.network('tiny', [{ Subnet: '10.60.0.0/32' }]);
    expect(one.config('range')).toEqual([{ Subnet: '10.51.0.0/16', Range: '10.51.5.0/24', Gateway: '10.51.5.0' }]);
    expect(one.config('host30')).toEqual([{ Subnet: '10.58.0.5/24', Gateway: '10.58.0.1' }]);
    expect(one.config('v6')).toEqual([{ Subnet: 'fd00:1::/64', Gateway: 'fd00:1::1' }]);
    expect(one.store.named('network', 'tiny')?.Allocated).toBeUndefined();
  });

  it('ALLOC-42, ALLOC-43: the addresses of a proxy story', () => {
    expect(one.store.get('node', one.node.ID)?.Attachments?.[0]?.Address).toBe('10.0.0.2/24');
    const [proxy, demo] = [one.network('proxy'), one.network('go-demo')];
    const db = one.service('go-demo-db', [demo!]);
    expect(db.Endpoint).toEqual({ Spec: { Mode: 'vip' }, VirtualIPs: [{ NetworkID: demo, Addr: '10.0.2.2/24' }] });
    const [task] = one.tasks(db.ID, 1);
    expect(task?.NetworksAttachments?.[0]?.Addresses).toEqual(['10.0.2.3/24']);
    one.store.update((tx) => tx.update('task', { ...task!, NodeID: one.node.ID }));
    one.sim.runUntilQuiet();
    expect(one.store.get('node', one.node.ID)?.Attachments?.[1]?.Address).toBe('10.0.2.4/24');
    const main = one.service('go-demo', [demo!, proxy!]);
    const vips = new Map(main.Endpoint.VirtualIPs?.map((vip) => [vip.NetworkID, vip.Addr]));
    expect([vips.get(demo!), vips.get(proxy!)]).toEqual(['10.0.2.5/24', '10.0.1.2/24']);
  });

  it('ALLOC-20, ALLOC-42: after a new ingress the service has its first address', () => {
    one.api.removeNetwork(one.store.named('network', 'ingress')!.ID);
    one.sim.runUntilQuiet();
    const IPAMOptions = { Configs: [{ Subnet: '10.11.0.0/16', Gateway: '10.11.0.2' }] };
    one.api.createNetwork({ Name: 'my-ingress', Ingress: true, IPAMOptions });
    one.sim.runUntilQuiet();
    const pub = one.service('pub', [], {
      EndpointSpec: { Mode: 'vip', Ports: [{ TargetPort: 80, PublishedPort: 80 }] },
    });
    expect(pub.Endpoint.VirtualIPs?.[0]?.Addr).toBe('10.11.0.1/16');
  });
});

describe('engine 28', () => {
  it('ALLOC-13: a removed network’s subnet is the next one', () => {
    const one = swarm('28');
    const a = one.network('a');
    one.network('b');
    one.api.removeNetwork(a);
    one.sim.runUntilQuiet();
    one.network('c');
    expect(one.config('c')).toEqual([{ Subnet: '10.0.1.0/24', Gateway: '10.0.1.1' }]);
  });

  it('ALLOC-1, ALLOC-22: a wide network gives 20,000 tasks an address each', () => {
    const one = swarm('28', false);
    const wide = one.network('wide', [{ Subnet: '11.0.0.0/8' }]);
    const all = one.tasks(one.service('s', [wide]).ID, 20_000);
    const addresses = new Set(all.map((task) => task.NetworksAttachments?.[0]?.Addresses?.[0]));
    expect(addresses.size).toBe(20_000);
    expect(all.every((task) => task.Status.State === 'pending')).toBe(true);
    expect(addresses).toContain('11.0.78.34/8');
  });
});
