import { describe, expect, it } from 'vitest';
import type { NetworkController } from '../libnetwork';
import { overlay, Testbed } from '../testbed';

const ports = [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'ingress' }] as const;

function addressesBy(route: () => ReturnType<NetworkController['routePort']>, count: number): (string | undefined)[] {
  return Array.from({ length: count }, () => route()?.containerAddress);
}

/** Three tasks of `web` on three nodes, published through ingress, with a client on each node. */
function cluster() {
  const bed = new Testbed();
  const [net, ingress] = [overlay('net'), overlay('ingress', { ingress: true })];
  bed.join(ingress, ...bed.nodes);
  const clients = bed.nodes.map((node) => bed.task(node, { name: 'cli', vip: '10.0.9.9' }, net));
  const web = bed.nodes.map((node) => {
    bed.settle();
    return bed.task(node, { name: 'web', vip: '10.0.1.2', ports }, net, ingress);
  });
  bed.settle();
  const on = (index: number, network: { id: string }) =>
    web[index]!.endpoints.find((endpoint) => endpoint.networkID === network.id)!.address.split('/')[0]!;
  return { bed, net, ingress, clients, web, on };
}

describe('G: load balancing', () => {
  it('DISC-70, DISC-72: round robin in the order in which the node met the backends, per node', () => {
    const { bed, net, clients, on } = cluster();
    const [a, b, c] = [0, 1, 2].map((index) => on(index, net));
    const route = (index: number) => bed.nodes[index]!.routeAddress(clients[index]!.id, '10.0.1.2');
    expect(addressesBy(() => route(0), 4)).toEqual([a, b, c, a]);
    expect(addressesBy(() => route(1), 2)).toEqual([a, b]);
    expect(addressesBy(() => route(0), 2)).toEqual([b, c]);
  });

  it('DISC-61, DISC-70: disabled backends have weight 0; with none left nothing answers', () => {
    const { bed, net, clients, web, on } = cluster();
    const route = () => bed.nodes[0]!.routeAddress(clients[0]!.id, '10.0.1.2');
    expect(route()?.containerAddress).toBe(on(0, net));
    web[1]!.deactivate();
    bed.settle();
    expect(addressesBy(route, 3)).toEqual([on(2, net), on(0, net), on(2, net)]);
    web[0]!.deactivate();
    web[2]!.deactivate();
    bed.settle();
    expect(route()).toBeUndefined();
    expect(clients[0]!.resolve('web', 'A').reply.answers).toHaveLength(1);
  });

  it('DISC-71, ALLOC-58: every node, also without a task, takes a published port to all healthy backends', () => {
    const { bed, ingress, on } = cluster();
    const bare = bed.fabric.addNode('swarm-4', '192.168.99.104');
    bare.joinOverlay(ingress, '10.7.7.7/16');
    bed.settle();
    const expected = [0, 1, 2].map((index) => on(index, ingress)).sort();
    for (const node of [...bed.nodes, bare]) {
      expect(addressesBy(() => node.routePort('tcp', 8080), 3).sort()).toEqual(expected);
      expect(node.routePort('udp', 8080)).toBeUndefined();
      expect(node.routePort('tcp', 80)).toBeUndefined();
    }
    const { hops, targetPort } = bare.routePort('tcp', 8080)!;
    expect(targetPort).toBe(80);
    expect(hops[0]).toBe('swarm-4 port 8080/tcp');
    expect(hops.join('\n')).toMatch(/ingress-sbox[\s\S]*IPVS on swarm-4[\s\S]*VXLAN[\s\S]*on swarm-/);
  });

  it('DISC-73: a dnsrr service has no virtual server; its addresses are reached straight', () => {
    const { bed, net, clients } = cluster();
    const rr = bed.task(bed.nodes[1]!, { name: 'rr' }, net);
    bed.settle();
    const address = rr.endpoints[0]!.address.split('/')[0]!;
    const route = bed.nodes[0]!.routeAddress(clients[0]!.id, address)!;
    expect(route.containerAddress).toBe(address);
    expect(route.hops.some((hop) => hop.includes('IPVS'))).toBe(false);
    expect(bed.nodes[0]!.routeAddress(clients[0]!.id, '10.0.77.77')).toBeUndefined();
  });

  it('a backend behind a cut data plane is still chosen, and not reached', () => {
    const { bed, net, clients, on } = cluster();
    bed.fabric.cut('swarm-2', 'data');
    const routes = [0, 1, 2].map(() => bed.nodes[0]!.routeAddress(clients[0]!.id, '10.0.1.2')!);
    expect(routes.map((route) => route.reached)).toEqual([true, false, true]);
    expect(routes[1]!.containerAddress).toBe(on(1, net));
    expect(routes[1]!.hops.at(-1)).toBe('no answer: swarm-2 is not reachable from swarm-1');
  });

  it('API-36: verbose inspection lists services with their marks from 256, tasks and hosts', () => {
    const { bed, net, ingress, web, on } = cluster();
    const services = bed.nodes[0]!.overlayDetails(net.id, true).Services!;
    expect(Object.keys(services)).toEqual(['cli', 'web']);
    expect(services.cli!.LocalLBIndex).toBe(256);
    expect(services.web).toMatchObject({ VIP: '10.0.1.2', Ports: [], LocalLBIndex: 258 });
    expect(services.web!.Tasks).toContainEqual({
      Name: web[1]!.endpoints[0]!.dnsNames[0] ?? web[1]!.endpoints[1]!.dnsNames[0],
      EndpointID: web[1]!.endpoints.find((endpoint) => endpoint.networkID === net.id)!.id,
      EndpointIP: on(1, net),
      Info: { 'Host IP': '192.168.99.102' },
    });
    const mesh = bed.nodes[0]!.overlayDetails(ingress.id, true).Services!;
    expect(mesh.web).toMatchObject({ Ports: ['Target: 80, Publish: 8080'], LocalLBIndex: 257 });
    expect(mesh['']).toMatchObject({ VIP: '<nil>', LocalLBIndex: 0 });
    expect(mesh['']!.Tasks.map((task) => task.Name)).toEqual(Array(3).fill('ingress-endpoint'));
    expect(bed.nodes[0]!.overlayDetails(net.id, false)).not.toHaveProperty('Services');
  });

  it('API-36: a service that was gone and comes back gets a new mark, whenever it was looked at', () => {
    const marks = (looks: boolean) => {
      const bed = new Testbed({ nodes: 1 });
      const net = overlay('net');
      const details = () => bed.nodes[0]!.overlayDetails(net.id, true).Services!.web?.LocalLBIndex;
      bed.task(bed.nodes[0]!, { name: 'cli', vip: '10.0.9.9' }, net);
      const first = bed.task(bed.nodes[0]!, { name: 'web', vip: '10.0.1.2' }, net);
      if (looks) expect(details()).toBe(257);
      first.close();
      bed.settle();
      bed.task(bed.nodes[0]!, { name: 'web', vip: '10.0.1.2' }, net);
      return details();
    };
    expect(marks(true)).toBe(258);
    expect(marks(false)).toBe(258);
  });
});
