import type { Micros } from '../../../sim';
import { parseTimestamp } from '../../../sim';
import type { StoredTask } from '../../objects';
import { slotKey } from '../../store';
import { statusTime } from '../slot';
import { restartPolicyOf } from './policy';

interface InstanceHistory {
  readonly specVersion: number | undefined;
  restarts: number;
  /** When replacements were created, oldest first; kept only for policies with a window. */
  readonly created: Micros[];
}

/**
 * How often each instance of a service was restarted under its present spec version. Kept only for tasks with
 * `MaxAttempts`, in memory: a new leader rebuilds it from the tasks that are still there (ORCH-53, ORCH-59).
 */
export class RestartHistory {
  readonly #services = new Map<string, Map<string, InstanceHistory>>();

  /** Notes that `replacement` was created in place of another task; a new spec version begins at zero (ORCH-53). */
  record(replacement: StoredTask): void {
    const { maxAttempts, window } = restartPolicyOf(replacement.Spec);
    if (maxAttempts === 0 || !replacement.ServiceID) return;
    let instances = this.#services.get(replacement.ServiceID);
    if (!instances) {
      instances = new Map();
      this.#services.set(replacement.ServiceID, instances);
    }
    const key = slotKey(replacement.ServiceID, replacement.Slot, replacement.NodeID);
    const specVersion = replacement.SpecVersion?.Index;
    let instance = instances.get(key);
    if (!instance || instance.specVersion !== specVersion) {
      instance = { specVersion, restarts: 0, created: [] };
      instances.set(key, instance);
    }
    instance.restarts++;
    if (window > 0) instance.created.push(parseTimestamp(replacement.CreatedAt));
  }

  /**
   * Whether the policy's attempts for this task are not used up (ORCH-53, ORCH-54). `nodeID` tells instances of slot 0
   * apart; jobs are looked up without it, which is why attempts do not limit global jobs (ORCH-43).
   */
  allows(task: StoredTask, nodeID: string | undefined): boolean {
    const { maxAttempts, window } = restartPolicyOf(task.Spec);
    if (maxAttempts === 0 || !task.ServiceID) return true;
    const instance = this.#services.get(task.ServiceID)?.get(slotKey(task.ServiceID, task.Slot, nodeID));
    if (!instance || instance.specVersion !== task.SpecVersion?.Index) return true;
    if (window === 0) return instance.restarts < maxAttempts;
    const until = parseTimestamp(statusTime(task));
    const since = until - window;
    // Time only goes on, so what is too old now stays too old.
    while (instance.created.length > 0 && instance.created[0]! <= since) instance.created.shift();
    let counted = instance.created.length;
    while (counted > 0 && instance.created[counted - 1]! >= until) counted--;
    return counted < maxAttempts;
  }

  /** Forgets a service that was deleted (ORCH-27). */
  forget(serviceID: string): void {
    this.#services.delete(serviceID);
  }

  clear(): void {
    this.#services.clear();
  }
}
