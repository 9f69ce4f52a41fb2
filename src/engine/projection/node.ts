import type { ManagerStatus, Node } from '../../api';
import type { StoredNode } from '../../swarm/objects';
import { compact } from './omit';

/** A node as `GET /nodes` shows it (ORCH-2); `manager` is what raft knows of it (CTRL-31). */
export function projectNode(node: StoredNode, manager: ManagerStatus | undefined): Node {
  return {
    ID: node.ID,
    Version: node.Version,
    CreatedAt: node.CreatedAt,
    UpdatedAt: node.UpdatedAt,
    Spec: {
      ...compact({ Name: node.Spec.Name }),
      Labels: node.Spec.Labels ?? {},
      Role: node.Spec.Role,
      Availability: node.Spec.Availability,
    },
    Description: node.Description,
    Status: { State: node.Status.State, ...compact({ Message: node.Status.Message, Addr: node.Status.Addr }) },
    ...(manager ? { ManagerStatus: compact(manager) } : {}),
  };
}
