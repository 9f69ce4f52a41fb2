import { describe, expect, it } from 'vitest';
import type { DnsHop, ProfileName } from '../../api';
import { second } from '../../sim';
import { Testbed } from '../testbed';
import { maxOutstanding, Outstanding } from './outstanding';
import { Upstream } from './upstream';

const bridge = {
  driver: 'bridge',
  subnets: [],
  internal: false,
  attachable: false,
  ipv6: false,
  options: {},
  labels: {},
};

/** A container on a bridge with given servers, and the upstream that stands at two addresses. */
function place(profile: ProfileName, dns: readonly string[] = ['192.168.99.1']) {
  const upstream = new Upstream(['192.168.99.1', '10.9.9.9']);
  const bed = new Testbed({ profile, nodes: 1, fabric: { upstream } });
  const network = bed.nodes[0]!.create({ ...bridge, name: 'br' });
  const sandbox = bed.container(bed.nodes[0]!, { dns });
  sandbox.connect({ networkID: network.id });
  sandbox.activate();
  const ask = (name: string, type = 'A') => sandbox.resolve(name, type);
  return { bed, upstream, sandbox, ask };
}

function forwardHop(trace: readonly DnsHop[]) {
  const hop = trace.find((one) => one.hop === 'forward');
  if (hop?.hop !== 'forward') throw new Error('nothing was forwarded');
  return hop;
}

describe('time that forwarding takes', () => {
  it('DISC-25: four seconds for each server that does not answer, and none for one that is not there', () => {
    const { ask, upstream } = place('28', ['1.1.1.1', '192.168.99.1']);
    const { trace } = ask('www.example.test');
    expect(forwardHop(trace)).toMatchObject({ outcome: 'NOERROR', tookMilliseconds: 4_000 });
    expect(forwardHop(trace).attempts?.map((one) => one.outcome)).toEqual(['silent', 'NOERROR']);
    upstream.mode = 'off';
    expect(forwardHop(ask('www.example.test').trace)).toMatchObject({ outcome: 'silence', tookMilliseconds: 0 });
    upstream.mode = 'silent';
    expect(forwardHop(ask('www.example.test').trace)).toMatchObject({ outcome: 'silence', tookMilliseconds: 8_000 });
  });

  it('DISC-25: an answer that comes later than that counts for nothing', () => {
    const { ask, upstream } = place('28');
    upstream.latency = 3 * second;
    expect(ask('www.example.test').reply.rcode).toBe('NOERROR');
    upstream.latency = 5 * second;
    expect(ask('www.example.test').reply.rcode).toBe('SERVFAIL');
  });
});

