import { describe, expect, it } from 'vitest';
import type { DnsHop, LabDnsResponse } from '../../api';
import type { Era } from '../../network';
import { Lab } from '../testing/lab';

interface Run {
  readonly network?: string;
  readonly links?: readonly string[];
  readonly aliases?: readonly string[];
  readonly dns?: readonly string[];
  readonly search?: readonly string[];
  readonly image?: string;
}

/** A cluster of an era, and requests to it as `docker run` makes them. */
class OldLab {
  constructor(readonly lab: Lab) {}

  static async create(era: Era): Promise<OldLab> {
    return new OldLab(await Lab.create({ era }));
  }

  async network(name: string, driver = 'bridge', node = 'swarm-1'): Promise<void> {
    await this.lab.must('POST', '/networks/create', { Name: name, Driver: driver }, node);
  }

  async run(name: string, node = 'swarm-1', options: Run = {}): Promise<void> {
    const { network = 'default', links = [], aliases = [], dns = [], search = [], image = 'alpine' } = options;
    const body = {
      Image: image,
      Cmd: ['sleep', '1000000'],
      HostConfig: { NetworkMode: network, Links: links, Dns: dns, DnsSearch: search },
      NetworkingConfig: {
        EndpointsConfig: network === 'default' ? {} : { [network]: { Aliases: aliases } },
      },
    };
    await this.pull(image, node);
    await this.lab.must('POST', `/containers/create?name=${name}`, body, node);
    await this.must('POST', `/containers/${name}/start`, node);
  }

  async pull(image: string, node: string): Promise<void> {
    const answer = this.lab.live.request(node, {
      method: 'POST',
      path: `/images/create?fromImage=${image}&tag=latest`,
    });
    await this.lab.run(0);
    await this.lab.run(60);
    await answer;
  }

