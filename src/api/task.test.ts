import { describe, expect, it } from 'vitest';
import { compareTaskStates, isTerminal, taskStateOrder } from './task';

describe('task states', () => {
  it('ORCH-10: have the numbers of SwarmKit', () => {
    expect(taskStateOrder).toMatchObject({
      new: 0,
      pending: 64,
      assigned: 192,
      accepted: 256,
      preparing: 320,
      ready: 384,
      starting: 448,
      running: 512,
      complete: 576,
      shutdown: 640,
      failed: 704,
      rejected: 768,
      remove: 800,
      orphaned: 832,
    });
  });

  it('ORCH-11: are compared by number, and terminal after RUNNING', () => {
    expect(compareTaskStates('failed', 'shutdown')).toBeGreaterThan(0);
    expect(compareTaskStates('new', 'new')).toBe(0);
    expect(['starting', 'running', 'complete', 'orphaned'].map((state) => isTerminal(state as 'running'))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
