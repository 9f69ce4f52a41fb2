import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredNode } from '../objects';
import { Cluster } from './fixture';

/** What one group of tasks of the property asks for. */
interface Wish {
  readonly service: number;
  readonly count: number;
  readonly cpus: number;
  readonly memory: number;
  readonly port: number;
  readonly maxReplicas: number;
  readonly zone: string;
}

interface Step {
  readonly wish: Wish;
  /** Tasks to end before the wish, and nodes to switch between active and drained, by position. */
  readonly end: readonly number[];
  readonly flip: readonly number[];
}

const wish: fc.Arbitrary<Wish> = fc.record({
  service: fc.nat(3),
  count: fc.integer({ min: 1, max: 9 }),
  cpus: fc.constantFrom(0, 0, 0.5, 1),
  memory: fc.constantFrom(0, 0, 1),
  port: fc.constantFrom(0, 0, 0, 80, 443),
  maxReplicas: fc.constantFrom(0, 0, 0, 1, 2),
  zone: fc.constantFrom('', '', 'x', 'y'),
});
const step: fc.Arbitrary<Step> = fc.record({
  wish,
  end: fc.array(fc.nat(40), { maxLength: 4 }),
  flip: fc.array(fc.nat(7), { maxLength: 1 }),
});
const node = fc.record({
  cpus: fc.integer({ min: 0, max: 4 }),
  memory: fc.nat(4),
  zone: fc.constantFrom('x', 'y', ''),
});

interface Placed {
  readonly id: string;
  readonly service: string;
  readonly node: number;
  readonly wish: Wish;
}

/** The rules of SCHED-10 to 18 and 40 to 45 in the plainest form: everything is counted anew each time. */
class Naive {
  readonly placed = new Map<string, Placed>();

  constructor(
    readonly nodes: readonly { readonly cpus: number; readonly memory: number; readonly zone: string }[],
    readonly active: readonly boolean[],
    placed: Iterable<Placed>,
  ) {
    for (const task of placed) this.placed.set(task.id, task);
  }

  #on(node: number): Placed[] {
    return [...this.placed.values()].filter((task) => task.node === node);
  }

  passes(wished: Wish, service: string, node: number): boolean {
    const here = this.#on(node);
    const { cpus, memory, zone } = this.nodes[node]!;
    const sum = (pick: (one: Wish) => number) => here.reduce((total, task) => total + pick(task.wish), 0);
    return (
      this.active[node]! &&
      (wished.cpus === 0 || wished.cpus <= cpus - sum((one) => one.cpus)) &&
      (wished.memory === 0 || wished.memory <= memory - sum((one) => one.memory)) &&
      (wished.zone === '' || wished.zone === zone) &&
      (wished.port === 0 || !here.some((task) => task.wish.port === wished.port)) &&
      (wished.maxReplicas === 0 || here.filter((task) => task.service === service).length < wished.maxReplicas)
    );
  }

  rank(service: string, node: number): [number, number] {
    const here = this.#on(node);
    return [here.filter((task) => task.service === service).length, here.length];
  }

  better(service: string, a: number, b: number): boolean {
    const [serviceA, totalA] = this.rank(service, a);
    const [serviceB, totalB] = this.rank(service, b);
    return serviceA < serviceB || (serviceA === serviceB && totalA < totalB);
  }

  place(wished: Wish, service: string, ids: readonly string[]): void {
    const list = this.nodes
      .map((_, index) => index)
      .filter((index) => this.passes(wished, service, index))
      .sort((a, b) => (this.better(service, a, b) ? -1 : this.better(service, b, a) ? 1 : a - b))
      .slice(0, ids.length);
    if (list.length === 0) return;
    const failed = new Set<number>();
    let turn = 0;
    for (const id of ids) {
      const chosen = list[turn % list.length]!;
      this.placed.set(id, { id, service, node: chosen, wish: wished });
      if (turn + 1 < list.length) {
        if (this.better(service, list[turn + 1]!, chosen)) turn++;
      } else {
        turn++;
      }
      const first = turn;
      while (failed.has(turn % list.length) || !this.passes(wished, service, list[turn % list.length]!)) {
        failed.add(turn % list.length);
        turn++;
        if (turn - first === list.length) return;
      }
    }
  }
}

