import type { Link } from './query';
import { failure, local } from './query';

/** With an ndots option set, a single label that nobody knows has no addresses and goes no further (DISC-19). */
const ndots: Link = (query) => {
  if (query.type !== 'A' && query.type !== 'AAAA') return undefined;
  if (!query.context.conf.ndotsSet || query.name.includes('.')) return undefined;
  query.trace?.push({
    hop: 'forward',
    servers: [],
    outcome: 'skipped',
    why: 'ndots is set: single labels are not forwarded',
  });
  return local([]);
};

/** A sandbox without a way out asks nobody (DISC-29). */
const noWayOut: Link = (query) => {
  const { profile, internalOnly } = query.context;
  if (!internalOnly || profile.internalOnlyForwards) return undefined;
  query.trace?.push({
    hop: 'forward',
    servers: [],
    outcome: 'skipped',
    why: 'the container has internal networks only',
  });
  return failure(profile.noUpstreamAnswer);
};

/** 20.10 looks for the way out first (DISC-19). */
export const policy: Link = (query) =>
  query.context.profile.internalOnlyForwards ? (ndots(query) ?? noWayOut(query)) : (noWayOut(query) ?? ndots(query));
