/** The swarm's identity: root of trust, join tokens, unlock keys, and how clusters and nodes begin. No real cryptography. */
export {
  type ClusterContext,
  createCluster,
  defaultClusterSpec,
  type EnteringNode,
  joinNode,
  minNodeCertExpiry,
  predefinedLabel,
} from './cluster';
export { newTrustRoot } from './root';
export { sha256 } from './sha256';
export {
  JoinTokenError,
  newJoinToken,
  newUnlockKey,
  type ParsedJoinToken,
  parseJoinToken,
  roleOfToken,
  withDigest,
} from './tokens';
