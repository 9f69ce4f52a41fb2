import type { Micros } from '../../sim';
import { parseTimestamp, second } from '../../sim';
import { EngineError } from '../http';

/** Reads `since` or `until`: Unix seconds with an optional fraction, or an RFC 3339 time. Throws 400 for others. */
export function parseEventTime(text: string | null): Micros | undefined {
  if (text === null || text === '') return undefined;
  const unix = /^(-?\d+)(?:\.(\d+))?$/.exec(text);
  if (unix) {
    const [, whole = '0', fraction = ''] = unix;
    return Number(whole) * second + Number(fraction.slice(0, 6).padEnd(6, '0'));
  }
  const time = parseTimestamp(text);
  if (Number.isNaN(time)) throw new EngineError(400, `strconv.ParseInt: parsing "${text}": invalid syntax`);
  return time;
}
