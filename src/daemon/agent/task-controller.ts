import type { NetworkAttachment, PortConfig, TaskState, TaskStatus } from '../../api';
import { compareTaskStates, isTerminal } from '../../api';
import { fromNanoseconds, millisecond, second } from '../../sim';
import type { StoredTask } from '../../swarm/objects';
import type { Container } from '../containers/container';
import { messageOf } from '../errors';
import type { AgentContext } from './context';
import { isNodeLocal } from './task-plan';

/** How long names and virtual servers are given to hear of a stop (ORCH-120). */
const gossipDelay = 2 * second;
/** How long a task waits for its node's load balancer address (ORCH-114). */
const attachmentLimit = 30 * second;

const noAttachments: readonly NetworkAttachment[] = [];
const noPorts: { Ports?: readonly PortConfig[] } = {};

/** An action under way that a change of the desired state may cut short. */
interface Operation {
  cancelled: boolean;
  cleanUp: (() => void) | undefined;
}

/** The life of one task on its node (ORCH-110 to ORCH-122). */
export class TaskController {
  task: StoredTask;
  #status: TaskStatus;
  #container: Container | undefined;
  #operation: Operation | undefined;
  #stopping = false;
  #removed = false;
  #unhealthy = false;
  #usesNetworks = false;
  /** The container runs because this task started it. */
  #started = false;

  constructor(
    private readonly context: AgentContext,
    task: StoredTask,
  ) {
    this.task = task;
    this.#status = task.Status;
  }

  get status(): TaskStatus {
    return this.#status;
  }

  get container(): Container | undefined {
    return this.#container;
  }

