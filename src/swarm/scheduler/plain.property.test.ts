import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GenericResource, TaskSpec } from '../../api';
import { minute } from '../../sim';
import { Cluster } from './fixture';

/** A service at one spec version: its tasks wait and are placed together. Two of them in a row are of one service. */
interface Group {
  readonly index: number;
  readonly service: string;
  readonly version: number;
  /** Its tasks come with their node. */
  readonly global: boolean;
  readonly cpus: number;
  readonly gpus: number;
  /** Of a kind that nodes have by name. */
  readonly chips: number;
  /** Labels, outermost first. */
  readonly spread: readonly ('zone' | 'rack')[];
}

interface Machine {
  readonly cpus: number;
  readonly gpus: number;
  readonly chips: readonly string[];
  readonly zone: string;
  readonly rack: string;
}

interface Step {
  /** New tasks: of which groups, and how many. */
  readonly add: readonly { readonly group: number; readonly count: number }[];
  /** All tasks of a group on a node fail. */
  readonly fail: readonly { readonly group: number; readonly node: number }[];
  readonly end: readonly number[];
  readonly minutes: number;
}

interface Task {
  readonly id: string;
  readonly group: Group;
}

const labelOf = (value: string): Record<string, string> => (value ? { zone: value } : {});
const stored = (node: number): string => `node${node}`;

/** The rules in their plainest form: everything is counted anew at each question, all nodes are looked at and sorted. */
class Plain {
  readonly nodeOf = new Map<string, number>();
  readonly tasks = new Map<string, Task>();
  readonly failures: { readonly group: Group; readonly node: number; readonly at: number }[] = [];
  now = 0;

  constructor(readonly machines: readonly Machine[]) {}

  on(node: number): Task[] {
    return [...this.tasks.values()].filter(({ id }) => this.nodeOf.get(id) === node);
  }

  /** SCHED-12, SCHED-18. */
  passes({ cpus, gpus, chips }: Group, node: number): boolean {
    const machine = this.machines[node]!;
    const used = (pick: (group: Group) => number) => this.on(node).reduce((sum, { group }) => sum + pick(group), 0);
    return (
      (cpus === 0 || cpus + used((group) => group.cpus) <= machine.cpus) &&
      (gpus === 0 || gpus + used((group) => group.gpus) <= machine.gpus) &&
      (chips === 0 || chips + used((group) => group.chips) <= machine.chips.length)
    );
  }

  recentFailures(group: Group, node: number): number {
    const recent = ({ at }: { readonly at: number }) => this.now - at <= 5 * minute;
    return this.failures.filter((one) => one.group === group && one.node === node && recent(one)).length;
  }

  serviceTasks(service: string, node: number): number {
    return this.on(node).filter(({ group }) => group.service === service).length;
  }

  /** SCHED-40. */
  better(group: Group, a: number, b: number): boolean {
    const failures = [this.recentFailures(group, a), this.recentFailures(group, b)] as const;
    if (Math.max(...failures) >= 5 && failures[0] !== failures[1]) return failures[0] < failures[1];
    const own = this.serviceTasks(group.service, a) - this.serviceTasks(group.service, b);
    return own !== 0 ? own < 0 : this.on(a).length < this.on(b).length;
  }

  /** SCHED-29: its own node or none. */
  confirm(task: Task, node: number): void {
    if (this.passes(task.group, node)) this.put(task, node);
  }

  put(task: Task, node: number): void {
    this.tasks.set(task.id, task);
    this.nodeOf.set(task.id, node);
  }

  place(group: Group, tasks: readonly Task[]): void {
    const all = this.machines.map((_, index) => index);
    // The branches are counted before the first task of the group is placed (SCHED-51).
    this.#counted = all.map((node) => this.serviceTasks(group.service, node));
    this.#onBranches(group, all, group.spread, [...tasks], tasks.length, tasks.length);
  }

  #counted: readonly number[] = [];