function stored(index: number): string {
  return `node${index}`;
}

describe('random small clusters', () => {
  it('SCHED-12, SCHED-16, SCHED-17, SCHED-40, SCHED-43, SCHED-45: never over a limit, and as a plain reading of the rules has it', () => {
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 8 }), fc.array(step, { maxLength: 8 }), (nodes, steps) => {
        const cluster = new Cluster();
        nodes.forEach(({ cpus, memory, zone }, index) => {
          cluster.node(stored(index), {
            Spec: { Role: 'worker', Availability: 'active', Labels: { zone } },
            Description: { Resources: { NanoCPUs: cpus * 1e9, MemoryBytes: memory } },
          });
        });
        cluster.start();
        const active = nodes.map(() => true);
        const order: string[] = [];
        let placed = new Map<string, Placed>();
        steps.forEach(({ wish: wished, end, flip }, turn) => {
          for (const position of end) {
            const id = order[position];
            if (id && placed.delete(id)) cluster.state(id, 'complete');
          }
          for (const position of flip) {
            if (position >= nodes.length) continue;
            active[position] = !active[position];
            cluster.availability(stored(position), active[position] ? 'active' : 'drain');
          }
          // What did not find room is given up, so that each step is about one group.
          for (const id of order) if (!cluster.nodeOf(id)) cluster.state(id, 'orphaned');
          cluster.settle();

          const service = `service${wished.service}`;
          const ids = cluster.tasks(
            service,
            wished.count,
            {
              Resources: { Reservations: { NanoCPUs: wished.cpus * 1e9, MemoryBytes: wished.memory } },
              Placement: {
                MaxReplicas: wished.maxReplicas,
                Constraints: wished.zone ? [`node.labels.zone==${wished.zone}`] : [],
              },
            },
            {
              SpecVersion: { Index: turn },
              hostPorts: wished.port ? [{ PublishedPort: wished.port, PublishMode: 'host', Protocol: 'tcp' }] : [],
            },
          );
          cluster.settle();
          order.push(...ids);
          const naive = new Naive(nodes, active, placed.values());
          naive.place(wished, service, ids);
          for (const id of ids) {
            const expected = naive.placed.get(id);
            expect(cluster.nodeOf(id)).toBe(expected && stored(expected.node));
          }
          placed = naive.placed;
          checkLimits(cluster, [...placed.values()]);
          checkExplanations(cluster, ids);
        });
      }),
      { numRuns: 150 },
    );
  });
});

function checkLimits(cluster: Cluster, placed: readonly Placed[]): void {
  for (const { ID, Description } of cluster.store.all('node') as Iterable<StoredNode>) {
    const here = placed.filter(({ id }) => cluster.nodeOf(id) === ID);
    const cpus = here.reduce((sum, task) => sum + task.wish.cpus, 0);
    const memory = here.reduce((sum, task) => sum + task.wish.memory, 0);
    expect(cpus * 1e9).toBeLessThanOrEqual(Description.Resources!.NanoCPUs!);
    expect(memory).toBeLessThanOrEqual(Description.Resources!.MemoryBytes!);
    const ports = here.flatMap((task) => (task.wish.port ? [task.wish.port] : []));
    expect(new Set(ports).size).toBe(ports.length);
  }
}

/** An explanation must agree with what happened: the chosen node passed, and a pending task had none that passes. */
function checkExplanations(cluster: Cluster, ids: readonly string[]): void {
  for (const id of ids) {
    const explanation = cluster.scheduler.explain(id)!;
    const eligible = explanation.nodes.filter((one) => one.eligible).map(({ nodeID }) => nodeID);
    if (explanation.outcome === 'assigned') expect(eligible).toContain(cluster.nodeOf(id));
    else expect(eligible).toEqual([]);
  }
}
