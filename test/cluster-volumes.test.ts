// Cluster volumes (CSI) at the door: made, published, used, taken back, deleted.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Node, SwarmVolume, Task, TaskExplanation } from '../src/api';
import { Lab } from '../src/engine/testing/lab';

const driver = 'csi-files';
const mountable = { MountVolume: {} };
let lab: Lab;

beforeEach(async () => {
  const csiPlugins = [driver];
  lab = await Lab.create({ nodes: [{}, { csiPlugins }, { csiPlugins }] });
});

async function volume(Name: string, spec: object = {}, Driver = driver): Promise<SwarmVolume> {
  const ClusterVolumeSpec = { AccessMode: mountable, ...spec };
  const made = await lab.must('POST', '/volumes/create', { Name, Driver, ClusterVolumeSpec });
  await lab.run(1);
  return made;
}

const inspect = (name: string): Promise<SwarmVolume> => lab.get(`/volumes/${name}`);

/** A service whose tasks mount a cluster volume. */
async function user(
  name: string,
  Source: string,
  more: { replicas?: number; readOnly?: boolean } = {},
): Promise<string> {
  const Mounts = [{ Type: 'cluster', Source, Target: '/data', ReadOnly: more.readOnly ?? false }];
  const id = await lab.service(name, { Mounts }, { replicas: more.replicas ?? 1 });
  await lab.run(10);
  return id;
}

const errors = async (service: string) => (await lab.tasks(service)).map(({ Status }) => Status.Err ?? Status.State);
const none = 'no suitable node (cannot fulfill requested CSI volume mounts on 3 nodes)';

describe('the object', () => {
  it('ORCH-130: create, list and inspect show what was asked for, and what the driver made', async () => {
    const spec = { Group: 'g', CapacityRange: { RequiredBytes: 1000, LimitBytes: 2000 } };
    const made = await volume('data', spec);
    expect(made).toMatchObject({ Name: 'data', Driver: driver, Scope: 'global', Mountpoint: '' });
    expect(made.ClusterVolume).not.toHaveProperty('Info');
    const later = await inspect('data');
    expect(later.ClusterVolume).toMatchObject({
      ID: expect.stringMatching(/^[0-9a-z]{25}$/),
      Spec: { ...spec, AccessMode: { Scope: 'single', Sharing: 'none', MountVolume: {} }, Availability: 'active' },
      Info: { CapacityBytes: 1000, VolumeID: expect.any(String) },
    });
    expect(later.ClusterVolume).not.toHaveProperty('PublishStatus');
    await lab.must('POST', '/volumes/create', { Name: 'own' });
    const { Volumes } = await lab.get('/volumes');
    expect(Volumes.map(({ Name }: SwarmVolume) => Name)).toEqual(['own', 'data']);
    expect((await lab.get(`/volumes/${made.ClusterVolume.ID}`)).Name).toBe('data');
    // Workers and older clients know of the engine's own volumes only.
    expect((await lab.get('/volumes', 'swarm-2')).Volumes).toEqual([]);
    expect((await lab.get('/v1.41/volumes')).Volumes).toHaveLength(1);
  });

  it('ORCH-130: what is missing or taken is refused', async () => {
    const refused = async (body: object) => {
      const { status, json } = await lab.ask('POST', '/volumes/create', { Driver: driver, ...body });
      return `${status} ${json.message}`;
    };
    const invalid = '400 rpc error: code = InvalidArgument desc =';
    expect(await refused({ ClusterVolumeSpec: {} })).toBe(`${invalid} meta: name must be provided`);
    expect(await refused({ Name: 'a', ClusterVolumeSpec: {} })).toBe(`${invalid} AccessMode must not be nil`);
    expect(await refused({ Name: 'a', ClusterVolumeSpec: { AccessMode: {} } })).toBe(
      `${invalid} Volume AccessMode must specify either Mount or Block access type`,
    );
    const Secrets = [{ Key: 'k', Secret: 'nosuch' }];
    expect(await refused({ Name: 'a', ClusterVolumeSpec: { AccessMode: mountable, Secrets } })).toBe(
      `${invalid} secret not found: nosuch`,
    );
    await volume('a');
    expect(await refused({ Name: 'A', ClusterVolumeSpec: { AccessMode: mountable } })).toBe(
      '500 rpc error: code = Unknown desc = name conflicts with an existing object',
    );
    expect((await lab.get('/volumes')).Volumes).toHaveLength(1);
    expect((await lab.ask('GET', '/volumes/nosuch')).json.message).toBe('get nosuch: no such volume');
  });

  it('ORCH-130: availability can be updated, with the right version; removal waits for the driver', async () => {
    await volume('data');
    const { ID, Version } = (await inspect('data')).ClusterVolume;
    const body = { Spec: { Availability: 'pause' } };
    expect((await lab.ask('PUT', '/volumes/data?version=1', body)).json.message).toBe(
      'rpc error: code = Unknown desc = update out of sequence',
    );
    expect((await lab.ask('PUT', '/volumes/data?version=x', body)).status).toBe(400);
    await lab.must('PUT', `/volumes/${ID}?version=${Version.Index}`, body);
    expect((await inspect('data')).ClusterVolume.Spec.Availability).toBe('pause');
    await lab.must('DELETE', '/volumes/data');
    await lab.run(1);
    expect((await lab.ask('GET', '/volumes/data')).status).toBe(404);
  });

  it('ORCH-130: a volume whose driver is on no node waits for one; nodes tell their drivers', async () => {
    await volume('data', {}, 'nosuch');
    await lab.run(60);
    expect((await inspect('data')).ClusterVolume).not.toHaveProperty('Info');
    const nodes: Node[] = await lab.get('/nodes');
    expect(nodes.map(({ Description }) => Description.CSIInfo?.map(({ PluginName }) => PluginName))).toEqual([
      undefined,
      [driver],
      [driver],
    ]);
    expect(nodes[1]!.Description.Engine!.Plugins).toContainEqual({ Type: 'csinode', Name: driver });
  });
});

