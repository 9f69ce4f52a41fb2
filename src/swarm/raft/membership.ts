import type { StoredNode } from '../objects';
import { StatusError } from '../status-error';
import type { Store } from '../store';
import type { Raft } from './raft';

/** Refuses to make a manager a worker when the swarm would not survive it (CTRL-21). */
export function checkDemote(raft: Raft, store: Store, node: StoredNode): void {
  const managers = [...store.all('node')].filter(({ Role }) => Role === 'manager');
  if (managers.length === 1 && managers[0]!.ID === node.ID) {
    throw new StatusError('FailedPrecondition', 'attempting to demote the last manager of the swarm');
  }
  if (!raft.isMember(node.ID)) throw new StatusError('NotFound', "can't find manager in raft memberlist");
  if (!raft.canRemoveMember(node.ID)) {
    throw new StatusError(
      'FailedPrecondition',
      "can't remove member from the raft: this would result in a loss of quorum",
    );
  }
}

/** Refuses to remove managers, and nodes that are up unless forced (CTRL-23). */
export function checkRemoveNode(raft: Raft, node: StoredNode, force: boolean): void {
  if (raft.isMember(node.ID)) {
    throw new StatusError(
      'FailedPrecondition',
      `node ${node.ID} is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal`,
    );
  }
  if (!force && node.Status.State === 'ready') {
    throw new StatusError('FailedPrecondition', `node ${node.ID} is not down and can't be removed`);
  }
}

const force = 'Use `--force` to suppress this message.';

/** What a manager is told that wants to leave without force; undefined for workers, who may (CTRL-24). */
export function leaveRefusal(raft: Raft, nodeID: string): string | undefined {
  if (!raft.isMember(nodeID)) return undefined;
  const total = raft.members.length;
  const reachable = raft.reachableCount;
  let text = 'You are attempting to leave the swarm on a node that is participating as a manager. ';
  if (raft.error) {
    text += 'Doing so may lose the consensus of your cluster. ';
  } else if (total === 1) {
    return `${text}Removing the last manager erases all current state of the swarm. Use \`--force\` to ignore this message. `;
  } else if (reachable - 2 <= total - reachable) {
    text += `Removing this node leaves ${reachable - 1} managers out of ${total}. Without a Raft quorum your swarm will be inaccessible. `;
  }
  return `${text}The only way to restore a swarm that has lost consensus is to reinitialize it with \`--force-new-cluster\`. ${force}`;
}
