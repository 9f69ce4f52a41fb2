import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue';
import { fromNanoseconds, parseTimestamp, Random, Simulation, second, timestamp } from './index';

const start = Date.UTC(2026, 0, 1) * 1_000;

describe('the virtual clock', () => {
  it('runs events by time, and those of one moment in the order of their scheduling', () => {
    const sim = new Simulation({ seed: 1, start });
    const log: string[] = [];
    sim.after(20, () => log.push('c'));
    sim.after(10, () => {
      log.push('a');
      sim.after(0, () => log.push('a then'));
    });
    sim.after(10, () => log.push('b'));
    sim.runFor(15);
    expect(log).toEqual(['a', 'b', 'a then']);
    expect(sim.now).toBe(start + 15);
    sim.runUntilQuiet();
    expect(log.at(-1)).toBe('c');
    expect(sim.now).toBe(start + 20);
  });

  it('does not run what was cancelled, and is quiet when nothing is left', () => {
    const sim = new Simulation({ seed: 1, start });
    const timer = sim.after(10, () => expect.unreachable());
    timer.cancel();
    timer.cancel();
    expect(sim.next).toBeUndefined();
    expect(sim.step()).toBe(false);
  });

  it('never goes back: an event in the past is due now', () => {
    const sim = new Simulation({ seed: 1, start });
    sim.runFor(second);
    let ran = 0;
    sim.at(start, () => {
      ran = sim.now;
    });
    sim.runUntilQuiet();
    expect(ran).toBe(start + second);
  });

  it('stops a slice when it may not go on, and continues where it stopped', () => {
    const sim = new Simulation({ seed: 1, start });
    let count = 0;
    for (let index = 0; index < 100; index++) sim.after(index, () => count++);
    expect(sim.runSlice(start + 1_000, () => false)).toBe(false);
    expect(count).toBe(16);
    expect(sim.runSlice(start + 1_000, () => true)).toBe(true);
    expect(count).toBe(100);
    expect(sim.now).toBe(start + 1_000);
  });
});

describe('the event queue', () => {
  it('gives events in order whatever is pushed and cancelled', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ at: fc.nat(50), cancel: fc.boolean() }), { maxLength: 300 }), (plan) => {
        const queue = new EventQueue();
        const events = plan.map(({ at }) => queue.push(at, () => {}));
        plan.forEach(({ cancel }, index) => {
          if (cancel) queue.cancel(events[index]!);
        });
        const expected = events
          .filter((_, index) => !plan[index]!.cancel)
          .sort((a, b) => a.at - b.at || a.sequence - b.sequence);
        expect(queue.size).toBe(expected.length);
        const got = [];
        for (let event = queue.pop(); event; event = queue.pop()) got.push(event);
        expect(got).toEqual(expected);
        expect(queue.size).toBe(0);
      }),
    );
  });
});

describe('random streams', () => {
  it('repeat for the same seed and differ by name, whatever was drawn before', () => {
    const a = new Random(7);
    const b = new Random(7);
    a.integer(0, 100);
    expect(a.stream('x').objectId()).toBe(b.stream('x').objectId());
    expect(b.stream('x').objectId()).not.toBe(b.stream('y').objectId());
    expect(new Random(8).stream('x').objectId()).not.toBe(b.stream('x').objectId());
  });

  it('ORCH-1: object IDs are 25 characters of base 36 for 128 bits', () => {
    const random = new Random(1);
    for (let index = 0; index < 200; index++) expect(random.objectId()).toMatch(/^[0-9a-f][0-9a-z]{24}$/);
    expect(random.hexId()).toMatch(/^[0-9a-f]{64}$/);
  });

  it('shuffles fairly: every order of three comes up', () => {
    const random = new Random(3);
    const counts = new Map<string, number>();
    for (let index = 0; index < 6_000; index++) {
      const key = random.shuffle(['a', 'b', 'c']).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

describe('times', () => {
  it('print and parse as RFC 3339, and sort as texts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), fc.nat(999_999), fc.nat(999_999), (seconds, a, b) => {
        const [first, other] = [seconds * second + a, seconds * second + b];
        expect(parseTimestamp(timestamp(first))).toBe(first);
        expect(timestamp(first) < timestamp(other)).toBe(first < other);
      }),
    );
    expect(timestamp(start + 1)).toBe('2026-01-01T00:00:00.000001000Z');
    expect(parseTimestamp('2026-01-01T02:00:00.5+02:00')).toBe(start + 500_000);
    expect(parseTimestamp('yesterday')).toBeNaN();
    expect(fromNanoseconds(1_999)).toBe(1);
  });
});
