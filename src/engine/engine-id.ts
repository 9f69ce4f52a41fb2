import type { Random } from '../sim';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An engine's ID as 20.10 writes it: twelve groups of four base-32 digits. */
export function groupedEngineId(random: Random): string {
  const group = () => Array.from({ length: 4 }, () => base32[random.integer(0, 31)]).join('');
  return Array.from({ length: 12 }, group).join(':');
}

/** An engine's ID as newer engines write it: a UUID. */
export function uuidEngineId(random: Random): string {
  const hex = random.hexId(32);
  const variant = '89ab'[random.integer(0, 3)];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
