import type { ManagerStatus, Node, TLSInfo } from '../../api';
import type { StoredNode } from '../../swarm/objects';
import { compact } from './omit';

/** A node as `GET /nodes` shows it (ORCH-2); `manager` is what raft knows of it (CTRL-31). */
export function projectNode(node: StoredNode, manager: ManagerStatus | undefined, tls?: TLSInfo): Node {
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
    // What a node says of itself has the root that it trusts: the swarm's.
    Description: node.Description.Hostname && tls ? { ...node.Description, TLSInfo: tls } : node.Description,
    Status: { State: node.Status.State, ...compact({ Message: node.Status.Message, Addr: node.Status.Addr }) },
    ...(manager ? { ManagerStatus: compact(manager) } : {}),
  };
}
