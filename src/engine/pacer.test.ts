import { describe, expect, it } from 'vitest';
import { Simulation, second } from '../sim';
import type { HostTimers } from './pacer';
import { Pacer } from './pacer';

/** A host whose time moves by hand. */
class HandHost implements HostTimers {
  time = 0;
  readonly timers: { at: number; run: () => void }[] = [];
  now = () => this.time;
  schedule = (milliseconds: number, run: () => void) => {
    const timer = { at: this.time + milliseconds * 1_000, run };
    this.timers.push(timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index >= 0) this.timers.splice(index, 1);
    };
  };
  drain = () => new Promise<void>((resolve) => setImmediate(resolve));
  /** Lets wall time pass, running what becomes due. */
  async pass(microseconds: number): Promise<void> {
    const end = this.time + microseconds;
    for (;;) {
      await this.drain();
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.timers.splice(this.timers.indexOf(due), 1);
      this.time = Math.max(this.time, due.at);
      due.run();
      await this.drain();
    }
    this.time = end;
  }
}

function setup(options: { speed?: number; paused?: boolean } = {}) {
  const sim = new Simulation({ seed: 1, start: 1_000 * second });
  const host = new HandHost();
  const pacer = new Pacer(sim, host, options);
  return { sim, host, pacer };
}

describe('Pacer', () => {
  it('schedules no timer when nothing is due', async () => {
    const { sim, host, pacer } = setup();
    pacer.start();
    expect(host.timers).toHaveLength(0);
    sim.after(5 * second, () => {});
    await pacer.enter(() => {});
    expect(host.timers).toHaveLength(1);
    await host.pass(6 * second);
    expect(host.timers).toHaveLength(0);
  });

  it('runs events when their wall time has come, at the speed asked for', async () => {
    const { sim, host, pacer } = setup({ speed: 10 });
    const ran: number[] = [];
    sim.after(10 * second, () => ran.push(sim.now));
    pacer.start();
    await host.pass(second / 2);
    expect(ran).toEqual([]);
    await host.pass(second);
    expect(ran).toEqual([1_010 * second]);
  });

  it('lets requests in at the present virtual time, after what was due', async () => {
    const { sim, host, pacer } = setup();
    const order: string[] = [];
    sim.after(second, () => order.push('event'));
    pacer.start();
    host.time += 3 * second;
    const at = await pacer.enter(() => {
      order.push('request');
      return sim.now;
    });
    expect(order).toEqual(['event', 'request']);
    // More than the lag that is made up for: what passed before the event is lost.
    expect(at).toBe(1_001 * second);
    host.time += second;
    expect(await pacer.enter(() => sim.now)).toBe(1_002 * second);
  });

  it('stands still while paused, and goes on from there', async () => {
    const { sim, host, pacer } = setup({ paused: true });
    sim.after(second, () => {});
    pacer.start();
    await host.pass(60 * second);
    expect(sim.now).toBe(1_000 * second);
    expect(host.timers).toHaveLength(0);
    pacer.set({ paused: false });
    await host.pass(2 * second);
    expect(sim.now).toBe(1_001 * second);
  });

  it('drains promises after each event while a request is in flight', async () => {
    const { sim, host, pacer } = setup({ paused: true });
    const seen: number[] = [];
    pacer.start();
    void pacer.enter(() => {
      pacer.inFlight = 1;
      void new Promise<void>((resolve) => sim.after(second, resolve)).then(() => {
        seen.push(sim.now);
        pacer.inFlight = 0;
      });
      sim.after(second + 1, () => {});
    });
    await pacer.advanceTo(1_010 * second);
    expect(seen).toEqual([1_001 * second]);
    expect(host.time).toBe(0);
  });

  it('gives the host its turn when a slice grows long', async () => {
    const { sim, host, pacer } = setup();
    for (let count = 0; count < 100; count++) {
      sim.after(count, () => {
        host.time += 1_000;
      });
    }
    pacer.start();
    const done = pacer.advanceTo(sim.now + second);
    await host.drain();
    expect(sim.executed).toBeGreaterThan(0);
    expect(sim.executed).toBeLessThan(100);
    await host.pass(second);
    await done;
    expect(sim.executed).toBe(100);
  });
});