describe('tasks with cluster volumes', () => {
  it('SCHED-10, SCHED-26: without the volume a task is pending, and is placed once it is there', async () => {
    await user('web', 'data');
    expect(await errors('web')).toEqual([none]);
    await volume('data');
    await lab.run(10);
    const [task] = (await lab.tasks('web')) as [Task];
    expect(task.Status.State).toBe('running');
    const { ClusterVolume } = await inspect('data');
    expect(task.Volumes).toEqual([{ ID: ClusterVolume.ID, Source: 'data', Target: '/data' }]);
    expect(ClusterVolume.PublishStatus).toEqual([{ NodeID: task.NodeID, State: 'published' }]);
  });

  it('ORCH-130: in use it is not removed; taken back after the task, then deleted', async () => {
    await volume('data');
    const id = await user('web', 'data');
    expect((await lab.ask('DELETE', '/volumes/data')).json.message).toBe(
      'rpc error: code = FailedPrecondition desc = volume is still in use',
    );
    await lab.must('DELETE', `/services/${id}`);
    await lab.run(20);
    expect((await inspect('data')).ClusterVolume).not.toHaveProperty('PublishStatus');
    await lab.must('DELETE', '/volumes/data');
    await lab.run(1);
    expect((await lab.get('/volumes')).Volumes).toEqual([]);
  });

  it('SCHED-26: access modes: one task, one node, one writer, readers only', async () => {
    await volume('alone');
    await user('a', 'alone', { replicas: 2 });
    expect((await errors('a')).sort()).toEqual([none, 'running']);

    await volume('writer', { AccessMode: { ...mountable, Scope: 'multi', Sharing: 'onewriter' } });
    await user('b', 'writer');
    await user('c', 'writer');
    await user('d', 'writer', { readOnly: true, replicas: 2 });
    expect([await errors('b'), await errors('c'), await errors('d')]).toEqual([
      ['running'],
      [none],
      ['running', 'running'],
    ]);

    await volume('library', { AccessMode: { ...mountable, Scope: 'multi', Sharing: 'readonly' } });
    await user('e', 'library');
    await user('f', 'library', { readOnly: true, replicas: 3 });
    expect([await errors('e'), await errors('f')]).toEqual([[none], ['running', 'running', 'running']]);

    await volume('here', { AccessMode: { ...mountable, Scope: 'single', Sharing: 'all' } });
    await user('g', 'here', { replicas: 3 });
    expect(new Set((await lab.tasks('g')).map(({ NodeID }) => NodeID)).size).toBe(1);
  });

  it('SCHED-26: availability; a group offers any of its volumes; the explanation names the reason and the remedy', async () => {
    await volume('one', { Group: 'pool', Availability: 'drain' });
    const id = await user('web', 'group:pool');
    const [task] = (await lab.tasks('web')) as [Task];
    expect(task.Status.Err).toBe(none);
    const told: TaskExplanation = await lab.get(`/lab/tasks/${task.ID}/explain`);
    for (const { verdicts } of told.nodes) {
      expect(verdicts.find(({ filter }) => filter === 'Volumes')).toEqual({
        filter: 'Volumes',
        enabled: true,
        passed: false,
        value: 'one has availability drain',
      });
    }
    expect(told.remedies[0]).toContain('make group:pool available to swarm-1: one has availability drain');
    await volume('two', { Group: 'pool' });
    await lab.run(10);
    expect(await errors(id)).toEqual(['running']);
  });
});
