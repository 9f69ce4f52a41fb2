import type { TaskExplanation, Timestamp } from '../../api';
import { timestamp } from '../../sim';
import type { StoredTask } from '../objects';
import type { Decision } from './decision';
import { maxFailures } from './failures';
import { filters } from './filters';
import { remediesFor } from './remedies';
import type { Requirements } from './requirements';
import type { PastNode } from './rewind';
import { nodesAt } from './rewind';
import { branchReaders } from './spread-tree';
import { groupKeyOf } from './task-queue';

type NodeExplanation = TaskExplanation['nodes'][number];
type Chosen = NonNullable<TaskExplanation['chosen']>;

/** Tells a decision again. The nodes are left out when so much happened since that they are not known any more. */
export function explainDecision(task: StoredTask, decision: Decision): TaskExplanation {
  const { requirements } = decision;
  const { run, outcome, message } = decision.ruling;
  const { set, at } = run;
  const serviceID = task.ServiceID ?? '';
  const past = nodesAt(set, { position: decision.position, at, serviceID, groupKey: groupKeyOf(task) });
  const preassigned = outcome === 'confirmed' || (outcome === 'pending' && decision.node >= 0);
  // A preassigned task is looked at on its own node only.
  const seen = (past ?? []).filter((node) => !preassigned || node.index === decision.node);
  const readers = preassigned ? [] : branchReaders(requirements.preferences);
  const branchOf = (node: PastNode): string[] => readers.map((reader) => reader(node.node));
  const nodes = seen.map((node) => explainNode(requirements, node, readers.length > 0 ? branchOf(node) : undefined));
  const eligible = seen.filter((_, place) => nodes[place]!.eligible);
  const nodeID = set.nodes[decision.node]?.node.ID;
  return {
    taskID: task.ID,
    serviceID,
    at: timestamp(at),
    outcome,
    message,
    nodes,
    ...(outcome !== 'pending' && nodeID !== undefined
      ? { chosen: { nodeID, by: preassigned ? 'preassigned' : reason(decision.node, eligible, branchOf) } }
      : {}),
    remedies: outcome === 'pending' ? remediesFor(requirements, seen) : [],
  };
}

/** What there is to say of a task that the scheduler has not decided about. */
export function explainUndecided(task: StoredTask, at: Timestamp): TaskExplanation {
  const { State, Message, Err } = task.Status;
  const reasons: Partial<Record<typeof State, string>> = {
    new: 'waits until its networks and ports are allocated',
    pending: 'waits for the next run of the scheduler',
  };
  return {
    taskID: task.ID,
    serviceID: task.ServiceID ?? '',
    at,
    outcome: 'not scheduled',
    message: reasons[State] ?? (Err || Message || State),
    nodes: [],
    remedies: [],
  };
}

function explainNode(task: Requirements, node: PastNode, branch: readonly string[] | undefined): NodeExplanation {
  const verdicts = filters.map((filter) => {
    if (!filter.enabled(task)) return { filter: filter.name, enabled: false, passed: true };
    return {
      filter: filter.name,
      enabled: true,
      passed: filter.check(task, node, node.serviceTasks),
      value: filter.value(task, node, node.serviceTasks),
    };
  });
  const { recentFailures, serviceTasks, totalTasks } = node;
  return {
    nodeID: node.node.ID,
    hostname: node.node.Description?.Hostname ?? '',
    verdicts,
    eligible: verdicts.every(({ passed }) => passed),
    rank: { recentFailures, serviceTasks, totalTasks },
    ...(branch ? { branch } : {}),
  };
}

/** Which key of the ranking told the chosen node from the best of the others (SCHED-40). */
function reason(
  chosenIndex: number,
  eligible: readonly PastNode[],
  branchOf: (node: PastNode) => readonly string[],
): Chosen['by'] {
  const chosen = eligible.find((node) => node.index === chosenIndex);
  let others = eligible.filter((node) => node.index !== chosenIndex);
  if (!chosen || others.length === 0) return 'only node';
  const branch = branchOf(chosen);
  const sameBranch = others.filter((node) => branchOf(node).every((value, level) => value === branch[level]));
  // The branch comes first: where several had room, it decided; within it the ranking did.
  if (sameBranch.length < others.length) return 'spread preference';
  others = sameBranch;
  const best = others.reduce((a, b) => (compare(b, a) < 0 ? b : a));
  if (weight(chosen) < weight(best)) return 'recent failures';
  if (weight(chosen) > weight(best)) return 'tie';
  if (chosen.serviceTasks < best.serviceTasks) return 'service tasks';
  if (chosen.serviceTasks > best.serviceTasks) return 'tie';
  return chosen.totalTasks < best.totalTasks ? 'total tasks' : 'tie';
}

/** Recent failures as far as they count in the ranking. */
function weight(node: PastNode): number {
  return node.recentFailures >= maxFailures ? node.recentFailures : 0;
}

function compare(a: PastNode, b: PastNode): number {
  return weight(a) - weight(b) || a.serviceTasks - b.serviceTasks || a.totalTasks - b.totalTasks || a.index - b.index;
}