describe('questions under way', () => {
  /** Fills all places with questions that take four seconds. */
  const crowded = (profile: ProfileName, dns?: readonly string[]) => {
    const all = place(profile, dns);
    for (let count = 0; count < maxOutstanding; count++) all.ask('slow.example.test');
    return all;
  };

  it('DISC-26: with 1024 under way 28 waits for a place, up to four seconds', () => {
    const { ask, bed } = crowded('28');
    bed.settle(second);
    const { reply, trace } = ask('www.example.test');
    expect([reply.rcode, forwardHop(trace).tookMilliseconds]).toEqual(['NOERROR', 3_000]);
    bed.settle(3 * second);
    expect(forwardHop(ask('www.example.test').trace).tookMilliseconds).toBe(0);
  });

  it('DISC-26: and says REFUSED when none gets through in that time', () => {
    const { ask, bed } = crowded('28', ['1.1.1.1', '192.168.99.1']);
    // Each of them waits for two servers.
    expect(ask('slow.example.test').reply.rcode).toBe('REFUSED');
    expect(ask('www.example.test').reply.rcode).toBe('REFUSED');
    bed.settle(5 * second);
    expect(ask('www.example.test').reply.rcode).toBe('NOERROR');
  });

  it('DISC-26: 20.10 passes over to the next server, and in the end says nothing', () => {
    const { ask, bed } = crowded('20.10', ['192.168.99.1', '10.9.9.9']);
    const { reply, trace } = ask('www.example.test');
    expect(reply.silent).toBe(true);
    expect(forwardHop(trace).attempts?.map((one) => one.outcome)).toEqual(['skipped', 'skipped']);
    bed.settle(9 * second);
    expect(ask('www.example.test').reply.rcode).toBe('NOERROR');
  });

  it('DISC-26: local names are answered all the same, and other containers have places of their own', () => {
    const { sandbox, ask } = crowded('28', ['1.1.1.1', '2.2.2.2', '192.168.99.1']);
    expect(ask(sandbox.containerID.slice(0, 12)).reply.rcode).toBe('NOERROR');
    expect(ask('nosuch').reply.rcode).toBe('REFUSED');
    expect(place('28').ask('nosuch').reply.rcode).toBe('NXDOMAIN');
    // Those who leave no mark do not find the places taken.
    expect(sandbox.lookup('www.example.test.', 'A').rcode).toBe('NOERROR');
  });

  it('DISC-26: places free up in the order of their ends, not of their beginnings', () => {
    const places = new Outstanding();
    for (let count = 0; count < maxOutstanding; count++) places.add(2_000 - count);
    expect(places.roomAt(0)).toBe(2_000 - maxOutstanding + 1);
    expect(places.count(1_500)).toBe(500);
    expect(places.roomAt(1_500)).toBe(1_500);
  });
});

describe('the upstream’s zone', () => {
  const zone = () => {
    const all = place('20.10', ['192.168.99.1', '10.9.9.9']);
    all.upstream.setNames(
      new Map([
        ['alias.test.', [{ type: 'CNAME', ttl: 60, data: 'real.deep.test.' }]],
        ['real.deep.test.', [{ type: 'A', ttl: 30, data: '203.0.113.7' }]],
        ['loop.test.', [{ type: 'CNAME', ttl: 60, data: 'loop.test.' }]],
      ]),
    );
    return all;
  };

  it('DISC-21: names that are in it, names that only lead to others, and NXDOMAIN for the rest', () => {
    const { ask } = zone();
    expect(ask('REAL.deep.test').reply.answers).toEqual([
      { name: 'REAL.deep.test.', type: 'A', ttl: 30, data: '203.0.113.7' },
    ]);
    expect(ask('deep.test').reply).toMatchObject({ rcode: 'NOERROR', answers: [] });
    expect(ask('www.example.test').reply.rcode).toBe('NXDOMAIN');
    expect(ask('real.deep.test', 'ANY').reply.answers).toHaveLength(1);
  });

  it('follows aliases, but not for ever', () => {
    const { ask } = zone();
    expect(ask('alias.test').reply.answers.map((one) => one.type)).toEqual(['CNAME', 'A']);
    expect(ask('alias.test', 'CNAME').reply.answers).toHaveLength(1);
    expect(ask('loop.test').reply.rcode).toBe('NOERROR');
  });

  it('DISC-27: 20.10 believes NXDOMAIN at once from a server that has authority', () => {
    const { ask, upstream } = zone();
    expect(forwardHop(ask('nosuch').trace).attempts).toHaveLength(2);
    upstream.authoritative = true;
    expect(forwardHop(ask('nosuch').trace).attempts).toHaveLength(1);
  });
});

describe('the trace', () => {
  it('DISC-38, DISC-25: tells why networks have their places and who would have been asked', () => {
    const { ask, sandbox } = place('28', ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4']);
    const resolver = ask(sandbox.containerID.slice(0, 12)).trace.find((hop) => hop.hop === 'resolver');
    expect(resolver).toMatchObject({
      places: ["this node's own network, after overlays; then by name"],
      forwarders: ['1.1.1.1', '2.2.2.2', '3.3.3.3'],
    });
  });
});
