import type { ServiceSpec } from '../../api';
import type { Constraint } from '../constraint';
import { nodeMatches, parseConstraints } from '../constraint';
import type { StoredNode } from '../objects';

/** Missing, DOWN or drained: tasks on such a node are replaced. UNKNOWN and DISCONNECTED nodes are valid (ORCH-28). */
export function isInvalidNode(node: StoredNode | undefined): boolean {
  return node === undefined || node.Status.State === 'down' || node.Spec.Availability === 'drain';
}

/** Parsed placement constraints; none when there are none or they do not parse, which then match every node (ORCH-80). */
export function constraintsOf(expressions: readonly string[] | undefined): Constraint[] {
  if (!expressions || expressions.length === 0) return [];
  try {
    return parseConstraints(expressions);
  } catch {
    return [];
  }
}

/** Whether a node meets a service's present placement constraints. */
export function meetsConstraints(spec: ServiceSpec, node: StoredNode): boolean {
  const constraints = constraintsOf(spec.TaskTemplate.Placement?.Constraints);
  return constraints.length === 0 || nodeMatches(constraints, node);
}
