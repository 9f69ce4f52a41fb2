import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StoredNode, StoredTask } from '../objects';
import { LoadBalancerAllocations } from './load-balancers';
import type { HeldAddress, NetworkAllocations } from './networks';

/** Networks of a few addresses each: the lowest free one is given. */
class Addresses {
  readonly #given = new Map<string, Set<string>>();
  readonly #gone = new Set<string>();

  constructor(private readonly most: number) {}

  #of(networkID: string): Set<string> {
    const given = this.#given.get(networkID) ?? new Set();
    this.#given.set(networkID, given);
    return given;
  }

  isFull(networkID: string): boolean {
    return this.#gone.has(networkID) || this.#of(networkID).size >= this.most;
  }

  takeAddress(networkID: string): HeldAddress {
    if (this.isFull(networkID)) throw new Error('no address');
    const given = this.#of(networkID);
    let last = 1;
    while (given.has(`${last}`)) last++;
    given.add(`${last}`);
    return { networkID, poolID: '', address: `${last}` };
  }

  giveAddress({ networkID, address }: HeldAddress): void {
    this.#of(networkID).delete(address);
  }

  remove(networkID: string): void {
    this.#gone.add(networkID);
    this.#given.delete(networkID);
  }
}

const networks = ['n0', 'n1', 'n2'];
const nodes = ['a', 'b', 'c'];

function task(ID: string, NodeID: string, used: readonly string[], State: string): StoredTask {
  const NetworksAttachments = used.map((id) => ({ Network: { ID: id } }));
  return { ID, NodeID, NetworksAttachments, Status: { State } } as unknown as StoredTask;
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('task' as const),
    id: fc.nat(5),
    node: fc.constantFrom(...nodes),
    used: fc.subarray(networks),
    over: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('gone' as const), id: fc.nat(5) }),
  fc.record({ kind: fc.constant('network' as const), network: fc.constantFrom('n1', 'n2') }),
);

it('ALLOC-42: after every change a node has an address on ingress and on what its tasks use, where there are any', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 2, max: 4 }), (steps, most) => {
      const addresses = new Addresses(most);
      const balancers = new LoadBalancerAllocations(addresses as unknown as NetworkAllocations);
      const tasks = new Map<string, StoredTask>();
      const bring = (id: string): void => {
        balancers.allocate({ ID: id } as StoredNode, 'n0');
      };
      const has = (id: string): string[] => balancers.attachments(id, 'n0').map(({ NetworkID }) => NetworkID);
      for (const id of nodes) bring(id);
      for (const one of steps) {
        const touched = new Set<string>();
        if (one.kind === 'network') {
          addresses.remove(one.network);
          for (const id of balancers.forget(one.network)) touched.add(id);
        } else {
          const id = `t${one.id}`;
          const before = tasks.get(id);
          const after = one.kind === 'gone' ? undefined : task(id, one.node, one.used, one.over ? 'failed' : 'running');
          balancers.count(after, before);
          if (after) tasks.set(id, after);
          else tasks.delete(id);
          for (const node of [before?.NodeID, after?.NodeID]) if (node) touched.add(node);
        }
        // Nobody holds what it does not use; who lacks something found none.
        for (const id of touched) {
          bring(id);
          const used = new Set(['n0']);
          for (const { NodeID, Status, NetworksAttachments = [] } of tasks.values()) {
            if (NodeID !== id || Status.State === 'failed') continue;
            for (const { Network } of NetworksAttachments) used.add(Network.ID);
          }
          const held = has(id);
          expect(new Set(held).size).toBe(held.length);
          for (const network of held) expect(used).toContain(network);
          for (const network of used) if (!held.includes(network)) expect(addresses.isFull(network)).toBe(true);
        }
      }
      for (const network of networks) {
        const given = nodes.flatMap((id) =>
          balancers.attachments(id, 'n0').flatMap(({ NetworkID, Address }) => (NetworkID === network ? [Address] : [])),
        );
        expect(new Set(given).size).toBe(given.length);
      }
    }),
  );
});
