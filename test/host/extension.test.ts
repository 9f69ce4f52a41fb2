import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DnsReply, Service, ServiceSpec, Task } from '../../src/api';
import { openSimulation } from '../../src/client/simulation';
import type { RowTexts, SwarmscopeApi } from '../../src/extension/app';
import type { Answer } from '../../src/extension/dns/protocol';

const run = <T>(command: string, argument: unknown = {}): Promise<T> =>
  Promise.resolve(vscode.commands.executeCommand<T>(`swarmscope.${command}`, argument));

const hostTimers = {
  now: () => Math.floor(performance.now() * 1_000),
  schedule(milliseconds: number, act: () => void) {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
  drain: () => new Promise<void>((done) => setImmediate(done)),
};

let api: SwarmscopeApi;

/** Asks again until `probe` gives something true. */
async function until<T>(what: string, probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < end, `waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const rows = (view: 'nodes' | 'services' | 'networks'): RowTexts[] => api.rows(view);
const row = (view: 'nodes' | 'services' | 'networks', label: string): RowTexts | undefined =>
  rows(view).find((candidate) => candidate.label === label);
const service = (name: string): Promise<Service> => api.client.services.inspect(name);
const runningTasks = async (name: string): Promise<Task[]> =>
  (await api.client.tasks.list({ service: [name], 'desired-state': ['running'] })).filter(
    (task) => task.Status.State === 'running',
  );

describe('the extension', function () {
  this.timeout(120_000);

  before(async () => {
    const extension = vscode.extensions.getExtension<SwarmscopeApi>('swarmscope.swarmscope');
    assert.ok(extension, 'the extension is there');
    api = await extension.activate();
    await api.ready;
    await run('startOver');
    await run('setSpeed', { speed: 50 });
  });

  it('TALK-13: begins with swarm-1, a manager, and swarm-2 and swarm-3', async () => {
    await until('three nodes', () => rows('nodes').length === 3);
    assert.deepEqual(
      rows('nodes').map((node) => node.label),
      ['swarm-1', 'swarm-2', 'swarm-3'],
    );
    assert.match(row('nodes', 'swarm-1')?.context ?? '', / node manager active ready leader /);
    assert.match(row('nodes', 'swarm-2')?.context ?? '', / node worker active ready /);
    assert.ok(row('networks', 'ingress'));
  });

  it('TALK-9: an overlay network with a subnet and encryption; without a prefix length Docker refuses it', async () => {
    await assert.rejects(
      run('createNetwork', { name: 'collabnet', subnet: '10.0.3.0', encrypted: true }),
      /[Ii]nvalid subnet 10\.0\.3\.0/,
    );
    await run('createNetwork', { name: 'collabnet', subnet: '10.0.3.0/24', encrypted: true });
    const shown = await until('collabnet', () => row('networks', 'collabnet'));
    assert.match(shown.description, /overlay · 10\.0\.3\.0\/24 · encrypted/);
  });

  it('TALK-10: a DNSRR service has no VIP, and refuses ports of the routing mesh', async () => {
    await assert.rejects(
      run('createService', {
        name: 'rr',
        image: 'nginx',
        endpointMode: 'dnsrr',
        publish: '80:80',
        networks: ['collabnet'],
      }),
      /port published with ingress mode can't be used with dnsrr mode/,
    );
    await run('createService', {
      name: 'wordpressapp',
      image: 'nginx',
      endpointMode: 'dnsrr',
      replicas: 5,
      networks: ['collabnet'],
      wait: true,
    });
    assert.equal((await service('wordpressapp')).Endpoint.VirtualIPs, undefined);
    await run('removeService', { service: 'wordpressapp' });
    await until('the service to go', () => !row('services', 'wordpressapp'));
  });

  it('TALK-10, TALK-11: a published service has a VIP on each network, ingress first', async () => {
    await run('createService', {
      name: 'wordpressapp',
      image: 'nginx',
      replicas: 5,
      publish: ['80:80/tcp'],
      networks: ['collabnet'],
      wait: true,
    });
    const { Endpoint } = await service('wordpressapp');
    const [ingress, collabnet] = Endpoint.VirtualIPs ?? [];
    assert.match(ingress?.Addr ?? '', /^10\.0\.0\.\d+\/24$/);
    assert.match(collabnet?.Addr ?? '', /^10\.0\.3\.\d+\/24$/);
    const shown = await until('5/5', () => {
      const found = row('services', 'wordpressapp');
      return found?.description.startsWith('5/5') && found;
    });
    assert.match(shown.description, /nginx:latest|nginx/);
    assert.match(shown.description, /\*:80->80\/tcp/);
    assert.equal(shown.children.filter((child) => child.label.startsWith('wordpressapp.')).length, 5);
    assert.match(shown.tooltip, /VIP on ingress/);
    const attached = row('networks', 'collabnet')?.children.find((child) => child.label === 'wordpressapp');
    assert.equal(attached?.description, `VIP ${collabnet?.Addr}`);
    await until('the addresses of its tasks', () => {
      const found = row('networks', 'collabnet')?.children.find((child) => child.label === 'wordpressapp');
      return (
        found?.children.length === 5 && found.children.every((child) => /^10\.0\.3\.\d+\/24/.test(child.description))
      );
    });
    await assert.rejects(
      run('createService', { name: 'other', image: 'nginx', publish: '80:80' }),
      /port '80' is already in use by service 'wordpressapp' \(\w+\) as an ingress port/,
    );
  });

  it('TALK-14: two networks, the database behind go-demo, go-demo on both', async () => {
    await run('createNetwork', { name: 'proxy' });
    await run('createNetwork', { name: 'go-demo' });
    await run('createService', {
      name: 'go-demo-db',
      image: 'mongo',
      networks: ['go-demo'],
      reserveMemory: '100m',
      wait: true,
    });
    await run('createService', {
      name: 'go-demo',
      image: 'vfarcic/go-demo',
      env: ['DB=go-demo-db'],
      networks: ['go-demo', 'proxy'],
      reserveMemory: '50m',
      wait: true,
    });
    const { Spec, Endpoint } = await service('go-demo');
    assert.deepEqual(Spec.TaskTemplate.ContainerSpec?.Env, ['DB=go-demo-db']);
    assert.equal(Spec.TaskTemplate.Resources?.Reservations?.MemoryBytes, 50 * 2 ** 20);
    assert.equal(Endpoint.VirtualIPs?.length, 2);
  });

  it('TALK-15: a global util; from its container on each node the names answer with the virtual IP', async () => {
    await run('createService', {
      name: 'util',
      image: 'alpine',
      mode: 'global',
      networks: ['go-demo', 'proxy'],
      args: ['sleep', '1000000000'],
      wait: true,
    });
    const tasks = await until('three util tasks', async () => {
      const found = await runningTasks('util');
      return found.length === 3 && found;
    });
    const goDemo = await service('go-demo');
    const vips = goDemo.Endpoint.VirtualIPs?.map(({ Addr }) => Addr?.split('/')[0]);
    for (const task of tasks) {
      const from = task.Status.ContainerStatus?.ContainerID;
      const ask = (name: string) => run<Answer & { replies: DnsReply[] }>('askDns', { from, name });
      const answer = await until('go-demo in the names of the node', async () => {
        const asked = await ask('go-demo');
        return asked.outcome === 'NOERROR' && asked;
      });
      const [address] = answer.replies[0]?.answers ?? [];
      assert.ok(vips?.includes(address?.data), `${address?.data} is a virtual IP`);
      assert.match(answer.text, /status: NOERROR[\s\S]*go-demo\.\s+600\s+IN\s+A/);
      assert.ok(answer.trace.some((line) => line.detail.includes('127.0.0.11')));
      const backends = (await ask('tasks.go-demo')).replies[0]?.answers.map(({ data }) => data);
      assert.equal(backends?.includes(String(address?.data)), false, 'and no container’s address');
      assert.equal((await ask('wordpressapp')).outcome, 'NXDOMAIN', 'no network in common');
    }
  });

  it('TALK-16: scales go-demo to 5', async () => {
    assert.deepEqual(await run('scaleService', { service: 'go-demo', replicas: 5, wait: true }), {
      service: (await service('go-demo')).ID,
      replicas: 5,
    });
    assert.equal((await runningTasks('go-demo')).length, 5);
    assert.equal((await service('go-demo')).UpdateStatus, undefined, 'scaling is no update');
    await until('5/5 in the tree', () => row('services', 'go-demo')?.description.startsWith('5/5'));
    await assert.rejects(run('scaleService', { service: 'go-demo', replicas: -1 }), /must be non-negative/);
    await assert.rejects(run('scaleService', { service: 'nosuch', replicas: 1 }), /service nosuch not found/);
  });

  it('TALK-18: a rolling upgrade with a delay replaces the tasks; what was goes into history', async () => {
    await run('updateImage', { service: 'go-demo', image: 'vfarcic/go-demo:1.1', updateDelay: '5s' });
    const done = await until('the update to complete', async () => {
      const now = await service('go-demo');
      return now.UpdateStatus?.State === 'completed' && now;
    });
    assert.equal(done.Spec.UpdateConfig?.Delay, 5e9);
    assert.match(done.Spec.TaskTemplate.ContainerSpec?.Image ?? '', /^vfarcic\/go-demo:1\.1/);
    const shown = await until('history', () =>
      row('services', 'go-demo')?.children.find((child) => child.label === 'History'),
    );
    // One for each slot at least: a task that failed before its database was there is history too.
    const slots = new Set(shown.children.map((child) => child.label));
    assert.equal(slots.size, 5, JSON.stringify(shown.children.map((child) => [child.label, child.description])));
    await run('rollbackService', { service: 'go-demo' });
    await until('the rollback', async () => (await service('go-demo')).UpdateStatus?.State === 'rollback_completed');
  });

  it('drains a node: its tasks move; a global service is refused to scale', async () => {
    await run('drainNode', { node: 'swarm-2' });
    await until('no tasks on swarm-2', () => /^0 tasks · .*Drain/.test(row('nodes', 'swarm-2')?.description ?? ''));
    await run('activateNode', { node: 'swarm-2' });
    await until('a util on each node again', async () => (await runningTasks('util')).length === 3);
    await assert.rejects(
      run('scaleService', { service: 'util', replicas: 2 }),
      /util: scale can only be used with replicated or replicated-job mode/,
    );
  });

  it('says why a task waits, with what would help', async () => {
    await run('createService', { name: 'stuck', image: 'nginx', constraints: ['node.labels.disk==ssd'] });
    const task = await until('a waiting task', async () =>
      (await api.client.tasks.list({ service: ['stuck'] })).find(
        (candidate) => candidate.Status.State === 'pending' && candidate.Status.Err,
      ),
    );
    const explanation = await run<{ outcome: string; message: string; nodes: unknown[] }>('explainTask', {
      task: task.ID,
    });
    assert.equal(explanation.outcome, 'pending');
    assert.match(explanation.message, /scheduling constraints not satisfied on 3 nodes/);
    assert.equal(explanation.nodes.length, 3);
    const shown = await until('the reason in the tree', () =>
      row('services', 'stuck')?.children.find((child) => /no suitable node/.test(child.description)),
    );
    assert.match(shown.description, /^Pending/);
    await run('removeService', { service: 'stuck' });
  });

  it('inspect opens read-only JSON that follows the object', async () => {
    const spec = await run<{ Spec: ServiceSpec }>('inspect', { service: 'go-demo-db' });
    assert.equal(spec.Spec.Name, 'go-demo-db');
    const document = await until('the document', () =>
      vscode.workspace.textDocuments.find((candidate) => candidate.uri.path.endsWith('go-demo-db.json')),
    );
    assert.equal(JSON.parse(document.getText()).Spec.Mode.Replicated.Replicas, 1);
    await run('scaleService', { service: 'go-demo-db', replicas: 2 });
    await until('the fresh text', () => JSON.parse(document.getText()).Spec.Mode.Replicated.Replicas === 2);
  });

  it('TALK-23: inserts and copies the aliases for each shell, with the mistake of the first pointed out', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'shellscript', content: '' });
    await vscode.window.showTextDocument(document);
    await run('insertAliases', { shell: 'bash', names: ['drmai', 'drit'] });
    assert.match(
      document.getText(),
      /^# The talk wrote docker images -a.*\nalias drmai='docker rmi \$\(docker images -aq\)'\n/,
    );
    assert.match(document.getText(), /\nalias drit='docker exec -it'\n$/);
    for (const [shell, text] of [
      ['zsh', /^alias drit='docker exec -it'/],
      ['fish', /^alias drit 'docker exec -it'/],
      ['powershell', /^function drit \{ docker exec -it @args \}/],
    ] as const) {
      await run('copyAliases', { shell, names: ['drit'] });
      assert.match(await vscode.env.clipboard.readText(), text);
    }
  });

  it('offers its snippets in stack files and shell scripts', async () => {
    const offered = async (language: string, typed: string): Promise<string[]> => {
      const document = await vscode.workspace.openTextDocument({ language, content: typed });
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        new vscode.Position(0, typed.length),
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const stack = await offered('yaml', 'swarm-');
    for (const name of ['service', 'network', 'dnsrr', 'global', 'update', 'secrets', 'configs', 'placement']) {
      assert.ok(stack.includes(`swarm-${name}`), `swarm-${name} among ${stack}`);
    }
    assert.ok((await offered('shellscript', 'docker-')).includes('docker-service-update'));
  });

  it('the journal replays to the same cluster, as after a reload of the window', async () => {
    await run('pauseTime');
    const transport = api.client.transport;
    const { body } = await transport.request({ method: 'GET', path: '/lab/journal' });
    const journal = String(body).trim().split('\n');
    const again = await openSimulation({ host: hostTimers, journal, paused: true });
    try {
      const other = again.transportFor('swarm-1');
      for (const path of ['/nodes', '/services?status=true', '/tasks', '/networks?filters={"scope":["swarm"]}']) {
        const [now, then] = await Promise.all([transport, other].map((to) => to.request({ method: 'GET', path })));
        assert.deepEqual(then?.body, now?.body, path);
      }
      assert.ok((await api.client.services.list()).some(({ Spec }) => Spec.Name === 'go-demo'));
    } finally {
      await again.close();
      await run('resumeTime');
    }
  });

  it('time can be paused, stepped and set going', async () => {
    const paused = await run<{ paused: boolean; now: string }>('pauseTime');
    assert.equal(paused.paused, true);
    const stepped = await run<{ paused: boolean; now: string }>('stepTime', { milliseconds: 5_000 });
    assert.equal(Date.parse(stepped.now) - Date.parse(paused.now), 5_000);
    assert.equal(stepped.paused, true);
    const going = await run<{ paused: boolean; speed: number }>('setSpeed', { speed: 20 });
    assert.equal(going.speed, 20);
    assert.equal((await run<{ paused: boolean }>('resumeTime')).paused, false);
  });

  it('nodes come and go: added, switched off, on again, removed', async () => {
    await run('setSpeed', { speed: 50 });
    const added = await run<{ ID: string; Hostname: string }>('addNode', { role: 'worker' });
    assert.equal(added.Hostname, 'swarm-4');
    await until('swarm-4 ready', () => / ready /.test(row('nodes', 'swarm-4')?.context ?? ''));
    await run('powerOffNode', { node: 'swarm-4' });
    await until('swarm-4 down', () => / down /.test(row('nodes', 'swarm-4')?.context ?? ''));
    await run('powerOnNode', { node: 'swarm-4' });
    await until('swarm-4 ready again', () => / ready /.test(row('nodes', 'swarm-4')?.context ?? ''));
    await assert.rejects(run('removeNode', { node: 'swarm-4' }), /is not down and can't be removed/);
    await run('removeNode', { node: 'swarm-4', force: true });
    await until('three nodes again', () => rows('nodes').length === 3);
    await assert.rejects(run('demoteNode', { node: 'swarm-1' }), /last manager/);
  });

  it('starts over with a new cluster', async () => {
    await run('startOver');
    assert.deepEqual(await api.client.services.list(), []);
    await until('an empty tree', () => rows('services').length === 0);
    assert.equal(rows('nodes').length, 3);
  });
});
