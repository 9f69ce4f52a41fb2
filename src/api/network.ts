import type { Driver, Labels, Meta, Timestamp } from './common';

export interface IPAMConfig {
  readonly Subnet?: string;
  readonly Range?: string;
  readonly Gateway?: string;
}

export interface IPAMOptions {
  readonly Driver?: Driver;
  readonly Configs?: readonly IPAMConfig[];
}

export interface NetworkSpec {
  readonly Name: string;
  readonly Labels?: Labels;
  readonly DriverConfiguration?: Driver;
  readonly IPv6Enabled?: boolean;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly Ingress?: boolean;
  readonly IPAMOptions?: IPAMOptions;
  readonly ConfigFrom?: { readonly Network: string };
  readonly Scope?: string;
}

/** A network as it is seen inside swarm objects (ORCH-8). `IPAMOptions` and `DriverState` are the allocator's. */
export interface SwarmNetwork extends Meta {
  readonly Spec: NetworkSpec;
  readonly DriverState?: Driver;
  readonly IPAMOptions?: IPAMOptions;
}

export interface EndpointResource {
  readonly Name: string;
  readonly EndpointID: string;
  readonly MacAddress: string;
  readonly IPv4Address: string;
  readonly IPv6Address: string;
}

export interface PeerInfo {
  readonly Name: string;
  readonly IP: string;
}

export interface NetworkServiceInfo {
  readonly VIP: string;
  readonly Ports: readonly string[];
  readonly LocalLBIndex: number;
  readonly Tasks: readonly {
    readonly Name: string;
    readonly EndpointID: string;
    readonly EndpointIP: string;
    readonly Info: Labels | null;
  }[];
}

/** A network as the `/networks` routes show it (API-36). */
export interface NetworkResource {
  readonly Name: string;
  readonly Id: string;
  readonly Created: Timestamp;
  readonly Scope: 'local' | 'swarm' | 'global';
  readonly Driver: string;
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6: boolean;
  readonly IPAM: {
    readonly Driver: string;
    readonly Options: Labels | null;
    readonly Config:
      | readonly {
          readonly Subnet?: string;
          readonly IPRange?: string;
          readonly Gateway?: string;
          readonly AuxiliaryAddresses?: Labels;
        }[]
      | null;
  };
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: boolean;
  readonly ConfigFrom: { readonly Network: string };
  readonly ConfigOnly: boolean;
  readonly Containers: Readonly<Record<string, EndpointResource>> | null;
  readonly Options: Labels | null;
  readonly Labels: Labels | null;
  readonly Peers?: readonly PeerInfo[];
  readonly Services?: Readonly<Record<string, NetworkServiceInfo>>;
}

/** Body of `POST /networks/create` (API-37). */
export interface NetworkCreateRequest {
  readonly Name: string;
  readonly CheckDuplicate?: boolean;
  readonly Driver?: string;
  readonly Scope?: string;
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6?: boolean;
  readonly IPAM?: {
    readonly Driver?: string;
    readonly Options?: Labels | null;
    readonly Config?:
      | readonly {
          readonly Subnet?: string;
          readonly IPRange?: string;
          readonly Gateway?: string;
          readonly AuxiliaryAddresses?: Labels;
        }[]
      | null;
  } | null;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly Ingress?: boolean;
  readonly ConfigOnly?: boolean;
  readonly ConfigFrom?: { readonly Network: string } | null;
  readonly Options?: Labels | null;
  readonly Labels?: Labels | null;
}
