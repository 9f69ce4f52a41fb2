import type { ClusterSpec } from '../../api';
import { defaultClusterSpec } from '../../swarm/ca';

/**
 * The spec of a new swarm: what a request leaves out, or leaves at zero, is the engine's default (ORCH-9). Clients send
 * the whole structure with most of it empty.
 */
export function completeClusterSpec(given: Partial<ClusterSpec> = {}): ClusterSpec {
  const fill = <T extends object>(defaults: T, values: T | null | undefined): T => ({
    ...defaults,
    ...Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== 0 && value !== null)),
  });
  const limit = given.Orchestration?.TaskHistoryRetentionLimit;
  return {
    ...defaultClusterSpec,
    Labels: given.Labels ?? {},
    // Zero is a wish here: keep no history.
    Orchestration: {
      TaskHistoryRetentionLimit: limit ?? defaultClusterSpec.Orchestration.TaskHistoryRetentionLimit ?? 5,
    },
    Raft: fill(defaultClusterSpec.Raft, given.Raft),
    Dispatcher: fill(defaultClusterSpec.Dispatcher, given.Dispatcher),
    CAConfig: fill(defaultClusterSpec.CAConfig, given.CAConfig),
    TaskDefaults: given.TaskDefaults ?? {},
    EncryptionConfig: given.EncryptionConfig ?? defaultClusterSpec.EncryptionConfig,
  };
}

/** What an update makes of a cluster's spec: parts that the client leaves out are empty afterwards, as recorded. */
export function wholeClusterSpec(given: Partial<ClusterSpec>): ClusterSpec {
  return {
    Name: given.Name || 'default',
    Labels: given.Labels ?? {},
    Orchestration: { TaskHistoryRetentionLimit: given.Orchestration?.TaskHistoryRetentionLimit ?? 0 },
    Raft: given.Raft ?? {},
    Dispatcher: given.Dispatcher ?? {},
    CAConfig: given.CAConfig ?? {},
    TaskDefaults: given.TaskDefaults ?? {},
    EncryptionConfig: given.EncryptionConfig ?? { AutoLockManagers: false },
  };
}
