import { describe, expect, it } from 'vitest';
import { millisecond, second } from '../../sim';
import type { Sandbox } from '../libnetwork';
import { addressesOf, overlay, Testbed } from '../testbed';

function addressOf(sandbox: Sandbox): string {
  return sandbox.endpoints[0]!.address.split('/')[0]!;
}

function reverseOf(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

/** Two nodes on one overlay, with a client on each. */
function cluster() {
  const bed = new Testbed({ nodes: 2 });
  const net = overlay('net');
  const [one, two] = [bed.nodes[0]!, bed.nodes[1]!];
  const clients = [one, two].map((node) => bed.task(node, { name: 'cli', vip: '10.0.9.9' }, net));
  bed.settle();
  return { bed, net, one, two, near: clients[0]!, far: clients[1]! };
}

describe('E: which names exist', () => {
  it('DISC-50: container name, aliases, short ID and hostname; not the full ID, not `web.1`', () => {
    const { bed, net, one, near, far } = cluster();
    const solo = bed.container(one, { containerName: 'solo', hostname: 'solohost' });
    solo.connect({ networkID: net.id, address: bed.address(net), aliases: ['soloalias'] });
    solo.activate();
    bed.settle();
    for (const name of ['solo', 'solohost', 'soloalias', solo.containerID.slice(0, 12), 'SOLO', 'solo.net']) {
      expect(addressesOf(near, name)).toEqual([addressOf(solo)]);
      expect(addressesOf(far, name)).toEqual([addressOf(solo)]);
    }
    expect(addressesOf(far, solo.containerID)).toEqual([]);
    expect(solo.endpoints[0]!.dnsNames).toEqual(['solo', 'soloalias', solo.containerID.slice(0, 12), 'solohost']);
    const web = bed.task(one, { name: 'web', vip: '10.0.1.2' }, net);
    expect(addressesOf(near, web.endpoints[0]!.dnsNames[0]!)).toEqual([addressOf(web)]);
    expect(addressesOf(near, 'web.1')).toEqual([]);
  });

  it('DISC-51, DISC-52: tasks.<service> and tasks.<alias>, in both modes', () => {
    const { bed, net, one, two, far } = cluster();
    const tasks = [one, two].map((node) =>
      bed.task(node, { name: 'al1', vip: '10.0.1.9', aliases: ['shared', 'only1'] }, net),
    );
    const rr = bed.task(one, { name: 'al2', aliases: ['shared'] }, net);
    bed.settle();
    const all = tasks.map(addressOf).sort();
    expect(addressesOf(far, 'tasks.al1')).toEqual(all);
    expect(addressesOf(far, 'TASKS.only1')).toEqual(all);
    expect(addressesOf(far, 'tasks.al2')).toEqual([addressOf(rr)]);
    expect(addressesOf(far, 'tasks.shared')).toEqual([...all, addressOf(rr)].sort());
    expect(addressesOf(far, 'only1')).toEqual(['10.0.1.9']);
  });

  it('DISC-53: vip mode answers the VIP alone, dnsrr mode the tasks', () => {
    const { bed, net, one, two, near } = cluster();
    for (const node of [one, two]) bed.task(node, { name: 'web', vip: '10.0.1.2' }, net);
    const rr = [one, two].map((node) => bed.task(node, { name: 'rr' }, net));
    bed.settle();
    expect(addressesOf(near, 'web')).toEqual(['10.0.1.2']);
    expect(addressesOf(near, 'rr')).toEqual(rr.map(addressOf).sort());
  });

  it('DISC-53: the VIP name comes with the first backend that the node knows, and goes with the last', () => {
    const { bed, net, one, two, near, far } = cluster();
    const first = bed.task(one, { name: 'web', vip: '10.0.1.2' }, net);
    expect(addressesOf(near, 'web')).toEqual(['10.0.1.2']);
    expect(addressesOf(far, 'web')).toEqual([]);
    const second_ = bed.task(two, { name: 'web', vip: '10.0.1.2' }, net);
    bed.settle();
    first.close();
    bed.settle();
    expect(addressesOf(near, 'web')).toEqual(['10.0.1.2']);
    second_.close();
    bed.settle();
    expect(addressesOf(near, 'web')).toEqual([]);
  });

  it('DISC-54: aliases of later backends do not lead to the VIP while an older one is left', () => {
    const { bed, net, one, near } = cluster();
    const old = bed.task(one, { name: 'web', vip: '10.0.1.2' }, net);
    bed.task(one, { name: 'web', vip: '10.0.1.2', aliases: ['added'] }, net);
    old.close();
    bed.settle();
    expect(addressesOf(near, 'added')).toEqual([]);
    expect(addressesOf(near, 'tasks.added')).toHaveLength(1);
    const late = bed.fabric.addNode('swarm-9', '192.168.99.109');
    const fresh = bed.task(late, { name: 'cli', vip: '10.0.9.9' }, net);
    bed.settle();
    expect(addressesOf(fresh, 'added')).toEqual(['10.0.1.2']);
  });

  it('DISC-54: once all old backends were gone the new aliases count', () => {
    const { bed, net, one, near } = cluster();
    bed.task(one, { name: 'web', vip: '10.0.1.2' }, net).close();
    bed.settle();
    bed.task(one, { name: 'web', vip: '10.0.1.2', aliases: ['added'] }, net);
    expect(addressesOf(near, 'added')).toEqual(['10.0.1.2']);
  });

  it('DISC-55: without backends the name is unknown; with disabled ones the VIP is still answered, tasks.x is not', () => {
    const { bed, net, one, far } = cluster();
    expect(far.resolve('web', 'A').reply.rcode).toBe('NXDOMAIN');
    const web = bed.task(one, { name: 'web', vip: '10.0.1.2' }, net);
    bed.settle();
    web.deactivate();
    bed.settle();
    expect(addressesOf(far, 'web')).toEqual(['10.0.1.2']);
    expect(far.resolve('tasks.web', 'A').reply.rcode).toBe('NXDOMAIN');
    web.close();
    bed.settle();
    expect(far.resolve('web', 'A').reply.rcode).toBe('NXDOMAIN');
  });

  it('DISC-56: a task’s address points to its container name, a VIP to nothing', () => {
    const { bed, net, one, far } = cluster();
    const web = bed.task(one, { name: 'web', vip: '10.0.1.2' }, net);
    bed.settle();
    const name = web.endpoints[0]!.dnsNames[0]!;
    expect(addressesOf(far, reverseOf(addressOf(web)), 'PTR')).toEqual([`${name}.net.`]);
    expect(far.resolve(reverseOf('10.0.1.2'), 'PTR').reply.rcode).toBe('NXDOMAIN');
    web.deactivate();
    bed.settle();
    expect(addressesOf(far, reverseOf(addressOf(web)), 'PTR')).toEqual([]);
  });

  it('DISC-57: one name of two services gives both VIPs; of a service and a container, both addresses', () => {
    const { bed, net, one, near } = cluster();
    bed.task(one, { name: 'al1', vip: '10.0.1.9', aliases: ['Shared'] }, net);
    bed.task(one, { name: 'al2', vip: '10.0.1.12', aliases: ['shared'] }, net);
    expect(addressesOf(near, 'SHARED')).toEqual(['10.0.1.12', '10.0.1.9']);
    const same = bed.container(one, { containerName: 'al1' });
    same.connect({ networkID: net.id, address: bed.address(net) });
    same.activate();
    expect(addressesOf(near, 'al1')).toEqual([addressOf(same), '10.0.1.9'].sort());
    const kinds = near.resolve('al1', 'A').trace.flatMap((hop) => (hop.hop === 'record' ? hop.kind : []));
    expect(kinds).toEqual(['service VIP', 'container']);
  });

  it('DISC-58: plain containers have names from start to stop, also ones connected while they run', () => {
    const { bed, net, one, near } = cluster();
    const solo = bed.container(one, { containerName: 'solo' });
    solo.connect({ networkID: net.id, address: bed.address(net) });
    expect(addressesOf(near, 'solo')).toEqual([]);
    solo.activate();
    expect(addressesOf(near, 'solo')).toHaveLength(1);
    solo.disconnect(net.id);
    expect(addressesOf(near, 'solo')).toEqual([]);
    solo.connect({ networkID: net.id, address: bed.address(net), aliases: ['again'] });
    expect(addressesOf(near, 'again')).toHaveLength(1);
    solo.deactivate();
    expect(addressesOf(near, 'again')).toEqual([]);
    solo.close();
  });

  it('DISC-58: a renamed container is found by its new name only', () => {
    const { bed, net, one, near } = cluster();
    const solo = bed.container(one, { containerName: 'c2' });
    solo.connect({ networkID: net.id, address: bed.address(net) });
    solo.activate();
    expect(addressesOf(near, 'c2')).toHaveLength(1);
    solo.rename('c2new');
    expect(addressesOf(near, 'c2')).toEqual([]);
    expect(addressesOf(near, 'c2new')).toHaveLength(1);
    expect(Object.values(one.endpoints(net.id)).map((endpoint) => endpoint.Name)).toContain('c2new');
  });

  it('DISC-59: two services of one name and VIP: the name belongs to each by its ID', () => {
    const { bed, net, one, near } = cluster();
    const older = bed.task(one, { name: 'web', id: 'older', vip: '10.0.1.2' }, net);
    bed.task(one, { name: 'web', id: 'newer', vip: '10.0.1.2' }, net);
    older.close();
    bed.settle();
    expect(addressesOf(near, 'web')).toEqual(['10.0.1.2']);
    const owners = near
      .resolve('web', 'A')
      .trace.flatMap((hop) => (hop.hop === 'record' ? hop.records.map((record) => record.owner) : []));
    expect(owners).toEqual(['newer']);
  });
});

describe('F: life of a backend', () => {
  it('DISC-60: at activation its own node knows it at once, with an entry of all its fields', () => {
    const { bed, net, one, near } = cluster();
    const web = bed.task(one, { name: 'web', vip: '10.0.1.2', aliases: ['w'], active: false }, net);
    expect(addressesOf(near, 'web')).toEqual([]);
    web.activate();
    expect(addressesOf(near, 'web')).toEqual(['10.0.1.2']);
    const row = bed.fabric.networkdb('swarm-1').find((one_) => one_.key === web.endpoints[0]!.id);
    expect(row).toMatchObject({
      owner: 'swarm-1',
      since: bed.sim.now,
      record: {
        serviceName: 'web',
        serviceID: 'id-of-web',
        virtualIP: '10.0.1.2',
        endpointIP: addressOf(web),
        aliases: ['w'],
        taskAliases: [web.containerID.slice(0, 12)],
        ingressPorts: [],
        serviceDisabled: false,
      },
    });
  });

  it('DISC-61: a graceful stop takes its names and dnsrr addresses on all nodes, and leaves the VIP', () => {
    const { bed, net, one, far } = cluster();
    const rr = [bed.task(one, { name: 'rr' }, net), bed.task(one, { name: 'rr' }, net)];
    bed.settle();
    rr[0]!.deactivate();
    expect(addressesOf(far, 'rr')).toHaveLength(2);
    bed.settle();
    expect(addressesOf(far, 'rr')).toEqual([addressOf(rr[1]!)]);
    expect(addressesOf(far, rr[0]!.endpoints[0]!.dnsNames[0]!)).toEqual([]);
  });

  it('DISC-62, DISC-63: leaving deletes the entry everywhere', () => {
    const { bed, net, one, far } = cluster();
    const web = bed.task(one, { name: 'web', vip: '10.0.1.2' }, net);
    bed.settle();
    const key = web.endpoints[0]!.id;
    web.close();
    bed.sim.runFor(500 * millisecond);
    expect(addressesOf(far, 'web')).toEqual([]);
    expect(bed.fabric.networkdb('swarm-2').find((row) => row.key === key)?.record).toBeUndefined();
    expect(Object.keys(one.endpoints(net.id))).not.toContain(web.containerID);
  });

  it('DISC-64: a disabled entry that comes by bulk sync is enabled there, until it is deleted', () => {
    const { bed, net, one, far } = cluster();
    const web = bed.task(one, { name: 'web', vip: '10.0.1.2' }, net);
    bed.settle();
    web.deactivate();
    bed.sim.runFor(second);
    const late = bed.fabric.addNode('swarm-9', '192.168.99.109');
    const client = bed.task(late, { name: 'cli', vip: '10.0.9.9' }, net);
    bed.sim.runFor(second);
    expect(addressesOf(far, 'tasks.web')).toEqual([]);
    expect(addressesOf(client, 'tasks.web')).toEqual([addressOf(web)]);
    web.close();
    bed.settle();
    expect(addressesOf(client, 'tasks.web')).toEqual([]);
  });
});
