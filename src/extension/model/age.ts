import { minute, parseTimestamp } from '../../sim';
import { t } from './l10n';

/**
 * How long ago a moment was, in whole minutes at the finest, so that a row changes at most once a minute. `now` is the
 * cluster's time, which is virtual for a simulation.
 */
export function age(from: string, now: string): string {
  const minutes = Math.floor((parseTimestamp(now) - parseTimestamp(from)) / minute);
  if (!Number.isFinite(minutes) || minutes < 1) return t('just now');
  if (minutes < 60) return t('{0} min', minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t('{0} h', hours);
  return t('{0} d', Math.floor(hours / 24));
}

/** A time of the cluster for people: date and second, without the digits after it. */
export function moment(time: string): string {
  return time.replace('T', ' ').replace(/(\.\d+)?Z$/, '');
}
