import { describe, expect, it } from 'vitest';
import type { LabContainer } from '../../../api';
import { askersByNode, markDifferences } from './everywhere';

const container = (name: string, node: string, networks: string[], state = 'running'): LabContainer => ({
  id: `id-${name}`,
  name,
  node,
  image: 'nginx',
  state,
  networks,
});

describe('the same question from every node', () => {
  it('is asked by who shares the most networks with the asker, and by nobody where nobody does', () => {
    const asker = container('client', 'swarm-1', ['front', 'back']);
    const best = askersByNode(asker, [
      container('a', 'swarm-1', ['front', 'back']),
      container('b', 'swarm-2', ['front']),
      container('c', 'swarm-2', ['front', 'back']),
      container('d', 'swarm-3', ['other']),
      container('e', 'swarm-3', ['front'], 'exited'),
    ]);
    expect([...best].map(([node, { name }]) => `${node} ${name}`).sort()).toEqual(['swarm-1 client', 'swarm-2 c']);
  });

  it('answers that are not the usual one are marked', () => {
    const answers = ['10.0.1.3', '10.0.1.3', 'NXDOMAIN', ''].map((answer, index) => ({
      node: `swarm-${index}`,
      asker: 'c',
      answer,
      learned: '',
    }));
    expect(markDifferences(answers).map(({ differs }) => differs)).toEqual([false, false, true, false]);
  });
});
