import { describe, expect, it } from 'vitest';
import { second } from '../../../sim';
import { FakeSwarm, images } from '../testing/fake-swarm';

function swarmWith(replicas: number, nodes = 3): { swarm: FakeSwarm; id: string } {
  const swarm = new FakeSwarm();
  swarm.addNodes(nodes);
  const id = swarm.createService({ Mode: { Replicated: { Replicas: replicas } } });
  swarm.run(2 * second);
  return { swarm, id };
}

const slotsOf = (swarm: FakeSwarm, id: string): number[] =>
  swarm
    .live(id)
    .map((task) => task.Slot ?? 0)
    .sort();

describe('replicated services', () => {
  it('ORCH-20: slots are numbered from 1', () => {
    const { swarm, id } = swarmWith(3);
    expect(slotsOf(swarm, id)).toEqual([1, 2, 3]);
    expect(swarm.running(id)).toHaveLength(3);
  });
});

void images;
