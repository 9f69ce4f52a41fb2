/** Placement constraints: reading and matching them (SCHED-30 to SCHED-36). Knows nodes, not tasks. */
export {
  type ConstrainedNode,
  type Constraint,
  type ConstraintOperator,
  constrainedValue,
  constraintHolds,
  constraintText,
  failedConstraint,
  nodeMatches,
  parseConstraints,
} from './constraint';
