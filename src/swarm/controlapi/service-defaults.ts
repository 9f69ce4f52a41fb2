import type { RestartPolicy, ServiceSpec, UpdateConfig } from '../../api';

const fiveSeconds = 5_000_000_000;

/** Of updates and rollbacks that say nothing (ORCH-85). */
export const defaultUpdateConfig: UpdateConfig = {
  Parallelism: 1,
  FailureAction: 'pause',
  Monitor: fiveSeconds,
  MaxFailureRatio: 0,
  Order: 'stop-first',
};

/** Of tasks that say nothing (ORCH-50). */
export const defaultRestartPolicy: RestartPolicy = { Condition: 'any', Delay: fiveSeconds, MaxAttempts: 0 };

const defaultStopGracePeriod = 2 * fiveSeconds;

/** A spec with the defaults written out, as `insertDefaults=true` shows it (API-31). */
export function interpolateService(spec: ServiceSpec): ServiceSpec {
  const { TaskTemplate } = spec;
  const container = TaskTemplate.ContainerSpec;
  const restart = TaskTemplate.RestartPolicy;
  return {
    ...spec,
    TaskTemplate: {
      ...TaskTemplate,
      ...(container && {
        ContainerSpec: {
          ...container,
          StopGracePeriod: container.StopGracePeriod ?? defaultStopGracePeriod,
          DNSConfig: container.DNSConfig ?? {},
        },
      }),
      RestartPolicy: restart
        ? { ...restart, Condition: restart.Condition || 'any', Delay: restart.Delay ?? fiveSeconds }
        : defaultRestartPolicy,
      Placement: TaskTemplate.Placement ?? {},
    },
    UpdateConfig: completed(spec.UpdateConfig),
    RollbackConfig: completed(spec.RollbackConfig),
    EndpointSpec: spec.EndpointSpec ?? { Mode: 'vip' },
  };
}

function completed(config: UpdateConfig | undefined): UpdateConfig {
  if (!config) return defaultUpdateConfig;
  return {
    ...config,
    FailureAction: config.FailureAction || 'pause',
    Monitor: config.Monitor ?? fiveSeconds,
    MaxFailureRatio: config.MaxFailureRatio ?? 0,
    Order: config.Order || 'stop-first',
  };
}
