import type { Profile } from '../../api';
import type { Micros } from '../../sim';
import { parseTimestamp, second } from '../../sim';
import { EngineError } from '../http';

/**
 * Reads `since` or `until`: Unix seconds with an optional fraction, or an RFC 3339 time. Others are refused with 400; an
 * engine of 20.10 takes them for an error of its own.
 */
export function parseEventTime(text: string | null, profile: Profile): Micros | undefined {
  if (text === null || text === '') return undefined;
  const unix = /^(-?\d+)(?:\.(\d+))?$/.exec(text);
  if (unix) {
    const [, whole = '0', fraction = ''] = unix;
    return Number(whole) * second + Number(fraction.slice(0, 6).padEnd(6, '0'));
  }
  const time = parseTimestamp(text);
  if (Number.isNaN(time))
    throw new EngineError(profile.name === '20.10' ? 500 : 400, `strconv.ParseInt: parsing "${text}": invalid syntax`);
  return time;
}
