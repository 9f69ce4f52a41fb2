import { beforeEach, describe, expect, it } from 'vitest';
import { Simulation } from '../../sim';
import type { StoredService, StoredTask } from '../objects';
import type { Change, NewObject } from './index';
import { Store, StoreError } from './index';

let sim: Simulation;
let store: Store;

beforeEach(() => {
  sim = new Simulation({ seed: 1, start: Date.UTC(2026, 0, 1) * 1_000 });
  store = new Store(sim, { freeze: true });
});

function service(ID: string, Name: string): NewObject<'service'> {
  return { ID, Spec: { Name, TaskTemplate: {} }, Endpoint: {}, SpecVersion: { Index: 1 } };
}

function task(ID: string, extra: Partial<StoredTask> = {}): NewObject<'task'> {
  const Status = { Timestamp: sim.timestamp, State: 'new' } as const;
  return { ID, Spec: {}, Status, DesiredState: 'running', ServiceAnnotations: { Name: 's', Labels: {} }, ...extra };
}

describe('transactions', () => {
  it('CTRL-15: all objects of a transaction get the index known at its start, and it grows', () => {
    const first = store.update((tx) => [
      tx.create('service', service('a', 'a')),
      tx.create('service', service('b', 'b')),
    ]);
    expect(first[0]?.Version).toEqual(first[1]?.Version);
    sim.runFor(1_000);
    const changed = store.update((tx) =>
      tx.update('service', { ...first[0]!, Spec: { ...first[0]!.Spec, Labels: { x: 'y' } } }),
    );
    expect(changed.Version.Index).toBeGreaterThan(first[0]!.Version.Index);
    expect(changed.CreatedAt).toBe(first[0]!.CreatedAt);
    expect(changed.UpdatedAt > changed.CreatedAt).toBe(true);
  });

  it('CTRL-16: an update that stems from an old version is out of sequence, and changes nothing', () => {
    const old = store.update((tx) => tx.create('service', service('a', 'a')));
    const current = store.update((tx) => tx.update('service', old));
    expect(() => store.update((tx) => tx.update('service', old))).toThrow('update out of sequence');
    expect(store.get('service', 'a')).toBe(current);
  });

  it('CTRL-17: names are unique per kind, ignoring case', () => {
    store.update((tx) => tx.create('service', service('a', 'Web')));
    expect(() => store.update((tx) => tx.create('service', service('b', 'wEB')))).toThrow(StoreError);
    expect(store.named('service', 'WEB')?.ID).toBe('a');
    store.update((tx) => tx.remove('service', 'a'));
    expect(store.named('service', 'web')).toBeUndefined();
    store.update((tx) => tx.create('service', service('b', 'web')));
  });

  it('undoes all of a transaction that throws: tables, names and indexes', () => {
    store.update((tx) => {
      tx.create('service', service('a', 'a'));
      tx.create('task', task('t', { ServiceID: 'a', Slot: 1 }));
    });
    const [index, before] = [store.index, store.get('task', 't')!];
    expect(() =>
      store.update((tx) => {
        tx.remove('service', 'a');
        tx.update('task', { ...before, NodeID: 'n', Slot: 2 });
        tx.create('service', service('c', 'A'));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.index).toBe(index);
    expect(store.named('service', 'a')?.ID).toBe('a');
    expect(store.get('service', 'c')).toBeUndefined();
    expect(store.tasksOnNode('n').size).toBe(0);
    expect([...store.tasksInSlot('a', 1, undefined).values()]).toEqual([before]);
  });

  it('asks the guard before each write', () => {
    store.guard = () => {
      throw new StoreError('no leader', 'no quorum');
    };
    expect(() => store.update((tx) => tx.create('service', service('a', 'a')))).toThrow('no quorum');
    expect(store.count('service')).toBe(0);
  });

  it('does not nest', () => {
    expect(() => store.update(() => store.update(() => 1))).toThrow('open already');
  });
});

describe('indexes', () => {
  it('follow a task from service to node and slot', () => {
    const t = store.update((tx) => tx.create('task', task('t', { ServiceID: 'a', Slot: 3 })));
    expect([...store.tasksOfService('a').keys()]).toEqual(['t']);
    const moved = store.update((tx) => tx.update('task', { ...t, NodeID: 'n' }));
    expect(store.tasksOnNode('n').get('t')).toBe(moved);
    expect(store.tasksInSlot('a', 3, 'n').get('t')).toBe(moved);
    store.update((tx) => tx.remove('task', 't'));
    expect(store.tasksOfService('a').size + store.tasksOnNode('n').size + store.tasksInSlot('a', 3, 'n').size).toBe(0);
  });

  it('ORCH-15: the slot of a global task is its node', () => {
    store.update((tx) => tx.create('task', task('t', { ServiceID: 'a', NodeID: 'n' })));
    expect(store.tasksInSlot('a', 0, 'n').size).toBe(1);
    expect(store.tasksInSlot('a', undefined, 'other').size).toBe(0);
  });
});

describe('watches', () => {
  it('tell committed changes of their kinds soon, at the same moment, in order and once', () => {
    const seen: string[] = [];
    const watch = store.watch(['service'], (changes) =>
      seen.push(changes.map((c: Change) => `${c.action} ${c.object.ID}`).join(', ')),
    );
    const a = store.update((tx) => tx.create('service', service('a', 'a')));
    store.update((tx) => tx.create('task', task('t')));
    store.update((tx) => tx.update('service', a as StoredService));
    expect(seen).toEqual([]);
    const before = sim.now;
    sim.runUntilQuiet();
    expect(seen).toEqual(['create a, update a']);
    expect(sim.now).toBe(before);
    watch.stop();
    store.update((tx) => tx.remove('service', 'a'));
    sim.runUntilQuiet();
    expect(seen).toHaveLength(1);
  });

  it('may write, which is told in turn', () => {
    const seen: string[] = [];
    store.watch(['service'], (changes) => {
      for (const change of changes) {
        seen.push(`${change.action} ${change.object.ID}`);
        if (change.action === 'create' && change.object.ID === 'a')
          store.update((tx) => tx.create('service', service('b', 'b')));
      }
    });
    store.update((tx) => tx.create('service', service('a', 'a')));
    sim.runUntilQuiet();
    expect(seen).toEqual(['create a', 'create b']);
  });

  it('cost nothing when nothing changes', () => {
    store.watch(['service'], () => {});
    store.update(() => undefined);
    expect(sim.next).toBeUndefined();
  });

  it('observers see each commit inside it', () => {
    const seen: number[] = [];
    store.observe(['service'], (changes) => seen.push(changes.length));
    store.update((tx) => [tx.create('service', service('a', 'a')), tx.create('service', service('b', 'b'))]);
    expect(seen).toEqual([2]);
  });
});

describe('while the managers cannot write', () => {
  const refuse = () => {
    store.guard = () => {
      throw new StoreError('no leader', 'no quorum');
    };
  };
  const allow = () => {
    store.guard = () => {};
    store.resume();
  };

  it('CTRL-7: timers and watches wait, go on in their order, and can write then', () => {
    const seen: string[] = [];
    store.watch(['service'], (changes) => {
      seen.push(`watch ${changes.length}`);
      if (store.count('task') === 0) store.update((tx) => tx.create('task', task('t')));
    });
    store.after(10, () => seen.push('late timer'));
    store.after(5, () => seen.push('early timer'));
    store.update((tx) => tx.create('service', service('a', 'a')));
    refuse();
    sim.runFor(1_000);
    expect(seen).toEqual([]);
    expect(sim.next).toBeUndefined();
    allow();
    sim.runFor(0);
    expect(seen).toEqual(['watch 1', 'early timer', 'late timer']);
    expect(store.count('task')).toBe(1);
    store.update((tx) => tx.create('service', service('b', 'b')));
    sim.runFor(0);
    expect(seen.at(-1)).toBe('watch 1');
  });

  it('CTRL-8: what a stopped loop had waiting never happens', () => {
    const watch = store.watch(['service'], () => expect.unreachable());
    const timer = store.after(0, () => expect.unreachable());
    store.update((tx) => tx.create('service', service('a', 'a')));
    refuse();
    sim.runFor(1_000);
    watch.stop();
    timer.cancel();
    allow();
    sim.runFor(1_000);
  });
});
