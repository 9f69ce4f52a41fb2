import type { ClusterVolumeSpec } from '../../api';
import type { StoredVolume } from '../objects';
import { StatusError } from '../status-error';
import { StoreError } from '../store';
import type { ControlAPIContext } from './context';
import { required, write } from './context';
import { invalid } from './names';

/** Creates a cluster volume; its driver makes it later (ORCH-130). Throws StatusError for what it lacks. */
export function createVolume(context: ControlAPIContext, Spec: StoredVolume['Spec']): StoredVolume {
  if (!Spec.Name) throw invalid('meta: name must be provided');
  const { AccessMode, Secrets = [] } = Spec;
  if (!AccessMode) throw invalid('AccessMode must not be nil');
  if (!AccessMode.MountVolume && !AccessMode.BlockVolume) {
    throw invalid('Volume AccessMode must specify either Mount or Block access type');
  }
  const missing = Secrets.filter(({ Secret }) => !context.store.get('secret', Secret)).map(({ Secret }) => Secret);
  if (missing.length > 0) throw invalid(`secret${missing.length > 1 ? 's' : ''} not found: ${missing.join(', ')}`);
  try {
    return context.store.update((tx) => tx.create('volume', { ID: context.random.objectId(), Spec }));
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'name conflict') {
      throw new StatusError('Unknown', 'name conflicts with an existing object');
    }
    throw error;
  }
}

/** Sets a cluster volume's availability: nothing else of it may change. */
export function updateVolume(
  context: ControlAPIContext,
  id: string,
  version: number,
  availability: ClusterVolumeSpec['Availability'],
): StoredVolume {
  const volume = required(context, 'volume', id);
  const Spec = availability ? { ...volume.Spec, Availability: availability } : volume.Spec;
  return write(context, Spec.Name, (tx) => tx.update('volume', { ...volume, Spec, Version: { Index: version } }));
}

/** Marks a cluster volume for deletion: its driver has to delete it. Refused while it is in use; forced, it is gone at once. */
export function removeVolume(context: ControlAPIContext, id: string, force: boolean): void {
  const volume = required(context, 'volume', id);
  if (!force && volume.PublishStatus?.length) throw new StatusError('FailedPrecondition', 'volume is still in use');
  write(context, volume.Spec.Name, (tx) => {
    if (force) tx.remove('volume', id);
    else tx.update('volume', { ...volume, PendingDelete: true });
  });
}
