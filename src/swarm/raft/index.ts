/** The managers among themselves: members, quorum, leader, roles (CTRL-1 to 9, 20 to 24, 31). Not here: the store. */
export { deadlineExceeded, lostQuorum, raftErrors } from './errors';
export { leaveRefusal } from './membership';
export { type Leadership, quorum, Raft } from './raft';
export { RoleManager } from './role-manager';
