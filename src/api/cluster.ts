import type { Driver, Labels, Meta, Nanoseconds } from './common';

export interface ClusterSpec {
  readonly Name: string;
  readonly Labels: Labels;
  readonly Orchestration?: { readonly TaskHistoryRetentionLimit?: number };
  readonly Raft?: {
    readonly SnapshotInterval?: number;
    readonly KeepOldSnapshots?: number;
    readonly LogEntriesForSlowFollowers?: number;
    readonly ElectionTick?: number;
    readonly HeartbeatTick?: number;
  };
  readonly Dispatcher?: { readonly HeartbeatPeriod?: Nanoseconds };
  readonly CAConfig?: { readonly NodeCertExpiry?: Nanoseconds; readonly ForceRotate?: number };
  readonly TaskDefaults?: { readonly LogDriver?: Driver };
  readonly EncryptionConfig?: { readonly AutoLockManagers: boolean };
}

export interface TLSInfo {
  readonly TrustRoot?: string;
  readonly CertIssuerSubject?: string;
  readonly CertIssuerPublicKey?: string;
}

export interface ClusterInfo extends Meta {
  readonly Spec: ClusterSpec;
  readonly TLSInfo: TLSInfo;
  readonly RootRotationInProgress: boolean;
  readonly DefaultAddrPool: readonly string[];
  readonly SubnetSize: number;
  readonly DataPathPort: number;
}

/** `GET /swarm` (ORCH-9). */
export interface Swarm extends ClusterInfo {
  readonly JoinTokens: { readonly Worker: string; readonly Manager: string };
}

export interface SecretSpec {
  readonly Name: string;
  readonly Labels?: Labels;
  /** Base64; never returned by the API (ORCH-7). */
  readonly Data?: string;
  readonly Driver?: Driver;
  readonly Templating?: Driver;
}

export interface Secret extends Meta {
  readonly Spec: SecretSpec;
}

export interface ConfigSpec {
  readonly Name: string;
  readonly Labels?: Labels;
  /** Base64. */
  readonly Data?: string;
  readonly Templating?: Driver;
}

export interface Config extends Meta {
  readonly Spec: ConfigSpec;
}

/** Body of `POST /swarm/init`. */
export interface InitRequest {
  readonly ListenAddr?: string;
  readonly AdvertiseAddr?: string;
  readonly DataPathAddr?: string;
  readonly DataPathPort?: number;
  readonly ForceNewCluster?: boolean;
  readonly Spec?: Partial<ClusterSpec>;
  readonly AutoLockManagers?: boolean;
  readonly Availability?: 'active' | 'pause' | 'drain' | '';
  readonly DefaultAddrPool?: readonly string[] | null;
  readonly SubnetSize?: number;
}

/** Body of `POST /swarm/join`. */
export interface JoinRequest {
  readonly ListenAddr?: string;
  readonly AdvertiseAddr?: string;
  readonly DataPathAddr?: string;
  readonly RemoteAddrs?: readonly string[];
  readonly JoinToken?: string;
  readonly Availability?: 'active' | 'pause' | 'drain' | '';
}
