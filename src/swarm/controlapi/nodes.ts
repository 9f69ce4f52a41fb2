import type { NodeSpec } from '../../api';
import { compareTaskStates } from '../../api';
import type { StoredNode } from '../objects';
import { StatusError } from '../status-error';
import type { ControlAPIContext } from './context';
import { required, write } from './context';

/**
 * Sets a node's spec: availability, labels, desired role (CTRL-20, CTRL-26). Demotion is refused where it would end
 * the swarm or its quorum (CTRL-21).
 */
export function updateNode(context: ControlAPIContext, nodeID: string, version: number, Spec: NodeSpec): StoredNode {
  const node = required(context, 'node', nodeID);
  if (node.Spec.Role === 'manager' && Spec.Role === 'worker') checkDemotion(context, nodeID);
  return write(context, nodeID, (tx) => tx.update('node', { ...node, Spec, Version: { Index: version } }));
}

function checkDemotion({ store, membership }: ControlAPIContext, nodeID: string): void {
  const managers = [...store.all('node')].filter((node) => node.Role === 'manager');
  if (managers.length === 1 && managers[0]!.ID === nodeID) {
    throw new StatusError('FailedPrecondition', 'attempting to demote the last manager of the swarm');
  }
  if (!membership.isMember(nodeID)) throw new StatusError('NotFound', "can't find manager in raft memberlist");
  if (!membership.canRemoveMember(nodeID)) {
    throw new StatusError(
      'FailedPrecondition',
      "can't remove member from the raft: this would result in a loss of quorum",
    );
  }
}

/**
 * Removes a node that is not a manager and, without `force`, not READY (CTRL-23). Its tasks turn ORPHANED (ORCH-107)
 * and it may not come back under its ID.
 */
export function removeNode(context: ControlAPIContext, nodeID: string, force: boolean): void {
  const { store, sim, membership } = context;
  const node = required(context, 'node', nodeID);
  if (membership.isMember(nodeID)) {
    throw new StatusError(
      'FailedPrecondition',
      `node ${nodeID} is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal`,
    );
  }
  if (!force && node.Status.State === 'ready') {
    throw new StatusError('FailedPrecondition', `node ${nodeID} is not down and can't be removed`);
  }
  write(context, nodeID, (tx) => {
    const { cluster } = store;
    if (cluster) {
      tx.update('cluster', { ...cluster, BlacklistedNodes: [...(cluster.BlacklistedNodes ?? []), nodeID] });
    }
    for (const task of [...store.tasksOnNode(nodeID).values()]) {
      if (compareTaskStates(task.Status.State, 'complete') >= 0) continue;
      const Message = 'Task belonged to a node that has been deleted';
      tx.update('task', { ...task, Status: { Timestamp: sim.timestamp, State: 'orphaned', Message } });
    }
    tx.remove('node', nodeID);
  });
}
