import type { LabFault, LabPlane } from '../../../api';
import { moment } from '../../model/age';
import { t } from '../../model/l10n';

/** A plane for people, with its port: what goes over it is said by `planeDetail`. */
export function planeLabel(plane: LabPlane | undefined): string {
  switch (plane) {
    case 'control':
      return t('Control (port 2377)');
    case 'gossip':
      return t('Gossip (port 7946)');
    case 'data':
      return t('Data (VXLAN, port 4789)');
    case 'esp':
      return t('Encrypted data (ESP)');
    default:
      return t('Everything');
  }
}

/** What stops working when the plane is cut. */
export function planeDetail(plane: LabPlane | undefined): string {
  switch (plane) {
    case 'control':
      return t('Managers take the node for down and run its tasks elsewhere; its containers go on');
    case 'gossip':
      return t('Names go stale; tasks are still moved');
    case 'data':
      return t('Names resolve, connections between nodes fail');
    case 'esp':
      return t('Only connections on encrypted networks fail');
    default:
      return t('As if the cable were pulled');
  }
}

/** What is broken, and how: the two parts of a fault's row. */
export function faultText(fault: LabFault, containerName: (id: string) => string): { label: string; detail: string } {
  const plane = 'plane' in fault && fault.plane ? planeLabel(fault.plane) : '';
  switch (fault.kind) {
    case 'node down':
      return { label: t('{0} has no power', fault.node), detail: '' };
    case 'cut':
      return { label: t('{0} is cut off', fault.node), detail: plane || planeLabel(undefined) };
    case 'partition':
      return {
        label: t('The cluster is split'),
        detail: [fault.groups.map((group) => group.join(', ')).join(' | '), plane].filter(Boolean).join(' · '),
      };
    case 'packet loss':
      return {
        label: fault.node ? t('{0} loses packets', fault.node) : t('Packets get lost'),
        detail: [`${fault.percent} %`, plane].filter(Boolean).join(' · '),
      };
    case 'slow node':
      return { label: t('{0} is slow', fault.node), detail: t('{0} times as slow', fault.factor) };
    case 'slow pulls':
      return { label: t('Pulls are slow'), detail: t('{0} times as slow', fault.factor) };
    case 'failing pull':
      return { label: t('Pulls of {0} fail', fault.image), detail: fault.message ?? '' };
    case 'crash':
      return { label: t('{0} crashed', containerName(fault.container)), detail: '' };
    case 'unhealthy':
      return { label: t('{0} is unhealthy', containerName(fault.container)), detail: '' };
    case 'upstream dns down':
      return { label: t('The upstream DNS is off'), detail: t('Only names inside the swarm resolve') };
    case 'registry down':
      return { label: t('The registry is off'), detail: t('Images that a node does not have cannot be pulled') };
    case 'key-value store down':
      return {
        label: t('The key-value store is off'),
        detail: t('New names on multi-host networks do not reach other nodes; old ones stay'),
      };
  }
}

/** A codicon for each kind. */
export function faultIcon(kind: LabFault['kind']): string {
  switch (kind) {
    case 'node down':
      return 'plug';
    case 'cut':
    case 'partition':
      return 'debug-disconnect';
    case 'packet loss':
      return 'pulse';
    case 'slow node':
    case 'slow pulls':
      return 'watch';
    case 'crash':
    case 'unhealthy':
      return 'heart';
    case 'upstream dns down':
      return 'globe';
    case 'failing pull':
    case 'registry down':
      return 'cloud';
    case 'key-value store down':
      return 'database';
  }
}

/** Since when, in the cluster's time. */
export function faultSince(fault: LabFault): string {
  return t('since {0}', moment(fault.since).slice(11));
}
