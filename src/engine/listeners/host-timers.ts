import type { HostTimers } from '../pacer';

/** The host of a simulation that runs in Node: its monotonic clock and event loop. */
export const nodeTimers: HostTimers = {
  now: () => Math.floor(performance.now() * 1_000),
  schedule: (milliseconds, run) => {
    if (milliseconds === 0) {
      const turn = setImmediate(run);
      return () => clearImmediate(turn);
    }
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  drain: () => new Promise((resolve) => setImmediate(resolve)),
};

/** Microseconds since the epoch by the machine's clock. */
export function wallClock(): number {
  return Date.now() * 1_000;
}
