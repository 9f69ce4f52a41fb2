import { StatusError } from '../status-error';

/** While no leader can be reached: at first requests run into their time limit, later they are refused (CTRL-4, CTRL-5). */
export const deadlineExceeded = 'context deadline exceeded';
export const lostQuorum =
  "The swarm does not have a leader. It's possible that too few managers are online. " +
  'Make sure more than half of the managers are online.';

/** Raft's own refusals that clients may see (CTRL-6). */
export const raftErrors = {
  memberUnknown: 'raft: member unknown',
  memberNotRemovable: 'raft: member cannot be removed, because removing it may result in loss of quorum',
  noLeader: 'raft: no elected cluster leader',
  notMember: 'raft: node is not yet part of a raft cluster',
} as const;

export function raftError(text: (typeof raftErrors)[keyof typeof raftErrors]): StatusError {
  return new StatusError('Unknown', text);
}
