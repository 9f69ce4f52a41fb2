/** Shapes of the `/lab` routes: what only a simulation has (time, faults, explanations). */
import type { Labels, Timestamp } from './common';

/** `GET|PATCH /lab/clock`. */
export interface LabClock {
  readonly now: Timestamp;
  /** Virtual seconds a wall second; 0 stands for "as fast as it can". */
  readonly speed: number;
  readonly paused: boolean;
  /** Virtual time of the next event that is due, absent when nothing will happen by itself. */
  readonly next?: Timestamp;
}

export type DnsRcode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED';

export interface DnsRecord {
  /** With its final dot, in the case it was asked (DISC-11). */
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  /** Presentation form: an address, or a name with its final dot. */
  readonly data: string;
}

/** What the client gets from the embedded DNS; `silent` means that no reply comes at all (DISC-20). */
export interface DnsReply {
  readonly id: number;
  readonly silent: boolean;
  readonly rcode: DnsRcode;
  readonly flags: {
    readonly qr: boolean;
    readonly aa: boolean;
    readonly tc: boolean;
    readonly rd: boolean;
    readonly ra: boolean;
  };
  readonly question: { readonly name: string; readonly type: string };
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  /** Size of the message on the wire in bytes; local answers are not compressed. */
  readonly size: number;
  readonly server: string;
  /** The OPT record of a reply that an upstream made to a question with EDNS; local answers have none (DISC-18). */
  readonly edns?: { readonly udpSize: number };
}

/** One hop of a lookup (TALK-8), in order; text is made by the faces. */
export type DnsHop =
  | {
      readonly hop: 'ask';
      readonly container: string;
      readonly node: string;
      readonly name: string;
      readonly type: string;
    }
  | {
      readonly hop: 'resolv.conf';
      readonly nameservers: readonly string[];
      readonly search: readonly string[];
      readonly options: readonly string[];
    }
  | { readonly hop: 'socket'; readonly address: string; readonly sandbox: string }
  | { readonly hop: 'redirect'; readonly from: string; readonly to: string; readonly how: 'iptables' }
  | {
      readonly hop: 'resolver';
      readonly node: string;
      readonly networks: readonly string[];
      /** Why each of the networks has its place in this order (DISC-38). */
      readonly places?: readonly string[];
      /** The servers to which a name that no network knows would be forwarded, in order; none: to nobody (DISC-25). */
      readonly forwarders?: readonly string[];
    }
  | { readonly hop: 'candidate'; readonly host: string; readonly network?: string }
  | {
      readonly hop: 'network';
      readonly network: string;
      readonly name: string;
      readonly hit: boolean;
      readonly why?: string;
    }
  | {
      readonly hop: 'record';
      readonly network: string;
      readonly name: string;
      readonly kind: 'service VIP' | 'service tasks' | 'container' | 'alias' | 'link' | 'pointer';
      readonly records: readonly {
        readonly address: string;
        readonly owner: string;
        /** Node whose gossip brought the record; the own node's for local ones. */
        readonly learnedFrom: string;
        readonly since: Timestamp;
      }[];
    }
  | {
      readonly hop: 'order';
      readonly how: 'single' | 'shuffled';
      readonly addresses: readonly string[];
      readonly why?: string;
    }
  | {
      readonly hop: 'forward';
      readonly servers: readonly string[];
      readonly outcome: DnsRcode | 'silence' | 'skipped';
      readonly why?: string;
      /** Each server that was tried or passed over, in order. */
      readonly attempts?: readonly DnsForwardAttempt[];
      /** Virtual time until the answer, or until the resolver gave up. */
      readonly tookMilliseconds?: number;
    }
  /** The container's hosts file, which programs read before they ask anybody; told in eras before swarm mode (TALK-3). */
  | {
      readonly hop: 'hosts-file';
      readonly name: string;
      readonly hit: boolean;
      /** Text and number, from 1, of the line that answered. */
      readonly line?: string;
      readonly lineNumber?: number;
      /** Since when the engine has the line there, and the node that it is about; absent for a line of the container itself. */
      readonly since?: Timestamp;
      readonly learnedFrom?: string;
      /** The container is no more: its engine ended before it could take the line out. */
      readonly stale: boolean;
      readonly why: string;
    }
  /** The external store that multi-host networks need before swarm mode (TALK-4). */
  | {
      readonly hop: 'key-value store';
      /** `consul://ADDRESS:PORT`. */
      readonly store: string;
      readonly network: string;
      readonly name: string;
      readonly running: boolean;
      /** Since when it runs, or does not. */
      readonly since: Timestamp;
      /** The node that asks can read and write it. */
      readonly reachable: boolean;
      /** The name is written down in it. */
      readonly stored: boolean;
      /** The node that has the name and could not write it down, since when. */
      readonly waiting?: { readonly node: string; readonly since: Timestamp };
      readonly why: string;
    }
  | { readonly hop: 'answer'; readonly rcode: DnsRcode | 'silence'; readonly addresses: readonly string[] };

