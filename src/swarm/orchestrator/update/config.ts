import type { Service, UpdateConfig, UpdateFailureAction, UpdateOrder } from '../../../api';
import type { Micros } from '../../../sim';
import { fromNanoseconds, second } from '../../../sim';

/** How an update goes, with its defaults filled in (ORCH-85). */
export interface EffectiveUpdateConfig {
  /** 0: all dirty slots at once. */
  readonly parallelism: number;
  readonly delay: Micros;
  readonly monitor: Micros;
  readonly maxFailureRatio: number;
  readonly failureAction: UpdateFailureAction;
  readonly order: UpdateOrder;
}

/** How long new tasks are watched when the config does not say (ORCH-85). */
const defaultMonitor: Micros = 5 * second;

/** Where a service has no config at all: one at a time, pause on failure (ORCH-85). */
const defaultConfig: UpdateConfig = { Parallelism: 1 };

/** The config that an update of this service uses: the rollback's while one is running (ORCH-85). */
export function updateConfigOf(service: Service): EffectiveUpdateConfig {
  const rollingBack = service.UpdateStatus?.State === 'rollback_started';
  const config = (rollingBack ? service.Spec.RollbackConfig : service.Spec.UpdateConfig) ?? defaultConfig;
  return {
    parallelism: config.Parallelism ?? 0,
    delay: fromNanoseconds(config.Delay ?? 0),
    monitor: config.Monitor ? fromNanoseconds(config.Monitor) : defaultMonitor,
    maxFailureRatio: config.MaxFailureRatio ?? 0,
    failureAction: config.FailureAction || 'pause',
    order: config.Order || 'stop-first',
  };
}
