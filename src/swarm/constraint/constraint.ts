import type { StoredNode } from '../objects';
import { matchesAddress } from './address';

export type ConstraintOperator = '==' | '!=';

/** One placement constraint, `key OP value` (SCHED-30). */
export interface Constraint {
  readonly key: string;
  readonly operator: ConstraintOperator;
  readonly value: string;
}

/** What constraints look at. */
export type ConstrainedNode = Pick<StoredNode, 'ID' | 'Role' | 'Spec' | 'Description' | 'Status'>;

const operators: readonly ConstraintOperator[] = ['==', '!='];
const keyPattern = /^[a-z_][a-z0-9\-_.]+$/i;
const valuePattern = /^[a-z0-9:\-_\t\n\f\r .*()?+[\]\\^$|/]+$/i;

/**
 * Reads placement constraints (SCHED-30).
 * Throws an Error with the engine's text (SCHED-31) at the first one that is malformed.
 */
export function parseConstraints(expressions: readonly string[]): Constraint[] {
  return expressions.map(parseConstraint);
}

function parseConstraint(expression: string): Constraint {
  const operator = operators.find((candidate) => expression.includes(candidate));
  if (!operator) throw new Error(`constraint expected one operator from ${operators.join(', ')}`);
  const at = expression.indexOf(operator);
  const key = expression.slice(0, at).trim();
  const value = expression.slice(at + operator.length).trim();
  if (!keyPattern.test(key)) throw new Error(`key '${key}' is invalid`);
  if (!valuePattern.test(value)) throw new Error(`value '${value}' is invalid`);
  return { key, operator, value };
}

/** Whether the node satisfies every constraint (SCHED-32). */
export function nodeMatches(constraints: readonly Constraint[], node: ConstrainedNode): boolean {
  return constraints.every((constraint) => constraintHolds(constraint, node));
}

/** The first constraint that the node does not satisfy, with the node's own value; undefined when all hold. */
export function failedConstraint(
  constraints: readonly Constraint[],
  node: ConstrainedNode,
): { readonly constraint: Constraint; readonly value: string | undefined } | undefined {
  const constraint = constraints.find((candidate) => !constraintHolds(candidate, node));
  return constraint && { constraint, value: constrainedValue(constraint.key, node) };
}

/** Whether the node satisfies one constraint (SCHED-32, SCHED-35); an unknown key never does (SCHED-34). */
export function constraintHolds(constraint: Constraint, node: ConstrainedNode): boolean {
  if (constraint.key.toLowerCase() === 'node.ip') {
    const same = matchesAddress(constraint.value, node.Status.Addr);
    return same !== undefined && same === (constraint.operator === '==');
  }
  const value = constrainedValue(constraint.key, node);
  if (value === undefined) return false;
  return (value.toLowerCase() === constraint.value.toLowerCase()) === (constraint.operator === '==');
}

const nodeLabels = 'node.labels.';
const engineLabels = 'engine.labels.';

/**
 * The node's value for a constraint key (SCHED-33): missing ones are the empty string, an unknown key gives undefined.
 * Keys ignore case, but the name of a label does not.
 */
export function constrainedValue(key: string, node: ConstrainedNode): string | undefined {
  const lower = key.toLowerCase();
  switch (lower) {
    case 'node.id':
      return node.ID;
    case 'node.hostname':
      return node.Description?.Hostname ?? '';
    case 'node.ip':
      return node.Status.Addr ?? '';
    case 'node.role':
      return node.Role;
    case 'node.platform.os':
      return node.Description?.Platform?.OS ?? '';
    case 'node.platform.arch':
      return node.Description?.Platform?.Architecture ?? '';
  }
  if (lower.length > nodeLabels.length && lower.startsWith(nodeLabels)) {
    return label(node.Spec.Labels, key.slice(nodeLabels.length));
  }
  if (lower.length > engineLabels.length && lower.startsWith(engineLabels)) {
    return label(node.Description?.Engine?.Labels, key.slice(engineLabels.length));
  }
  return undefined;
}

function label(labels: Readonly<Record<string, string>> | undefined, name: string): string {
  return labels && Object.hasOwn(labels, name) ? labels[name]! : '';
}

/** The constraint as it is written on a command line. */
export function constraintText(constraint: Constraint): string {
  return `${constraint.key}${constraint.operator}${constraint.value}`;
}
