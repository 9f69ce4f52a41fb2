import type { StoredNode } from '../objects';
import { monitorFailures } from './failures';
import type { NodeView } from './node-info';
import type { NodeSet } from './node-set';
import type { VolumeSet } from './volumes';

/** A node as it was at an earlier moment, seen for one group. */
export interface PastNode extends NodeView {
  readonly index: number;
  readonly totalTasks: number;
  readonly serviceTasks: number;
  readonly recentFailures: number;
}

interface Unwinding {
  node: StoredNode | undefined;
  usedCPUs: number;
  usedMemory: number;
  usedGeneric: Map<string, number>;
  hostPorts: Map<string, number>;
  volumes: VolumeSet;
  totalTasks: number;
  serviceTasks: number;
  recentFailures: number;
}

/** Of what the past is to be told. */
export interface Moment {
  readonly position: number;
  readonly at: number;
  readonly serviceID: string;
  readonly groupKey: string;
}

/** The nodes at a moment, by undoing what happened since; undefined when that is not kept any more. */
export function nodesAt(set: NodeSet, moment: Moment): PastNode[] | undefined {
  if (!set.history.reaches(moment.position)) return undefined;
  const past = set.nodes.map(
    (info): Unwinding => ({
      node: info.removed ? undefined : info.node,
      usedCPUs: info.usedCPUs,
      usedMemory: info.usedMemory,
      usedGeneric: new Map(info.usedGeneric),
      hostPorts: new Map(info.hostPorts),
      volumes: info.volumes,
      totalTasks: info.activeTasks,
      serviceTasks: set.serviceTasks(moment.serviceID, info),
      recentFailures: 0,
    }),
  );
  set.history.backTo(moment.position, (index, step) => {
    const node = past[index]!;
    switch (step.kind) {
      case 'held':
      case 'released': {
        const by = step.kind === 'held' ? -1 : 1;
        node.usedCPUs += by * step.footprint.nanoCPUs;
        node.usedMemory += by * step.footprint.memoryBytes;
        for (const { kind, value } of step.footprint.generic) count(node.usedGeneric, kind, by * value);
        for (const port of step.footprint.hostPorts) count(node.hostPorts, port, by);
        break;
      }
      case 'activated':
      case 'deactivated': {
        const by = step.kind === 'activated' ? -1 : 1;
        node.totalTasks += by;
        if (step.serviceID === moment.serviceID) node.serviceTasks += by;
        break;
      }
      case 'node':
        node.node = step.previous;
    }
    return undefined;
  });
  countFailures(set, moment, past);
  return past.flatMap((node, index) => (node.node ? [{ ...node, node: node.node, index }] : []));
}

/** Failures of the group in the five minutes before the moment. */
function countFailures(set: NodeSet, moment: Moment, past: Unwinding[]): void {
  set.history.before(moment.position, 0, (index, step) => {
    if (step.kind !== 'failed') return undefined;
    if (moment.at - step.failure.at > monitorFailures) return false;
    if (step.failure.groupKey === moment.groupKey) past[index]!.recentFailures++;
    return undefined;
  });
}

function count(counts: Map<string, number>, key: string, by: number): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now === 0) counts.delete(key);
  else counts.set(key, now);
}
