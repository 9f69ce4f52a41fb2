import type { Raft } from './raft';

const reinitialize =
  'The only way to restore a swarm that has lost consensus is to reinitialize it with `--force-new-cluster`. ' +
  'Use `--force` to suppress this message.';

/** What a manager is told that wants to leave without force; undefined for workers, who may (CTRL-24). */
export function leaveRefusal(raft: Raft, nodeID: string): string | undefined {
  if (!raft.isMember(nodeID)) return undefined;
  const total = raft.members.length;
  const reachable = raft.reachableCount;
  let text = 'You are attempting to leave the swarm on a node that is participating as a manager. ';
  // Without a quorum nothing more is known, and nothing more is said.
  if (raft.error) return `${text}${reinitialize}`;
  if (total === 1) {
    return `${text}Removing the last manager erases all current state of the swarm. Use \`--force\` to ignore this message. `;
  }
  if (reachable - 2 <= total - reachable) {
    text += `Removing this node leaves ${reachable - 1} managers out of ${total}. Without a Raft quorum your swarm will be inaccessible. `;
  }
  return `${text}${reinitialize}`;
}
