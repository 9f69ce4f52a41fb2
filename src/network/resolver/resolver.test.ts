import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../api';
import { profiles } from '../../api';
import { addressesOf, overlay, Testbed } from '../testbed';
import type { ResolvConfRequest } from './resolv-conf';
import { hostResolvConf, internalResolvConf } from './resolv-conf';
import { Upstream } from './upstream';

const both: readonly ProfileName[] = ['20.10', '28'];

/** Two tasks of `web` (vip) and a client on one overlay of three nodes; everything has settled. */
function cluster(profile: ProfileName = '28') {
  const bed = new Testbed({ profile });
  const net = overlay('collabnet');
  const [one, two] = [bed.nodes[0]!, bed.nodes[1]!];
  const client = bed.task(one, { name: 'cli', vip: '10.0.1.7' }, net);
  const web = [one, two].map((node) => bed.task(node, { name: 'web', vip: '10.0.1.2' }, net));
  bed.settle();
  const address = (index: number) => web[index]!.endpoints[0]!.address.split('/')[0]!;
  return { bed, net, client, web, webAddresses: [address(0), address(1)] };
}

function request(change: Partial<ResolvConfRequest> = {}): ResolvConfRequest {
  return {
    profile: profiles['28'],
    host: { nameservers: ['192.168.99.1'], search: [], options: [] },
    dns: [],
    dnsSearch: [],
    dnsOptions: [],
    ipv6: false,
    ...change,
  };
}

/** A container on a user-defined bridge with given resolver options. */
function bridged(profile: ProfileName, options: Parameters<Testbed['container']>[1] = {}, internal = false) {
  const bed = new Testbed({ profile, nodes: 1 });
  const node = bed.nodes[0]!;
  const base = { driver: 'bridge', subnets: [], attachable: false, ipv6: false, options: {}, labels: {} };
  const network = node.create({ ...base, name: 'br', internal });
  const sandbox = bed.container(node, options);
  sandbox.connect({ networkID: network.id });
  sandbox.activate();
  return { bed, node, network, sandbox };
}

