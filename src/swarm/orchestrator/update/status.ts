import type { ControlContext } from '../../control-loop';
import type { StoredService } from '../../objects';

type Writer = Pick<ControlContext, 'store' | 'sim'>;

function write({ store }: Writer, serviceID: string, change: (service: StoredService) => StoredService): void {
  const service = store.get('service', serviceID);
  if (service) store.update((tx) => tx.update('service', change(service)));
}

/** An update begins, unless one is noted already (ORCH-84). */
export function startUpdate(writer: Writer, serviceID: string): void {
  if (writer.store.get('service', serviceID)?.UpdateStatus) return;
  write(writer, serviceID, (service) => ({
    ...service,
    UpdateStatus: { State: 'updating', StartedAt: writer.sim.timestamp, Message: 'update in progress' },
  }));
}

/** Stops an update or rollback for a person to look at (ORCH-91). A service changed in the meantime is left alone. */
export function pauseUpdate(writer: Writer, serviceID: string, message: string): void {
  const status = writer.store.get('service', serviceID)?.UpdateStatus;
  if (!status) return;
  const State = status.State === 'rollback_started' ? 'rollback_paused' : 'paused';
  write(writer, serviceID, (service) => ({ ...service, UpdateStatus: { ...status, State, Message: message } }));
}

/**
 * Puts the previous spec back; there is no previous one then (ORCH-91). Without one nothing is stored, and the update
 * stays as it is.
 */
export function rollbackUpdate(writer: Writer, serviceID: string, message: string): void {
  const stored = writer.store.get('service', serviceID);
  if (!stored?.UpdateStatus || !stored.PreviousSpec) return;
  const { PreviousSpec, PreviousSpecVersion, ...rest } = stored;
  write(writer, serviceID, () => ({
    ...rest,
    Spec: PreviousSpec,
    SpecVersion: PreviousSpecVersion ?? rest.SpecVersion,
    UpdateStatus: { ...stored.UpdateStatus, State: 'rollback_started', Message: message },
  }));
}

/** The update or rollback is through (ORCH-93). A service changed in the meantime is left alone. */
export function completeUpdate(writer: Writer, serviceID: string): void {
  const status = writer.store.get('service', serviceID)?.UpdateStatus;
  if (!status) return;
  const rollback = status.State === 'rollback_started';
  write(writer, serviceID, (service) => ({
    ...service,
    UpdateStatus: {
      ...status,
      State: rollback ? 'rollback_completed' : 'completed',
      Message: rollback ? 'rollback completed' : 'update completed',
      CompletedAt: writer.sim.timestamp,
    },
  }));
}
