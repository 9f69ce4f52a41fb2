import type { RestartCondition, TaskSpec } from '../../../api';
import type { Micros } from '../../../sim';
import { fromNanoseconds, second } from '../../../sim';

/** How long a replacement waits when the policy does not say (ORCH-50). */
export const defaultRestartDelay: Micros = 5 * second;

/** A task's restart policy with its defaults filled in (ORCH-50). */
export interface EffectivePolicy {
  readonly condition: Exclude<RestartCondition, ''>;
  readonly delay: Micros;
  /** 0: no limit. */
  readonly maxAttempts: number;
  /** 0: all restarts count. */
  readonly window: Micros;
}

export function restartPolicyOf(spec: TaskSpec): EffectivePolicy {
  const policy = spec.RestartPolicy;
  return {
    condition: policy?.Condition || 'any',
    delay: policy?.Delay === undefined || policy.Delay === null ? defaultRestartDelay : fromNanoseconds(policy.Delay),
    maxAttempts: policy?.MaxAttempts ?? 0,
    window: fromNanoseconds(policy?.Window ?? 0),
  };
}
