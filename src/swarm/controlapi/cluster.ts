import type { ClusterSpec } from '../../api';
import { minNodeCertExpiry, newJoinToken, newTrustRoot, newUnlockKey, withDigest } from '../ca';
import type { StoredCluster } from '../objects';
import { StatusError } from '../status-error';
import type { ControlAPIContext } from './context';
import { write } from './context';
import { invalid } from './names';

/** What `POST /swarm/update` may rotate besides. */
export interface Rotation {
  readonly workerToken?: boolean;
  readonly managerToken?: boolean;
  readonly managerUnlockKey?: boolean;
}

/**
 * Updates the one cluster object: parts that the spec leaves out stay. Rotation replaces the secrets of join tokens
 * (CTRL-40) and the unlock key (CTRL-52); turning autolock on makes a key, off removes it (CTRL-50); a new
 * `ForceRotate` makes a new root, which changes the digest in both tokens.
 */
export function updateCluster(
  context: ControlAPIContext,
  version: number,
  given: Partial<ClusterSpec>,
  rotation: Rotation = {},
): StoredCluster {
  const cluster = theCluster(context);
  const spec = merged(cluster.Spec, given);
  validateClusterSpec(spec);
  const { random } = context;
  return write(context, spec.Name, (tx) => {
    const rotated = withRoot(cluster, spec, context);
    const root = rotated.TLSInfo.TrustRoot ?? '';
    const { Worker, Manager } = rotated.JoinTokens;
    const { UnlockKey: _, ...rest } = rotated;
    return tx.update('cluster', {
      ...rest,
      Spec: spec,
      JoinTokens: {
        Worker: rotation.workerToken ? newJoinToken(random, root) : Worker,
        Manager: rotation.managerToken ? newJoinToken(random, root) : Manager,
      },
      ...unlockKey(cluster, spec, rotation, context),
      Version: { Index: version },
    });
  });
}

/** The unlock key, empty while autolock is off (CTRL-52). */
export function unlockKeyOf(context: ControlAPIContext): string {
  return theCluster(context).UnlockKey ?? '';
}

function theCluster({ store }: ControlAPIContext): StoredCluster {
  const { cluster } = store;
  if (!cluster) throw new StatusError('NotFound', 'cluster not found');
  return cluster;
}

function merged(before: ClusterSpec, given: Partial<ClusterSpec>): ClusterSpec {
  const spec = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null));
  if (spec.Name !== undefined && spec.Name !== '' && spec.Name !== before.Name) {
    throw invalid('modification of cluster name is not allowed');
  }
  return { ...before, ...spec, Name: before.Name };
}

/** CTRL-42. */
function validateClusterSpec(spec: ClusterSpec): void {
  const expiry = spec.CAConfig?.NodeCertExpiry;
  if (expiry !== undefined && expiry !== 0 && expiry < minNodeCertExpiry) {
    throw invalid('minimum certificate expiry time is: 1h0m0s');
  }
  if ((spec.Dispatcher?.HeartbeatPeriod ?? 0) < 0) {
    throw invalid('heartbeat time period cannot be a negative duration');
  }
}

function withRoot(cluster: StoredCluster, spec: ClusterSpec, { random }: ControlAPIContext): StoredCluster {
  if ((spec.CAConfig?.ForceRotate ?? 0) === (cluster.Spec.CAConfig?.ForceRotate ?? 0)) return cluster;
  const TLSInfo = newTrustRoot(random);
  const { Worker, Manager } = cluster.JoinTokens;
  return {
    ...cluster,
    TLSInfo,
    JoinTokens: { Worker: withDigest(Worker, TLSInfo.TrustRoot), Manager: withDigest(Manager, TLSInfo.TrustRoot) },
  };
}

function unlockKey(
  cluster: StoredCluster,
  spec: ClusterSpec,
  rotation: Rotation,
  { random }: ControlAPIContext,
): Pick<StoredCluster, 'UnlockKey'> {
  if (!spec.EncryptionConfig?.AutoLockManagers) return {};
  const keep = cluster.UnlockKey !== undefined && !rotation.managerUnlockKey;
  return { UnlockKey: keep ? cluster.UnlockKey : newUnlockKey(random) };
}
