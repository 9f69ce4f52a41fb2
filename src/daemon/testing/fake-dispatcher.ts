import type { NodeDescription, SwarmNetwork, TaskStatus } from '../../api';
import type { Agent, DispatcherPort, Session, TaskStatusReport } from '../../swarm/dispatcher/ports';
import type { StoredNode, StoredTask } from '../../swarm/objects';

/** Managers for tests: hear statuses, refuse when told to. */
export class FakeDispatcher implements DispatcherPort {
  agent: Agent | undefined;
  refuse = false;
  registrations = 0;
  readonly heard: TaskStatusReport[] = [];

  register(nodeID: string, _description: NodeDescription, _addr: string, agent: Agent): Session {
    this.registrations++;
    if (this.refuse) throw new Error('no leader');
    this.agent = agent;
    return { nodeID, report: (reports) => this.heard.push(...reports), close: () => {} };
  }
  describe(): void {}
  setReachable(): void {}

  /** States of a task in the order in which they were told. */
  states(taskID: string): string[] {
    return this.heard.filter((one) => one.taskID === taskID).map(({ status }) => status.State);
  }

  last(taskID: string): TaskStatus | undefined {
    return this.heard.filter((one) => one.taskID === taskID).at(-1)?.status;
  }

  give(tasks: readonly StoredTask[], more: Partial<Parameters<Agent['assign']>[0]> = {}): void {
    this.agent!.assign({ type: 'incremental', update: tasks, remove: [], secrets: [], configs: [], ...more });
  }
}

const meta = { Version: { Index: 1 }, CreatedAt: '2026-01-01T00:00:00Z', UpdatedAt: '2026-01-01T00:00:00Z' };

export const overlay: SwarmNetwork = {
  ...meta,
  ID: 'net1',
  Spec: { Name: 'front', Labels: {}, DriverConfiguration: { Name: 'overlay' } },
  DriverState: { Name: 'overlay', Options: {} },
  IPAMOptions: { Driver: { Name: 'default' }, Configs: [{ Subnet: '10.0.1.0/24', Gateway: '10.0.1.1' }] },
};

export function nodeWith(attachments: StoredNode['Attachments'] = []): StoredNode {
  return {
    ...meta,
    ID: 'node1',
    Spec: { Role: 'worker', Availability: 'active' },
    Description: {},
    Status: { State: 'ready' },
    Role: 'worker',
    Attachments: attachments,
  };
}

export const nodeOnFront = nodeWith([{ NetworkID: 'net1', Address: '10.0.1.5/24' }]);

/** A task of service `web`, assigned to the node. */
export function makeTask(
  id: string,
  changes: Partial<StoredTask> = {},
  spec: object = {},
  network = false,
): StoredTask {
  return {
    ...meta,
    ID: id,
    Spec: { ContainerSpec: { Image: 'nginx:latest', ...spec } },
    ServiceID: 'svc1',
    Slot: 1,
    NodeID: 'node1',
    Status: { Timestamp: meta.CreatedAt, State: 'assigned', Message: 'scheduler assigned task to node' },
    DesiredState: 'running',
    ServiceAnnotations: { Name: 'web', Labels: { tier: 'gold' } },
    ...(network ? { NetworksAttachments: [{ Network: overlay, Addresses: ['10.0.1.3/24'], Aliases: ['www'] }] } : {}),
    ...changes,
  };
}
