import type { ClusterVolumeSpec, SwarmVolume } from '../../api';
import type { StoredVolume } from '../../swarm/objects';
import { compact } from './omit';

/** A cluster volume as `GET /volumes` shows it (API 1.42 and later). */
export function projectVolume(volume: StoredVolume): SwarmVolume {
  const { Spec } = volume;
  const info = volume.Info && compact(volume.Info);
  return {
    ClusterVolume: {
      ID: volume.ID,
      Version: volume.Version,
      CreatedAt: volume.CreatedAt,
      UpdatedAt: volume.UpdatedAt,
      Spec: clusterVolumeSpec(Spec),
      ...compact({ PublishStatus: volume.PublishStatus?.map((status) => compact(status)) }),
      ...(info ? { Info: info } : {}),
    },
    CreatedAt: goTime(volume.CreatedAt),
    Driver: Spec.Driver.Name ?? '',
    Labels: Spec.Labels ?? null,
    Mountpoint: '',
    Name: Spec.Name,
    Options: Spec.Driver.Options ?? null,
    Scope: 'global',
  };
}

function clusterVolumeSpec(spec: StoredVolume['Spec']): ClusterVolumeSpec {
  return compact({
    Group: spec.Group,
    AccessMode: spec.AccessMode && {
      Scope: spec.AccessMode.Scope ?? 'single',
      Sharing: spec.AccessMode.Sharing ?? 'none',
      ...(spec.AccessMode.MountVolume ? { MountVolume: compact(spec.AccessMode.MountVolume) } : {}),
      ...(spec.AccessMode.BlockVolume ? { BlockVolume: {} } : {}),
    },
    AccessibilityRequirements: spec.AccessibilityRequirements && compact(spec.AccessibilityRequirements),
    CapacityRange: spec.CapacityRange && {
      RequiredBytes: spec.CapacityRange.RequiredBytes ?? 0,
      LimitBytes: spec.CapacityRange.LimitBytes ?? 0,
    },
    Secrets: spec.Secrets,
    Availability: spec.Availability ?? 'active',
  });
}

/** A time as Go prints it when nobody asks for a form: `2026-01-01 00:00:00.5 +0000 UTC`. */
function goTime(time: string): string {
  return `${time
    .replace('T', ' ')
    .replace(/(\.\d*?)0*Z$/, '$1')
    .replace(/\.$/, '')
    .replace(/Z$/, '')} +0000 UTC`;
}