  /** SCHED-52. */
  #onBranches(
    group: Group,
    nodes: readonly number[],
    [label, ...rest]: readonly ('zone' | 'rack')[],
    queue: Task[],
    n: number,
    limit: number,
  ): number {
    if (!label) return this.#onNodes(group, nodes, queue, n, limit);
    const values = [...new Set(nodes.map((node) => this.machines[node]![label]))];
    const branches = values.map((value) => {
      const inside = nodes.filter((node) => this.machines[node]![label] === value);
      return { inside, tasks: inside.reduce((sum, node) => sum + this.#counted[node]!, 0) };
    });
    let usable = branches;
    let placed = 0;
    for (let changed = true; changed && placed < n && usable.length > 0; ) {
      changed = false;
      const sum = usable.reduce((total, branch) => total + branch.tasks, 0) + n - placed;
      const desired = Math.floor(sum / usable.length);
      let remainder = sum % usable.length;
      for (const branch of usable) {
        const extra = remainder > 0 ? 1 : 0;
        if (branch.tasks >= desired + extra) continue;
        const wanted = desired - branch.tasks + extra;
        const got = this.#onBranches(group, branch.inside, rest, queue, wanted, limit);
        placed += got;
        if (got < wanted) usable = usable.filter((other) => other !== branch);
        else remainder -= extra;
        changed = true;
      }
    }
    return placed;
  }

  /** SCHED-43, SCHED-45. */
  #onNodes(group: Group, nodes: readonly number[], queue: Task[], n: number, limit: number): number {
    const list = nodes
      .filter((node) => this.passes(group, node))
      .sort((a, b) => (this.better(group, a, b) ? -1 : this.better(group, b, a) ? 1 : a - b))
      .slice(0, limit);
    if (list.length === 0) return 0;
    const failed = new Set<number>();
    let placed = 0;
    let turn = 0;
    while (placed < n) {
      const task = queue.shift();
      if (!task) return placed;
      const chosen = list[turn % list.length]!;
      this.put(task, chosen);
      placed++;
      if (turn + 1 >= list.length || this.better(group, list[turn + 1]!, chosen)) turn++;
      const first = turn;
      while (failed.has(turn % list.length) || !this.passes(group, list[turn % list.length]!)) {
        failed.add(turn % list.length);
        turn++;
        if (turn - first === list.length) return placed;
      }
    }
    return placed;
  }
}

/** The real scheduler and the plain one, fed with the same. */
class Pair {
  readonly cluster = new Cluster();
  readonly plain: Plain;
  #pending: string[] = [];

  constructor(readonly machines: readonly Machine[]) {
    this.plain = new Plain(machines);
    machines.forEach(({ cpus, gpus, chips, zone, rack }, index) => {
      const named = chips.map((Value): GenericResource => ({ NamedResourceSpec: { Kind: 'chip', Value } }));
      const discrete: GenericResource = { DiscreteResourceSpec: { Kind: 'gpu', Value: gpus } };
      this.cluster.node(stored(index), {
        Spec: { Role: 'worker', Availability: 'active', Labels: labelOf(zone) },
        Description: {
          Resources: { NanoCPUs: cpus * 1e9, MemoryBytes: 0, GenericResources: [discrete, ...named] },
          Engine: { Labels: rack ? { rack } : {} },
        },
      });
    });
    this.cluster.start();
  }

  /** The task is over, in both. */
  end(id: string, state: 'complete' | 'failed'): void {
    const { plain, cluster } = this;
    const task = plain.tasks.get(id)!;
    if (state === 'failed') {
      plain.failures.push({ group: task.group, node: plain.nodeOf.get(id)!, at: cluster.sim.now });
    }
    plain.tasks.delete(id);
    plain.nodeOf.delete(id);
    cluster.state(id, state);
  }

  /** What did not find room is given up, so that all that waits is what comes next. */
  giveUp(): void {
    for (const id of this.#pending) this.cluster.state(id, 'orphaned');
    this.#pending = [];
  }

  /** New tasks, a commit for each group, decided in one run. Global ones come one on each of the first nodes. */
  add(wanted: readonly { readonly group: Group; readonly count: number }[]): void {
    const { plain, cluster } = this;
    const waiting = new Map<Group, Task[]>();
    const bound: { task: Task; node: number }[] = [];
    for (const { group, count } of wanted) {
      const over = { SpecVersion: { Index: group.version } };
      if (group.global) {
        for (let node = 0; node < Math.min(count, this.machines.length); node++) {
          const [id] = cluster.tasks(group.service, 1, specOf(group), { ...over, Slot: 0, NodeID: stored(node) });
          bound.push({ task: { id: id!, group }, node });
        }
      } else {
        const tasks = cluster.tasks(group.service, count, specOf(group), over).map((id) => ({ id, group }));
        waiting.set(group, [...(waiting.get(group) ?? []), ...tasks]);
      }
    }
    cluster.settle();
    plain.now = cluster.sim.now;
    for (const { task, node } of bound) plain.confirm(task, node);
    for (const [group, tasks] of waiting) plain.place(group, tasks);
    for (const { task, node } of bound) this.#compare(task, node);
    for (const task of [...waiting.values()].flat()) this.#compare(task, undefined);
    this.#checkNames();
  }

  #compare({ id }: Task, bound: number | undefined): void {
    const { State, Err } = this.cluster.task(id).Status;
    const node = this.plain.nodeOf.get(id);
    if (node === undefined) this.#pending.push(id);
    expect([State, this.cluster.nodeOf(id)]).toEqual(
      node === undefined ? ['pending', bound === undefined ? undefined : stored(bound)] : ['assigned', stored(node)],
    );
    expect(Boolean(Err)).toBe(node === undefined);
    const { outcome, nodes } = this.cluster.scheduler.explain(id)!;
    const eligible = nodes.filter((one) => one.eligible).map(({ nodeID }) => nodeID);
    if (outcome === 'pending') expect(eligible).toEqual([]);
    else expect(eligible).toContain(stored(node!));
  }

