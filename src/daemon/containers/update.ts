import type { HostConfig } from '../../api';
import { DaemonError } from '../errors';
import type { CheckHost } from './check-host-config';
import { checkResources, checkRestartPolicy } from './check-host-config';
import type { Container } from './container';

/** Changes limits and restart policy of a container; what is zero or absent stays. Throws 400 and 409, changing nothing. */
export function updateContainer(container: Container, change: HostConfig, host: CheckHost): void {
  const old = host.profile.name === '20.10';
  const { RestartPolicy: policy, ...resources } = change;
  checkRestartPolicy(policy, old);
  checkResources(resources, host);
  const refuse = (why: string) => new DaemonError('conflict', `Cannot update container ${container.id}: ${why}`);
  if (container.status === 'removing' || container.status === 'dead')
    throw refuse('container is marked for removal and cannot be "update"');
  if (policy?.Name && policy.Name !== 'no' && container.hostConfig.AutoRemove)
    throw refuse('Restart policy cannot be updated because AutoRemove is enabled for the container');
  const now = container.hostConfig;
  const number = (config: HostConfig, key: string) => Number(config[key] ?? 0);
  if (number(change, 'NanoCpus') > 0 && number(now, 'CpuPeriod') > 0)
    throw refuse('Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set');
  if (number(change, 'NanoCpus') > 0 && number(now, 'CpuQuota') > 0)
    throw refuse('Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set');
  if (number(change, 'CpuPeriod') > 0 && number(now, 'NanoCpus') > 0)
    throw refuse('Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set');
  if (number(change, 'Memory') > number(now, 'MemorySwap') && number(change, 'MemorySwap') === 0)
    throw refuse(
      'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time',
    );
  const given = Object.fromEntries(
    Object.entries(resources).filter(([, value]) => value !== 0 && value !== '' && value !== null),
  );
  container.hostConfig = { ...now, ...given, ...(policy?.Name ? { RestartPolicy: policy } : {}) };
}
