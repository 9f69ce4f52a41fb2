import type { Micros } from '../../sim';
import { second, timestamp } from '../../sim';
import type { Program } from './process';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const longWeekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const longMonths = 'January February March April May June July August September October November December'.split(' ');

/** `Tue Nov 24 14:35:16 UTC 2026`. */
export function dateText(time: Micros, zone = ' UTC'): string {
  const text = timestamp(time);
  const day = weekdays[(Math.floor(time / (86_400 * second)) + 4) % 7];
  return `${day} ${months[Number(text.slice(5, 7)) - 1]} ${text.slice(8, 10).replace(/^0/, ' ')} ${text.slice(11, 19)}${zone} ${text.slice(0, 4)}`;
}

/** What a letter of a format stands for. */
function dateParts(time: Micros): Readonly<Record<string, string>> {
  const text = timestamp(time);
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)];
  const days = Math.floor(time / (86_400 * second));
  const weekday = (days + 4) % 7;
  const ofYear = days - Date.UTC(Number(year), 0, 1) / 86_400_000 + 1;
  const hour = Number(text.slice(11, 13));
  const twelve = String(hour % 12 || 12).padStart(2, '0');
  return {
    Y: year,
    y: year.slice(2),
    m: month,
    d: day,
    e: day.replace(/^0/, ' '),
    H: text.slice(11, 13),
    I: twelve,
    M: text.slice(14, 16),
    S: text.slice(17, 19),
    p: hour < 12 ? 'AM' : 'PM',
    F: text.slice(0, 10),
    T: text.slice(11, 19),
    R: text.slice(11, 16),
    D: `${month}/${day}/${year.slice(2)}`,
    s: String(Math.floor(time / second)),
    N: String((time % second) * 1_000).padStart(9, '0'),
    j: String(ofYear).padStart(3, '0'),
    u: String(weekday || 7),
    w: String(weekday),
    a: weekdays[weekday]!,
    A: longWeekdays[weekday]!,
    b: months[Number(month) - 1]!,
    h: months[Number(month) - 1]!,
    B: longMonths[Number(month) - 1]!,
    Z: 'UTC',
    z: '+0000',
    c: dateText(time, ''),
    n: '\n',
    t: '\t',
    '%': '%',
  };
}

/** A point in time as `-d` takes it: `@SECONDS`, a day, or a day and a time. */
function pointInTime(text: string): Micros | undefined {
  const seconds = /^@(-?\d+)$/.exec(text);
  if (seconds) return Number(seconds[1]) * second;
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?Z?$/.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, rest = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return Date.UTC(year, month - 1, day, hour, minute, rest) * 1_000;
}

/** `date [-u] [-R] [-I[SPEC]] [-d TIME] [+FORMAT]`. */
export const date: Program = (process) => {
  const words = process.argv.slice(1);
  let time: Micros | undefined = process.sim.now;
  let format: string | undefined;
  while (words.length > 0) {
    const word = words.shift()!;
    const iso = /^(?:-I|--iso-8601=?)(\w*)$/.exec(word);
    if (word.startsWith('+')) format = word.slice(1);
    else if (word === '-d' || word === '--date') {
      const given = words.shift() ?? '';
      time = pointInTime(given);
      if (time === undefined) {
        process.stderr(`date: invalid date '${given}'\n`);
        return 1;
      }
    } else if (iso) format = /^s/.test(iso[1]!) ? '%Y-%m-%dT%H:%M:%S+00:00' : '%Y-%m-%d';
    else if (word === '-R') format = '%a, %d %b %Y %H:%M:%S +0000';
    else if (word === '-s') {
      process.stderr("date: can't set date: Operation not permitted\n");
      return 1;
    } else if (word !== '-u' && word !== '--utc') {
      process.stderr(`date: invalid date '${word}'\n`);
      return 1;
    }
  }
  const parts = dateParts(time);
  process.stdout(
    format === undefined
      ? `${dateText(time)}\n`
      : `${format.replace(/%([\w%])/g, (all, key: string) => parts[key] ?? all)}\n`,
  );
  return 0;
};
