import type * as vscode from 'vscode';
import type { EngineClient } from '../client/engine-client';
import type { RealPlace } from './cluster/real';
import type { Session } from './cluster/session';
import type { ClusterModel } from './model/cluster-model';

/** What all faces share. Each face gets this, registers what it adds, and knows no other face. */
export interface App {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  /** Opens the cluster when it is first needed. */
  readonly session: Session;
  /** The client of the cluster on show; its requests wait until the cluster is open. */
  readonly client: EngineClient;
  readonly model: ClusterModel;
  /** Fires after services, tasks, nodes or networks changed. */
  readonly onDidChange: vscode.Event<void>;
  /** Fires after something was done to the simulation itself (time, faults, reset), with the path of the request. */
  readonly onDidChangeLab: vscode.Event<string>;
  /** Opens the cluster and follows it; the same promise until it is started over. `again`: a failed start is repeated. */
  start(again?: boolean): Promise<void>;
  /** A factory-new cluster by the present settings. */
  startOver(): Promise<void>;
  /** Name of the real cluster on show; undefined while it is the simulation. */
  readonly real: string | undefined;
  /** Shows a real cluster. When it cannot be reached, the simulation stays, and the promise rejects. */
  connect(place: RealPlace): Promise<void>;
  /** Shows the simulation again. */
  disconnect(): Promise<void>;
  /** Follows the cluster on show anew. */
  reconnect(): Promise<void>;
}

/** What `activate` returns, for tests and other extensions. */
export interface SwarmscopeApi {
  readonly client: EngineClient;
  /** Resolves when the cluster is open and listed; asking for it opens it. */
  readonly ready: Promise<void>;
  /** The rows of a tree, as texts: for tests. */
  rows(view: 'nodes' | 'services' | 'networks'): RowTexts[];
}

export interface RowTexts {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly context: string;
  readonly tooltip: string;
  readonly children: RowTexts[];
}
