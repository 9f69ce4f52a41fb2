import { describe, expect, it } from 'vitest';
import { networkDbPage } from './page';
import type { KnownEntry, NodeKnowledge } from './read';
import { compare } from './read';

const start = 1_767_225_600_000_000;
const entry = (key: string, seconds: number, change: Partial<KnownEntry> = {}): KnownEntry => ({
  network: 'n1',
  key,
  owner: 'swarm-1',
  lamport: 1,
  since: start + seconds * 1e6,
  record: {
    name: `web.${key}.5csqp6eqib8d8kjklhkfhnap7`,
    serviceName: 'web',
    endpointIP: `10.0.1.${key}`,
    virtualIP: '10.0.1.2',
    serviceDisabled: false,
  },
  ...change,
});
const node = (name: string, entries: KnownEntry[], failed: NodeKnowledge['failed'] = []): NodeKnowledge => ({
  node: name,
  entries,
  failed,
});
const { record: _, ...tombstone } = entry('4', 9, { lamport: 2, reapAt: start + 1800e6 });
const page = (nodes: NodeKnowledge[]) =>
  networkDbPage(nodes, { title: 'Compare nodes', now: '2026-01-01T00:01:00Z', networkName: () => 'backend' });

describe('what nodes know, side by side', () => {
  it('TALK-12: nodes that learned the same version at other times agree', () => {
    const [network] = compare([node('swarm-1', [entry('3', 1)]), node('swarm-2', [entry('3', 2)])]);
    expect(network!.entries.map(({ name, differs }) => [name.slice(0, 5), differs])).toEqual([['web.3', false]]);
    expect(page([node('swarm-1', [entry('3', 1)]), node('swarm-2', [entry('3', 2)])])).toContain('✓ All nodes agree.');
  });

  it('differs where a node has another version, a tombstone, or nothing; not where it is not on the network', () => {
    const known = [entry('3', 1), entry('4', 1)];
    const [network] = compare([
      node('swarm-1', [...known, entry('5', 1)]),
      node('swarm-2', [known[0]!, tombstone, entry('5', 1)]),
      node('swarm-3', []),
      node('swarm-4', known),
    ]);
    expect(network!.members).toEqual([true, true, false, true]);
    expect(network!.entries.map(({ key, differs }) => [key, differs])).toEqual([
      ['3', false],
      ['4', true],
      ['5', true],
    ]);
  });

  it('DISC-86: says since when, what was deleted and when that is forgotten, and who is taken for dead', () => {
    const text = page([
      node('swarm-1', [entry('4', 1)]),
      node('swarm-2', [tombstone], [{ node: 'swarm-1', since: start + 30e6 }]),
    ]);
    expect(text).toContain('since 00\\:00\\:01, version 1');
    expect(text).toContain('deleted at 00\\:00\\:09, forgotten at 00\\:30\\:00');
    expect(text).toContain('swarm\\-2 takes swarm\\-1 for dead since 00\\:00\\:30');
    expect(text).toContain('**≠** web\\.4');
  });
});
