import type { ControlContext, ControlLoop } from '../control-loop';
import { ConstraintEnforcer } from './constraintenforcer/constraint-enforcer';
import { GlobalOrchestrator } from './global/orchestrator';
import { JobsOrchestrator } from './jobs/orchestrator';
import { ReplicatedOrchestrator } from './replicated/orchestrator';
import { TaskReaper } from './taskreaper/task-reaper';

/**
 * The orchestrators: they make and end tasks so that there is what services ask for. They react to the store and write
 * to it; none of them calls another. Not here: where tasks run (scheduler), what they get (allocator), running them.
 */
export { ConstraintEnforcer } from './constraintenforcer/constraint-enforcer';
export { GlobalOrchestrator } from './global/orchestrator';
export { JobsOrchestrator } from './jobs/orchestrator';
export { isInvalidNode } from './node-validity';
export { ReplicatedOrchestrator } from './replicated/orchestrator';
export { isGlobal, isJob, isReplicated, type ModeName, modeOf, replicasOf } from './service-mode';
export { TaskReaper } from './taskreaper/task-reaper';

/**
 * All loops of this folder, in the order in which a new leader starts them. Each has a stream of chance of its own,
 * another one for each state of the store: loops of a later leader must not hand out the IDs of an earlier one's again,
 * also when they are given the same stream.
 */
export function createOrchestrators(context: ControlContext): ControlLoop[] {
  const life = context.store.index;
  const own = (name: string): ControlContext => ({ ...context, random: context.random.stream(`${name} ${life}`) });
  return [
    new ReplicatedOrchestrator(own('replicated orchestrator')),
    new GlobalOrchestrator(own('global orchestrator')),
    new JobsOrchestrator(own('jobs orchestrator')),
    new TaskReaper(own('task reaper')),
    new ConstraintEnforcer(own('constraint enforcer')),
  ];
}
