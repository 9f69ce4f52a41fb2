import type { Slot } from '../slot';

interface RankedSlot {
  readonly slot: Slot;
  readonly running: boolean;
  readonly number: number;
}

/**
 * Orders live slots so that the first ones are kept when a service is scaled down (ORCH-24): running before not
 * running, lower numbers first, and then the first copy on each node before the second, and so on. Slots with several
 * tasks or without a node come last. Ties keep their order (ORCH-25).
 */
export function slotsByKeepOrder(slots: readonly Slot[]): Slot[] {
  const ranked = slots
    .map(
      (slot): RankedSlot => ({
        slot,
        running: slot.some((task) => task.Status.State === 'running'),
        number: slot[0]?.Slot ?? 0,
      }),
    )
    .sort((a, b) => Number(b.running) - Number(a.running) || a.number - b.number);
  const copiesOnNode = new Map<string, number>();
  const indexed = ranked.map(({ slot }) => {
    const nodeID = slot.length === 1 ? slot[0]?.NodeID : undefined;
    if (!nodeID) return { slot, index: Number.POSITIVE_INFINITY };
    const index = (copiesOnNode.get(nodeID) ?? 0) + 1;
    copiesOnNode.set(nodeID, index);
    return { slot, index };
  });
  return indexed.sort((a, b) => (a.index === b.index ? 0 : a.index - b.index)).map(({ slot }) => slot);
}
