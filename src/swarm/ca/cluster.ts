import type { ClusterSpec, InitRequest, NodeAvailability, NodeDescription, NodeRole } from '../../api';
import type { Random } from '../../sim';
import { hour } from '../../sim';
import type { StoredCluster, StoredNode } from '../objects';
import type { NewObject, Store, Transaction } from '../store';
import { newTrustRoot } from './root';
import { newJoinToken, newUnlockKey, roleOfToken } from './tokens';

/** Names a network that every swarm has (ALLOC-12). */
export const predefinedLabel = 'com.docker.swarm.predefined';

/** A node's certificate lives at least this long, in nanoseconds (CTRL-42). */
export const minNodeCertExpiry = hour * 1_000;

/** The spec of a new cluster (ORCH-9). */
export const defaultClusterSpec: Required<ClusterSpec> = {
  Name: 'default',
  Labels: {},
  Orchestration: { TaskHistoryRetentionLimit: 5 },
  Raft: {
    SnapshotInterval: 10_000,
    KeepOldSnapshots: 0,
    LogEntriesForSlowFollowers: 500,
    ElectionTick: 10,
    HeartbeatTick: 1,
  },
  Dispatcher: { HeartbeatPeriod: 5_000_000_000 },
  CAConfig: { NodeCertExpiry: 7_776_000_000_000_000 },
  TaskDefaults: {},
  EncryptionConfig: { AutoLockManagers: false },
};

/** What a node says of itself when it enters a swarm. */
export interface EnteringNode {
  /** Left out, an ID is drawn. */
  readonly ID?: string;
  /** Where it is reached, without port. */
  readonly addr: string;
  readonly availability?: NodeAvailability;
  /** Normally known from its first session only. */
  readonly description?: NodeDescription;
}

/** The leader's means to write down a cluster. */
export interface ClusterContext {
  readonly store: Store;
  readonly random: Random;
}

/**
 * `swarm init`: the cluster object (ORCH-9), the first manager, the ingress network (ALLOC-11) and the predefined
 * ones (ALLOC-12). The store must be empty of clusters. Subnets come from the allocator later.
 */
export function createCluster(
  { store, random }: ClusterContext,
  request: Pick<InitRequest, 'Spec' | 'AutoLockManagers' | 'DefaultAddrPool' | 'SubnetSize' | 'DataPathPort'>,
  node: EnteringNode,
): { readonly cluster: StoredCluster; readonly node: StoredNode } {
  if (store.cluster) throw new Error('a cluster exists already');
  return store.update((tx) => {
    const cluster = tx.create('cluster', newCluster(random, request));
    const first = createNode(tx, random, node, 'manager');
    tx.create('network', {
      ID: random.objectId(),
      Spec: {
        Name: 'ingress',
        Labels: {},
        DriverConfiguration: {},
        Ingress: true,
        IPAMOptions: { Driver: {} },
        Scope: 'swarm',
      },
    });
    for (const name of ['bridge', 'host']) {
      tx.create('network', {
        ID: random.objectId(),
        Predefined: true,
        Spec: {
          Name: name,
          Labels: { [predefinedLabel]: 'true' },
          DriverConfiguration: { Name: name },
          Scope: 'swarm',
        },
      });
    }
    return { cluster, node: first };
  });
}

/**
 * `swarm join`: a node with a valid token is accepted; it is UNKNOWN until its first session (CTRL-27).
 * Throws JoinTokenError or StatusError (CTRL-41).
 */
export function joinNode({ store, random }: ClusterContext, token: string, node: EnteringNode): StoredNode {
  const { cluster } = store;
  if (!cluster) throw new Error('there is no cluster to join');
  const role = roleOfToken(cluster, token);
  return store.update((tx) => createNode(tx, random, node, role));
}

function createNode(tx: Transaction, random: Random, node: EnteringNode, Role: NodeRole): StoredNode {
  return tx.create('node', {
    ID: node.ID ?? random.objectId(),
    Spec: { Labels: {}, Role, Availability: node.availability ?? 'active' },
    Role,
    Description: node.description ?? {},
    Status: { State: 'unknown', Addr: node.addr },
  });
}

function newCluster(
  random: Random,
  request: Pick<InitRequest, 'Spec' | 'AutoLockManagers' | 'DefaultAddrPool' | 'SubnetSize' | 'DataPathPort'>,
): NewObject<'cluster'> {
  const TLSInfo = newTrustRoot(random);
  const autoLock = request.AutoLockManagers || (request.Spec?.EncryptionConfig?.AutoLockManagers ?? false);
  const given = Object.fromEntries(Object.entries(request.Spec ?? {}).filter(([, value]) => value != null));
  return {
    ID: random.objectId(),
    Spec: {
      ...defaultClusterSpec,
      ...given,
      Name: 'default',
      EncryptionConfig: { AutoLockManagers: autoLock },
    },
    TLSInfo,
    RootRotationInProgress: false,
    // Left empty when none is given, as recorded; the allocator then takes its own default (ALLOC-10).
    DefaultAddrPool: request.DefaultAddrPool ?? [],
    SubnetSize: request.SubnetSize || 24,
    DataPathPort: request.DataPathPort || 4789,
    JoinTokens: { Worker: newJoinToken(random, TLSInfo.TrustRoot), Manager: newJoinToken(random, TLSInfo.TrustRoot) },
    ...(autoLock ? { UnlockKey: newUnlockKey(random) } : {}),
  };
}
