import type {
  ClusterSpec,
  ClusterVolumeSpec,
  Config,
  ConfigSpec,
  NetworkSpec,
  NodeSpec,
  Secret,
  SecretSpec,
  ServiceSpec,
  ServiceStatus,
} from '../../api';
import type {
  ObjectKind,
  StoredCluster,
  StoredNetwork,
  StoredNode,
  StoredObjects,
  StoredService,
  StoredTask,
  StoredVolume,
} from '../objects';
import type { AttachmentRequest } from './attachments';
import { attachNetwork, detachNetwork } from './attachments';
import type { Rotation } from './cluster';
import { unlockKeyOf, updateCluster } from './cluster';
import type { ControlAPIContext } from './context';
import { required, write } from './context';
import { createNetwork, removeNetwork } from './networks';
import { removeNode, updateNode } from './nodes';
import { createConfig, createSecret, removeConfig, removeSecret, updateConfig, updateSecret } from './secrets';
import { interpolateService } from './service-defaults';
import { serviceStatus } from './service-statuses';
import { createService, removeService, updateService } from './services';
import { createVolume, removeVolume, updateVolume } from './volumes';

/**
 * The managers' control API: the one way for users' wishes into the store. Every refusal is a StatusError with
 * SwarmKit's text and changes nothing; without a leader, writes fail with the store's own error (CTRL-5). IDs are full
 * IDs. What a spec leaves out is already decided when it comes here: the engine converts it (API-27).
 */
export class ControlAPI {
  readonly #context: ControlAPIContext;

  constructor(context: ControlAPIContext) {
    this.#context = context;
  }

  /** One object by its full ID; throws NotFound. */
  get<K extends ObjectKind>(kind: K, id: string): StoredObjects[K] {
    return required(this.#context, kind, id);
  }

  /** All objects of a kind in order of creation. */
  list<K extends ObjectKind>(kind: K): StoredObjects[K][] {
    return [...this.#context.store.all(kind)];
  }

  /** API-25. */
  createService(spec: ServiceSpec): StoredService {
    return createService(this.#context, spec);
  }

  /** API-28, ORCH-44, ORCH-94, ORCH-95. */
  updateService(
    id: string,
    version: number,
    spec: ServiceSpec,
    options: { readonly rollback?: boolean } = {},
  ): StoredService {
    return updateService(this.#context, id, version, spec, options.rollback);
  }

  /** ORCH-27. */
  removeService(id: string): void {
    removeService(this.#context, id);
  }

  /** A service, with `insertDefaults` as the defaults make it (API-31). */
  getService(id: string, options: { readonly insertDefaults?: boolean } = {}): StoredService {
    const service = required(this.#context, 'service', id);
    return options.insertDefaults ? { ...service, Spec: interpolateService(service.Spec) } : service;
  }

  listServices(): StoredService[] {
    return this.list('service');
  }

  /** The statuses of those of the given services that exist, by ID (API-30). */
  listServiceStatuses(ids: readonly string[]): ReadonlyMap<string, ServiceStatus> {
    const { store } = this.#context;
    const statuses = new Map<string, ServiceStatus>();
    for (const id of ids) {
      const service = store.get('service', id);
      if (service) statuses.set(id, serviceStatus(store, service));
    }
    return statuses;
  }

  /** ALLOC-18. */
  createNetwork(spec: NetworkSpec): StoredNetwork {
    return createNetwork(this.#context, spec);
  }

  /** ALLOC-19. */
  removeNetwork(id: string): void {
    removeNetwork(this.#context, id);
  }

  /** ALLOC-45. */
  attachNetwork(request: AttachmentRequest): StoredTask {
    return attachNetwork(this.#context, request);
  }

  detachNetwork(taskID: string): void {
    detachNetwork(this.#context, taskID);
  }

  /** CTRL-20, CTRL-21. */
  updateNode(id: string, version: number, spec: NodeSpec): StoredNode {
    return updateNode(this.#context, id, version, spec);
  }

  /** CTRL-23, ORCH-107. */
  removeNode(id: string, options: { readonly force?: boolean } = {}): void {
    removeNode(this.#context, id, options.force ?? false);
  }

  createSecret(spec: SecretSpec): Secret {
    return createSecret(this.#context, spec);
  }

  updateSecret(id: string, version: number, spec: SecretSpec): Secret {
    return updateSecret(this.#context, id, version, spec);
  }

  removeSecret(id: string): void {
    removeSecret(this.#context, id);
  }

  createConfig(spec: ConfigSpec): Config {
    return createConfig(this.#context, spec);
  }

  updateConfig(id: string, version: number, spec: ConfigSpec): Config {
    return updateConfig(this.#context, id, version, spec);
  }

  removeConfig(id: string): void {
    removeConfig(this.#context, id);
  }

  /** CTRL-40, CTRL-42, CTRL-50, CTRL-52. */
  updateCluster(version: number, spec: Partial<ClusterSpec>, rotation: Rotation = {}): StoredCluster {
    return updateCluster(this.#context, version, spec, rotation);
  }

  /** CTRL-52. */
  unlockKey(): string {
    return unlockKeyOf(this.#context);
  }

  /** ORCH-130. */
  createVolume(spec: StoredVolume['Spec']): StoredVolume {
    return createVolume(this.#context, spec);
  }

  updateVolume(id: string, version: number, availability: ClusterVolumeSpec['Availability']): StoredVolume {
    return updateVolume(this.#context, id, version, availability);
  }

  removeVolume(id: string, options: { readonly force?: boolean } = {}): void {
    removeVolume(this.#context, id, options.force ?? false);
  }

  /** Deletes a task object; its orchestrator may make another. */
  removeTask(id: string): void {
    required(this.#context, 'task', id);
    write(this.#context, id, (tx) => tx.remove('task', id));
  }
}
