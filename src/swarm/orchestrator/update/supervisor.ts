import type { ControlContext } from '../../control-loop';
import type { StoredService } from '../../objects';
import type { Change } from '../../store';
import type { RestartSupervisor } from '../restart/supervisor';
import type { Slot } from '../slot';
import { sameSpec } from '../spec-equality';
import { Updater } from './updater';

/** Runs at most one updater for each service (ORCH-83). */
export class UpdateSupervisor {
  readonly #context: ControlContext;
  readonly #restarts: RestartSupervisor;
  readonly #updaters = new Map<string, Updater>();

  constructor(context: ControlContext, restarts: RestartSupervisor) {
    this.#context = context;
    this.#restarts = restarts;
  }

  /** Whether an update of this service is being worked on. */
  isRunning(serviceID: string): boolean {
    return this.#updaters.has(serviceID);
  }

  /**
   * Brings the given slots of a service up to date. While an update towards an equal spec is running, this is ignored;
   * one towards another spec is cancelled first (ORCH-83). `order` says whether the slots' order matters (ORCH-86).
   */
  update(service: StoredService, slots: readonly Slot[], order: 'given' | 'random'): void {
    const running = this.#updaters.get(service.ID);
    if (running) {
      if (sameSpec(running.service.Spec, service.Spec)) return;
      running.cancel();
    }
    const updater = new Updater(this.#context, this.#restarts, service, () => {
      if (this.#updaters.get(service.ID) === updater) this.#updaters.delete(service.ID);
    });
    this.#updaters.set(service.ID, updater);
    updater.run(slots, order);
  }

  /** Looks at a committed change. */
  observe(change: Change): void {
    if (change.kind === 'task' && change.action !== 'create' && change.object.ServiceID) {
      const updater = this.#updaters.get(change.object.ServiceID);
      if (change.action === 'update') updater?.observe(change.object);
      else updater?.taskRemoved(change.object.ID);
    } else if (change.kind === 'service' && change.action === 'remove') {
      this.#updaters.get(change.object.ID)?.cancel();
      this.#updaters.delete(change.object.ID);
    }
  }

  /** Cancels all updates and forgets them (ORCH-59). */
  clear(): void {
    for (const updater of this.#updaters.values()) updater.cancel();
    this.#updaters.clear();
  }
}