describe('A: resolv.conf', () => {
  it('DISC-1: default bridge, host and none have no embedded resolver, user-defined networks do', () => {
    const bed = new Testbed({ profile: '20.10', nodes: 1 });
    const node = bed.nodes[0]!;
    for (const name of ['bridge', 'host', 'none']) {
      const sandbox = bed.container(node);
      sandbox.connect({ networkID: node.find(name)!.id });
      sandbox.activate();
      expect(sandbox.resolvConf()).toBe('nameserver 192.168.99.1\n');
      const { reply, trace } = sandbox.resolve(sandbox.containerID.slice(0, 12), 'A');
      expect(reply.rcode).toBe('NXDOMAIN');
      expect(reply.server).toBe('192.168.99.1');
      expect(trace.map((hop) => hop.hop)).toEqual(['ask', 'resolv.conf', 'forward', 'answer']);
    }
    expect(bridged('20.10').sandbox.resolvConf()).toBe('nameserver 127.0.0.11\noptions ndots:0\n');
  });

  it('DISC-1: connecting a default-bridge container to a user network turns the resolver on', () => {
    const bed = new Testbed({ profile: '20.10', nodes: 1 });
    const node = bed.nodes[0]!;
    const sandbox = bed.container(node);
    sandbox.connect({ networkID: node.find('bridge')!.id });
    sandbox.activate();
    const base = {
      driver: 'bridge',
      subnets: [],
      internal: false,
      attachable: false,
      ipv6: false,
      options: {},
      labels: {},
    };
    sandbox.connect({ networkID: node.create({ ...base, name: 'br' }).id });
    expect(sandbox.resolvConf()).toContain('nameserver 127.0.0.11');
  });

  it('DISC-2: ndots:0 is added unless a valid ndots is there', () => {
    const options = (given: readonly string[], host: readonly string[] = []) =>
      internalResolvConf(request({ dnsOptions: given, host: { nameservers: [], search: [], options: host } })).options;
    expect(options([])).toEqual(['ndots:0']);
    expect(options([], ['ndots:1'])).toEqual(['ndots:1']);
    expect(options(['timeout:1'])).toEqual(['timeout:1', 'ndots:0']);
    expect(options(['ndots:foobar'])).toEqual(['ndots:0']);
    expect(options(['ndots:-1'])).toEqual(['ndots:0']);
  });

  it('DISC-2: search is the host’s, or what was given; a dot removes it', () => {
    const host = { nameservers: [], search: ['corp.test'], options: [] };
    expect(internalResolvConf(request({ host })).search).toEqual(['corp.test']);
    expect(internalResolvConf(request({ host, dnsSearch: ['a', 'b'] })).search).toEqual(['a', 'b']);
    expect(internalResolvConf(request({ host, dnsSearch: ['.'] })).text).not.toContain('search ');
  });

  it('DISC-3: 28 ends with comments about where it comes from', () => {
    expect(internalResolvConf(request()).text).toBe(
      "nameserver 127.0.0.11\noptions ndots:0\n\n# Based on host file: '/etc/resolv.conf' (internal resolver)\n" +
        '# ExtServers: [192.168.99.1]\n# Overrides: []\n# Option ndots from: internal\n',
    );
    const given = request({ dns: ['9.9.9.9'], dnsSearch: ['x'], dnsOptions: ['ndots:2'] });
    expect(internalResolvConf(given).text).toBe(
      "nameserver 127.0.0.11\nsearch x\noptions ndots:2\n\n# Based on host file: '/etc/resolv.conf' (internal resolver)\n" +
        '# ExtServers: [9.9.9.9]\n# Overrides: [nameservers search options]\n# Option ndots from: override\n',
    );
    expect(hostResolvConf(request()).text).toMatch(/^nameserver 192.168.99.1\n\n# Based on host file/);
  });

  it('DISC-3: 20.10 has search first, no comments, and keeps IPv6 servers of the host', () => {
    const profile = profiles['20.10'];
    const given = request({
      profile,
      dnsSearch: ['corp.test', 'br'],
      dnsOptions: ['ndots:2', 'timeout:1'],
      dns: ['9.9.9.9'],
    });
    expect(internalResolvConf(given).text).toBe(
      'search corp.test br\nnameserver 127.0.0.11\noptions ndots:2 timeout:1\n',
    );
    const host = { nameservers: ['10.1.1.1', '2001:db8::1'], search: [], options: [] };
    expect(internalResolvConf(request({ profile, host })).text).toBe(
      'nameserver 127.0.0.11\nnameserver 2001:db8::1\noptions ndots:0\n',
    );
  });

  it('DISC-4: external servers, and which are asked from the host', () => {
    const servers = (change: Partial<ResolvConfRequest>) => internalResolvConf(request(change)).servers;
    const host = (...nameservers: string[]) => ({ nameservers, search: [], options: [] });
    expect(servers({ dns: ['127.0.0.53'] })).toEqual([{ address: '127.0.0.53', hostLoopback: false }]);
    expect(servers({ host: host('127.0.0.53', '10.0.0.1') })).toEqual([
      { address: '127.0.0.53', hostLoopback: true },
      { address: '10.0.0.1', hostLoopback: false },
    ]);
    expect(servers({ host: host('2001:db8::1') })[0]!.hostLoopback).toBe(true);
    expect(servers({ host: host('2001:db8::1'), ipv6: true })[0]!.hostLoopback).toBe(false);
    expect(servers({ host: host() }).map((server) => server.address)).toEqual(['8.8.8.8', '8.8.4.4']);
    expect(servers({ host: host(), ipv6: true })).toHaveLength(4);
    expect(internalResolvConf(request({ host: host('127.0.0.53') })).text).toContain('[host(127.0.0.53)]');
  });

  it('DISC-5: ndots counts as set when the host or the user set it', () => {
    expect(internalResolvConf(request()).ndotsSet).toBe(false);
    expect(internalResolvConf(request({ dnsOptions: ['ndots:3'] })).ndotsSet).toBe(true);
    const host = { nameservers: [], search: [], options: ['ndots:1'] };
    expect(internalResolvConf(request({ host })).ndotsSet).toBe(true);
    expect(internalResolvConf(request({ host })).text).toContain('# Option ndots from: host');
  });
});

describe('B: query handling', () => {
  it.each(both)(
    'DISC-10, DISC-21: types without local data are forwarded, though the name is known (%s)',
    (profile) => {
      const { client } = cluster(profile);
      for (const type of ['TXT', 'SRV', 'ANY', 'NS', 'SOA', 'CNAME', 'HTTPS']) {
        expect(client.resolve('web', type).reply.rcode).toBe('NXDOMAIN');
      }
    },
  );

  it.each(both)('DISC-11: flags, TTL, case and size of a local answer (%s)', (profile) => {
    const { client } = cluster(profile);
    const { reply } = client.resolve('WeB', 'A', { id: 4604, recursionDesired: false, ednsSize: 1232 });
    expect(reply).toEqual({
      id: 4604,
      silent: false,
      rcode: 'NOERROR',
      flags: { qr: true, aa: false, tc: false, rd: false, ra: true },
      question: { name: 'WeB.', type: 'A' },
      answers: [{ name: 'WeB.', type: 'A', ttl: 600, data: '10.0.1.2' }],
      authority: [],
      size: 40,
      server: '127.0.0.11',
    });
    expect(client.resolve('tasks.web', 'A').reply.size).toBe(77);
    expect(client.resolve('web', 'AAAA').reply.size).toBe(21);
  });

  it('DISC-12: several addresses come in an order drawn anew, each equally often first', () => {
    const { client, webAddresses } = cluster();
    let first = 0;
    for (let question = 0; question < 400; question++) {
      const { answers } = client.resolve('tasks.web', 'A').reply;
      expect(answers.map((record) => record.data).sort()).toEqual([...webAddresses].sort());
      if (answers[0]!.data === webAddresses[0]) first++;
    }
    expect(first).toBeGreaterThan(150);
    expect(first).toBeLessThan(250);
  });

  it('DISC-13: AAAA of an IPv4 name: empty, on IPv6 networks by 20.10 forwarded', () => {
    const answer = (profile: ProfileName, ipv6: boolean) => {
      const bed = new Testbed({ profile, nodes: 1 });
      const sandbox = bed.task(bed.nodes[0]!, { name: 'web', vip: '10.0.1.2' }, overlay('net', { ipv6 }));
      const { rcode, answers } = sandbox.resolve('web', 'AAAA').reply;
      return `${rcode} ${answers.length}`;
    };
    expect(answer('20.10', false)).toBe('NOERROR 0');
    expect(answer('28', false)).toBe('NOERROR 0');
    expect(answer('20.10', true)).toBe('NXDOMAIN 0');
    expect(answer('28', true)).toBe('NOERROR 0');
  });

  it('DISC-13: A of a name that has IPv6 only', () => {
    const answer = (profile: ProfileName) => {
      const bed = new Testbed({ profile, nodes: 1 });
      const net = overlay('six', { ipv6: true });
      bed.join(net, bed.nodes[0]!);
      const sandbox = bed.container(bed.nodes[0]!, { containerName: 'c' });
      sandbox.connect({ networkID: net.id, address: 'fd00:1::3/64' });
      sandbox.activate();
      expect(sandbox.resolve('c', 'AAAA').reply.answers[0]!.data).toBe('fd00:1::3');
      return sandbox.resolve('c', 'A').reply.rcode;
    };
    expect(answer('28')).toBe('NOERROR');
    expect(answer('20.10')).toBe('NXDOMAIN');
  });

  it.each(both)('DISC-14: MX of a known name is empty, of others forwarded (%s)', (profile) => {
    const { client } = cluster(profile);
    expect(client.resolve('web', 'MX').reply).toMatchObject({ rcode: 'NOERROR', answers: [], authority: [] });
    expect(client.resolve('nosuch', 'MX').reply.rcode).toBe('NXDOMAIN');
    expect(client.resolve('example.test', 'MX').reply.answers[0]!.data).toBe('10 mail.example.test.');
  });

  it('DISC-15: PTR of a container, of what has none, and of foreign suffixes', () => {
    const { client, webAddresses, web } = cluster('20.10');
    const reverse = (address: string) => `${address.split('.').reverse().join('.')}.in-addr.arpa`;
    expect(web).toHaveLength(2);
    const { reply } = client.resolve(reverse(webAddresses[1]!), 'PTR');
    expect(reply.answers[0]!.data).toMatch(/^web\.3\.t+3\.collabnet\.$/);
    expect(client.resolve(reverse('10.0.1.2'), 'PTR').reply.rcode).toBe('NXDOMAIN');
    expect(client.resolve('web', 'PTR').reply.silent).toBe(true);
    expect(client.resolve(reverse(webAddresses[1]!).toUpperCase(), 'PTR').reply.silent).toBe(true);
    expect(cluster('28').client.resolve('web', 'PTR').reply.rcode).toBe('NXDOMAIN');
  });

  it('DISC-15, DISC-17: a pointer whose label is too long cannot be sent', () => {
    const answer = (profile: ProfileName) => {
      const { sandbox } = bridged(profile, { containerName: 'x'.repeat(64) });
      const address = sandbox.endpoints[0]!.address.split('/')[0]!;
      return sandbox.resolve(`${address.split('.').reverse().join('.')}.in-addr.arpa`, 'PTR').reply;
    };
    expect(answer('28').rcode).toBe('SERVFAIL');
    expect(answer('20.10').silent).toBe(true);
  });

  it('DISC-16: SRV is forwarded', () => {
    const { trace } = cluster().client.resolve('_http._tcp.web', 'SRV');
    expect(trace.at(-2)).toMatchObject({ hop: 'forward', outcome: 'NXDOMAIN' });
  });

  it('DISC-18: as many whole records as fit, with TC; EDNS and TCP carry more', () => {
    const bed = new Testbed({ nodes: 1 });
    const net = overlay('net');
    const tasks = Array.from({ length: 30 }, () => bed.task(bed.nodes[0]!, { name: 'big' }, net));
    const udp = tasks[0]!.resolve('big', 'A').reply;
    expect([udp.answers.length, udp.size, udp.flags.tc]).toEqual([25, 496, true]);
    const edns = tasks[0]!.resolve('big', 'A', { ednsSize: 1232 }).reply;
    expect([edns.answers.length, edns.flags.tc, edns.edns]).toEqual([30, false, undefined]);
    expect(tasks[0]!.resolve('big', 'A', { transport: 'tcp' }).reply.answers).toHaveLength(30);
    const long = 'n'.repeat(63);
    for (let count = 0; count < 10; count++) bed.task(bed.nodes[0]!, { name: long }, net);
    const few = tasks[0]!.resolve(long, 'A').reply;
    expect([few.answers.length, few.size]).toEqual([5, 476]);
  });

  it.each(both)('DISC-19: with ndots set an unknown single label is empty and not forwarded (%s)', (profile) => {
    const { sandbox } = bridged(profile, { dnsOptions: ['ndots:2'] });
    expect(sandbox.resolve('nosuch', 'A').reply).toMatchObject({ rcode: 'NOERROR', answers: [], size: 24 });
    expect(sandbox.resolve('nosuch', 'MX').reply.rcode).toBe('NXDOMAIN');
    expect(sandbox.resolve('no.such', 'A').reply.rcode).toBe('NXDOMAIN');
    expect(bridged(profile).sandbox.resolve('nosuch', 'A').reply.rcode).toBe('NXDOMAIN');
  });

  it('DISC-19, DISC-29: 20.10 looks for a way out before it looks at ndots', () => {
    const answer = (profile: ProfileName) =>
      bridged(profile, { dnsOptions: ['ndots:2'] }, true).sandbox.resolve('x', 'A').reply;
    expect(answer('20.10').silent).toBe(true);
    expect(answer('28')).toMatchObject({ silent: false, rcode: 'NOERROR' });
  });

  it('DISC-20: no upstream answer: SERVFAIL, by 20.10 silence', () => {
    const answer = (profile: ProfileName) => {
      const { bed, sandbox } = bridged(profile);
      bed.fabric.upstream.on = false;
      return sandbox.resolve('nosuch', 'A');
    };
    expect(answer('28').reply).toMatchObject({ silent: false, rcode: 'SERVFAIL' });
    expect(answer('20.10').reply).toMatchObject({ silent: true, size: 0 });
    expect(answer('20.10').trace.at(-1)).toMatchObject({ hop: 'answer', rcode: 'silence' });
  });

  it('DISC-20, DISC-30: a node can be cut off from the upstream', () => {
    const { bed, client } = cluster();
    bed.fabric.upstream.setReachable('swarm-1', false);
    expect(client.resolve('www.example.test', 'A').reply.rcode).toBe('SERVFAIL');
    bed.fabric.upstream.setReachable('swarm-1', true);
    expect(client.resolve('www.example.test', 'A').reply.answers[0]!.data).toBe('203.0.113.10');
  });

  it('DISC-21: only the upstream says NXDOMAIN, and its authority section is passed on', () => {
    const { reply } = cluster('20.10').client.resolve('nosuch', 'A', { ednsSize: 1232 });
    expect(reply.authority[0]!.data).toBe('a.root. h.root. 1 1800 900 604800 86400');
    expect([reply.size, reply.edns?.udpSize]).toEqual([82, 8192]);
    expect(cluster('20.10').client.resolve('nosuch', 'A').reply.size).toBe(71);
  });
});

describe('C: forwarding', () => {
  const ask = (
    profile: ProfileName,
    dns: string[],
    name: string,
    upstream = new Upstream(['192.168.99.1', '10.9.9.9']),
  ) => {
    const bed = new Testbed({ profile, nodes: 1, fabric: { upstream } });
    const base = {
      driver: 'bridge',
      subnets: [],
      internal: false,
      attachable: false,
      ipv6: false,
      options: {},
      labels: {},
    };
    const network = bed.nodes[0]!.create({ ...base, name: 'br' });
    const sandbox = bed.container(bed.nodes[0]!, { dns });
    sandbox.connect({ networkID: network.id });
    sandbox.activate();
    const { reply, trace } = sandbox.resolve(name, 'A');
    return { reply, servers: trace.flatMap((hop) => (hop.hop === 'forward' ? hop.servers : [])) };
  };

  it('DISC-25: up to three servers, in order', () => {
    expect(ask('28', ['1.1.1.1', '2.2.2.2', '192.168.99.1'], 'www.example.test').reply.rcode).toBe('NOERROR');
    const fourth = ask('28', ['1.1.1.1', '2.2.2.2', '3.3.3.3', '192.168.99.1'], 'www.example.test');
    expect(fourth.reply.rcode).toBe('SERVFAIL');
    expect(fourth.servers).toEqual(['1.1.1.1', '2.2.2.2', '3.3.3.3']);
  });

  it('DISC-27: which codes make it ask the next server, and what is passed on in the end', () => {
    const two = ['192.168.99.1', '10.9.9.9'];
    expect(ask('28', two, 'nosuch').servers).toHaveLength(1);
    expect(ask('20.10', two, 'nosuch').servers).toHaveLength(2);
    expect(ask('20.10', two, 'nosuch').reply.rcode).toBe('NXDOMAIN');
    expect(ask('28', two, 'refused.example.test').servers).toHaveLength(2);
    expect(ask('28', two, 'refused.example.test').reply.rcode).toBe('SERVFAIL');
    expect(ask('20.10', two, 'refused.example.test').reply.rcode).toBe('REFUSED');
    expect(ask('20.10', two, 'servfail.example.test').reply.rcode).toBe('SERVFAIL');
  });

  it('DISC-28: an upstream answer that does not fit comes truncated, and whole by TCP', () => {
    const { client } = cluster();
    const udp = client.resolve('big.example.test', 'A').reply;
    expect([udp.flags.tc, udp.answers.length]).toEqual([true, 0]);
    expect(client.resolve('big.example.test', 'A', { transport: 'tcp' }).reply.answers).toHaveLength(60);
    expect(client.resolve('www.example.test', 'A', { ednsSize: 1232 }).reply.size).toBe(61);
    expect(client.resolve('example.test', 'MX', { ednsSize: 1232 }).reply.size).toBe(62);
  });

  it('DISC-29: internal networks only: known names are answered, others get nowhere', () => {
    for (const profile of both) {
      const bed = new Testbed({ profile });
      const inside = bed.task(bed.nodes[0]!, { name: 'db', vip: '10.0.1.2' }, overlay('back', { internal: true }));
      expect(addressesOf(inside, 'db')).toEqual(['10.0.1.2']);
      expect(inside.gatewayEndpoint).toBeUndefined();
      const { reply } = inside.resolve('www.example.test', 'A');
      expect(profile === '28' ? reply.rcode : reply.silent).toBe(profile === '28' ? 'SERVFAIL' : true);
      const mixed = bed.task(
        bed.nodes[0]!,
        { name: 'a', vip: '10.0.1.9' },
        overlay('in', { internal: true }),
        overlay('out'),
      );
      expect(mixed.gatewayEndpoint).toBeDefined();
      expect(mixed.resolve('www.example.test', 'A').reply.rcode).toBe('NOERROR');
    }
  });
});

describe('D: lookup order', () => {
  it('DISC-35: a final dot, service.network, dots in names, case of network names', () => {
    const { client, bed } = cluster();
    for (const name of ['web', 'web.', 'web.collabnet', 'web.collabnet.', 'WEB', 'Web.collabnet']) {
      expect(addressesOf(client, name)).toEqual(['10.0.1.2']);
    }
    for (const name of ['web.other', 'web.Collabnet', 'collabnet', 'web.1', 'swarm-1', 'localhost', '.']) {
      expect(client.resolve(name, 'A').reply.rcode).toBe('NXDOMAIN');
    }
    const dotted = overlay('net.with.dots');
    const sandbox = bed.task(bed.nodes[0]!, { name: 'a.b', vip: '10.0.9.2' }, dotted);
    expect(addressesOf(sandbox, 'a.b.net.with.dots')).toEqual(['10.0.9.2']);
  });

  it('DISC-36: links are seen inside their container only, before real names, with exact case', () => {
    const { bed, node, network, sandbox } = bridged('28', { containerName: 'c2' });
    const base = {
      driver: 'bridge',
      subnets: [],
      internal: false,
      attachable: false,
      ipv6: false,
      options: {},
      labels: {},
    };
    const linked = bed.container(node, { containerName: 'c6' });
    linked.connect({ networkID: network.id, links: { linked: 'c2', c2: 'c6' } });
    linked.activate();
    const own = linked.endpoints[0]!.address.split('/')[0]!;
    const theirs = sandbox.endpoints[0]!.address.split('/')[0]!;
    expect(addressesOf(linked, 'linked')).toEqual([theirs]);
    expect(addressesOf(linked, 'linked.br')).toEqual([theirs]);
    expect(addressesOf(linked, 'LINKED')).toEqual([]);
    expect(addressesOf(linked, 'c2')).toEqual([own]);
    expect(sandbox.resolve('linked', 'A').reply.rcode).toBe('NXDOMAIN');
    expect(linked.resolve('linked', 'A').trace).toContainEqual(
      expect.objectContaining({ hop: 'record', kind: 'link' }),
    );
    expect(node.create({ ...base, name: 'br2' }).name).toBe('br2');
  });

  it('DISC-37, DISC-38: the network whose name sorts first answers alone', () => {
    const bed = new Testbed({ nodes: 1 });
    const [aaa, bbb] = [overlay('aaa'), overlay('bbb')];
    const node = bed.nodes[0]!;
    bed.task(node, { name: 'both', id: 'one', vip: '10.1.0.2' }, bbb);
    bed.task(node, { name: 'both', id: 'two', vip: '10.2.0.2' }, aaa);
    const client = bed.task(node, { name: 'cli', vip: '10.3.0.2' }, bbb, aaa);
    expect(addressesOf(client, 'both')).toEqual(['10.2.0.2']);
    expect(addressesOf(client, 'both.bbb')).toEqual(['10.1.0.2']);
  });

  it('DISC-38: overlays of the swarm, then local networks; internal ones last; priority first', () => {
    const bed = new Testbed({ nodes: 1 });
    const node = bed.nodes[0]!;
    const base = {
      driver: 'bridge',
      subnets: [],
      internal: false,
      attachable: false,
      ipv6: false,
      options: {},
      labels: {},
    };
    const local = node.create({ ...base, name: 'aa-local' });
    const networks = [
      overlay('zz'),
      overlay('bb', { internal: true }),
      overlay('ingress', { ingress: true }),
      overlay('yy'),
    ];
    const sandbox = bed.task(node, { name: 'cli' }, ...networks);
    sandbox.connect({ networkID: local.id });
    const order = (box: typeof sandbox) =>
      box.resolve('nosuch', 'A').trace.flatMap((hop) => (hop.hop === 'resolver' ? hop.networks : []));
    expect(order(sandbox)).toEqual(['yy', 'zz', 'bb', 'ingress', 'aa-local']);
    const other = bed.container(node);
    other.connect({ networkID: networks[3]!.id, address: bed.address(networks[3]!) });
    other.connect({ networkID: networks[0]!.id, address: bed.address(networks[0]!), priority: 10 });
    expect(order(other)).toEqual(['zz', 'yy']);
  });

  it('DISC-39: ingress answers no names', () => {
    const bed = new Testbed({ nodes: 1 });
    const ingress = overlay('ingress', { ingress: true });
    const client = bed.task(bed.nodes[0]!, { name: 'pub', vip: '10.0.0.5' }, ingress, overlay('net'));
    const hidden = bed.task(bed.nodes[0]!, { name: 'hidden', vip: '10.0.0.9' }, ingress);
    expect(client.resolve('hidden', 'A').reply.rcode).toBe('NXDOMAIN');
    expect(client.resolve('hidden.ingress', 'A').reply.rcode).toBe('NXDOMAIN');
    expect(hidden.resolve('hidden', 'A').reply.rcode).toBe('NXDOMAIN');
  });

  it('DISC-40: a miss of the family goes on in later networks, but not to later candidates', () => {
    const bed = new Testbed({ nodes: 1 });
    const node = bed.nodes[0]!;
    const [four, six] = [overlay('aaa'), overlay('bbb', { ipv6: true })];
    bed.join(four, node);
    bed.join(six, node);
    const add = (network: typeof four, name: string, address: string) => {
      const sandbox = bed.container(node, { containerName: name });
      sandbox.connect({ networkID: network.id, address });
      sandbox.activate();
    };
    add(four, 'x', '10.0.1.30/16');
    add(six, 'x', 'fd00::30/64');
    add(four, 'y.bbb', '10.0.1.31/16');
    add(six, 'y', 'fd00::31/64');
    const client = bed.task(node, { name: 'cli' }, four, six);
    expect(addressesOf(client, 'x', 'AAAA')).toEqual(['fd00::30']);
    expect(client.resolve('y.bbb', 'AAAA').reply).toMatchObject({ rcode: 'NOERROR', answers: [] });
  });
});

describe('the trace', () => {
  it('TALK-8: from the container’s file to the answer, with where the record came from', () => {
    const { client, bed, webAddresses } = cluster();
    const { trace } = client.resolve('tasks.web', 'A');
    expect(trace.map((hop) => hop.hop)).toEqual([
      'ask',
      'resolv.conf',
      'socket',
      'redirect',
      'resolver',
      'candidate',
      'network',
      'record',
      'order',
      'answer',
    ]);
    expect(trace[1]).toEqual({ hop: 'resolv.conf', nameservers: ['127.0.0.11'], search: [], options: ['ndots:0'] });
    const record = trace.find((hop) => hop.hop === 'record');
    expect(record).toMatchObject({ network: 'collabnet', name: 'tasks.web', kind: 'service tasks' });
    const sources = record?.hop === 'record' ? record.records.map((one) => [one.address, one.learnedFrom]) : [];
    expect(sources).toEqual([
      [webAddresses[0], 'swarm-1'],
      [webAddresses[1], 'swarm-2'],
    ]);
    expect(bed.sim.next).toBeUndefined();
  });

  it('asking changes nothing but the order of later answers', () => {
    const times = (asked: number) => {
      const { bed, client, net } = cluster();
      for (let count = 0; count < asked; count++) client.resolve('tasks.web', 'A');
      bed.task(bed.nodes[2]!, { name: 'web', vip: '10.0.1.2' }, net);
      return bed.fabric.networkdb('swarm-3');
    };
    expect(times(7)).toEqual(times(0));
  });
});
