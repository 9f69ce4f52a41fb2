import fc from 'fast-check';
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

describe('replace', () => {
  it('CTRL-16: takes the object over as it is, with a new version, and needs the present one', () => {
    const old = store.update((tx) => tx.create('task', task('t', { ServiceID: 'a', Slot: 1 })));
    sim.runFor(1_000);
    const fresh: StoredTask = { ...old, NodeID: 'n', CreatedAt: 'not mine to say' };
    const [index, written] = [store.index, store.update((tx) => tx.replace('task', fresh))];
    expect(written).toBe(fresh);
    expect(store.get('task', 't')).toBe(fresh);
    expect(fresh).toMatchObject({ Version: { Index: index }, CreatedAt: old.CreatedAt, UpdatedAt: sim.timestamp });
    expect(Object.isFrozen(fresh)).toBe(true);
    expect([old.Version.Index < index, old.NodeID]).toEqual([true, undefined]);
    expect(store.tasksOnNode('n').get('t')).toBe(fresh);
    expect(() => store.update((tx) => tx.replace('task', { ...old }))).toThrow('update out of sequence');
    expect(() => store.update((tx) => tx.replace('task', { ...fresh, ID: 'x' }))).toThrow('task x not found');
    expect(store.get('task', 't')).toBe(fresh);
  });

  it('CTRL-17: a name that another object has is refused, and the old object stays in place', () => {
    const [a] = store.update((tx) => [
      tx.create('service', service('a', 'a')),
      tx.create('service', service('b', 'b')),
    ]);
    const renamed = { ...a!, Spec: { ...a!.Spec, Name: 'B' } };
    expect(() => store.update((tx) => tx.replace('service', renamed))).toThrow('name conflicts');
    expect(store.get('service', 'a')).toBe(a);
    expect(store.named('service', 'b')?.ID).toBe('b');
  });

  it('is undone with its transaction', () => {
    const old = store.update((tx) => tx.create('task', task('t', { ServiceID: 'a', Slot: 1 })));
    expect(() =>
      store.update((tx) => {
        tx.replace('task', { ...old, Slot: 2, NodeID: 'n' });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.get('task', 't')).toBe(old);
    expect([...store.tasksInSlot('a', 1, undefined).values()]).toEqual([old]);
    expect(store.tasksInSlot('a', 2, undefined).size + store.tasksOnNode('n').size).toBe(0);
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

describe('the index by a second key', () => {
  const ids = (slot: number): string[] => [...store.tasksInSlot('a', slot, undefined).keys()];
  const put = (ID: string, Slot: number, ServiceID = 'a'): StoredTask =>
    store.update((tx) => tx.create('task', task(ID, { ServiceID, Slot })));
  const move = (ID: string, change: Partial<StoredTask>): StoredTask =>
    store.update((tx) => tx.update('task', { ...store.get('task', ID)!, ...change }));

  it('is right for one object, for several, and when only one is left', () => {
    put('t1', 1);
    expect([ids(1), ids(2)]).toEqual([['t1'], []]);
    put('t2', 1);
    put('t3', 2);
    expect([ids(1), ids(2), ids(3)]).toEqual([['t1', 't2'], ['t3'], []]);
    store.update((tx) => [tx.remove('task', 't1'), tx.remove('task', 't3')]);
    expect([ids(1), ids(2)]).toEqual([['t2'], []]);
    store.update((tx) => tx.remove('task', 't2'));
    expect(ids(1)).toEqual([]);
    put('t4', 1);
    expect(ids(1)).toEqual(['t4']);
  });

  it('follows objects that change either key, once it is in use', () => {
    for (const [id, slot] of [
      ['t1', 1],
      ['t2', 1],
      ['t3', 2],
    ] as const)
      put(id, slot);
    expect(ids(1)).toEqual(['t1', 't2']);
    const moved = move('t1', { Slot: 2 });
    expect([ids(1), ids(2)]).toEqual([['t2'], ['t3', 't1']]);
    expect(store.tasksInSlot('a', 2, undefined).get('t1')).toBe(moved);
    move('t3', { ServiceID: 'b' });
    expect(ids(2)).toEqual(['t1']);
    expect([...store.tasksInSlot('b', 2, undefined).keys()]).toEqual(['t3']);
    move('t3', { ServiceID: 'a', Slot: 1 });
    expect([ids(1), ids(2)]).toEqual([['t2', 't3'], ['t1']]);
    expect(store.tasksInSlot('b', 2, undefined).size).toBe(0);
    const same = move('t2', { NodeID: 'n' });
    expect(store.tasksInSlot('a', 1, undefined).get('t2')).toBe(same);
  });

  it('agrees with a search through all tasks, whatever happens', () => {
    const step = fc.record({
      id: fc.constantFrom('t1', 't2', 't3', 't4', 't5'),
      to: fc.option(
        fc.record({ ServiceID: fc.constantFrom('a', 'b', ''), Slot: fc.nat(2), NodeID: fc.constantFrom('', 'n', 'm') }),
      ),
      fails: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        store = new Store(sim, { freeze: true });
        for (const { id, to, fails } of steps) {
          try {
            store.update((tx) => {
              const known = store.get('task', id);
              if (!known) tx.create('task', task(id, to ?? { ServiceID: 'a', Slot: 1 }));
              else if (to) tx.update('task', { ...known, ...to });
              else tx.remove('task', id);
              if (fails) throw new Error('undo');
            });
          } catch (error) {
            expect(error).toHaveProperty('message', 'undo');
          }
          const all = [...store.all('task')];
          const sorted = (tasks: Iterable<StoredTask>) => [...tasks].sort((x, y) => (x.ID < y.ID ? -1 : 1));
          for (const service of ['a', 'b']) {
            const own = all.filter(({ ServiceID }) => ServiceID === service);
            expect(sorted(store.tasksOfService(service).values())).toEqual(sorted(own));
            for (const slot of [0, 1, 2]) {
              for (const node of ['n', 'm']) {
                const expected = own.filter((one) => (one.Slot ?? 0) === slot && (slot > 0 || one.NodeID === node));
                expect(sorted(store.tasksInSlot(service, slot, node).values())).toEqual(sorted(expected));
              }
            }
          }
          for (const node of ['n', 'm']) {
            const here = all.filter(({ NodeID }) => NodeID === node);
            expect(sorted(store.tasksOnNode(node).values())).toEqual(sorted(here));
          }
        }
      }),
    );
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

  it('share the list of a commit, but what comes later is put only into the list of who still waits for it', () => {
    const seen: Record<string, string[]> = { one: [], two: [], tasks: [] };
    const note = (name: string) => (changes: readonly Change[]) => {
      seen[name]!.push(changes.map((c) => `${c.action} ${c.object.ID}`).join(', '));
    };
    const both = (name: string): void => void store.watch(['service', 'task'], note(name));
    both('one');
    // It writes between the deliveries to the others, who have not had the first list yet.
    let wrote = false;
    store.watch(['service'], () => {
      if (!wrote) store.update((tx) => tx.create('task', task('t2')));
      wrote = true;
    });
    both('two');
    store.watch(['task'], note('tasks'));
    store.update((tx) => [tx.create('service', service('a', 'a')), tx.create('task', task('t1'))]);
    sim.runUntilQuiet();
    expect(seen).toEqual({
      one: ['create a, create t1', 'create t2'],
      two: ['create a, create t1, create t2'],
      tasks: ['create t1, create t2'],
    });
  });

  it('who stops before the delivery gets nothing, and the others all the same', () => {
    const seen: number[] = [];
    const stopped = store.watch(['service'], () => expect.unreachable());
    store.watch(['service'], (changes) => seen.push(changes.length));
    store.update((tx) => tx.create('service', service('a', 'a')));
    stopped.stop();
    store.update((tx) => tx.create('service', service('b', 'b')));
    sim.runUntilQuiet();
    expect(seen).toEqual([2]);
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
