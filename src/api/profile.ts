/** Which engine is imitated. */
export type ProfileName = '20.10' | '28';

/** The differences between the imitated engines: one row a field, each with its rule. */
export interface Profile {
  readonly name: ProfileName;
  /** As in `/version` and node descriptions. */
  readonly engineVersion: string;
  /** API-2. */
  readonly apiVersion: string;
  readonly minApiVersion: string;
  /** `lowest`: gaps are filled; `next-fit`: goes on after the last subnet handed out (ALLOC-13). */
  readonly subnetChoice: 'lowest' | 'next-fit';
  /** ALLOC-14. */
  readonly poolsExhausted: string;
  /** The addresses of /31 and /32 subnets are handed out (ALLOC-16, ALLOC-21); before, both counted as reserved. */
  readonly usesSmallSubnets: boolean;
  /** What a client gets when no upstream answered (DISC-20). */
  readonly noUpstreamAnswer: 'silence' | 'SERVFAIL';
  /** Whether an upstream NXDOMAIN without AA makes the resolver try the next server (DISC-27). */
  readonly nextServerOnNxdomain: boolean;
  /** With 1024 forwarded questions under way: the next server is tried, or a place is waited for (DISC-26). */
  readonly overflow: 'next server' | 'wait';
  /** Missing family of a name that exists: always empty (28), or forwarded on IPv6-enabled networks (DISC-13). */
  readonly emptyForMissingFamily: 'always' | 'unless-ipv6-network';
  /** A sandbox with internal networks only: SERVFAIL/silence at once, or servers tried on-net (DISC-29). */
  readonly internalOnlyForwards: boolean;
  /** resolv.conf ends in comments about where it comes from (DISC-3). */
  readonly resolvConfComments: boolean;
  /** PTR with a foreign suffix gets no reply (DISC-15). */
  readonly silentOnForeignPtr: boolean;
  /** `/_ping` carries a `Swarm` header (API-5). */
  readonly pingSwarmHeader: boolean;
  /** Enforcer: finished tasks are skipped when reservations are summed (ORCH-75). */
  readonly enforcerSkipsFinished: boolean;
  /** Enforcer: a generic resource that is there is taken for a missing one, and the other way round (ORCH-76). */
  readonly enforcerInvertsGenericTest: boolean;
  /** Start interval of health checks exists (ORCH-119). */
  readonly healthStartInterval: boolean;
}

const engine20: Profile = {
  name: '20.10',
  engineVersion: '20.10.24+dfsg1',
  apiVersion: '1.41',
  minApiVersion: '1.12',
  subnetChoice: 'next-fit',
  poolsExhausted:
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
  usesSmallSubnets: false,
  noUpstreamAnswer: 'silence',
  nextServerOnNxdomain: true,
  overflow: 'next server',
  emptyForMissingFamily: 'unless-ipv6-network',
  internalOnlyForwards: false,
  resolvConfComments: false,
  silentOnForeignPtr: true,
  pingSwarmHeader: false,
  enforcerSkipsFinished: false,
  enforcerInvertsGenericTest: true,
  healthStartInterval: false,
};

const engine28: Profile = {
  name: '28',
  engineVersion: '28.2.2',
  apiVersion: '1.50',
  minApiVersion: '1.24',
  subnetChoice: 'lowest',
  poolsExhausted: 'all predefined address pools have been fully subnetted',
  usesSmallSubnets: true,
  noUpstreamAnswer: 'SERVFAIL',
  nextServerOnNxdomain: false,
  overflow: 'wait',
  emptyForMissingFamily: 'always',
  internalOnlyForwards: true,
  resolvConfComments: true,
  silentOnForeignPtr: false,
  pingSwarmHeader: true,
  enforcerSkipsFinished: false,
  enforcerInvertsGenericTest: false,
  healthStartInterval: true,
};

export const profiles: Readonly<Record<ProfileName, Profile>> = { '20.10': engine20, '28': engine28 };