  async must(method: string, path: string, node = 'swarm-1'): Promise<void> {
    const { status, json } = await this.lab.askFor(30, method, path, node);
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${json?.message}`);
  }

  async file(container: string, path: string): Promise<string> {
    return (await this.lab.exec(await this.lab.container(container), ['cat', path])).output;
  }

  async dns(from: string, name: string): Promise<LabDnsResponse> {
    return this.lab.must('POST', '/lab/dns', { from, name });
  }

  async addresses(from: string, name: string): Promise<readonly string[]> {
    return (await this.dns(from, name)).reply.answers.map(({ data }) => data);
  }
}

function hop<K extends DnsHop['hop']>({ trace }: LabDnsResponse, kind: K): Extract<DnsHop, { hop: K }> {
  return trace.find((one): one is Extract<DnsHop, { hop: K }> => one.hop === kind)!;
}

describe('era 1.9: hosts files', () => {
  it('TALK-3: every hosts file holds NAME and NAME.NETWORK of all others on its networks, as they come and go', async () => {
    const old = await OldLab.create('1.9');
    await old.network('net');
    await old.run('web', 'swarm-1', { network: 'net' });
    await old.run('db', 'swarm-1', { network: 'net' });
    expect(await old.file('web', '/etc/hosts')).toContain('172.18.0.3\tdb\n172.18.0.3\tdb.net\n');
    expect(await old.file('db', '/etc/hosts')).toContain('172.18.0.2\tweb\n172.18.0.2\tweb.net\n');
    await old.must('POST', '/containers/db/stop');
    expect(await old.file('web', '/etc/hosts')).not.toContain('db');
  });

  it('TALK-3: resolv.conf is a copy of the host’s, and no server of the engine answers: drill finds no container', async () => {
    const old = await OldLab.create('1.9');
    await old.network('net');
    await old.run('web', 'swarm-1', { network: 'net' });
    await old.run('db', 'swarm-1', { network: 'net' });
    expect(await old.file('web', '/etc/resolv.conf')).not.toContain('127.0.0.11');
    const web = await old.lab.container('web');
    expect((await old.lab.exec(web, ['ping', '-c', '1', 'db'], 5)).output).toContain('1 packets received');
    expect((await old.lab.exec(web, ['nslookup', 'db'], 5)).output).not.toContain('172.18.0.3');
  });

  it('TALK-3: the trace tells which line of the file answered, and since when', async () => {
    const old = await OldLab.create('1.9');
    await old.network('net');
    await old.run('web', 'swarm-1', { network: 'net' });
    await old.run('db', 'swarm-1', { network: 'net' });
    const answer = await old.dns('web', 'db.net');
    expect(answer.trace.map((one) => one.hop)).toEqual(['ask', 'hosts-file', 'answer']);
    expect(hop(answer, 'hosts-file')).toMatchObject({
      hit: true,
      line: '172.18.0.3\tdb.net',
      stale: false,
      learnedFrom: 'swarm-1',
      since: expect.stringMatching(/^2026-/),
    });
    const missed = await old.dns('web', 'nobody');
    expect(missed.trace.map((one) => one.hop)).toEqual(['ask', 'hosts-file', 'resolv.conf', 'forward', 'answer']);
    expect(hop(missed, 'hosts-file')).toMatchObject({ hit: false, stale: false });
    const watched = await old.lab.get('/lab/dns?from=web&name=db');
    expect(watched.answers).toMatchObject([{ data: '172.18.0.3' }]);
  });

  it('TALK-3: a power cut leaves stale lines, on the node itself and on others, until they are cleaned', async () => {
    const old = await OldLab.create('1.9');
    await old.network('multi', 'overlay');
    await old.network('net', 'bridge', 'swarm-2');
    await old.run('web', 'swarm-1', { network: 'multi' });
    await old.run('db', 'swarm-2', { network: 'multi' });
    await old.run('far', 'swarm-2', { network: 'net' });
    const [address] = await old.addresses('web', 'db');
    await old.lab.must('POST', '/lab/nodes/swarm-2/power', { power: 'off' });
    await old.lab.run(60);
    await old.lab.must('POST', '/lab/nodes/swarm-2/power', { power: 'on' });
    await old.run('near', 'swarm-2', { network: 'net' });
    const near = hop(await old.dns('near', 'far'), 'hosts-file');
    expect(near).toMatchObject({ hit: true, stale: true });
    expect(near.why).toContain('docker network disconnect -f net far');
    const answer = await old.dns('web', 'db');
    expect(answer.reply.answers[0]?.data).toBe(address);
    expect(hop(answer, 'hosts-file')).toMatchObject({ stale: true, learnedFrom: 'swarm-2' });
    // One is cleaned by the container itself, the other by hand.
    await old.must('POST', '/containers/db/start', 'swarm-2');
    expect(hop(await old.dns('web', 'db'), 'hosts-file')).toMatchObject({ hit: true, stale: false });
    await old.lab.must('POST', '/networks/net/disconnect', { Container: 'far', Force: true }, 'swarm-2');
    expect(hop(await old.dns('near', 'far'), 'hosts-file')).toMatchObject({ hit: false });
  });

  it('TALK-3: a network with stale entries has active endpoints', async () => {
    const old = await OldLab.create('1.9');
    await old.network('multi', 'overlay');
    await old.run('db', 'swarm-2', { network: 'multi' });
    await old.lab.must('POST', '/lab/nodes/swarm-2/power', { power: 'off' });
    expect(await old.lab.ask('DELETE', '/networks/multi')).toMatchObject({
      status: 403,
      json: { message: 'network multi has active endpoints' },
    });
    await old.lab.must('POST', '/networks/multi/disconnect', { Container: 'db', Force: true });
    expect((await old.lab.ask('DELETE', '/networks/multi')).status).toBe(204);
  });

  it('TALK-3: links of the default bridge are lines of the file and variables; user networks have none', async () => {
    const old = await OldLab.create('1.9');
    await old.run('db', 'swarm-1', { image: 'redis' });
    await old.run('web', 'swarm-1', { links: ['db:store'] });
    expect(await old.file('web', '/etc/hosts')).toMatch(/172\.17\.0\.2\tstore \w+ db\n/);
    const { output } = await old.lab.exec(await old.lab.container('web'), ['env']);
    expect(output).toContain('STORE_NAME=/web/store\n');
    expect(output).toContain('STORE_PORT=tcp://172.17.0.2:6379\n');
    expect(output).toContain('STORE_PORT_6379_TCP_ADDR=172.17.0.2\n');
    await old.network('net');
    await expect(old.run('other', 'swarm-1', { network: 'net', links: ['db:store'] })).rejects.toThrow(
      "400 conflicting options: --net=<NETWORK> can't be used with links",
    );
  });
});

describe('era 1.10: embedded DNS and a key-value store', () => {
  it('TALK-4, DISC-1, DISC-36: names, --network-alias, --link, --dns and --dns-search work by the embedded DNS', async () => {
    const old = await OldLab.create('1.10');
    await old.network('net');
    await old.run('db', 'swarm-1', { network: 'net', aliases: ['database'] });
    await old.run('web', 'swarm-1', {
      network: 'net',
      links: ['db:store'],
      dns: ['203.0.113.53'],
      search: ['example.test'],
    });
    for (const name of ['db', 'db.net', 'database', 'store']) {
      expect(await old.addresses('web', name), name).toEqual(['172.18.0.2']);
    }
    expect(await old.file('web', '/etc/resolv.conf')).toBe(
      'search example.test\nnameserver 127.0.0.11\noptions ndots:0\n',
    );
    expect(await old.file('web', '/etc/hosts')).not.toContain('db');
    const answer = await old.dns('web', 'store');
    expect(hop(answer, 'hosts-file')).toMatchObject({ hit: false });
    expect(hop(answer, 'record')).toMatchObject({ kind: 'link' });
    expect(hop(await old.dns('web', 'nobody.'), 'resolver').forwarders).toEqual(['203.0.113.53']);
  });

  it('TALK-4: an overlay of the store is known on all nodes, with scope global, and its names and packets go across', async () => {
    const old = await OldLab.create('1.10');
    await old.network('multi', 'overlay');
    expect(await old.lab.get('/networks/multi', 'swarm-3')).toMatchObject({ Scope: 'global', Driver: 'overlay' });
    await old.run('web', 'swarm-1', { network: 'multi' });
    await old.run('db', 'swarm-2', { network: 'multi' });
    expect(await old.addresses('web', 'db')).toEqual(['10.0.0.3']);
    const answer = await old.dns('web', 'db');
    expect(hop(answer, 'key-value store')).toMatchObject({
      store: 'consul://192.168.99.100:8500',
      running: true,
      stored: true,
    });
    const web = await old.lab.container('web');
    expect((await old.lab.exec(web, ['ping', '-c', '1', 'db'], 5)).output).toContain('1 packets received');
    expect((await old.lab.ask('DELETE', '/networks/multi', undefined, 'swarm-3')).status).toBe(403);
  });

  it('TALK-4: with the store stopped new names stay on their node, old ones stay everywhere, and no overlay is made', async () => {
    const old = await OldLab.create('1.10');
    await old.network('multi', 'overlay');
    await old.run('web', 'swarm-1', { network: 'multi' });
    await old.run('db', 'swarm-2', { network: 'multi' });
    await old.run('gone', 'swarm-2', { network: 'multi' });
    const fault = await old.lab.must('POST', '/lab/faults', { kind: 'key-value store down' });
    await old.run('fresh', 'swarm-2', { network: 'multi' });
    await old.must('POST', '/containers/gone/stop', 'swarm-2');
    expect(await old.addresses('db', 'fresh')).toEqual(['10.0.0.5']);
    expect(await old.addresses('web', 'fresh')).toEqual([]);
    expect(await old.addresses('web', 'db')).toEqual(['10.0.0.3']);
    expect(await old.addresses('web', 'gone')).toEqual(['10.0.0.4']);
    const store = hop(await old.dns('web', 'fresh'), 'key-value store');
    expect(store).toMatchObject({ running: false, stored: false, waiting: { node: 'swarm-2' } });
    expect(store.why).toContain('could not write it into the store, so swarm-1 was never told');
    expect(await old.lab.ask('POST', '/networks/create', { Name: 'more', Driver: 'overlay' })).toMatchObject({
      status: 500,
      json: { message: expect.stringContaining('dial tcp 192.168.99.100:8500: connection refused') },
    });
    await old.lab.must('DELETE', `/lab/faults/${fault.id}`);
    expect(await old.addresses('web', 'fresh')).toEqual(['10.0.0.5']);
    expect(await old.addresses('web', 'gone')).toEqual([]);
    await old.network('more', 'overlay');
  });

  it('TALK-4: a node whose cable is pulled does not reach the store', async () => {
    const old = await OldLab.create('1.10');
    await old.network('multi', 'overlay');
    await old.run('web', 'swarm-1', { network: 'multi' });
    const fault = await old.lab.must('POST', '/lab/faults', { kind: 'cut', node: 'swarm-1' });
    await old.run('db', 'swarm-2', { network: 'multi' });
    expect(hop(await old.dns('web', 'db'), 'key-value store')).toMatchObject({ reachable: false, stored: true });
    expect(await old.addresses('web', 'db')).toEqual([]);
    await old.lab.must('DELETE', `/lab/faults/${fault.id}`);
    expect(await old.addresses('web', 'db')).toEqual(['10.0.0.3']);
  });
});

describe('eras', () => {
  it.each(['1.9', '1.10'] as const)('TALK-4: an engine of %s has a cluster store and knows no swarms', async (era) => {
    const { lab } = await OldLab.create(era);
    const { ClusterStore, Swarm } = await lab.get('/info');
    expect(ClusterStore).toBe('consul://192.168.99.100:8500');
    expect(Swarm.LocalNodeState).toBe('inactive');
    for (const path of ['/swarm', '/services', '/nodes', '/tasks', '/secrets', '/configs/x']) {
      expect(await lab.ask('GET', path)).toMatchObject({ status: 404, json: { message: 'page not found' } });
    }
    expect((await lab.ask('POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377' })).status).toBe(404);
  });

  it('TALK-5: swarm mode needs no store, and its traces speak of none', async () => {
    const lab = await Lab.create();
    expect((await lab.get('/info')).ClusterStore).toBeUndefined();
    expect(await lab.ask('POST', '/lab/faults', { kind: 'key-value store down' })).toMatchObject({ status: 400 });
    const old = new OldLab(lab);
    await old.network('net');
    await old.run('web', 'swarm-1', { network: 'net' });
    expect((await old.dns('web', 'web')).trace.map((one) => one.hop)).not.toContain('hosts-file');
  });

  it('TALK-5: a power cut leaves no names behind on a node’s own networks', async () => {
    const old = await OldLab.create('1.12');
    await old.network('net', 'bridge', 'swarm-2');
    await old.run('db', 'swarm-2', { network: 'net' });
    await old.lab.must('POST', '/lab/nodes/swarm-2/power', { power: 'off' });
    await old.lab.must('POST', '/lab/nodes/swarm-2/power', { power: 'on' });
    await old.run('web', 'swarm-2', { network: 'net' });
    expect(await old.addresses('web', 'db')).toEqual([]);
  });

  it('TALK-3: a cluster that starts over keeps its era', async () => {
    const { lab } = await OldLab.create('1.9');
    await lab.live.reset('swarm3');
    expect((await lab.ask('GET', '/nodes')).status).toBe(404);
  });
});
