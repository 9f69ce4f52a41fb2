import type { ClusterInfo, ClusterSpec, Swarm } from '../../api';
import type { StoredCluster } from '../../swarm/objects';
import { compact } from './omit';

function clusterSpec(spec: ClusterSpec): ClusterSpec {
  return {
    Name: spec.Name,
    Labels: spec.Labels ?? {},
    Orchestration: { TaskHistoryRetentionLimit: spec.Orchestration?.TaskHistoryRetentionLimit ?? 0 },
    Raft: {
      ...compact({ SnapshotInterval: spec.Raft?.SnapshotInterval }),
      KeepOldSnapshots: spec.Raft?.KeepOldSnapshots ?? 0,
      ...compact({ LogEntriesForSlowFollowers: spec.Raft?.LogEntriesForSlowFollowers }),
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

/** What `GET /info` shows of a cluster that its managers cannot ask for (CTRL-7): everything as Go begins it. */
export const unknownCluster = {
  ID: '',
  Version: {},
  CreatedAt: '0001-01-01T00:00:00Z',
  UpdatedAt: '0001-01-01T00:00:00Z',
  Spec: {
    Labels: null,
    Orchestration: {},
    Raft: { ElectionTick: 0, HeartbeatTick: 0 },
    Dispatcher: {},
    CAConfig: {},
    TaskDefaults: {},
    EncryptionConfig: { AutoLockManagers: false },
  },
  TLSInfo: {},
  RootRotationInProgress: false,
  DefaultAddrPool: null,
  SubnetSize: 0,
  DataPathPort: 0,
} as unknown as ClusterInfo;

/** `GET /swarm` (ORCH-9). */
export function projectSwarm(cluster: StoredCluster): Swarm {
  return { ...projectClusterInfo(cluster), JoinTokens: cluster.JoinTokens };
}
