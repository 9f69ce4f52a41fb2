import type { StoredTask } from '../objects';
import { StatusError } from '../status-error';
import type { ControlAPIContext } from './context';
import { required, write } from './context';

/** A container of one node that wants onto a swarm network. */
export interface AttachmentRequest {
  readonly nodeID: string;
  /** The network's ID. */
  readonly networkID: string;
  readonly containerID: string;
  /** Addresses asked for by name, as with `--ip`. */
  readonly addresses?: readonly string[];
  readonly aliases?: readonly string[];
}

/**
 * Makes the task without service that brings a plain container onto an attachable network (ALLOC-45). It runs when
 * the allocator and the scheduler are through with it. Throws PermissionDenied when the network is not attachable.
 */
export function attachNetwork(context: ControlAPIContext, request: AttachmentRequest): StoredTask {
  const { sim, random } = context;
  const network = required(context, 'network', request.networkID);
  if (!network.Spec.Attachable) {
    throw new StatusError('PermissionDenied', `network ${network.Spec.Name} not manually attachable`);
  }
  const aliases = request.aliases?.length ? { Aliases: request.aliases } : {};
  return write(context, request.containerID, (tx) =>
    tx.create('task', {
      ID: random.objectId(),
      Labels: {},
      NodeID: request.nodeID,
      Spec: {
        Runtime: 'attachment',
        NetworkAttachmentSpec: { ContainerID: request.containerID },
        Networks: [{ Target: network.ID, ...aliases }],
      },
      ServiceAnnotations: { Name: '', Labels: {} },
      Status: { Timestamp: sim.timestamp, State: 'new', Message: 'created' },
      DesiredState: 'running',
      ...(request.addresses?.length
        ? { NetworksAttachments: [{ Network: network, Addresses: request.addresses, ...aliases }] }
        : {}),
    }),
  );
}

/** Takes the task of a plain container away again. */
export function detachNetwork(context: ControlAPIContext, taskID: string): void {
  required(context, 'task', taskID);
  write(context, taskID, (tx) => tx.remove('task', taskID));
}
