import type { Nanoseconds, Timestamp } from '../api';

/** Virtual time: integer microseconds since the Unix epoch. */
export type Micros = number;

export const millisecond = 1_000;
export const second = 1_000_000;
export const minute = 60 * second;
export const hour = 60 * minute;

/** The zero time as Go's engine prints it. */
export const zeroTime: Timestamp = '0001-01-01T00:00:00Z';

/** From an API duration to virtual time, rounded down. */
export function fromNanoseconds(duration: Nanoseconds): Micros {
  return Math.floor(duration / 1_000);
}

let lastSecond = Number.NaN;
let lastPrefix = '';
let lastTime = Number.NaN;
let lastText: Timestamp = zeroTime;

/** RFC 3339 with nine digits, so that timestamps compare as strings. One moment has one text, which its users share. */
export function timestamp(time: Micros): Timestamp {
  if (time === lastTime) return lastText;
  const whole = Math.floor(time / second);
  if (whole !== lastSecond) {
    lastSecond = whole;
    lastPrefix = new Date(whole * 1_000).toISOString().slice(0, 20);
  }
  lastTime = time;
  lastText = `${lastPrefix}${String(time - whole * second).padStart(6, '0')}000Z`;
  return lastText;
}

/** The inverse of `timestamp`; also reads other RFC 3339 times, rounded down to microseconds. NaN when it is none. */
export function parseTimestamp(text: Timestamp): Micros {
  const match = /^(.{19})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  if (!match) return Number.NaN;
  const [, base, fraction = '', zone] = match;
  return Date.parse(`${base}${zone}`) * 1_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
