import type { Labels, Timestamp } from './common';
import type { HealthConfig, Mount } from './container-spec';

export type ContainerStateName = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface EndpointSettings {
  readonly IPAMConfig?: {
    readonly IPv4Address?: string;
    readonly IPv6Address?: string;
    readonly LinkLocalIPs?: readonly string[];
  } | null;
  readonly Links?: readonly string[] | null;
  readonly Aliases?: readonly string[] | null;
  readonly MacAddress?: string;
  readonly NetworkID?: string;
  readonly EndpointID?: string;
  readonly Gateway?: string;
  readonly IPAddress?: string;
  readonly IPPrefixLen?: number;
  readonly IPv6Gateway?: string;
  readonly GlobalIPv6Address?: string;
  readonly GlobalIPv6PrefixLen?: number;
  readonly DriverOpts?: Labels | null;
  readonly DNSNames?: readonly string[] | null;
}

export interface PortSummary {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: string;
}

/** A row of `GET /containers/json` (API-40). */
export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly Command: string;
  /** Unix seconds. */
  readonly Created: number;
  readonly Ports: readonly PortSummary[];
  readonly Labels: Labels;
  readonly State: ContainerStateName;
  readonly Status: string;
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, EndpointSettings>> };
  readonly Mounts: readonly unknown[];
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
}

export interface HealthLog {
  readonly Start: Timestamp;
  readonly End: Timestamp;
  readonly ExitCode: number;
  readonly Output: string;
}

export interface ContainerState {
  readonly Status: ContainerStateName;
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly Restarting: boolean;
  readonly OOMKilled: boolean;
  readonly Dead: boolean;
  readonly Pid: number;
  readonly ExitCode: number;
  readonly Error: string;
  readonly StartedAt: Timestamp;
  readonly FinishedAt: Timestamp;
  readonly Health?: {
    readonly Status: 'starting' | 'healthy' | 'unhealthy';
    readonly FailingStreak: number;
    readonly Log: readonly HealthLog[];
  };
}

export interface ContainerConfig {
  readonly Hostname?: string;
  readonly Domainname?: string;
  readonly User?: string;
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  readonly ExposedPorts?: Readonly<Record<string, Readonly<Record<string, never>>>> | null;
  readonly Tty?: boolean;
  readonly OpenStdin?: boolean;
  readonly StdinOnce?: boolean;
  readonly Env?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Healthcheck?: HealthConfig;
  readonly Image?: string;
  readonly Volumes?: Readonly<Record<string, Readonly<Record<string, never>>>> | null;
  readonly WorkingDir?: string;
  readonly Entrypoint?: readonly string[] | null;
  readonly OnBuild?: readonly string[] | null;
  readonly Labels?: Labels | null;
  readonly StopSignal?: string;
  readonly StopTimeout?: number;
}

export interface HostConfig {
  readonly NetworkMode?: string;
  readonly Binds?: readonly string[] | null;
  readonly PortBindings?: Readonly<
    Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
  > | null;
  readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
  readonly AutoRemove?: boolean;
  readonly Dns?: readonly string[] | null;
  readonly DnsSearch?: readonly string[] | null;
  readonly DnsOptions?: readonly string[] | null;
  readonly ExtraHosts?: readonly string[] | null;
  readonly Links?: readonly string[] | null;
  readonly Mounts?: readonly Mount[] | null;
  readonly Memory?: number;
  readonly NanoCpus?: number;
  readonly Init?: boolean | null;
  readonly [other: string]: unknown;
}

/** `GET /containers/{id}/json` (API-41). */
export interface ContainerInspect {
  readonly Id: string;
  readonly Created: Timestamp;
  readonly Path: string;
  readonly Args: readonly string[];
  readonly State: ContainerState;
  readonly Image: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly Driver: string;
  readonly Platform: string;
  readonly HostConfig: HostConfig;
  readonly Mounts: readonly unknown[];
  readonly Config: ContainerConfig;
  readonly NetworkSettings: {
    readonly SandboxID: string;
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>;
    readonly Networks: Readonly<Record<string, EndpointSettings>>;
    readonly [other: string]: unknown;
  };
  readonly [other: string]: unknown;
}

export interface ImageSummary {
  readonly Id: string;
  readonly ParentId: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  /** Unix seconds. */
  readonly Created: number;
  readonly Size: number;
  readonly SharedSize: number;
  readonly VirtualSize?: number;
  readonly Labels: Labels | null;
  readonly Containers: number;
}