  /** Every task has as many named resources as it reserved, of those of its node, and none has another's. */
  #checkNames(): void {
    this.machines.forEach(({ chips }, node) => {
      const names = this.plain.on(node).flatMap(({ id, group }) => {
        const own = (this.cluster.task(id).GenericResources ?? []).flatMap((resource) =>
          'NamedResourceSpec' in resource ? [resource.NamedResourceSpec.Value] : [],
        );
        expect(own).toHaveLength(group.chips);
        return own;
      });
      expect(new Set(names).size).toBe(names.length);
      expect(names.every((name) => chips.includes(name))).toBe(true);
    });
  }
}

function specOf({ cpus, gpus, chips, spread }: Group): TaskSpec {
  const generic = (Kind: string, Value: number) => (Value > 0 ? [{ DiscreteResourceSpec: { Kind, Value } }] : []);
  const descriptors = { zone: 'node.labels.zone', rack: 'engine.labels.rack' };
  return {
    Resources: {
      Reservations: { NanoCPUs: cpus * 1e9, GenericResources: [...generic('gpu', gpus), ...generic('chip', chips)] },
    },
    Placement: { Preferences: spread.map((label) => ({ Spread: { SpreadDescriptor: descriptors[label] } })) },
  };
}

const machine: fc.Arbitrary<Machine> = fc.record({
  cpus: fc.integer({ min: 0, max: 9 }),
  gpus: fc.integer({ min: 0, max: 6 }),
  chips: fc.subarray(['a', 'b', 'c']),
  zone: fc.constantFrom('x', 'y', ''),
  rack: fc.constantFrom('1', '2', ''),
});
const groupWish = fc.record({
  global: fc.constantFrom(false, false, false, true),
  cpus: fc.constantFrom(0, 0, 0, 0.5, 1),
  gpus: fc.constantFrom(0, 0, 0, 1, 2),
  chips: fc.constantFrom(0, 0, 0, 1, 2),
  spread: fc.constantFrom<Group['spread'][]>([], [], ['zone'], ['rack'], ['zone', 'rack']),
});
const step: fc.Arbitrary<Step> = fc.record({
  add: fc.array(fc.record({ group: fc.nat(3), count: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 4 }),
  fail: fc.array(fc.record({ group: fc.nat(3), node: fc.nat(4) }), { maxLength: 3 }),
  end: fc.array(fc.nat(20), { maxLength: 3 }),
  minutes: fc.constantFrom(0, 0, 1, 3),
});

describe('random small clusters, several groups at a time', () => {
  it('SCHED-3, SCHED-12, SCHED-29, SCHED-40, SCHED-41, SCHED-43, SCHED-52: as a plain reading of the rules has it', () => {
    fc.assert(
      fc.property(
        fc.array(machine, { minLength: 1, maxLength: 5 }),
        fc.array(groupWish, { minLength: 4, maxLength: 4 }),
        fc.array(step, { maxLength: 6 }),
        (machines, wishes, steps) => {
          const groups = wishes.map((wish, index): Group => {
            const spread = wish.global ? [] : wish.spread;
            return { ...wish, spread, index, service: `service${index >> 1}`, version: 1 + (index & 1) };
          });
          const pair = new Pair(machines);
          const { plain, cluster } = pair;
          for (const { add, fail, end, minutes } of steps) {
            for (const { group, node } of fail) {
              const failing = plain.on(node).filter((task) => task.group.index === group);
              for (const { id } of failing) pair.end(id, 'failed');
            }
            const alive = [...plain.tasks.keys()];
            for (const id of new Set(end.flatMap((position) => alive[position] ?? []))) pair.end(id, 'complete');
            pair.giveUp();
            cluster.sim.runFor(minutes * minute);
            cluster.settle();
            pair.add(add.map(({ group, count }) => ({ group: groups[group]!, count })));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('SCHED-40, SCHED-41: a node on which a group failed five times comes last for that group, until it is forgotten', () => {
    const empty = { cpus: 0, gpus: 0, chips: [], zone: '', rack: '' };
    const pair = new Pair([empty, empty]);
    const plainGroup = { global: false, cpus: 0, gpus: 0, chips: 0, spread: [], index: 0, service: 's' };
    const [first, second] = [
      { ...plainGroup, version: 1 },
      { ...plainGroup, version: 2 },
    ];
    pair.add([{ group: first, count: 10 }]);
    for (const { id } of pair.plain.on(0)) pair.end(id, 'failed');
    pair.add([{ group: first, count: 2 }]);
    expect(pair.plain.on(0)).toHaveLength(0);
    pair.add([{ group: second, count: 1 }]);
    expect(pair.plain.on(0)).toHaveLength(1);
    pair.cluster.sim.runFor(6 * minute);
    pair.add([{ group: first, count: 2 }]);
    expect(pair.plain.on(0)).toHaveLength(3);
  });
});
