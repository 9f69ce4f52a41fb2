import type { Labels, Nanoseconds } from './common';

export interface HealthConfig {
  /** `[]` inherits from the image, `['NONE']` disables, `['CMD', ...]`, `['CMD-SHELL', line]` (ORCH-116…119). */
  readonly Test?: readonly string[];
  readonly Interval?: Nanoseconds;
  readonly Timeout?: Nanoseconds;
  readonly Retries?: number;
  readonly StartPeriod?: Nanoseconds;
  readonly StartInterval?: Nanoseconds;
}

export interface Mount {
  readonly Type?: 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster' | 'image';
  readonly Source?: string;
  readonly Target?: string;
  readonly ReadOnly?: boolean;
  readonly Consistency?: string;
  readonly BindOptions?: {
    readonly Propagation?: string;
    readonly NonRecursive?: boolean;
    readonly CreateMountpoint?: boolean;
  };
  readonly VolumeOptions?: {
    readonly NoCopy?: boolean;
    readonly Labels?: Labels;
    readonly DriverConfig?: { readonly Name?: string; readonly Options?: Labels };
    readonly Subpath?: string;
  };
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number };
}

export interface FileTarget {
  readonly Name: string;
  readonly UID: string;
  readonly GID: string;
  readonly Mode: number;
}

export interface SecretReference {
  readonly File?: FileTarget;
  readonly SecretID: string;
  readonly SecretName: string;
}

export interface ConfigReference {
  readonly File?: FileTarget;
  readonly Runtime?: Readonly<Record<string, never>>;
  readonly ConfigID: string;
  readonly ConfigName: string;
}

/** `TaskTemplate.ContainerSpec` (ORCH-5). */
export interface ContainerSpec {
  readonly Image?: string;
  readonly Labels?: Labels;
  /** Replaces the image's entrypoint. */
  readonly Command?: readonly string[];
  readonly Args?: readonly string[];
  readonly Hostname?: string;
  readonly Env?: readonly string[];
  readonly Dir?: string;
  readonly User?: string;
  readonly Groups?: readonly string[];
  readonly Privileges?: Readonly<Record<string, unknown>>;
  readonly Init?: boolean | null;
  readonly StopSignal?: string;
  readonly TTY?: boolean;
  readonly OpenStdin?: boolean;
  readonly ReadOnly?: boolean;
  readonly Mounts?: readonly Mount[];
  readonly StopGracePeriod?: Nanoseconds;
  readonly Healthcheck?: HealthConfig;
  readonly Hosts?: readonly string[];
  readonly DNSConfig?: {
    readonly Nameservers?: readonly string[];
    readonly Search?: readonly string[];
    readonly Options?: readonly string[];
  };
  readonly Secrets?: readonly SecretReference[];
  readonly Configs?: readonly ConfigReference[];
  readonly Isolation?: string;
  readonly Sysctls?: Labels;
  readonly CapabilityAdd?: readonly string[];
  readonly CapabilityDrop?: readonly string[];
  readonly Ulimits?: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[];
  readonly OomScoreAdj?: number;
}
