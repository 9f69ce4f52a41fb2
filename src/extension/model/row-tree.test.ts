import { beforeEach, describe, expect, it } from 'vitest';
import { ClusterModel } from './cluster-model';
import { FakeCluster } from './fake-cluster';
import { NetworkRows } from './network-rows';
import { NodeRows } from './node-rows';
import { RowTree } from './row-tree';
import { ServiceRows } from './service-rows';

let cluster: FakeCluster;
let model: ClusterModel;

beforeEach(async () => {
  cluster = new FakeCluster();
  cluster.addNode('swarm-1', 'manager');
  cluster.addNode('swarm-2');
  cluster.addNetwork('front', { Options: { encrypted: '' } });
  cluster.addNetwork('bridge', { Scope: 'local', Driver: 'bridge' });
  cluster.addService('web', 2, 2, {
    Endpoint: {
      Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'ingress' }],
      VirtualIPs: [{ NetworkID: 'id-front', Addr: '10.0.1.2/24' }],
    },
  });
  cluster.addService('api', 1, 1);
  const attached = {
    NetworksAttachments: [
      { Network: { ID: 'id-front', Spec: { Name: 'front' } }, Addresses: ['10.0.1.3/24'] },
    ] as never,
  };
  cluster.addTask('web', 1, 'swarm-1', 'running', attached);
  cluster.addTask('web', 2, 'swarm-2', 'running');
  cluster.addTask('web', 2, 'swarm-2', 'failed', {
    DesiredState: 'shutdown',
    Status: { State: 'failed', Timestamp: '2026-01-01T00:00:00.000000000Z', Err: 'task: non-zero exit (1)' },
  });
  cluster.addTask('api', 1, 'swarm-2', 'running');
  model = new ClusterModel(cluster.client);
  await model.start();
  return () => model.stop();
});

const labels = (rows: { row: { label: string } }[]) => rows.map((element) => element.row.label);

describe('trees', () => {
  it('services: mode, replicas, image, ports; live tasks by slot, history folded behind them', () => {
    const tree = new RowTree(new ServiceRows(model));
    const [api, web] = tree.children();
    expect(api?.row.label).toBe('api');
    expect(web?.row.description).toBe('2/2 · nginx:latest · *:8080->80/tcp');
    const below = tree.children(web);
    expect(labels(below)).toEqual(['web.1', 'web.2', 'History']);
    expect(below[0]?.row.description).toBe('Running · swarm-1 · just now');
    expect(below[2]?.row.folding).toBe('folded');
    const [failed] = tree.children(below[2]);
    expect(failed?.row.description).toContain('Failed · task: non-zero exit (1) · swarm-2 · just now');
    expect(failed?.row.icon).toEqual({ name: 'error', color: 'testing.iconFailed' });
  });

  it('nodes: role and tasks on each', () => {
    const tree = new RowTree(new NodeRows(model));
    const nodes = tree.children();
    expect(nodes.map((element) => element.row.description)).toEqual([
      '1 task · manager, leader · Ready · Active',
      '2 tasks · worker · Ready · Active',
    ]);
    expect(nodes[0]?.row.context).toBe(' node manager active ready leader ');
    expect(labels(tree.children(nodes[1]))).toEqual(['api.1', 'web.2', 'History']);
  });

  it('networks: subnet, encryption, VIPs, addresses of tasks; local ones in a group of their own', () => {
    const tree = new RowTree(new NetworkRows(model));
    const [front, local] = tree.children();
    expect(front?.row.description).toBe('overlay · 10.0.1.0/24 · encrypted');
    expect(local?.row.label).toBe('Only on swarm-1');
    expect(labels(tree.children(local))).toEqual(['bridge']);
    const [web] = tree.children(front);
    expect(web?.row.description).toBe('VIP 10.0.1.2/24');
    expect(tree.children(web).map((element) => element.row.description)).toEqual(['10.0.1.3/24 · swarm-1']);
  });

  it('a changed task refreshes its row alone', async () => {
    const tree = new RowTree(new ServiceRows(model));
    const [, web] = tree.children();
    const [first] = tree.children(web);
    expect(tree.refresh()).toEqual([]);
    cluster.change(cluster.tasks, first!.row.object!.id, {
      Status: { State: 'running', Timestamp: '2025-12-31T23:00:00.000000000Z' },
    });
    await model.refresh();
    expect(tree.refresh()).toEqual([first]);
    expect(first?.row.description).toContain('1 h');
  });

  it('a task that comes refreshes its service, whose other rows stay the same objects', async () => {
    const tree = new RowTree(new ServiceRows(model));
    const [api, web] = tree.children();
    const before = tree.children(web);
    cluster.addTask('web', 3, 'swarm-1', 'running');
    await model.refresh();
    expect(tree.refresh()).toEqual([web]);
    const after = tree.children(web);
    expect(labels(after)).toEqual(['web.1', 'web.2', 'web.3', 'History']);
    expect(after[0]).toBe(before[0]);
    expect(tree.get(api!.row.id)).toBe(api);
  });

  it('a row that can be unfolded from now on refreshes its siblings too, so that all stand in one line', async () => {
    const tree = new RowTree(new NodeRows(model));
    cluster.tasks.splice(0);
    await model.refresh();
    tree.refresh();
    expect(tree.children().map((element) => element.row.folding)).toEqual(['none', 'none']);
    cluster.addTask('web', 1, 'swarm-1', 'running');
    await model.refresh();
    expect(tree.refresh()).toBe('all');
  });

  it('networks: a service under a network has its tooltip too', () => {
    const tree = new RowTree(new NetworkRows(model));
    const [front] = tree.children();
    expect(tree.tooltip(tree.children(front)[0]!)).toContain('Image');
  });

  it('a service that comes or goes refreshes the roots, and what stays keeps its ID', async () => {
    const tree = new RowTree(new ServiceRows(model));
    const [, web] = tree.children();
    cluster.services.splice(1, 1);
    await model.refresh();
    expect(tree.refresh()).toBe('all');
    expect(tree.children()).toEqual([web]);
  });

  it('texts of others cannot become markup in a tooltip', async () => {
    cluster.change(cluster.services, 'id-api', {
      Spec: {
        ...cluster.services[1]!.Spec,
        TaskTemplate: { ContainerSpec: { Image: '`x` [click](command:evil) <b>' } },
      },
    });
    await model.refresh();
    const source = new ServiceRows(model);
    const tooltip = source.tooltip(source.roots()[0]!);
    expect(tooltip).toContain('`` `x` [click](command:evil) <b> ``');
  });
});
