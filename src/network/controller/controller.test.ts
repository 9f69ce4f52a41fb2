import { describe, expect, it } from 'vitest';
import { NetworkError } from '../libnetwork';
import { overlay, Testbed } from '../testbed';

const base = {
  driver: 'bridge',
  subnets: [],
  internal: false,
  attachable: false,
  ipv6: false,
  options: {},
  labels: {},
};

const localLines =
  '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n' +
  'ff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n';

function refusal(run: () => unknown): { reason: string; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof NetworkError) return { reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('networks of a node', () => {
  it('API-35: bridge, host and none are there from the start, docker_gwbridge soon after ingress', () => {
    const bed = new Testbed({ nodes: 1 });
    const node = bed.nodes[0]!;
    expect(node.list().map((network) => [network.name, network.driver])).toEqual([
      ['bridge', 'bridge'],
      ['host', 'host'],
      ['none', 'null'],
    ]);
    expect(node.find('bridge')!.subnets[0]).toEqual({ subnet: '172.17.0.0/16', gateway: '172.17.0.1' });
    bed.join(overlay('ingress', { ingress: true }), node);
    expect(node.find('docker_gwbridge')).toBeUndefined();
    bed.settle();
    expect(node.list().map((network) => network.name)).toEqual([
      'bridge',
      'docker_gwbridge',
      'host',
      'ingress',
      'none',
    ]);
    expect(node.find('docker_gwbridge')!.subnets[0]!.gateway).toBe('172.18.0.1');
    expect(node.find('docker_gwbridge')!.id).toMatch(/^[0-9a-f]{64}$/);
  });

  it('API-35: networks are found by ID, name, or a prefix that only one has', () => {
    const node = new Testbed({ nodes: 1 }).nodes[0]!;
    const network = node.create({ ...base, name: 'br' });
    expect(node.find(network.id)).toBe(network);
    expect(node.find('br')).toBe(network);
    expect(node.find(network.id.slice(0, 12))).toBe(network);
    expect(node.find('')).toBeUndefined();
    expect(node.find('b')?.name ?? 'none').not.toBe('br');
  });

  it('API-37: refusals to create and remove leave everything as it was', () => {
    const node = new Testbed({ nodes: 1 }).nodes[0]!;
    const br = node.create({ ...base, name: 'br' });
    expect(refusal(() => node.create({ ...base, name: 'br' }))).toEqual({
      reason: 'conflict',
      message: 'network with name br already exists',
    });
    expect(refusal(() => node.create({ ...base, name: 'host' })).reason).toBe('forbidden');
    expect(
      refusal(() => node.create({ ...base, name: 'x', subnets: [{ subnet: br.subnets[0]!.subnet }] })).message,
    ).toBe('Pool overlaps with other one on this address space');
    expect(refusal(() => node.remove(node.find('bridge')!.id)).message).toBe(
      'bridge is a pre-defined network and cannot be removed',
    );
    expect(refusal(() => node.remove('nosuch')).message).toBe('network nosuch not found');
    expect(node.list().map((network) => network.name)).toEqual(['br', 'bridge', 'host', 'none']);
    node.remove(br.id);
    expect(node.find('br')).toBeUndefined();
  });

  it('API-37: a network with endpoints cannot be removed', () => {
    const bed = new Testbed({ nodes: 1 });
    const br = bed.nodes[0]!.create({ ...base, name: 'br' });
    const sandbox = bed.container(bed.nodes[0]!);
    sandbox.connect({ networkID: br.id });
    expect(refusal(() => bed.nodes[0]!.remove(br.id))).toEqual({
      reason: 'forbidden',
      message: `error while removing network: network br id ${br.id} has active endpoints`,
    });
    sandbox.close();
    bed.nodes[0]!.remove(br.id);
  });

  it('ALLOC-46: an overlay stays while endpoints use it, and goes with the last', () => {
    const bed = new Testbed({ nodes: 1 });
    const net = overlay('net');
    const sandbox = bed.task(bed.nodes[0]!, { name: 'web', vip: '10.0.1.2' }, net);
    bed.nodes[0]!.leaveOverlay(net.id);
    expect(bed.nodes[0]!.find('net')).toBeDefined();
    sandbox.close();
    bed.nodes[0]!.leaveOverlay(net.id);
    expect(bed.nodes[0]!.find('net')).toBeUndefined();
    expect(bed.nodes[0]!.endpoints(net.id)).toEqual({});
  });

  it('ALLOC-42, API-36: the load balancer is listed among this node’s endpoints; a new address replaces it', () => {
    const bed = new Testbed({ nodes: 2 });
    const net = overlay('collabnet');
    const node = bed.nodes[0]!;
    node.joinOverlay(net, '10.0.1.5/24');
    bed.nodes[1]!.joinOverlay(net, '10.0.1.6/24');
    const task = bed.task(node, { name: 'web', vip: '10.0.1.2' }, net);
    bed.task(bed.nodes[1]!, { name: 'web', vip: '10.0.1.2' }, net);
    const listed = node.endpoints(net.id);
    expect(Object.keys(listed)).toEqual(['lb-collabnet', task.containerID]);
    expect(listed['lb-collabnet']).toMatchObject({
      Name: 'collabnet-endpoint',
      MacAddress: '02:42:0a:00:01:05',
      IPv4Address: '10.0.1.5/24',
      IPv6Address: '',
    });
    node.joinOverlay(net, '10.0.1.99/24');
    expect(node.endpoints(net.id)['lb-collabnet']!.IPv4Address).toBe('10.0.1.99/24');
  });

  it('API-36: ingress is balanced by its own sandbox, which has a way out by docker_gwbridge', () => {
    const bed = new Testbed({ nodes: 1 });
    const ingress = overlay('ingress', { ingress: true });
    bed.nodes[0]!.joinOverlay(ingress, '10.0.0.2/24');
    expect(bed.nodes[0]!.endpoints(ingress.id)['ingress-sbox']).toMatchObject({ Name: 'ingress-endpoint' });
    bed.settle();
    const bridge = bed.nodes[0]!.find('docker_gwbridge')!;
    expect(bed.nodes[0]!.endpoints(bridge.id)['ingress-sbox']).toMatchObject({
      Name: 'gateway_ingress-sbox',
      MacAddress: '02:42:ac:12:00:02',
      IPv4Address: '172.18.0.2/16',
    });
    bed.nodes[0]!.leaveOverlay(ingress.id);
    expect(bed.nodes[0]!.endpoints(bridge.id)).toEqual({});
    bed.nodes[0]!.joinOverlay(ingress, '10.0.0.2/24');
    bed.nodes[0]!.leaveOverlay(ingress.id);
    bed.settle();
    expect(bed.nodes[0]!.endpoints(bridge.id)).toEqual({});
  });
});

describe('sandboxes', () => {
  it('ALLOC-40: interfaces by network name, ingress among them, docker_gwbridge last', () => {
    const bed = new Testbed({ nodes: 1 });
    const [ingress, other, collab] = [overlay('ingress', { ingress: true }), overlay('other'), overlay('collabnet')];
    const task = bed.task(bed.nodes[0]!, { name: 'pub', vip: '10.0.1.2' }, ingress, other, collab);
    const names = task.endpoints.map((endpoint) => `${endpoint.networkName} ${endpoint.interfaceName}`);
    expect(names).toEqual(['collabnet eth0', 'ingress eth1', 'other eth2']);
    expect(task.gatewayEndpoint).toMatchObject({
      interfaceName: 'eth3',
      gateway: '172.18.0.1',
      networkName: 'docker_gwbridge',
    });
    expect(task.defaultRoute).toEqual(task.gatewayEndpoint);
    const bridge = bed.nodes[0]!.find('docker_gwbridge')!;
    expect(bed.nodes[0]!.endpoints(bridge.id)[task.containerID]!.Name).toBe(`gateway_${task.id.slice(0, 12)}`);
  });

  it('networks connected later get the next free interface, and disconnecting frees it', () => {
    const bed = new Testbed({ nodes: 1 });
    const node = bed.nodes[0]!;
    const [br2, br] = [node.create({ ...base, name: 'br2' }), node.create({ ...base, name: 'br' })];
    const c4 = bed.container(node, { containerName: 'c4' });
    c4.connect({ networkID: br2.id });
    c4.activate();
    expect(c4.connect({ networkID: br.id }).interfaceName).toBe('eth1');
    expect(c4.defaultRoute).toMatchObject({ networkName: 'br', interfaceName: 'eth1' });
    c4.disconnect(br2.id);
    expect(c4.connect({ networkID: br2.id }).interfaceName).toBe('eth0');
    expect(refusal(() => c4.connect({ networkID: br.id })).message).toBe(
      'endpoint with name c4 already exists in network br',
    );
    c4.disconnect(br.id);
    expect(refusal(() => c4.disconnect(br.id)).message).toBe(
      `container ${c4.containerID} is not connected to network br`,
    );
    expect(refusal(() => c4.connect({ networkID: 'nosuch' })).message).toBe('network nosuch not found');
  });

  it('addresses of bridge networks: lowest first, given back at closing, MACs from the address', () => {
    const bed = new Testbed({ nodes: 1 });
    const node = bed.nodes[0]!;
    const br = node.create({ ...base, name: 'br' });
    const boxes = [0, 1, 2].map(() => {
      const sandbox = bed.container(node);
      sandbox.connect({ networkID: br.id });
      return sandbox;
    });
    const own = () => boxes.map((box) => box.endpoints[0]?.address);
    expect(own()).toEqual(['172.18.0.2/16', '172.18.0.3/16', '172.18.0.4/16']);
    expect(boxes[2]!.endpoints[0]).toMatchObject({ macAddress: '02:42:ac:12:00:04', gateway: '172.18.0.1' });
    boxes[1]!.close();
    const again = bed.container(node);
    expect(again.connect({ networkID: br.id }).address).toBe('172.18.0.3/16');
    expect(refusal(() => bed.container(node).connect({ networkID: br.id, address: '172.18.0.2' })).reason).toBe(
      'forbidden',
    );
  });

  it('DISC-6: /etc/hosts has local lines, extra hosts, then the own name on each network but ingress', () => {
    const bed = new Testbed({ nodes: 1 });
    const node = bed.nodes[0]!;
    const br = node.create({ ...base, name: 'br' });
    const c6 = bed.container(node, {
      hostname: '2426ff91861f',
      extraHosts: [
        { ip: '1.2.3.4', names: ['foo.local'] },
        { ip: '172.17.0.1', names: ['bar'] },
      ],
    });
    c6.connect({ networkID: br.id });
    expect(c6.hosts()).toBe(`${localLines}1.2.3.4\tfoo.local\n172.17.0.1\tbar\n172.18.0.2\t2426ff91861f\n`);
    const c3 = bed.container(node, { hostname: 'h3.example.com', domainname: 'dom.test' });
    c3.connect({ networkID: br.id });
    expect(c3.hosts()).toBe(`${localLines}172.18.0.3\th3.example.com.dom.test h3\n`);
    const task = bed.task(node, { name: 'pub' }, overlay('ingress', { ingress: true }), overlay('zz'), overlay('aa'));
    const lines = task.hosts().slice(localLines.length).trimEnd().split('\n');
    const names = lines.map(
      (line) => task.endpoints.find((one) => one.address.startsWith(`${line.split('\t')[0]}/`))?.networkName,
    );
    expect(names).toEqual(['zz', 'aa']);
  });

  it('a power cut takes sandboxes and overlays, and leaves local networks with all addresses free', () => {
    const bed = new Testbed({ nodes: 2 });
    const node = bed.nodes[0]!;
    const br = node.create({ ...base, name: 'br' });
    const [net, ingress] = [overlay('net'), overlay('ingress', { ingress: true })];
    bed.join(ingress, node);
    bed.settle();
    const plain = bed.container(node);
    plain.connect({ networkID: br.id });
    bed.task(node, { name: 'web', vip: '10.0.1.2' }, net);
    bed.fabric.kill('swarm-1');
    bed.fabric.revive('swarm-1');
    expect(node.list().map((network) => network.name)).toEqual(['br', 'bridge', 'docker_gwbridge', 'host', 'none']);
    expect(node.sandbox(plain.containerID)).toBeUndefined();
    expect(node.endpoints(br.id)).toEqual({});
    const again = bed.container(node);
    expect(again.connect({ networkID: br.id }).address.endsWith('.2/16')).toBe(true);
    bed.join(ingress, node);
    bed.settle();
    expect(node.endpoints(node.find('docker_gwbridge')!.id)['ingress-sbox']!.IPv4Address).toMatch(/\.2\/16$/);
  });

  it('gives the same IDs and addresses for the same seed', () => {
    const build = () => {
      const bed = new Testbed({ seed: 3 });
      const task = bed.task(bed.nodes[1]!, { name: 'web', vip: '10.0.1.2' }, overlay('net'));
      return [task.id, task.endpoints, bed.nodes.map((node) => node.list())];
    };
    expect(build()).toEqual(build());
  });
});
