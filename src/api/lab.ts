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
  | { readonly hop: 'resolver'; readonly node: string; readonly networks: readonly string[] }
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
  | { readonly hop: 'order'; readonly how: 'single' | 'shuffled'; readonly addresses: readonly string[] }
  | {
      readonly hop: 'forward';
      readonly servers: readonly string[];
      readonly outcome: DnsRcode | 'silence' | 'skipped';
      readonly why?: string;
    }
  | { readonly hop: 'answer'; readonly rcode: DnsRcode | 'silence'; readonly addresses: readonly string[] };

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

/** Body of `POST /lab/faults`: what is broken. Nodes are named by host name or node ID. */
export type LabFaultRequest =
  /** The machine has no power. */
  | { readonly kind: 'node down'; readonly node: string }
  /** The machine runs, but its cable is cut: it reaches nobody. */
  | { readonly kind: 'cut'; readonly node: string }
  /** The groups do not reach one another; nodes in no group stay with the first. */
  | { readonly kind: 'partition'; readonly groups: readonly (readonly string[])[] }
  /** No upstream DNS server answers. */
  | { readonly kind: 'upstream dns down' }
  /** No registry answers. */
  | { readonly kind: 'registry down' };

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
