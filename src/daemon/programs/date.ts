import type { Micros } from '../../sim';
import { second, timestamp } from '../../sim';
import type { Program } from './process';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Tue Nov 24 14:35:16 UTC 2026`. */
export function dateText(time: Micros, zone = ' UTC'): string {
  const text = timestamp(time);
  const day = weekdays[(Math.floor(time / (86_400 * second)) + 4) % 7];
  return `${day} ${months[Number(text.slice(5, 7)) - 1]} ${text.slice(8, 10).replace(/^0/, ' ')} ${text.slice(11, 19)}${zone} ${text.slice(0, 4)}`;
}

/** `date [+FORMAT]`. */
export const date: Program = ({ argv, sim, stdout }) => {
  const format = argv[1];
  if (format === '+%s') stdout(`${Math.floor(sim.now / second)}\n`);
  else if (format?.startsWith('+')) {
    const text = timestamp(sim.now);
    const parts: Record<string, string> = {
      Y: text.slice(0, 4),
      m: text.slice(5, 7),
      d: text.slice(8, 10),
      H: text.slice(11, 13),
      M: text.slice(14, 16),
      S: text.slice(17, 19),
      F: text.slice(0, 10),
      T: text.slice(11, 19),
      s: String(Math.floor(sim.now / second)),
    };
    stdout(`${format.slice(1).replace(/%(\w)/g, (all, key: string) => parts[key] ?? all)}\n`);
  } else stdout(`${dateText(sim.now)}\n`);
  return 0;
};
