import type { HealthConfig } from '../../api';
import type { Micros } from '../../sim';

/** How the process of an image behaves when it runs as it was made to run. */
export interface Behaviour {
  /** It ends by itself after this time; absent: it runs until it is told to stop. */
  readonly runsFor?: Micros;
  /** Exit code when it ends by itself. */
  readonly exitCode?: number;
  /** Exit code on the stop signal; `ignored`: it must be killed (137). */
  readonly onTerm: number | 'ignored';
  /** Time from the stop signal to the exit. */
  readonly termDelay?: Micros;
  /** Text of its log right after the start; `{{hostname}}` stands for the container's host name. */
  readonly logs?: string;
  /** Text of its log when it is told to stop. */
  readonly stopLogs?: string;
  /** Time from the start until it answers on its ports. */
  readonly readyAfter?: Micros;
  /** TCP ports it answers on. */
  readonly listens?: readonly number[];
  /** Bytes it needs; a lower memory limit ends it as out of memory with 137. */
  readonly memory?: number;
  /** HTTP answers by path; `*` for all others. `{{hostname}}` as in `logs`. */
  readonly http?: Readonly<Record<string, string>>;
  /** Its own HTTP server, where fixed texts do not do (TALK-17). */
  readonly server?: ServerName;
}

/** The servers that are more than fixed texts. */
export type ServerName = 'docker-flow-proxy' | 'consul';

/** One entry of the image catalogue. */
export interface ImageDefinition {
  /** Familiar repository name: `nginx`, `vfarcic/go-demo`. */
  readonly name: string;
  /** The tags a strict registry knows besides `latest`. */
  readonly tags?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** The entrypoint is a script that runs its arguments (`docker-entrypoint.sh`). */
  readonly entrypointRunsArguments?: boolean;
  readonly env?: readonly string[];
  readonly exposedPorts?: readonly string[];
  readonly workingDir?: string;
  readonly user?: string;
  readonly volumes?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly stopSignal?: string;
  readonly healthcheck?: HealthConfig;
  readonly onBuild?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Programs on its PATH besides those of its base. */
  readonly tools?: readonly string[];
  /** Which common set of programs and files it has. */
  readonly base: 'alpine' | 'busybox' | 'debian' | 'scratch';
  /** Bytes. */
  readonly size: number;
  /** RFC 3339. */
  readonly created: string;
  readonly behaviour: Behaviour;
  /** It came from `docker import` rather than from a build: its history is one nameless layer. */
  readonly imported?: boolean;
  /** Made up for a name that is in no catalogue. */
  readonly unknown?: boolean;
}
