import type { LocalNetwork } from '../libnetwork';

/** What the order of a sandbox's endpoints goes by. */
export interface Ordered {
  readonly network: LocalNetwork;
  readonly priority: number;
  readonly gateway: string;
}

/** Priority, internal networks last, those with a gateway first, then by name (DISC-38). */
export function byPlace(a: Ordered, b: Ordered): number {
  return (
    b.priority - a.priority ||
    Number(a.network.internal) - Number(b.network.internal) ||
    Number(a.gateway === '') - Number(b.gateway === '') ||
    byName(a.network.name, b.network.name)
  );
}

/** The order of look-ups: the swarm's overlays, then ingress, then local networks, each as `byPlace` (DISC-38). */
export function byNetworkType<T extends Ordered>(endpoints: readonly T[]): T[] {
  return [...endpoints].sort((a, b) => typeOf(a.network) - typeOf(b.network));
}

/** Why an endpoint has its place in the order of look-ups, in words. */
export function placeOf({ network, priority, gateway }: Ordered): string {
  const reasons = [];
  if (network.scope === 'swarm')
    reasons.push(network.ingress ? 'ingress, after other overlays' : 'overlay of the swarm, first');
  else reasons.push("this node's own network, after overlays");
  if (priority !== 0) reasons.push(`priority ${priority}`);
  if (network.internal) reasons.push('internal, after others');
  else if (gateway === '' && network.scope !== 'swarm') reasons.push('no gateway, after others');
  return [...reasons, 'then by name'].join('; ');
}

function typeOf(network: LocalNetwork): number {
  if (network.scope !== 'swarm') return 2;
  return network.ingress ? 1 : 0;
}

function byName(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
