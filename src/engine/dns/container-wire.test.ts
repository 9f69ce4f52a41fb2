import packet from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../api';
import type { Sandbox } from '../../network/libnetwork';
import { overlay, Testbed } from '../../network/testbed';
import { Random } from '../../sim';
import type { DnsTransport } from './container-wire';
import { ContainerWire } from './container-wire';
import { readMessage } from './read-message';
import { recorded } from './testing/recorded';

const bridge = { driver: 'bridge', internal: false, attachable: false, ipv6: false, options: {}, labels: {} };

/** A wire on one sandbox of a testbed; it is asked at the testbed's time. */
function wireOf(bed: Testbed, sandbox: Sandbox | undefined, network?: string) {
  const state = { executed: -1, touches: 0, seen: -1, sandbox };
  const wire = new ContainerWire({
    catchUp: () => true,
    now: () => bed.sim.now,
    changed: () => {
      const same = state.executed === bed.sim.executed && state.seen === state.touches;
      state.executed = bed.sim.executed;
      state.seen = state.touches;
      return !same;
    },
    sandbox: () => state.sandbox,
    network,
    random: new Random(7),
    allocate: (size) => new Uint8Array(size),
  });
  return { wire, touch: () => state.touches++, state };
}

/** The container of the recordings and its neighbour, on one bridge. */
function recordedPlace(profile: ProfileName = '20.10') {
  const bed = new Testbed({ profile, nodes: 1 });
  const node = bed.nodes[0]!;
  const network = node.create({ ...bridge, name: 'dw-br', subnets: [{ subnet: '172.19.0.0/16' }] });
  const [asking] = ['dw-bc', 'dw-bc2'].map((containerName) => {
    const sandbox = bed.container(node, { containerName });
    sandbox.connect({ networkID: network.id, aliases: ['dwa'] });
    sandbox.activate();
    return sandbox;
  });
  return { bed, network, asking: asking!, ...wireOf(bed, asking) };
}

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (message: Uint8Array | undefined) => message && Buffer.from(message).toString('hex');

function query(name: string, type = 'A', change: { edns?: number; flags?: number; id?: number } = {}): Uint8Array {
  return packet.encode({
    type: 'query',
    id: change.id ?? 4_711,
    flags: change.flags ?? packet.RECURSION_DESIRED,
    questions: [{ name, type: type as 'A' }],
    ...(change.edns !== undefined && {
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: change.edns,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [],
        },
      ],
    }),
  });
}

function decode(message: Uint8Array | undefined) {
  const decoded = packet.decode(Buffer.from(message!));
  const { answers = [], authorities = [], additionals = [], questions = [] } = decoded;
  return {
    ...decoded,
    answers,
    authorities,
    additionals,
    questions,
    data: answers.map((one) => 'data' in one && one.data),
  };
}

/** As a client sees it: quickly where that is possible. */
function ask(wire: ContainerWire, message: Uint8Array, transport: DnsTransport = 'udp') {
  return (transport === 'udp' ? wire.quick(message) : undefined) ?? wire.answer(message, transport).message;
}

describe('recorded messages', () => {
  it.each(recorded)('DISC-10, DISC-11, DISC-15, DISC-21: %s', (_what, message, reply) => {
    const { wire } = recordedPlace();
    expect(hex(wire.answer(bytes(message), 'udp').message)).toBe(reply);
    // Asked again, the prepared answer is the same.
    expect(hex(ask(wire, bytes(message)))).toBe(reply);
  });

  it('28 fails loudly where 20.10 is silent', () => {
    const { wire, bed } = recordedPlace('28');
    bed.fabric.upstream.on = false;
    expect(hex(ask(wire, query('nosuch')))).toBe('12678102000100000000000006' + '6e6f737563680000010001');
    const old = recordedPlace('20.10');
    old.bed.fabric.upstream.on = false;
    expect(ask(old.wire, query('nosuch'))).toBeUndefined();
  });
});

