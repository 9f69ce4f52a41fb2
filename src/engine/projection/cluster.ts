import type { ClusterInfo, ClusterSpec, Swarm } from '../../api';
import type { StoredCluster } from '../../swarm/objects';
import { compact } from './omit';

function clusterSpec(spec: ClusterSpec): ClusterSpec {
  return {
    Name: spec.Name,
    Labels: spec.Labels ?? {},
    Orchestration: { TaskHistoryRetentionLimit: spec.Orchestration?.TaskHistoryRetentionLimit ?? 0 },
    Raft: {
      SnapshotInterval: spec.Raft?.SnapshotInterval ?? 0,
      KeepOldSnapshots: spec.Raft?.KeepOldSnapshots ?? 0,
      LogEntriesForSlowFollowers: spec.Raft?.LogEntriesForSlowFollowers ?? 0,
      ElectionTick: spec.Raft?.ElectionTick ?? 0,
      HeartbeatTick: spec.Raft?.HeartbeatTick ?? 0,
    },
    Dispatcher: compact({ HeartbeatPeriod: spec.Dispatcher?.HeartbeatPeriod }),
    CAConfig: compact({ NodeCertExpiry: spec.CAConfig?.NodeCertExpiry, ForceRotate: spec.CAConfig?.ForceRotate }),
    TaskDefaults: compact({ LogDriver: spec.TaskDefaults?.LogDriver }),
    EncryptionConfig: { AutoLockManagers: spec.EncryptionConfig?.AutoLockManagers ?? false },
  };
}

/** The cluster as `GET /info` shows it: without join tokens (API-80). */
export function projectClusterInfo(cluster: StoredCluster): ClusterInfo {
  return {
    ID: cluster.ID,
    Version: cluster.Version,
    CreatedAt: cluster.CreatedAt,
    UpdatedAt: cluster.UpdatedAt,
    Spec: clusterSpec(cluster.Spec),
    TLSInfo: cluster.TLSInfo,
    RootRotationInProgress: cluster.RootRotationInProgress,
    DefaultAddrPool: (cluster.DefaultAddrPool?.length ? cluster.DefaultAddrPool : null) as readonly string[],
    SubnetSize: cluster.SubnetSize,
    DataPathPort: cluster.DataPathPort,
  };
}

/** `GET /swarm` (ORCH-9). */
export function projectSwarm(cluster: StoredCluster): Swarm {
  return { ...projectClusterInfo(cluster), JoinTokens: cluster.JoinTokens };
}