/** One server that a resolver forwarded a question to, or did not. */
export interface DnsForwardAttempt {
  readonly server: string;
  /** Whose network the question left from (DISC-30). */
  readonly from: 'host' | 'container';
  readonly outcome: DnsRcode | 'silent' | 'unreachable' | 'skipped';
  readonly why?: string;
  readonly tookMilliseconds: number;
}

/** `POST /lab/dns` {from, name, type}. */
export interface LabDnsRequest {
  /** Container: ID, ID prefix or name; or a task ID. */
  readonly from: string;
  readonly name: string;
  readonly type?: string;
}

export interface LabDnsResponse {
  readonly reply: DnsReply;
  readonly trace: readonly DnsHop[];
}

/**
 * `GET /lab/dns?from=&name=&type=`: what a container would be answered, asked so that no mark is left: no chance is
 * drawn, and nothing is written down.
 */
export interface LabDnsLookup {
  readonly rcode: DnsRcode | 'silence';
  /** In no particular order. */
  readonly answers: readonly DnsRecord[];
  readonly now: Timestamp;
  /**
   * Until when the answer stays as it is, if nothing is done and nothing breaks; now or past while news is under way;
   * absent: for good.
   */
  readonly steadyUntil?: Timestamp;
}

/** `POST /lab/http`: an HTTP request inside or into the cluster. */
export interface LabHttpRequest {
  /** A container (ID, ID prefix or name), a task ID, or a node's name; absent: from outside of the cluster. */
  readonly from?: string;
  /** `http://HOST[:PORT][/PATH]`. From outside, HOST is a node's name or address. */
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LabHttpResponse {
  /** `unresolved`: the host name has no address. */
  readonly outcome: 'answer' | 'refused' | 'unreachable' | 'unresolved';
  /** Of an answer. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address that was asked. */
  readonly address?: string;
  /** How the host name was resolved, when a container asked. */
  readonly dns?: readonly DnsHop[];
  /** The way there and back, as far as packets came. */
  readonly hops: readonly string[];
}

/** Body of `POST /lab/resolvers`: a container's resolver is opened on a loopback port, for UDP and TCP. */
export interface LabOpenResolver {
  /** Container: ID, ID prefix or name; a task ID; `service.slot`; or a service, for its first running task. */
  readonly container: string;
  /** Only this one of the container's networks is looked in. */
  readonly network?: string;
  /** `127.0.0.1:PORT` or `127.0.0.1:0` (any port); the latter when absent. */
  readonly address?: string;
}

/** An open resolver (`GET /lab/resolvers`); `DELETE /lab/resolvers/{id}` closes it. */
export interface LabResolver {
  readonly id: string;
  /** As it was asked for. */
  readonly container: string;
  readonly network?: string;
  /** `127.0.0.1:PORT`, UDP and TCP. */
  readonly address: string;
  /** Who answers now; absent while there is no such container that runs. */
  readonly answering?: { readonly id: string; readonly name: string; readonly node: string };
}

/** `GET|PUT /lab/upstream`: the DNS servers outside of the cluster. */
export interface LabUpstream {
  /** They answer; nobody listens there (clients are told at once); or what they are asked is lost. */
  readonly mode: 'on' | 'off' | 'silent';
  readonly latencyMilliseconds: number;
  /** Addresses at which they answer. */
  readonly servers: readonly string[];
  /** Whether they answer with the AA flag (DISC-27). */
  readonly authoritative: boolean;
  /** All names that exist; other names get NXDOMAIN. */
  readonly records: readonly LabUpstreamRecord[];
  /** Names that are answered otherwise. */
  readonly failures: Readonly<Record<string, 'SERVFAIL' | 'REFUSED' | 'silence'>>;
}

export interface LabUpstreamRecord {
  readonly name: string;
  readonly type: string;
  /** Seconds; 300 when absent. */
  readonly ttl?: number;
  /** As in a zone file: `203.0.113.10`, `10 mail.example.test.`, `"text"`. */
  readonly data: string;
}

export type FilterName =
  | 'Ready'
  | 'Resource'
  | 'Plugin'
  | 'Constraint'
  | 'Platform'
  | 'HostPort'
  | 'MaxReplicas'
  | 'Volumes';

/** One node against one filter: `value` is what was looked at, in words of the field ("availability drain", "1.5 of 2 CPUs free"). */
export interface FilterVerdict {
  readonly filter: FilterName;
  readonly enabled: boolean;
  readonly passed: boolean;
  readonly value?: string;
}

/** Where a node stood when the group was ranked (SCHED-40). */
export interface NodeRank {
  readonly recentFailures: number;
  readonly serviceTasks: number;
  readonly totalTasks: number;
}

/** `GET /lab/tasks/{id}/explain`: every node times every filter, and why the chosen one was chosen. */
export interface TaskExplanation {
  readonly taskID: string;
  readonly serviceID: string;
  readonly at: Timestamp;
  readonly outcome: 'assigned' | 'confirmed' | 'pending' | 'not scheduled';
  /** The engine's own text (`no suitable node (...)`), or what else holds the task. */
  readonly message: string;
  readonly nodes: readonly {
    readonly nodeID: string;
    readonly hostname: string;
    readonly verdicts: readonly FilterVerdict[];
    readonly eligible: boolean;
    readonly rank?: NodeRank;
    /** Branch of the spread preferences, outermost first. */
    readonly branch?: readonly string[];
  }[];
  readonly chosen?: {
    readonly nodeID: string;
    readonly by:
      | 'only node'
      | 'recent failures'
      | 'service tasks'
      | 'total tasks'
      | 'tie'
      | 'spread preference'
      | 'preassigned';
  };
  /** What would change a pending task's fate. */
  readonly remedies: readonly string[];
}

/**
 * What goes over the cables between machines: the managers' orders and the nodes' heartbeats (port 2377), the gossip
 * (7946), packets between containers (VXLAN, 4789), and those of encrypted networks alone (ESP).
 */
export type LabPlane = 'control' | 'gossip' | 'data' | 'esp';

/** Body of `POST /lab/faults`: what is broken. Nodes are named by host name or node ID. */
export type LabFaultRequest =
  /** The machine has no power. */
  | { readonly kind: 'node down'; readonly node: string }
  /** The machine runs, but it reaches nobody: by its cable, or on one plane only. */
  | { readonly kind: 'cut'; readonly node: string; readonly plane?: LabPlane }
  /** The groups do not reach one another; nodes in no group stay with the first. */
  | { readonly kind: 'partition'; readonly groups: readonly (readonly string[])[]; readonly plane?: LabPlane }
  /** A share of the packets gets lost: on every way, or on those to and from one node. 1 to 99 percent. */
  | {
      readonly kind: 'packet loss';
      readonly percent: number;
      readonly node?: string;
      readonly plane?: 'gossip' | 'data';
    }
  /** The machine takes `factor` times as long to pull, make and start containers. 1 to 1000. */
  | { readonly kind: 'slow node'; readonly node: string; readonly factor: number }
  /** The registry answers `factor` times as slowly. 1 to 1000. */
  | { readonly kind: 'slow pulls'; readonly factor: number }
  /** Pulls of an image fail with a message: by default that it is not there. */
  | { readonly kind: 'failing pull'; readonly image: string; readonly message?: string }
  /** A container's first process ends, once; 1 when no exit code is given. It is over at once and not listed. */
  | { readonly kind: 'crash'; readonly container: string; readonly exitCode?: number }
  /** A container's health check fails. */
  | { readonly kind: 'unhealthy'; readonly container: string }
  /** No upstream DNS server answers. */
  | { readonly kind: 'upstream dns down' }
  /** No registry answers. */
  | { readonly kind: 'registry down' }
  /** The external key-value store of an era before swarm mode is stopped (TALK-4). */
  | { readonly kind: 'key-value store down' };

/** A fault that is there now; `DELETE /lab/faults/{id}` heals it. */
export type LabFault = LabFaultRequest & { readonly id: string; readonly since: Timestamp };

/** A container of any node, for choosing who asks (`GET /lab/containers`). */
export interface LabContainer {
  readonly id: string;
  readonly name: string;
  /** Host name of its node. */
  readonly node: string;
  readonly image: string;
  readonly state: string;
  readonly networks: readonly string[];
}

/** A machine of the simulation, in a swarm or not (`GET /lab/nodes`). */
export interface LabNode {
  readonly Hostname: string;
  readonly Address: string;
  /** Its ID in the swarm, absent outside. */
  readonly ID?: string;
  readonly power: 'on' | 'off';
}

/** Body of `POST /lab/nodes`. */
export interface LabAddNode {
  readonly name?: string;
  readonly role?: 'worker' | 'manager';
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly labels?: Labels;
}