describe('local answers', () => {
  it('DISC-11: each owner is the name as it was asked, uncompressed, quickly as well', () => {
    const { wire } = recordedPlace();
    for (const name of ['dwa', 'DwA', 'DWA', 'dwa.dw-br']) {
      const slow = decode(wire.answer(query(name), 'udp').message);
      const quick = decode(wire.quick(query(name)));
      for (const { answers, questions } of [slow, quick]) {
        expect(questions[0]!.name).toBe(name);
        expect(answers.map((one) => [one.name, 'ttl' in one && one.ttl])).toEqual([
          [name, 600],
          [name, 600],
        ]);
      }
      expect(quick.data.sort()).toEqual(['172.19.0.2', '172.19.0.3']);
    }
  });

  it('DISC-12: every order comes up about equally often, by UDP and TCP', () => {
    const { wire } = recordedPlace();
    for (const transport of ['udp', 'tcp'] as const) {
      let first = 0;
      for (let count = 0; count < 400; count++) {
        if (decode(ask(wire, query('dwa'), transport)).data[0] === '172.19.0.2') first++;
      }
      expect(first).toBeGreaterThan(150);
      expect(first).toBeLessThan(250);
    }
  });

  it('DISC-12: three addresses come in each of their six orders', () => {
    const { wire, bed, network } = recordedPlace();
    const third = bed.container(bed.nodes[0]!);
    third.connect({ networkID: network.id, aliases: ['dwa'] });
    third.activate();
    const orders = new Map<string, number>();
    for (let count = 0; count < 1_200; count++) {
      const order = decode(ask(wire, query('dwa'))).data.join();
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    expect(Math.min(...orders.values())).toBeGreaterThan(140);
  });

  it('DISC-18: as many whole records as fit, with TC; EDNS carries more, TCP all; quickly as well', () => {
    const bed = new Testbed({ nodes: 1 });
    const net = overlay('net');
    const tasks = Array.from({ length: 30 }, () => bed.task(bed.nodes[0]!, { name: 'big' }, net));
    const { wire } = wireOf(bed, tasks[0]);
    for (let round = 0; round < 2; round++) {
      const plain = ask(wire, query('big'))!;
      expect([plain.length, decode(plain).answers.length, decode(plain).flag_tc]).toEqual([496, 25, true]);
      const small = ask(wire, query('big', 'A', { edns: 100 }))!;
      expect(small.length).toBe(496);
      const edns = decode(ask(wire, query('big', 'A', { edns: 1232 })));
      expect([edns.answers.length, edns.flag_tc, edns.additionals.length]).toEqual([30, false, 0]);
    }
    const whole = decode(ask(wire, query('big'), 'tcp'));
    expect([whole.answers.length, whole.flag_tc]).toEqual([30, false]);
    expect(new Set(whole.data).size).toBe(30);
  });

  it('DISC-28: what an upstream says is compressed, and has TC and no records when it does not fit', () => {
    const { wire } = recordedPlace();
    const plain = ask(wire, query('big.example.test'))!;
    expect([plain.length, decode(plain).flag_tc]).toEqual([34, true]);
    expect(decode(ask(wire, query('big.example.test'), 'tcp')).answers).toHaveLength(60);
    const edns = decode(ask(wire, query('big.example.test', 'A', { edns: 1_232 })));
    expect([edns.answers.length, edns.additionals.length]).toEqual([60, 1]);
  });

  it('DISC-27: an upstream that speaks with authority is passed on as such', () => {
    const { wire, bed } = recordedPlace();
    bed.fabric.upstream.authoritative = true;
    expect(decode(ask(wire, query('example.test'))).flag_aa).toBe(true);
    expect(decode(ask(wire, query('dwa'))).flag_aa).toBe(false);
  });

  it('keeps to one network when told so', () => {
    const bed = new Testbed({ nodes: 1 });
    const [aaa, bbb] = [overlay('aaa'), overlay('bbb')];
    bed.task(bed.nodes[0]!, { name: 'web', vip: '10.1.0.2' }, aaa);
    bed.task(bed.nodes[0]!, { name: 'web', id: 'other', vip: '10.2.0.2' }, bbb);
    const client = bed.task(bed.nodes[0]!, { name: 'cli' }, aaa, bbb);
    for (const [network, address] of [
      [undefined, '10.1.0.2'],
      ['bbb', '10.2.0.2'],
    ] as const) {
      const { wire } = wireOf(bed, client, network);
      for (let round = 0; round < 2; round++) expect(decode(ask(wire, query('web'))).data).toEqual([address]);
    }
  });

  it('says REFUSED while there is no container', () => {
    const { wire, state, touch } = recordedPlace();
    ask(wire, query('dwa'));
    state.sandbox = undefined;
    touch();
    expect(decode(ask(wire, query('dwa')))).toMatchObject({ rcode: 'REFUSED', answers: [] });
  });
});

describe('what is kept ready', () => {
  it('DISC-60, DISC-61, DISC-62: is the truth at every moment, on a node that hears of it by gossip', () => {
    const bed = new Testbed();
    const net = overlay('net');
    const client = bed.task(bed.nodes[0]!, { name: 'cli', vip: '10.9.0.2' }, net);
    const { wire, touch } = wireOf(bed, client);
    const tasks: Sandbox[] = [];
    const same = () => {
      for (const name of ['web', 'tasks.web', 'cli', 'nosuch']) {
        const expected = client
          .resolve(name, 'A')
          .reply.answers.map((one) => one.data)
          .sort();
        expect(decode(ask(wire, query(name))).data.sort()).toEqual(expected);
      }
    };
    let seen = 0;
    for (let step = 0; step < 400; step++) {
      if (step % 20 === 10) tasks.push(bed.task(bed.nodes[1 + (step % 2)]!, { name: 'web', vip: '10.9.0.7' }, net));
      if (step % 40 === 30) tasks.shift()?.deactivate();
      if (step % 80 === 35) tasks.shift()?.close();
      if (step % 200 === 100) bed.fabric.cut('swarm-2');
      if (step % 200 === 150) bed.fabric.heal();
      if (step % 10 === 5 || step % 10 === 0) touch();
      same();
      bed.settle(step % 5 === 0 ? 3_000_000 : 20_000);
      same();
      seen = Math.max(seen, decode(ask(wire, query('tasks.web'))).data.length);
    }
    expect(seen).toBeGreaterThan(1);
  });

  it('asking by the wire changes nothing in the simulation, not even the order of answers inside', () => {
    const inside = (asked: number) => {
      const { wire, asking, bed } = recordedPlace();
      for (let count = 0; count < asked; count++) {
        ask(wire, query('dwa'));
        ask(wire, query('www.example.test'));
      }
      const replies = Array.from({ length: 20 }, () => asking.resolve('dwa', 'A').reply);
      return { replies, executed: bed.sim.executed, next: bed.sim.next };
    };
    expect(inside(50)).toEqual(inside(0));
  });

  it('takes no more memory for names than its bound, whatever is asked', () => {
    const { wire } = recordedPlace();
    for (let klass = 0; klass < 9_000; klass++) {
      const message = query('dwa');
      message[message.length - 2] = klass >> 8;
      message[message.length - 1] = klass & 0xff;
      expect(decode(ask(wire, message)).answers).toHaveLength(2);
    }
  });
});

describe('hostile messages', () => {
  const place = recordedPlace();
  const answer = (message: Uint8Array) => {
    const quick = place.wire.quick(message);
    for (const transport of ['udp', 'tcp'] as const) {
      const reply = place.wire.answer(message, transport).message;
      if (!reply) continue;
      expect(Buffer.from(reply.subarray(0, 2))).toEqual(Buffer.from(message.subarray(0, 2)));
      expect(reply[2]! & 0x80).toBe(0x80);
      expect(reply.length).toBeLessThanOrEqual(65_535);
    }
    if (quick) expect(place.wire.answer(message, 'udp').message?.length).toBe(quick.length);
  };

  it('any octets are answered or not, and nothing breaks', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), answer), { numRuns: 3_000 });
  });

  it('any octets behind the header of a question', () => {
    const header = fc.tuple(fc.constantFrom(0, 1, 1, 1, 2), fc.nat(2), fc.nat(2), fc.nat(3));
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 300 }), ([questions, answers, authorities, additionals], rest) => {
        const head = [18, 52, 1, 0, 0, questions, 0, answers, 0, authorities, 0, additionals];
        answer(Uint8Array.from([...head, ...rest]));
      }),
      { numRuns: 3_000 },
    );
  });

  it('good messages with octets changed, cut off or put in', () => {
    const seeds = [...recorded.map(([, message]) => bytes(message)), query('dwa', 'A', { edns: 1_232 })];
    const change = fc.tuple(fc.nat(80), fc.nat(255), fc.constantFrom('set', 'cut', 'insert'));
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 6 }), (seed, changes) => {
        let message = [...seed];
        for (const [at, octet, how] of changes) {
          if (how === 'cut') message = message.slice(0, at);
          else message.splice(at % (message.length + 1), how === 'set' ? 1 : 0, octet);
        }
        answer(Uint8Array.from(message));
      }),
      { numRuns: 5_000 },
    );
  });

  it('pointers that go round in circles, or on and on, end in FORMERR', () => {
    const head = [18, 52, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const circles = [
      [0xc0, 12],
      [0xc0, 14, 0xc0, 12],
      [1, 97, 0xc0, 12],
      Array.from({ length: 300 }, (_, index) => [0xc0 + ((14 + index * 2) >> 8), (14 + index * 2) & 0xff]).flat(),
    ];
    for (const circle of circles) {
      const read = readMessage(Uint8Array.from([...head, ...circle, 0, 1, 0, 1]));
      expect(read).toEqual({ kind: 'refuse', rcode: 'FORMERR', question: undefined });
    }
  });
});