  get #state(): TaskState {
    return this.#status.State;
  }

  /** The managers' copy changed: only the desired state is taken from it (ORCH-13). */
  update(task: StoredTask): void {
    this.task = task;
    if (isTerminal(this.#state)) return;
    if (compareTaskStates(task.DesiredState, 'shutdown') >= 0) this.#shutdown();
    else this.#step();
  }

  /** The next step, if the desired state allows it (ORCH-110). */
  #step(): void {
    if (this.#operation || this.#removed || this.#stopping) return;
    const state = this.#state;
    const wanted = compareTaskStates(this.task.DesiredState, state) > 0;
    if (compareTaskStates(state, 'accepted') < 0) {
      if (!wanted) return;
      this.#set('accepted', 'accepted');
      this.#step();
    } else if (state === 'accepted') {
      if (!wanted) return;
      this.#set('preparing', 'preparing');
      this.#prepare();
    } else if (state === 'preparing') this.#prepare();
    else if (state === 'ready') {
      if (!wanted) return;
      this.#set('starting', 'starting');
      this.#start();
    }
  }

  #begin(): Operation {
    const operation: Operation = { cancelled: false, cleanUp: undefined };
    this.#operation = operation;
    return operation;
  }

  #cancel(): void {
    const operation = this.#operation;
    this.#operation = undefined;
    if (!operation) return;
    operation.cancelled = true;
    operation.cleanUp?.();
  }

  // Prepare: addresses of the node's load balancers, networks, image, container (ORCH-114).

  #prepare(): void {
    const operation = this.#begin();
    if (!this.#missesAddress()) {
      this.#prepareNetworks(operation);
      return;
    }
    const limit = this.context.after(attachmentLimit, () => {
      stop();
      this.#reject('node is missing network attachments, ip addresses may be exhausted');
    });
    const stop = this.context.onAddresses(() => {
      if (this.#missesAddress()) return;
      operation.cleanUp?.();
      operation.cleanUp = undefined;
      this.#prepareNetworks(operation);
    });
    operation.cleanUp = () => {
      limit.cancel();
      stop();
    };
  }

  /** Whether the node still waits for its load balancer's address on a network of the task. */
  #missesAddress(): boolean {
    for (const { Network } of this.task.NetworksAttachments ?? noAttachments) {
      if (this.context.loadBalancer(Network.ID) === undefined && !isNodeLocal(Network)) return true;
    }
    return false;
  }

  #prepareNetworks(operation: Operation): void {
    try {
      for (const { Network } of this.task.NetworksAttachments ?? noAttachments) {
        if (!isNodeLocal(Network)) this.context.useNetwork(Network);
      }
    } catch (error) {
      this.#reject(messageOf(error));
      return;
    }
    this.#usesNetworks = true;
    if (this.task.Spec.NetworkAttachmentSpec) {
      this.#operation = undefined;
      this.#set('ready', 'prepared');
      this.#step();
      return;
    }
    if (this.task.Spec.PluginSpec || !this.task.Spec.ContainerSpec) {
      this.#reject(`task runtime "${this.task.Spec.Runtime || 'plugin'}" is not simulated: only containers are`);
      return;
    }
    const image = this.task.Spec.ContainerSpec.Image ?? '';
    // A name with a digest that is here already needs no registry.
    if (image.includes('@') && this.context.images.find(image)) {
      this.#create(operation);
      return;
    }
    operation.cleanUp = this.context.images.pull(image, () => {
      // A failed pull is not the end: a local image of that name will do, and its absence is told by create (ORCH-114).
      operation.cleanUp = undefined;
      if (!operation.cancelled) this.#create(operation);
    });
  }

  #create(operation: Operation): void {
    const timer = this.context.work(this.context.random.integer(50, 200) * millisecond, () => {
      if (operation.cancelled) return;
      try {
        this.#container = this.context.createContainer(this.task);
      } catch (error) {
        this.#reject(messageOf(error));
        return;
      }
      this.#operation = undefined;
      this.#set('ready', 'prepared');
      this.#step();
    });
    operation.cleanUp = () => timer.cancel();
  }

  // Start, and the wait for health (ORCH-115 to ORCH-117).

  #start(): void {
    const container = this.#container;
    const operation = this.#begin();
    if (!container) {
      // A network attachment runs without a container of its own (ALLOC-45).
      this.#operation = undefined;
      this.#set('running', 'started');
      this.context.attachmentReady(this.task);
      return;
    }
    const timer = this.context.work(this.context.random.integer(150, 400) * millisecond, () => {
      if (operation.cancelled) return;
      this.#operation = undefined;
      if (!this.context.containers.find(container.id)) {
        this.#fail(`No such container: ${container.id}`);
        return;
      }
      try {
        this.context.containers.startNow(container);
      } catch (error) {
        this.#fail(`starting container failed: ${messageOf(error)}`);
        return;
      }
      this.#started = true;
      if (!container.health) this.#runs();
    });
    operation.cleanUp = () => timer.cancel();
  }

  #runs(): void {
    this.#container?.sandbox?.activate();
    this.#set('running', 'started');
  }

  /** A probe changed the container's health (ORCH-117, ORCH-118). */
  healthChanged(status: 'starting' | 'healthy' | 'unhealthy'): void {
    if (this.#stopping || this.#removed) return;
    if (status === 'healthy' && this.#state === 'starting') this.#runs();
    if (status !== 'unhealthy' || this.#unhealthy) return;
    if (this.#state !== 'starting' && this.#state !== 'running') return;
    this.#unhealthy = true;
    this.#stop(() => {});
  }

  /** Its container stopped (ORCH-113). */
  exited(exitCode: number): void {
    if (!this.#started) return;
    this.#started = false;
    if (this.#stopping || this.#removed || isTerminal(this.#state)) return;
    this.#cancel();
    if (exitCode !== 0) {
      this.#fail(`task: non-zero exit (${exitCode})${this.#unhealthy ? ': dockerexec: unhealthy container' : ''}`);
      return;
    }
    if (this.#state === 'starting') this.#set('running', 'started');
    this.#set('complete', 'finished');
    this.#release();
  }

  // Shutdown and removal (ORCH-111, ORCH-120, ORCH-122).

  #shutdown(): void {
    if (this.#stopping || isTerminal(this.#state)) return;
    this.#stopping = true;
    this.#cancel();
    this.#stop(() => {
      this.#stopping = false;
      if (!isTerminal(this.#state)) this.#set('shutdown', 'shutdown');
      this.#release();
    });
  }

  /** Out of names and virtual servers, two seconds for the others to hear it, then the stop signal. */
  #stop(done: () => void): void {
    const container = this.#container;
    if (!container?.isUp) {
      done();
      return;
    }
    const halt = () => {
      if (!container.isUp) {
        done();
        return;
      }
      const grace = this.task.Spec.ContainerSpec?.StopGracePeriod;
      this.context.containers.stop(container, grace === undefined ? 10 * second : fromNanoseconds(grace), done, false);
    };
    const shared = container.sandbox?.endpoints.some((endpoint) => endpoint.networkName !== 'bridge') ?? false;
    if (!shared) {
      halt();
      return;
    }
    container.sandbox?.deactivate();
    this.context.after(gossipDelay, halt);
  }

  /** The task is gone from the store: its container goes too, with its anonymous volumes. */
  remove(): void {
    if (this.#removed) return;
    if (!isTerminal(this.#state)) this.#shutdown();
    const gone = () => {
      this.#removed = true;
      this.#release();
      const container = this.#container;
      this.#container = undefined;
      if (container && this.context.containers.find(container.id) === container) {
        this.context.containers.remove(container, { force: true, volumes: true }, () => {});
      }
      this.context.removed(this);
    };
    if (this.#stopping) {
      const container = this.#container;
      if (container?.isUp) {
        container.onceExited(() => this.context.after(10 * millisecond, gone));
        return;
      }
    }
    gone();
  }

  /** At once and without stopping in order: the node leaves its swarm (CTRL-24). */
  drop(): void {
    this.#cancel();
    this.#removed = true;
    this.#release();
    const container = this.#container;
    if (container && this.context.containers.find(container.id) === container) {
      this.context.containers.remove(container, { force: true, volumes: true }, () => {});
    }
  }

  /** The power is about to come back: nothing that was under way is any more. */
  forgetOperations(): void {
    this.#operation = undefined;
    this.#stopping = false;
    this.#unhealthy = false;
  }

  /** Goes on after the power came back. A start that was under way has failed with the machine. */
  resume(): void {
    if (isTerminal(this.#state)) return;
    if (this.#state === 'starting') this.#fail('task: non-zero exit (255)');
    else this.#step();
  }

  #release(): void {
    if (!this.#usesNetworks) return;
    this.#usesNetworks = false;
    for (const { Network } of this.task.NetworksAttachments ?? noAttachments) {
      if (!isNodeLocal(Network)) this.context.releaseNetwork(Network.ID);
    }
  }

  // Statuses (ORCH-14).

  #set(state: TaskState, message: string, error?: string): void {
    const container = compareTaskStates(state, 'starting') >= 0 ? this.#container : undefined;
    const status: { -readonly [Key in keyof TaskStatus]: TaskStatus[Key] } = {
      Timestamp: this.context.timestamp,
      State: state,
      Message: message,
    };
    if (error !== undefined) status.Err = error;
    if (container) {
      status.ContainerStatus = { ContainerID: container.id, PID: container.pid, ExitCode: container.exitCode };
      status.PortStatus = portStatus(container);
    }
    this.#status = status;
    this.context.report(this.task.ID, this.#status);
  }

  /** An error before STARTING rejects the task, one from then on fails it; the message stays (ORCH-112). */
  #reject(text: string): void {
    this.#cancel();
    this.#set('rejected', this.#status.Message ?? '', text);
    this.#release();
  }

  #fail(text: string): void {
    this.#cancel();
    this.#set('failed', this.#status.Message ?? '', text);
    this.#release();
  }
}

/** Host ports as the engine found them: one for each address family, so the list shows them twice. */
function portStatus(container: Container): { Ports?: readonly PortConfig[] } {
  if (!container.ports || container.ports.length === 0) return noPorts;
  const ports = container.ports.map(
    (port): PortConfig => ({
      Protocol: port.protocol,
      TargetPort: port.target,
      PublishedPort: port.published,
      PublishMode: 'host',
    }),
  );
  return { Ports: ports.flatMap((port) => [port, port]) };
}
