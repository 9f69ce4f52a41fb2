import type { Micros } from '../../sim';
import { millisecond, second } from '../../sim';

const first = 100 * millisecond;
const most = 8 * second;

/**
 * How long an agent waits at most before it registers again, given the wait before (0 after a session that worked):
 * 100 ms, then twice as long and 100 ms more, up to 8 s (CTRL-32).
 */
export function sessionBackoff(previous: Micros): Micros {
  return Math.min(most, first + 2 * previous);
}
